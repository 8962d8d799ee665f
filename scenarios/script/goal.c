// The goal of run{}: what the machine runs for. The driver asks how far the machine may run and
// whether the goal is met. The events of the machine come here, too. Read scenarios/script/api.h
// first.
// Read next: scenarios/script/spin.c.
#include "scenarios/script/api.h"

#include <string.h>

bool event_filter_takes(const struct event_filter *f, const struct event *e)
{
    return (f->kinds & EVENT_BIT(e->note.kind)) &&
           (f->any_vm || vm_path_equal(&f->path, &e->path)) &&
           (f->any_cause || (trace_has_cause(e->note.kind) && e->note.cause == f->cause));
}

void goal_meet(struct scenario *sc, const char *why)
{
    sc->goal.met = why;
    machine_stop(sc->world->machine);
}

// ---- console text

// One more character came. Returns how much of the text is there now. This is the search of Knuth,
// Morris and Pratt; the text is short, so its borders are computed again each time.
static u32 match_next(const char *text, u32 matched, char byte)
{
    for (u32 n = matched + 1; n; n--) {
        // The last n characters are text[0..n-1] if the n - 1 before this one match and this one,
        // too.
        if (text[n - 1] == byte && !memcmp(text, text + matched - (n - 1), n - 1))
            return n;
    }
    return 0;
}

static void hear_console(struct scenario *sc, const struct event *e)
{
    struct goal *g = &sc->goal;
    if (!vm_path_equal(&sc->world->guest[g->guest].path, &e->path))
        return;
    g->matched = match_next(g->text, g->matched, (char)e->note.value);
    if (g->text[g->matched])
        return;
    sc->console_seen[g->guest] = consoles_of(sc->stage->consoles, &e->path).count;
    goal_meet(sc, "console");
}

void goal_match_printed(struct scenario *sc, struct goal *g)
{
    struct console c = consoles_of(sc->stage->consoles, &sc->world->guest[g->guest].path);
    u64 seen = sc->console_seen[g->guest];
    u64 unread = c.count - (seen < c.count ? seen : c.count);
    size_t from = unread < c.size ? c.size - (size_t)unread : 0;
    for (size_t i = from; i < c.size && g->text[g->matched]; i++) {
        g->matched = match_next(g->text, g->matched, c.text[i]);
        if (!g->text[g->matched]) {
            sc->console_seen[g->guest] = c.count - (c.size - i - 1);
            g->met = "console";
        }
    }
}

// ---- while the machine runs

void goal_hear(struct scenario *sc, const struct event *e)
{
    struct goal *g = &sc->goal;
    if (!g->active || g->met)
        return;
    // Somebody went off. The machine stands after this step, and goal_look finds out who it was.
    if (e->note.kind == EVENT_KILL || e->note.kind == EVENT_POWER) {
        g->went_off = true;
        machine_stop(sc->world->machine);
    }
    // An injected interrupt puts the guest at its handler, and the same step of the machine may run
    // the handler's first instruction. The machine stops in between, so that pc is seen there.
    if (g->at_pc && e->note.kind == EVENT_INJECT)
        machine_stop(sc->world->machine);
    if (*g->text && e->note.kind == EVENT_CONSOLE)
        hear_console(sc, e);
    if (!g->met && event_filter_takes(&g->event, e) && --g->events_left == 0) {
        g->last = *e;
        goal_meet(sc, "event");
        if (g->trapped && e->note.kind == EVENT_EXIT)
            machine_hold_trap(sc->world->machine);
    }
}

u64 goal_steps(const struct scenario *sc, u64 most)
{
    const struct goal *g = &sc->goal;
    if (g->met) // the run was over when it began
        return 0;
    u64 steps = most < g->steps_left ? most : g->steps_left;
    if (g->at_pc && steps > 1)
        steps = 1; // no event tells that a guest has come to an address
    if (g->when != LUA_NOREF && steps > g->next)
        steps = g->next;
    return steps;
}

// ---- when the machine stands

const char *goal_over(struct scenario *sc)
{
    struct goal *g = &sc->goal;
    const char *why = "off";
    u32 guests = g->guest < 0 ? sc->world->guests : 1;
    for (u32 i = 0; i < guests; i++) {
        // The guest that lived at the last look is asked first: it mostly lives still.
        u32 guest = g->guest < 0 ? (g->alive + i) % guests : (u32)g->guest;
        if (!world_guest_is_over(sc->world, guest)) {
            g->alive = guest;
            return NULL;
        }
        if (world_guest_end(sc->world, guest).state == VM_STUCK)
            why = "stuck";
    }
    return why;
}

// A VMM above the guest that is guest code writes the guest's record before the guest goes on. Only
// when no VMM works on the guest does the record say where the guest is.
static bool is_at_pc(struct scenario *sc)
{
    const struct goal *g = &sc->goal;
    struct observed_vcpu v;
    return observe_vcpu(sc->world->machine, &sc->world->guest[g->guest].path, g->vcpu, &v) &&
           !v.in_vmm && v.state.pc == g->pc;
}

static int call_when(lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, scenario_of(L)->goal.when);
    lua_call(L, 0, 1);
    lua_pushboolean(L, lua_toboolean(L, -1));
    return 1;
}

// Asks the script's `when`. Returns false if that had an error.
static bool ask_when(struct scenario *sc)
{
    lua_State *L = sandbox_lua(sc->sandbox);
    sc->goal.next = sc->goal.every;
    lua_pushcfunction(L, call_when);
    if (sandbox_call(sc->sandbox, 0, 1) != SANDBOX_DONE) {
        scenario_fail(sc, STATUS_INPUT, sandbox_error(sc->sandbox));
        return false;
    }
    if (lua_toboolean(L, -1))
        sc->goal.met = "when";
    lua_pop(L, 1);
    return true;
}

bool goal_look(struct scenario *sc)
{
    struct goal *g = &sc->goal;
    if (g->met)
        return true;
    // A VMM that is guest code writes its record before it tells of the end. So a look at any other
    // moment would let the end of the run follow from how the run is sliced.
    if (g->off && (g->went_off || !g->steps_left || g->looked >= GOAL_LOOK_EVERY))
        g->met = goal_over(sc);
    g->went_off = false;
    if (g->met)
        return true;
    if (g->at_pc && is_at_pc(sc))
        g->met = "pc";
    else if (g->when != LUA_NOREF && !g->next && !ask_when(sc))
        return false;
    if (!g->met && !g->steps_left)
        g->met = "steps";
    return true;
}
