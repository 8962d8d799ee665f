// Worlds of VMMs in VMMs: where things lie, whose they are, what an exit of the deepest guest
// takes, and its way through the log.
#include "scenarios/world/console.h"
#include "scenarios/world/counters.h"
#include "scenarios/world/world.h"
#include "tests/suite.h"
#include "ui/dashboard/route.h"

#include <string.h>

static const char source[] = "csrw sscratch, a1\nli a7, 8\necall\n";

static struct world_plan plan_of_one(void)
{
    struct world_plan plan;
    world_plan_default(&plan);
    plan.guests = 1;
    plan.guest[0].image = "source";
    plan.guest[0].source = source;
    plan.guest[0].ram = 8u << 20;
    return plan;
}

static void add(struct world_plan *plan, const char *name, bool is_vmm, u32 inside)
{
    struct guest_plan *g = &plan->guest[plan->guests++];
    *g = plan_of_one().guest[0];
    strcpy(g->name, name);
    g->is_vmm = is_vmm;
    g->inside = inside;
}

static struct world *build(const struct world_plan *plan)
{
    enum status why;
    char error[WORLD_ERROR] = "";
    struct world *w = world_new(plan, &why, error, sizeof error);
    if (!w)
        fprintf(stderr, "# %s\n", error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    return w;
}

static void refused(const struct world_plan *plan, const char *with)
{
    enum status why = STATUS_DONE;
    char error[WORLD_ERROR] = "";
    struct world *w = world_new(plan, &why, error, sizeof error);
    CU_ASSERT_PTR_NULL(w);
    CU_ASSERT_EQUAL(why, STATUS_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, with));
    world_free(w);
}

static void test_chain(void)
{
    for (u32 depth = 1; depth <= WORLD_DEPTH_MAX; depth++) {
        struct world_plan plan = plan_of_one();
        world_plan_chain(&plan, depth);
        struct world *w = build(&plan);
        const struct world_guest *deepest = &w->guest[w->guests - 1];
        CU_ASSERT_EQUAL(w->guests, depth);
        CU_ASSERT_EQUAL(w->depth, depth);
        CU_ASSERT_EQUAL(vm_path_length(&deepest->path), depth);
        CU_ASSERT_EQUAL(deepest->unit, 1);
        CU_ASSERT_EQUAL(deepest->ram, 8u << 20);
        for (u32 i = 0; i + 1 < w->guests; i++) { // each VMM's RAM has the next one's in it
            const struct world_guest *outer = &w->guest[i], *inner = &w->guest[i + 1];
            CU_ASSERT(outer->is_vmm);
            CU_ASSERT(inner->ram_at > outer->ram_at && inner->ram_at % MEGAPAGE_SIZE == 0);
            CU_ASSERT((u64)inner->ram_at + inner->ram < (u64)outer->ram_at + outer->ram);
        }
        world_free(w);
    }
}

// What lies in the guest's RAM before it runs is all a guest can know.
static void test_same_ram(void)
{
    struct world_plan bare = plan_of_one(), deep = plan_of_one();
    world_plan_chain(&deep, 4);
    deep.t32 = true;
    struct world *a = build(&bare), *b = build(&deep);
    const struct world_guest *ga = &a->guest[0], *gb = &b->guest[b->guests - 1];
    CU_ASSERT_EQUAL(ga->loaded.entry, gb->loaded.entry);
    CU_ASSERT_EQUAL(ga->loaded.device_tree, gb->loaded.device_tree);
    CU_ASSERT(!memcmp(machine_ram(a->machine) + (ga->ram_at - BOARD_RAM),
                      machine_ram(b->machine) + (gb->ram_at - BOARD_RAM), ga->ram));
    world_free(a);
    world_free(b);
}

static void test_tree(void)
{
    struct world_plan plan = plan_of_one();
    plan.depth = 1;
    plan.guests = 0;
    add(&plan, "plain", false, 0);
    add(&plan, "vmm", true, 0);
    add(&plan, "first", false, 2);
    add(&plan, "second", false, 2);
    struct world *w = build(&plan);
    CU_ASSERT_EQUAL(world_guest_find(w, "g1"), 0);
    CU_ASSERT_EQUAL(world_guest_find(w, "g2"), 1);
    CU_ASSERT_EQUAL(world_guest_find(w, "g2.1"), 2);
    CU_ASSERT_EQUAL(world_guest_find(w, "g2.2"), 3);
    CU_ASSERT_EQUAL(w->guest[2].unit, 2);
    CU_ASSERT_EQUAL(w->guest[3].unit, 2);
    CU_ASSERT(w->guest[2].has_disk && !w->guest[3].has_disk);
    CU_ASSERT_EQUAL(machine_run(w->machine, 10000000), STOP_POWER);
    for (u32 i = 0; i < w->guests; i++)
        CU_ASSERT_EQUAL(world_guest_end(w, i).state, VM_OFF);
    world_free(w);
}

// ---- looking at a guest within a guest

// Steps until the observer sees g1.1 at the instruction `pc` in front of it, at most so often;
// false: never.
static bool step_to(struct world *w, const struct vm_path *path, u32 pc, struct observed_vcpu *v)
{
    for (u32 i = 0; i < 2000000; i++) {
        if (observe_vcpu(w->machine, path, 0, v) && v->on_hart && v->state.pc == pc)
            return true;
        machine_run(w->machine, 1);
    }
    return false;
}

static void look_at_deep_guest(bool t32, bool enlightened)
{
    static const char counting[] = "li a0, 0\nli a1, 1000\nloop: addi a0, a0, 1\nblt a0, a1, loop\n"
                                   "csrw sscratch, a1\nli a7, 8\necall\n";
    struct world_plan plan = plan_of_one();
    plan.t32 = t32;
    plan.vmm.enlightened = enlightened;
    plan.guest[0].source = counting;
    world_plan_chain(&plan, 2);
    struct world *w = build(&plan);
    const struct world_guest *g = &w->guest[1];
    struct observed_vcpu v;
    struct vm_path path;
    u32 vcpu, loop = g->loaded.entry + 8;
    for (u32 round = 0; round < 5; round++) { // while it runs, its registers are those of the hart
        CU_ASSERT_FATAL(step_to(w, &g->path, loop, &v));
        CU_ASSERT_EQUAL(v.state.x[10], round);
        observe_hart(w->machine, 0, &path, &vcpu);
        CU_ASSERT(vm_path_equal(&path, &g->path) && vcpu == 0);
        CU_ASSERT(!v.in_vmm && v.real.mode == MODE_U);
        machine_run(w->machine, 1);
    }
    CU_ASSERT_FATAL(step_to(w, &g->path, loop + 8, &v));
    machine_run(w->machine, 1); // csrw: the hart goes to its VMM, with the guest where it was
    CU_ASSERT_FATAL(observe_vcpu(w->machine, &g->path, 0, &v));
    CU_ASSERT(!v.on_hart && v.in_vmm);
    observe_hart(w->machine, 0, &path, &vcpu);
    CU_ASSERT_EQUAL(vm_path_length(&path), t32 ? 0 : 1);
    CU_ASSERT_FATAL(step_to(w, &g->path, loop + 12, &v));
    CU_ASSERT_EQUAL(v.state.sscratch, 1000);
    world_free(w);
}

static void test_look(void)
{
    look_at_deep_guest(false, false);
    look_at_deep_guest(false, true);
    look_at_deep_guest(true, false);
}

// ---- typing

// Each guest of a tree echoes what it gets, up to a full stop; each gets what is typed at it,
// whoever is typed at in between.
static void type_at_all(bool t32)
{
    static const char echo[] =
        "loop: li a7, 2\necall\nbltz a0, loop\nmv s0, a0\nli a7, 1\necall\nli t0, 46\n"
        "bne s0, t0, loop\nli a7, 8\necall\n";
    static const char *const typed[] = {"one.", "two\x1e\x1e.", "three.", "\x1e\002four."};
    static const u32 guests[] = {1, 2, 4, 5};
    struct world_plan plan = plan_of_one();
    plan.depth = 1;
    plan.guests = 0;
    plan.t32 = t32;
    add(&plan, "outer", true, 0);
    add(&plan, "a", false, 1);
    add(&plan, "b", false, 1);
    add(&plan, "inner", true, 1);
    add(&plan, "c", false, 4);
    add(&plan, "d", false, 4);
    for (u32 i = 0; i < plan.guests; i++)
        plan.guest[i].source = echo;
    struct world *w = build(&plan);
    struct consoles *consoles = consoles_new(w->machine);
    for (u32 at = 0; at < 8; at++)
        for (u32 i = 0; i < 4; i++)
            if (at < strlen(typed[i]))
                CU_ASSERT(world_type(w, guests[i], typed[i] + at, 1));
    CU_ASSERT_EQUAL(machine_run(w->machine, 1000000000), STOP_POWER);
    for (u32 i = 0; i < 4; i++)
        CU_ASSERT_STRING_EQUAL(consoles_of(consoles, &w->guest[guests[i]].path).text, typed[i]);
    consoles_free(consoles);
    world_free(w);
}

static void test_typing(void)
{
    type_at_all(false);
    type_at_all(true);
}

static void test_refusals(void)
{
    struct world_plan plan = plan_of_one();
    plan.depth = 1;
    plan.guests = 0;
    add(&plan, "vmm", true, 0);
    refused(&plan, "vmm is a VMM without a guest");
    add(&plan, "deep", false, 3);
    refused(&plan, "deep is to be inside a guest that is not a VMM");
    plan.guest[1].inside = 1;
    plan.guest[1].ram = 2047u << 20;
    refused(&plan, "+ deep 2047M =");
    plan.guest[1].ram = 8u << 20;
    plan.guest[0].vcpus = 2;
    refused(&plan, "a VMM that is a guest uses one");
    plan.guest[0].vcpus = 1;
    plan.guest[1].hart = 1;
    refused(&plan, "hart 0 only");
    plan.guest[1].hart = GUEST_ANY_HART;
    plan.t32 = true;
    plan.machine.harts = 2;
    refused(&plan, "a VMM that is T32 code uses one");
}

// RAM is whole pages, whoever provides it.
static void test_ram_sizes(void)
{
    static const u32 wrong[] = {BOARD_RAM_MIN - PAGE_SIZE, (8u << 20) + 4, (8u << 20) + 2048,
                                (8u << 20) - 1};
    for (u32 depth = 0; depth < 2; depth++)
        for (u32 i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            struct world_plan plan = plan_of_one();
            plan.depth = depth;
            plan.guest[0].ram = wrong[i];
            refused(&plan, "a multiple of 4096 from 64K to 2G is wanted");
        }
}

// ---- an exit of g1.1, told by hand

static struct event event_at(u8 kind, u16 first, u16 second, u64 retired, u64 charged)
{
    struct event e = {
        .retired = retired, .cycle = retired, .charged = charged, .path = {{first, second}}};
    if (kind == EVENT_EXIT)
        e.by = e.path;
    u32 length = vm_path_length(&e.path);
    e.note =
        (struct note){.kind = kind, .mode = MODE_K, .cause = CAUSE_ILLEGAL, .insn = 0x100022f3};
    e.level = (u8)(kind == EVENT_EXIT ? length : length - 1);
    return e;
}

struct log {
    struct counters counters;
    struct traplog *traps;
};

static void tell(struct log *log, struct event e)
{
    counters_add(&log->counters, &e);
    traplog_add(log->traps, &e);
}

static void tell_exit(struct log *log, u16 second, u64 retired, u64 charged, u32 ran, u32 cost)
{
    struct event e = event_at(EVENT_EXIT, 1, second, retired, charged);
    e.ran = ran;
    e.cost = cost;
    tell(log, e);
}

// g1.1 traps at 100; L0 hands it to g1, which runs 30 instructions to its first exit and 20 to its
// second, then g1.1 runs 7 more. L0 retires 5 instructions for each of the three exits.
static void tell_story(struct log *log)
{
    tell_exit(log, 1, 100, 10, 100, 10);
    tell(log, event_at(EVENT_REFLECT, 1, 0, 105, 13));
    tell_exit(log, 0, 135, 23, 30, 10);
    tell(log, event_at(EVENT_EMULATE, 1, 0, 140, 23));
    tell(log, event_at(EVENT_EMULATE, 1, 1, 140, 23));
    tell_exit(log, 0, 160, 33, 20, 10);
    tell(log, event_at(EVENT_EMULATE, 1, 0, 165, 33));
}

static void test_multiplication(void)
{
    static struct log log;
    log.traps = traplog_new();
    counters_reset(&log.counters);
    counters_watch(&log.counters, &(struct vm_path){{1, 1}});
    tell_story(&log);
    tell_exit(&log, 1, 172, 43, 7, 10);
    struct effort by[EVENT_DEPTH];
    CU_ASSERT_EQUAL(multiply_sum(&log.counters.multiplied, by), 2);
    CU_ASSERT_EQUAL(by[0].exits, 3);
    CU_ASSERT_EQUAL(by[0].instructions, 15);
    CU_ASSERT_EQUAL(by[0].cycles, 15 + 33);
    CU_ASSERT_EQUAL(by[1].exits, 1);
    CU_ASSERT_EQUAL(by[1].instructions, 50);
    CU_ASSERT_EQUAL(by[1].cycles, 50);
    counters_reset(&log.counters);
    traplog_free(log.traps);
}

// A native L0 can stop g1.1, without an exit, to tell g1's VMM that its timer is due: what ran then
// was not that VMM.
static void test_multiplication_stopped(void)
{
    static struct log log;
    log.traps = traplog_new();
    counters_reset(&log.counters);
    counters_watch(&log.counters, &(struct vm_path){{1, 1}});
    tell_exit(&log, 1, 100, 10, 100, 10);
    tell(&log, event_at(EVENT_REFLECT, 1, 0, 100, 10));
    tell_exit(&log, 0, 130, 20, 30, 10); // sret
    tell(&log, event_at(EVENT_EMULATE, 1, 0, 130, 20));
    struct event due = event_at(EVENT_INJECT, 1, 0, 630, 25);
    due.by = (struct vm_path){{1, 1}};
    due.ran = 500;
    due.cost = 5;
    tell(&log, due);
    CU_ASSERT(vm_path_equal(&traplog_row(log.traps, log.traps->traps)->ran_by, &due.by));
    tell_exit(&log, 0, 650, 35, 20, 10);
    tell_exit(&log, 1, 660, 45, 10, 10);
    struct effort by[EVENT_DEPTH];
    multiply_sum(&log.counters.multiplied, by);
    CU_ASSERT_EQUAL(by[0].instructions, 0);
    CU_ASSERT_EQUAL(by[0].cycles, 35);
    CU_ASSERT_EQUAL(by[1].instructions, 50);
    traplog_free(log.traps);
}

// What g1's VMM says goes to the exit that it is busy with, not to its own last one.
static void test_decided(void)
{
    static struct log log;
    struct saved_pages mark;
    log.traps = traplog_new();
    tell_exit(&log, 1, 100, 10, 100, 10);
    tell(&log, event_at(EVENT_REFLECT, 1, 0, 100, 10));
    tell_exit(&log, 0, 130, 20, 30, 10);
    tell(&log, event_at(EVENT_EMULATE, 1, 0, 130, 20));
    const struct trap_row *deep = traplog_row(log.traps, 1), *own = traplog_row(log.traps, 2);
    CU_ASSERT_EQUAL(trap_row_verdict(deep), EVENT_EXIT);
    CU_ASSERT(traplog_mark(log.traps, &mark));
    tell(&log, event_at(EVENT_KILL, 1, 1, 130, 20));
    CU_ASSERT_EQUAL(trap_row_verdict(deep), EVENT_KILL);
    CU_ASSERT_EQUAL(own->outcome, EVENT_EMULATE);
    traplog_return(log.traps, &mark);
    CU_ASSERT_EQUAL(trap_row_verdict(deep), EVENT_EXIT);
    pages_drop(&mark);
    traplog_free(log.traps);
}

static void test_route(void)
{
    static struct log log;
    struct route route;
    char text[64];
    log.traps = traplog_new();
    tell_story(&log);
    const struct trap_row *row = traplog_row(log.traps, 1);
    CU_ASSERT(trap_row_is_deep(row));
    CU_ASSERT(!trap_row_is_deep(traplog_row(log.traps, 2)));
    route_find(log.traps, row, &route);
    CU_ASSERT_STRING_EQUAL(route_print(&route, row, text), "2>0>1>…");
    struct saved_pages mark;
    CU_ASSERT(traplog_mark(log.traps, &mark));
    struct event sret = event_at(EVENT_EXIT, 1, 0, 165, 33),
                 done = event_at(EVENT_EMULATE, 1, 0, 165, 33);
    sret.note.insn = done.note.insn = 0x10200073;
    tell(&log, sret);
    tell(&log, done);
    route_find(log.traps, row, &route);
    CU_ASSERT_STRING_EQUAL(route_print(&route, row, text), "2>0>1>0>2");
    traplog_return(log.traps, &mark);
    tell_exit(&log, 1, 172, 43, 7, 10);
    route_find(log.traps, row, &route);
    CU_ASSERT_STRING_EQUAL(route_print(&route, row, text), "2>0>1>0>2");
    CU_ASSERT_EQUAL(route.station[0].exits, 2);
    pages_drop(&mark);
    traplog_free(log.traps);
}

// Two guests that compute, walk through pages and take exits, by the wall clock, where an
// instruction may take many ticks; in pieces of so many steps.
static u64 hash_after(u64 steps, u64 piece, bool t32)
{
    static const char busy[] =
        "_start: li t0, 0x80500000\n li t2, 4096\n li t3, 100\n 1: sw t1, (t0)\n add t0, t0, t2\n"
        " addi t1, t1, 1\n mul t4, t1, t1\n addi t3, t3, -1\n bnez t3, 1b\n"
        " csrw sscratch, t1\n j _start\n";
    struct world_plan plan = plan_of_one();
    add(&plan, "second", false, 0);
    plan.guest[0].source = plan.guest[1].source = busy;
    plan.depth = 1;
    plan.t32 = t32;
    plan.machine.clock = CLOCK_WALL;
    plan.vmm.quantum = 5000;
    struct world *w = build(&plan);
    for (u64 done = 0; done < steps; done += piece)
        machine_run(w->machine, piece < steps - done ? piece : steps - done);
    u64 hash = machine_hash(w->machine);
    world_free(w);
    return hash;
}

static void test_pieces(void)
{
    for (int t32 = 0; t32 < 2; t32++) {
        u64 whole = hash_after(300000, 300000, t32);
        CU_ASSERT_EQUAL(hash_after(300000, 777, t32), whole);
        CU_ASSERT_EQUAL(hash_after(300000, 1, t32), whole);
    }
}

const struct suite suite_nest = {
    "nest",
    (const struct test[]){
        {"a chain of VMMs holds each in the one above, to depth 7", test_chain},
        {"a guest's RAM starts the same bare and at depth 4", test_same_ram},
        {"a tree has its paths, its units, and an end", test_tree},
        {"a guest within a guest is seen as it runs, step by step", test_look},
        {"what is typed reaches the guest it is typed at, wherever that is", test_typing},
        {"plans that cannot be are refused with the reason", test_refusals},
        {"RAM that is not whole pages is refused", test_ram_sizes},
        {"what an exit takes is counted for the VMM that does it", test_multiplication},
        {"a guest that is stopped without an exit is not its VMM", test_multiplication_stopped},
        {"what a VMM in between does is told of the exit it is about", test_decided},
        {"an exit's way through the levels is told", test_route},
        {"by the wall clock, too, a run in pieces is the same run", test_pieces},
        {0}}};
