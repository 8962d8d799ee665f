// A difference in words. Contracts: scenarios/twin/parts.h.
#include "scenarios/twin/parts.h"

#include <inttypes.h>

#define VAIN_EXITS 3 // a hidden fault needs one fill, or two if the trampoline is in the way

const char *cause_name(u32 cause)
{
    const struct cause_info *info = isa_cause_find(cause);
    return info ? info->name : "an unknown cause";
}

bool differs(struct twin *t, const char *expected, const char *happened)
{
    struct twin_difference *d = &t->difference;
    if (t->state == TWIN_DIFFERS)
        return false; // the first one is kept
    snprintf(d->expected, sizeof d->expected, "%s", expected);
    snprintf(d->happened, sizeof d->happened, "%s", happened);
    d->guest = t->current == NOBODY ? 0 : t->current;
    d->steps = machine_steps(t->m);
    t->state = TWIN_DIFFERS;
    return false;
}

bool differs_in_registers(struct twin *t, const struct hart_state *bare,
                          const struct hart_state *real, gva real_pc)
{
    char expected[TWIN_TEXT], happened[TWIN_TEXT];
    snprintf(expected, sizeof expected, "pc 0x%08" PRIx32, bare->pc);
    snprintf(happened, sizeof happened, "pc 0x%08" PRIx32, real_pc);
    if (bare->pc != real_pc)
        return differs(t, expected, happened);
    for (u32 i = 1; i < 32; i++) {
        if (bare->x[i] == real->x[i])
            continue;
        snprintf(expected, sizeof expected, "%s = 0x%08" PRIx32, isa_reg_names[i], bare->x[i]);
        snprintf(happened, sizeof happened, "%s = 0x%08" PRIx32, isa_reg_names[i], real->x[i]);
        break;
    }
    return differs(t, expected, happened);
}

// "lw a0, 0(s4)", or nothing if there is no instruction to be read.
static void print_insn(struct machine *m, const struct hart_state *h, char *to, size_t size)
{
    struct decoded d;
    if (sight_insn(m, h, &d))
        isa_disasm(d.word, h->pc, machine_config(m)->profile, to, size);
    else
        snprintf(to, size, "nothing that can be fetched");
}

void where_at(struct twin *t, const struct hart_state *h, struct machine *m)
{
    char insn[64];
    print_insn(m, h, insn, sizeof insn);
    t->difference.pc = h->pc;
    snprintf(t->difference.where, sizeof t->difference.where, "at 0x%08" PRIx32 " in %s: %s", h->pc,
             h->mode == MODE_K ? "K" : "U", insn);
}

void twin_last_exit(const struct twin *t, u32 guest, char *to, size_t size)
{
    const struct guest *g = &t->guest[guest];
    struct hart_state at = *guest_bare(g);
    char insn[64];
    at.pc = g->exit.pc;
    if (g->exit.insn) // the page table may be another one by now
        isa_disasm(g->exit.insn, at.pc, machine_config(g->is.bare)->profile, insn, sizeof insn);
    else
        print_insn(g->is.bare, &at, insn, sizeof insn);
    if (t->unmapped && t->exits_alone >= VAIN_EXITS)
        snprintf(to, size,
                 "fetch-page-fault at 0x%08" PRIx32 ", %" PRIu64 " times: the real page table lets "
                 "nobody in U fetch there",
                 t->entered_at, t->exits_alone);
    else if (g->exits)
        snprintf(to, size, "after exit %" PRIu64 ", %s at 0x%08" PRIx32 ": %s", g->exits,
                 cause_name(g->exit.cause), g->exit.pc, insn);
    else
        snprintf(to, size, "before the guest's first exit");
}

void where_after_exit(struct twin *t, const struct guest *g)
{
    t->difference.pc = g->exits ? g->exit.pc : guest_bare(g)->pc;
    twin_last_exit(t, (u32)(g - t->guest), t->difference.where, sizeof t->difference.where);
}
