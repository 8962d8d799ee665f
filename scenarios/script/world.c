// machine{} vmm{} guest{}: a scenario says what it wants, and the world is built when it is first
// needed. Another machine{} after that starts a new world. Read scenarios/script/api.h first.
// Read next: scenarios/script/run.c.
#include "scenarios/host/files.h"
#include "scenarios/host/folder.h"
#include "scenarios/script/api.h"
#include "scenarios/world/costs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME 4096 // bytes of a path, with its end

// ---- strings

// Lua keeps the string on top of the stack as long as the plan lasts, and pops it. A plan with
// hundreds of guests mostly repeats the same strings, and has each of them once.
static const char *adopt(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    if (sc->plan_strings == LUA_NOREF) {
        lua_newtable(L);
        sc->plan_strings = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, sc->plan_strings);
    lua_insert(L, -2);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) == LUA_TNIL) {
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -1);
        lua_rawset(L, -5);
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
    }
    const char *kept = lua_tostring(L, -1);
    lua_pop(L, 3);
    return kept;
}

static const char *text_field(lua_State *L, int index, const char *key)
{
    if (lua_getfield(L, index, key) != LUA_TNIL) {
        size_t size = 0;
        if (!lua_isstring(L, -1))
            luaL_error(L, "%s: a string is wanted", key);
        const char *text = lua_tolstring(L, -1, &size);
        if (strlen(text) != size)
            luaL_error(L, "%s: a string without zero bytes is wanted", key);
        return adopt(L);
    }
    lua_pop(L, 1);
    return NULL;
}

// The file's path. A script of trapeze's own names files that a person named, wherever they lie.
// Other scripts name files beside the script or among the guests.
static char *find_file(struct scenario *sc, const char *name, char *error, size_t error_size)
{
    return sc->options.script ? strdup(name) : folder_find(sc->folder, name, error, error_size);
}

// The path of a file that the script names.
static const char *file_field(lua_State *L, int index, const char *key)
{
    if (lua_getfield(L, index, key) == LUA_TNIL) {
        lua_pop(L, 1);
        return NULL;
    }
    if (!lua_isstring(L, -1) || strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1))
        luaL_error(L, "%s: a file name is wanted", key);
    char error[WORLD_ERROR];
    snprintf(error, sizeof error, "not enough memory");
    char *path = find_file(scenario_of(L), lua_tostring(L, -1), error, sizeof error);
    if (!path)
        luaL_error(L, "%s: %s", key, error);
    lua_pop(L, 1);
    bool fits = strlen(path) < FILE_NAME;
    char name[FILE_NAME];
    snprintf(name, sizeof name, "%s", path);
    free(path);
    if (!fits)
        luaL_error(L, "%s: this path is too long", key);
    lua_pushstring(L, name);
    return adopt(L);
}

// ---- the plan

static void forget_plan(struct scenario *sc)
{
    luaL_unref(sandbox_lua(sc->sandbox), LUA_REGISTRYINDEX, sc->plan_strings);
    sc->plan_strings = LUA_NOREF;
    sc->has_vmm = false;
    world_plan_default(&sc->plan);
}

static void read_costs(lua_State *L, int index, struct costs *costs)
{
    const struct {
        const char *name;
        u32 *cost;
    } rows[] = {
        {"trap", &costs->trap},         {"sret", &costs->sret},
        {"walk", &costs->walk},         {"device", &costs->device},
        {"firmware", &costs->firmware}, {"exit", &costs->exit},
        {"entry", &costs->entry},       {"record", &costs->record},
        {"emulate", &costs->emulate},   {"fill", &costs->fill},
        {"reflect", &costs->reflect},   {"inject", &costs->inject},
        {"schedule", &costs->schedule},
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    const char *keys[ROWS + 1] = {0};
    for (int i = 0; i < ROWS; i++)
        keys[i] = rows[i].name;
    if (lua_getfield(L, index, "costs") != LUA_TNIL) {
        if (!lua_istable(L, -1))
            luaL_error(L,
                       "costs: a table of cycles is wanted, as in costs = { walk = 10 }; a preset "
                       "has its name in vmm { costs = \"p4\" }");
        int table = lua_gettop(L);
        scenario_check_keys(L, table, "costs", keys);
        for (int i = 0; i < ROWS; i++)
            *rows[i].cost =
                (u32)scenario_integer_field(L, table, rows[i].name, *rows[i].cost, 0, 1000000);
    }
    lua_pop(L, 1);
}

// machine{ram=, harts=, clock=, profile=, adue=, misaligned=, virtio=, disk_slot=, costs={}}
static int new_machine(lua_State *L)
{
    static const char *const keys[] = {"ram",        "harts",  "clock",     "profile", "adue",
                                       "misaligned", "virtio", "disk_slot", "costs",   NULL};
    static const char *const virtio[] = {"legacy", "modern", NULL};
    static const char *const clocks[] = {"virtual", "wall", NULL};
    static const char *const misaligned[] = {"trap", "emulate", NULL};
    struct scenario *sc = scenario_of(L);
    lua_settop(L, 1);
    if (lua_isnil(L, 1)) {
        lua_newtable(L);
        lua_replace(L, 1);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    scenario_check_keys(L, 1, "machine", keys);
    // All is read before anything is changed, so a call that fails leaves everything as it was.
    struct machine_config c = machine_config_default();
    u64 ram = scenario_size_field(L, 1, "ram", 0);
    if (ram > BOARD_RAM_MAX)
        luaL_error(L, "ram: a machine has at most 2G");
    c.ram = (u32)ram;
    c.harts = (u32)scenario_integer_field(L, 1, "harts", 1, 1, HARTS_MAX);
    c.clock = scenario_choice_field(L, 1, "clock", CLOCK_VIRTUAL, clocks);
    c.profile = scenario_profile_field(L, 1, "profile");
    c.adue = scenario_boolean_field(L, 1, "adue");
    c.misaligned_emulate = scenario_choice_field(L, 1, "misaligned", 0, misaligned);
    c.board.virtio = (u8)(VIRTIO_LEGACY + scenario_choice_field(L, 1, "virtio", 0, virtio));
    c.board.disk_slot = (u8)scenario_integer_field(L, 1, "disk_slot", 0, 0, VIRTIO_SLOTS - 1);
    c.seed = sc->options.seed;
    c.engine = sc->options.engine;
    read_costs(L, 1, &c.costs);
    if (sc->goal.active || sc->in_hook)
        return luaL_error(L, "machine{...} cannot be called inside on(...) or when, because the "
                             "machine that they belong to is still running; call it after run");
    scenario_drop_world(sc);
    // Handles of guests that were declared before belong to the old world from now on.
    sc->generation += sc->plan.guests != 0;
    forget_plan(sc);
    sc->plan.machine = c;
    return 0;
}

static void must_be_unbuilt(lua_State *L, const char *what)
{
    if (scenario_of(L)->world)
        luaL_error(L, "%s comes before the first run; machine{...} starts a new world", what);
}

// Adds the guest to the plan, and pushes its handle.
static int add_guest(lua_State *L, const struct guest_plan *g)
{
    struct scenario *sc = scenario_of(L);
    if (sc->plan.guests == WORLD_GUESTS_MAX)
        luaL_error(L,
                   "there can be at most %d guests; declare fewer, or start another world with "
                   "machine{...}",
                   WORLD_GUESTS_MAX);
    struct guest_handle *handle = lua_newuserdatauv(L, sizeof *handle, 0);
    luaL_setmetatable(L, GUEST_TYPE);
    sc->guest_line = scenario_line_of(L);
    sc->plan.guest[sc->plan.guests] = *g;
    *handle = (struct guest_handle){.generation = sc->generation, .index = sc->plan.guests++};
    return 1;
}

static void read_name(lua_State *L, struct guest_plan *g)
{
    size_t n = 0;
    const char *name = lua_getfield(L, 1, "name") == LUA_TNIL ? "" : luaL_checklstring(L, -1, &n);
    if (n >= sizeof g->name ||
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != n)
        luaL_error(L, "name: at most %d letters, digits, '-' and '_' are wanted",
                   (int)sizeof g->name - 1);
    strcpy(g->name, name);
    lua_pop(L, 1);
}

// Reads inside = the handle of a VMM that is a guest.
static void read_inside(lua_State *L, struct guest_plan *g)
{
    struct scenario *sc = scenario_of(L);
    struct guest_handle *handle =
        lua_getfield(L, 1, "inside") == LUA_TNIL ? NULL : luaL_testudata(L, -1, GUEST_TYPE);
    if (!lua_isnil(L, -1) &&
        (!handle || handle->generation != sc->generation || !sc->plan.guest[handle->index].is_vmm))
        luaL_error(L, "inside: what a second vmm{...} of this world returned is wanted");
    g->inside = handle ? handle->index + 1 : 0;
    lua_pop(L, 1);
}

// enum technique_kind
static const char *const techniques[] = {"trap", "assist", "assist-shadow", NULL};

static void read_vmm(lua_State *L, struct vmm_plan *vmm)
{
    static const char *const policies[] = {"drop-all", "cached", NULL};
    static const char *const schedulers[] = {"round-robin", "weighted", NULL};
    vmm->policy = (u8)scenario_choice_field(L, 1, "policy", POLICY_CACHED, policies);
    vmm->scheduler =
        (u8)scenario_choice_field(L, 1, "scheduler", SCHEDULER_ROUND_ROBIN, schedulers);
    vmm->technique = (u8)scenario_choice_field(L, 1, "technique", TECHNIQUE_TRAP, techniques);
    vmm->enlightened = scenario_boolean_field(L, 1, "enlightened");
    vmm->quantum = (u32)scenario_integer_field(L, 1, "quantum", QUANTUM_DEFAULT, 100, 1000000);
}

static u32 read_preset(lua_State *L)
{
    if (lua_getfield(L, 1, "costs") == LUA_TTABLE)
        luaL_error(L,
                   "costs: the name of a preset is wanted, as in costs = \"p4\"; single costs are "
                   "fields of machine { costs = { walk = 10 } }");
    lua_pop(L, 1);
    int otherwise = (int)scenario_of(L)->options.costs;
    return (u32)scenario_choice_field(L, 1, "costs", otherwise, costs_names);
}

// The first call in a world makes the outermost VMM: vmm{code=, policy=, technique=, scheduler=,
// costs=, quantum=, enlightened=}.
static int outermost_vmm(lua_State *L)
{
    static const char *const keys[] = {"code",  "policy",  "technique",   "scheduler",
                                       "costs", "quantum", "enlightened", NULL};
    static const char *const codes[] = {"native", "t32", NULL};
    struct scenario *sc = scenario_of(L);
    struct vmm_plan vmm = sc->plan.vmm;
    scenario_check_keys(L, 1, "the first vmm", keys);
    bool t32 = scenario_choice_field(L, 1, "code", 0, codes);
    u32 costs = read_preset(L);
    read_vmm(L, &vmm);
    must_be_unbuilt(L, "vmm{...}");
    sc->has_vmm = true;
    sc->plan.depth = 1;
    sc->plan.t32 = t32;
    sc->plan.costs = costs;
    sc->plan.vmm = vmm;
    return 0;
}

// Any other call makes a VMM that is a guest: vmm{name=, inside=, weight=, policy=, technique=,
// scheduler=, quantum=, enlightened=} -> a handle.
static int inner_vmm(lua_State *L)
{
    static const char *const keys[] = {"name",      "inside",  "weight",      "policy", "technique",
                                       "scheduler", "quantum", "enlightened", NULL};
    scenario_check_keys(L, 1, "a vmm that is a guest", keys);
    struct guest_plan g = {.hart = GUEST_ANY_HART, .is_vmm = true};
    read_name(L, &g);
    read_inside(L, &g);
    g.weight = (u32)scenario_integer_field(L, 1, "weight", 100, 1, 1000);
    read_vmm(L, &g.vmm);
    must_be_unbuilt(L, "vmm{...}");
    return add_guest(L, &g);
}

static int new_vmm(lua_State *L)
{
    lua_settop(L, 1);
    if (lua_isnil(L, 1)) {
        lua_newtable(L);
        lua_replace(L, 1);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    return scenario_of(L)->has_vmm ? inner_vmm(L) : outermost_vmm(L);
}

static void read_hart(lua_State *L, struct guest_plan *g)
{
    lua_Integer hart = scenario_integer_field(L, 1, "hart", -1, 0, HARTS_MAX - 1);
    g->hart = hart < 0 ? GUEST_ANY_HART : (u8)hart;
    g->pinned = scenario_boolean_field(L, 1, "pinned");
}

// Assembly in a script is text of the script's file. It gets as many empty lines before it as stand
// there in the file, so that the messages of the assembler, and the source line of an instruction,
// name the line of the file. Returns false if the text is not in the file as it is: a script may
// also make it.
static bool name_by_place(lua_State *L, struct guest_plan *g)
{
    const struct scenario *sc = scenario_of(L);
    const char *at = strstr(sc->source, g->source), *line = sc->source;
    luaL_Buffer text;
    if (!at)
        return false;
    luaL_buffinit(L, &text);
    for (const char *c = sc->source; c < at; c++)
        if (*c == '\n') {
            luaL_addchar(&text, '\n');
            line = c + 1;
        }
    for (; line < at; line++)
        luaL_addchar(&text, ' ');
    luaL_addstring(&text, g->source);
    luaL_pushresult(&text);
    g->source = adopt(L);
    lua_pushstring(L, sc->path);
    g->image = adopt(L);
    return true;
}

static void read_image(lua_State *L, struct guest_plan *g)
{
    g->image = file_field(L, 1, "image");
    g->source = text_field(L, 1, "source");
    if (!g->image == !g->source)
        luaL_error(L, "guest: one of image = \"FILE\" and source = [[assembly]] is wanted");
    if (!g->source)
        return;
    if (name_by_place(L, g))
        return;
    lua_Debug caller;
    lua_getstack(L, 1, &caller);
    lua_getinfo(L, "Sl", &caller);
    lua_pushfstring(L, "%s:%d: source", scenario_of(L)->path, caller.currentline);
    g->image = adopt(L);
}

static void read_technique(lua_State *L, struct guest_plan *g)
{
    g->technique = (u8)(1 + scenario_choice_field(L, 1, "technique", -1, techniques));
    if (g->technique && !scenario_of(L)->has_vmm)
        luaL_error(L, "technique: without a VMM nobody can run the guest by it; say vmm{} before "
                      "this guest, or leave technique out");
}

// guest{name=, inside=, image= or source=, ram=, vcpus=, initrd=, append=, disk=, weight=, hart=,
// pinned=, technique=} -> a handle
static int new_guest(lua_State *L)
{
    static const char *const keys[] = {"name",  "inside", "image",     "source", "ram",
                                       "vcpus", "initrd", "append",    "disk",   "weight",
                                       "hart",  "pinned", "technique", NULL};
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    scenario_check_keys(L, 1, "guest", keys);
    must_be_unbuilt(L, "guest{...}");
    struct guest_plan g = {.hart = GUEST_ANY_HART};
    read_name(L, &g);
    read_inside(L, &g);
    read_image(L, &g);
    u64 ram = scenario_size_field(L, 1, "ram", 0);
    if (ram > BOARD_RAM_MAX)
        luaL_error(L, "ram: a guest has at most 2G");
    g.ram = (u32)ram;
    g.vcpus = (u32)scenario_integer_field(L, 1, "vcpus", 1, 1, HARTS_MAX);
    g.initrd = file_field(L, 1, "initrd");
    g.append = text_field(L, 1, "append");
    g.disk = file_field(L, 1, "disk");
    g.weight = (u32)scenario_integer_field(L, 1, "weight", 100, 1, 1000);
    read_technique(L, &g);
    read_hart(L, &g);
    return add_guest(L, &g);
}

void lua_open_world(lua_State *L)
{
    lua_register(L, "machine", new_machine);
    lua_register(L, "vmm", new_vmm);
    lua_register(L, "guest", new_guest);
}
