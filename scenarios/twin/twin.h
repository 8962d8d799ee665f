// The twin tells if a guest under a VMM has the same life as on the bare machine. Beside the
// machine with the VMM, a bare machine runs the same guest. The two go in lock step, and the
// twin says at which instruction the VMM first breaks equivalence, and how.
//
//     machine with a VMM   -- exit -> VMM works --> enters the guest ===== runs in U ==== exit -->
//                                                          |                                |
//                          do pc and x1 to x31 agree? .... (1) .......................... (2)
//                                                          |                                |
//     bare machine         ------- catches up: 0 to 8 steps ===== runs as many instructions =====
//
// (1) The bare machine takes the steps that the VMM did for its guest: an instruction that the
// VMM emulated, or a trap that it delivered. (2) The guest must leave U where the bare machine
// is.
//     emulated, a trap that it delivered. (2) The guest must leave U where the bare one is.
//
// In between, the VMM runs its own code. If the VMM itself executes an instruction of a guest's
// memory in mode K, the twin hears of that, too. Otherwise such a guest could do anything
// without coming to a border.
//
// A guest in guest mode (isa/arch/h_extension.h) takes its own traps and stays in guest mode.
// For such a guest "in U" means "in guest mode". The bare machine runs on until it has retired
// as many instructions, and takes the same traps on the way. At (1) all CSRs and the guest's
// time are compared, too, because they are on the hart.
//
// The twin trusts no VMM: it reads registers of the hart, the real page table (in guest mode:
// the second stage) and RAM, and never the VMM's records about its guests. So a VMM gains
// nothing by false records.
//
// The twin needs the virtual clock, by which `time` follows a guest's own instructions, and one
// hart under the VMM. Source: Popek and Goldberg 1974, the property of equivalence.
// Read next: scenarios/compare/kinds.def.
#ifndef SCENARIOS_TWIN_TWIN_H
#define SCENARIOS_TWIN_TWIN_H

#include "sim/machine.h"

#define TWIN_TEXT 256

// One guest: where it lies in the machine with the VMM, and its bare machine, which must be as new
// and loaded with the same bytes. The bare machine's RAM has `ram` bytes.
struct twin_guest {
    mpa ram_at;
    u32 ram;
    u32 unit; // its console's, in the machine with the VMM
    struct machine *bare;
};

struct twin_options {
    bool nested; // what runs in U may also be a VMM that is a guest: it has no twin
    bool rights; // at each entry, no real page-table entry may grant more than the guest's own
    // How many entries in virtual mode K lie between two probes, each of which reads all CSRs;
    // 0: there are no probes. Not in guest mode.
    u32 probe_every;
    bool no_console; // the VMM adds text of its own to the console: compare no consoles
};

enum twin_state {
    TWIN_RUNS,    // there is more to do
    TWIN_SAME,    // the guests came to the same end
    TWIN_DIFFERS, // see twin_difference
    TWIN_WAITS,   // every guest waits for console input: twin_type
    TWIN_LACKS,   // not enough memory
};

struct twin_difference {
    char where[TWIN_TEXT];    // "exit 212, illegal-insn at 0x80400a14: csrr a0, scause"
    char expected[TWIN_TEXT]; // what the bare machine did
    char happened[TWIN_TEXT]; // what the machine with the VMM did
    u32 guest;
    gva pc;
    mpa entry; // the real page-table entry that is wrong; 0: it is about something else
    u64 steps; // of the machine with the VMM
};

struct twin_counts {
    u64 entries, exits;
    u64 all_exits; // with those of VMMs that are guests themselves
    u64 direct;    // instructions that guests ran in U, or in guest mode
    u64 innocuous; // instructions that the VMM did for a guest though they need no VMM
    u64 leaves;    // real page-table entries that were compared
    u64 probes;
};

struct twin;

// The caller keeps the machines, which must outlive the twin. The machine with the VMM must have
// one hart. Returns NULL if there is no memory.
struct twin *twin_new(struct machine *machine, const struct twin_guest *guests, u32 count,
                      const struct twin_options *options);
void twin_free(struct twin *t);

// Goes on by about `steps` steps of the machine with the VMM. Its listeners hear the events of
// its guests once: they do not hear what the twin tries out, or runs again to find the
// instruction.
enum twin_state twin_run(struct twin *t, u64 steps);

// Gives console input to a guest. Both machines get it when they agree next. Returns false if
// there is no memory.
bool twin_type(struct twin *t, u32 guest, const void *bytes, size_t count);

const struct twin_difference *twin_difference(const struct twin *t); // NULL: none was found
struct twin_counts twin_counts(const struct twin *t);
// Writes the exit that took the guest out of U last, as in `where`: its number, cause, pc and
// instruction.
void twin_last_exit(const struct twin *t, u32 guest, char *to, size_t size);

#endif
