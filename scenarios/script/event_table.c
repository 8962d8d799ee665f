// An event as a table of Lua. Read scenarios/script/api.h first.
// Read next: scenarios/script/goal.c.
#include "scenarios/script/api.h"

#include "isa/isa.h"

#include <string.h>

#define EVENT_TYPE "trapeze.event"

// Sets the name of the guest that the event is about. The machine is no guest and has no name.
static void set_guest(lua_State *L, const struct world *w, const struct event *e)
{
    int found = w ? world_guest_at(w, &e->path) : -1;
    if (found >= 0)
        scenario_set_string(L, "guest", w->guest[found].name);
}

static const char *const fields[] = {"seq",       "kind",  "cycle",  "retired", "steps",  "ran",
                                     "hart",      "level", "vm",     "guest",   "vcpu",   "mode",
                                     "real_mode", "cause", "scause", "pc",      "insn",   "addr",
                                     "size",      "write", "value",  "cost",    "detail", NULL};

// A field that this event does not have (a console byte has no cause) is nil, as in any table. A
// name that no event has is a mistake.
static int no_such_field(lua_State *L)
{
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    const char *name = lua_tostring(L, 2);
    for (u32 i = 0; fields[i]; i++)
        if (!strcmp(fields[i], name) && strlen(name) == lua_rawlen(L, 2))
            return 0;
    lua_pushvalue(L, 2);
    return scenario_no_field(L, "an event", fields);
}

static void name_missing(lua_State *L)
{
    if (luaL_newmetatable(L, EVENT_TYPE)) {
        lua_pushcfunction(L, no_such_field);
        lua_setfield(L, -2, "__index");
        lua_pushboolean(L, false);
        lua_setfield(L, -2, "__metatable");
        lua_pushnil(L); // as text, an event says what any table says
        lua_setfield(L, -2, "__name");
    }
    lua_setmetatable(L, -2);
}

void event_table_push(lua_State *L, const struct world *w, const struct event *e)
{
    char text[160], unknown[16];
    lua_createtable(L, 0, 24);
    scenario_set_string(L, "kind", event_kind_name(e->note.kind));
    set_guest(L, w, e);
    scenario_set_string(L, "vm", vm_path_print(&e->path, text, sizeof text));
    scenario_set_string(L, "mode", e->note.mode == MODE_K ? "K" : "U");
    scenario_set_string(L, "real_mode", e->real_mode == MODE_K ? "K" : "U");
    scenario_set_string(L, "detail", trace_detail(e, text, sizeof text));
    if (trace_has_cause(e->note.kind)) {
        scenario_set_string(L, "cause", trace_cause(e->note.cause, unknown));
        scenario_set_integer(L, "scause", e->note.cause);
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
        scenario_set_integer(L, rows[i].key, rows[i].value);
    lua_pushboolean(L, e->note.write);
    lua_setfield(L, -2, "write");
    name_missing(L);
}

void scenario_push_event(lua_State *L, const struct event *e)
{
    event_table_push(L, scenario_of(L)->world, e);
}
