// What the native and the T32 backend owe the VMM's core (hypervisor/hw.h), seen from guests: turns
// of harts, flushes on every hart, reservations, disks, the way the machine goes off, and time
// beyond 2^32.
#include "hypervisor/native/native.h"
#include "isa/board/sbi.h"
#include "scenarios/world/world.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#define RAM (8u << 20)
#define STEPS_MOST 3000000u
#define S2 18 // the number of register s2

static struct world_plan plan_of(bool t32, const char *first, const char *second)
{
    const char *sources[] = {first, second};
    struct world_plan plan;
    world_plan_default(&plan);
    plan.depth = 1;
    plan.t32 = t32;
    for (u32 i = 0; i < 2 && sources[i]; i++) {
        struct guest_plan *g = &plan.guest[plan.guests++];
        g->image = "source";
        g->source = sources[i];
        g->ram = RAM;
    }
    return plan;
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

static struct hart_state state_of(struct world *w, u32 guest)
{
    struct observed_vcpu v = {0};
    CU_ASSERT(observe_vcpu(w->machine, &w->guest[guest].path, 0, &v));
    return v.state;
}

// ---- native

// The machine gives each hart a few steps at a time. A VMM that went on until the end of a guest's
// slice would leave the other harts behind.
static void harts_run_at_the_same_time(void)
{
    static const char spin[] = "j .\n";
    struct world_plan plan = plan_of(false, spin, spin);
    plan.machine.harts = 2;
    plan.vmm.quantum = 1000000;
    struct world *w = build(&plan);
    machine_run(w->machine, 100000);
    CU_ASSERT(state_of(w, 0).retired > 40000);
    CU_ASSERT(state_of(w, 1).retired > 40000);
    world_free(w);
}

// Each guest reads the first word of its disk.
static void every_guest_reads_its_own_disk(void)
{
    static const char read[] = "li t0, 0x10010000\n sw x0, 8(t0)\n li t1, 1\n sw t1, 12(t0)\n"
                               "lw s2, 20(t0)\n li a7, 8\n ecall\n";
    struct world_plan plan = plan_of(false, read, read);
    plan.guest[0].disk = "Makefile"; // any two files do that begin differently
    plan.guest[1].disk = "tests/test_backends.c";
    struct world *w = build(&plan);
    CU_ASSERT_EQUAL(machine_run(w->machine, STEPS_MOST), STOP_POWER);
    for (u32 i = 0; i < 2; i++) {
        u32 word = 0, begin = state_of(w, i).x[S2];
        FILE *file = fopen(plan.guest[i].disk, "rb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        CU_ASSERT_EQUAL(fread(&word, sizeof word, 1, file), 1);
        CU_ASSERT_EQUAL(word, begin);
        fclose(file);
    }
    world_free(w);
}

// Each guest fills the first sector of its disk with a word of its own.
#define FILL(word)                                                                             \
    "li t0, 0x10010000\n sw x0, 8(t0)\n li t1, 2\n sw t1, 12(t0)\n li t1, 128\n li t2, " #word \
    "\n 1: sw t2, 20(t0)\n addi t1, t1, -1\n bnez t1, 1b\n li a7, 8\n ecall\n"

static void every_guest_writes_its_own_disk(void)
{
    struct world_plan plan = plan_of(false, FILL(0x111), FILL(0x222));
    plan.guest[0].disk = plan.guest[1].disk = "tests/test_backends.c"; // any file does
    struct world *w = build(&plan);
    CU_ASSERT_EQUAL(machine_run(w->machine, STEPS_MOST), STOP_POWER);
    for (u32 i = 0; i < 2; i++) {
        u32 sector[BOARD_SECTOR / 4];
        CU_ASSERT(machine_disk_read(w->machine, w->guest[i].unit, 0, sector));
        CU_ASSERT_EQUAL(sector[0], 0x111 * (i + 1));
        CU_ASSERT_EQUAL(sector[127], 0x111 * (i + 1));
    }
    world_free(w);
}

// The RAM of a guest is a part of the machine's, to its last page.
static void a_guest_gets_no_ram_that_the_machine_lacks(void)
{
    enum { POOL = 8 << 20 };
    struct vmm_config *c = calloc(1, sizeof *c + sizeof c->guest[0]);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    *c = (struct vmm_config){
        .memory_at = BOARD_RAM, .memory_size = POOL, .quantum = 10000, .harts = 1, .guests = 1};
    c->guest[0] = (struct guest_config){
        .ram_at = BOARD_RAM + POOL, .weight = 100, .vcpus = 1, .hart = GUEST_ANY_HART};
    struct machine_config config = machine_config_default();
    config.ram = POOL + RAM;
    for (u32 more = 0; more < 2; more++) {
        char error[160] = "";
        struct machine *m = machine_new(&config, error, sizeof error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(m);
        c->guest[0].ram_size = RAM + more * PAGE_SIZE;
        struct native *n = native_new(m, c, error, sizeof error);
        CU_ASSERT_EQUAL(n == NULL, more);
        CU_ASSERT_EQUAL(strstr(error, "is not a page-aligned part of the machine's") != NULL, more);
        if (n)
            native_free(n);
        machine_free(m);
    }
    free(c);
}

// The guest maps page 0x40000000 to one page, reads there, maps it to another, fences, reads again.
static const char remap[] = "la t0, root\n srli t0, t0, 12\n li t1, 0x80000000\n or t0, t0, t1\n"
                            "la t2, small\n srli t2, t2, 2\n ori t2, t2, 1\n"
                            "la t3, root\n sw t2, 0x400(t3)\n" // 0x40000000: the small table
                            "la t2, one\n srli t2, t2, 2\n ori t2, t2, 0xcf\n"
                            "la t3, small\n sw t2, 0(t3)\n"
                            "csrw satp, t0\n sfence.vma\n"
                            "li t5, 0x40000000\n lw s2, 0(t5)\n"
                            "la t2, two\n srli t2, t2, 2\n ori t2, t2, 0xcf\n"
                            "sw t2, 0(t3)\n sfence.vma t5, x0\n lw s3, 0(t5)\n"
                            "li a7, 8\n ecall\n"
                            ".data\n .align 12\n one: .word 1\n .align 12\n two: .word 2\n"
                            ".align 12\n small: .space 4096\n"
                            "root: .space 4 * 0x201\n .word 0x201000cf\n .space 4 * 0x1fe\n";

static void a_flush_reaches_every_hart(void)
{
    for (u8 hart = 0; hart < 2; hart++) {
        struct world_plan plan = plan_of(false, remap, NULL);
        plan.machine.harts = 2;
        plan.guest[0].hart = hart;
        struct world *w = build(&plan);
        machine_run(w->machine, STEPS_MOST);
        CU_ASSERT_EQUAL(world_guest_end(w, 0).state, VM_OFF);
        CU_ASSERT_EQUAL(state_of(w, 0).x[S2], 1);
        CU_ASSERT_EQUAL(state_of(w, 0).x[S2 + 1], 2);
        world_free(w);
    }
}

// ---- both

// VCPU 0 reserves a word all the time. VCPU 1, on the same hart, never does, so no SC of it may
// succeed. If one does, the guest fails.
static const char reserve[] = "la s0, word\n"
                              "li a7, 0x48534d\n li a6, 0\n li a0, 1\n la a1, other\n ecall\n"
                              "reserving: lr.w t0, (s0)\n j reserving\n"
                              "other: la s0, word\n li s1, 20000\n"
                              "storing: sc.w t1, s1, (s0)\n beqz t1, fail\n"
                              "addi s1, s1, -1\n bnez s1, storing\n"
                              "li a7, 8\n ecall\n"
                              "fail: li t0, 0x100000\n li t1, 0x13333\n sw t1, 0(t0)\n"
                              ".data\n word: .word 0\n";

static void a_reservation_is_a_vcpus_own(void)
{
    for (int t32 = 0; t32 < 2; t32++) {
        struct world_plan plan = plan_of(t32, reserve, NULL);
        plan.guest[0].vcpus = 2;
        struct world *w = build(&plan);
        machine_run(w->machine, STEPS_MOST);
        CU_ASSERT_EQUAL(world_guest_end(w, 0).state, VM_OFF);
        world_free(w);
    }
}

// ---- T32

// Echoes what is typed, and takes its time between two bytes.
static const char echo[] = "li t0, 0x10000000\n 1: lbu t1, 5(t0)\n andi t1, t1, 1\n beqz t1, 1b\n"
                           " lbu t2, (t0)\n sb t2, (t0)\n li t3, 3000\n"
                           " 2: addi t3, t3, -1\n bnez t3, 2b\n j 1b\n";

struct printed {
    char text[256];
    u32 count;
};

static void collect(void *context, const struct event *e)
{
    struct printed *p = context;
    if (e->path.id[0] == 1 && p->count < sizeof p->text - 1)
        p->text[p->count++] = (char)e->note.value;
}

// With several guests the VMM keeps what is typed until its guest reads it. Bytes come while
// earlier ones wait there, until more have come than it keeps at once.
static void what_is_typed_comes_in_order(void)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    char typed[6 * 26 + 1] = "";
    struct printed p = {.count = 0};
    struct world_plan plan = plan_of(true, echo, "li a7, 8\n ecall\n");
    struct world *w = build(&plan);
    machine_listen(w->machine, EVENT_BIT(EVENT_CONSOLE), collect, &p);
    machine_run(w->machine, STEPS_MOST);
    for (u32 i = 0; i < 6; i++) {
        strcat(typed, letters);
        CU_ASSERT(machine_input(w->machine, 0, letters, 26));
        machine_run(w->machine, 60000); // some of them are printed
        CU_ASSERT(p.count > 0 && p.count < strlen(typed));
    }
    machine_run(w->machine, 10 * STEPS_MOST);
    CU_ASSERT_STRING_EQUAL(p.text, typed);
    world_free(w);
}

// A VMM that is guest code gives the disk of its machine to its first guest.
static void only_the_first_guest_has_the_disk(void)
{
    static const char look[] = "li t0, 0x10001000\n lw s2, 0x100(t0)\n li a7, 8\n ecall\n";
    struct world_plan plan = plan_of(true, look, look);
    plan.guest[0].disk = "tests/test_backends.c"; // any file does
    struct world *w = build(&plan);
    CU_ASSERT_EQUAL(machine_run(w->machine, STEPS_MOST), STOP_POWER);
    CU_ASSERT_NOT_EQUAL(state_of(w, 0).x[S2], 0);
    CU_ASSERT_EQUAL(state_of(w, 1).x[S2], 0);
    world_free(w);
}

static void the_machine_tells_the_code_of_a_failure(void)
{
    static const char fail[] = "li t0, 0x100000\n li t1, 0x73333\n sw t1, 0(t0)\n";
    for (int t32 = 0; t32 < 2; t32++) {
        struct world_plan plan = plan_of(t32, fail, NULL);
        struct world *w = build(&plan);
        u32 code = 0;
        CU_ASSERT_EQUAL(machine_run(w->machine, STEPS_MOST), STOP_POWER);
        CU_ASSERT_EQUAL(machine_power(w->machine, &code), POWER_FAILED);
        CU_ASSERT_EQUAL(code, 7);
        world_free(w);
    }
}

// The guest sleeps until just before the low word of time overflows, computes beyond that, and
// sleeps once more. Its time is the high word 1 then, and it has run as long as it has to.
static void time_goes_on_after_its_low_word_has_overflowed(void)
{
    static const char cross[] =
        "li t0, -20000\n csrw stimecmp, t0\n csrw stimecmph, x0\n"
        "li t0, 0x20\n csrw sie, t0\n wfi\n"
        "li s2, 30000\n again: addi s2, s2, -1\n bnez s2, again\n"
        "csrr s3, timeh\n"
        "li t0, 100000\n csrw stimecmp, t0\n li t0, 1\n csrw stimecmph, t0\n"
        "wfi\n csrr s4, time\n csrr s5, timeh\n li a7, 8\n ecall\n";
    for (int t32 = 0; t32 < 2; t32++)
        for (int wall = 0; wall < 2; wall++) {
            struct world_plan plan = plan_of(t32, cross, NULL);
            plan.machine.clock = wall ? CLOCK_WALL : CLOCK_VIRTUAL;
            struct world *w = build(&plan);
            CU_ASSERT_EQUAL(machine_run(w->machine, STEPS_MOST), STOP_POWER);
            struct hart_state s = state_of(w, 0);
            CU_ASSERT_EQUAL(s.x[S2 + 1], 1);
            CU_ASSERT_EQUAL(s.x[S2 + 2] / 10000, 10); // the wall clock goes on a little
            CU_ASSERT_EQUAL(s.x[S2 + 3], 1);
            world_free(w);
        }
}

const struct suite suite_backends = {
    "backends",
    (const struct test[]){
        {"two harts under a native VMM run at the same time", harts_run_at_the_same_time},
        {"every guest reads its own disk", every_guest_reads_its_own_disk},
        {"every guest writes its own disk", every_guest_writes_its_own_disk},
        {"a guest gets no RAM that the machine lacks", a_guest_gets_no_ram_that_the_machine_lacks},
        {"a flush by a guest's fence reaches the hart that it runs on", a_flush_reaches_every_hart},
        {"a VCPU does not inherit the reservation of another", a_reservation_is_a_vcpus_own},
        {"what is typed comes in order", what_is_typed_comes_in_order},
        {"of two guests of a T32 VMM the first has the disk", only_the_first_guest_has_the_disk},
        {"the machine goes off with the code of its guest",
         the_machine_tells_the_code_of_a_failure},
        {"time goes on after its low word has overflowed",
         time_goes_on_after_its_low_word_has_overflowed},
        {0}}};
