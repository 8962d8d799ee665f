// The world of a scenario: it is built from the plan when a script first needs it, and every event
// of its machine comes through here. Read scenarios/script/api.h first.
// Read next: scenarios/script/filter.c.
#include "scenarios/script/api.h"

#include <string.h>

static void hear(void *context, const struct event *e)
{
    static const u32 logged =
        EVENT_ALL & ~(EVENT_BIT(EVENT_CONSOLE) | EVENT_BIT(EVENT_INPUT) | EVENT_BIT(EVENT_DEVICE));
    struct scenario *sc = context;
    counters_add(&sc->counters, e);
    // Events of consoles and devices come by the thousand and would push all others out of the log.
    if (logged & EVENT_BIT(e->note.kind)) {
        sc->log[sc->logged++ % LOG_EVENTS] = *e;
        if (sc->logged > sc->log_high)
            sc->log_high = sc->logged;
    }
    goal_hear(sc, e);
    // After a step back the machine sends events once more. The script has heard them already.
    if (e->seq >= sc->told) {
        sc->told = e->seq + 1;
        hooks_hear(sc, e);
    }
}

void scenario_drop_world(struct scenario *sc)
{
    if (!sc->world)
        return;
    consoles_free(sc->consoles);
    sc->consoles = NULL;
    machine_unlisten(sc->world->machine, sc->listener);
    hooks_forget(sc);
    world_free(sc->world);
    sc->world = NULL;
}

// The guest whose exits are followed through the VMMs: the first guest of the deepest level.
static const struct vm_path *deepest_guest(const struct world *w)
{
    u32 i = 0;
    while (i + 1 < w->guests &&
           (w->guest[i].is_vmm || vm_path_length(&w->guest[i].path) < w->depth))
        i++;
    return &w->guest[i].path;
}

static void start_listening(struct scenario *sc)
{
    counters_watch(&sc->counters, deepest_guest(sc->world));
    counters_reset(&sc->counters);
    memset(sc->console_seen, 0, sizeof sc->console_seen);
    sc->told = sc->logged = sc->log_high = 0;
    sc->consoles = consoles_new(sc->world->machine);
    sc->listener = machine_listen(sc->world->machine, EVENT_ALL, hear, sc);
    machine_input_interactive(sc->world->machine, sc->options.interactive);
    sc->worlds++;
    if (sc->options.recording)
        recording_world(sc->options.recording, sc->worlds, sc->world->machine);
    if (sc->options.built)
        sc->options.built(sc->options.context, sc->world);
}

struct world *scenario_need_world(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    if (sc->world)
        return sc->world;
    if (!sc->plan.guests)
        luaL_error(L, "there is no guest to run; say guest{image = \"kite\"} first");
    if (sc->plan.guests > 1 && !sc->has_vmm)
        luaL_error(L, "%d guests need a VMM to share the machine; say vmm{} before the guests",
                   (int)sc->plan.guests);
    enum status why;
    char error[WORLD_ERROR];
    sc->world = world_new(&sc->plan, &why, error, sizeof error);
    if (!sc->world)
        luaL_error(L, "%s", error);
    start_listening(sc);
    if (!sc->consoles)
        luaL_error(L, "not enough memory for the consoles");
    return sc->world;
}

u32 scenario_check_guest(lua_State *L, int index)
{
    struct world *w = scenario_need_world(L);
    if (lua_type(L, index) == LUA_TSTRING) {
        int found = world_guest_find(w, lua_tostring(L, index));
        if (found < 0)
            luaL_error(L, "there is no guest '%s'", lua_tostring(L, index));
        return (u32)found;
    }
    struct guest_handle *handle = luaL_checkudata(L, index, GUEST_TYPE);
    if (handle->generation != scenario_of(L)->generation)
        luaL_error(L, "this guest's machine is gone: machine{...} has started a new world");
    return handle->index;
}

const struct world_guest *scenario_self(lua_State *L)
{
    u32 index = scenario_check_guest(L, 1);
    return &scenario_of(L)->world->guest[index];
}

struct observed_vcpu scenario_vcpu(lua_State *L, const struct world_guest *g, int index)
{
    lua_Integer number = luaL_optinteger(L, index, 0);
    struct observed_vcpu v = {0};
    if (number < 0 || number >= g->vcpus)
        luaL_error(L, "%s has no VCPU %I; they count from 0", g->name, (LUAI_UACINT)number);
    // A VMM that is T32 code makes its guests' VCPUs only after it has booted.
    if (!observe_vcpu(scenario_of(L)->world->machine, &g->path, (u32)number, &v))
        luaL_error(L, "%s has no VCPU %I yet: the VMM makes it while it boots; let it run first",
                   g->name, (LUAI_UACINT)number);
    return v;
}
