// Looking at a guest, and typing at it: the methods of what guest{} returns. Looking changes
// nothing: no TLB, no A bit, no tick. Read scenarios/script/api.h first.
// Read next: scenarios/script/look_memory.c.
#include "scenarios/script/api.h"

#include "isa/isa.h"
#include "sim/state/tape.h"

#include <inttypes.h>
#include <string.h>

#define BYTES_MOST (1u << 20)

// ---- registers

// The number of a general register by its name, "a0" or "x10"; -1: there is none.
static int register_named(const char *name)
{
    for (int i = 0; i < 32; i++) {
        char x[8];
        snprintf(x, sizeof x, "x%d", i);
        if (!strcmp(name, isa_reg_names[i]) || !strcmp(name, x))
            return i;
    }
    return -1;
}

static int get_reg(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    struct observed_vcpu v = scenario_vcpu(L, g, 3);
    int n;
    if (lua_isinteger(L, 2)) {
        luaL_argcheck(L, lua_tointeger(L, 2) >= 0 && lua_tointeger(L, 2) < 32, 2,
                      "registers are x0 to x31");
        n = (int)lua_tointeger(L, 2);
    } else {
        n = register_named(scenario_check_text(L, 2));
    }
    if (n < 0)
        return luaL_error(L, "there is no register '%s'; say \"a0\", \"x10\" or 10",
                          lua_tostring(L, 2));
    lua_pushinteger(L, v.state.x[n]);
    return 1;
}

static const struct csr_info *check_csr(lua_State *L, int index)
{
    const struct csr_info *csr = isa_csr_named(scenario_check_text(L, index));
    if (!csr)
        luaL_error(L, "there is no CSR '%s'; 'trapeze isa' lists them", lua_tostring(L, index));
    return csr;
}

static int lacks_extension(lua_State *L, const char *who, const struct csr_info *csr)
{
    return luaL_error(L,
                      "%s has no CSR '%s', because it lacks the hypervisor extension: "
                      "machine { profile = \"h\" } has it, and a VMM may give it to its guests",
                      who, csr->name);
}

static int get_csr(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    struct observed_vcpu v = scenario_vcpu(L, g, 3);
    const struct csr_info *csr = check_csr(L, 2);
    u32 value;
    if (!state_vcpu_csr(&v, csr->number, &value))
        return lacks_extension(L, g->name, csr);
    lua_pushinteger(L, value);
    return 1;
}

// A register or CSR of the hart itself, as it is while this VCPU has the hart. Bare, it is the
// guest's own.
static int get_real(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    struct machine *m = scenario_of(L)->world->machine;
    struct observed_vcpu v = scenario_vcpu(L, g, 3);
    int n = register_named(scenario_check_text(L, 2));
    if (n >= 0) {
        lua_pushinteger(L, v.real.x[n]);
        return 1;
    }
    const struct csr_info *csr = check_csr(L, 2);
    struct observed_vcpu hart = {.state = v.real,
                                 .time = v.time,
                                 .has_h = machine_config(m)->profile & ISA_H,
                                 .extension = *machine_hart_extension(m, v.hart)};
    u32 value;
    if (!state_vcpu_csr(&hart, csr->number, &value))
        return lacks_extension(L, "the hart", csr);
    lua_pushinteger(L, value);
    return 1;
}

// The number of the hart that holds the VCPU's general registers now; nil if only its record in the
// VMM's memory holds them.
static int get_on_hart(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    struct observed_vcpu v = scenario_vcpu(L, g, 2);
    if (v.on_hart)
        lua_pushinteger(L, v.hart);
    else
        lua_pushnil(L);
    return 1;
}

static int get_pc(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    lua_pushinteger(L, scenario_vcpu(L, g, 2).state.pc);
    return 1;
}

static int get_mode(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    lua_pushstring(L, scenario_vcpu(L, g, 2).state.mode == MODE_K ? "K" : "U");
    return 1;
}

static int get_retired(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    lua_pushinteger(L, (lua_Integer)scenario_vcpu(L, g, 2).state.retired);
    return 1;
}

static int get_time(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    lua_pushinteger(L, (lua_Integer)scenario_vcpu(L, g, 2).time);
    return 1;
}

// ---- the guest as a whole

static int get_name(lua_State *L)
{
    lua_pushstring(L, scenario_self(L)->name);
    return 1;
}

static int get_path(lua_State *L)
{
    char path[40];
    lua_pushstring(L, vm_path_print(&scenario_self(L)->path, path, sizeof path));
    return 1;
}

static int get_status(lua_State *L)
{
    u32 index = scenario_check_guest(L, 1);
    struct guest_end end = world_guest_end(scenario_of(L)->world, index);
    lua_pushstring(L, vm_state_name(end.state));
    lua_pushinteger(L, end.code);
    return 2;
}

static int get_console(lua_State *L)
{
    const struct world_guest *g = scenario_self(L); // builds the world, and with it the stage
    struct console c = consoles_of(scenario_of(L)->stage->consoles, &g->path);
    lua_pushlstring(L, c.text, c.size);
    return 1;
}

// What is typed takes memory of the host for as long as its world lasts. The tape keeps it, so that
// a run that is taken back goes on in the same way, and the guest's console keeps what the guest
// has not read. Both grow by doubling, so they may have twice the room that they need.
static void hold_typed(lua_State *L, u32 guest, const char *text, size_t size)
{
    struct scenario *sc = scenario_of(L);
    size_t kept = world_typed_size(sc->world, guest, text, size);
    size_t bytes = 2 * (2 * kept + sizeof(struct tape_entry));
    sandbox_hold(sc->sandbox, L, bytes);
    sc->held += bytes;
}

static int type_text(lua_State *L)
{
    const struct world_guest *g = scenario_self(L);
    struct scenario *sc = scenario_of(L);
    size_t size = 0;
    const char *text = luaL_checklstring(L, 2, &size);
    luaL_argcheck(L, size <= BYTES_MOST, 2, "at most 1 MiB at a time");
    if (sc->hears_input)
        return luaL_error(L, "type: a function that hears \"input\" cannot type, because it would "
                             "hear its own text without end; type in on(\"console\", ...), or "
                             "after run");
    u32 guest = (u32)(g - sc->world->guest);
    hold_typed(L, guest, text, size);
    bool typed = world_type(sc->world, guest, text, size);
    // The text may have come in at once, and a function given to on(...) may have failed.
    if (sc->status == SCENARIO_FAILED)
        sandbox_end(sc->sandbox, sc->error);
    return typed ? 0 : luaL_error(L, "type: there is not enough memory for the text");
}

static void push_hart(lua_State *L, const struct guest_state *state, u32 index)
{
    const struct hart_state *h = &state->hart[index].state;
    lua_newtable(L);
    lua_pushinteger(L, h->pc);
    lua_setfield(L, -2, "pc");
    lua_pushstring(L, h->mode == MODE_K ? "K" : "U");
    lua_setfield(L, -2, "mode");
    lua_pushinteger(L, (lua_Integer)h->retired);
    lua_setfield(L, -2, "retired");
    lua_newtable(L);
    for (int i = 0; i < 32; i++) {
        lua_pushinteger(L, h->x[i]);
        lua_setfield(L, -2, isa_reg_names[i]);
    }
    lua_setfield(L, -2, "x");
    lua_newtable(L);
    for (const struct csr_info *csr = isa_csrs; csr->name; csr++) {
        u32 value = 0;
        if (state_vcpu_csr(&state->hart[index], csr->number, &value)) {
            lua_pushinteger(L, value);
            lua_setfield(L, -2, csr->name);
        }
    }
    lua_setfield(L, -2, "csr");
}

// All that `trapeze boot --state` writes, as a table. Equal tables are equal states.
static int get_state(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    u32 index = scenario_check_guest(L, 1);
    struct guest_state state;
    if (!state_take(sc->world, index, sc->stage->consoles, &state))
        return luaL_error(L, "the guest cannot be looked at just now");
    lua_newtable(L);
    lua_newtable(L);
    for (u32 i = 0; i < state.harts; i++) {
        push_hart(L, &state, i);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "harts");
    char text[32];
    snprintf(text, sizeof text, "%016" PRIx64, state.ram_hash);
    lua_pushstring(L, text);
    lua_setfield(L, -2, "ram_hash");
    snprintf(text, sizeof text, "%016" PRIx64, state.console_hash);
    lua_pushstring(L, text);
    lua_setfield(L, -2, "console_hash");
    return 1;
}

static int print_handle(lua_State *L)
{
    struct guest_handle *handle = luaL_checkudata(L, 1, GUEST_TYPE);
    lua_pushfstring(L, "guest %d", (int)handle->index + 1);
    return 1;
}

void lua_open_look(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"reg", get_reg},         {"csr", get_csr},       {"real", get_real},
        {"on_hart", get_on_hart}, {"pc", get_pc},         {"mode", get_mode},
        {"retired", get_retired}, {"time", get_time},     {"name", get_name},
        {"path", get_path},       {"status", get_status}, {"console", get_console},
        {"type", type_text},      {"state", get_state},   {NULL, NULL},
    };
    luaL_newmetatable(L, GUEST_TYPE);
    luaL_newlib(L, methods);
    luaL_setfuncs(L, look_memory_methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, print_handle);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "guest");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
