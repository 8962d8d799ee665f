// Watches single instructions and single bytes of a run. Breakpoints, watchpoints and histories
// are made from it. An event (sim/event.h) reports what a VMM would see, and most instructions
// cause no event. A watch names the instructions and bytes that an observer wants to hear of:
//
//     an instruction    at one of some virtual addresses, or one that writes one of some registers,
//                       or one that may write a CSR: told before it is executed
//     kernel code       an instruction in some range of RAM that a hart executes in mode K: told
//                       while it is executed. An observer of a VMM sees so that the VMM runs a
//                       guest's code in its own mode
//     a load or store   of one of some bytes of RAM: told while it is executed, and a store of a
//                       VMM or of a device is told as well
//
// All other instructions run as fast as without a watch, because an engine looks for watched
// things when it decodes an instruction and when it first uses a page. A watch is no part of the
// machine's state. It changes only where a run ends.
// Read next: sim/core/core.h.
#ifndef SIM_WATCH_H
#define SIM_WATCH_H

#include "isa/types.h"

#define WATCH_PCS 16    // addresses of instructions, at most
#define WATCH_RANGES 16 // ranges of RAM, at most

struct machine;

enum watched_kind {
    WATCHED_INSN,  // hart.pc is at an instruction that is watched
    WATCHED_CODE,  // mode K executes an instruction of the bytes
    WATCHED_READ,  // a program reads some of the bytes
    WATCHED_WRITE, // a program or a device writes some of the bytes
    WATCHED_PAGE,  // a native VMM has got the page of the bytes: it may write them
};

struct watched {
    enum watched_kind kind;
    u32 hart;    // of an instruction, and of a read or write by a program: the hart that does it
    u32 insn;    // of WATCHED_INSN: its word
    mpa address; // of all but WATCHED_INSN: the first byte and the number of bytes accessed
    u32 bytes;
};

struct watch_range {
    mpa address; // of RAM
    u32 bytes;   // not 0
    bool reads;  // reads are told, too
};

struct watch {
    u32 pcs, ranges;
    gva pc[WATCH_PCS];
    struct watch_range range[WATCH_RANGES];
    u32 registers;         // a mask: instructions with one of these as their rd, x0 excluded
    bool csrs;             // CSR instructions and sret
    mpa kernel_code;       // the RAM of which mode K should execute nothing,
    u32 kernel_code_bytes; // and its size; 0: nothing is watched so
    // This function is called in the middle of the run. It may look at the machine, and it may
    // call machine_stop. If it calls machine_stop at an instruction, the run ends before that
    // instruction, and the next run begins with the same report. After a load or a store the run
    // ends when the instruction is over.
    void (*seen)(void *context, const struct watched *w);
    void *context;
};

// From now on the machine watches this; NULL: it watches nothing. Must not be called while the
// machine runs. An engine forgets what it has decoded, and needs some milliseconds to decode it
// again.
void machine_watch(struct machine *m, const struct watch *w);

#endif
