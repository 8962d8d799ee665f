// The meaning of every instruction, one small function each, as the manual says it. The plain
// engine calls them; a faster engine may fall back on them.
#ifndef SIM_ENGINE_EXEC_H
#define SIM_ENGINE_EXEC_H

#include "sim/core/core.h"

// One instruction under way: what a function of exec_table reads and leaves behind.
struct step {
    struct hart *hart;
    struct decoded d;
    u32 next;        // where pc goes if it retires: pc + 4 unless the instruction says otherwise
    u32 cause, tval; // of STEP_TRAPS
};

enum outcome {
    STEP_RETIRES,
    STEP_TRAPS, // nothing has changed; cause and tval say why
    STEP_HOLDS, // it switched the power off, or stopped its hart: pc stays, nothing is retired
};

// By enum insn. Rows that are privileged (isa_insns) are called in K only. The function for
// INSN_ILLEGAL traps.
extern enum outcome (*const exec_table[INSN_COUNT])(struct step *s);

// The whole step of an instruction at pc that was fetched and decoded: executed and counted, or its
// trap taken.
void exec_step(struct hart *h, struct decoded d);

#endif
