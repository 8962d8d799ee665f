// Driving a scenario as the dashboard does: forward, to traps, over them and back again, with a
// real machine.
#include "tests/driving.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Everything that can be seen of two drives at the same step is the same.
static void check_same(struct bench *a, struct bench *b)
{
    CU_ASSERT_EQUAL_FATAL(steps_of(a), steps_of(b));
    CU_ASSERT_EQUAL(machine_compare(a->drive.play.machine, b->drive.play.machine, stdout, 3), 0);
    CU_ASSERT_EQUAL_FATAL(a->drive.play.log->traps, b->drive.play.log->traps);
    CU_ASSERT_EQUAL(
        memcmp(a->drive.play.log->count, b->drive.play.log->count, sizeof a->drive.play.log->count),
        0);
    for (u64 n = 1; n <= a->drive.play.log->traps; n++)
        CU_ASSERT_EQUAL_FATAL(memcmp(traplog_row(a->drive.play.log, n),
                                     traplog_row(b->drive.play.log, n), sizeof(struct trap_row)),
                              0);
}

static void back_and_forth(const char *script)
{
    struct bench *a = bench_new(script, 0), *b = bench_new(script, 0);
    for (int i = 0; i < 300; i++)
        drive_step(&a->drive);
    for (int i = 0; i < 120; i++)
        go_back(a, drive_back);
    for (int i = 0; i < 180; i++)
        drive_step(&b->drive);
    check_same(a, b);
    for (int i = 0; i < 500; i++) {
        drive_step(&a->drive);
        drive_step(&b->drive);
    }
    check_same(a, b);
    bench_free(a);
    bench_free(b);
}

static void test_back_vmm(void)
{
    back_and_forth(driving_vmm);
}

static void test_back_bare(void)
{
    back_and_forth(driving_bare);
}

static void test_next_trap(void)
{
    struct bench *b = bench_new(driving_vmm, 0);
    drive_step(&b->drive);
    for (int i = 0; i < 50; i++) {
        u64 traps = b->drive.play.log->traps, before = steps_of(b);
        run_until_goal(&b->drive, GOAL_TRAP);
        const struct trap_row *row = traplog_row(b->drive.play.log, b->drive.play.log->traps);
        CU_ASSERT_FATAL(b->drive.play.log->traps > traps && row);
        CU_ASSERT(row->steps + 1 >= steps_of(b)); // right behind it
        CU_ASSERT(steps_of(b) > before);
    }
    bench_free(b);
}

// The script of this scenario stops at every exit, too. It must not run past a stop of ours.
static void test_first_trap(void)
{
    static const char script[] =
        "-- A test\nmachine {}\nvmm {}\nguest { image = \"k.s\", ram = \"8M\" }\n"
        "for i = 1, 20 do run { event = \"exit\" } end\n";
    struct bench *b = bench_open(script, driving_kernel, 0);
    for (u64 trap = 1; trap <= 10; trap++) {
        run_until_goal(&b->drive, GOAL_TRAP);
        CU_ASSERT_EQUAL_FATAL(b->drive.play.log->traps, trap);
    }
    bench_free(b);
}

static void test_last_trap(void)
{
    struct bench *b = bench_new(driving_vmm, 0);
    u64 stops[40], traps[40];
    drive_step(&b->drive);
    for (int i = 0; i < 40; i++) {
        run_until_goal(&b->drive, GOAL_TRAP);
        stops[i] = steps_of(b);
        traps[i] = b->drive.play.log->traps;
    }
    for (int i = 39; i >= 20; i--) {
        if (stops[i] == stops[i - 1])
            continue; // a switch, which takes no step
        go_back(b, drive_back_to_trap);
        CU_ASSERT_EQUAL_FATAL(steps_of(b), stops[i] - 1);
        CU_ASSERT_FATAL(b->drive.play.log->traps < traps[i]);
        // The next trap is the one that was taken back.
        run_until_goal(&b->drive, GOAL_TRAP);
        CU_ASSERT_EQUAL_FATAL(steps_of(b), stops[i]);
        go_back(b, drive_back_to_trap);
    }
    bench_free(b);
}

// From an ecall in user mode, over the kernel's handler, to the instruction behind it: though the
// other guest runs meanwhile.
static void over(const char *script, const struct vm_path *path)
{
    struct bench *b = bench_new(script, 0);
    struct observed_vcpu v;
    u32 word = 0;
    for (int i = 0; i < 5000 && word != 0x73; i++) {
        drive_step(&b->drive);
        word = 0;
        if (observe_vcpu(b->drive.play.machine, path, 0, &v) && v.on_hart && v.state.mode == MODE_U)
            observe_read_virtual(b->drive.play.machine, path, 0, v.state.pc, &word, 4);
    }
    CU_ASSERT_EQUAL_FATAL(word, 0x73);
    u32 pc = v.state.pc, count = v.state.x[8];
    run_until_goal(&b->drive, GOAL_OVER);
    CU_ASSERT_FATAL(observe_vcpu(b->drive.play.machine, path, 0, &v));
    CU_ASSERT_EQUAL(v.state.pc, pc + 4);
    CU_ASSERT_EQUAL(v.state.mode, MODE_U);
    CU_ASSERT_EQUAL(v.state.x[8], count);
    bench_free(b);
}

static void test_over_vmm(void)
{
    over(driving_vmm, &(struct vm_path){{1}});
}

static void test_over_bare(void)
{
    over(driving_bare, &(struct vm_path){{0}});
}

static void test_end(void)
{
    struct bench *b = bench_new(driving_bare, 0);
    run_until_goal(&b->drive, GOAL_RUN);
    CU_ASSERT_EQUAL(scenario_state(b->drive.play.sc), SCENARIO_DONE);
    CU_ASSERT_STRING_EQUAL(b->drive.play.printed, "done");
    CU_ASSERT_EQUAL(steps_of(b), 100000);
    drive_step(&b->drive); // no more, and no harm
    run_until_goal(&b->drive, GOAL_TRAP);
    CU_ASSERT_EQUAL(steps_of(b), 100000);
    go_back(b, drive_back);
    CU_ASSERT_EQUAL(steps_of(b), 99999);
    CU_ASSERT_STRING_EQUAL(b->drive.play.printed, ""); // not printed yet
    CU_ASSERT_EQUAL(scenario_state(b->drive.play.sc), SCENARIO_RUNNING);
    write_file(b->script, "-- edited meanwhile");
    drive_step(&b->drive);
    drive_step(&b->drive);
    CU_ASSERT_EQUAL(scenario_state(b->drive.play.sc), SCENARIO_DONE);
    go_back(b, drive_back); // the run is in memory, whatever becomes of the file
    CU_ASSERT_EQUAL(steps_of(b), 99999);
    bench_free(b);
}

// The script goes back with its machine, over many run{} and into the world before.
static void test_back_over_script(void)
{
    static const char script[] = "-- A test\nmachine {}\nguest { image = \"k.s\", ram = \"8M\" "
                                 "}\nfor i = 1, 1000 do run { steps = 50 } end\n"
                                 "machine {}\nguest { image = \"k.s\", ram = \"8M\" }\nfor i = 1, "
                                 "1000 do run { steps = 50 } end\n";
    back_and_forth(script);
    struct bench *b = bench_new(script, 0);
    u32 first = scenario_generation(b->drive.play.sc);
    while (scenario_generation(b->drive.play.sc) == first || steps_of(b) < 170)
        drive_step(&b->drive); // into the second world
    for (int i = 0; i < 3; i++)
        go_back(b, drive_back);
    CU_ASSERT_EQUAL(scenario_generation(b->drive.play.sc), first + 1);
    CU_ASSERT_EQUAL(steps_of(b), 167);
    bench_free(b);
}

// Back through two worlds, step by step and trap by trap, and forward again.
static void test_back_over_worlds(void)
{
    static const char script[] =
        "-- A test\nmachine {}\nvmm {}\nguest { image = \"k.s\", ram = \"8M\" }\nrun { steps = 40 "
        "}\n"
        "machine {}\nguest { image = \"k.s\", ram = \"8M\" }\nrun { steps = 40 }\n";
    struct bench *b = bench_open(script, driving_kernel, 0);
    run_until_goal(&b->drive, GOAL_RUN);
    CU_ASSERT_EQUAL_FATAL(scenario_steps(b->drive.play.sc), 80);
    u64 stops[200], count = 0;
    for (; drive_back_to_trap(&b->drive) == NULL; count++) {
        while (b->drive.goal == GOAL_BACK)
            drive_slice(&b->drive, 50);
        stops[count] = scenario_steps(b->drive.play.sc);
        CU_ASSERT_FATAL(count < 199 && (!count || stops[count] < stops[count - 1]));
    }
    CU_ASSERT(count > 20);
    CU_ASSERT_EQUAL(scenario_steps(b->drive.play.sc), stops[count - 1]);
    while (scenario_steps(b->drive.play.sc) < 60)
        drive_step(&b->drive);
    for (u64 steps = 60; steps-- > 30;) {
        go_back(b, drive_back);
        CU_ASSERT_EQUAL_FATAL(scenario_steps(b->drive.play.sc), steps);
    }
    bench_free(b);
}

static void test_stop_mask(void)
{
    struct bench *b = bench_new(driving_vmm, 0);
    struct drive *d = &b->drive;
    strcpy(d->stops.trap_filter, "R");
    for (int i = 0; i < 5; i++) {
        run_until_goal(d, GOAL_TRAP);
        CU_ASSERT_EQUAL(traplog_row(d->play.log, d->play.log->traps)->class, TRAP_SRET);
    }
    u64 steps = steps_of(b), trap = d->play.log->traps;
    CU_ASSERT_PTR_NULL(drive_to_trap(d, trap - 7));
    while (d->goal == GOAL_BACK)
        drive_slice(d, 50);
    CU_ASSERT_EQUAL(d->play.log->traps, trap - 7);
    CU_ASSERT_PTR_NULL(drive_to_steps(d, steps)); // forward
    while (d->goal == GOAL_BACK)
        drive_slice(d, 50);
    CU_ASSERT_EQUAL(steps_of(b), steps);
    bench_free(b);
}

// The viewer's answers are given again on the way back; going back to a question asks it again.
static void test_stops(void)
{
    static const char script[] =
        "-- A test\nlesson { 1, \"A test\" }\nmachine {}\nguest { image = \"k.s\", ram = \"8M\" }\n"
        "run { steps = 5 }\nlocal q = ask { \"?\", \"a\", \"b\", right = 2, why = { \"x\", \"y\" } "
        "}\n"
        "run { steps = 5 }\nreveal(q, 2)\nrun { steps = 5 }\nsay \"end\"\n";
    struct bench *b = bench_open(script, driving_kernel, 0);
    struct playback *p = &b->drive.play;
    run_until_goal(&b->drive, GOAL_RUN);
    CU_ASSERT_FATAL(scenario_stop(p->sc) && scenario_stop(p->sc)->kind == LESSON_ASK);
    playback_answer(p, 1);
    run_until_goal(&b->drive, GOAL_RUN);
    CU_ASSERT_EQUAL_FATAL(scenario_stop(p->sc)->kind, LESSON_REVEAL);
    CU_ASSERT_EQUAL(scenario_stop(p->sc)->question->answer, 1);
    playback_answer(p, -1);
    run_until_goal(&b->drive, GOAL_RUN);
    CU_ASSERT_EQUAL_FATAL(scenario_stop(p->sc)->kind, LESSON_SAY);
    go_back(b, drive_back);
    CU_ASSERT_EQUAL(scenario_steps(p->sc), 14);
    CU_ASSERT_EQUAL(scenario_lesson(p->sc)->question[0].answer, 1); // it was given again
    go_back(b, drive_back_to_stop);
    go_back(b, drive_back_to_stop);
    CU_ASSERT_FATAL(scenario_stop(p->sc) && scenario_stop(p->sc)->kind == LESSON_ASK);
    CU_ASSERT_PTR_NOT_NULL(drive_back_to_stop(&b->drive)); // there is none before
    playback_answer(p, 0);
    run_until_goal(&b->drive, GOAL_RUN);
    CU_ASSERT_EQUAL(scenario_stop(p->sc)->question->answer, 0);
    bench_free(b);
}

// A kernel that echoes what is typed, so that its console says what it got.
static void test_typing(void)
{
    static const char echo[] =
        "_start: li t0, 0x10000000\n1: lbu t1, 5(t0)\n andi t1, t1, 1\n beqz t1, 1b\n lbu t1, "
        "0(t0)\n sb t1, 0(t0)\n j 1b\n";
    static const char script[] =
        "-- A test\nmachine {}\nguest { image = \"k.s\", ram = \"8M\" }\nrun { steps = 100000 }\n";
    struct bench *b = bench_new_with(script, echo, 0);
    struct vm_path machine = {{0}};
    for (int i = 0; i < 3000; i++) {
        if (i % 1000 == 100)
            playback_type(&b->drive.play, 0, &"abc"[i / 1000], 1);
        drive_step(&b->drive);
    }
    CU_ASSERT_STRING_EQUAL(scenario_console(b->drive.play.sc, &machine).text, "abc");
    for (int i = 0; i < 2500; i++)
        go_back(b, drive_back);
    CU_ASSERT_STRING_EQUAL(scenario_console(b->drive.play.sc, &machine).text, "a");
    for (int i = 0; i < 1000; i++)
        drive_step(&b->drive);
    CU_ASSERT_STRING_EQUAL(scenario_console(b->drive.play.sc, &machine).text,
                           "ab"); // the same future
    playback_type(&b->drive.play, 0, "x", 1);
    for (int i = 0; i < 1500; i++)
        drive_step(&b->drive);
    CU_ASSERT_STRING_EQUAL(scenario_console(b->drive.play.sc, &machine).text, "abx"); // another one
    bench_free(b);
}

static void test_limit(void)
{
    struct bench *b = bench_new(driving_vmm, 777);
    run_until_goal(&b->drive, GOAL_RUN);
    CU_ASSERT_EQUAL(scenario_state(b->drive.play.sc), SCENARIO_LIMIT);
    CU_ASSERT_EQUAL(steps_of(b), 777);
    go_back(b, drive_back);
    CU_ASSERT_EQUAL(steps_of(b), 776);
    bench_free(b);
}

// The way back to any moment is played again from the snapshot before it. That way is short in
// relation to how long ago the moment was.
static void expect_short_ways(const struct past *past, u64 now)
{
    CU_ASSERT(past->count > 4);
    for (u32 i = 0; i + 1 < past->count; i++) {
        u64 begin = past->moment[i].steps, way = past->moment[i + 1].steps - begin;
        CU_ASSERT(way <= 20 || 3 * way <= 2 * (now - begin));
    }
}

// More moments than the budget has room for.
static void test_long_past(void)
{
    struct bench *b = bench_new(driving_vmm, 0);
    struct past *past = &b->drive.play.past;
    past->budget = 3 << 20;
    for (int i = 0; i < 400; i++) {
        struct past_moment m;
        for (int n = 0; n < 20; n++)
            drive_step(&b->drive);
        CU_ASSERT_FATAL(playback_moment(&b->drive.play, &m) && past_add(past, &m));
        CU_ASSERT_FATAL(past->bytes <= past->budget);
    }
    u64 at = steps_of(b);
    expect_short_ways(past, at);
    for (u64 i = 1; i <= 100; i++)
        go_back(b, drive_back);
    CU_ASSERT_EQUAL(steps_of(b), at - 100);
    bench_free(b);
}

static void run_at_its_pace(struct drive *d)
{
    drive_go(d, GOAL_RUN);
    for (int i = 0; i < 2000 && drive_slice(d, 50) >= 0; i++)
        usleep(1000);
}

// A lesson must not keep its viewer waiting on the way to its next stop.
static void test_pace_of_lesson(void)
{
    struct bench *b = bench_open(
        "-- A test\nlesson { 1, \"A test\" }\nmachine {}\nguest { image = \"k.s\", ram = \"8M\" }\n"
        "run { steps = 1000 }\nsay \"one\"\nrun { steps = 1000 }\nsay \"two\"\n",
        driving_kernel, 0);
    drive_set_speed(&b->drive, drive_speed_default);
    run_at_its_pace(&b->drive);
    CU_ASSERT_EQUAL(scenario_state(b->drive.play.sc), SCENARIO_STOPPED);
    CU_ASSERT_STRING_EQUAL(drive_speeds[b->drive.speed].name, "full speed");
    drive_set_speed(&b->drive, drive_speed_default); // the viewer wants to see it run
    run_at_its_pace(&b->drive);
    CU_ASSERT_EQUAL(b->drive.speed, drive_speed_default);
    bench_free(b);
}

const struct suite suite_drive = {
    "drive",
    (const struct test[]){
        {"300 steps and 120 back are 180 steps, and the future is the same, under the VMM",
         test_back_vmm},
        {"300 steps and 120 back are 180 steps, and the future is the same, bare", test_back_bare},
        {"next trap stops right behind a trap", test_next_trap},
        {"next trap stops at the first one, and at each one that the script waits for, too",
         test_first_trap},
        {"back to the last trap is the moment before it, and the next trap is this one",
         test_last_trap},
        {"over a system call is behind it, whoever ran meanwhile", test_over_vmm},
        {"over a system call works bare, too", test_over_bare},
        {"a scenario that is over stays so", test_end},
        {"one can go back over what the script did, and into an earlier world",
         test_back_over_script},
        {"one can go back through two worlds, by steps and by traps", test_back_over_worlds},
        {"stops of a script are answered again on the way back, and one can go back to them",
         test_stops},
        {"what was typed is typed again, until something else is typed", test_typing},
        {"at the limit one can go back", test_limit},
        {"however long the run, the past is kept in bounded room", test_long_past},
        {"t stops at the traps of a filter alone", test_stop_mask},
        {"a lesson runs from stop to stop as fast as it can, unless the viewer chose a pace",
         test_pace_of_lesson},
        {0}}};
