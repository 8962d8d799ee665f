// The world of a scenario: it is built from the plan when a script first needs it, and every event
// of its machine comes through here. Read scenarios/script/api.h first.
// Read next: scenarios/script/filter.c.
#include "scenarios/script/api.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LOG_PAGES ((u32)((LOG_EVENTS * sizeof(struct event) + PAGE_SIZE - 1) / PAGE_SIZE))

struct event *stage_event(struct stage *stage, u64 n)
{
    return (struct event *)stage->log.bytes + n % LOG_EVENTS;
}

static void log_event(struct stage *stage, u64 n, const struct event *e)
{
    size_t first = n % LOG_EVENTS * sizeof *e, last = first + sizeof *e - 1;
    pages_mark(&stage->log, (u32)(first / PAGE_SIZE));
    pages_mark(&stage->log, (u32)(last / PAGE_SIZE));
    *stage_event(stage, n) = *e;
}

// A mark learns its place in the stream of events when the stream tells it.
static void place_mark(struct scenario *sc, const struct event *e)
{
    if (e->note.kind == EVENT_MARK && e->note.value < sc->mark_count)
        sc->marks[e->note.value].seq = e->seq;
}

static void hear(void *context, const struct event *e)
{
    static const u32 logged =
        EVENT_ALL & ~(EVENT_BIT(EVENT_CONSOLE) | EVENT_BIT(EVENT_INPUT) | EVENT_BIT(EVENT_DEVICE));
    struct scenario *sc = context;
    counters_add(&sc->stage->counters, e);
    // Events of consoles and devices come by the thousand and would push all others out of the log.
    if (logged & EVENT_BIT(e->note.kind)) {
        log_event(sc->stage, sc->logged++, e);
    }
    place_mark(sc, e);
    goal_hear(sc, e);
    sc->told = e->seq + 1;
    hooks_hear(sc, e);
}

void stage_release(struct stage *stage)
{
    if (!stage || --stage->references)
        return;
    consoles_free(stage->consoles);
    counters_reset(&stage->counters);
    pages_free(&stage->log);
    world_free(stage->world);
    free(stage);
}

void scenario_drop_world(struct scenario *sc)
{
    if (!sc->stage)
        return;
    hooks_forget(sc);
    if (sc->options.recording)
        recording_leave(sc->options.recording);
    if (sc->stage->references > 1) // a snapshot may bring it back
        machine_rest(sc->world->machine);
    stage_release(sc->stage);
    sc->stage = NULL;
    sc->world = NULL;
    sandbox_let_go(sc->sandbox, sc->held);
    sc->held = 0;
}

// The guest whose exits are followed through the VMMs: the first guest of the deepest level.
static const struct vm_path *deepest_guest(const struct world *w)
{
    u32 i = 0;
    while (i + 1 < w->guests &&
           (w->guest[i].is_vmm || vm_path_length(&w->guest[i].path) < w->depth))
        i++;
    return &w->guest[i].path;
}

static struct stage *stage_new(struct world *w)
{
    struct stage *stage = calloc(1, sizeof *stage);
    if (!stage)
        return NULL;
    *stage = (struct stage){.references = 1, .world = w, .consoles = consoles_new(w->machine)};
    if (stage->consoles && pages_new(&stage->log, LOG_PAGES)) {
        counters_watch(&stage->counters, deepest_guest(w));
        return stage;
    }
    consoles_free(stage->consoles);
    free(stage);
    return NULL;
}

static void start_listening(struct scenario *sc)
{
    memset(sc->console_seen, 0, sizeof sc->console_seen);
    sc->told = sc->logged = sc->refilled_at = 0;
    machine_listen(sc->world->machine, EVENT_ALL, hear, sc);
    machine_input_interactive(sc->world->machine, sc->options.interactive);
    sc->worlds++;
    if (sc->options.recording &&
        recording_world(sc->options.recording, sc->worlds, sc->world->machine))
        sc->paused = true;
    if (sc->options.built)
        sc->options.built(sc->options.context, sc->world);
}

struct world *scenario_need_world(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    if (sc->world)
        return sc->world;
    if (!sc->plan.guests)
        luaL_error(L, "there is no guest to run; say guest{image = \"kite\"} first");
    if (sc->plan.guests > 1 && !sc->has_vmm)
        luaL_error(L, "%d guests need a VMM to share the machine; say vmm{} before the guests",
                   (int)sc->plan.guests);
    enum status why;
    char error[WORLD_ERROR];
    struct world *w = world_new(&sc->plan, &why, error, sizeof error);
    if (!w) {
        // A message that names a line of the script needs no other place.
        size_t length = strlen(sc->path);
        bool placed = !strncmp(error, sc->path, length) && error[length] == ':' &&
                      isdigit((u8)error[length + 1]);
        luaL_where(L, placed ? LUAI_MAXSTACK : 1);
        lua_pushstring(L, error);
        lua_concat(L, 2);
        lua_error(L);
    }
    sc->stage = stage_new(w);
    if (!sc->stage) {
        world_free(w);
        luaL_error(L, "not enough memory for the consoles");
    }
    sc->world = w;
    start_listening(sc);
    return sc->world;
}

u32 scenario_check_guest(lua_State *L, int index)
{
    struct world *w = scenario_need_world(L);
    if (lua_type(L, index) == LUA_TSTRING) {
        int found = world_guest_find(w, scenario_check_text(L, index));
        if (found < 0)
            luaL_error(L, "there is no guest '%s'", lua_tostring(L, index));
        return (u32)found;
    }
    struct guest_handle *handle = luaL_checkudata(L, index, GUEST_TYPE);
    if (handle->generation != scenario_of(L)->generation)
        luaL_error(L, "this guest's machine is gone: machine{...} has started a new world");
    return handle->index;
}

const struct world_guest *scenario_self(lua_State *L)
{
    u32 index = scenario_check_guest(L, 1);
    return &scenario_of(L)->world->guest[index];
}

struct observed_vcpu scenario_vcpu(lua_State *L, const struct world_guest *g, int index)
{
    lua_Integer number = luaL_optinteger(L, index, 0);
    struct observed_vcpu v = {0};
    if (number < 0 || number >= g->vcpus)
        luaL_error(L, "%s has no VCPU %I; they count from 0", g->name, (LUAI_UACINT)number);
    // A VMM that is T32 code makes its guests' VCPUs only after it has booted.
    if (!observe_vcpu(scenario_of(L)->world->machine, &g->path, (u32)number, &v))
        luaL_error(L, "%s has no VCPU %I yet: the VMM makes it while it boots; let it run first",
                   g->name, (LUAI_UACINT)number);
    return v;
}
