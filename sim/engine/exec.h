// The meaning of every instruction: one small function each, as the manual says it. The plain
// engine calls them, and a faster engine falls back on them.
#ifndef SIM_ENGINE_EXEC_H
#define SIM_ENGINE_EXEC_H

#include "sim/core/core.h"

// The instruction in execution: what a function of exec_table reads, and what it leaves behind.
struct step {
    struct hart *hart;
    struct decoded d;
    u32 next;        // pc after it retires; pc + 4 unless the instruction sets another
    u32 cause, tval; // of the trap, if it traps
};

enum step_end {
    STEP_RETIRES,
    STEP_TRAPS, // nothing has changed, and cause and tval say why
    STEP_HOLDS, // it switched the power off or stopped its hart: pc stays, and nothing is retired
};

// By enum insn. The functions of privileged rows (isa_insns) are called in K only. The function for
// INSN_ILLEGAL traps.
extern enum step_end (*const exec_table[INSN_COUNT])(struct step *s);

// Does the whole step of the instruction at pc, which was fetched and decoded: executes and
// counts the instruction, or takes its trap.
void exec_step(struct hart *h, struct decoded d);

// Does what sfence.vma does with these registers. The caller has checked that sfence.vma is
// allowed.
void exec_fence_vma(struct hart *h, u32 rs1, u32 rs2);

#endif
