// Running a scenario for its film. Read ui/film/film.h first.
// Read next: ui/film/cast.h.
#include "ui/film/film.h"
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
    const char *path;
    const struct film_options *options;
    struct playback play;
    bool opened; // `play` is open
    u64 traps;   // of all worlds so far
    u64 every;   // there is a frame for each so many traps; 0: the traps are only counted
    bool due;    // a trap has just happened that has a frame
    u64 time;    // of the next frame
    struct {
        u32 generation;
        u64 traps;
    } heard;                   // of the log, when the last event came
    const struct stops *stops; // whose bookmarks are markers; NULL: none
    struct stops recorded;     // the bookmarks of a recording
    u32 shown;                 // a mask of the bookmarks that had their frame
    struct model now, before;
    struct screen_state state;
    struct cells cells;
    const struct film_sink *sinks;
    u32 count; // of the sinks
};

_Static_assert(BOOKMARKS_MAX <= 32, "a bookmark is a bit of `shown`");

// ---- hearing the run

// Asked after each event of the log: does the run stop here, for a frame?
static bool stops_at(void *context, const struct event *e)
{
    struct film *f = context;
    u32 generation = scenario_generation(f->play.sc);
    u64 traps = f->play.log->traps;
    bool same = f->heard.generation == generation && f->heard.traps == traps;
    (void)e;
    f->heard.generation = generation;
    f->heard.traps = traps;
    if (same) // the event told more about a trap that is counted already
        return false;
    f->traps++;
    if (!f->every || f->traps % f->every)
        return false;
    f->due = true;
    return true;
}

// ---- frames

static void gather(struct film *f, enum run_state run)
{
    static const struct model_wish wish = {.follow_hart = true};
    const struct playback *p = &f->play;
    const struct typed_input *fork = playback_fork(p);
    f->before = f->now;
    f->now.run = run;
    f->now.follow = true;
    f->now.chosen = f->now.vms ? f->now.chosen : 1;
    f->now.stops = f->options->stops;
    f->now.forked = fork;
    f->now.forked_at = fork ? fork->steps : 0;
    snprintf(f->now.speed, sizeof f->now.speed, "film");
    text_harmless(p->printed, strlen(p->printed), f->now.said, sizeof f->now.said);
    model_gather(&f->now, p->sc, p->log, &wish);
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

// A question gets the answer that the person gave. Where nobody was asked, it gets the right one.
static int answer_of(const struct film *f, const struct lesson_stop *stop)
{
    if (stop->number <= f->play.answer_count)
        return f->play.answers[stop->number - 1];
    return stop->kind == LESSON_ASK ? (int)stop->question->right : -1;
}

static void shoot_stop(struct film *f)
{
    const struct lesson_stop *stop = scenario_stop(f->play.sc);
    char marker[MARKER];
    text_harmless(stop->text, strlen(stop->text), marker, sizeof marker);
    f->state.choice = 0;
    shoot(f, RUN_STOPPED, marker, STOP_TIME);
}

// ---- the moments of a person's bookmarks

// How many steps there are until the next one. All ones: there is none in this world.
static u64 until_bookmark(const struct film *f)
{
    const struct stops *s = f->stops;
    u64 now = scenario_steps(f->play.sc), least = UINT64_MAX;
    for (u32 i = 0; s && i < s->bookmarks; i++) {
        const struct bookmark *b = &s->bookmark[i];
        bool ahead = b->generation == scenario_generation(f->play.sc) && b->steps > now;
        if (ahead && b->steps - now < least)
            least = b->steps - now;
    }
    return least;
}

static bool is_here(const struct film *f, const struct bookmark *b)
{
    const struct lesson_stop *stop = scenario_stop(f->play.sc);
    bool waits = !b->stop || (stop && stop->number == b->stop);
    return waits && b->generation == scenario_generation(f->play.sc) &&
           b->steps == scenario_steps(f->play.sc);
}

static void shoot_bookmarks(struct film *f)
{
    const struct stops *s = f->stops;
    char marker[MARKER];
    for (u32 i = 0; s && i < s->bookmarks; i++) {
        const struct bookmark *b = &s->bookmark[i];
        if (!is_here(f, b) || f->shown >> i & 1)
            continue;
        text_harmless(b->name, strlen(b->name), marker, sizeof marker);
        shoot(f, RUN_PAUSED, marker, STOP_TIME);
        f->shown |= 1u << i;
    }
}

// ---- running

static u64 least(u64 a, u64 b)
{
    return a < b ? a : b;
}

// Goes on by a piece that ends where something is to be typed or shown.
static enum scenario_status advance(struct film *f)
{
    struct playback *p = &f->play;
    u64 steps = least(CHUNK_STEPS, until_bookmark(f)), now = scenario_steps(p->sc);
    if (f->options->recording && p->machine) // else the recording knows no machine of this run
        steps = least(steps, recording_give_input(f->options->recording));
    if (f->options->lived && p->wanted.kind == WANT_STEPS && p->wanted.steps > now)
        steps = least(steps, p->wanted.steps - now);
    p->going_back = f->options->lived; // where a world begins, the run stops: it may end there
    enum scenario_status status = playback_advance(p, steps);
    p->going_back = false;
    return status;
}

// Returns true if the person left the recorded run here. The recording tells after which event
// that was. Stops that the person went on from, and bookmarks, may come behind that event.
static bool is_left(const struct film *f)
{
    const struct lesson_stop *stop = scenario_stop(f->play.sc);
    u32 passed = scenario_stops(f->play.sc) - (stop ? 1 : 0);
    return recording_is_left(f->options->recording) && passed >= f->play.answer_count &&
           until_bookmark(f) == UINT64_MAX;
}

// Returns true if the film is at the moment where the person's run stands. A run that is over
// has no such moment: the film is over when its own run is.
static bool is_at_end(const struct film *f)
{
    const struct playback *lived = f->options->lived;
    if (f->options->recording)
        return is_left(f);
    if (!lived || playback_is_over(lived) || !playback_is_there(&f->play))
        return false;
    // After as many steps the last hart may still be about to wait for input.
    return scenario_state(lived->sc) != SCENARIO_WAITING ||
           scenario_state(f->play.sc) == SCENARIO_WAITING;
}

// A guest that waits for input has to get some, or the run does not go on.
static bool is_typed_to(const struct film *f)
{
    const struct recording *r = f->options->recording;
    return f->play.typed_next < f->play.typed_count || (r && recording_has_input(r));
}

static bool goes_on(const struct film *f, enum scenario_status status)
{
    return status == SCENARIO_RUNNING || status == SCENARIO_STOPPED ||
           (status == SCENARIO_WAITING && is_typed_to(f));
}

static enum run_state state_of_end(enum scenario_status status)
{
    static const u8 states[] = {
        [SCENARIO_RUNNING] = RUN_PAUSED, [SCENARIO_WAITING] = RUN_WAITING,
        [SCENARIO_STOPPED] = RUN_PAUSED, [SCENARIO_DONE] = RUN_DONE,
        [SCENARIO_FAILED] = RUN_FAILED,  [SCENARIO_LIMIT] = RUN_LIMIT,
    };
    return (enum run_state)states[status];
}

static void run(struct film *f)
{
    enum scenario_status status = SCENARIO_RUNNING;
    shoot(f, RUN_PAUSED, NULL, TRAP_TIME);
    while (goes_on(f, status) && !is_at_end(f)) {
        status = advance(f);
        shoot_bookmarks(f);
        if (status == SCENARIO_STOPPED) {
            shoot_stop(f);
            if (is_at_end(f))
                return;
            scenario_answer(f->play.sc, answer_of(f, scenario_stop(f->play.sc)));
        } else if (f->due) {
            shoot(f, RUN_PAUSED, NULL, TRAP_TIME);
        }
    }
    playback_edit_again(&f->play); // what was changed by hand at the very end
    f->state.choice = 0;
    shoot(f, state_of_end(status), "the end", STOP_TIME);
}

// ---- the film

// Where the film of a person's run ends.
static struct wanted_moment moment_of(const struct playback *lived)
{
    const struct lesson_stop *stop = scenario_stop(lived->sc);
    if (stop)
        return (struct wanted_moment){.kind = WANT_STOP, .stop = stop->number};
    return (struct wanted_moment){.kind = WANT_STEPS,
                                  .generation = scenario_generation(lived->sc),
                                  .steps = scenario_steps(lived->sc)};
}

// A copy of an array; NULL: no memory, or nothing to copy.
static void *copy_of(const void *array, size_t bytes)
{
    void *copy = bytes ? malloc(bytes) : NULL;
    return copy ? memcpy(copy, array, bytes) : NULL;
}

// Opens the scenario of a person's run once more, with all that was typed and answered there.
static bool open_lived(struct playback *p, const struct playback *lived, enum status *why,
                       char *error)
{
    if (!playback_open(p, lived->path, &lived->options, why, error, WORLD_ERROR))
        return false;
    struct lab *lab = lived->options.lab;
    bool opened = !lab || playback_take_lab(p, lab, error, WORLD_ERROR);
    p->typed = copy_of(lived->typed, lived->typed_count * sizeof *p->typed);
    p->typed_count = p->typed_room = p->typed ? lived->typed_count : 0;
    p->answers = copy_of(lived->answers, lived->answer_count * sizeof *p->answers);
    p->answer_count = p->answer_room = p->answers ? lived->answer_count : 0;
    p->wanted = moment_of(lived);
    bool same = !strcmp(scenario_source(p->sc), scenario_source(lived->sc));
    if (opened && !same)
        snprintf(error, WORLD_ERROR, "the scenario's file is no longer what it was");
    if (!opened || !same)
        playback_close(p);
    return opened && same;
}

static void close(struct film *f)
{
    if (f->opened)
        playback_close(&f->play);
    f->opened = false;
}

// What a recording keeps of what a person did besides typing: answers and bookmarks.
static void take_doings(struct film *f, const struct recording *r)
{
    u32 count, marks;
    const int *answers = recording_answers(r, &count);
    const struct recorded_mark *mark = recording_marks(r, &marks);
    f->play.answers = copy_of(answers, count * sizeof *answers);
    f->play.answer_count = f->play.answer_room = f->play.answers ? count : 0;
    f->recorded.bookmarks = 0;
    for (u32 i = 0; i < marks && i < BOOKMARKS_MAX; i++) {
        struct bookmark *b = &f->recorded.bookmark[f->recorded.bookmarks++];
        *b = (struct bookmark){
            .generation = mark[i].generation, .steps = mark[i].steps, .stop = mark[i].stop};
        snprintf(b->name, sizeof b->name, "%s", mark[i].name);
    }
    f->stops = &f->recorded;
}

// Opens the scenario for one showing. `every` as in struct film.
static bool open(struct film *f, u64 every, enum status *why, char *error)
{
    const struct film_options *o = f->options;
    struct scenario_options run = o->run;
    run.interactive = o->recording && recording_head(o->recording)->interactive;
    close(f);
    f->traps = f->shown = 0;
    f->every = every;
    f->due = false;
    memset(&f->heard, 0, sizeof f->heard);
    if (o->lived)
        f->opened = open_lived(&f->play, o->lived, why, error);
    else
        f->opened = playback_open(&f->play, f->path, &run, why, error, WORLD_ERROR);
    if (!f->opened)
        return false;
    f->stops = o->stops;
    if (o->recording) {
        playback_record(&f->play, o->recording);
        take_doings(f, o->recording);
    }
    f->play.stops_at = stops_at;
    f->play.stops_context = f;
    return true;
}

// Two showings: the first counts the traps, the second takes the frames.
static int show(struct film *f, char *error)
{
    enum status why = STATUS_INTERNAL;
    if (!open(f, 0, &why, error))
        return (int)why;
    run(f);
    if (!open(f, (f->traps + FILM_TRAPS - 1) / FILM_TRAPS + !f->traps, &why, error))
        return (int)why;
    run(f);
    error[0] = 0;
    if (scenario_state(f->play.sc) == SCENARIO_FAILED)
        snprintf(error, WORLD_ERROR, "%s", scenario_error(f->play.sc));
    return playback_is_over(&f->play) ? (int)scenario_exit_status(f->play.sc) : STATUS_DONE;
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
    f->path = path;
    f->options = options;
    f->sinks = sinks;
    f->count = count;
    if (cells_resize(&f->cells, options->rows, options->columns))
        status = show(f, error);
    close(f);
    cells_free(&f->cells);
    free(f);
    return status;
}
