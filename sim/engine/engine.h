// An engine runs instructions. There are several engines, and all show the same machine. The
// plain engine is the definition: it executes one instruction at a time. A faster engine must
// agree with it in every event, state and count. The machine (sim/run.c, sim/monitor.c) uses an
// engine through this table and knows nothing else about it.
//
// The duty of an engine on hart h, before each instruction:
//
//     1. an interrupt that is due (hart_interrupt) is taken first;
//     2. the instruction is fetched, decoded and executed through mmu and bus, so that the TLB, the
//        devices and the reservations are the machine's;
//     3. a trap goes to trap_take, which counts it as a step and enters it or sets machine->leave;
//     4. a retired instruction counts in state.retired and in core.steps.
//
// Whenever the engine calls a function outside itself, state.pc, x, retired and core.steps must
// be up to date.
// Read next: sim/engine/plain.c.
#ifndef SIM_ENGINE_ENGINE_H
#define SIM_ENGINE_ENGINE_H

#include "sim/core/core.h"

struct engine {
    const char *name;
    // Make and free what the engine keeps in machine->engine_data. NULL: the engine keeps
    // nothing. `start` returns false if there is no memory.
    bool (*start)(struct machine *m);
    void (*end)(struct machine *m);
    // Runs hart h until core.steps is `until`, its state.run is not HART_RUNNING, or machine->leave
    // is set. It ends between two steps.
    void (*run)(struct hart *h, u64 until);
    // To be called when other code than the engine's own stores has written bytes of a page with
    // PAGE_CODE. NULL: the engine sets no PAGE_CODE.
    void (*written)(struct machine *m, mpa address, u32 bytes);
    // To be called when RAM pages are no longer marked dirty, because a snapshot was taken or
    // came back. The contents of TLBs may have been replaced, too. NULL: the engine does not
    // need to know.
    void (*cleaned)(struct machine *m);
    // To be called when no hart can run until something comes from outside. The engine gives up
    // what it can quickly make again. NULL: it keeps nothing of that kind.
    void (*rest)(struct machine *m);
    // To be called when something else is watched from now on (sim/watch.h). NULL: the engine
    // looks every time.
    void (*watched)(struct machine *m);
};

extern const struct engine engine_plain, engine_fast, engine_jit;

#endif
