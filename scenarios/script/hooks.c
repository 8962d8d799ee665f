// The functions that a script gave to on(): the driver calls them while the machine runs. Read
// scenarios/script/api.h first.
// Read next: scenarios/script/current_world.c.
#include "scenarios/script/api.h"

// Runs inside the sandbox. Its arguments are the reference of a function, and a pointer to the
// event.
static int call_hook(lua_State *L)
{
    const struct event *e = lua_touserdata(L, 2);
    lua_rawgeti(L, LUA_REGISTRYINDEX, lua_tointeger(L, 1));
    scenario_push_event(L, e);
    lua_call(L, 1, 0);
    return 0;
}

// If the machine has taken a step since the last call, the script may compute as much as before.
// Text that is typed makes an event of each character, and these are no steps.
static void refill(struct scenario *sc, const struct event *e)
{
    if (sc->refilled_at == e->steps)
        return;
    sc->refilled_at = e->steps;
    sandbox_refill(sc->sandbox);
}

void hooks_hear(struct scenario *sc, const struct event *e)
{
    lua_State *L = sandbox_lua(sc->sandbox);
    for (u32 i = 0; i < sc->hook_count && sc->status != SCENARIO_FAILED; i++) {
        if (!event_filter_takes(&sc->hooks[i].filter, e))
            continue;
        refill(sc, e);
        lua_pushcfunction(L, call_hook);
        lua_pushinteger(L, sc->hooks[i].function);
        lua_pushlightuserdata(L, (void *)(uintptr_t)e);
        sc->hears_input = e->note.kind == EVENT_INPUT;
        sc->in_hook++;
        enum sandbox_result result = sandbox_call(sc->sandbox, 2, 0);
        sc->in_hook--;
        sc->hears_input = false;
        if (result == SANDBOX_DONE)
            continue;
        scenario_fail(sc, STATUS_INPUT, sandbox_error(sc->sandbox));
        machine_stop(sc->world->machine);
    }
}

void hooks_forget(struct scenario *sc)
{
    lua_State *L = sandbox_lua(sc->sandbox);
    for (u32 i = 0; i < sc->hook_count; i++)
        luaL_unref(L, LUA_REGISTRYINDEX, sc->hooks[i].function);
    sc->hook_count = 0;
}
