// Conditions about events. Read scenarios/script/predicate.h first.
#include "scenarios/script/predicate.h"
#include "scenarios/script/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREDICATE_INSTRUCTIONS 100000 // for one event

struct predicate {
    struct sandbox *sandbox;
    int function;    // registry references: what was typed,
    int environment; // and the names that it sees
};

// What one call of `answer` is about.
struct question {
    const struct predicate *predicate;
    const struct world *world;
    const struct event *event;
};

static void take_error(const struct predicate *p, char error[PREDICATE_ERROR])
{
    const char *text = sandbox_error(p->sandbox);
    snprintf(error, PREDICATE_ERROR, "%.*s", (int)strcspn(text, "\n"), text);
}

// Makes the names that a condition sees: the pure functions of Lua. None of them can be set, and no
// function is left by which a condition could keep anything between two events. If it could, the
// run would stop elsewhere after it was taken back.
static const char freezing[] =
    "local function freeze(names)\n"
    "    local function refuse(_, name)\n"
    "        error('a condition remembers nothing: ' .. tostring(name) .. ' cannot be set', 2)\n"
    "    end\n"
    "    local rules = {__index = names, __newindex = refuse, __metatable = false}\n"
    "    return setmetatable({}, rules)\n"
    "end\n"
    "math.random, math.randomseed = nil, nil\n"
    "local names = {}\n"
    "for name, value in pairs(_G) do\n"
    "    names[name] = type(value) == 'table' and freeze(value) or value\n"
    "end\n"
    "names._G, names.rawset, names.getmetatable = nil, nil, nil\n"
    "return freeze(names)\n";

static bool make_environment(struct predicate *p)
{
    lua_State *L = sandbox_lua(p->sandbox);
    size_t size = sizeof freezing - 1;
    if (sandbox_compile(p->sandbox, L, freezing, size, "=condition") != SANDBOX_DONE ||
        sandbox_call(p->sandbox, 0, 1) != SANDBOX_DONE)
        return false;
    p->environment = luaL_ref(L, LUA_REGISTRYINDEX);
    return true;
}

// The typed text becomes a function of the event and the environment. The latter is an argument, so
// that a condition cannot put another in its place.
static bool compile(struct predicate *p, const char *text)
{
    char source[512];
    lua_State *L = sandbox_lua(p->sandbox);
    snprintf(source, sizeof source, "local e, _ENV = ...\nreturn %s", text);
    if (sandbox_compile(p->sandbox, L, source, strlen(source), "=condition") != SANDBOX_DONE)
        return false;
    p->function = luaL_ref(L, LUA_REGISTRYINDEX);
    return true;
}

struct predicate *predicate_new(const char *text, char error[PREDICATE_ERROR])
{
    struct sandbox_limits limits = sandbox_limits_default;
    struct predicate *p = calloc(1, sizeof *p);
    limits.instructions = PREDICATE_INSTRUCTIONS;
    snprintf(error, PREDICATE_ERROR, "out of memory");
    if (p)
        p->sandbox = sandbox_new(&limits);
    if (p && p->sandbox && make_environment(p) && compile(p, text))
        return p;
    if (p && p->sandbox)
        take_error(p, error);
    predicate_free(p);
    return NULL;
}

void predicate_free(struct predicate *p)
{
    if (!p)
        return;
    if (p->sandbox)
        sandbox_free(p->sandbox);
    free(p);
}

// Runs protected, so that a lack of memory for the event's table is an error like any other.
static int answer(lua_State *L)
{
    const struct question *q = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, q->predicate->function);
    event_table_push(L, q->world, q->event);
    lua_rawgeti(L, LUA_REGISTRYINDEX, q->predicate->environment);
    lua_call(L, 2, 1);
    lua_pushboolean(L, lua_toboolean(L, -1));
    return 1;
}

enum predicate_answer predicate_ask(struct predicate *p, const struct world *w,
                                    const struct event *e, char error[PREDICATE_ERROR])
{
    struct question q = {p, w, e};
    lua_State *L = sandbox_lua(p->sandbox);
    sandbox_refill(p->sandbox);
    lua_pushcfunction(L, answer);
    lua_pushlightuserdata(L, &q);
    if (sandbox_call(p->sandbox, 1, 1) != SANDBOX_DONE) {
        take_error(p, error);
        return PREDICATE_FAILED;
    }
    bool holds = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return holds ? PREDICATE_TRUE : PREDICATE_FALSE;
}
