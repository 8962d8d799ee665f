// One history. Whoever watches a run, cuts it into slices, takes snapshots, goes back and comes
// again, or listens to its events, changes nothing: the same events follow each other, byte for
// byte. Each scenario and each lesson runs whole, which gives its history, and then in other ways,
// which must give the same one.
#include "scenarios/script/scenario.h"
#include "sim/state/hash.h"
#include "tests/suite.h"
#include "ui/dashboard/drive.h"
#include "ui/terminal/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT 3000000 // steps of a scenario; the longer ones are cut there
#define SLICE_MOST 1000000

// ---- listening: the hash over all events since the start, over all worlds

struct ear {
    u64 hash, events;
};

static void hear(void *context, const struct event *e)
{
    struct ear *ear = context;
    ear->hash = hash_bytes(ear->hash, e, sizeof *e);
    ear->events++;
}

static void on_built(void *context, struct world *w)
{
    machine_listen(w->machine, EVENT_ALL, hear, context);
}

// ---- slices of any size, from one step to a million, the short ones as frequent as the long ones

struct dice {
    u64 state;
};

static u64 roll(struct dice *d)
{
    d->state ^= d->state << 13;
    d->state ^= d->state >> 7;
    d->state ^= d->state << 17;
    return d->state;
}

static u64 slice_of(struct dice *d)
{
    u64 size = 1;
    for (u64 digits = roll(d) % 7; digits--;)
        size *= 10;
    return 1 + roll(d) % size;
}

// ---- ways to run

#define HELD 6      // moments of a run that are kept, to return to
#define RETURNS 12u // how often a run returns to one, so that it comes to its end

struct held {
    struct scenario_snapshot *snapshot;
    struct ear ear;
};

struct cut_run {
    struct scenario *sc;
    struct ear *ear;
    struct dice dice;
    struct held held[HELD];
    u32 returns;
};

static void hold(struct cut_run *r)
{
    struct held *h = &r->held[roll(&r->dice) % HELD];
    scenario_snapshot_free(h->snapshot);
    *h = (struct held){scenario_snapshot(r->sc), *r->ear};
}

// To an earlier moment or to a later one, of this world or of another one.
static void return_to_held(struct cut_run *r)
{
    const struct held *h = &r->held[roll(&r->dice) % HELD];
    if (!h->snapshot || r->returns == RETURNS)
        return;
    r->returns++;
    CU_ASSERT(scenario_restore(r->sc, h->snapshot));
    *r->ear = h->ear;
}

// Goes on by a slice. Now and then it keeps the moment, or returns to one that it has kept.
static enum scenario_status advance(struct cut_run *r)
{
    u64 slice = slice_of(&r->dice);
    if (roll(&r->dice) % 3 == 0)
        hold(r);
    enum scenario_status status = scenario_advance(r->sc, slice);
    if (roll(&r->dice) % 4 == 0 || status == SCENARIO_DONE)
        return_to_held(r);
    return scenario_state(r->sc);
}

static void free_held(struct cut_run *r)
{
    for (u32 i = 0; i < HELD; i++)
        scenario_snapshot_free(r->held[i].snapshot);
}

struct history {
    struct ear ear;
    u64 steps, state;
    u32 checks;
    enum scenario_status end;
};

static bool goes_on(struct scenario *sc)
{
    if (scenario_state(sc) == SCENARIO_STOPPED)
        scenario_answer(sc, 0);
    return scenario_state(sc) == SCENARIO_RUNNING;
}

// Seed 0: whole.
static struct history run(const char *path, u64 seed, enum engine_choice engine)
{
    struct history h = {.ear = {.hash = HASH_START}};
    struct scenario_options options = {
        .limit = LIMIT, .engine = engine, .follow = true, .context = &h.ear, .built = on_built};
    char error[WORLD_ERROR];
    enum status why;
    struct scenario *sc = scenario_open(path, &options, &why, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
    struct cut_run cut = {.sc = sc, .ear = &h.ear, .dice = {seed}};
    do
        h.end = seed ? advance(&cut) : scenario_advance(sc, UINT64_MAX);
    while (goes_on(sc));
    free_held(&cut);
    if (scenario_world(sc)) {
        h.steps = machine_steps(scenario_world(sc)->machine);
        h.state = machine_hash(scenario_world(sc)->machine);
    }
    const struct scenario_check *list;
    h.checks = scenario_checks(sc, &list);
    for (u32 i = 0; i < h.checks; i++)
        h.state = hash_bytes(h.state, list[i].message, strlen(list[i].message));
    scenario_close(sc);
    return h;
}

static void compare(const char *path, const struct history *a, const struct history *b)
{
    bool same = a->ear.hash == b->ear.hash && a->ear.events == b->ear.events &&
                a->steps == b->steps && a->state == b->state && a->checks == b->checks &&
                a->end == b->end;
    if (!same)
        printf("# %s: %llu events in %llu steps, cut into slices %llu events in %llu steps\n", path,
               (unsigned long long)a->ear.events, (unsigned long long)a->steps,
               (unsigned long long)b->ear.events, (unsigned long long)b->steps);
    CU_ASSERT_TRUE(same);
}

static void compare_ways(const char *path)
{
    const char *more = getenv("HISTORY"); // so many cuts of each run
    u64 cuts = more ? strtoull(more, NULL, 10) : 2;
    struct history whole = run(path, 0, ENGINE_JIT);
    CU_ASSERT(whole.ear.events > 0);
    for (u64 seed = 1; seed <= cuts; seed++) {
        struct history cut = run(path, seed, ENGINE_JIT);
        compare(path, &whole, &cut);
    }
}

// ---- the scenarios that come with trapeze

static void every_scenario_lives_one_life_however_it_is_cut(void)
{
    struct scenario_entry *list;
    u32 count = scenario_list(&list);
    CU_ASSERT(count > 10);
    for (u32 i = 0; i < count; i++)
        compare_ways(list[i].path);
    scenario_list_free(list, count);
}

// ---- what makes it hard: the wall clock, several guests, VCPUs and harts

static const char *const hard[] = {
    "guest { name = 'a', image = 'kite', append = 'selftest' }\n"
    "guest { name = 'b', image = 'kite', append = 'selftest' }\n",
    "guest { image = 'kite', append = 'selftest', vcpus = 2 }\n"
    "guest { image = 'kite', append = 'selftest', vcpus = 2, weight = 300 }\n",
    "local v = vmm { name = 'v' }\nguest { image = 'kite', append = 'selftest', inside = v }\n"
    "guest { image = 'kite', append = 'selftest' }\n",
};
static const char *const machines[] = {
    "machine { clock = 'wall' }\nvmm { quantum = 5000 }\n",
    "machine { clock = 'wall', harts = 2 }\nvmm { scheduler = 'weighted' }\n",
    "machine { harts = 2 }\nvmm { policy = 'drop-all' }\n",
};

static void write_script(char *path, const char *machine, const char *guests)
{
    int fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    FILE *f = fdopen(fd, "w");
    fprintf(f, "-- A test\n%s%srun {}\n", machine, guests);
    fclose(f);
}

static void compare_text(const char *machine, const char *guests)
{
    char path[] = "/tmp/trapeze-history-XXXXXX";
    write_script(path, machine, guests);
    compare_ways(path);
    unlink(path);
}

static void guests_that_compete_live_one_life_however_it_is_cut(void)
{
    for (size_t m = 0; m < sizeof machines / sizeof *machines; m++)
        for (size_t g = 0; g < sizeof hard / sizeof *hard; g++)
            compare_text(machines[m], hard[g]);
}

// ---- the dashboard's driver

// Where the driver had got to, the same whole run is cut, and what was heard must be the same.
static void compare_to_whole(const char *path, u64 steps, const struct ear *heard)
{
    struct ear ear = {.hash = HASH_START};
    struct scenario_options options = {.interactive = true};
    char error[WORLD_ERROR];
    enum status why;
    struct scenario *sc = scenario_open(path, &options, &why, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
    scenario_advance(sc, 1);
    machine_listen(scenario_world(sc)->machine, EVENT_ALL, hear, &ear);
    if (steps > 1)
        scenario_advance(sc, steps - 1);
    CU_ASSERT_EQUAL(machine_steps(scenario_world(sc)->machine), steps);
    CU_ASSERT_EQUAL(ear.events, heard->events);
    CU_ASSERT_EQUAL(ear.hash, heard->hash);
    scenario_close(sc);
}

static void drive_at(const char *path, u32 speed)
{
    struct drive d;
    struct ear ear = {.hash = HASH_START};
    char error[WORLD_ERROR];
    enum status why;
    CU_ASSERT_FATAL(drive_open(&d, path, &(struct scenario_options){0}, &why, error, sizeof error));
    drive_step(&d); // builds the world
    machine_listen(d.play.machine, EVENT_ALL, hear, &ear);
    drive_set_speed(&d, speed);
    drive_go(&d, GOAL_RUN);
    for (u64 end = host_milliseconds() + 40; host_milliseconds() < end;)
        drive_slice(&d, 3);
    u64 steps = machine_steps(d.play.machine);
    drive_close(&d);
    compare_to_whole(path, steps, &ear);
}

static void the_dashboard_shows_that_same_life_at_every_speed(void)
{
    char path[] = "/tmp/trapeze-history-XXXXXX";
    write_script(path, machines[0], hard[0]);
    for (u32 speed = 0; drive_speeds[speed].name; speed++)
        drive_at(path, speed);
    unlink(path);
}

// ---- back, and forward again

#define VISITS 24

struct visit {
    u32 generation;
    u64 steps, state, printed, exits;
};

static struct visit visit_of(struct playback *p)
{
    struct scenario *sc = p->sc;
    struct vm_path first = {{1}};
    return (struct visit){.generation = scenario_generation(sc),
                          .steps = scenario_steps(sc),
                          .state = machine_hash(p->machine),
                          .printed = scenario_console(sc, &first).hash,
                          .exits = scenario_counters(sc)->all.kind[EVENT_EXIT]};
}

static void expect(struct playback *p, const struct visit *want)
{
    struct visit now = visit_of(p);
    CU_ASSERT_EQUAL(now.steps, want->steps);
    CU_ASSERT_EQUAL(now.state, want->state);
    CU_ASSERT_EQUAL(now.printed, want->printed);
    CU_ASSERT_EQUAL(now.exits, want->exits);
}

static void go_to(struct drive *d, const struct visit *v)
{
    d->play.wanted = (struct wanted_moment){
        .kind = WANT_STEPS, .generation = v->generation, .steps = v->steps, .near = v->steps};
    CU_ASSERT_FATAL(playback_set_out(&d->play));
    while (playback_go_on(&d->play, 100000))
        ;
}

// Runs to the end, by slices of any size, and remembers what it was like in between.
static u32 run_and_remember(struct drive *d, struct dice *dice, struct visit *visits)
{
    u32 count = 0;
    while (!playback_is_over(&d->play)) {
        playback_advance(&d->play, slice_of(dice));
        if (!d->play.machine || count == VISITS || playback_is_over(&d->play))
            continue;
        if (roll(dice) % 2)
            playback_remember(&d->play);
        visits[count++] = visit_of(&d->play);
    }
    return count;
}

static void back_from_the_end_and_from_anywhere_is_the_same_moment(void)
{
    static const char *const runs =
        "guest { name = 'a', image = 'kite', append = 'selftest' }\n"
        "guest { name = 'b', image = 'kite', append = 'selftest' }\n"
        "run { steps = 400000 }\nlocal n = 0\n"
        "local why = run { event = 'reflect', count = 100 }\nassert(why == 'event')\n"
        "for i = 1, 5 do step(1000) end\nrun { steps = 700000 }\n";
    char path[] = "/tmp/trapeze-history-XXXXXX", error[WORLD_ERROR];
    enum status why;
    write_script(path, machines[0], runs);
    for (u64 seed = 1; seed <= 6; seed++) {
        struct drive d;
        struct dice dice = {seed};
        struct visit visits[VISITS];
        CU_ASSERT_FATAL(
            drive_open(&d, path, &(struct scenario_options){0}, &why, error, sizeof error));
        u32 count = run_and_remember(&d, &dice, visits);
        CU_ASSERT(count > 3);
        for (u32 i = count; i-- > 0;) { // the first time from the end, when the script is over
            go_to(&d, &visits[i]);
            expect(&d.play, &visits[i]);
            if (i && roll(&dice) % 4 == 0)
                i--;
        }
        for (u32 i = 0; i < count; i++) { // and forward again, which is the same future
            while (scenario_steps(d.play.sc) < visits[i].steps)
                playback_advance(&d.play, visits[i].steps - scenario_steps(d.play.sc));
            if (scenario_steps(d.play.sc) == visits[i].steps)
                expect(&d.play, &visits[i]);
        }
        drive_close(&d);
    }
    unlink(path);
}

// ---- recordings

static struct scenario *open_typing(const char *path, struct recording *recording)
{
    struct scenario_options options = {.interactive = true, .recording = recording};
    char error[WORLD_ERROR];
    enum status why;
    struct scenario *sc = scenario_open(path, &options, &why, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
    return sc;
}

// A person types, goes back, types something else, and goes on.
static u64 type_and_change_mind(const char *path, struct recording *recording)
{
    struct scenario *sc = open_typing(path, recording);
    scenario_advance(sc, 2000000);
    world_type(scenario_world(sc), 0, "echo", 4);
    scenario_advance(sc, 40000);
    struct scenario_snapshot *s = scenario_snapshot(sc);
    world_type(scenario_world(sc), 0, " one\n", 5);
    scenario_advance(sc, 1000000);
    CU_ASSERT(scenario_restore(sc, s));
    scenario_snapshot_free(s);
    scenario_advance(sc, 1234);
    world_type(scenario_world(sc), 0, " two\n", 5);
    scenario_advance(sc, 1000000);
    struct console c = scenario_console(sc, &scenario_world(sc)->guest[0].path);
    CU_ASSERT_PTR_NOT_NULL(strstr(c.text, "two"));
    CU_ASSERT_PTR_NULL(strstr(c.text, "one"));
    u64 hash = c.hash;
    scenario_close(sc);
    return hash;
}

static u64 replay(const char *path, struct recording *recording)
{
    struct scenario *sc = open_typing(path, recording);
    enum scenario_status status = SCENARIO_RUNNING;
    while (status == SCENARIO_RUNNING || status == SCENARIO_WAITING) {
        u64 steps = recording_give_input(recording);
        status = scenario_advance(sc, steps);
        if (status == SCENARIO_WAITING && !recording_has_input(recording))
            break;
    }
    CU_ASSERT_EQUAL(recording_difference(recording, false).what, DIFFERS_NOWHERE);
    u64 hash = scenario_console(sc, &scenario_world(sc)->guest[0].path).hash;
    scenario_close(sc);
    return hash;
}

static void what_was_typed_is_replayed_and_what_was_taken_back_is_not(void)
{
    char path[] = "/tmp/trapeze-history-XXXXXX", file[] = "/tmp/trapeze-recording-XXXXXX";
    char error[RECORDING_ERROR];
    struct recording_head head = {.version = "1", .scenario = "s", .interactive = true};
    write_script(path, "vmm {}\n", "guest { image = 'kite' }\n");
    close(mkstemp(file));
    struct recording *made = recording_new(&head);
    u64 typed = type_and_change_mind(path, made);
    CU_ASSERT(recording_save(made, file, error));
    recording_free(made);
    struct recording *loaded = recording_load(file, error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(loaded);
    CU_ASSERT_EQUAL(replay(path, loaded), typed);
    CU_ASSERT(recording_events(loaded) > 1000);
    recording_free(loaded);
    unlink(path);
    unlink(file);
}

const struct suite suite_history = {
    "history", (const struct test[]){{"every scenario lives one life, however it is cut",
                                      every_scenario_lives_one_life_however_it_is_cut},
                                     {"guests that compete live one life, however it is cut",
                                      guests_that_compete_live_one_life_however_it_is_cut},
                                     {"the dashboard shows that same life at every speed",
                                      the_dashboard_shows_that_same_life_at_every_speed},
                                     {"back from the end, and from anywhere, is the same moment",
                                      back_from_the_end_and_from_anywhere_is_the_same_moment},
                                     {"what was typed is replayed, and what was taken back is not",
                                      what_was_typed_is_replayed_and_what_was_taken_back_is_not},
                                     {0}}};
