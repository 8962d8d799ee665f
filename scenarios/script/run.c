// run{} step() stop(): what the machine is to run for. The script yields with a goal; the driver
// runs the machine until it is met. Read scenarios/script/api.h first.
#include "scenarios/script/api.h"

#include <string.h>

bool event_filter_takes(const struct event_filter *f, const struct event *e)
{
    return (f->kinds & EVENT_BIT(e->note.kind)) &&
           (f->any_vm || vm_path_equal(&f->path, &e->path)) &&
           (f->any_cause || (trace_has_cause(e->note.kind) && e->note.cause == f->cause));
}

// ---- while the machine runs

// One more character of the console: how much of the text is there now (Knuth, Morris and Pratt;
// the text is short, so the border is looked for afresh).
static u32 match_on(const char *text, u32 matched, char byte)
{
    for (u32 n = matched + 1; n; n--) {
        // text[0..n-2] is a suffix of what was matched, and then comes byte
        if (text[n - 1] == byte && !memcmp(text, text + matched - (n - 1), n - 1))
            return n;
    }
    return 0;
}

static void meet(struct scenario *sc, const char *why)
{
    sc->goal.met = why;
    machine_stop(sc->world->machine);
}

static void hear_console(struct scenario *sc, const struct event *e)
{
    struct goal *g = &sc->goal;
    if (!vm_path_equal(&sc->world->guest[g->guest].path, &e->path))
        return;
    g->matched = match_on(g->text, g->matched, (char)e->note.value);
    if (g->text[g->matched])
        return;
    sc->console_seen[g->guest] = consoles_of(sc->consoles, &e->path).count;
    meet(sc, "console");
}

void goal_hear(struct scenario *sc, const struct event *e)
{
    struct goal *g = &sc->goal;
    if (!g->active || g->met)
        return;
    if (e->note.kind == EVENT_KILL || e->note.kind == EVENT_POWER)
        machine_stop(sc->world->machine); // goal_look sees who is off
    if (*g->text && e->note.kind == EVENT_CONSOLE)
        hear_console(sc, e);
    if (!g->met && event_filter_takes(&g->event, e) && --g->events_left == 0) {
        g->last = *e;
        meet(sc, "event");
    }
}

u64 goal_steps(const struct scenario *sc, u64 most)
{
    const struct goal *g = &sc->goal;
    u64 steps = most < g->steps_left ? most : g->steps_left;
    if (g->at_pc && steps > 1)
        steps = 1;
    if (g->when != LUA_NOREF && steps > g->next)
        steps = g->next;
    return steps;
}

// ---- when it stands

// Why the guest meant (or all of them) are over: "off", or "stuck" if one can never go on; NULL if
// one still lives.
static const char *over(struct scenario *sc)
{
    struct goal *g = &sc->goal;
    const char *why = "off";
    u32 guests = g->guest < 0 ? sc->world->guests : 1;
    for (u32 i = 0; i < guests; i++) {
        u32 guest = g->guest < 0 ? (g->alive + i) % guests : (u32)g->guest;
        if (!world_guest_is_over(sc->world, guest)) {
            g->alive = guest;
            return NULL;
        }
        if (world_guest_end(sc->world, guest).state == VM_STUCK)
            why = "stuck";
    }
    return why;
}

static bool is_at_pc(struct scenario *sc)
{
    const struct goal *g = &sc->goal;
    struct observed_vcpu v;
    return observe_vcpu(sc->world->machine, &sc->world->guest[g->guest].path, g->vcpu, &v) &&
           v.state.pc == g->pc;
}

static int call_when(lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, scenario_of(L)->goal.when);
    lua_call(L, 0, 1);
    lua_pushboolean(L, lua_toboolean(L, -1));
    return 1;
}

// Asks the script's `when`. False: it has an error.
static bool ask_when(struct scenario *sc)
{
    lua_State *L = sandbox_lua(sc->sandbox);
    sc->goal.next = sc->goal.every;
    lua_pushcfunction(L, call_when);
    if (sandbox_call(sc->sandbox, 0, 1) != SANDBOX_DONE) {
        scenario_fail(sc, STATUS_INPUT, sandbox_error(sc->sandbox));
        return false;
    }
    if (lua_toboolean(L, -1))
        sc->goal.met = "when";
    lua_pop(L, 1);
    return true;
}

bool goal_look(struct scenario *sc)
{
    struct goal *g = &sc->goal;
    if (g->met)
        return true;
    if (g->off)
        g->met = over(sc);
    if (g->met)
        return true;
    if (g->at_pc && is_at_pc(sc))
        g->met = "pc";
    else if (g->when != LUA_NOREF && !g->next && !ask_when(sc))
        return false;
    if (!g->met && !g->steps_left)
        g->met = "steps";
    return true;
}

// ---- run{}

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

// The guest a condition is about when none was named: there must be just one.
static void need_guest(lua_State *L, struct goal *g, const char *condition)
{
    if (g->guest < 0 && scenario_of(L)->world->guests > 1)
        luaL_error(L, "%s: of which guest? say guest = too", condition);
    if (g->guest < 0)
        g->guest = 0;
}

// What the console printed since the last match may hold the text already.
static void match_unread(struct scenario *sc, struct goal *g)
{
    struct console c = consoles_of(sc->consoles, &sc->world->guest[g->guest].path);
    u64 seen = sc->console_seen[g->guest];
    u64 unread = c.count - (seen < c.count ? seen : c.count);
    size_t from = unread < c.size ? c.size - (size_t)unread : 0;
    for (size_t i = from; i < c.size && g->text[g->matched]; i++) {
        g->matched = match_on(g->text, g->matched, c.text[i]);
        if (!g->text[g->matched]) {
            sc->console_seen[g->guest] = c.count - (c.size - i - 1);
            g->met = "console";
        }
    }
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
        match_unread(scenario_of(L), g);
    }
    lua_pop(L, 1);
}

static void read_event(lua_State *L, struct goal *g)
{
    if (lua_getfield(L, 1, "event") != LUA_TNIL)
        scenario_read_filter(L, 1, &g->event);
    lua_pop(L, 1);
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
            !world_symbol(&sc->world->guest[g->guest], lua_tostring(L, -1), &g->pc))
            luaL_error(L, "pc: there is no symbol '%s'", lua_tostring(L, -1));
        if (type != LUA_TSTRING)
            g->pc = (u32)luaL_checkinteger(L, -1);
    }
    lua_pop(L, 1);
    lua_getfield(L, 1, "vcpu");
    lua_Integer vcpu = luaL_optinteger(L, -1, 0);
    if (vcpu < 0 || vcpu >= HARTS_MAX)
        luaL_error(L, "vcpu: 0 to %d is wanted", HARTS_MAX - 1);
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
        luaL_checktype(L, -1, LUA_TFUNCTION);
        g->when = luaL_ref(L, LUA_REGISTRYINDEX);
    } else {
        lua_pop(L, 1);
    }
}

static void read_goal(lua_State *L, struct goal *g)
{
    static const char *const keys[] = {"steps", "limit", "guest", "console", "event",
                                       "cause", "count", "off",   "pc",      "vcpu",
                                       "when",  "every", NULL};
    scenario_check_keys(L, 1, "run", keys);
    read_steps(L, g, "steps");
    read_steps(L, g, "limit");
    read_guest(L, g);
    read_event(L, g);
    lua_getfield(L, 1, "off");
    g->off = lua_toboolean(L, -1);
    if (lua_isuserdata(L, -1) || lua_type(L, -1) == LUA_TSTRING)
        g->guest = (int)scenario_check_guest(L, lua_gettop(L));
    lua_pop(L, 1);
    read_pc(L, g);
    read_console(L, g);
    read_when(L, g);
}

// After the yield: why the run is over, and the event if it was for one.
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

static int begin(lua_State *L, const struct goal *g)
{
    struct scenario *sc = scenario_of(L);
    if (!lua_isyieldable(L))
        return luaL_error(
            L,
            "run and step cannot be called inside on(...) or when: the machine is running already");
    sc->goal = *g;
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

static int run_goal(lua_State *L)
{
    struct goal g = goal_none;
    lua_settop(L, 1);
    scenario_need_world(L);
    if (lua_isnil(L, 1)) {
        g.off = true;
    } else if (lua_isnumber(L, 1)) {
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
    scenario_need_world(L);
    g.steps_left = (u64)steps;
    return begin(L, &g);
}

// Inside on(...): the run under way ends after this step.
static int stop(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    if (!sc->goal.active)
        return luaL_error(L, "stop is for functions given to on(...): no run is under way");
    if (!sc->goal.met)
        meet(sc, "stopped");
    return 0;
}

void lua_open_run(lua_State *L)
{
    lua_register(L, "run", run_goal);
    lua_register(L, "step", step);
    lua_register(L, "stop", stop);
}
