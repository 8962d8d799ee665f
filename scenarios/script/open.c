// Opening a scenario: its file is read, its sandbox gets the chapters of the language, and its
// script is compiled. Nothing runs. Read scenarios/script/scenario.h first.
// Read next: scenarios/script/api.h.
#include "scenarios/script/api.h"

#include "scenarios/host/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*const chapters[])(lua_State *L) = {
    lua_open_world, lua_open_look,   lua_open_run, lua_open_events,
    lua_open_check, lua_open_lesson, lua_open_lab,
};

// Runs inside the sandbox: puts the API in the globals and makes the script's thread.
static int open_chapters(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    for (size_t i = 0; i < sizeof chapters / sizeof *chapters; i++)
        chapters[i](L);
    lua_pushinteger(L, (lua_Integer)sc->options.seed);
    lua_setglobal(L, "seed");
    lua_pushboolean(L, sc->options.interactive);
    lua_setglobal(L, "interactive");
    sc->thread = lua_newthread(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, sc);
    return 0;
}

static bool compile(struct scenario *sc)
{
    if (*sc->source == '\033') {
        char message[WORLD_ERROR];
        snprintf(message, sizeof message, "%s: this is compiled Lua; a scenario is Lua text",
                 sc->path);
        scenario_fail(sc, STATUS_INPUT, message);
        return false;
    }
    // Lua's messages show only the start of a long name. There the name of the file alone says more
    // than the start of its path.
    const char *base = strrchr(sc->path, '/');
    bool fits = strlen(sc->path) < LUA_IDSIZE - 2;
    char name[256];
    snprintf(name, sizeof name, "@%s", fits || !base ? sc->path : base + 1);
    if (sandbox_compile(sc->sandbox, sc->thread, sc->source, sc->source_size, name) == SANDBOX_DONE)
        return true;
    scenario_fail(sc, STATUS_INPUT, sandbox_error(sc->sandbox));
    return false;
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
    return compile(sc);
}

// "a" of "a/b.lua", "/" of "/b.lua", "." of "b.lua". malloc'ed.
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool read_source(struct scenario *sc, const char *path, char *error, size_t error_size)
{
    const char *script = sc->options.script;
    if (!script) {
        sc->source = file_text(path, SCENARIO_SOURCE_MAX, &sc->source_size, error, error_size);
        return sc->source;
    }
    sc->source_size = strlen(script);
    sc->source = strdup(script);
    if (!sc->source)
        snprintf(error, error_size, "not enough memory for the script");
    return sc->source;
}

static bool open_parts(struct scenario *sc, const char *path, char *error, size_t error_size)
{
    sc->path = strdup(path);
    sc->folder = folder_of(path);
    sc->checks = calloc(CHECKS_MAX, sizeof *sc->checks);
    sc->marks = calloc(MARKS_MAX, sizeof *sc->marks);
    if (!sc->path || !sc->folder || !sc->checks || !sc->marks) {
        sc->exit = STATUS_INTERNAL;
        snprintf(error, error_size, "not enough memory for a scenario");
        return false;
    }
    sc->exit = STATUS_INPUT;
    if (!read_source(sc, path, error, error_size))
        return false;
    scenario_read_comment(sc->source, &sc->title, &sc->description);
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
    sc->plan_strings = LUA_NOREF;
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
    if (sc->options.recording)
        recording_leave(sc->options.recording);
    stage_release(sc->stage);
    replica_free(sc->replica);
    scenario_drop_twin(sc);
    scenario_drop_meter(sc);
    sandbox_free(sc->sandbox);
    char *texts[] = {sc->path, sc->folder, sc->source, sc->title, sc->description, sc->error};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(sc->checks);
    free(sc->marks);
    free(sc);
}
