// The switch that a guest VMM asks for in one call. Read hypervisor/lend.h first.
// Read next: hypervisor/virtual_h.h.
#include "hypervisor/lend.h"
#include "hypervisor/clock.h"
#include "hypervisor/gmem.h"
#include "hypervisor/technique.h"
#include "isa/board/sbi.h"

#define WORDS 33u // x[32] and pc

_Static_assert(offsetof(struct hart_state, pc) == 4 * (WORDS - 1),
               "pc stands behind the registers");

static void switch_space(struct turn *t, u32 satp)
{
    t->v->state.satp = satp;
    t->technique->switched(t);
}

static enum verdict answer(struct turn *t, enum sbi_error error, u32 value)
{
    t->v->state.x[X_A0] = (u32)error;
    t->v->state.x[X_A1] = value;
    return ADVANCE;
}

// Reads what the caller wrote into its memory: the struct lend, and the inner guest's registers
// and pc.
static bool read_call(struct turn *t, gpa at, struct lend *l, u32 words[WORDS])
{
    if (at % 4 || !gmem_read(t, at, l, sizeof *l) || l->guest % 4 || !l->limit)
        return false;
    return gmem_read(t, l->guest, words, 4 * WORDS);
}

// Everything that can fail comes first, and nothing changes before.
static enum verdict begin(struct turn *t)
{
    struct hart_state *s = &t->v->state;
    struct lend l;
    u32 words[WORDS];
    gpa at = s->x[X_A0];
    if (!read_call(t, at, &l, words))
        return answer(t, SBI_INVALID_PARAM, 0);
    l.own_sp = s->x[X_SP];
    l.own_pc = s->pc + 4;
    l.own_satp = s->satp;
    gmem_write(t, at, &l, sizeof l);
    t->v->lent = at;
    t->v->lent_until = s->retired + 1 + l.limit;
    for (u32 i = 1; i < 32; i++)
        s->x[i] = words[i];
    s->pc = words[WORDS - 1] & ~3u;
    s->mode = MODE_U;
    switch_space(t, SATP_MODE | l.satp);
    return JUMP;
}

enum verdict lend_call(struct turn *t)
{
    // In guest mode the guest takes its own traps, so the traps of its inner guest would never
    // come here.
    if (t->technique->guest_mode)
        return answer(t, SBI_NOT_SUPPORTED, 0);
    switch (t->v->state.x[X_A6]) {
    case LEND_PROBE:
        return answer(t, SBI_OK, LEND_VERSION);
    case LEND_RUN:
        return begin(t);
    default:
        return answer(t, SBI_NOT_SUPPORTED, 0);
    }
}

// The addresses were right when the call was made. But other VCPUs of the VM can write to this
// memory, so its contents may be different now. So gmem checks every address again.
void lend_end(struct turn *t, u32 cause, u32 tval)
{
    struct hart_state *s = &t->v->state;
    struct lend l = {0};
    gmem_read(t, t->v->lent, &l, sizeof l);
    l.cause = cause;
    l.tval = tval;
    l.ran = l.limit - lend_left(t->v);
    l.time = (u32)clock_now(t);
    gmem_write(t, t->v->lent, &l, sizeof l);
    gmem_write(t, l.guest, s, 4 * WORDS);
    t->v->lent = 0;
    s->x[X_SP] = l.own_sp;
    s->pc = l.own_pc & ~3u;
    s->mode = MODE_K;
    s->x[X_A0] = SBI_OK;
    switch_space(t, l.own_satp);
}
