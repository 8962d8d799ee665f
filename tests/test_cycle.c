// Going to a cycle: the run comes to the last moment at which the machine's time is not later. What
// the moments are is found out one step at a time first.
#include "tests/driving.h"
#include "tests/suite.h"

#define MOST 3000

static const char waiting_kernel[] = ".globl _start\n"
                                     "_start: rdtime t0\n"
                                     "        li t1, 5000\n"
                                     "        add t0, t0, t1\n"
                                     "        csrw stimecmp, t0\n"
                                     "        csrw stimecmph, zero\n"
                                     "        li t0, 32\n"
                                     "        csrw sie, t0\n"
                                     "        wfi\n"
                                     "        j _start\n";

// The cycles of the machine after each step of its run, from the first moment on.
struct readings {
    u32 count;
    u64 cycles[MOST];
};

static void take_readings(struct bench *b, struct readings *c)
{
    u32 generation = scenario_generation(b->drive.play.sc);
    for (c->count = 0; c->count < MOST; drive_step(&b->drive)) {
        struct playback *p = &b->drive.play;
        if (scenario_generation(p->sc) != generation)
            return;
        u64 steps = machine_steps(p->machine);
        CU_ASSERT_FATAL(steps < MOST);
        c->cycles[steps] = machine_cycles(p->machine);
        c->count = (u32)steps + 1;
        if (playback_is_over(p))
            return;
    }
}

// The number of steps after which the time is not later than this cycle for the last time.
static u64 expected(const struct readings *c, u64 cycle)
{
    u64 steps = 0;
    for (u32 i = 0; i < c->count; i++)
        if (c->cycles[i] <= cycle)
            steps = i;
    return steps;
}

static void arrive(struct bench *b)
{
    while (b->drive.goal == GOAL_BACK)
        drive_slice(&b->drive, 50);
}

static void go(struct bench *b, const struct readings *c, u64 cycle)
{
    const struct wanted_moment *wanted = &b->drive.play.wanted;
    CU_ASSERT_PTR_NULL(drive_to_cycle(&b->drive, cycle));
    arrive(b);
    CU_ASSERT_EQUAL(steps_of(b), expected(c, cycle));
    CU_ASSERT_EQUAL(machine_cycles(b->drive.play.machine), c->cycles[expected(c, cycle)]);
    CU_ASSERT(wanted->by_cycle && !wanted->unmet);
}

// Goes to the cycle of some moments, to the cycles beside it, and between moments, to and fro.
static void visit(const char *script, const char *kernel)
{
    struct bench *b = bench_new_with(script, kernel, 0);
    static struct readings c;
    CU_ASSERT_PTR_NULL(drive_back(&b->drive));
    take_readings(b, &c);
    u64 last = c.cycles[c.count - 2]; // a later moment may be the end of the run
    CU_ASSERT_FATAL(c.count > 500 && last > c.count);
    u32 seed = 1, forward = 0;
    for (int i = 0; i < 60; i++) {
        seed = seed * 1664525 + 1013904223;
        u64 cycle = i % 3 ? (seed >> 8) % last : c.cycles[(seed >> 8) % (c.count - 2)];
        forward += cycle > machine_cycles(b->drive.play.machine);
        go(b, &c, cycle);
        go(b, &c, cycle); // from there it is where the run stands
    }
    go(b, &c, 0);
    go(b, &c, last - 1);
    CU_ASSERT(forward > 10 && forward < 50);
    bench_free(b);
}

static void a_cycle_is_found_among_the_exits_of_two_guests(void)
{
    visit("machine {}\nvmm { quantum = 100 }\nguest { image = \"k.s\", ram = \"8M\" }\n"
          "guest { image = \"k.s\", ram = \"8M\" }\nrun { steps = 2500 }\n",
          driving_kernel);
}

static void a_cycle_is_found_on_the_bare_machine(void)
{
    visit("machine {}\nguest { image = \"k.s\", ram = \"8M\" }\nrun { steps = 2500 }\n",
          driving_kernel);
}

static void a_cycle_is_found_where_several_harts_wait(void)
{
    visit("machine { harts = 2 }\nvmm {}\nguest { image = \"k.s\", ram = \"8M\" }\n"
          "guest { image = \"k.s\", ram = \"8M\" }\nrun { steps = 2500 }\n",
          waiting_kernel);
}

// From far away it is found by halves, with other snapshots, and is the same moment.
static void a_cycle_is_found_from_far_away(void)
{
    struct bench *b = bench_new("machine {}\nvmm { quantum = 100 }\nguest { image = \"k.s\", "
                                "ram = \"8M\" }\nrun { steps = 1000000 }\n",
                                0);
    struct drive *d = &b->drive;
    CU_ASSERT_PTR_NULL(drive_to_steps(d, 654321));
    arrive(b);
    u64 cycle = machine_cycles(d->play.machine);
    drive_step(d);
    u64 next = machine_cycles(d->play.machine);
    const u64 from[] = {1, 900000};
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_PTR_NULL(drive_to_steps(d, from[i]));
        arrive(b);
        CU_ASSERT_PTR_NULL(drive_to_cycle(d, next - 1));
        arrive(b);
        CU_ASSERT_EQUAL(machine_cycles(d->play.machine), cycle);
        CU_ASSERT(steps_of(b) >= 654321);
    }
    bench_free(b);
}

static void a_cycle_belongs_to_the_machine_that_is_shown(void)
{
    struct bench *b = bench_new("machine {}\nguest { image = \"k.s\", ram = \"8M\" }\n"
                                "run { steps = 300 }\nmachine {}\nvmm {}\n"
                                "guest { image = \"k.s\", ram = \"8M\" }\nrun { steps = 900 }\n",
                                0);
    struct drive *d = &b->drive;
    const struct wanted_moment *wanted = &d->play.wanted;
    CU_ASSERT_PTR_NULL(drive_to_cycle(d, UINT64_MAX)); // the first machine ends before
    arrive(b);
    CU_ASSERT_EQUAL(scenario_generation(d->play.sc), 0);
    CU_ASSERT(wanted->unmet && steps_of(b) >= 299);
    CU_ASSERT_PTR_NULL(drive_to_steps(d, 700));
    arrive(b);
    CU_ASSERT_EQUAL(scenario_generation(d->play.sc), 1);
    CU_ASSERT_PTR_NULL(drive_to_cycle(d, 0));
    arrive(b);
    CU_ASSERT_EQUAL(scenario_generation(d->play.sc), 1);
    CU_ASSERT(!wanted->unmet && machine_cycles(d->play.machine) == 0 && steps_of(b) == 0);
    CU_ASSERT_PTR_NULL(drive_to_cycle(d, 1000000000)); // and the run ends before
    arrive(b);
    CU_ASSERT(wanted->unmet && playback_is_over(&d->play) && steps_of(b) == 900);
    bench_free(b);
}

const struct suite suite_cycle = {
    "cycle",
    (const struct test[]){
        {"a cycle is found among the exits of two guests",
         a_cycle_is_found_among_the_exits_of_two_guests},
        {"a cycle is found on the bare machine", a_cycle_is_found_on_the_bare_machine},
        {"a cycle is found where several harts wait", a_cycle_is_found_where_several_harts_wait},
        {"a cycle is found from far away", a_cycle_is_found_from_far_away},
        {"a cycle belongs to the machine that is shown",
         a_cycle_belongs_to_the_machine_that_is_shown},
        {0},
    },
};
