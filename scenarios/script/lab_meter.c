// meter{}: several guests under a VMM by the wall clock, and what each of them gets. What a test
// learns here are facts of the machine, as with twin{}. Read scenarios/twin/meter.h and
// scenarios/script/api.h first.
#include "scenarios/script/api.h"

#include <string.h>

#define METER_TYPE "trapeze.meter"

struct meter_handle {
    u32 generation;
};

// ---- making one

// A field of the table on top of the stack that is a string, or NULL.
static const char *string_field(lua_State *L, const char *key)
{
    int type = lua_getfield(L, -1, key);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "%s: a string is wanted", key);
    const char *text = lua_tostring(L, -1);
    lua_pop(L, 1);
    return text; // the table keeps it
}

// A guest of the list; its table is on top of the stack.
static void read_guest(lua_State *L, struct guest_plan *g)
{
    static const char *const keys[] = {"name",  "source", "ram",   "weight",
                                       "vcpus", "pinned", "watch", NULL};
    if (!lua_istable(L, -1))
        luaL_error(L, "guests: a list of tables is wanted");
    int index = lua_gettop(L);
    scenario_check_keys(L, index, "a guest of meter", keys);
    const char *name = string_field(L, "name");
    snprintf(g->name, sizeof g->name, "%s", name ? name : "");
    g->source = string_field(L, "source");
    if (!g->source)
        luaL_error(L, "guests: each has a source = [[assembly]]");
    g->image = "source";
    g->ram = (u32)scenario_size_field(L, index, "ram", 64u << 10);
    g->vcpus = (u32)scenario_integer_field(L, index, "vcpus", 1, 1, HARTS_MAX);
    g->weight = (u32)scenario_integer_field(L, index, "weight", 100, 1, 1000);
    g->pinned = scenario_boolean_field(L, index, "pinned");
}

// depth = 2: the VMM is a guest of trapeze's own VMM, which it may ask for whole switches
// (hypervisor/lend.h).
static void read_depth(lua_State *L, struct world_plan *plan)
{
    u32 depth = (u32)scenario_integer_field(L, 1, "depth", 1, 1, 2);
    if (depth == 1)
        return;
    if (plan->guests > 1)
        luaL_error(L, "depth: with a depth of 2 one guest is possible");
    plan->t32 = false;
    plan->vmm.enlightened = true;
    world_plan_chain(plan, depth);
    plan->guest[0].vmm_image = plan->vmm_image;
    plan->vmm_image = NULL;
}

static void read_plan(lua_State *L, struct world_plan *plan)
{
    static const char *const keys[] = {"vmm", "quantum", "guests", "depth", NULL};
    scenario_check_keys(L, 1, "meter", keys);
    world_plan_default(plan);
    plan->depth = 1;
    plan->t32 = true;
    plan->machine.engine = ENGINE_FAST; // no code of a guest becomes code of the host
    plan->machine.clock = CLOCK_WALL;
    plan->vmm.scheduler = SCHEDULER_WEIGHTED;
    plan->vmm.quantum = (u32)scenario_integer_field(L, 1, "quantum", QUANTUM_DEFAULT, 100, 1000000);
    lua_settop(L, 2);
    lua_pushvalue(L, 1);
    const char *vmm = string_field(L, "vmm");
    if (!vmm || (strcmp(vmm, "t32") && *vmm != '/'))
        luaL_error(L, "vmm: built(), or \"t32\" for the VMM of trapeze, is wanted");
    plan->vmm_image = *vmm == '/' ? vmm : NULL;
    if (lua_getfield(L, 1, "guests") != LUA_TTABLE || !lua_rawlen(L, -1) ||
        lua_rawlen(L, -1) > METER_GUESTS)
        luaL_error(L, "guests: a list of 1 to %d guests is wanted", METER_GUESTS);
    plan->guests = (u32)lua_rawlen(L, -1);
    for (u32 i = 0; i < plan->guests; i++, lua_pop(L, 1)) {
        lua_rawgeti(L, -1, i + 1);
        read_guest(L, &plan->guest[i]);
    }
    read_depth(L, plan);
}

// The index in the world of the script's first guest: the VMMs that are guests come before it.
static u32 first_guest(const struct meter *m)
{
    u32 first = 0;
    while (m->world->guest[first].is_vmm)
        first++;
    return first;
}

// watch = "label": the meter notes when the guest arrives there.
static void watch(lua_State *L, struct meter *m)
{
    u32 first = first_guest(m);
    for (u32 i = first; i < m->world->guests; i++, lua_pop(L, 1)) {
        gva at;
        int number = (int)(i - first) + 1;
        lua_rawgeti(L, -1, number);
        const char *label = string_field(L, "watch");
        if (label && !world_symbol(&m->world->guest[i], label, &at))
            luaL_error(L, "watch: guest %d has no label '%s'", number, label);
        if (label)
            meter_watch(m, i, at);
    }
}

// The scenario owns its meter, since Lua does not collect what is left when a limit ends a script.
void scenario_drop_meter(struct scenario *sc)
{
    struct world *world = sc->meter ? sc->meter->world : NULL;
    meter_free(sc->meter);
    world_free(world);
    sc->meter = NULL;
}

static int new_meter(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    enum status why;
    char error[WORLD_ERROR];
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (!lab_runs_tests(sc->options.lab))
        return luaL_error(L, "meter{...} is called inside a test");
    struct world_plan *plan = lua_newuserdatauv(L, sizeof *plan, 0);
    read_plan(L, plan);
    scenario_drop_meter(sc);
    sc->meters++; // handles of the old meter are no longer good, whatever fails from here on
    struct world *world = world_new(plan, &why, error, sizeof error);
    if (!world)
        return luaL_error(L, "%s", error);
    sc->meter = meter_new(world);
    if (!sc->meter) {
        world_free(world);
        return luaL_error(L, "not enough memory for a meter");
    }
    watch(L, sc->meter);
    struct meter_handle *handle = lua_newuserdatauv(L, sizeof *handle, 0);
    luaL_setmetatable(L, METER_TYPE);
    handle->generation = sc->meters;
    return 1;
}

// ---- running it

static struct meter *check_meter(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    struct meter_handle *handle = luaL_checkudata(L, 1, METER_TYPE);
    if (!sc->meter || handle->generation != sc->meters)
        luaL_error(L, "this meter is over: another meter{...} was made after it");
    return sc->meter;
}

// On the stack: the meter, and the cycle at which it is to stop.
static int run_chunk(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct scenario *sc = scenario_of(L);
    struct meter *m = check_meter(L);
    struct machine *machine = m->world->machine;
    u64 until = (u64)lua_tointeger(L, 2), before = machine_steps(machine);
    bool goes_on = meter_run(m, lab_chunk(sc, UINT64_MAX), until);
    lab_spend(sc, machine_steps(machine) - before);
    if (!goes_on || machine_cycles(machine) >= until)
        return 0;
    return lab_go_on(L, run_chunk);
}

// m:run(cycle): to this cycle of the machine, or until its power is off
static int run_meter(lua_State *L)
{
    lua_Integer until = luaL_checkinteger(L, 2);
    luaL_argcheck(L, until > 0, 2, "a cycle from 1 on is wanted");
    lua_settop(L, 2);
    return run_chunk(L, LUA_OK, 0);
}

// ---- asking it

static struct meter_guest *check_guest(lua_State *L)
{
    struct meter *m = check_meter(L);
    u32 first = first_guest(m);
    lua_Integer guest = luaL_checkinteger(L, 2);
    luaL_argcheck(L, guest >= 1 && guest <= m->world->guests - first, 2,
                  "the number of a guest is wanted");
    return &m->guest[first + guest - 1];
}

static int push_count(lua_State *L, u64 count)
{
    lua_pushinteger(L, (lua_Integer)count);
    return 1;
}

static int cycles(lua_State *L)
{
    return push_count(L, machine_cycles(check_meter(L)->world->machine));
}

static int ran(lua_State *L)
{
    return push_count(L, check_guest(L)->ran);
}

static int exits(lua_State *L)
{
    return push_count(L, check_guest(L)->exits);
}

static int longest(lua_State *L)
{
    return push_count(L, check_guest(L)->longest);
}

static int gap(lua_State *L)
{
    struct meter *m = check_meter(L);
    return push_count(L, meter_gap(m, (u32)(check_guest(L) - m->guest)));
}

// m:arrivals(guest): the cycles at which it arrived at its label
static int arrivals(lua_State *L)
{
    const struct meter_guest *g = check_guest(L);
    lua_createtable(L, (int)g->arrivals, 0);
    for (u32 i = 0; i < g->arrivals; i++) {
        lua_pushinteger(L, (lua_Integer)g->arrival[i]);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

// m:off(): has the machine's power gone off?
static int is_off(lua_State *L)
{
    u32 code;
    lua_pushboolean(L, machine_power(check_meter(L)->world->machine, &code) != POWER_ON);
    return 1;
}

static const luaL_Reg methods[] = {
    {"run", run_meter},     {"cycles", cycles},   {"ran", ran},
    {"exits", exits},       {"longest", longest}, {"gap", gap},
    {"arrivals", arrivals}, {"off", is_off},      {NULL, NULL},
};

void lua_open_lab_meter(lua_State *L)
{
    lua_register(L, "meter", new_meter);
    // What a meter does not have, a test would take from what the VMM says.
    lab_open_type(L, METER_TYPE, methods, "meter",
                  "run, cycles, ran, exits, longest, gap, arrivals and off");
}
