// The reference engine: one instruction at a time, nothing remembered from one to the next. It is the definition of
// what the machine does.
// Read next: sim/run.c, which calls it.
#include "sim/engine.h"
#include "sim/exec.h"

static enum verdict execute(struct step *s)
{
    if (isa_insns[s->d.insn].privileged && s->hart->state.mode == MODE_U)
        return exec_table[INSN_ILLEGAL](s);
    return exec_table[s->d.insn](s);
}

// An instruction that did not trap. One that holds (see enum verdict) is a step all the same, else a run could not end
// there.
static void finish(struct step *s, enum verdict verdict)
{
    if (verdict == STEP_RETIRES) {
        s->hart->state.pc = s->next;
        s->hart->state.retired++;
    }
    s->hart->machine->core.steps++;
}

static void do_step(struct hart *h)
{
    u32 word;
    u32 interrupt = hart_interrupt(&h->state, hart_time(&h->state));
    if (interrupt) {
        trap_take(h, interrupt, 0, 0);
        return;
    }
    u32 cause = bus_fetch(h, h->state.pc, &word);
    if (cause) {
        trap_take(h, cause, h->state.pc, 0);
        return;
    }
    struct step s = {.hart = h, .d = isa_decode(word, h->machine->config.holes), .next = h->state.pc + 4};
    enum verdict verdict = execute(&s);
    if (verdict == STEP_TRAPS)
        trap_take(h, s.cause, s.tval, word);
    else
        finish(&s, verdict);
}

static void run(struct hart *h, u64 until)
{
    while (h->machine->core.steps < until && h->state.run == HART_RUNNING && !h->machine->leave)
        do_step(h);
}

const struct engine engine_plain = {"plain", run, NULL};
