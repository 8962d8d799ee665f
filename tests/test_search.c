// What the whole run is asked for is what one sees who goes through it step by step.
#include "tests/driving.h"
#include "tests/suite.h"
#include "isa/isa.h"
#include "scenarios/world/report.h"
#include "ui/dashboard/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 700

// A change that was seen step by step.
struct change {
    u64 steps; // the moment before it
    u32 from, to;
};

struct changes {
    u32 count;
    struct change list[STEPS];
};

// One step. Many moments are kept, so that a search has many stretches.
static void step(struct bench *b)
{
    struct past_moment m;
    drive_step(&b->drive);
    if (scenario_steps(b->drive.play.sc) % 37 == 0 && playback_moment(&b->drive.play, &m))
        CU_ASSERT(past_add(&b->drive.play.past, &m));
}

static struct findings *search(struct bench *b, const struct inquiry *q, bool last)
{
    char error[160];
    u64 steps = scenario_steps(b->drive.play.sc), hash = machine_hash(b->drive.play.machine);
    struct search *s = search_begin(&b->drive.play, q, &b->drive.stops, last, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    while (search_go_on(s, 1)) { // between two pieces the run is where it was
        CU_ASSERT_EQUAL(scenario_steps(b->drive.play.sc), steps);
        CU_ASSERT_EQUAL(machine_hash(b->drive.play.machine), hash);
    }
    CU_ASSERT_EQUAL(machine_hash(b->drive.play.machine), hash);
    struct findings *f = search_take(s);
    search_end(s);
    return f;
}

static void go_to(struct bench *b, u64 steps)
{
    CU_ASSERT_PTR_NULL(drive_to_steps(&b->drive, steps));
    while (b->drive.goal == GOAL_BACK)
        drive_slice(&b->drive, 50);
    CU_ASSERT_EQUAL(scenario_steps(b->drive.play.sc), steps);
}

// Asks for the last time, goes there, and asks again: the same rows, from the last to the first.
static void expect_backwards(struct bench *b, const struct inquiry *q, const struct findings *all)
{
    u64 end = scenario_steps(b->drive.play.sc);
    u32 left = all->count;
    while (left) {
        struct findings *f = search(b, q, true);
        CU_ASSERT_FATAL(f->count == 1);
        CU_ASSERT_EQUAL_FATAL(f->row[0].steps, all->row[left - 1].steps);
        CU_ASSERT_STRING_EQUAL(f->row[0].text, all->row[left - 1].text);
        while (left && all->row[left - 1].steps == f->row[0].steps)
            left--; // what came in the same step does not lie before that moment
        go_to(b, f->row[0].steps);
        free(f);
    }
    go_to(b, end);
}

static struct findings *found_by(struct bench *b, const struct inquiry *q)
{
    struct findings *f = search(b, q, false);
    expect_backwards(b, q, f);
    return f;
}

// The value of the register or the CSR that the inquiry is about. False: a VMM is busy with the
// VCPU, so it has none to show.
static bool value_now(struct bench *b, const struct inquiry *q, u32 *value)
{
    struct observed_vcpu v;
    if (!observe_vcpu(b->drive.play.machine, &q->path, q->vcpu, &v) || v.in_vmm)
        return false;
    if (q->kind == SEARCH_CSR)
        return state_csr(&v.state, v.time, q->number, value);
    *value = v.state.x[q->number];
    return true;
}

static struct changes *step_through(struct bench *b, const struct inquiry *q)
{
    struct changes *c = calloc(1, sizeof *c);
    u32 before, now;
    bool known = value_now(b, q, &before);
    while (scenario_steps(b->drive.play.sc) < STEPS) {
        u64 steps = scenario_steps(b->drive.play.sc);
        step(b);
        if (!value_now(b, q, &now))
            continue;
        if (known && now != before)
            c->list[c->count++] = (struct change){steps, before, now};
        known = true;
        before = now;
    }
    return c;
}

static void the_history_is_that_of_the_steps_of(struct bench *b, struct inquiry q)
{
    struct changes *c = step_through(b, &q);
    struct findings *f = found_by(b, &q);
    CU_ASSERT(c->count > 5);
    // The first step was made before anybody looked.
    u32 skipped = f->row[0].steps < c->list[0].steps;
    CU_ASSERT_EQUAL_FATAL(f->total, c->count + skipped);
    CU_ASSERT(f->whole);
    for (u32 i = 0; i < c->count; i++) {
        char text[40];
        snprintf(text, sizeof text, "%08x -> %08x ", c->list[i].from, c->list[i].to);
        CU_ASSERT_EQUAL(f->row[i + skipped].steps, c->list[i].steps);
        CU_ASSERT_EQUAL(strncmp(f->row[i + skipped].text, text, strlen(text)), 0);
    }
    free(c);
    free(f);
    bench_free(b);
}

static void the_history_is_that_of_the_steps(const char *script, struct inquiry q)
{
    the_history_is_that_of_the_steps_of(bench_new(script, 0), q);
}

static const struct vm_path machine_path = {{0}}, first = {{1}}, second = {{2}};

static void registers(void)
{
    struct inquiry q = {.kind = SEARCH_REGISTER, .number = 8};
    the_history_is_that_of_the_steps(driving_bare, q);
    q.number = 5; // t0, which the handler uses
    the_history_is_that_of_the_steps(driving_bare, q);
    q.path = first;
    the_history_is_that_of_the_steps(driving_vmm, q);
    q.path = second;
    q.number = 8;
    the_history_is_that_of_the_steps(driving_vmm, q);
}

static void csrs(void)
{
    struct inquiry q = {.kind = SEARCH_CSR, .number = CSR_sepc};
    the_history_is_that_of_the_steps(driving_bare, q);
    q.path = second;
    the_history_is_that_of_the_steps(driving_vmm, q);
    q.number = CSR_sstatus;
    the_history_is_that_of_the_steps(driving_vmm, q);
}

// The trap of ebreak changes sstatus right behind the instruction that has changed it.
static void csr_before_a_trap(void)
{
    static const char program[] =
        ".globl _start\n_start: la t0, handler\n csrw stvec, t0\n"
        "again: csrci sstatus, 2\n csrsi sstatus, 2\n ebreak\n j again\n .balign 4\n"
        "handler: csrr t1, sepc\n addi t1, t1, 4\n csrw sepc, t1\n sret\n";
    struct inquiry q = {.kind = SEARCH_CSR, .number = CSR_sstatus};
    the_history_is_that_of_the_steps_of(bench_new_with(driving_bare, program, 0), q);
}

static const char counting[] = ".globl _start\n_start: la s1, word\n"
                               "again: addi s0, s0, 1\n sw s0, 0(s1)\n sb s0, 5(s1)\n"
                               " lw a1, 0(s1)\n j again\n .balign 4096\nword: .word 0, 0\n";

static void memory_of(const char *script, struct vm_path path)
{
    struct bench *b = bench_new_with(script, counting, 0);
    struct world *w = scenario_world(b->drive.play.sc);
    struct inquiry q = {.kind = SEARCH_MEMORY, .path = path, .ranges = 1};
    u32 word;
    CU_ASSERT_FATAL(symbols_find(&w->guest[0].loaded.symbols, "word", &word));
    CU_ASSERT_FATAL(observe_locate(b->drive.play.machine, &path, 0, word, &q.range[0].at));
    q.range[0].bytes = 4;
    q.range[0].shown = word;
    while (scenario_steps(b->drive.play.sc) < STEPS)
        step(b);
    struct findings *f = found_by(b, &q);
    u32 now;
    CU_ASSERT(machine_read(b->drive.play.machine, q.range[0].at, &now, 4));
    CU_ASSERT_EQUAL(f->total, now);
    for (u32 i = 0; i < f->count; i++) {
        char text[60];
        snprintf(text, sizeof text, "%08x: %08x -> %08x ", word, i, i + 1);
        CU_ASSERT_EQUAL(strncmp(f->row[i].text, text, strlen(text)), 0);
    }
    free(f);
    q.range[0].bytes = PAGE_SIZE;
    f = found_by(b, &q);
    CU_ASSERT(f->total >= 2 * now - 1 && f->total <= 2 * now);
    // The moment is before the write, and the next steps make it.
    const struct finding *row = findings_before(f, scenario_generation(b->drive.play.sc), 300);
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    CU_ASSERT_PTR_NULL(drive_to_steps(&b->drive, row->steps));
    while (b->drive.goal == GOAL_BACK)
        drive_slice(&b->drive, 50);
    CU_ASSERT_EQUAL(scenario_steps(b->drive.play.sc), row->steps);
    free(f);
    bench_free(b);
}

static void memory(void)
{
    memory_of(driving_bare, machine_path);
    memory_of(driving_vmm, second);
}

static void traps(void)
{
    struct bench *b = bench_new(driving_vmm, 0);
    struct inquiry q = {.kind = SEARCH_TRAPS};
    u32 ecalls = 0;
    while (scenario_steps(b->drive.play.sc) < STEPS)
        step(b);
    struct findings *f = found_by(b, &q);
    CU_ASSERT(f->total + 1 >= b->drive.play.log->traps && f->total <= b->drive.play.log->traps);
    free(f);
    strcpy(q.filter, "E g2");
    f = found_by(b, &q);
    for (u64 n = 1; n <= b->drive.play.log->traps; n++)
        ecalls += filter_takes(q.filter, traplog_row(b->drive.play.log, n), 0);
    CU_ASSERT_EQUAL(f->total, ecalls);
    free(f);
    bench_free(b);
}

// Running back to a breakpoint from the end shows the hits in the opposite order.
static void breakpoints(void)
{
    struct bench *b = bench_new(driving_vmm, 0);
    struct breakpoint point = {.kind = BREAK_CSR, .csr = CSR_sepc, .path = first};
    u64 hits[STEPS];
    u32 count = 0;
    CU_ASSERT(stops_add_breakpoint(&b->drive.stops, &point));
    drive_look_out(&b->drive);
    for (; count < 20; count++) {
        run_until_goal(&b->drive, GOAL_RUN);
        CU_ASSERT_EQUAL_FATAL(b->drive.hit, 0);
        hits[count] = scenario_steps(b->drive.play.sc);
    }
    struct inquiry q = {.kind = SEARCH_BREAKPOINTS};
    struct findings *f = found_by(b, &q);
    CU_ASSERT_EQUAL(f->total, 19); // the last one is still to come
    for (u32 i = 0; i < f->count; i++)
        CU_ASSERT_EQUAL(f->row[i].steps, hits[i]);
    free(f);
    bench_free(b);
}

// The guest's first instruction is executed once its page is filled. A stretch of the search may
// begin between the fault and the instruction.
static void a_hit_behind_a_fault(void)
{
    struct bench *b = bench_new(driving_vmm, 0);
    struct breakpoint point = {.kind = BREAK_PC, .pc = 0x80400000, .path = first};
    struct inquiry q = {.kind = SEARCH_BREAKPOINTS};
    struct past_moment m;
    CU_ASSERT_FATAL(playback_moment(&b->drive.play, &m) && past_add(&b->drive.play.past, &m));
    CU_ASSERT(stops_add_breakpoint(&b->drive.stops, &point));
    for (u32 i = 0; i < 20; i++)
        drive_step(&b->drive);
    struct findings *f = found_by(b, &q);
    CU_ASSERT(f->total == 1 && f->row[0].steps == 1);
    free(f);
    bench_free(b);
}

static const char long_run[] = "-- A test\nmachine {}\nguest { image = \"k.s\", ram = \"8M\" }\n"
                               "run { steps = 9000000 }\n";

// A kernel that counts in s0 for a while, then counts in s2.
static const char busy[] = ".globl _start\n_start: li s1, 600000\nagain: addi s0, s0, 1\n"
                           " bne s0, s1, again\nrest: addi s2, s2, 1\n j rest\n";

// Asks for the last time in one long stretch, whose rest is cut again and again. Returns how much
// of the run was searched, in percent.
static u32 searched_for(struct bench *b, const struct inquiry *q, struct finding *row)
{
    char error[160];
    struct search *s = search_begin(&b->drive.play, q, &b->drive.stops, true, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    while (search_go_on(s, 1))
        continue;
    u32 percent = search_percent(s);
    struct findings *f = search_take(s);
    CU_ASSERT_FATAL(f->whole && f->count == 1);
    *row = f->row[0];
    free(f);
    search_end(s);
    return percent;
}

static void a_long_stretch(void)
{
    struct bench *b = bench_new_with(long_run, busy, 0);
    struct breakpoint point = {.kind = BREAK_PC};
    struct inquiry s0 = {.kind = SEARCH_REGISTER, .number = 8}, hits = {.kind = SEARCH_BREAKPOINTS};
    struct inquiry s2 = {.kind = SEARCH_REGISTER, .number = 18};
    struct finding row;
    playback_advance(&b->drive.play, 3000000);
    u64 end = scenario_steps(b->drive.play.sc);
    searched_for(b, &s0, &row);
    CU_ASSERT_PTR_NOT_NULL(strstr(row.text, "000927bf -> 000927c0")); // 600000: searched last
    CU_ASSERT(searched_for(b, &s2, &row) < 90);
    CU_ASSERT(row.steps + 2 >= end);
    struct world *w = scenario_world(b->drive.play.sc);
    CU_ASSERT_FATAL(symbols_find(&w->guest[0].loaded.symbols, "rest", &point.pc));
    CU_ASSERT(stops_add_breakpoint(&b->drive.stops, &point));
    CU_ASSERT(searched_for(b, &hits, &row) < 90);
    CU_ASSERT(row.steps + 2 >= end);
    bench_free(b);
}

const struct suite suite_search = {
    "search",
    (const struct test[]){
        {"the history of a register is what the steps show", registers},
        {"the history of a CSR is what the steps show", csrs},
        {"a change of a CSR is found though a trap follows it", csr_before_a_trap},
        {"every write to a word and to a page is found", memory},
        {"all traps that a filter takes are found", traps},
        {"the hits of breakpoints are found, backwards, too", breakpoints},
        {"a breakpoint on an instruction whose fetch faults first is found", a_hit_behind_a_fault},
        {"the last change is found soon where changes are many", a_long_stretch},
        {0}}};
