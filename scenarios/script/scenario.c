// The driver of a scenario: lets the script run until it wants the machine to run, runs the
// machine, lets the script go on. Read scenarios/script/scenario.h first, then api.h; the
// chapters of the language are lua_*.c.
#include "scenarios/script/api.h"

#include "scenarios/host/files.h"

#include <stdlib.h>
#include <string.h>

#define SOURCE_MAX (4u << 20)
#define RESUME_COST 1000 // instructions

struct scenario_snapshot {
    struct snapshot *machine;
    struct consoles_mark *consoles;
    struct counters_mark *counters;
    struct goal goal;
    u64 spent, logged;
    u32 resumes;
};

struct scenario *scenario_of(lua_State *L)
{
    return *(struct scenario **)lua_getextraspace(L);
}

void scenario_fail(struct scenario *sc, enum status why, const char *message)
{
    if (sc->status == SCENARIO_FAILED)
        return; // the first reason is kept
    sc->status = SCENARIO_FAILED;
    sc->exit = why;
    free(sc->error);
    sc->error = strdup(message);
}

// ---- opening

// The opening comment of a script: its first line is the title, the rest the description. Both
// malloc'ed, NULL: out of memory.
static void read_comment(const char *source, char **title, char **description)
{
    size_t room = 4 * strlen(source) + 8; // cleaning may make four bytes of one
    *title = calloc(1, room);
    *description = calloc(1, room);
    if (!*title || !*description)
        return;
    char *to = *title;
    for (const char *line = source; !strncmp(line, "--", 2) && strncmp(line, "--[[", 4);) {
        const char *text = line + 2 + (line[2] == ' ');
        size_t length = strcspn(text, "\n");
        if (to != *title && to != *description)
            *to++ = '\n';
        to += text_clean(text, length, to, 4 * length + 8);
        if (line == source)
            to = *description;
        line = text + length + (text[length] == '\n');
    }
}

bool scenario_read_header(const char *path, char **title, char **description, char *error,
                          size_t error_size)
{
    size_t size;
    char *source = file_text(path, SOURCE_MAX, &size, error, error_size);
    if (!source)
        return false;
    read_comment(source, title, description);
    free(source);
    return true;
}

// Runs inside the sandbox: puts the API in the globals and makes the script's thread.
static int open_chapters(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    lua_open_world(L);
    lua_open_look(L);
    lua_open_run(L);
    lua_open_events(L);
    lua_open_check(L);
    lua_open_grade(L);
    lua_pushinteger(L, (lua_Integer)sc->options.seed);
    lua_setglobal(L, "seed");
    lua_pushboolean(L, sc->options.interactive);
    lua_setglobal(L, "interactive");
    sc->thread = lua_newthread(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, sc);
    return 0;
}

static bool open_script(struct scenario *sc)
{
    struct sandbox_limits limits = sandbox_limits_default;
    limits.seed = sc->options.seed;
    limits.context = sc;
    limits.hung = sc->options.hung;
    limits.hung_context = sc->options.context;
    sc->sandbox = sandbox_new(&limits);
    if (!sc->sandbox) {
        scenario_fail(sc, STATUS_INTERNAL, "not enough memory for Lua");
        return false;
    }
    lua_pushcfunction(sandbox_lua(sc->sandbox), open_chapters);
    if (sandbox_call(sc->sandbox, 0, 0) != SANDBOX_DONE) {
        scenario_fail(sc, STATUS_INTERNAL, sandbox_error(sc->sandbox));
        return false;
    }
    if (*sc->source == '\033') {
        char message[WORLD_ERROR];
        snprintf(message, sizeof message, "%s: this is compiled Lua; a scenario is Lua text",
                 sc->path);
        scenario_fail(sc, STATUS_INPUT, message);
        return false;
    }
    // Lua shortens a long name in its middle of messages; then the file's own name says more than
    // the start of its path.
    const char *base = strrchr(sc->path, '/');
    char name[256];
    snprintf(name, sizeof name, "@%s",
             strlen(sc->path) < LUA_IDSIZE - 2 || !base ? sc->path : base + 1);
    if (sandbox_compile(sc->sandbox, sc->thread, sc->source, sc->source_size, name) !=
        SANDBOX_DONE) {
        scenario_fail(sc, STATUS_INPUT, sandbox_error(sc->sandbox));
        return false;
    }
    return true;
}

static bool open_parts(struct scenario *sc, const char *path, char *error, size_t error_size)
{
    sc->path = strdup(path);
    sc->folder = strdup(path);
    sc->log = calloc(LOG_EVENTS, sizeof *sc->log);
    sc->checks = calloc(CHECKS_MAX, sizeof *sc->checks);
    sc->marks = calloc(MARKS_MAX, sizeof *sc->marks);
    if (!sc->path || !sc->folder || !sc->log || !sc->checks || !sc->marks) {
        sc->exit = STATUS_INTERNAL;
        snprintf(error, error_size, "not enough memory for a scenario");
        return false;
    }
    char *slash = strrchr(sc->folder, '/');
    strcpy(slash ? slash : sc->folder, slash == sc->folder ? "/" : slash ? "" : ".");
    sc->exit = STATUS_INPUT;
    sc->source = file_text(path, SOURCE_MAX, &sc->source_size, error, error_size);
    if (!sc->source)
        return false;
    read_comment(sc->source, &sc->title, &sc->description);
    if (open_script(sc))
        return true;
    snprintf(error, error_size, "%s", sc->error);
    return false;
}

struct scenario *scenario_open(const char *path, const struct scenario_options *options,
                               enum status *why, char *error, size_t error_size)
{
    struct scenario *sc = calloc(1, sizeof *sc);
    if (!sc) {
        *why = STATUS_INTERNAL;
        snprintf(error, error_size, "not enough memory for a scenario");
        return NULL;
    }
    sc->options = *options;
    if (!sc->options.seed)
        sc->options.seed = 1;
    world_plan_default(&sc->plan);
    sc->plan.machine.engine = options->engine;
    if (!open_parts(sc, path, error, error_size)) {
        *why = sc->exit;
        scenario_close(sc);
        return NULL;
    }
    sc->exit = STATUS_DONE;
    return sc;
}

void scenario_close(struct scenario *sc)
{
    if (!sc)
        return;
    scenario_drop_world(sc);
    counters_reset(&sc->counters);
    sandbox_free(sc->sandbox);
    for (u32 i = 0; i < sc->plan_string_count; i++)
        free(sc->plan_strings[i]);
    for (u32 i = 0; i < sc->check_count; i++) {
        free((char *)sc->checks[i].name);
        free((char *)sc->checks[i].message);
    }
    for (u32 i = 0; i < sc->mark_count; i++)
        free((char *)sc->marks[i].text);
    char *texts[] = {sc->path, sc->folder, sc->source, sc->title, sc->description, sc->error};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(sc->log);
    free(sc->checks);
    free(sc->marks);
    free(sc);
}

// ---- going on

static void finish(struct scenario *sc)
{
    sc->status = SCENARIO_DONE;
    for (u32 i = 0; i < sc->check_count; i++)
        if (!sc->checks[i].passed)
            sc->exit = STATUS_FAILED;
}

// Lets the script run until it has a goal. False: it is over, one way or another.
static bool resume(struct scenario *sc)
{
    int values = 0;
    sc->resumes++;
    sandbox_charge(
        sc->sandbox,
        RESUME_COST); // a script that runs 0 steps again and again comes to its limit, too
    sc->started = true;
    switch (sandbox_resume(sc->sandbox, sc->thread, 0, &values)) {
    case SANDBOX_YIELDED:
        lua_settop(sc->thread, lua_gettop(sc->thread) - values);
        return true;
    case SANDBOX_DONE:
        finish(sc);
        return false;
    default:
        scenario_fail(sc, STATUS_INPUT, sandbox_error(sc->sandbox));
        return false;
    }
}

static u64 least(u64 a, u64 b)
{
    return a < b ? a : b;
}

// Runs the machine towards the goal, at most *budget steps. False: scenario_advance is to return.
static bool run(struct scenario *sc, u64 *budget)
{
    struct machine *m = sc->world->machine;
    u64 steps = goal_steps(sc, *budget);
    if (sc->options.limit)
        steps = least(steps, sc->options.limit - sc->spent);
    u64 before = machine_steps(m);
    enum stop stop = steps ? machine_run(m, steps) : STOP_STEPS;
    u64 used = machine_steps(m) - before;
    *budget -= least(used, *budget);
    sc->spent += used;
    sc->goal.steps_left -= least(used, sc->goal.steps_left);
    sc->goal.next -= least(used, sc->goal.next);
    if (used)
        sandbox_refill(sc->sandbox);
    if (sc->status == SCENARIO_FAILED || !goal_look(sc))
        return false; // an on(...) function, or the goal's own, has an error
    if (!sc->goal.met && (stop == STOP_POWER || stop == STOP_STUCK))
        sc->goal.met = stop == STOP_POWER ? "off" : "stuck";
    if (sc->goal.met) {
        sc->goal.active = false;
        return true;
    }
    if (sc->options.limit && sc->spent >= sc->options.limit) {
        sc->status = SCENARIO_LIMIT;
        sc->exit = STATUS_LIMIT;
        return false;
    }
    if (stop == STOP_INPUT)
        sc->status = SCENARIO_WAITING;
    return stop == STOP_STEPS; // else somebody who listens wants to look
}

enum scenario_status scenario_advance(struct scenario *sc, u64 max_steps)
{
    if (sc->status == SCENARIO_WAITING)
        sc->status = SCENARIO_RUNNING;
    u64 budget = max_steps;
    while (sc->status == SCENARIO_RUNNING) {
        if (!sc->goal.active && !resume(sc))
            break;
        if (sc->goal.active && (!budget || !run(sc, &budget)))
            break;
    }
    return sc->status;
}

enum scenario_status scenario_state(const struct scenario *sc)
{
    return sc->status;
}

const char *scenario_error(const struct scenario *sc)
{
    return sc->error ? sc->error : "";
}

enum status scenario_exit_status(const struct scenario *sc)
{
    return sc->exit;
}

// ---- looking

const char *scenario_path(const struct scenario *sc)
{
    return sc->path;
}

const char *scenario_title(const struct scenario *sc)
{
    return sc->title && *sc->title ? sc->title : sc->path;
}

const char *scenario_description(const struct scenario *sc)
{
    return sc->description ? sc->description : "";
}

const char *scenario_source(const struct scenario *sc)
{
    return sc->source;
}

u32 scenario_line(const struct scenario *sc)
{
    return sc->line;
}

struct world *scenario_world(struct scenario *sc)
{
    return sc->world;
}

u32 scenario_generation(const struct scenario *sc)
{
    return sc->generation;
}

struct console scenario_console(const struct scenario *sc, const struct vm_path *path)
{
    return consoles_of(sc->consoles, path);
}

const struct counters *scenario_counters(const struct scenario *sc)
{
    return &sc->counters;
}

u64 scenario_seed(const struct scenario *sc)
{
    return sc->options.seed;
}

u32 scenario_checks(const struct scenario *sc, const struct scenario_check **list)
{
    *list = sc->checks;
    return sc->check_count;
}

u32 scenario_marks(const struct scenario *sc, const struct scenario_mark **list)
{
    *list = sc->marks;
    return sc->mark_count;
}

// ---- stepping back

struct scenario_snapshot *scenario_snapshot(struct scenario *sc)
{
    struct scenario_snapshot *s = sc->world ? calloc(1, sizeof *s) : NULL;
    if (!s)
        return NULL;
    s->machine = machine_snapshot(sc->world->machine);
    s->consoles = consoles_mark(sc->consoles);
    s->counters = counters_mark(&sc->counters);
    s->goal = sc->goal;
    s->spent = sc->spent;
    s->logged = sc->logged;
    s->resumes = sc->resumes;
    if (s->machine && s->consoles && s->counters)
        return s;
    scenario_snapshot_free(s);
    return NULL;
}

bool scenario_can_restore(const struct scenario *sc, const struct scenario_snapshot *s)
{
    return s->resumes == sc->resumes && sc->world;
}

bool scenario_restore(struct scenario *sc, const struct scenario_snapshot *s)
{
    if (!scenario_can_restore(sc, s))
        return false;
    machine_restore(sc->world->machine, s->machine);
    consoles_return(sc->consoles, s->consoles);
    counters_return(&sc->counters, s->counters);
    sc->goal = s->goal;
    sc->spent = s->spent;
    sc->logged = s->logged;
    if (sc->status == SCENARIO_WAITING || sc->status == SCENARIO_LIMIT) {
        sc->status = SCENARIO_RUNNING;
        sc->exit = STATUS_DONE;
    }
    return true;
}

void scenario_snapshot_free(struct scenario_snapshot *s)
{
    if (!s)
        return;
    snapshot_free(s->machine);
    consoles_mark_free(s->consoles);
    counters_mark_free(s->counters);
    free(s);
}
