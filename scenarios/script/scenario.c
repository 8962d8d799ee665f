// The driver of a scenario: it lets the script run until the script wants the machine to run, runs
// the machine, and lets the script go on. Read scenarios/script/scenario.h first.
// Read next: scenarios/script/open.c.
#include "scenarios/script/api.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Instructions that going on costs a script. A script that runs the machine for 0 steps again and
// again meets its limit, too.
#define RESUME_COST 1000

// The script came to its end. Guests that it declared and never ran are built all the same, so that
// what is wrong with them is told. A lab declares guests for twins, which are built elsewhere.
static int end_script(lua_State *L)
{
    const struct scenario *sc = scenario_of(L);
    lesson_check_revealed(L);
    if (sc->plan.guests && !sc->options.lab)
        scenario_need_world(L);
    return 0;
}

// No line of the script runs at its end. What can go wrong there are the guests that never ran.
static void fail_at_end(struct scenario *sc)
{
    const char *error = sandbox_error(sc->sandbox);
    char message[WORLD_ERROR + 512];
    bool placed = !strncmp(error, sc->path, strlen(sc->path));
    snprintf(message, sizeof message, "%s:%" PRIu32 ": %s", sc->path, sc->guest_line, error);
    scenario_fail(sc, STATUS_INPUT, placed ? error : message);
}

static void finish(struct scenario *sc)
{
    lua_pushcfunction(sandbox_lua(sc->sandbox), end_script);
    if (sandbox_call(sc->sandbox, 0, 0) != SANDBOX_DONE) {
        fail_at_end(sc);
        return;
    }
    if (sc->status == SCENARIO_FAILED)
        return; // a function given to on(...) failed, and pcall cannot hide that
    sc->status = SCENARIO_DONE;
    for (u32 i = 0; i < sc->check_count; i++)
        if (!sc->checks[i].passed)
            sc->exit = STATUS_FAILED;
}

// Lets the script run until it has a goal. Returns false if the script is over.
static bool resume(struct scenario *sc)
{
    int values = 0;
    sc->resumes++;
    sc->resumed_at = sc->spent;
    sandbox_charge(sc->sandbox, RESUME_COST);
    sc->started = true;
    switch (sandbox_resume(sc->sandbox, sc->thread, 0, &values)) {
    case SANDBOX_YIELDED:
        lua_settop(sc->thread, lua_gettop(sc->thread) - values);
        if (!sc->stopping)
            return true;
        sc->stopping = false;
        sc->status = SCENARIO_STOPPED;
        return false;
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

static bool has_limit(const struct scenario *sc)
{
    return sc->goal.steps_left < GOAL_NO_LIMIT || sc->goal.when != LUA_NOREF || sc->options.limit;
}

// A run without a limit waits for something that no guest will ever do: the scenario ends with a
// message. The dashboard and --headless look after the same steps, so they end at the same place.
static void end_if_hopeless(struct scenario *sc)
{
    if (sc->goal.met || sc->goal.looked < GOAL_LOOK_EVERY)
        return;
    sc->goal.looked = 0;
    const struct world_guest *g = spin_for_ever(sc);
    if (!g)
        return;
    if (sc->options.script) { // nobody wrote it, so nobody could add a condition
        sc->goal.met = "stuck";
        return;
    }
    char message[WORLD_ERROR];
    snprintf(message, sizeof message,
             "%s:%" PRIu32
             ": this run has no limit, and it would never end: %s jumps to itself for "
             "ever, and no interrupt will come; say run{pc = ...} or run{limit = ...}",
             sc->path, sc->line, g->name);
    scenario_fail(sc, STATUS_INPUT, message);
}

// Runs the machine towards the goal, at most *budget steps. Returns false if scenario_advance must
// return to its caller.
static bool run(struct scenario *sc, u64 *budget)
{
    struct machine *m = sc->world->machine;
    u64 steps = goal_steps(sc, *budget);
    if (sc->options.limit)
        steps = least(steps, sc->options.limit - sc->spent);
    if (!has_limit(sc))
        steps = least(steps, GOAL_LOOK_EVERY - sc->goal.looked);
    u64 before = machine_steps(m);
    enum stop stop = steps ? machine_run(m, steps) : STOP_STEPS;
    u64 used = machine_steps(m) - before;
    // A turn of the machine may end a little later than asked, so nothing is counted below 0.
    *budget -= least(used, *budget);
    sc->spent += used;
    sc->goal.steps_left -= least(used, sc->goal.steps_left);
    sc->goal.next -= least(used, sc->goal.next);
    sc->goal.looked += has_limit(sc) ? 0 : used;
    // The machine got on, so the script may compute as much as before.
    if (used)
        sandbox_refill(sc->sandbox);
    if (sc->status == SCENARIO_FAILED || !goal_look(sc))
        return false; // an on(...) function, or the goal's own, has an error
    // A VMM whose guests are all stuck switches the machine off.
    if (!sc->goal.met && stop == STOP_POWER) {
        const char *how = goal_over(sc);
        sc->goal.met = how ? how : "off";
    }
    if (!sc->goal.met && stop == STOP_STUCK)
        sc->goal.met = "stuck";
    if (!sc->goal.met && stop == STOP_INPUT && !spin_hears_input(sc))
        sc->goal.met = "stuck"; // nobody would notice what a person types
    end_if_hopeless(sc);
    if (sc->goal.met) {
        sc->goal.active = false;
        return !sc->stands_between;
    }
    // The script's own limits come first: a goal that is met at the last step is met.
    if (sc->options.limit && sc->spent >= sc->options.limit) {
        sc->status = SCENARIO_LIMIT;
        sc->exit = STATUS_LIMIT;
        return false;
    }
    if (stop == STOP_INPUT)
        sc->status = SCENARIO_WAITING;
    return stop == STOP_STEPS; // any other stop: a listener wants its owner to look
}

static bool is_over(const struct scenario *sc)
{
    return sc->status == SCENARIO_DONE || sc->status == SCENARIO_FAILED ||
           sc->status == SCENARIO_LIMIT;
}

enum scenario_status scenario_advance(struct scenario *sc, u64 max_steps)
{
    if (sc->status == SCENARIO_WAITING)
        sc->status = SCENARIO_RUNNING;
    u64 budget = max_steps;
    sc->paused = false;
    if (sc->options.recording)
        recording_driver_runs(sc->options.recording, true);
    // When the steps are used up the script stays where it is, even if its goal is met: the caller
    // may want to look at this moment before the script goes on.
    while (sc->status == SCENARIO_RUNNING && !sc->paused && budget)
        if (!(sc->goal.active ? run(sc, &budget) : resume(sc)))
            break;
    if (sc->options.recording)
        recording_driver_runs(sc->options.recording, false);
    if (sc->options.recording && is_over(sc))
        recording_over(sc->options.recording);
    return sc->status;
}

void scenario_stand_between(struct scenario *sc, bool stands)
{
    sc->stands_between = stands;
}

void scenario_record(struct scenario *sc, struct recording *recording)
{
    sc->options.recording = recording;
}

void scenario_pause(struct scenario *sc)
{
    sc->paused = true;
    if (sc->world)
        machine_stop(sc->world->machine);
}

u64 scenario_steps(const struct scenario *sc)
{
    return sc->spent;
}

u32 scenario_resumes(const struct scenario *sc)
{
    return sc->resumes;
}

bool scenario_has_run(const struct scenario *sc)
{
    return sc->spent > sc->resumed_at;
}

const struct lesson *scenario_lesson(const struct scenario *sc)
{
    return sc->lesson;
}

const struct lesson_stop *scenario_stop(const struct scenario *sc)
{
    return sc->status == SCENARIO_STOPPED ? &sc->stop : NULL;
}

u32 scenario_stops(const struct scenario *sc)
{
    return sc->stop.number;
}

void scenario_answer(struct scenario *sc, int choice)
{
    if (sc->status != SCENARIO_STOPPED)
        return;
    const struct lesson_question *asked = sc->stop.question;
    if (sc->stop.kind == LESSON_ASK)
        sc->lesson->question[asked - sc->lesson->question].answer =
            choice >= 0 && (u32)choice < asked->choices ? choice : -1;
    sc->status = SCENARIO_RUNNING;
}

enum scenario_status scenario_state(const struct scenario *sc)
{
    return sc->status;
}

const char *scenario_error(const struct scenario *sc)
{
    return sc->status == SCENARIO_FAILED && sc->error ? sc->error : "";
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
    return consoles_of(sc->stage ? sc->stage->consoles : NULL, path);
}

const struct counters *scenario_counters(const struct scenario *sc)
{
    static const struct counters nothing;
    return sc->stage ? &sc->stage->counters : &nothing;
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
