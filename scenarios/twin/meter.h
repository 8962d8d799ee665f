// The meter: what each guest got of a machine. By the wall clock there is no twin, since a guest's
// time is not its own there. So the meter measures instead of comparing:
//
//     cycles   |--- A ---|VMM|--- B ---|VMM|--- A ---|...      who runs in U, from when to when
//              ^ entry   ^ exit
//
// Whose turn it is the meter knows from the frame that pc is in: it walks the real page table at
// each entry into U. It counts what the hart did and reads no record that a VMM writes, so a VMM
// cannot improve its figures by what it says.
#ifndef SCENARIOS_TWIN_METER_H
#define SCENARIOS_TWIN_METER_H

#include "scenarios/world/world.h"

#define METER_GUESTS 16
#define METER_ARRIVALS 4096

// Times are in machine cycles.
struct meter_guest {
    u64 ran;     // instructions that the hart retired in U, in frames of this guest
    u64 exits;   // traps that took the hart out of this guest
    u64 longest; // the longest time for which it had the hart and no other guest did
    u64 gap;     // the longest time without the hart, of those that are over: see meter_gap
    // What the meter needs itself.
    u64 begun, left; // when it got the hart last, and when it left U last
    gpa mark;        // 0: no instruction of this guest is watched
    u32 arrivals;    // how often the guest ran on from the mark after the VMM had the hart
    u64 arrival[METER_ARRIVALS];
};

struct meter {
    struct world *world; // its machine has one hart; the caller's
    u32 current;         // whose code ran in U last; METER_NOBODY: no guest's
    bool in_guest;       // it runs there now
    u64 retired;         // by the hart when it entered U
    u64 entered;         // when it did
    bool at_mark;        // it entered at the mark of its guest
    enum stop stop;
    struct meter_guest guest[METER_GUESTS];
};
#define METER_NOBODY UINT32_MAX

// Starts to measure. Returns NULL if the world has more than METER_GUESTS guests or more than one
// hart, or if memory is lacking.
struct meter *meter_new(struct world *world);
void meter_free(struct meter *m);

// Counts when the guest arrives at this address: when the hart is in U again, and runs on from
// there.
void meter_watch(struct meter *m, u32 guest, gpa at);

// The longest time that the guest has been without the hart, up to now.
u64 meter_gap(const struct meter *m, u32 guest);

// Runs the machine for about `steps` steps, and not much longer than to the cycle `until`. Returns
// false if the machine came to an end (m->stop).
bool meter_run(struct meter *m, u64 steps, u64 until);

#endif
