// Consoles and disks by unit: 0 is the machine's own, n the n-th VM's of a resident VMM. And the
// tape of all console input, by which a run is replayed: a byte typed at step s is on the tape with
// s, and after going back to before s it arrives at s again.
//
//     machine_input --> tape: | s=0 unit 0 "ls\n" | s=91877 unit 1 "q" | ...        `at`: the next to arrive
//                                        | when the machine's steps reach s
//                                        v
//                       unit: input | l | s | \n |   `taken` so far
//
// Input in the past (after going back) starts another future: what was on the tape from there on is
// forgotten.
#ifndef SIM_CORE_UNITS_H
#define SIM_CORE_UNITS_H

#include "sim/state/pages.h"

#define UNITS_MAX 4096u

struct unit {
    u8 *input; // arrived
    size_t arrived, capacity, taken;
    u64 printed; // bytes of output so far
    u64 hash;    // of them
    u64 sectors;
    struct pages disk;
};

struct tape_entry {
    u64 steps;
    u32 unit;
    size_t start, count; // in bytes
};

struct tape {
    struct tape_entry *entries;
    size_t count, capacity;
    size_t at; // the first that has not arrived
    u8 *bytes;
    size_t bytes_count, bytes_capacity;
    u64 branch; // which future this is
};

struct units {
    struct unit *unit[UNITS_MAX]; // NULL: not named yet
    u32 count;                    // all from here on are NULL
    struct tape tape;
};

void units_free(struct units *u);
struct unit *units_get(struct units *u, u32 number); // makes it; NULL: out of range, or no memory

struct machine;
// Lets everything arrive whose time has come. Returns the steps at which the next input is due, all
// ones if none is on the tape.
u64 units_deliver(struct machine *m);

// For snapshots. Save: false when memory lacks. Restore: true if the tape goes on from there, false
// if it was another future (the tape is then empty).
struct saved_units;
struct saved_units *units_save(struct units *u);
void units_drop(struct saved_units *s);
bool units_restore(struct units *u, const struct saved_units *s);

#endif
