// What runs instructions. There may be several engines and all show the same machine: the plain one
// is the definition, one instruction at a time; a faster one has to agree with it in every event,
// state and count. The machine (run.c, monitor.c) uses an engine through this table and knows
// nothing else of it.
//
// An engine's duty on hart h, before each instruction: an interrupt that is due (hart_interrupt) is
// taken first; then fetch, decode and execute, each by mmu/bus, so that TLB, devices and
// reservations are the machine's. A trap goes to trap_take, which counts it as a step and either
// enters it or sets machine->leave. A retired instruction counts in state.retired and in
// core.steps. Before it calls anything outside itself, state.pc, x, retired and core.steps are what
// the program has reached.
#ifndef SIM_ENGINE_ENGINE_H
#define SIM_ENGINE_ENGINE_H

#include "sim/core/core.h"

struct engine {
    const char *name;
    // Makes, and frees, what it keeps in machine->engine_data. False: no memory. NULL if it keeps
    // nothing.
    bool (*start)(struct machine *m);
    void (*end)(struct machine *m);
    // Runs hart h until core.steps is `until`, its state.run is not HART_RUNNING, or machine->leave
    // is set; always ends at the end of a step.
    void (*run)(struct hart *h, u64 until);
    // Bytes of a page with PAGE_CODE were written by somebody else than the engine's own stores.
    // NULL if the engine sets no PAGE_CODE.
    void (*written)(struct machine *m, mpa address, u32 bytes);
    // RAM pages are no longer marked dirty (a snapshot was taken, or came back), TLBs may have been
    // replaced. NULL if it does not care.
    void (*cleaned)(struct machine *m);
    // Nobody can run until something comes from outside: what is quickly made again need not be
    // kept. NULL if nothing.
    void (*rest)(struct machine *m);
};

extern const struct engine engine_plain, engine_fast, engine_jit;

#endif
