// The standard library that scripts in a sandbox get. It is Lua's own, without the functions that
// reach out of the script, and without those that could run long where no limit is checked. Read
// scenarios/script/sandbox.h first.
// Read next: scenarios/script/loop.h.
#include "scenarios/script/library.h"

#include "scenarios/script/loop.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

// These reach files, other code, and the garbage collector.
static const struct {
    const char *table, *name;
} removed[] = {
    {"_G", "dofile"},         {"_G", "loadfile"}, {"_G", "load"},
    {"_G", "collectgarbage"}, {"_G", "warn"},     {"_G", "print"}, // check.c has its own
    {"string", "dump"},
};

// A finalizer runs in the middle of a garbage collection, while hooks are off. Nothing would count
// its instructions, so tables cannot have one.
static int set_metatable(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, lua_isnoneornil(L, 2) || lua_istable(L, 2), 2, "nil or table");
    if (lua_istable(L, 2)) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "a scenario's tables cannot have finalizers (__gc)");
        lua_pushliteral(L, "__mode");
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "a scenario's tables cannot be weak (__mode): what is collected "
                                 "when would differ from run to run");
        lua_pop(L, 2);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

// string.rep that repeats nothing a great many times would run for ever inside C, where no
// instruction is counted. A huge result is refused here, too.
static int repeat(lua_State *L)
{
    size_t text = 0, separator = 0;
    luaL_checklstring(L, 1, &text);
    lua_Integer count = luaL_checkinteger(L, 2);
    luaL_optlstring(L, 3, "", &separator);
    if (!text && !separator) {
        lua_pushliteral(L, "");
        return 1;
    }
    if (count > 0 && (lua_Unsigned)count > (1u << 30) / (text + separator))
        return luaL_error(L, "string.rep: the result would be too large");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

// ---- values as text. Lua tells the host address of a table or a function, which differs from run
// to run. Here a value says what it is.

static const char *push_fields(lua_State *L, int index, const char *name)
{
    lua_Integer fields = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        fields++;
    return lua_pushfstring(L, "%s of %I", name, (LUAI_UACINT)fields);
}

const char *library_text(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    bool has_address = lua_istable(L, index) || lua_isuserdata(L, index);
    if (!has_address || luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        if (has_address)
            lua_pop(L, 1); // the field that was found
        return luaL_tolstring(L, index, NULL);
    }
    const char *name = luaL_typename(L, index);
    bool named = luaL_getmetafield(L, index, "__name") != LUA_TNIL;
    if (named && lua_type(L, -1) == LUA_TSTRING)
        name = lua_tostring(L, -1);
    if (lua_istable(L, index))
        push_fields(L, index, name);
    else
        lua_pushstring(L, name);
    if (named)
        lua_remove(L, -2);
    return lua_tostring(L, -1);
}

static int to_string(lua_State *L)
{
    luaL_checkany(L, 1);
    library_text(L, 1);
    return 1;
}

// string.format: %s gets the same text, and %p would be an address. The pattern may hold NUL bytes,
// so its length says where it ends.
static int format(lua_State *L)
{
    size_t size;
    int argument = 1;
    const char *at = luaL_checklstring(L, 1, &size), *end = at + size;
    for (; (at = memchr(at, '%', (size_t)(end - at))); at++) {
        at += 1 + strspn(at + 1, "-+ #0123456789.");
        if (at == end)
            break;
        argument += *at != '%';
        if (*at == 'p')
            return luaL_error(L, "string.format: %%p is an address of the host, and differs from "
                                 "run to run; say %%s");
        if (*at == 's' && (lua_istable(L, argument) || lua_isuserdata(L, argument))) {
            library_text(L, argument);
            lua_replace(L, argument);
        }
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

static int type_as_text(lua_State *L)
{
    lua_pushstring(L, luaL_typename(L, 1));
    return 1;
}

// All values of the type on top of the stack say what they are, and nothing else.
static void name_type(lua_State *L)
{
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, type_as_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

// table.move could count over more elements than any table here can have.
static int move(lua_State *L)
{
    lua_Integer from = luaL_checkinteger(L, 2), to = luaL_checkinteger(L, 3);
    if (to >= from && (lua_Unsigned)to - (lua_Unsigned)from >= 1u << 24)
        return luaL_error(L, "table.move: too many elements");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

// ---- math.randomseed. Without a number Lua's own takes the time and an address. Here the numbers
// begin again as they began in this run.

static int seed_random(lua_State *L)
{
    if (lua_isnone(L, 1)) {
        lua_pushvalue(L, lua_upvalueindex(2));
        lua_pushinteger(L, 0);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 0);
    return 0;
}

// Lua's messages name a function by its key among the loaded libraries. A function that is wrapped
// is no longer there by itself, so its name is put there: "bad argument #2 to 'string.format'".
static void keep_name(lua_State *L, const char *table, const char *name)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushfstring(L, "%s.%s", table, name);
    lua_pushvalue(L, -3);
    lua_settable(L, -3);
    lua_pop(L, 1);
}

// Puts fn in the place of table[name]. The old function becomes the upvalue of fn.
static void wrap(lua_State *L, const char *table, const char *name, lua_CFunction fn)
{
    lua_getglobal(L, table);
    lua_getfield(L, -1, name);
    keep_name(L, table, name);
    lua_pushcclosure(L, fn, 1);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

static void wrap_seed(lua_State *L, lua_Integer seed)
{
    lua_getglobal(L, "math");
    lua_getfield(L, -1, "randomseed");
    lua_pushinteger(L, seed);
    lua_pushcclosure(L, seed_random, 2);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "randomseed");
    lua_call(L, 0, 0);
    lua_pop(L, 1);
}

int library_open(lua_State *L)
{
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},       {LUA_STRLIBNAME, luaopen_string},
        {LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math},
        {LUA_UTF8LIBNAME, luaopen_utf8}, {NULL, NULL},
    };
    lua_Integer seed = luaL_checkinteger(L, 1);
    for (const luaL_Reg *l = libraries; l->func; l++) {
        luaL_requiref(L, l->name, l->func, 1);
        lua_pop(L, 1);
    }
    wrap_seed(L, seed);
    for (size_t i = 0; i < sizeof removed / sizeof *removed; i++) {
        lua_getglobal(L, removed[i].table);
        lua_pushnil(L);
        lua_setfield(L, -2, removed[i].name);
        lua_pop(L, 1);
    }
    wrap(L, "_G", "setmetatable", set_metatable);
    wrap(L, "string", "rep", repeat);
    wrap(L, "table", "move", move);
    wrap(L, "_G", "tostring", to_string);
    wrap(L, "string", "format", format);
    lua_pushcfunction(L, type_as_text);
    name_type(L);
    lua_pushthread(L);
    name_type(L);
    loop_open(L, lua_touserdata(L, 2));
    return 0;
}
