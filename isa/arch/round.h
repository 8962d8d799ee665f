// Several harts in turn, deterministically. The machine interleaves its harts by this rule, and the
// VMM interleaves the VCPUs that share a hart by the same rule, so that an SMP guest lives the same
// life at every depth.
//
//   round:  | hart 0: ROUND_INSTRUCTIONS | hart 1: ... | ... | hart n-1 | times are levelled |
//
// A turn is counted in instructions that retire. Traps do not count, since a VMM does not see those
// that a guest takes by itself in guest mode. A turn ends early when its hart stops, when it parks
// in `wfi` with no enabled interrupt pending, or when a trap changes nothing at all, for then the
// hart takes the same trap again and again and retires nothing. (If an interrupt is pending, `wfi`
// is a nop and the turn goes on.) Harts that are stopped or so parked are passed over.
//
// At the end of a round the time of every started hart is raised, by its idle count, to the latest
// time among them. If all started harts are parked, their time is raised further, to the nearest
// deadline. With a single hart this means: `wfi` retires, then time jumps to stimecmp. The turn of
// another hart ends a hart's LR/SC reservation.
// Read next: isa/arch/round.c.
#ifndef ISA_ARCH_ROUND_H
#define ISA_ARCH_ROUND_H

#include "isa/arch/h_extension.h"

#define HARTS_MAX 8
#define ROUND_INSTRUCTIONS 1000u // in a turn

struct round {
    u32 hart; // whose turn it is
    u32 left; // how many instructions it may still retire; 0: the turn is over
};

// The harts that take turns.
struct round_harts {
    struct hart_state *const *state; // `count` of them
    struct h_state *const *h;        // NULL: they lack the hypervisor extension
    u32 count;
};

enum round_state {
    ROUND_RUN,   // round->hart may retire up to round->left instructions
    ROUND_WAIT,  // every started hart is parked, without a deadline: only input can wake one
    ROUND_EMPTY, // no hart is started
};

void round_reset(struct round *r);

// Finds whose turn it is: passes over harts that cannot run, ends rounds, raises times, and wakes
// parked harts (HART_PARKED becomes HART_RUNNING). To call it again changes nothing, both while the
// hart in turn can go on and while no hart can. Call it before a step, and never after the last
// step that is wanted: then it makes no difference where a run is stopped.
enum round_state round_next(struct round *r, const struct round_harts *harts);

// Takes so many instructions off the turn.
void round_spend(struct round *r, u32 instructions);
// A trap of the hart whose turn it is changed nothing: the turn is over.
void round_end_turn(struct round *r);

#endif
