// Running a scenario for its film. Read ui/film/film.h first.
// Read next: ui/film/cast.h.
#include "ui/film/film.h"
#include "isa/isa.h"
#include "ui/dashboard/frame.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_STEPS 1000000 // in one call of the scenario
#define TRAP_TIME 500       // milliseconds that the frame of a trap stays
#define STOP_TIME 4000      // and that of a stop, whose text has to be read
#define MARKER 120

struct film {
    struct scenario *sc;
    struct machine *machine;
    struct traplog *log;
    u64 traps;      // of all worlds so far
    u64 every;      // there is a frame for each so many traps; 0: the traps are only counted
    bool due;       // a trap has just happened that has a frame
    u64 time;       // of the next frame
    char said[128]; // the last line that the script printed
    struct model now, before;
    struct screen_state state;
    struct cells cells;
    const struct film_sink *sinks;
    u32 count; // of the sinks
};

// ---- hearing the run

static bool is_page_fault(const struct event *e)
{
    u32 cause = e->note.cause;
    return e->note.kind == EVENT_EXIT &&
           (cause == CAUSE_FETCH_PAGE || cause == CAUSE_LOAD_PAGE || cause == CAUSE_STORE_PAGE);
}

static void on_event(void *context, const struct event *e)
{
    struct film *f = context;
    struct observed_vcpu seen;
    u64 before = f->log->traps;
    traplog_add(f->log, e);
    if (is_page_fault(e) && observe_vcpu(f->machine, &e->path, e->note.vcpu, &seen))
        traplog_set_paging(f->log, e->hart, seen.state.satp & SATP_MODE);
    if (f->log->traps == before)
        return;
    f->traps++;
    if (!f->every || f->traps % f->every)
        return;
    f->due = true;
    scenario_pause(f->sc);
}

static void on_built(void *context, struct world *w)
{
    struct film *f = context;
    traplog_reset(f->log);
    f->machine = w->machine;
    machine_listen(w->machine, LOG_EVENTS, on_event, f);
}

static void on_printed(void *context, const char *text)
{
    struct film *f = context;
    text_harmless(text, strlen(text), f->said, sizeof f->said);
}

// ---- frames

static void gather(struct film *f, enum run_state run)
{
    static const struct model_wish wish = {.follow_hart = true};
    f->before = f->now;
    f->now.run = run;
    f->now.follow = true;
    f->now.chosen = f->now.vms ? f->now.chosen : 1;
    snprintf(f->now.speed, sizeof f->now.speed, "film");
    snprintf(f->now.said, sizeof f->now.said, "%s", f->said);
    model_gather(&f->now, f->sc, f->log, &wish);
    if (f->before.generation != f->now.generation)
        f->before = f->now; // values of two worlds are not compared
}

static void shoot(struct film *f, enum run_state run, const char *marker, u64 lasts)
{
    if (!f->every)
        return;
    gather(f, run);
    if (f->now.stop)
        frame_point(&f->state, &f->now);
    frame_draw(&f->cells, &f->now, &f->before, &f->state);
    struct film_frame frame = {f->time, &f->cells, &f->now, marker, f->due};
    for (u32 i = 0; i < f->count; i++)
        f->sinks[i].frame(f->sinks[i].context, &frame);
    f->time += lasts;
    f->due = false;
}

// The viewer of a film takes the right answer of each question.
static void shoot_stop(struct film *f)
{
    const struct lesson_stop *stop = scenario_stop(f->sc);
    char marker[MARKER];
    text_harmless(stop->text, strlen(stop->text), marker, sizeof marker);
    int choice = stop->kind == LESSON_ASK ? (int)stop->question->right : -1;
    f->state.choice = 0;
    shoot(f, RUN_STOPPED, marker, STOP_TIME);
    scenario_answer(f->sc, choice);
}

static enum run_state state_of_end(enum scenario_status status)
{
    if (status == SCENARIO_FAILED)
        return RUN_FAILED;
    return status == SCENARIO_LIMIT ? RUN_LIMIT : RUN_DONE;
}

static void run(struct film *f)
{
    enum scenario_status status;
    shoot(f, RUN_PAUSED, NULL, TRAP_TIME);
    do {
        status = scenario_advance(f->sc, CHUNK_STEPS);
        if (status == SCENARIO_STOPPED)
            shoot_stop(f);
        else if (f->due)
            shoot(f, RUN_PAUSED, NULL, TRAP_TIME);
    } while (status == SCENARIO_RUNNING || status == SCENARIO_STOPPED);
    f->state.choice = 0;
    shoot(f, state_of_end(status), "the end", STOP_TIME);
}

// ---- the film

// Opens the scenario for one showing. `every` as in struct film.
static bool open(struct film *f, const char *path, const struct film_options *options, u64 every,
                 enum status *why, char *error)
{
    struct scenario_options run = {.script = options->run.script,
                                   .seed = options->run.seed,
                                   .limit = options->run.limit,
                                   .engine = options->run.engine,
                                   .follow = true,
                                   .context = f,
                                   .built = on_built,
                                   .printed = on_printed};
    scenario_close(f->sc);
    traplog_reset(f->log);
    f->traps = 0;
    f->every = every;
    f->due = false;
    f->machine = NULL;
    f->said[0] = 0;
    f->sc = scenario_open(path, &run, why, error, WORLD_ERROR);
    return f->sc;
}

// Two showings: the first counts the traps, the second takes the frames.
static int show(struct film *f, const char *path, const struct film_options *options, char *error)
{
    enum status why = STATUS_INTERNAL;
    if (!open(f, path, options, 0, &why, error))
        return (int)why;
    run(f);
    if (!open(f, path, options, (f->traps + FILM_TRAPS - 1) / FILM_TRAPS + !f->traps, &why, error))
        return (int)why;
    run(f);
    error[0] = 0;
    if (scenario_state(f->sc) == SCENARIO_FAILED)
        snprintf(error, WORLD_ERROR, "%s", scenario_error(f->sc));
    return (int)scenario_exit_status(f->sc);
}

int film_run(const char *path, const struct film_options *options, const struct film_sink *sinks,
             u32 count, char *error)
{
    struct film *f = calloc(1, sizeof *f);
    int status = STATUS_INTERNAL;
    snprintf(error, WORLD_ERROR, "not enough memory for the film");
    if (!f)
        return status;
    screen_state_reset(&f->state);
    f->sinks = sinks;
    f->count = count;
    f->log = traplog_new();
    if (f->log && cells_resize(&f->cells, options->rows, options->columns))
        status = show(f, path, options, error);
    scenario_close(f->sc);
    traplog_free(f->log);
    cells_free(&f->cells);
    free(f);
    return status;
}
