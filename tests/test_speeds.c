// The dashboard's driver, at every speed, over every scenario and lesson: what the machine tells is
// what `trapeze run --headless` tells, event by event. A headless run is recorded; the driver's run
// is compared with that recording.
#include "scenarios/script/lesson.h"
#include "tests/suite.h"
#include "ui/dashboard/drive.h"
#include "ui/terminal/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT 1000000 // steps of a scenario; the longer ones are cut there

// ---- the headless run

static bool headless(const char *path, const char *file)
{
    struct recording *r = recording_new(&(struct recording_head){.version = "1", .scenario = "s"});
    struct scenario_options options = {.limit = LIMIT, .recording = r};
    char error[RECORDING_ERROR];
    enum status why;
    struct scenario *sc = scenario_open(path, &options, &why, error, sizeof error);
    CU_ASSERT_FATAL(r && sc);
    while (scenario_advance(sc, UINT64_MAX) == SCENARIO_RUNNING)
        ;
    bool ran = scenario_state(sc) != SCENARIO_FAILED && scenario_world(sc);
    scenario_close(sc);
    CU_ASSERT(recording_save(r, file, error));
    recording_free(r);
    return ran;
}

// ---- the driver's run

// A person who passes the stops of the script.
static void pass_stop(struct drive *d)
{
    const struct lesson_stop *stop = scenario_stop(d->play.sc);
    if (stop)
        playback_answer(&d->play, stop->kind == LESSON_ASK ? 0 : -1);
}

// Some seconds at this speed. They are not waited for: the driver is told that they have passed.
static void some_seconds_at(struct drive *d, u32 speed)
{
    drive_set_speed(d, speed);
    for (int i = 0; i < 4; i++) {
        d->paced_from -= 400; // milliseconds
        pass_stop(d);
        drive_go(d, GOAL_RUN);
        d->paced_from -= 400;
        drive_slice(d, 1);
    }
}

static bool goes_on(const struct drive *d)
{
    return !playback_is_over(&d->play) && scenario_state(d->play.sc) != SCENARIO_WAITING;
}

static void to_the_end(struct drive *d)
{
    drive_set_speed(d, drive_speed_fastest);
    while (goes_on(d)) {
        pass_stop(d);
        drive_go(d, GOAL_RUN);
        drive_slice(d, 100);
    }
}

static void complain(const char *path, u32 speed, const struct recording_difference *d)
{
    printf("# %s, from speed %s on: world %u, event %llu\n", path, drive_speeds[speed].name,
           d->world, (unsigned long long)d->number);
}

// Begins at `first`, and becomes faster and faster, or stays there for the speeds of a lecture.
static void drive_from(const char *path, const char *file, u32 first, bool whole)
{
    struct drive d;
    char error[WORLD_ERROR];
    enum status why;
    struct recording *r = recording_load(file, error);
    struct scenario_options options = {.limit = LIMIT};
    CU_ASSERT_FATAL(r && drive_open(&d, path, &options, &why, error, sizeof error));
    playback_record(&d.play, r);
    for (u32 speed = first; drive_speeds[speed].name && goes_on(&d); speed++)
        some_seconds_at(&d, speed);
    if (whole)
        to_the_end(&d);
    bool over = playback_is_over(&d.play);
    drive_close(&d);
    struct recording_difference difference = recording_difference(r, over);
    if (difference.what != DIFFERS_NOWHERE)
        complain(path, first, &difference);
    CU_ASSERT_EQUAL(difference.what, DIFFERS_NOWHERE);
    CU_ASSERT(recording_events(r) > 0);
    recording_free(r);
}

// ---- the tests

static void with_recording(const char *path, void (*test)(const char *path, const char *file))
{
    char file[] = "/tmp/trapeze-speeds-XXXXXX";
    int fd = mkstemp(file);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    if (headless(path, file))
        test(path, file);
    unlink(file);
}

static void slow_to_fast(const char *path, const char *file)
{
    drive_from(path, file, 0, true);
}

static void every_scenario(void)
{
    struct scenario_entry *list;
    u32 count = scenario_list(&list);
    CU_ASSERT(count > 10);
    for (u32 i = 0; i < count; i++)
        with_recording(list[i].path, slow_to_fast);
    scenario_list_free(list, count);
}

static void from_each_speed(const char *path, const char *file)
{
    for (u32 speed = 0; drive_speeds[speed].name; speed++)
        drive_from(path, file, speed, false);
}

static void every_speed_from_the_start(void)
{
    static const char *const quick[] = {"01-one-trap", "first-trap", "bare-vs-vmm", "two-guests"};
    for (size_t i = 0; i < sizeof quick / sizeof *quick; i++) {
        char *path = scenario_find(quick[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(path);
        with_recording(path, from_each_speed);
        free(path);
    }
}

const struct suite suite_speeds = {
    "speeds",
    (const struct test[]){
        {"every scenario tells what it tells headless, from the slowest speed to the fastest",
         every_scenario},
        {"so it does from the start at every speed", every_speed_from_the_start},
        {0},
    },
};
