// What twin{} and meter{} have in common: they run in chunks within the limit of the test, and a
// method that they lack is named.
#include "scenarios/script/api.h"

#define CHUNK_STEPS 500000 // between two looks at the limits

u64 lab_chunk(const struct scenario *sc, u64 wanted)
{
    u64 left = sc->options.limit - sc->spent;
    u64 chunk = wanted < left ? wanted : left;
    return chunk < CHUNK_STEPS ? chunk : CHUNK_STEPS;
}

void lab_spend(struct scenario *sc, u64 steps)
{
    sc->spent += steps;
    sandbox_refill(sc->sandbox);
}

int lab_go_on(lua_State *L, lua_KFunction then)
{
    struct scenario *sc = scenario_of(L);
    if (sc->spent >= sc->options.limit) {
        if (sc->options.lab->task == LAB_REPLAY)
            return 0; // the case is over, and what has run so far can be looked at
        struct lab_verdict *v = &sc->options.lab->verdict;
        if (sc->twin)
            twin_last_exit(sc->twin->twin, 0, v->where, sizeof v->where);
        sc->status = SCENARIO_LIMIT;
        sc->exit = STATUS_LIMIT;
    }
    return lua_yieldk(L, 0, 0, then);
}

// Upvalues: the methods, the noun, and what it has.
static int find_method(lua_State *L)
{
    const char *name = scenario_check_text(L, 2);
    if (lua_getfield(L, lua_upvalueindex(1), name) != LUA_TNIL)
        return 1;
    return luaL_error(L, "a %s has no '%s'; it has %s", lua_tostring(L, lua_upvalueindex(2)), name,
                      lua_tostring(L, lua_upvalueindex(3)));
}

void lab_open_type(lua_State *L, const char *type, const luaL_Reg *methods, const char *noun,
                   const char *has)
{
    luaL_newmetatable(L, type);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_pushstring(L, noun);
    lua_pushstring(L, has);
    lua_pushcclosure(L, find_method, 3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
