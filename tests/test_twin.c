// The twin finds a real page-table entry that grants a guest what its own table does not, though
// the guest never uses that entry. Here the test itself writes such an entry, as a VMM with a bug
// would.
#include "scenarios/twin/twin.h"
#include "isa/arch/sv32.h"
#include "scenarios/world/world.h"
#include "tests/suite.h"

#include <string.h>

#define RAM (8u << 20)
#define STEPS 200000u

// The guest turns paging on and makes many exits. Its table maps its own code, 0x40000000 to the
// 4 MiB behind its RAM, and 0x40400000 to its first 4 MiB, to be read only.
static const char program[] = "la t0, root\n srli t0, t0, 12\n li t1, 0x80000000\n or t0, t0, t1\n"
                              "csrw satp, t0\n sfence.vma\n li s1, 2000\n"
                              "again: csrw sscratch, s1\n addi s1, s1, -1\n bnez s1, again\n"
                              "li a7, 8\n ecall\n"
                              ".data\n .align 12\n root: .space 4 * 0x100\n"
                              ".word 0x202000c7, 0x200000c3\n .space 4 * 0xff\n"
                              ".word 0x201000cf\n .space 4 * 0x1fe\n";

static struct world *build(u32 depth)
{
    struct world_plan plan;
    enum status why;
    char error[WORLD_ERROR] = "";
    world_plan_default(&plan);
    plan.depth = depth;
    plan.guests = 1;
    plan.guest[0].image = "source";
    plan.guest[0].source = program;
    plan.guest[0].ram = RAM;
    struct world *w = world_new(&plan, &why, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    return w;
}

// Runs the guest beside its twin. On the way the real table gets an entry of 4 MiB for `va` with
// these flags, which leads to the guest physical address `to`. Flags 0: nothing is written.
static void run_with_entry(gva va, gpa to, u32 flags, const char *expected)
{
    struct world *bare = build(0), *w = build(1);
    struct twin_guest g = {w->guest[0].ram_at, RAM, w->guest[0].unit, bare->machine};
    struct twin *t = twin_new(w->machine, &g, 1, &(struct twin_options){.rights = true});
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL(twin_run(t, 2000), TWIN_RUNS);
    u32 entry = PTE_MAKE(g.ram_at + (to - BOARD_RAM), flags);
    mpa root = SATP_PPN(machine_hart(w->machine, 0)->satp) << PAGE_SHIFT;
    if (flags)
        CU_ASSERT(machine_write(w->machine, root + (va >> 22) * 4, &entry, sizeof entry));
    CU_ASSERT_EQUAL(twin_run(t, STEPS), expected ? TWIN_DIFFERS : TWIN_SAME);
    const struct twin_difference *d = twin_difference(t);
    CU_ASSERT_EQUAL(d != NULL, expected != NULL);
    if (d && expected)
        CU_ASSERT_PTR_NOT_NULL(strstr(d->expected, expected));
    twin_free(t);
    world_free(w);
    world_free(bare);
}

#define LEAF (PTE_V | PTE_U | PTE_A | PTE_D)

static void entries_that_the_guest_has_too_are_right(void)
{
    run_with_entry(0, 0, 0, NULL);
    run_with_entry(0x40400000, BOARD_RAM, LEAF | PTE_R, NULL);
}

static void memory_behind_the_guests_ram_is_found(void)
{
    run_with_entry(0x40000000, BOARD_RAM + RAM, LEAF | PTE_R, "memory of this guest");
}

static void a_right_to_write_is_found(void)
{
    run_with_entry(0x40400000, BOARD_RAM, LEAF | PTE_R | PTE_W, "lets nobody write there");
}

static void another_frame_is_found(void)
{
    run_with_entry(0x40400000, BOARD_RAM + MEGAPAGE_SIZE, LEAF | PTE_R, "leads to its page");
}

const struct suite suite_twin = {
    "twin",
    (const struct test[]){
        {"entries that the guest has, too, are right", entries_that_the_guest_has_too_are_right},
        {"an entry to memory behind the guest's RAM is found",
         memory_behind_the_guests_ram_is_found},
        {"an entry with a right to write is found", a_right_to_write_is_found},
        {"an entry to another frame is found", another_frame_is_found},
        {0}}};
