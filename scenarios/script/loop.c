// Loops over tables, and sorting. Read scenarios/script/loop.h first.
// Read next: scenarios/script/order.h.
#include "scenarios/script/loop.h"

#include "scenarios/script/order.h"

#include <lauxlib.h>

#define PAYER "trapeze.payer" // the struct loop_payer, in the registry

static void charge(lua_State *L, lua_Integer keys)
{
    lua_getfield(L, LUA_REGISTRYINDEX, PAYER);
    const struct loop_payer *payer = lua_touserdata(L, -1);
    lua_pop(L, 1);
    payer->charge(payer->context, (u64)keys);
}

// What a loop over a table needs: upvalues of its iterator.
enum { LOOP_TABLE = 1, LOOP_KEYS, LOOP_AT };

static void remember_loop(lua_State *L, int table, int keys, lua_Integer at)
{
    lua_pushvalue(L, table);
    lua_replace(L, lua_upvalueindex(LOOP_TABLE));
    lua_pushvalue(L, keys);
    lua_replace(L, lua_upvalueindex(LOOP_KEYS));
    lua_pushinteger(L, at);
    lua_replace(L, lua_upvalueindex(LOOP_AT));
}

// The loop has come to place `at` in the list of keys. Pushes the next key that is still in the
// table, and its value. Returns its place; 0: none is left, and nil is pushed.
static lua_Integer push_next(lua_State *L, int table, int keys, lua_Integer at)
{
    while (lua_rawgeti(L, keys, ++at) != LUA_TNIL) {
        lua_pushvalue(L, -1);
        if (lua_rawget(L, table) != LUA_TNIL)
            return at;
        lua_pop(L, 2); // the key was removed meanwhile
    }
    return 0;
}

static int next_of_pairs(lua_State *L)
{
    lua_Integer at = push_next(L, lua_upvalueindex(LOOP_TABLE), lua_upvalueindex(LOOP_KEYS),
                               lua_tointeger(L, lua_upvalueindex(LOOP_AT)));
    if (!at)
        return 1;
    lua_pushinteger(L, at);
    lua_replace(L, lua_upvalueindex(LOOP_AT));
    return 2;
}

static int ordered_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushvalue(L, 1);
    charge(L, order_push_keys(L, 1));
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_of_pairs, LOOP_AT);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

// next remembers the loop that it served last, so that a loop sorts the keys of its table once.

static void forget_loop(lua_State *L)
{
    lua_settop(L, 2);
    lua_pushnil(L);
    remember_loop(L, 3, 3, 0);
    lua_settop(L, 2);
}

// next(t): the first key is the one before which no other comes.
static int first_key(lua_State *L)
{
    lua_Integer keys = 0;
    forget_loop(L);
    lua_pushnil(L);
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        if (!keys++ || order_before(L, 4, 3))
            lua_copy(L, 4, 3);
    }
    charge(L, keys);
    if (!keys)
        return 1;
    lua_pushvalue(L, 3);
    lua_rawget(L, 1);
    return 2;
}

// Pushes the list of keys, and returns how far a loop has come in it that is at the key at 2.
static lua_Integer push_keys_to(lua_State *L)
{
    lua_Integer count = order_push_keys(L, 1), at = 0;
    charge(L, count);
    for (bool passed = true; passed && at < count; at += passed) {
        lua_rawgeti(L, 3, at + 1);
        passed = !order_before(L, 2, -1);
        lua_pop(L, 1);
    }
    return at;
}

static int ordered_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (lua_isnil(L, 2))
        return first_key(L);
    lua_Integer at = lua_tointeger(L, lua_upvalueindex(LOOP_AT));
    bool same = lua_rawequal(L, 1, lua_upvalueindex(LOOP_TABLE));
    if (same) {
        lua_rawgeti(L, lua_upvalueindex(LOOP_KEYS), at);
        same = lua_rawequal(L, 2, -1);
    }
    lua_settop(L, 2);
    if (same)
        lua_pushvalue(L, lua_upvalueindex(LOOP_KEYS));
    else
        at = push_keys_to(L);
    at = push_next(L, 1, 3, at);
    if (!at) {
        forget_loop(L);
        lua_pushnil(L);
        return 1;
    }
    remember_loop(L, 1, 3, at);
    return 2;
}

// Argument 2 of table.sort is the script's own comparison, or nil.
static bool before_in_sort(lua_State *L, int a, int b)
{
    if (lua_isnil(L, 2))
        return lua_compare(L, a, b, LUA_OPLT);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    lua_call(L, 2, 1);
    bool before = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return before;
}

// ---- table.sort

static int sort(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer count = luaL_len(L, 1);
    luaL_argcheck(L, count < 1 << 24, 1, "too many items");
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_newtable(L);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, 1, i);
        lua_rawseti(L, 3, i);
    }
    order_sort(L, 3, count, before_in_sort);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, 3, i);
        lua_seti(L, 1, i);
    }
    return 0;
}

void loop_open(lua_State *L, const struct loop_payer *payer)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)payer);
    lua_setfield(L, LUA_REGISTRYINDEX, PAYER);
    lua_register(L, "pairs", ordered_pairs);
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, ordered_next, LOOP_AT);
    lua_setglobal(L, "next");
    lua_getglobal(L, "table");
    lua_pushcfunction(L, sort);
    lua_setfield(L, -2, "sort");
    lua_pop(L, 1);
}
