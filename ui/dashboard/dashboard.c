// The loop of the dashboard: take keys, run for a moment, draw a frame. A key is answered within
// one frame, and drawing takes at most a tenth of the time. Read ui/dashboard/dashboard.h first.
// What the keys do is in ui/dashboard/input.c and actions.c.
// Read next: ui/dashboard/menu.c.
#include "ui/dashboard/dashboard.h"
#include "ui/dashboard/input.h"
#include "ui/dashboard/mouse.h"
#include "ui/dashboard/progress.h"
#include "ui/dashboard/work.h"
#include "ui/dashboard/remembered.h"
#include "ui/terminal/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAME 33      // milliseconds between two frames
#define SLICE 12      // milliseconds that the scenario runs before the next key is read
#define IDLE 1000     // milliseconds to wait for a key when nothing runs
#define DRAW_SHARE 10 // drawing takes at most this part of the time: a tenth

// To be called when the run is taken back and stands one step before the wanted moment. The
// changes of the last step must be marked.
static void on_one_before(void *context)
{
    struct dashboard *d = context;
    dashboard_gather(d);
    d->no_marks = false;
}

static void draw(struct dashboard *d, struct screen *screen)
{
    screen_size(screen, &d->rows, &d->columns);
    if (d->rows != d->cells.rows || d->columns != d->cells.columns)
        if (!cells_resize(&d->cells, d->rows, d->columns))
            return;
    if (d->theme != d->shown_theme)
        screen_set_theme(screen, d->theme);
    d->shown_theme = d->theme;
    d->drawn_theme = screen_theme(screen);
    frame_draw(&d->cells, &d->now, &d->before, &d->state);
    screen_show(screen, &d->cells);
}

static unsigned take_keys(struct dashboard *d, struct screen *screen, int wait)
{
    unsigned refresh = REFRESH_NOTHING;
    for (int key = screen_key(screen, wait); key != KEY_NONE; key = screen_key(screen, 0)) {
        int row, column;
        screen_mouse(screen, &row, &column);
        if (key == KEY_OF_CLICK)
            refresh |= dashboard_click(d, row, column);
        else if (key == KEY_OF_WHEEL_UP || key == KEY_OF_WHEEL_DOWN)
            refresh |= dashboard_wheel(d, row, column, key == KEY_OF_WHEEL_DOWN);
        else
            refresh |= dashboard_key(d, key);
        if (refresh & REFRESH_QUIT)
            break;
    }
    return refresh;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

// Returns true if the person wants the next lesson.
static bool loop(struct dashboard *d, struct screen *screen)
{
    unsigned refresh = REFRESH_MODEL;
    u64 drawn = 0, cost = 0; // the time of the last frame, and the milliseconds that it took
    int wait = 0;
    bool answer = false; // a key was pressed, and the next frame is due at once
    while (!(refresh & REFRESH_QUIT)) {
        u64 now = host_milliseconds();
        u64 pause = cost * DRAW_SHARE > FRAME ? cost * DRAW_SHARE : FRAME;
        bool paced = dashboard_has_work(d) && !answer;
        bool ready = screen_is_ready();
        if (refresh && ready && (!paced || now - drawn >= pause)) {
            if (refresh & REFRESH_ALL)
                screen_redraw(screen);
            if (refresh & REFRESH_MODEL)
                dashboard_gather(d);
            draw(d, screen);
            drawn = now;
            cost = host_milliseconds() - now;
            refresh = REFRESH_NOTHING;
        }
        unsigned answered = take_keys(d, screen, refresh ? least(wait, FRAME) : wait);
        refresh |= answered;
        answer = answered != REFRESH_NOTHING;
        if (!dashboard_has_work(d) || answer) {
            int until_ready = ready ? 0 : FRAME;
            wait = refresh ? until_ready : IDLE;
            continue;
        }
        wait = least(dashboard_work(d, SLICE), FRAME);
        refresh |= REFRESH_MODEL;
    }
    return refresh & REFRESH_NEXT;
}

// Returns the exit status of the program, if the person leaves the dashboard now.
static int status_of(struct dashboard *d)
{
    struct scenario *sc = d->drive.play.sc;
    if (scenario_state(sc) == SCENARIO_FAILED)
        fprintf(stderr, "trapeze: %s\n", scenario_error(sc));
    return playback_is_over(&d->drive.play) ? (int)scenario_exit_status(sc) : STATUS_DONE;
}

static void arrange(struct dashboard *d)
{
    switch (remembered_read(d)) {
    case REMEMBERED_DAMAGED:
        dashboard_say(d, "the remembered layout is damaged, so it is ignored; q writes it anew");
        break;
    case REMEMBERED_NOTHING:
        d->state.first_run = true;
        break;
    case REMEMBERED_LAYOUT:
        break;
    }
}

static void prepare(struct dashboard *d, const struct dashboard_options *options)
{
    screen_state_reset(&d->state);
    d->drive.one_before = on_one_before;
    d->drive.context = d;
    d->theme = d->shown_theme = options->theme;
    d->film = options->film;
    d->wish.follow_hart = true;
    d->now.follow = true;
    d->now.chosen = 1;
    arrange(d);
    if (options->message)
        snprintf(d->state.message, sizeof d->state.message, "%s", options->message);
    if (options->lab)
        drive_set_speed(&d->drive, drive_speed_fastest);
    if (options->moment)
        drive_to_steps(&d->drive, options->moment);
    else if (!options->paused)
        drive_go(&d->drive, GOAL_RUN);
}

// Shows one scenario. If the person asks for the lesson after it, *next is its number.
static int run_one(const char *path, const struct dashboard_options *options, u32 *next)
{
    char error[WORLD_ERROR];
    enum status why = STATUS_INTERNAL;
    struct dashboard *d = calloc(1, sizeof *d);
    struct scenario_options run = {.script = options->script,
                                   .seed = options->seed,
                                   .limit = options->limit,
                                   .engine = options->engine,
                                   .costs = options->costs};
    *next = 0;
    if (!d || !drive_open(&d->drive, path, &run, &why, error, sizeof error)) {
        fprintf(stderr, "trapeze: %s\n", d ? error : "out of memory");
        free(d);
        return (int)why;
    }
    if (options->lab && !playback_take_lab(&d->drive.play, options->lab, error, sizeof error)) {
        fprintf(stderr, "trapeze: %s\n", error);
        drive_close(&d->drive);
        free(d);
        return STATUS_INPUT;
    }
    int status = STATUS_USAGE;
    struct screen *screen = screen_open(options->colour, options->theme, options->ascii);
    if (screen) {
        prepare(d, options);
        if (options->recording)
            playback_record(&d->drive.play, options->recording);
        if (loop(d, screen) && d->now.lesson)
            *next = d->now.lesson->number + 1;
        remembered_write(d);
        screen_close(screen);
        status = status_of(d);
    } else {
        fputs("trapeze: this terminal cannot be used for the dashboard; run the same without it\n",
              stderr);
    }
    bool done = scenario_state(d->drive.play.sc) == SCENARIO_DONE;
    if (screen && done && d->now.lesson)
        progress_add(path);
    dashboard_close(d);
    free(d);
    return status;
}

int dashboard_run(const char *path, const struct dashboard_options *options)
{
    u32 next;
    int status = run_one(path, options, &next);
    while (next) {
        char number[16];
        snprintf(number, sizeof number, "%u", next);
        char *lesson = scenario_find(number);
        if (!lesson)
            break; // that was the last one
        status = run_one(lesson, options, &next);
        free(lesson);
    }
    return status;
}
