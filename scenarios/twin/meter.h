// The meter measures what each guest gets of a machine. By the wall clock there can be no twin,
// because a guest's time also depends on others. So the meter measures instead of comparing:
//
//     cycles   |--- A ---|VMM|--- B ---|VMM|--- A ---|...      who runs in U, from when to when
//              ^ entry   ^ exit
//
// The meter knows which guest runs from the frame of memory that pc is in: it walks the real
// page table at each entry into U. It counts what the hart did, and it reads no record that a
// VMM writes. So a VMM cannot improve its figures by false records.
#ifndef SCENARIOS_TWIN_METER_H
#define SCENARIOS_TWIN_METER_H

#include "scenarios/world/world.h"

#define METER_GUESTS 16
#define METER_ARRIVALS 4096

// Times are in machine cycles.
struct meter_guest {
    u64 ran;     // instructions that the hart retired in U, in frames of this guest
    u64 exits;   // traps that took the hart out of this guest
    u64 longest; // the longest time for which this guest alone had the hart
    u64 gap;     // the longest time without the hart, among those that are over: see meter_gap
    // For the meter itself.
    u64 begun, left; // when it got the hart last, and when it left U last
    gpa mark;        // 0: no instruction of this guest is watched
    u32 arrivals;    // how often the guest went on from the mark after the VMM had the hart
    u64 arrival[METER_ARRIVALS];
};

struct meter {
    struct world *world; // the caller's; its machine has one hart
    u32 current;         // the guest whose code ran in U last; METER_NOBODY: none
    bool in_guest;       // that guest runs in U now
    u64 retired;         // by the hart when it entered U
    u64 entered;         // the cycle at which the hart entered U
    bool at_mark;        // it entered at the mark of its guest
    enum stop stop;
    struct meter_guest guest[METER_GUESTS];
};
#define METER_NOBODY UINT32_MAX

// Starts to measure. Returns NULL if the world has more than METER_GUESTS guests or more than one
// hart, or if memory is lacking.
struct meter *meter_new(struct world *world);
void meter_free(struct meter *m);

// Counts how often the guest arrives at this address: the hart is in U again, and goes on from
// there.
void meter_watch(struct meter *m, u32 guest, gpa at);

// Returns the longest time that the guest has been without the hart, up to now.
u64 meter_gap(const struct meter *m, u32 guest);

// Runs the machine for about `steps` steps, or until about the cycle `until`. Returns false if
// the machine came to an end (m->stop).
bool meter_run(struct meter *m, u64 steps, u64 until);

#endif
