// What ends a run before its steps are done: somebody asked, the power is off, or the machine is
// stuck. Each is only noted here; the run loop sees it after the step under way.
#include "isa/arch/stuck.h"
#include "sim/core/core.h"

bool machine_leaving(const struct machine *m)
{
    return (m->leave & LEAVE_TURN) || m->core.steps >= m->end;
}

void machine_stop(struct machine *m)
{
    m->asked = true;
    m->leave |= LEAVE_TURN;
}

// ---- power

enum power machine_power(const struct machine *m, u32 *code)
{
    if (code)
        *code = m->core.power_code;
    return m->core.power;
}

void machine_power_off(struct machine *m, enum power why, u32 code)
{
    if (m->core.power != POWER_ON || why == POWER_ON)
        return;
    m->core.power = why;
    m->core.power_code = code;
    m->leave |= LEAVE_TURN;
    const struct hart_state *h = &m->hart[m->current].state;
    struct note note = {.kind = EVENT_POWER, .mode = h->mode, .pc = h->pc, .value = why};
    // A monitor is the kernel, whatever mode it leaves the hart in.
    if (m->monitor.use_hart)
        note.mode = MODE_K;
    machine_tell(m, m->current, NULL, &note, 0);
}

// ---- being stuck

enum stuck machine_stuck(const struct machine *m, u32 *pc)
{
    if (pc)
        *pc = m->stuck_pc;
    return m->stuck;
}

// To be called when no hart can run and no deadline is set. Returns true if a key that is
// pressed can wake a hart.
bool ending_hears_input(const struct machine *m)
{
    if (!m->interactive)
        return false;
    if (m->monitor.use_hart)
        return true;
    for (u32 i = 0; i < m->config.harts; i++)
        if (hart_hears_input(&m->hart[i].state))
            return true;
    return false;
}

static u64 retired_by_all(const struct machine *m)
{
    u64 sum = 0;
    for (u32 i = 0; i < m->config.harts; i++)
        sum += m->hart[i].state.retired;
    return sum;
}

static bool all_are_stuck(struct machine *m, u64 retired)
{
    for (u32 i = 0; i < m->config.harts; i++) {
        struct hart *h = &m->hart[i];
        // Another hart that ran since this one was caught might have mended this one's memory.
        bool caught = h->extra.storming && h->extra.storm_retired == retired;
        bool hears = m->interactive && hart_hears_input(&h->state);
        if (hears || !hart_is_stuck(&h->state, hart_extension(h), hart_time(&h->state), caught))
            return false;
    }
    return true;
}

void trap_changed_nothing(struct hart *h)
{
    struct machine *m = h->machine;
    h->extra.storming = true;
    h->extra.storm_retired = retired_by_all(m);
    // The hart would take this trap again and again, so others have their turns.
    if (m->config.harts > 1 && !m->monitor.use_hart) {
        round_end_turn(&m->core.round);
        m->leave |= LEAVE_TURN;
    }
    if (!all_are_stuck(m, h->extra.storm_retired))
        return;
    m->stuck = STUCK_STORM;
    m->stuck_pc = h->state.pc;
    m->leave |= LEAVE_TURN;
}
