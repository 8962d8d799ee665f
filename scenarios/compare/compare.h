// Runs the same work under several kinds of virtual machine, and tells what the work costs,
// where the cost arises, and whether the guest ended as it does on the bare machine. The kinds
// are the rows of kinds.def, and the workloads are the rows of workloads.def.
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

// How a workload gets its work, and what the second of its two runs is (workloads.def explains
// the words).
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
    double guest, vmm; // cycles of the guest's own instructions, and of the work of its VMMs
    // Cycles of the hardware: traps, returns and switches; page-table walks; devices and
    // firmware.
    double traps, walks, devices;
    double exits;  // exits of the guest, and of VMMs inside, to the outermost VMM
    u64 vmm_bytes; // bytes of memory that the VMMs used, at the end of the longer run
    bool same;     // the guest ended in the same state as bare, with the same console
    // If this is not "", this kind cannot do the workload, for this reason. All other fields are
    // then 0.
    char cannot[256];
};

// Runs a workload under each of `count` kinds. Runs it bare, too, to know the state in which it
// must end. result[i] belongs to kinds[i]. `costs` is the preset (scenarios/world/costs.h) for
// the kinds that name no preset themselves. Returns false, with a message in `error`, if one of
// the runs does not come to its end.
bool compare_run(const struct compare_workload *workload, const struct compare_kind *const *kinds,
                 u32 count, u32 costs, struct compare_result *result, char *error,
                 size_t error_size);

#endif
