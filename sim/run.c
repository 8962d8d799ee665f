// Running: the harts take turns by the round rule until the steps are done or something ends the
// run.
// Read next: sim/input.c.
#include "sim/engine/engine.h"
#include "sim/input.h"

#include <assert.h>

bool machine_waits(const struct machine *m)
{
    for (u32 i = 0; i < m->config.harts; i++)
        if (m->hart[i].state.run == HART_RUNNING)
            return false;
    return true;
}

u64 machine_steps(const struct machine *m)
{
    return m->core.steps;
}

bool machine_in_step(const struct machine *m)
{
    return m->begun == m->core.steps;
}

u64 machine_events(const struct machine *m)
{
    return m->core.seq;
}

u64 machine_cycles(const struct machine *m)
{
    u64 latest = 0;
    for (u32 i = 0; i < m->config.harts; i++)
        if (hart_cycles(&m->hart[i]) > latest)
            latest = hart_cycles(&m->hart[i]);
    return latest;
}

// Every hart waits. A guest of the hypervisor extension whose handler faulted on its own first
// fetch is parked like one in `wfi`.
static enum stuck why_all_wait(const struct machine *m)
{
    for (u32 i = 0; i < m->config.harts; i++)
        if (m->hart[i].extension.caught)
            return STUCK_STORM;
    return STUCK_WFI;
}

static enum stop stopped(struct machine *m, enum round_state state)
{
    // The engine may hold counts that it has not written back yet.
    if (m->engine->rest)
        m->engine->rest(m);
    // Every hart waits. If one of them can be woken by a key, this is a pause and not the end.
    if (state == ROUND_WAIT && ending_hears_input(m))
        return STOP_INPUT;
    m->stuck = state == ROUND_WAIT ? why_all_wait(m) : STUCK_HALT;
    m->stuck_pc = m->hart[0].state.pc;
    return STOP_STUCK;
}

u32 machine_turn(struct machine *m)
{
    harts_next_turn(m);
    return m->current;
}

// A hart that waited in machine_hart_idle goes on. The timer and the kick that it waited for have
// done their work.
static void end_wait(struct hart *h)
{
    if (!h->extra.waiting)
        return;
    h->extra.waiting = false;
    h->state.stimecmp = NEVER;
    h->state.sip &= ~IP_SSIP;
}

static u64 least(u64 a, u64 b)
{
    return a < b ? a : b;
}

// A hart that is alone has no turns to keep, because the end of a turn would change nothing
// (isa/arch/round.h).
static void take_turn(struct machine *m, struct hart *h)
{
    bool alone = m->config.harts == 1;
    u64 start = m->core.steps, retired = h->state.retired;
    u64 turn = alone ? m->end - start : m->core.round.left;
    u64 spent;
    m->leave = 0;
    if (m->monitor.use_hart) {
        end_wait(h);
        // The end of the run is no end of a turn for the monitor, who would make a new choice then.
        m->monitor.use_hart(m->monitor.context, h->number, alone ? NEVER : turn);
        assert(m->core.steps != start || m->leave || h->state.run != HART_RUNNING);
        spent = m->core.steps - start; // what the guests of the hart do is no turn of the machine's
    } else {
        // As many steps retire as many instructions at most. If they retire fewer, the turn goes
        // on.
        m->engine->run(h, least(start + turn, m->end));
        spent = h->state.retired - retired;
    }
    if (!alone)
        round_spend(&m->core.round, (u32)spent);
}

static bool turn_passes(struct machine *m)
{
    bool passes = harts_turn_passes(m);
    if (passes)
        m->begun = m->core.steps;
    return passes;
}

// The harts take turns until something wants attention: whatever does has set m->leave.
static void take_turns(struct machine *m)
{
    do
        take_turn(m, &m->hart[m->current]);
    while (!m->leave && m->core.steps < m->end && turn_passes(m));
}

static enum stop run_until(struct machine *m, u64 end)
{
    for (;;) {
        // A key on the tape arrives at its step, before anything else happens there.
        u64 input = input_deliver(m);
        if (m->core.power != POWER_ON)
            return STOP_POWER;
        if (m->stuck)
            return STOP_STUCK;
        if (m->asked)
            return STOP_ASKED;
        if (m->core.steps == end)
            return STOP_STEPS;
        enum round_state state = harts_next_turn(m);
        if (state != ROUND_RUN)
            return stopped(m, state);
        if (m->config.harts > 1)
            m->begun = m->core.steps;
        // Nobody runs past the next key, so a replay finds each key at the same step.
        m->end = least(end, input);
        take_turns(m);
    }
}

enum stop machine_run(struct machine *m, u64 steps)
{
    // A sum that does not fit means: as far as the count goes.
    u64 end = steps > NEVER - 1 - m->core.steps ? NEVER - 1 : m->core.steps + steps;
    m->asked = false;
    m->begun = NEVER;
    m->border.last.kind = BORDER_NONE;
    m->stuck = STUCK_NOT;
    m->running = true;
    enum stop stop = run_until(m, end);
    m->running = false;
    m->end = NEVER; // outside of a run a monitor may use a hart as long as it likes
    return stop;
}
