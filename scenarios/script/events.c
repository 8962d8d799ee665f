// on() events() counters() multiplication(): what happened. Everything here comes from the one
// event stream. Read scenarios/script/api.h first.
// Read next: scenarios/script/check.c.
#include "scenarios/script/api.h"

#include "isa/isa.h"

#include <string.h>

#define COUNTERS_TYPE "trapeze.counters"
#define CAUSES_TYPE "trapeze.causes"

// ---- on(event, [filter,] function)

static int add_hook(lua_State *L)
{
    static const char *const keys[] = {"guest", "cause", NULL};
    struct scenario *sc = scenario_of(L);
    struct event_filter f = {.any_vm = true, .any_cause = true};
    u32 kinds = scenario_read_kinds(L, 1);
    kinds &= ~EVENT_BIT(EVENT_MARK); // marks are the script's own
    bool has_filter = lua_istable(L, 2);
    luaL_checktype(L, has_filter ? 3 : 2, LUA_TFUNCTION);
    if (has_filter) {
        scenario_check_keys(L, 2, "on", keys);
        scenario_read_filter(L, 2, &f);
    }
    f.kinds = kinds;
    if (sc->hook_count == HOOKS_MAX)
        return luaL_error(L, "on: at most %d functions can listen", HOOKS_MAX);
    lua_settop(L, has_filter ? 3 : 2);
    sc->hooks[sc->hook_count++] =
        (struct hook){.filter = f, .function = luaL_ref(L, LUA_REGISTRYINDEX)};
    return 0;
}

// ---- events{event=, guest=, cause=, last=}: the logged events that match, the oldest first

static int list_events(lua_State *L)
{
    static const char *const keys[] = {"event", "guest", "cause", "last", NULL};
    struct scenario *sc = scenario_of(L);
    struct event_filter f = {.kinds = EVENT_ALL, .any_vm = true, .any_cause = true};
    lua_Integer last = LOG_EVENTS;
    if (!lua_isnoneornil(L, 1)) {
        luaL_checktype(L, 1, LUA_TTABLE);
        scenario_check_keys(L, 1, "events", keys);
        scenario_read_filter(L, 1, &f);
        lua_getfield(L, 1, "last");
        last = luaL_optinteger(L, -1, LOG_EVENTS);
        luaL_argcheck(L, last >= 1, 1, "last: 1 or more is wanted");
    }
    scenario_need_world(L); // after machine{...} the events of the old world are gone
    u64 from = sc->logged > LOG_EVENTS ? sc->logged - LOG_EVENTS : 0;
    u64 at = sc->logged;
    // First back from the newest event, to count; then forward, to fill the table in order.
    lua_Integer found = 0;
    while (at > from && found < last)
        found += event_filter_takes(&f, stage_event(sc->stage, --at));
    lua_createtable(L, (int)found, 0);
    lua_Integer n = 0;
    for (; at < sc->logged; at++) {
        if (!event_filter_takes(&f, stage_event(sc->stage, at)))
            continue;
        scenario_push_event(L, stage_event(sc->stage, at));
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

// ---- counters([guest])

// The name that a script asks for; another value than a string is told by its type.
static const char *asked(lua_State *L, const char *what)
{
    return lua_type(L, 2) == LUA_TSTRING ? scenario_field_text(L, 2, what) : luaL_typename(L, 2);
}

// A cause that was not counted is nil, as in any table. A name that no cause has is a mistake.
static int no_such_count(lua_State *L)
{
    const char *name = asked(L, "counters");
    for (u32 i = 0; i < COUNTERS_CAUSES; i++) {
        char unknown[16];
        if (!strcmp(name, trace_cause(counters_cause(i), unknown)))
            return 0;
    }
    return luaL_error(L, "counters: there is no cause '%s'; 'trapeze isa' lists them", name);
}

static void set_causes(lua_State *L, const char *name, const struct counted_cause traps[],
                       const struct counted_cause exits[])
{
    lua_newtable(L);
    for (u32 i = 0; i < COUNTERS_CAUSES; i++) {
        char unknown[16];
        u64 count = traps[i].count + exits[i].count;
        if (count)
            scenario_set_integer(L, trace_cause(counters_cause(i), unknown), count);
    }
    luaL_setmetatable(L, CAUSES_TYPE);
    lua_setfield(L, -2, name);
}

// A bare guest has no VMM that counts for it: all its instructions run directly. A VMM that is
// guest code counts from when it has made its guest.
static void set_instructions(lua_State *L, struct world *w, const struct world_guest *g)
{
    struct observed_vm vm = {0};
    if (!w->depth) {
        for (u32 hart = 0; hart < machine_config(w->machine)->harts; hart++)
            vm.retired += machine_hart(w->machine, hart)->retired;
        vm.direct = vm.retired;
    } else {
        observe_vm(w->machine, &g->path, &vm);
    }
    scenario_set_integer(L, "retired", vm.retired);
    scenario_set_integer(L, "direct", vm.direct);
}

// A name that is not in the table. A count that silently is nil would look like no count at all.
static int no_such_counter(lua_State *L)
{
    const char *name = asked(L, "counters");
    if (!strcmp(name, "retired") || !strcmp(name, "direct"))
        return luaL_error(L, "counters: '%s' is counted for each guest; say counters(g).%s", name,
                          name);
    return luaL_error(L,
                      "counters: there is no counter '%s'; their names are those of the events, "
                      "and the others that scenarios/README.md lists",
                      name);
}

static void name_missing(lua_State *L, const char *type, lua_CFunction no_such)
{
    luaL_newmetatable(L, type);
    lua_pushcfunction(L, no_such);
    lua_setfield(L, -2, "__index");
    lua_pushnil(L); // as text, a table of counters says what any table says
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
}

static int push_counters(lua_State *L)
{
    static const struct counted nothing;
    struct scenario *sc = scenario_of(L);
    struct world *w = scenario_need_world(L);
    const struct counted *c = &sc->stage->counters.all;
    if (!lua_isnoneornil(L, 1)) {
        const struct world_guest *g = &w->guest[scenario_check_guest(L, 1)];
        c = counters_of(&sc->stage->counters, &g->path);
        c = c ? c : &nothing;
        lua_newtable(L);
        set_instructions(L, w, g);
    } else {
        lua_newtable(L);
    }
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++)
        scenario_set_integer(L, event_kind_name(kind), c->kind[kind]);
    scenario_set_integer(L, "firmware_calls", c->firmware_calls);
    scenario_set_integer(L, "device_accesses", c->device_accesses);
    scenario_set_integer(L, "sfences", c->sfences);
    scenario_set_integer(L, "cost", c->cost);
    set_causes(L, "causes", c->trap, c->exit);
    set_causes(L, "trap_causes", c->trap, nothing.exit);
    set_causes(L, "exit_causes", nothing.trap, c->exit);
    luaL_setmetatable(L, COUNTERS_TYPE);
    return 1;
}

// ---- multiplication(): what one exit of the deepest guest takes in each VMM above it

static void set_levels(lua_State *L, u64 exits, const struct effort *by, u32 levels)
{
    scenario_set_integer(L, "exits", exits);
    lua_createtable(L, (int)levels, 0);
    for (u32 level = 0; level < levels; level++) {
        lua_newtable(L);
        scenario_set_integer(L, "level", level);
        scenario_set_integer(L, "exits", by[level].exits);
        scenario_set_integer(L, "instructions", by[level].instructions);
        scenario_set_integer(L, "cycles", by[level].cycles);
        lua_rawseti(L, -2, level + 1);
    }
    lua_setfield(L, -2, "vmms");
}

static int push_multiplication(lua_State *L)
{
    scenario_need_world(L);
    const struct multiplied *m = &scenario_of(L)->stage->counters.multiplied;
    struct effort sum[EVENT_DEPTH];
    u64 exits = multiply_sum(m, sum);
    u32 levels = vm_path_length(&m->guest);
    char text[40];
    lua_newtable(L);
    lua_pushstring(L, vm_path_print(&m->guest, text, sizeof text));
    lua_setfield(L, -2, "vm");
    set_levels(L, exits, sum, levels);
    lua_newtable(L);
    for (u32 i = 0; i < COUNTERS_CAUSES; i++) {
        if (!m->count[i])
            continue;
        lua_newtable(L);
        set_levels(L, m->count[i], m->by[i], levels);
        lua_setfield(L, -2, trace_cause(counters_cause(i), text));
    }
    lua_setfield(L, -2, "causes");
    return 1;
}

static int push_steps(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)machine_steps(scenario_need_world(L)->machine));
    return 1;
}

static int push_cycles(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)machine_cycles(scenario_need_world(L)->machine));
    return 1;
}

// A misspelt cause that silently is nil would stand for any cause in run{cause = ...}.
static int no_such_cause(lua_State *L)
{
    return luaL_error(L, "causes: there is no cause '%s'; 'trapeze isa' lists them",
                      asked(L, "causes"));
}

// causes["ecall-u"] is 8: every cause of T32 by name.
static void push_causes(lua_State *L)
{
    lua_newtable(L);
    for (const struct cause_info *cause = isa_causes; cause->name; cause++)
        scenario_set_integer(L, cause->name, cause->cause);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, no_such_cause);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

void lua_open_events(lua_State *L)
{
    name_missing(L, COUNTERS_TYPE, no_such_counter);
    name_missing(L, CAUSES_TYPE, no_such_count);
    push_causes(L);
    lua_setglobal(L, "causes");
    lua_register(L, "on", add_hook);
    lua_register(L, "events", list_events);
    lua_register(L, "counters", push_counters);
    lua_register(L, "multiplication", push_multiplication);
    lua_register(L, "steps", push_steps);
    lua_register(L, "cycles", push_cycles);
}
