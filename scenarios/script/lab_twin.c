// twin{}: a guest under a VMM beside the same guest on the bare machine. What a test learns from a
// twin are facts of the machine. What a VMM says of its guests is a claim, and no test can read it
// here. Read scenarios/twin/twin.h and scenarios/script/api.h first.
#include "scenarios/script/api.h"

#include "scenarios/host/folder.h"
#include "scenarios/random/gen.h"

#include <stdlib.h>
#include <string.h>

#define TWIN_TYPE "trapeze.twin"
#define PROBE_EVERY 256

struct twin_handle {
    u32 generation;
};

// ---- making one

// Leaves the path of a file that the lab names on the stack.
static const char *find_file(lua_State *L, const char *name)
{
    char error[WORLD_ERROR];
    char *path = folder_find(scenario_of(L)->folder, name, error, sizeof error);
    if (!path)
        luaL_error(L, "%s", error);
    lua_pushstring(L, path);
    free(path);
    return lua_tostring(L, -1);
}

// Reads a field of the table at this stack index that is a string, or NULL.
static const char *string_field(lua_State *L, int index, const char *key)
{
    int type = lua_getfield(L, index, key);
    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "%s: a string is wanted", key);
    const char *text = lua_tostring(L, -1);
    if (text && strlen(text) != lua_rawlen(L, -1))
        luaL_error(L, "%s: a string without zero bytes is wanted", key);
    return text; // the table keeps it
}

static void read_guest(lua_State *L, int index, struct guest_plan *g)
{
    g->source = string_field(L, index, "source");
    g->image = string_field(L, index, "image");
    g->append = string_field(L, index, "append");
    if (!g->source == !g->image)
        luaL_error(
            L, "twin: one of image = \"FILE\", source = [[assembly]] and random = SEED is wanted");
    g->image = g->source ? "source" : find_file(L, g->image);
    u64 ram = scenario_size_field(L, index, "ram", 8u << 20);
    if (ram > BOARD_RAM_MAX)
        luaL_error(L, "ram: a guest has at most 2G");
    g->ram = (u32)ram;
    g->vcpus = (u32)scenario_integer_field(L, index, "vcpus", 1, 1, HARTS_MAX);
}

// A random program of this seed: it has page tables, a trap handler, and up to 60 pieces of all
// that may go wrong between a kernel and a VMM (scenarios/random/gen.h).
static void read_random(lua_State *L, struct world_plan *plan, lua_Integer seed)
{
    struct guest_plan *g = &plan->guest[0];
    struct program p;
    gen_program(&p, (u64)seed, PROGRAM_USUAL);
    char *text = program_text(&p);
    g->ram = p.options.ram;
    g->vcpus = p.options.harts;
    plan->machine.adue = p.options.adue;
    plan->machine.misaligned_emulate = p.options.misaligned_emulate;
    // The drivers of random programs speak both interfaces, and a student's device has one.
    plan->machine.board = (struct board_options){VIRTIO_LEGACY, p.options.disk_slot};
    program_free(&p);
    lua_pushstring(L, text);
    free(text);
    g->source = lua_tostring(L, -1); // the stack keeps it until the world is built
    g->image = "random program";
}

// neighbour = {image = ..., ram = ...}: a second guest of the same VMM, with a bare machine of its
// own.
static void read_neighbour(lua_State *L, struct world_plan *plan)
{
    static const char *const keys[] = {"image", "source", "append", "ram", "vcpus", NULL};
    if (lua_getfield(L, 1, "neighbour") == LUA_TNIL)
        return;
    int index = lua_gettop(L); // it stays there, so that its strings are kept
    luaL_checktype(L, index, LUA_TTABLE);
    scenario_check_keys(L, index, "neighbour", keys);
    read_guest(L, index, &plan->guest[1]);
    plan->guests = 2;
}

// vmm = "native" (the usual one), "t32", or the file of a VMM that is T32 code. With depth = 2 this
// VMM is a guest of the native one, and with depth = 3 there are two of it.
static void read_vmm(lua_State *L, struct world_plan *plan)
{
    static const char *const policies[] = {"drop-all", "cached", NULL};
    plan->vmm.policy = (u8)scenario_choice_field(L, 1, "policy", POLICY_CACHED, policies);
    plan->vmm.enlightened = scenario_boolean_field(L, 1, "enlightened");
    const char *vmm = string_field(L, 1, "vmm"), *file = NULL;
    bool t32 = vmm && strcmp(vmm, "native");
    if (t32 && strcmp(vmm, "t32"))
        file = *vmm == '/' ? vmm : find_file(L, vmm);
    u32 depth = (u32)scenario_integer_field(L, 1, "depth", 1, 1, 3);
    if (depth > 1 && plan->guests > 1)
        luaL_error(L, "depth: a neighbour is possible at depth 1 alone");
    plan->depth = 1;
    if (depth > 1)
        world_plan_chain(plan, depth);
    plan->t32 = t32 && depth == 1;
    plan->vmm_image = plan->t32 ? file : NULL;
    for (u32 i = 0; i + 1 < depth; i++)
        plan->guest[i].vmm_image = file;
}

static void read_plan(lua_State *L, struct world_plan *plan)
{
    static const char *const keys[] = {
        "vmm",       "policy", "image",       "source",     "append", "ram",
        "vcpus",     "adue",   "profile",     "misaligned", "random", "guest_only",
        "neighbour", "depth",  "enlightened", "disk",       NULL};
    static const char *const misaligned[] = {"trap", "emulate", NULL};
    scenario_check_keys(L, 1, "twin", keys);
    world_plan_default(plan);
    plan->guests = 1;
    plan->machine.engine = ENGINE_FAST; // no code of a guest becomes code of the host
    plan->machine.profile = scenario_profile_field(L, 1, "profile");
    plan->machine.adue = scenario_boolean_field(L, 1, "adue");
    plan->machine.misaligned_emulate = scenario_choice_field(L, 1, "misaligned", 0, misaligned);
    if (lua_getfield(L, 1, "random") != LUA_TNIL)
        read_random(L, plan, luaL_checkinteger(L, -1));
    else
        read_guest(L, 1, &plan->guest[0]);
    read_neighbour(L, plan);
    const char *disk = string_field(L, 1, "disk");
    plan->guest[0].disk = disk ? find_file(L, disk) : NULL;
    read_vmm(L, plan);
}

// Keeps the plan, which is at this stack index, and its strings, which lie above it: the scene of a
// failure is built from the plan once more.
static void keep_plan(lua_State *L, int index)
{
    struct scenario *sc = scenario_of(L);
    int top = lua_gettop(L);
    lua_createtable(L, top - index + 1, 0);
    for (int i = index; i <= top; i++) {
        lua_pushvalue(L, i);
        lua_rawseti(L, -2, i - index + 1);
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, &sc->twin_plan);
    sc->twin_plan = lua_touserdata(L, index);
}

// The scenario owns its twin, since Lua does not collect what is left when a limit ends a script.
void scenario_drop_twin(struct scenario *sc)
{
    twin_pair_free(sc->twin);
    sc->twin = NULL;
}

static int new_twin(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    struct twin_options options = {0};
    enum status why;
    char error[WORLD_ERROR];
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (!lab_runs_tests(sc->options.lab))
        return luaL_error(L, "twin{...} is called inside a test");
    struct twin_handle *handle = lua_newuserdatauv(L, sizeof *handle, 0);
    luaL_setmetatable(L, TWIN_TYPE);
    struct world_plan *plan = lua_newuserdatauv(L, sizeof *plan, 0);
    read_plan(L, plan);
    // What the guest itself cannot see is compared, too, unless the test is about what it sees.
    options.rights = !scenario_boolean_field(L, 1, "guest_only");
    options.probe_every = options.rights ? PROBE_EVERY : 0;
    scenario_drop_twin(sc);
    sc->twin = twin_pair_new(plan, &options, &why, error, sizeof error);
    if (!sc->twin)
        return luaL_error(L, "%s", error);
    handle->generation = ++sc->twins;
    keep_plan(L, 3);
    lua_settop(L, 2);
    return 1;
}

// ---- running it

static struct twin_pair *check_twin(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    struct twin_handle *handle = luaL_checkudata(L, 1, TWIN_TYPE);
    if (!sc->twin || handle->generation != sc->twins)
        luaL_error(L, "this twin is over: another twin{...} was made after it");
    return sc->twin;
}

// On the stack: the twin, and how many steps it may still run.
static int run_chunk(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct scenario *sc = scenario_of(L);
    struct twin_pair *p = check_twin(L);
    u64 before = machine_steps(p->world->machine), wanted = (u64)lua_tointeger(L, 2);
    enum twin_state state = twin_run(p->twin, lab_chunk(sc, wanted));
    u64 ran = machine_steps(p->world->machine) - before;
    lab_spend(sc, ran);
    lua_pushinteger(L, (lua_Integer)(ran < wanted ? wanted - ran : 0));
    lua_replace(L, 2);
    if (state == TWIN_LACKS)
        return luaL_error(L, "not enough memory for a twin");
    if (state != TWIN_RUNS || !lua_tointeger(L, 2))
        return 0;
    return lab_go_on(L, run_chunk);
}

// t:run(): to the end of the guest, or to the first difference. t:run(n): for n steps at most
static int run_twin(lua_State *L)
{
    lua_Integer most = luaL_optinteger(L, 2, LUA_MAXINTEGER);
    luaL_argcheck(L, most > 0, 2, "1 or more steps are wanted");
    lua_settop(L, 1);
    lua_pushinteger(L, most);
    scenario_of(L)->twin_line = scenario_line_of(L);
    return run_chunk(L, LUA_OK, 0);
}

// ---- asking it

// t:same() -> true; or false, what was expected, what happened, where
static int same(lua_State *L)
{
    const struct twin_pair *p = check_twin(L);
    const struct twin_difference *d = twin_difference(p->twin);
    lua_pushboolean(L, !d);
    if (!d)
        return 1;
    lua_pushstring(L, d->expected);
    lua_pushstring(L, d->happened);
    lua_pushstring(L, d->where);
    if (p->guests > 1) {
        lua_pushfstring(L, "guest %d, %s", (int)d->guest + 1, d->where);
        lua_replace(L, -2);
    }
    return 4;
}

static int exits(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)twin_counts(check_twin(L)->twin).exits);
    return 1;
}

static int all_exits(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)twin_counts(check_twin(L)->twin).all_exits);
    return 1;
}

static int direct(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)twin_counts(check_twin(L)->twin).direct);
    return 1;
}

static int innocuous(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)twin_counts(check_twin(L)->twin).innocuous);
    return 1;
}

static int steps(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)machine_steps(check_twin(L)->world->machine));
    return 1;
}

// t:power() -> "off", "failed" and its code, or "stuck": how the bare guest ended
static int power(lua_State *L)
{
    struct guest_end end = world_guest_end(check_twin(L)->bare[0], 0);
    static const char *const words[] = {
        [VM_OFF] = "off", [VM_FAILED] = "failed", [VM_STUCK] = "stuck"};
    bool over = end.state == VM_OFF || end.state == VM_FAILED || end.state == VM_STUCK;
    lua_pushstring(L, over ? words[end.state] : "on");
    lua_pushinteger(L, end.code);
    return 2;
}

// t:last_exit() -> "after exit 5, illegal-insn at 0x80400010: wfi"
static int last_exit(lua_State *L)
{
    char text[TWIN_TEXT];
    twin_last_exit(check_twin(L)->twin, 0, text, sizeof text);
    lua_pushstring(L, text);
    return 1;
}

static const luaL_Reg methods[] = {
    {"run", run_twin},        {"all_exits", all_exits},
    {"same", same},           {"exits", exits},
    {"direct", direct},       {"steps", steps},
    {"innocuous", innocuous}, {"power", power},
    {"last_exit", last_exit}, {NULL, NULL},
};

// built() -> the VMM that was built of the submission, for twin{vmm = ...}
static int built(lua_State *L)
{
    const struct lab *lab = scenario_of(L)->options.lab;
    if (!lab_runs_tests(lab) || !*lab->built)
        return luaL_error(L, "built() is for tests of a lab that says build = \"...\"");
    lua_pushstring(L, lab->built);
    return 1;
}

void lua_open_lab_twin(lua_State *L)
{
    lua_register(L, "twin", new_twin);
    lua_register(L, "built", built);
    // A test that asks for a register of the guest would read what the VMM has written about it.
    lab_open_type(L, TWIN_TYPE, methods, "twin",
                  "run, same, exits, all_exits, direct, innocuous, steps, power and last_exit. "
                  "What a VMM says "
                  "of its guest is a claim, and a claim is no reason for points");
}
