// Running: turns by the round rule, what ends a run, and noticing that nothing can ever happen
// again. Read next: sim/monitor.c.
#include "sim/engine/engine.h"

#include <assert.h>

u64 machine_steps(const struct machine *m)
{
    return m->core.steps;
}

u64 machine_cycles(const struct machine *m)
{
    u64 latest = 0;
    for (u32 i = 0; i < m->config.harts; i++)
        if (hart_cycles(&m->hart[i]) > latest)
            latest = hart_cycles(&m->hart[i]);
    return latest;
}

bool machine_leaving(const struct machine *m)
{
    return m->leave & LEAVE_TURN;
}

void machine_stop(struct machine *m)
{
    m->asked = true;
    m->leave |= LEAVE_TURN;
}

enum power machine_power(const struct machine *m, u32 *code)
{
    if (code)
        *code = m->core.power_code;
    return m->core.power;
}

enum stuck machine_stuck(const struct machine *m, u32 *pc)
{
    if (pc)
        *pc = m->stuck_pc;
    return m->stuck;
}

void machine_power_off(struct machine *m, enum power why, u32 code)
{
    if (m->core.power != POWER_ON || why == POWER_ON)
        return;
    m->core.power = why;
    m->core.power_code = code;
    m->leave |= LEAVE_TURN;
    const struct hart_state *h = &m->hart[m->current].state;
    u8 mode = machine_has_monitor(m)
                  ? MODE_K
                  : h->mode; // the monitor is the kernel, whatever mode it leaves the hart in
    machine_tell(m, m->current, NULL,
                 &(struct note){.kind = EVENT_POWER, .mode = mode, .pc = h->pc, .value = why}, 0);
}

// Nobody can run, and no deadline is set. Can a key that is pressed wake someone?
static bool hears_input(const struct machine *m)
{
    if (m->monitor.turn)
        return true;
    for (u32 i = 0; i < m->config.harts; i++)
        if (m->hart[i].state.run == HART_PARKED && (m->hart[i].state.sie & IP_SEIP))
            return true;
    return false;
}

static enum stop stopped(struct machine *m, enum round_state state)
{
    if (m->engine->rest)
        m->engine->rest(m);
    if (state == ROUND_WAIT && m->interactive && hears_input(m))
        return STOP_INPUT;
    m->stuck = state == ROUND_WAIT ? STUCK_WFI : STUCK_HALT;
    m->stuck_pc = m->hart[0].state.pc;
    return STOP_STUCK;
}

// Finds whose turn it is. Only that hart can hold a reservation.
enum round_state run_next_turn(struct machine *m)
{
    enum round_state state = round_next(&m->core.round, m->states, m->config.harts);
    m->current = m->core.round.turn;
    for (u32 i = 0; i < m->config.harts && state == ROUND_RUN; i++)
        if (i != m->current)
            machine_hart_drop_reservation(m, i);
    return state;
}

// A hart that waited by machine_hart_idle goes on: the timer and the kick that it waited for have
// done their work.
static void end_wait(struct hart *h)
{
    if (!h->extra.waiting)
        return;
    h->extra.waiting = false;
    h->state.stimecmp = NEVER;
    h->state.sip &= ~IP_SSIP;
}

// A hart that is alone has no turns to keep: the end of one would change nothing
// (isa/arch/round.h).
static void take_turn(struct machine *m, struct hart *h, u64 steps)
{
    u64 start = m->core.steps;
    m->leave = 0;
    if (m->monitor.turn) {
        end_wait(h);
        m->monitor.turn(m->monitor.context, h->number, steps);
        assert(m->core.steps != start || m->leave || h->state.run != HART_RUNNING);
    } else {
        m->engine->run(h, start + steps);
    }
    if (m->config.harts > 1)
        round_spend(&m->core.round, (u32)(m->core.steps - start));
}

static u64 least(u64 a, u64 b)
{
    return a < b ? a : b;
}

static enum stop run_until(struct machine *m, u64 end)
{
    for (;;) {
        u64 input = units_deliver(m);
        if (m->core.power != POWER_ON)
            return STOP_POWER;
        if (m->stuck)
            return STOP_STUCK;
        if (m->asked)
            return STOP_ASKED;
        if (m->core.steps == end)
            return STOP_STEPS;
        enum round_state state = run_next_turn(m);
        if (state != ROUND_RUN)
            return stopped(m, state);
        u64 steps = least(end, input) - m->core.steps;
        take_turn(m, &m->hart[m->current],
                  m->config.harts > 1 ? least(steps, m->core.round.left) : steps);
    }
}

enum stop machine_run(struct machine *m, u64 steps)
{
    u64 end = steps > NEVER - 1 - m->core.steps ? NEVER - 1 : m->core.steps + steps;
    m->asked = false;
    m->stuck = STUCK_NOT;
    m->running = true;
    enum stop stop = run_until(m, end);
    m->running = false;
    return stop;
}
