// Forward n, back n: the same moment, and the same screen. A random walk through a run goes on,
// back and forth over traps, stops, worlds, nested levels, what a person typed and what a person
// changed by hand. Wherever it comes to a moment for a second time, the machine and all that the
// dashboard shows must be what they were.
#include "tests/driving.h"
#include "tests/suite.h"
#include "isa/isa.h"
#include "sim/state/hash.h"
#include "ui/dashboard/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VISITS 64

struct visit {
    u32 generation;
    u64 steps, machine, screen;
};

struct walk {
    struct dashboard *d;
    u64 dice;
    struct visit visit[VISITS];
    u32 count;
    u32 again; // how often a moment was come to for a second time
    u32 worlds, forks, hits;
    u32 in_guest_mode; // how many of the moments found the hart there
};

static u64 roll(struct walk *w, u64 below)
{
    w->dice ^= w->dice << 13;
    w->dice ^= w->dice >> 7;
    w->dice ^= w->dice << 17;
    return w->dice % below;
}

// From one step to a million, the short ways as frequent as the long ones.
static u64 roll_steps(struct walk *w)
{
    u64 most = 1;
    for (u64 digits = roll(w, 7); digits--;)
        most *= 10;
    return 1 + roll(w, most);
}

// ---- the screen

static u64 hash_screen(struct dashboard *d)
{
    d->state.message[0] = 0;
    d->wish = (struct model_wish){.follow_hart = true};
    d->now.follow = true;
    d->now.chosen = 1;
    dashboard_gather(d);
    frame_draw(&d->cells, &d->now, &d->now, &d->state); // nothing is marked as changed
    u64 hash = HASH_START;
    for (int i = 0; i < d->cells.rows * d->cells.columns; i++) {
        const struct cell *c = &d->cells.at[i];
        u32 seen[] = {c->glyph, c->role, c->attributes};
        hash = hash_words(hash, seen, sizeof seen);
    }
    return hash;
}

static struct visit visit_now(struct dashboard *d)
{
    struct playback *p = &d->drive.play;
    return (struct visit){.generation = scenario_generation(p->sc),
                          .steps = scenario_steps(p->sc),
                          .machine = machine_hash(p->machine),
                          .screen = hash_screen(d)};
}

// ---- visits

static bool is_before(const struct visit *v, u32 generation, u64 steps)
{
    return v->generation < generation || (v->generation == generation && v->steps < steps);
}

// Another future begins here.
static void forget_future(struct walk *w)
{
    struct scenario *sc = w->d->drive.play.sc;
    u32 kept = 0;
    for (u32 i = 0; i < w->count; i++)
        if (is_before(&w->visit[i], scenario_generation(sc), scenario_steps(sc)))
            w->visit[kept++] = w->visit[i];
    w->count = kept;
}

// The walk has come to a moment. Has it been there before?
static void arrive(struct walk *w)
{
    struct playback *p = &w->d->drive.play;
    if (!p->machine || !scenario_has_run(p->sc) || scenario_state(p->sc) != SCENARIO_RUNNING)
        return;
    struct visit now = visit_now(w->d);
    w->worlds |= 1u << now.generation;
    w->in_guest_mode += machine_hart(p->machine, 0)->virt;
    for (u32 i = 0; i < w->count; i++) {
        const struct visit *v = &w->visit[i];
        if (v->generation != now.generation || v->steps != now.steps)
            continue;
        w->again++;
        CU_ASSERT_EQUAL(v->machine, now.machine);
        CU_ASSERT_EQUAL(v->screen, now.screen);
        return;
    }
    if (w->count == VISITS)
        w->visit[roll(w, VISITS)] = now;
    else
        w->visit[w->count++] = now;
}

// ---- moves

static void finish_way(struct walk *w)
{
    while (w->d->drive.goal != GOAL_NONE)
        drive_slice(&w->d->drive, 50);
    arrive(w);
}

static void go_on(struct walk *w)
{
    struct playback *p = &w->d->drive.play;
    if (roll(w, 3) == 0)
        playback_remember(p);
    if (scenario_state(p->sc) == SCENARIO_STOPPED)
        playback_answer(p, -1);
    p->stops_at = NULL;
    playback_advance(p, roll_steps(w));
    arrive(w);
}

static void step_back(struct walk *w)
{
    for (u64 n = 1 + roll(w, 3); n--;)
        if (!drive_back(&w->d->drive))
            finish_way(w);
}

static void next_trap(struct walk *w)
{
    drive_go(&w->d->drive, GOAL_TRAP);
    finish_way(w);
}

// To the next hit of a breakpoint, which may come where harts or VCPUs have just changed.
static void run_to_breakpoint(struct walk *w)
{
    struct drive *d = &w->d->drive;
    struct breakpoint b = {.kind = BREAK_CSR, .csr = CSR_sepc};
    b.path.id[0] = (u16)(1 + roll(w, 2));
    if (!d->play.machine || !machine_has_monitor(d->play.machine) || playback_is_over(&d->play))
        return;
    CU_ASSERT_FATAL(stops_add_breakpoint(&d->stops, &b));
    drive_look_out(d);
    drive_go(d, GOAL_RUN);
    while (d->goal != GOAL_NONE)
        drive_slice(d, 50);
    w->hits += d->hit >= 0;
    stops_free(&d->stops);
    drive_look_out(d);
    arrive(w); // the screen shows no breakpoint any more
}

static void trap_back(struct walk *w)
{
    if (!drive_back_to_trap(&w->d->drive))
        finish_way(w);
}

static void go_to_visit(struct walk *w)
{
    if (!w->count)
        return;
    const struct visit *v = &w->visit[roll(w, w->count)];
    struct bookmark b = {.generation = v->generation, .steps = v->steps};
    CU_ASSERT_PTR_NULL(drive_to_bookmark(&w->d->drive, &b));
    finish_way(w);
}

static void type(struct walk *w)
{
    struct playback *p = &w->d->drive.play;
    if (!p->machine || roll(w, 3) || playback_is_over(p))
        return;
    forget_future(w);
    playback_type(p, 0, "ls\n", 3);
}

static void change_by_hand(struct walk *w)
{
    struct playback *p = &w->d->drive.play;
    struct edit e = {.kind = EDIT_CSR, .path = {{1}}, .number = CSR_sscratch, .value = 5};
    const char *why;
    if (roll(w, 3) || playback_is_over(p) || !playback_edit(p, &e, &why))
        return;
    w->forks++;
    forget_future(w);
}

static void take_a_walk(const char *script, u64 seed, u32 moves, struct walk *w)
{
    static void (*const all[])(struct walk *) = {
        go_on, go_on,       go_on,     go_on,          step_back, go_to_visit,
        type,  go_to_visit, trap_back, change_by_hand, next_trap, run_to_breakpoint};
    struct bench *b = bench_open(script, driving_kernel, 0);
    struct dashboard *d = calloc(1, sizeof *d);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    drive_close(&b->drive); // its place in the dashboard is another one
    char error[WORLD_ERROR];
    enum status why;
    CU_ASSERT_FATAL(
        drive_open(&d->drive, b->script, &(struct scenario_options){0}, &why, error, sizeof error));
    drive_set_speed(&d->drive, drive_speed_fastest);
    screen_state_reset(&d->state);
    CU_ASSERT_FATAL(cells_resize(&d->cells, 50, 160));
    w->d = d;
    w->dice = 0x9e3779b97f4a7c15u * seed;
    for (u32 i = 0; i < moves; i++)
        all[roll(w, sizeof all / sizeof *all)](w);
    for (u32 i = 0; i < 10; i++)
        go_to_visit(w);
    if (scenario_state(d->drive.play.sc) == SCENARIO_FAILED)
        printf("# %s\n", scenario_error(d->drive.play.sc));
    cells_free(&d->cells);
    drive_close(&d->drive);
    free(d);
    unlink(b->script);
    unlink(b->image);
    rmdir(b->folder);
    free(b);
}

// ---- where the walks are

static const char worlds[] =
    "-- Two worlds, a nested one, and functions that hear what happens\n"
    "local n = 0\nlocal function count(e) n = n + 1 if n % 40 == 0 then print(n, e.pc) end end\n"
    "machine {}\nvmm {}\nlocal v = vmm { name = 'v' }\n"
    "guest { image = 'kite', append = 'selftest', inside = v }\n"
    "on('exit', count)\nrun { steps = 60000 }\nprint(#events { event = 'reflect' })\n"
    "mark 'the second world'\nmachine { clock = 'wall', harts = 2 }\nvmm { quantum = 5000 }\n"
    "local a = guest { name = 'a', image = 'kite' }\nguest { name = 'b', image = 'kite' }\n"
    "on('emulate', count)\n"
    "for i = 1, 30 do run { steps = 500 } print(n, a:console()) end\n"
    "run { when = function() print(n) return n > 4000 end, every = 777, steps = 60000 }\n"
    "check('it ran', n > 0)\nmark 'the third world'\n"
    "machine {}\nguest { image = 'k.s', ram = '8M' }\non('trap', count)\nrun { steps = 2000000 }\n";

// The hart runs guests in its guest mode, and a VMM in guest mode runs one of its own so.
static const char guest_mode[] =
    "-- Guest mode\n"
    "machine { profile = 'h' }\nvmm { technique = 'assist' }\n"
    "guest { image = 'kite', append = 'selftest' }\nrun { steps = 200000 }\n"
    "machine { profile = 'h' }\nvmm { technique = 'assist' }\n"
    "local v = vmm { name = 'v', technique = 'assist' }\n"
    "guest { image = 'kite', append = 'selftest', inside = v }\nrun { steps = 400000 }\n"
    "mark 'the third world'\n"
    "machine { profile = 'h' }\nvmm { technique = 'trap' }\n"
    "local v = vmm { name = 'v', technique = 'assist' }\n"
    "guest { image = 'kite', append = 'selftest', inside = v }\nrun { steps = 2000000 }\n";

// TRAVEL=100 takes a hundred walks.
static struct walk take_walks(const char *script, u64 usual)
{
    const char *more = getenv("TRAVEL");
    u64 walks = more ? strtoull(more, NULL, 10) : usual;
    struct walk all = {0};
    for (u64 seed = 1; seed <= walks; seed++) {
        struct walk *w = calloc(1, sizeof *w);
        CU_ASSERT_PTR_NOT_NULL_FATAL(w);
        take_a_walk(script, seed, 150, w);
        all.worlds |= w->worlds;
        all.forks += w->forks;
        all.hits += w->hits;
        all.again += w->again;
        all.in_guest_mode += w->in_guest_mode;
        free(w);
    }
    CU_ASSERT(all.again > 20 * walks);
    return all;
}

static void over_worlds(void)
{
    struct walk all = take_walks(worlds, 4);
    CU_ASSERT_EQUAL(all.worlds, 7);
    CU_ASSERT(all.forks > 0);
    CU_ASSERT(all.hits > 0);
}

static void in_guest_mode(void)
{
    struct walk all = take_walks(guest_mode, 3);
    CU_ASSERT_EQUAL(all.worlds, 7);
    CU_ASSERT(all.forks > 0);
    CU_ASSERT(all.in_guest_mode > 20);
}

const struct suite suite_travel = {
    "travel", (const struct test[]){{"a moment that is come to again is the same, and so is its "
                                     "screen",
                                     over_worlds},
                                    {"the same where guests run in guest mode, at two depths, and "
                                     "where the VMM emulates it",
                                     in_guest_mode},
                                    {0}}};
