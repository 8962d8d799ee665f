// check() mark() print() same(): what the script says about the run. Read scenarios/script/api.h
// first.
// Read next: scenarios/script/stop.c.
#include "scenarios/script/api.h"
#include "scenarios/script/library.h"
#include "scenarios/script/order.h"

#include "scenarios/script/text.h"

#include <inttypes.h>
#include <string.h>

#define LINE_MOST 2000

// A copy of the string at `index`, on one line and fit for a terminal. Lua keeps it.
static const char *clean_copy(lua_State *L, int index)
{
    size_t size = 0;
    const char *text = lua_tolstring(L, index, &size);
    if (size > LINE_MOST)
        size = LINE_MOST;
    char *copy = lua_newuserdatauv(L, 4 * size + 8, 0);
    text_clean(text, size, copy, 4 * size + 8);
    for (char *c = copy; *c; c++)
        if (*c == '\n' || *c == '\t')
            *c = ' ';
    lua_pushstring(L, copy);
    const char *kept = scenario_keep_string(L);
    lua_pop(L, 1);
    return kept;
}

// ---- check(name, [points,] function or value)

static void add(lua_State *L, struct scenario_check c, int name, int message)
{
    struct scenario *sc = scenario_of(L);
    if (sc->check_count == CHECKS_MAX)
        luaL_error(L, "there can be at most %d checks", CHECKS_MAX);
    c.name = clean_copy(L, name);
    c.message = clean_copy(L, message);
    sc->checks[sc->check_count++] = c;
}

void scenario_add_check(lua_State *L, bool passed, u32 line)
{
    int top = lua_gettop(L);
    add(L, (struct scenario_check){.passed = passed, .line = line}, top - 1, top);
    lua_pop(L, 2);
}

// What part of the points the value at `index` earns, from 0 to 1.
static double share_of(lua_State *L, int index, double points)
{
    if (!lua_isnumber(L, index) || points <= 0)
        return lua_toboolean(L, index);
    double share = lua_tonumber(L, index) / points;
    if (share > 1)
        return 1;
    return share > 0 ? share : 0; // "not a number" is not above 0, so it earns nothing
}

static const char *usual_message(double share)
{
    if (share == 1)
        return "";
    return share > 0 ? "in part" : "it does not hold";
}

// The verdict lies on top of the stack: the value, and the message or nil.
static int record(lua_State *L, double points, bool threw)
{
    double share = threw ? 0 : share_of(L, -2, points);
    struct scenario_check c = {.points = points,
                               .earned = points * share,
                               .passed = share == 1,
                               .line = scenario_line_of(L)};
    if (!lua_isstring(L, -1)) {
        lua_pop(L, 1);
        lua_pushstring(L, usual_message(share));
    }
    add(L, c, 1, lua_gettop(L));
    lua_pushboolean(L, c.passed);
    return 1;
}

// The function given to check has returned, or failed. `base` is where its results begin.
static int check_is_over(lua_State *L, int status, lua_KContext base)
{
    double points = lua_tonumber(L, 2);
    bool threw = status != LUA_OK && status != LUA_YIELD;
    if (threw) {
        library_text(L, -1);
        lua_pushboolean(L, false);
        lua_insert(L, -2);
    } else {
        lua_settop(L, (int)base + 2);
    }
    return record(L, points, threw);
}

static int check(lua_State *L)
{
    luaL_checkstring(L, 1);
    if (lua_gettop(L) == 2) { // check(name, function): no points were given
        lua_pushnumber(L, 0);
        lua_insert(L, 2);
    }
    lua_settop(L, 4);
    double points = luaL_checknumber(L, 2);
    luaL_argcheck(L, points >= 0 && points <= 1e6, 2, "points from 0 to 1,000,000 are wanted");
    if (!lua_isfunction(L, 3))
        return record(L, points, false);
    lua_settop(L, 3);
    int base = lua_gettop(L) - 1;
    return check_is_over(L, lua_pcallk(L, 0, LUA_MULTRET, 0, base, check_is_over), base);
}

// ---- mark(text)

static int mark(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    struct world *w = scenario_need_world(L);
    luaL_checkstring(L, 1);
    if (sc->mark_count == MARKS_MAX)
        return luaL_error(L, "there can be at most %d marks", MARKS_MAX);
    struct note note = {.kind = EVENT_MARK, .value = sc->mark_count};
    struct scenario_mark m = {.text = clean_copy(L, 1),
                              .cycle = machine_cycles(w->machine),
                              .steps = machine_steps(w->machine)};
    m.line = scenario_line_of(L);
    sc->marks[sc->mark_count++] = m;
    machine_tell(w->machine, 0, NULL, &note, 0);
    if (sc->lesson)
        return 0; // a lesson says what it has to say by say{...}
    struct lesson_stop stop = {.kind = LESSON_SAY, .text = m.text, .look = ""};
    return stop_here(L, stop, stop_is_over);
}

// ---- print(...)

static int print(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    int count = lua_gettop(L);
    for (int i = 1; i <= count; i++) {
        library_text(L, i);
        lua_replace(L, i);
    }
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    for (int i = 1; i <= count; i++) {
        lua_pushvalue(L, i);
        luaL_addvalue(&line);
        if (i < count)
            luaL_addchar(&line, '\t');
    }
    luaL_pushresult(&line);
    size_t size = 0;
    const char *text = lua_tolstring(L, -1, &size);
    sc->printed += size + 1;
    if (sc->printed > OUTPUT_MAX)
        sandbox_exceed(sc->sandbox, L, "the script printed more than 1 MiB; print less");
    if (!sc->options.printed)
        return 0;
    size_t room = 4 * size + 8;
    char *clean = lua_newuserdatauv(L, room, 0);
    text_clean(text, size, clean, room);
    sc->options.printed(sc->options.context, clean);
    return 0;
}

// ---- same(a, b): deep comparison -> true, or false and the first place where they differ

#define DEEP_MOST 32

static bool compare(lua_State *L, int a, int b, int depth);

// The values of a key in both tables lie on top of the stack. If they differ, replaces them by a
// message that begins with the key, which lies below them.
static bool compare_key(lua_State *L, int depth, bool values)
{
    int top = lua_gettop(L);
    if (values ? compare(L, top - 1, top, depth + 1) : !lua_isnil(L, top))
        return true;
    library_text(L, top - 2);
    const char *key = lua_tostring(L, -1);
    // compare has left its message below the key.
    const char *rest = values ? lua_tostring(L, -2) : ": only one side has it";
    lua_pushfstring(L, "%s%s%s", key, *rest == ':' ? "" : ".", rest);
    lua_replace(L, top - 1);
    lua_settop(L, top - 1);
    return false;
}

// Returns true if every key of a is in b, and (if `values`) with the same value. If not, leaves
// a message on top that names the first such key.
static bool compare_keys(lua_State *L, int a, int b, int depth, bool values)
{
    lua_pushnil(L);
    lua_pushnil(L);
    int message = lua_gettop(L), first = message - 1; // the first key that differs
    for (lua_pushnil(L); lua_next(L, a);) {
        lua_pushvalue(L, -2);
        lua_rawget(L, b);
        int key = first + 2;
        if (!compare_key(L, depth, values) &&
            (lua_isnil(L, first) || order_before(L, key, first))) {
            lua_copy(L, key, first);
            lua_copy(L, key + 1, message);
        }
        lua_settop(L, key);
    }
    if (lua_isnil(L, first))
        lua_settop(L, first - 1);
    else
        lua_remove(L, first);
    return lua_gettop(L) < first;
}

static const char *push_printed(lua_State *L, int index)
{
    if (!lua_isinteger(L, index))
        return library_text(L, index);
    char hex[24];
    snprintf(hex, sizeof hex, "0x%" PRIx64, (u64)lua_tointeger(L, index));
    return lua_pushstring(L, hex);
}

// Compares the values at two stack places. If they differ, leaves a message on top.
static bool compare(lua_State *L, int a, int b, int depth)
{
    luaL_checkstack(L, 16, "same: too deep");
    if (depth > DEEP_MOST)
        luaL_error(L, "same: more than %d tables within tables", DEEP_MOST);
    if (lua_istable(L, a) && lua_istable(L, b))
        return compare_keys(L, a, b, depth, true) && compare_keys(L, b, a, depth, false);
    if (lua_rawequal(L, a, b))
        return true;
    const char *one = push_printed(L, a), *other = push_printed(L, b);
    lua_pushfstring(L, ": %s, %s", one, other);
    return false;
}

static int same(lua_State *L)
{
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    bool equal = compare(L, 1, 2, 0);
    lua_pushboolean(L, equal);
    if (equal)
        return 1;
    const char *message = lua_tostring(L, -2);
    // Two values that are no tables differ without a key before the ": ".
    lua_pushstring(L, message + (*message == ':' ? 2 : 0));
    return 2;
}

void lua_open_check(lua_State *L)
{
    lua_register(L, "check", check);
    lua_register(L, "mark", mark);
    lua_register(L, "print", print);
    lua_register(L, "same", same);
}
