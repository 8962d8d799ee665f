// The reference engine. It runs one instruction at a time, and remembers nothing from one
// instruction to the next. It is the definition of what the machine does.
// Read next: sim/engine/exec.c.
#include "sim/engine/engine.h"
#include "sim/engine/exec.h"

static void do_step(struct hart *h)
{
    u32 word;
    // An interrupt comes before the faults of the instruction at pc, even before the fault of
    // its fetch.
    u32 interrupt = hart_next_interrupt(h);
    if (interrupt) {
        trap_take(h, interrupt, 0, 0);
        return;
    }
    u32 cause = bus_fetch(h, h->state.pc, &word);
    if (cause) {
        trap_take(h, cause, h->state.pc, 0);
        return;
    }
    struct decoded d = isa_decode(word, h->machine->config.profile);
    // A breakpoint ends the run here: nothing of the instruction has happened yet.
    if (h->machine->watches_insns && !watch_insn(h, &d))
        return;
    exec_step(h, d);
}

static void run(struct hart *h, u64 until)
{
    while (h->machine->core.steps < until && h->state.run == HART_RUNNING && !h->machine->leave)
        do_step(h);
}

const struct engine engine_plain = {.name = "plain", .run = run};
