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

void hooks_hear(struct scenario *sc, const struct event *e)
{
    lua_State *L = sandbox_lua(sc->sandbox);
    for (u32 i = 0; i < sc->hook_count && sc->status != SCENARIO_FAILED; i++) {
        if (!event_filter_takes(&sc->hooks[i].filter, e))
            continue;
        // The machine has taken a step since the last call, so the allowance is whole again.
        sandbox_refill(sc->sandbox);
        lua_pushcfunction(L, call_hook);
        lua_pushinteger(L, sc->hooks[i].function);
        lua_pushlightuserdata(L, (void *)(uintptr_t)e);
        if (sandbox_call(sc->sandbox, 2, 0) == SANDBOX_DONE)
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
