// Input from outside: put on the tape, and delivered when its step has come. Contracts:
// sim/machine.h.
// Read next: sim/engine/engine.h.
#include "sim/input.h"
#include "sim/core/core.h"

static void tell_arrival(struct machine *m, u32 unit, const u8 *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        machine_tell(m, m->current, NULL,
                     &(struct note){.kind = EVENT_INPUT, .vm = (u16)unit, .value = bytes[i]}, 0);
}

// Whoever serves the unit has to look: the board's UART, or the monitor on all harts.
static void call_server(struct machine *m, u32 unit)
{
    if (m->monitor.use_hart) {
        for (u32 i = 0; i < m->config.harts; i++) {
            m->hart[i].extra.called = true;
            machine_hart_kick(m, i);
        }
    } else if (unit == 0) {
        board_input(&m->core.board, &m->wires);
        harts_see_lines(m);
    }
}

static void arrive(struct machine *m, struct tape_entry *e, const u8 *bytes)
{
    struct unit *u = units_get(&m->units, e->unit);
    // A run that waits for this input may have stopped before its round was over. Ending the round
    // here makes both histories the same.
    harts_next_turn(m);
    e->steps = m->core.steps;
    if (!u || !unit_append(u, bytes, e->count))
        return; // there is no memory: the bytes are lost, as on a line without flow control
    tell_arrival(m, e->unit, bytes, e->count);
    call_server(m, e->unit);
}

u64 input_deliver(struct machine *m)
{
    struct tape *t = &m->units.tape;
    m->delivering = true;
    while (tape_due(t) <= m->core.steps) {
        const u8 *bytes;
        struct tape_entry *e = tape_take(t, &bytes);
        arrive(m, e, bytes);
    }
    m->delivering = false;
    return tape_due(t);
}

bool machine_input(struct machine *m, u32 unit, const void *bytes, size_t count)
{
    if (!count)
        return true;
    // Its arrival would be told to the listener that gives it, and so on without end. The tape,
    // which is being read, would move, too.
    if (m->delivering)
        return false;
    if (!units_get(&m->units, unit) ||
        !tape_append(&m->units.tape, m->core.steps, unit, bytes, count))
        return false;
    if (m->running)
        m->leave |= LEAVE_TURN; // it arrives when the step under way is over
    else
        input_deliver(m);
    return true;
}

void machine_input_forget(struct machine *m)
{
    tape_forget_future(&m->units.tape);
}

void machine_input_interactive(struct machine *m, bool open)
{
    m->interactive = open;
}
