// Reading which events a script means: {event=, guest=, cause=}. Read scenarios/script/api.h first.
// Read next: scenarios/script/world.c.
#include "scenarios/script/api.h"

#include "isa/isa.h"

#include <string.h>

static u32 kind_of(lua_State *L, int index)
{
    const char *name = scenario_field_text(L, index, "event");
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
    if (!kinds)
        luaL_error(L, "event: the list is empty, so no event would ever fit; name a kind, for "
                      "example \"exit\"");
    return kinds;
}

static u32 cause_of(lua_State *L, int index)
{
    if (lua_isinteger(L, index))
        return (u32)lua_tointeger(L, index);
    const char *name = scenario_field_text(L, index, "cause");
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
