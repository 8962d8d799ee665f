// run{} step() stop(): a script states what the machine runs for. The script yields with a goal;
// the driver runs the machine until the goal is met. Read scenarios/script/api.h and goal.c first.
// Read next: scenarios/script/look.c.
#include "scenarios/script/api.h"

#include <string.h>

static void read_steps(lua_State *L, struct goal *g, const char *key)
{
    if (lua_getfield(L, 1, key) != LUA_TNIL) {
        lua_Integer steps = luaL_checkinteger(L, -1);
        if (steps < 0)
            luaL_error(L, "%s: 0 or more is wanted", key);
        g->steps_left = (u64)steps;
    }
    lua_pop(L, 1);
}

static void read_guest(lua_State *L, struct goal *g)
{
    if (lua_getfield(L, 1, "guest") != LUA_TNIL)
        g->guest = (int)scenario_check_guest(L, lua_gettop(L));
    lua_pop(L, 1);
}

// The guest that a condition is about if the script named none. Then there must be just one.
static void need_guest(lua_State *L, struct goal *g, const char *condition)
{
    if (g->guest < 0 && scenario_of(L)->world->guests > 1)
        luaL_error(L, "%s: of which guest? say guest = too", condition);
    if (g->guest < 0)
        g->guest = 0;
}

static void read_console(lua_State *L, struct goal *g)
{
    if (lua_getfield(L, 1, "console") != LUA_TNIL) {
        size_t size = 0;
        const char *text = luaL_checklstring(L, -1, &size);
        if (!size || size >= GOAL_TEXT || strlen(text) != size)
            luaL_error(L, "console: 1 to %d characters are wanted", GOAL_TEXT - 1);
        memcpy(g->text, text, size + 1);
        need_guest(L, g, "console");
    }
    lua_pop(L, 1);
}

static void read_event(lua_State *L, struct goal *g)
{
    if (lua_getfield(L, 1, "event") != LUA_TNIL)
        scenario_read_filter(L, 1, &g->event);
    lua_pop(L, 1);
    static const char *const phases[] = {"handled", "trapped", NULL};
    g->trapped = scenario_choice_field(L, 1, "phase", 0, phases);
    if (g->trapped && !(g->event.kinds & EVENT_BIT(EVENT_EXIT)))
        luaL_error(L, "phase: \"trapped\" is for event = \"exit\"");
    g->events_left = 1;
    if (lua_getfield(L, 1, "count") != LUA_TNIL) {
        lua_Integer count = luaL_checkinteger(L, -1);
        if (count < 1)
            luaL_error(L, "count: 1 or more is wanted");
        g->events_left = (u64)count;
    }
    lua_pop(L, 1);
}

static void read_pc(lua_State *L, struct goal *g)
{
    struct scenario *sc = scenario_of(L);
    int type = lua_getfield(L, 1, "pc");
    if (type != LUA_TNIL) {
        need_guest(L, g, "pc");
        g->at_pc = true;
        if (type == LUA_TSTRING &&
            !world_symbol(&sc->world->guest[g->guest], scenario_field_text(L, -1, "pc"), &g->pc))
            luaL_error(L, "pc: there is no symbol '%s'", lua_tostring(L, -1));
        int is_integer = type == LUA_TSTRING;
        lua_Integer pc = is_integer ? g->pc : lua_tointegerx(L, -1, &is_integer);
        if (!is_integer || pc < 0 || pc > UINT32_MAX)
            luaL_error(L, "pc: an address of 32 bits or the name of a symbol is wanted");
        g->pc = (u32)pc;
    }
    lua_pop(L, 1);
    lua_getfield(L, 1, "vcpu");
    lua_Integer vcpu = luaL_optinteger(L, -1, 0);
    if (vcpu < 0 || vcpu >= HARTS_MAX)
        luaL_error(L, "vcpu: 0 to %d is wanted", HARTS_MAX - 1);
    if (g->at_pc && vcpu >= sc->world->guest[g->guest].vcpus)
        luaL_error(L, "vcpu: %s has no VCPU %I; they count from 0", sc->world->guest[g->guest].name,
                   (LUAI_UACINT)vcpu);
    g->vcpu = (u32)vcpu;
    lua_pop(L, 1);
}

static void read_when(lua_State *L, struct goal *g)
{
    lua_getfield(L, 1, "every");
    lua_Integer every = luaL_optinteger(L, -1, 1000);
    if (every < 1)
        luaL_error(L, "every: 1 or more is wanted");
    g->every = g->next = (u64)every;
    lua_pop(L, 1);
    if (lua_getfield(L, 1, "when") != LUA_TNIL) {
        if (!lua_isfunction(L, -1))
            luaL_error(L, "when: a function is wanted");
        g->when = luaL_ref(L, LUA_REGISTRYINDEX);
    } else {
        lua_pop(L, 1);
    }
}

// The fields of run{...}. A reference to `when` is made last, so no error leaves one behind.
static void read_goal(lua_State *L, struct goal *g)
{
    static const char *const keys[] = {"steps", "limit", "guest", "console", "event",
                                       "cause", "phase", "count", "off",     "pc",
                                       "vcpu",  "when",  "every", NULL};
    scenario_check_keys(L, 1, "run", keys);
    scenario_need_world(L);
    read_steps(L, g, "steps");
    read_steps(L, g, "limit");
    read_guest(L, g);
    read_event(L, g);
    lua_getfield(L, 1, "off");
    g->off = lua_toboolean(L, -1);
    // off = alice names the guest as well.
    if (lua_isuserdata(L, -1) || lua_type(L, -1) == LUA_TSTRING)
        g->guest = (int)scenario_check_guest(L, lua_gettop(L));
    lua_pop(L, 1);
    read_pc(L, g);
    read_console(L, g);
    read_when(L, g);
}

// After the yield: returns why the run is over, and the event if the run was for one.
static int run_is_over(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    struct goal *g = &scenario_of(L)->goal;
    if (g->when != LUA_NOREF)
        luaL_unref(L, LUA_REGISTRYINDEX, g->when);
    g->when = LUA_NOREF;
    lua_pushstring(L, g->met);
    if (strcmp(g->met, "event"))
        return 1;
    scenario_push_event(L, &g->last);
    return 2;
}

// The machine runs while the script waits in a yield. Before anything is read, this says where no
// yield is possible.
static void must_be_able_to_wait(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    if (lua_isyieldable(L))
        return;
    if (sc->goal.active || sc->in_hook)
        luaL_error(L, "run and step cannot be called inside on(...) or when: the machine is "
                      "running already");
    luaL_error(L, "run and step cannot be called by a function that Lua's own library calls, as "
                  "table.sort and string.gsub do; call them before or after it");
}

// The driver sees the goal after the yield, runs the machine, and resumes at run_is_over.
static int begin(lua_State *L, const struct goal *g)
{
    struct scenario *sc = scenario_of(L);
    sc->goal = *g;
    // What is so already is found now. Later only an event of the machine would tell of it, and the
    // end of the run would follow from where its driver happens to look.
    if (*g->text)
        goal_match_printed(sc, &sc->goal);
    if (g->off && !sc->goal.met)
        sc->goal.met = goal_over(sc);
    sc->goal.active = true;
    sc->line = scenario_line_of(L);
    return lua_yieldk(L, 0, 0, run_is_over);
}

static const struct goal goal_none = {.steps_left = UINT64_MAX,
                                      .guest = -1,
                                      .when = LUA_NOREF,
                                      .every = 1000,
                                      .next = 1000,
                                      .event = {.any_vm = true, .any_cause = true}};

int scenario_run_for(lua_State *L, u64 steps, u32 line, lua_KFunction then)
{
    struct scenario *sc = scenario_of(L);
    sc->goal = goal_none;
    sc->goal.steps_left = steps;
    sc->goal.active = true;
    sc->line = line;
    return lua_yieldk(L, 0, 0, then);
}

static int run_goal(lua_State *L)
{
    struct goal g = goal_none;
    lua_settop(L, 1);
    must_be_able_to_wait(L);
    if (lua_isnil(L, 1)) {
        scenario_need_world(L);
        g.off = true;
    } else if (lua_isnumber(L, 1)) {
        scenario_need_world(L);
        lua_Integer steps = luaL_checkinteger(L, 1);
        luaL_argcheck(L, steps >= 0, 1, "0 or more steps are wanted");
        g.steps_left = (u64)steps;
    } else {
        luaL_checktype(L, 1, LUA_TTABLE);
        read_goal(L, &g);
    }
    return begin(L, &g);
}

static int step(lua_State *L)
{
    struct goal g = goal_none;
    lua_Integer steps = luaL_optinteger(L, 1, 1);
    luaL_argcheck(L, steps >= 0, 1, "0 or more steps are wanted");
    lua_settop(L, 0);
    must_be_able_to_wait(L);
    scenario_need_world(L);
    g.steps_left = (u64)steps;
    return begin(L, &g);
}

// Called inside on(...): the current run ends after this step.
static int stop(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    if (!sc->goal.active)
        return luaL_error(L, "stop is for functions given to on(...): no run is under way");
    if (!sc->goal.met)
        goal_meet(sc, "stopped");
    return 0;
}

void lua_open_run(lua_State *L)
{
    lua_register(L, "run", run_goal);
    lua_register(L, "step", step);
    lua_register(L, "stop", stop);
}
