// on() events() counters() multiplication(): what happened. Everything here comes from the one
// event stream. Read scenarios/script/api.h first.
#include "scenarios/script/api.h"

#include "isa/isa.h"

#include <string.h>

// ---- reading filters

static u32 kind_of(lua_State *L, int index)
{
    const char *name = luaL_checkstring(L, index);
    if (!strcmp(name, "any"))
        return EVENT_ALL;
    int kind = event_kind_find(name);
    if (kind >= 0)
        return EVENT_BIT(kind);
    luaL_Buffer list;
    luaL_buffinit(L, &list);
    for (unsigned i = 0; i < EVENT_KINDS; i++) {
        luaL_addstring(&list, event_kind_name(i));
        luaL_addstring(&list, ", ");
    }
    luaL_addstring(&list, "any");
    luaL_pushresult(&list);
    return (u32)luaL_error(L, "there is no event '%s'; there are: %s", name, lua_tostring(L, -1));
}

u32 scenario_read_kinds(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    if (!lua_istable(L, index))
        return kind_of(L, index);
    u32 kinds = 0;
    for (lua_Integer i = 1; lua_rawgeti(L, index, i) != LUA_TNIL; i++) {
        kinds |= kind_of(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return kinds;
}

static u32 cause_of(lua_State *L, int index)
{
    if (lua_isinteger(L, index))
        return (u32)lua_tointeger(L, index);
    const char *name = luaL_checkstring(L, index);
    const struct cause_info *cause = isa_cause_named(name);
    if (!cause)
        luaL_error(L,
                   "there is no cause '%s'; say a name such as \"ecall-u\" ('trapeze isa' lists "
                   "them) or an scause value",
                   name);
    return cause->cause;
}

void scenario_read_filter(lua_State *L, int index, struct event_filter *f)
{
    *f = (struct event_filter){.kinds = EVENT_ALL, .any_vm = true, .any_cause = true};
    if (lua_getfield(L, index, "event") != LUA_TNIL)
        f->kinds = scenario_read_kinds(L, -1);
    if (lua_getfield(L, index, "guest") != LUA_TNIL) {
        f->any_vm = false;
        f->path = scenario_need_world(L)->guest[scenario_check_guest(L, lua_gettop(L))].path;
    }
    if (lua_getfield(L, index, "cause") != LUA_TNIL) {
        f->any_cause = false;
        f->cause = cause_of(L, lua_gettop(L));
    }
    lua_pop(L, 3);
}

// ---- events as tables

static void set_integer(lua_State *L, const char *key, u64 value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, key);
}

static void set_string(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

// The name of the guest this event is about, or nothing for a VM that is no guest of the scenario.
static void set_guest(lua_State *L, const struct event *e)
{
    struct world *w = scenario_of(L)->world;
    int found = w ? world_guest_at(w, &e->path) : -1;
    if (found >= 0)
        set_string(L, "guest", w->guest[found].name);
}

void scenario_push_event(lua_State *L, const struct event *e)
{
    char text[160], unknown[16];
    lua_createtable(L, 0, 24);
    set_string(L, "kind", event_kind_name(e->note.kind));
    set_guest(L, e);
    set_string(L, "vm", vm_path_print(&e->path, text, sizeof text));
    set_string(L, "mode", e->note.mode == MODE_K ? "K" : "U");
    set_string(L, "real_mode", e->real_mode == MODE_K ? "K" : "U");
    set_string(L, "detail", trace_detail(e, text, sizeof text));
    if (trace_has_cause(e->note.kind)) {
        set_string(L, "cause", trace_cause(e->note.cause, unknown));
        set_integer(L, "scause", e->note.cause);
    }
    const struct {
        const char *key;
        u64 value;
    } rows[] = {
        {"seq", e->seq},        {"cycle", e->cycle},      {"retired", e->retired},
        {"steps", e->steps},    {"cost", e->cost},        {"hart", e->hart},
        {"level", e->level},    {"vcpu", e->note.vcpu},   {"pc", e->note.pc},
        {"addr", e->note.addr}, {"value", e->note.value}, {"insn", e->note.insn},
        {"size", e->note.size}, {"ran", e->ran},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        set_integer(L, rows[i].key, rows[i].value);
    lua_pushboolean(L, e->note.write);
    lua_setfield(L, -2, "write");
}

// ---- on(event, [filter,] function)

static int add_hook(lua_State *L)
{
    static const char *const keys[] = {"guest", "cause", NULL};
    struct scenario *sc = scenario_of(L);
    struct event_filter f = {.any_vm = true, .any_cause = true};
    u32 kinds = scenario_read_kinds(L, 1) & ~EVENT_BIT(EVENT_MARK); // marks are the script's own
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

// Inside the sandbox: function's reference and the event, as a pointer.
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
        sandbox_refill(sc->sandbox); // an event is a step of the machine
        lua_pushcfunction(L, call_hook);
        lua_pushinteger(L, sc->hooks[i].function);
        lua_pushlightuserdata(L, (void *)(uintptr_t)e);
        if (sandbox_call(sc->sandbox, 2, 0) == SANDBOX_DONE)
            continue;
        scenario_fail(sc, STATUS_INPUT, sandbox_error(sc->sandbox));
        machine_stop(sc->world->machine);
    }
}

// ---- events{event=, guest=, cause=, last=}: those of the last 16,384 that match, oldest first

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
    u64 from = sc->log_high > LOG_EVENTS ? sc->log_high - LOG_EVENTS : 0;
    u64 at = sc->logged;
    lua_Integer found = 0;
    while (at > from && found < last)
        found += event_filter_takes(&f, &sc->log[--at % LOG_EVENTS]);
    lua_createtable(L, (int)found, 0);
    lua_Integer n = 0;
    for (; at < sc->logged; at++) {
        if (!event_filter_takes(&f, &sc->log[at % LOG_EVENTS]))
            continue;
        scenario_push_event(L, &sc->log[at % LOG_EVENTS]);
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

// ---- counters([guest])

static int push_counters(lua_State *L)
{
    static const struct counted nothing;
    struct scenario *sc = scenario_of(L);
    const struct counted *c = &sc->counters.all;
    struct world *w = scenario_need_world(L);
    if (!lua_isnoneornil(L, 1)) {
        const struct world_guest *g = &w->guest[scenario_check_guest(L, 1)];
        c = counters_of(&sc->counters, &g->path);
        c = c ? c : &nothing;
        lua_newtable(L);
        struct observed_vm vm;
        if (observe_vm(w->machine, &g->path, &vm)) {
            set_integer(L, "retired", vm.retired);
            set_integer(L, "direct", vm.direct);
        }
    } else {
        lua_newtable(L);
    }
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++)
        set_integer(L, event_kind_name(kind), c->kind[kind]);
    set_integer(L, "sfences", c->sfences);
    set_integer(L, "cost", c->cost);
    lua_newtable(L);
    for (u32 i = 0; i < COUNTERS_CAUSES; i++) {
        char unknown[16];
        if (c->cause[i].count)
            set_integer(L, trace_cause(counters_cause(i), unknown), c->cause[i].count);
    }
    lua_setfield(L, -2, "causes");
    return 1;
}

// ---- multiplication(): what one exit of the deepest guest takes in each VMM above it

static void set_levels(lua_State *L, u64 exits, const struct effort *by, u32 levels)
{
    set_integer(L, "exits", exits);
    lua_createtable(L, (int)levels, 0);
    for (u32 level = 0; level < levels; level++) {
        lua_newtable(L);
        set_integer(L, "level", level);
        set_integer(L, "exits", by[level].exits);
        set_integer(L, "instructions", by[level].instructions);
        set_integer(L, "cycles", by[level].cycles);
        lua_rawseti(L, -2, level + 1);
    }
    lua_setfield(L, -2, "vmms");
}

static int push_multiplication(lua_State *L)
{
    scenario_need_world(L);
    const struct multiplied *m = &scenario_of(L)->counters.multiplied;
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

// causes["ecall-u"] is 8: every cause of T32 by name.
static void push_causes(lua_State *L)
{
    lua_newtable(L);
    for (const struct cause_info *cause = isa_causes; cause->name; cause++)
        set_integer(L, cause->name, cause->cause);
}

void lua_open_events(lua_State *L)
{
    push_causes(L);
    lua_setglobal(L, "causes");
    lua_register(L, "on", add_hook);
    lua_register(L, "events", list_events);
    lua_register(L, "counters", push_counters);
    lua_register(L, "multiplication", push_multiplication);
    lua_register(L, "steps", push_steps);
    lua_register(L, "cycles", push_cycles);
}
