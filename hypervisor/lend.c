// The switch that a guest VMM asks for in one call. Read hypervisor/lend.h first.
// Read next: hypervisor/t32/hw_t32.c, which calls.
#include "hypervisor/lend.h"
#include "hypervisor/gmem.h"
#include "hypervisor/shadow.h"
#include "hypervisor/turn.h"

#define WORDS 33u // x[32] and pc

_Static_assert(offsetof(struct hart_state, pc) == 4 * (WORDS - 1),
               "pc stands behind the registers");

static void switch_space(const struct turn *t, u32 satp)
{
    t->v->state.satp = satp;
    shadow_switch(t);
}

static enum verdict answer(const struct turn *t, i32 error, u32 value)
{
    t->v->state.x[X_A0] = (u32)error;
    t->v->state.x[X_A1] = value;
    return ADVANCE;
}

// Checks first, then what cannot fail.
static enum verdict begin(const struct turn *t)
{
    struct hart_state *s = &t->v->state;
    struct lend l;
    u32 words[WORDS];
    gpa at = s->x[X_A0];
    if (at % 4 || !gmem_read(t->hw, t->vm, at, &l, sizeof l) || l.guest % 4 || !l.limit ||
        !gmem_read(t->hw, t->vm, l.guest, words, sizeof words))
        return answer(t, -3, 0);
    l.own_sp = s->x[2];
    l.own_pc = s->pc + 4;
    l.own_satp = s->satp;
    gmem_write(t->hw, t->vm, at, &l, sizeof l);
    t->v->lent = at;
    t->v->lent_until = s->retired + 1 + l.limit;
    for (u32 i = 1; i < 32; i++)
        s->x[i] = words[i];
    s->pc = words[WORDS - 1] & ~3u;
    s->mode = MODE_U;
    switch_space(t, SATP_MODE | l.satp);
    return JUMP;
}

enum verdict lend_call(const struct turn *t)
{
    switch (t->v->state.x[X_A6]) {
    case LEND_PROBE:
        return answer(t, 0, LEND_VERSION);
    case LEND_RUN:
        return begin(t);
    }
    return answer(t, -2, 0);
}

u32 lend_left(const struct vcpu *v)
{
    if (!v->lent)
        return ~0u;
    return v->state.retired < v->lent_until ? (u32)(v->lent_until - v->state.retired) : 0;
}

// The addresses were good when the call was made, and guest memory does not move; what is written
// there now may be another matter, so the way in is the bounds-checked door again.
void lend_end(const struct turn *t, u32 cause, u32 tval)
{
    struct hart_state *s = &t->v->state;
    struct lend l = {0};
    gmem_read(t->hw, t->vm, t->v->lent, &l, sizeof l);
    l.cause = cause;
    l.tval = tval;
    l.ran = l.limit - lend_left(t->v);
    l.time = (u32)turn_now(t);
    gmem_write(t->hw, t->vm, t->v->lent, &l, sizeof l);
    gmem_write(t->hw, t->vm, l.guest, s, 4 * WORDS);
    t->v->lent = 0;
    s->x[2] = l.own_sp;
    s->pc = l.own_pc & ~3u;
    s->mode = MODE_K;
    s->x[X_A0] = 0;
    switch_space(t, l.own_satp);
}
