// Every kind of breakpoint stops the run before the effect, and says which one it was.
#include "tests/driving.h"
#include "tests/suite.h"

#include <string.h>

static struct observed_vcpu vcpu_of(struct bench *b, struct vm_path path)
{
    struct observed_vcpu v = {0};
    CU_ASSERT_FATAL(observe_vcpu(b->drive.play.machine, &path, 0, &v));
    return v;
}

static void add(struct bench *b, struct breakpoint point)
{
    CU_ASSERT_FATAL(stops_add_breakpoint(&b->drive.stops, &point));
    drive_look_out(&b->drive);
}

// Runs to the breakpoint with this number.
static void run_to(struct bench *b, int number)
{
    run_until_goal(&b->drive, GOAL_RUN);
    CU_ASSERT_EQUAL_FATAL(b->drive.goal, GOAL_NONE);
    CU_ASSERT_EQUAL_FATAL(b->drive.hit, number);
}

static u32 symbol(struct bench *b, const char *name)
{
    u32 address = 0;
    struct world *w = scenario_world(b->drive.play.sc);
    CU_ASSERT_FATAL(symbols_find(&w->guest[0].loaded.symbols, name, &address));
    return address;
}

static void a_trap_is_still_to_come(void)
{
    struct bench *b = bench_new(driving_vmm, 0);
    add(b, (struct breakpoint){.text = "E g2"});
    for (u32 i = 0; i < 5; i++) {
        run_to(b, 0);
        u64 traps = b->drive.play.log->traps;
        u32 s0 = vcpu_of(b, (struct vm_path){{2}}).state.x[8];
        CU_ASSERT_EQUAL(s0, i + 1);
        drive_step(&b->drive);
        const struct trap_row *row = traplog_row(b->drive.play.log, traps + 1);
        CU_ASSERT_FATAL(row && row->class == TRAP_ECALL_U && row->path.id[0] == 2);
    }
    CU_ASSERT_EQUAL(b->drive.stops.breakpoint[0].hits, 5);
    bench_free(b);
}

static void an_address_stops_each_arrival_once(const char *script, struct vm_path path)
{
    struct bench *b = bench_open(script, driving_kernel, 0);
    drive_step(&b->drive);
    add(b, (struct breakpoint){.kind = BREAK_PC, .pc = symbol(b, "user"), .path = path});
    for (u32 i = 0; i < 50; i++) {
        run_to(b, 0);
        CU_ASSERT_EQUAL_FATAL(vcpu_of(b, path).state.pc, symbol(b, "user"));
        CU_ASSERT_EQUAL_FATAL(vcpu_of(b, path).state.x[8], i);
    }
    bench_free(b);
}

static void an_address_stops_once(void)
{
    an_address_stops_each_arrival_once(driving_bare, (struct vm_path){{0}});
    an_address_stops_each_arrival_once(driving_vmm, (struct vm_path){{1}});
}

// The handler moves sepc on, and that is the write before which the run stops.
static void a_csr_is_still_what_it_was(const char *script, struct vm_path path)
{
    struct bench *b = bench_new(script, 0);
    add(b, (struct breakpoint){.kind = BREAK_CSR, .csr = CSR_sepc, .path = path});
    u32 user = symbol(b, "user");
    for (u32 i = 0; i < 10; i++) {
        run_to(b, 0);
        u32 before = vcpu_of(b, path).state.sepc;
        CU_ASSERT_EQUAL(before, i ? user + 4 : 0); // the ecall, or nothing yet
        drive_step(&b->drive);
        CU_ASSERT_EQUAL(vcpu_of(b, path).state.sepc, i ? user + 8 : user);
    }
    bench_free(b);
}

static void a_csr_write_is_still_to_come(void)
{
    a_csr_is_still_what_it_was(driving_bare, (struct vm_path){{0}});
    a_csr_is_still_what_it_was(driving_vmm, (struct vm_path){{1}});
}

// A kernel that counts in memory: it stores, reads, and rests.
static const char counting[] = ".globl _start\n_start: la s1, word\n"
                               "again: addi s0, s0, 1\n sw s0, 0(s1)\n"
                               " lw a1, 0(s1)\n li t0, 100\nrest: addi t0, t0, -1\n"
                               " bnez t0, rest\n j again\n .balign 4096\nword: .word 0\n";

static u32 word_at(struct bench *b, mpa at)
{
    u32 word = 0;
    CU_ASSERT_FATAL(machine_read(b->drive.play.machine, at, &word, 4));
    return word;
}

static void memory_is_still_what_it_was(const char *script, struct vm_path path)
{
    struct bench *b = bench_new_with(script, counting, 0);
    mpa at;
    CU_ASSERT_FATAL(observe_locate(b->drive.play.machine, &path, 0, symbol(b, "word"), &at));
    add(b, (struct breakpoint){.kind = BREAK_STORE, .at = at, .bytes = 4});
    for (u32 i = 0; i < 10; i++) {
        run_to(b, 0);
        CU_ASSERT_EQUAL_FATAL(word_at(b, at), i);
        while (word_at(b, at) == i) // a fault may have to be filled before the store
            drive_step(&b->drive);
        CU_ASSERT_EQUAL_FATAL(word_at(b, at), i + 1);
    }
    stops_remove(&b->drive.stops, 0);
    add(b, (struct breakpoint){.kind = BREAK_ACCESS, .at = at, .bytes = 4});
    u32 pc = 0;
    for (u32 i = 0; i < 10; i++) { // the read and the store, by turns
        run_to(b, 0);
        CU_ASSERT_NOT_EQUAL(vcpu_of(b, path).state.pc, pc);
        pc = vcpu_of(b, path).state.pc;
    }
    bench_free(b);
}

static void a_store_is_still_to_come(void)
{
    memory_is_still_what_it_was(driving_bare, (struct vm_path){{0}});
    memory_is_still_what_it_was(driving_vmm, (struct vm_path){{2}});
}

static void a_condition_in_lua_stops_before_its_event(void)
{
    struct bench *b = bench_new(driving_vmm, 0);
    char error[PREDICATE_ERROR];
    struct breakpoint point = {.kind = BREAK_LUA};
    point.predicate =
        predicate_new("e.kind == 'exit' and e.vm == 'g1' and e.cause == 'ecall-u'", error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(point.predicate);
    add(b, point);
    for (u32 i = 0; i < 5; i++) {
        run_to(b, 0);
        CU_ASSERT_EQUAL(vcpu_of(b, (struct vm_path){{1}}).state.x[8], i + 1);
        CU_ASSERT_EQUAL(vcpu_of(b, (struct vm_path){{1}}).state.pc, symbol(b, "user") + 4);
    }
    bench_free(b);
}

static void an_error_of_a_condition_is_told(void)
{
    struct bench *b = bench_new(driving_vmm, 0);
    char error[PREDICATE_ERROR];
    CU_ASSERT_PTR_NULL(predicate_new("e.kind ==", error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "condition"));
    CU_ASSERT_PTR_NULL(predicate_new("true end while true do", error));
    struct breakpoint point = {.kind = BREAK_LUA};
    point.predicate = predicate_new("(function() while true do end end)()", error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(point.predicate);
    add(b, point);
    run_until_goal(&b->drive, GOAL_RUN);
    CU_ASSERT_EQUAL(b->drive.goal, GOAL_NONE);
    CU_ASSERT(b->drive.lookout.error[0] != 0);
    bench_free(b);
}

static void a_condition_remembers_nothing(void)
{
    static const char *const wrong[] = {
        "(function() n = (n or 0) + 1 return n == 3 end)()",
        "(function() string.n = (string.n or 0) + 1 return string.n == 3 end)()",
        "(function() _G.n = 1 end)()",
        "(function() rawset(string, 'n', 1) end)()",
        "(function() getmetatable('').__index.n = 1 end)()",
        "(function() table.insert(math, 1) end)()",
        "math.random(2) == 1",
    };
    char error[PREDICATE_ERROR];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct bench *b = bench_new(driving_vmm, 0);
        struct breakpoint point = {.kind = BREAK_LUA, .predicate = predicate_new(wrong[i], error)};
        CU_ASSERT_PTR_NOT_NULL_FATAL(point.predicate);
        add(b, point);
        run_until_goal(&b->drive, GOAL_RUN);
        CU_ASSERT(b->drive.lookout.error[0] != 0);
        bench_free(b);
    }
    // Another environment is gone with the event.
    struct predicate *p =
        predicate_new("(function() local was = n; _ENV = {n = true} return was end)()", error);
    struct event e = {.note = {.kind = EVENT_EXIT}};
    struct bench *b = bench_new(driving_vmm, 0);
    run_until_goal(&b->drive, GOAL_TRAP);
    for (u32 i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(predicate_ask(p, scenario_world(b->drive.play.sc), &e, error),
                        PREDICATE_FALSE);
    predicate_free(p);
    bench_free(b);
}

// ---- between two steps

// Timer interrupts are injected, VCPUs change, and two harts take turns.
static const char clocks[] =
    "-- Timers\nmachine { harts = 2 }\nvmm { quantum = 100 }\n"
    "for i = 1, 3 do guest { image = 'k.s', ram = '8M' } end\nrun { steps = 100000 }\n";
static const char clock_kernel[] = "_start: la t0, handler\n"
                                   "        csrw stvec, t0\n"
                                   "        li t0, 32\n"
                                   "        csrw sie, t0\n"
                                   "        csrw stimecmph, zero\n"
                                   "        csrsi sstatus, 2\n"
                                   "handler: csrr t0, time\n"
                                   "        addi t0, t0, 30\n"
                                   "        csrw stimecmp, t0\n"
                                   "        csrsi sstatus, 2\n"
                                   "wait:   addi s0, s0, 1\n"
                                   "        j wait\n";

// Where a run has stopped is the moment after so many steps, to which a step back and a step lead.
static void expect_moment(struct bench *b)
{
    u64 steps = scenario_steps(b->drive.play.sc), hash = machine_hash(b->drive.play.machine);
    go_back(b, drive_back);
    drive_step(&b->drive);
    CU_ASSERT_EQUAL(scenario_steps(b->drive.play.sc), steps);
    CU_ASSERT_EQUAL(machine_hash(b->drive.play.machine), hash);
}

static void a_run_stops_between_two_steps(void)
{
    struct bench *b = bench_new_with(clocks, clock_kernel, 0);
    for (u32 i = 0; i < 300; i++) {
        run_until_goal(&b->drive, GOAL_TRAP);
        expect_moment(b);
    }
    add(b, (struct breakpoint){.kind = BREAK_PC, .pc = symbol(b, "handler"), .path = {{2}}});
    for (u32 i = 0; i < 20; i++) {
        run_to(b, 0);
        expect_moment(b);
    }
    bench_free(b);
}

// Loops in which no register changes. The store's first try is a fault of the VMM's shadow table.
static const char standing[] = ".globl _start\n_start: la s1, word\n"
                               "stay: j store\nstore: sw s1, 0(s1)\n j stay\n"
                               " .balign 4096\nword: .word 0\n";

static void each_arrival_counts(const char *script, struct vm_path path, const char *name)
{
    struct bench *b = bench_new_with(script, standing, 0);
    u32 where = symbol(b, name);
    u64 retired = 0;
    add(b, (struct breakpoint){.kind = BREAK_PC, .pc = where, .path = path});
    for (u32 i = 0; i < 10; i++) {
        run_to(b, 0);
        struct observed_vcpu v = vcpu_of(b, path);
        CU_ASSERT_EQUAL_FATAL(v.state.pc, where);
        if (i)
            CU_ASSERT_EQUAL(v.state.retired, retired + 3); // the loop has three instructions
        retired = v.state.retired;
    }
    go_back(b, drive_back); // what lies ahead is a hit again
    run_to(b, 0);
    CU_ASSERT_EQUAL(vcpu_of(b, path).state.retired, retired);
    bench_free(b);
}

static void a_loop_without_a_change(void)
{
    each_arrival_counts(driving_bare, (struct vm_path){{0}}, "stay");
    each_arrival_counts(driving_bare, (struct vm_path){{0}}, "store");
    each_arrival_counts(driving_vmm, (struct vm_path){{1}}, "stay");
    each_arrival_counts(driving_vmm, (struct vm_path){{1}}, "store");
}

// A kernel with paging. The fence empties the TLB, so the next fetch walks the table.
static const char fencing[] =
    ".globl _start\n_start: la t0, table\n la t1, _start\n srli t1, t1, 22\n"
    " slli t2, t1, 2\n add t2, t2, t0\n slli t1, t1, 20\n ori t1, t1, 0xcf\n sw t1, 0(t2)\n"
    " srli t0, t0, 12\n li t1, 0x80000000\n or t0, t0, t1\n csrw satp, t0\n"
    "again: sfence.vma\nwalked: addi s0, s0, 1\n j again\n .balign 4096\ntable: .zero 4096\n";

// What the fetch takes belongs to the step that the run has stopped before.
static void a_fetch_is_still_to_come(void)
{
    struct bench *b = bench_new_with(driving_bare, fencing, 0);
    add(b, (struct breakpoint){.kind = BREAK_PC, .pc = symbol(b, "walked"), .path = {{0}}});
    for (u32 i = 0; i < 20; i++) {
        run_to(b, 0);
        CU_ASSERT_EQUAL(vcpu_of(b, (struct vm_path){{0}}).state.x[8], i);
        expect_moment(b);
    }
    bench_free(b);
}

// A way takes no longer where a breakpoint is met at every turn of a loop.
static void a_way_meets_no_breakpoint(void)
{
    struct bench *b = bench_new_with(driving_bare, standing, 0);
    add(b, (struct breakpoint){.kind = BREAK_PC, .pc = symbol(b, "stay"), .path = {{0}}});
    CU_ASSERT_PTR_NULL(drive_to_steps(&b->drive, 1000));
    while (b->drive.goal == GOAL_BACK)
        drive_slice(&b->drive, 50);
    CU_ASSERT_EQUAL(b->drive.lookout.last.pc, 0); // it was not told of any
    go_back(b, drive_back);
    CU_ASSERT_EQUAL(b->drive.lookout.last.pc, 0);
    run_to(b, 0); // but from there the run meets the next one
    CU_ASSERT(scenario_steps(b->drive.play.sc) - 999 <= 3);
    bench_free(b);
}

const struct suite suite_breakpoints = {
    "breakpoints",
    (const struct test[]){
        {"a trap is still to come where the run stops", a_trap_is_still_to_come},
        {"an address stops each arrival once", an_address_stops_once},
        {"a write of a CSR is still to come", a_csr_write_is_still_to_come},
        {"a store is still to come, and an access, too", a_store_is_still_to_come},
        {"a condition in Lua stops before its event", a_condition_in_lua_stops_before_its_event},
        {"an error of a condition is told", an_error_of_a_condition_is_told},
        {"a condition remembers nothing between two events", a_condition_remembers_nothing},
        {"a run stops between two steps, whatever harts and VMMs do there",
         a_run_stops_between_two_steps},
        {"a loop in which no register changes is a hit each time", a_loop_without_a_change},
        {"a way to a moment meets no breakpoint", a_way_meets_no_breakpoint},
        {"a fetch, with its walk of the page table, is still to come", a_fetch_is_still_to_come},
        {0}}};
