// The experiment of Popek and Goldberg on our machine: the tables' classes are what the machine
// does.
#include "sim/classify.h"
#include "tests/suite.h"

#include <string.h>

static struct classified rows[CLASSIFIED_MOST];

static u32 run(u32 profile)
{
    char error[160] = "";
    u32 count = classify(profile, rows, error, sizeof error);
    CU_ASSERT_STRING_EQUAL(error, "");
    return count;
}

static const struct classified *row_named(u32 count, const char *name)
{
    for (u32 i = 0; i < count; i++)
        if (!strcmp(rows[i].name, name))
            return &rows[i];
    CU_FAIL_FATAL("no such row");
    return NULL;
}

static void every_class_in_the_tables_is_what_the_machine_does(void)
{
    // Without the six CSR instructions and the rows of other profiles, and with "all other CSRs".
    static const u32 fewer[] = {[ISA_T32] = 12 + 4 + 12, [ISA_HOLES] = 12 + 12, [ISA_H] = 4 + 12};
    for (u32 profile = ISA_T32; profile <= ISA_H; profile++) {
        u32 count = run(profile), csrs = profile == ISA_H ? isa_csr_count : 18;
        CU_ASSERT_EQUAL(count, INSN_COUNT - 1 - 6 - fewer[profile] + csrs + 1);
        for (u32 i = 0; i < count; i++)
            CU_ASSERT_TRUE(rows[i].agrees);
    }
}

static void in_t32_every_sensitive_instruction_traps_in_u(void)
{
    u32 count = run(ISA_T32), sensitive = 0;
    for (u32 i = 0; i < count; i++) {
        bool is_sensitive = rows[i].control || rows[i].behaviour;
        CU_ASSERT(!is_sensitive || rows[i].traps_u);
        sensitive += is_sensitive;
    }
    CU_ASSERT_EQUAL(sensitive, 1 + 3 + 12); // ecall; sret, wfi, sfence.vma; the K CSRs
}

static void with_the_hypervisor_extension_every_sensitive_instruction_traps_in_u(void)
{
    u32 count = run(ISA_H);
    for (u32 i = 0; i < count; i++)
        CU_ASSERT((!rows[i].control && !rows[i].behaviour) || rows[i].traps_u);
}

static void the_holes_are_sensitive_and_do_not_trap(void)
{
    static const struct {
        const char *name;
        bool control;
    } holes[] = {{"rdmode", false}, {"pushst", false}, {"popst", true}, {"jrst", true}};
    u32 count = run(ISA_HOLES);
    for (size_t i = 0; i < sizeof holes / sizeof *holes; i++) {
        const struct classified *row = row_named(count, holes[i].name);
        CU_ASSERT_FALSE(row->privileged);
        CU_ASSERT_FALSE(row->traps_u);
        CU_ASSERT_EQUAL(row->control, holes[i].control);
        CU_ASSERT_TRUE(row->control || row->behaviour);
    }
}

static void what_a_fence_does_is_noticed(void)
{
    u32 count = run(ISA_T32);
    CU_ASSERT_TRUE(row_named(count, "sfence.vma")->control);
    CU_ASSERT_FALSE(row_named(count, "fence")->control);
    CU_ASSERT_FALSE(row_named(count, "fence.i")->control);
}

const struct suite suite_classify = {
    "classify",
    (const struct test[]){
        {"every class in the tables is what the machine does",
         every_class_in_the_tables_is_what_the_machine_does},
        {"in T32 every sensitive instruction traps in U",
         in_t32_every_sensitive_instruction_traps_in_u},
        {"with the hypervisor extension every sensitive instruction traps in U",
         with_the_hypervisor_extension_every_sensitive_instruction_traps_in_u},
        {"the holes are sensitive and do not trap", the_holes_are_sensitive_and_do_not_trap},
        {"what a fence does is noticed", what_a_fence_does_is_noticed},
        {0},
    }};
