// The record of a scenario: who it is, where its script stands, and how it fails. Every chapter of
// the language uses these functions. Read scenarios/script/api.h first.
// Read next: scenarios/script/fields.c.
#include "scenarios/script/api.h"

#include <stdlib.h>
#include <string.h>

// Every function of the language begins here, so the watchdog hears of every call. Many calls that
// take long are then not taken for one that never ends.
struct scenario *scenario_of(lua_State *L)
{
    struct scenario *sc = *(struct scenario **)lua_getextraspace(L);
    sandbox_alive(sc->sandbox);
    return sc;
}

u32 scenario_line_of(lua_State *L)
{
    lua_Debug place;
    for (int level = 0; lua_getstack(L, level, &place); level++) {
        lua_getinfo(L, "l", &place);
        if (place.currentline > 0)
            return (u32)place.currentline;
    }
    return 0;
}

const char *scenario_keep_string(lua_State *L)
{
    const char *kept = lua_tostring(L, -1);
    luaL_ref(L, LUA_REGISTRYINDEX);
    return kept;
}

void scenario_fail(struct scenario *sc, enum status why, const char *message)
{
    if (sc->status == SCENARIO_FAILED)
        return; // the first reason is the cause of all later ones
    sc->status = SCENARIO_FAILED;
    sc->exit = why;
    free(sc->error);
    sc->error = strdup(message);
}
