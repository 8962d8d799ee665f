// What concerns the harts of a machine together: whose turn it is, the board's lines that lead to
// them, the reservations that they end for each other, and what each has counted.
#include "sim/core/core.h"

u64 hart_cycles(const struct hart *h)
{
    u64 time = hart_time(&h->state);
    // Under the wall clock the costs are part of the time already: see hart_charge.
    return h->machine->config.clock == CLOCK_VIRTUAL ? time + h->extra.cost : time;
}

void machine_hart_drop_reservation(struct machine *m, u32 hart)
{
    m->hart[hart].extra.reserved = false;
    m->hart[hart].extra.reservation = 0;
}

void harts_drop_reservations(struct machine *m)
{
    for (u32 i = 0; i < m->config.harts; i++)
        machine_hart_drop_reservation(m, i);
}

enum round_state harts_next_turn(struct machine *m)
{
    bool has_h = m->config.profile & ISA_H;
    const struct round_harts harts = {m->states, has_h ? m->extensions : NULL, m->config.harts};
    enum round_state state = round_next(&m->core.round, &harts);
    m->current = m->core.round.hart;
    if (state != ROUND_RUN)
        return state;
    // Only the hart whose turn it is can hold a reservation (isa/arch/round.h).
    for (u32 i = 0; i < m->config.harts; i++)
        if (m->hart[i].extra.reserved && i != m->current)
            machine_hart_drop_reservation(m, i);
    return state;
}

// Returns true if all harts run and agree on the time. The end of a round then levels nothing.
static bool are_level(const struct machine *m)
{
    u64 time = hart_time(&m->hart[0].state), differences = 0;
    for (u32 i = 0; i < m->config.harts; i++) {
        const struct hart_state *s = &m->hart[i].state;
        differences |= (hart_time(s) ^ time) | (s->run ^ (u32)HART_RUNNING);
    }
    return !differences;
}

bool harts_turn_passes(struct machine *m)
{
    struct round *r = &m->core.round;
    u32 last = r->hart, next = last + 1 < m->config.harts ? last + 1 : 0;
    if (r->left || next == last || m->hart[next].state.run != HART_RUNNING ||
        (next == 0 && !are_level(m)))
        return false;
    *r = (struct round){.hart = next, .left = ROUND_INSTRUCTIONS};
    m->current = next;
    machine_hart_drop_reservation(m, last);
    return true;
}

void harts_see_lines(struct machine *m)
{
    for (u32 i = 0; i < m->config.harts; i++)
        m->hart[i].state.external = board_external(&m->core.board, i);
}

void machine_hart_kick(struct machine *m, u32 hart)
{
    m->hart[hart].state.sip |= IP_SSIP;
}
