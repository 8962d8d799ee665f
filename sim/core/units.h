// Consoles and disks by unit: unit 0 is the machine's own, unit n that of the n-th VM of a resident
// VMM. What arrives at a console comes off the tape (sim/state/tape.h), which sim/input.c plays:
//
//     machine_input --> tape: | step 0 unit 0 "ls\n" | step 91877 unit 1 "q" | ...
//                                        | when the machine's steps reach the entry's
//                                        v
//                       unit: input | l | s | \n |     `taken` bytes so far
#ifndef SIM_CORE_UNITS_H
#define SIM_CORE_UNITS_H

#include "sim/state/pages.h"
#include "sim/state/tape.h"

#define UNITS_MAX 4096u

struct unit {
    u8 *input; // arrived
    size_t arrived, capacity, taken;
    u64 printed; // bytes of output so far
    u64 hash;    // of them
    u64 sectors;
    struct pages disk;
};

struct units {
    struct unit *unit[UNITS_MAX]; // NULL: not named yet
    u32 count;                    // all from here on are NULL
    struct tape tape;
};

void units_free(struct units *u);
struct unit *units_get(struct units *u, u32 number); // makes it; NULL: out of range, or no memory

// Puts bytes behind those that wait. Returns false if there is no memory.
bool unit_append(struct unit *u, const u8 *bytes, size_t count);

// For snapshots. units_save returns NULL if there is no memory. units_restore returns true if
// the tape goes on from there, and false if the snapshot belongs to another future (the tape is
// then empty).
struct saved_units;
struct saved_units *units_save(struct units *u);
void units_drop(struct saved_units *s);
// Returns how many bytes it needs beyond those that it shares with `before` (NULL: nothing).
size_t units_saved_bytes(const struct saved_units *s, const struct saved_units *before);
bool units_restore(struct units *u, const struct saved_units *s);

#endif
