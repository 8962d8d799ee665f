// What a viewer sees at each stop of seven lessons: golden screens of 24 lines and 80 columns,
// drawn from the lessons themselves as they run.
#include "tests/golden.h"
#include "tests/suite.h"
#include "ui/dashboard/input.h"

#include <stdio.h>
#include <stdlib.h>

#define STOPS_MOST 40

static struct dashboard *open_lesson(const char *name)
{
    struct dashboard *d = calloc(1, sizeof *d);
    char path[96], error[WORLD_ERROR];
    enum status why;
    snprintf(path, sizeof path, "scenarios/lessons/%s.lua", name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    CU_ASSERT_FATAL(
        drive_open(&d->drive, path, &(struct scenario_options){0}, &why, error, sizeof error));
    screen_state_reset(&d->state);
    drive_set_speed(&d->drive, drive_speed_fastest);
    d->wish.follow_hart = true;
    d->now.follow = true;
    d->now.chosen = 1;
    d->rows = 24;
    d->columns = 80;
    drive_go(&d->drive, GOAL_RUN);
    return d;
}

// Lets the lesson run to its next stop, or to its end, and draws what the viewer then sees. Returns
// whether there is a further stop.
static bool next_stop(struct dashboard *d)
{
    while (drive_slice(&d->drive, 1000) >= 0 && !scenario_stop(d->drive.play.sc))
        ;
    dashboard_gather(d);
    d->now.vcpu.source_file[0] = 0; // the lines of a VMM's own source move with every comment
    CU_ASSERT_FATAL(cells_resize(&d->cells, d->rows, d->columns));
    frame_draw(&d->cells, &d->now, &d->before, &d->state);
    return scenario_stop(d->drive.play.sc);
}

static void draw_at(struct dashboard *d, int rows, int columns)
{
    d->rows = rows;
    d->columns = columns;
    CU_ASSERT_FATAL(cells_resize(&d->cells, rows, columns));
    frame_draw(&d->cells, &d->now, &d->before, &d->state);
}

typedef void comparison(const struct cells *c, const char *name);

// Goes through a lesson as a viewer does who takes the first choice of each question.
static void lesson(const char *name, comparison *compare)
{
    struct dashboard *d = open_lesson(name);
    char golden[96];
    for (u32 stop = 1; stop < STOPS_MOST; stop++) {
        bool more = next_stop(d);
        snprintf(golden, sizeof golden, "%s-%u", name, stop);
        compare(&d->cells, golden);
        if (!more)
            break;
        dashboard_key(d, scenario_stop(d->drive.play.sc)->kind == LESSON_ASK ? KEY_OF_ENTER : 'c');
    }
    CU_ASSERT(playback_is_over(&d->drive.play));
    drive_close(&d->drive);
    cells_free(&d->cells);
    free(d);
}

static void test_one_trap(void)
{
    lesson("01-one-trap", golden_compare);
}

static void test_system_call(void)
{
    lesson("03-system-call", golden_compare);
}

static void test_shadow(void)
{
    lesson("06-shadow", golden_compare);
}

static void test_true_faults(void)
{
    lesson("07-true-faults", golden_compare);
}

static void test_nested(void)
{
    lesson("15-nested", golden_compare_but_places);
}

static void test_generations(void)
{
    lesson("19-generations", golden_compare_but_places);
}

static void test_turtles_assist(void)
{
    lesson("20-turtles-assist", golden_compare_but_places);
}

// The stop of lesson 18 after a walk of both stages.
#define TWO_STAGES_WALKED 8

// A guest in guest mode: what the panes show of the two stages, and of the two banks of CSRs.
static void test_guest_mode(void)
{
    struct dashboard *d = open_lesson("18-assist");
    while (next_stop(d) && scenario_stop(d->drive.play.sc)->number < TWO_STAGES_WALKED)
        dashboard_key(d, scenario_stop(d->drive.play.sc)->kind == LESSON_ASK ? KEY_OF_ENTER : 'c');
    CU_ASSERT(d->now.vcpu.seen.guest_mode);
    draw_at(d, 50, 160);
    golden_compare(&d->cells, "guest-mode-160x50");
    d->state.focus = PANE_PAGES;
    d->state.zoomed = true;
    draw_at(d, 24, 80);
    golden_compare(&d->cells, "guest-mode-pages-80x24");
    drive_close(&d->drive);
    cells_free(&d->cells);
    free(d);
}

const struct suite suite_lesson_screens = {
    "lesson_screens", (const struct test[]){
                          {"each stop of lesson 1, one trap", test_one_trap},
                          {"each stop of lesson 3, a system call", test_system_call},
                          {"each stop of lesson 6, the shadow table", test_shadow},
                          {"each stop of lesson 7, hidden and true faults", test_true_faults},
                          {"each stop of lesson 15, a VMM in a VMM", test_nested},
                          {"each stop of lesson 19, generations of assist", test_generations},
                          {"each stop of lesson 20, guest mode in guest mode", test_turtles_assist},
                          {"lesson 18, guest mode: both stages and both banks", test_guest_mode},
                          {0},
                      }};
