// Several harts in turn, deterministically. The machine interleaves its harts by this rule and the
// VMM interleaves the VCPUs that share a hart by the same rule, so that an SMP guest lives the same
// life at every depth.
//
//   round:   | hart 0: up to ROUND_STEPS steps | hart 1: ... | ... | hart n-1 | everybody's time is set to the latest |
//
// A step is a retired instruction or a trap taken (interrupts included). A turn ends early when the
// hart stops, or parks in `wfi` with nothing enabled pending (if something is pending already,
// `wfi` is a nop and the turn goes on). Harts that are stopped, or so parked, are passed over. At
// the end of a round the time of every started hart is raised (by its idle count) to the latest
// among them; if every started hart is parked, further, to the nearest deadline. With one hart this
// is: `wfi` retires, then time jumps to stimecmp. Another hart's turn ends a hart's LR/SC
// reservation.
#ifndef ISA_ARCH_ROUND_H
#define ISA_ARCH_ROUND_H

#include "isa/arch/hart.h"

#define HARTS_MAX 8
#define ROUND_STEPS 1000u // steps in a turn

struct round {
    u32 turn; // whose turn it is
    u32 left; // steps left in it; 0: the turn is over
};

enum round_state {
    ROUND_RUN,   // round->turn may execute up to round->left steps
    ROUND_WAIT,  // every started hart is parked and no deadline is set: only outside input can wake
                 // one
    ROUND_EMPTY, // no hart is started
};

void round_reset(struct round *r);

// Finds whose turn it is: moves over harts that cannot run, ends rounds, jumps time, wakes parked
// harts (HART_PARKED to HART_RUNNING). `now` and jumps are by hart_time. Idempotent while the hart
// in turn has steps left and can run, and while nobody can. Call it before a step, never after the
// last one wanted: then stopping a run anywhere changes nothing.
enum round_state round_next(struct round *r, struct hart_state *const harts[], u32 count);

// `steps` of the turn were used.
void round_spend(struct round *r, u32 steps);

#endif
