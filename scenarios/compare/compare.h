// The same work under several kinds of virtual machine: what it costs, where the cost arises, and
// whether the guest ended as it does on the bare machine. Kinds and workloads are the rows of
// kinds.def and workloads.def.
//
// All cycles are cycles of the machine (instructions and the table of costs), so a comparison gives
// the same figures on every host.
// Read next: scenarios/compare/compare.c.
#ifndef SCENARIOS_COMPARE_COMPARE_H
#define SCENARIOS_COMPARE_COMPARE_H

#include "scenarios/world/report.h"

// How one kind builds the world of a guest (kinds.def explains the columns).
struct compare_kind {
    const char *name, *chapter; // NULL: the end of the table
    u32 depth;
    bool t32;
    u8 technique, inner; // enum technique_kind
    const char *costs;   // NULL: as compare_run is told
    bool enlightened;
    const char *what;
};
extern const struct compare_kind compare_kinds[]; // the first one is `bare`

// How a workload is given its work, and what the second of its two runs is.
enum compare_work { WORK_NANO, WORK_KITE, WORK_TYPED, WORK_WHOLE };

struct compare_workload {
    enum compare_work work;
    const char *name; // NULL: the end of the table
    const char *text; // boot arguments, or what is typed
    u32 times;
    bool disk;
    const char *what;
};
extern const struct compare_workload compare_workloads[];

// One operation of a workload under one kind.
struct compare_result {
    double cycles;     // the sum of the next five
    double guest, vmm; // of the guest's own instructions, of its VMMs' work
    // Of the hardware: traps, returns and switches; page-table walks; devices and firmware.
    double traps, walks, devices;
    double exits;  // of the guest, and of VMMs inside, into the outermost VMM
    u64 vmm_bytes; // of memory that the VMMs used, at the end of the longer run
    bool same;     // the guest ended in the same state as bare, with the same console
    // Not "": this kind cannot do the workload, and this is why. Everything else is 0.
    char cannot[256];
};

// Runs a workload under each of `count` kinds, and bare for the state in which it must end;
// result[i] belongs to kinds[i]. `costs` is the preset (scenarios/world/costs.h) of those kinds
// that do not name one themselves. Returns false and a message if one of them does not come to its
// end.
bool compare_run(const struct compare_workload *workload, const struct compare_kind *const *kinds,
                 u32 count, u32 costs, struct compare_result *result, char *error,
                 size_t error_size);

#endif
