// What `trapeze compare` measures, seen from C: kinds that are rows of no table.
#include "scenarios/compare/compare.h"
#include "tests/suite.h"

#include <string.h>

static const struct compare_workload *workload(const char *name)
{
    const struct compare_workload *w = compare_workloads;
    while (strcmp(w->name, name))
        w++;
    return w;
}

static const struct compare_kind *kind(const char *name)
{
    const struct compare_kind *k = compare_kinds;
    while (strcmp(k->name, name))
        k++;
    return k;
}

static void each_part_of_the_cycles_is_one_of_the_machines(void)
{
    const struct compare_kind *kinds[] = {kind("bare"), kind("assist")};
    struct compare_result result[2];
    char error[WORLD_ERROR] = "";
    // One round of pgfault: the handler of nano.s, a fence, and two walks, of which the first fails
    // at the last entry.
    CU_ASSERT_FATAL(compare_run(workload("pgfault"), kinds, 2, 0, result, error, sizeof error));
    CU_ASSERT_EQUAL(result[0].traps, costs_default.trap + costs_default.sret);
    CU_ASSERT_EQUAL(result[0].walks, 4 * costs_default.walk);
    CU_ASSERT_EQUAL(result[0].vmm, 0);
    CU_ASSERT_EQUAL(result[1].guest, result[0].guest);
    CU_ASSERT_EQUAL(result[1].traps, result[0].traps); // the guest's own, and no exit
    CU_ASSERT_EQUAL(result[1].exits, 0);
    // Each entry of the guest's table, and the page itself, cost a walk of the second stage. RAM
    // is mapped by one large page there, so such a walk reads one entry.
    CU_ASSERT_EQUAL(result[1].walks, (2 * 2 + 5) * costs_default.walk);
}

static void a_preset_adds_its_switch_to_each_exit(void)
{
    struct compare_kind p4 = *kind("assist-native");
    p4.costs = "p4";
    const struct compare_kind *kinds[] = {kind("assist-native"), &p4};
    struct compare_result result[2];
    char error[WORLD_ERROR] = "";
    CU_ASSERT_FATAL(compare_run(workload("device"), kinds, 2, 0, result, error, sizeof error));
    CU_ASSERT_EQUAL(result[0].exits, 1);
    CU_ASSERT_EQUAL(result[1].exits, 1);
    CU_ASSERT_EQUAL(result[1].traps - result[0].traps, 2409 + 1931 + COSTS_RECORDS * 178);
    CU_ASSERT_EQUAL(result[1].vmm, result[0].vmm);
    CU_ASSERT_EQUAL(result[1].walks, result[0].walks);
}

// A VMM that is T32 code makes its accesses to the guest's registers itself.
static void a_vmm_that_is_code_pays_for_each_access_to_its_record(void)
{
    const struct compare_kind *kinds[] = {kind("assist"), kind("assist-p4"), kind("assist-core")};
    struct compare_result result[3];
    char error[WORLD_ERROR] = "";
    CU_ASSERT_FATAL(compare_run(workload("device"), kinds, 3, 0, result, error, sizeof error));
    u32 p4 = (u32)(result[1].traps - result[0].traps) - 2409 - 1931;
    u32 core = (u32)(result[2].traps - result[0].traps) - 937 - 1186;
    CU_ASSERT(p4 > 0);
    CU_ASSERT_EQUAL(p4 % 178, 0);
    CU_ASSERT_EQUAL(core, p4 / 178 * 52);
    CU_ASSERT_EQUAL(result[1].vmm, result[0].vmm);
}

static void a_kind_that_cannot_do_a_workload_says_why(void)
{
    // More VMMs than can stand above one another.
    struct compare_kind impossible = *kind("native");
    impossible.name = "impossible";
    impossible.depth = WORLD_DEPTH_MAX + 1;
    const struct compare_kind *kinds[] = {&impossible, kind("native")};
    struct compare_result result[2];
    char error[WORLD_ERROR] = "";
    CU_ASSERT_FATAL(compare_run(workload("csr"), kinds, 2, 0, result, error, sizeof error));
    CU_ASSERT_NOT_EQUAL(result[0].cannot[0], 0);
    CU_ASSERT_EQUAL(result[0].cycles, 0);
    CU_ASSERT_EQUAL(result[1].cannot[0], 0); // the kinds after it are measured all the same
    CU_ASSERT(result[1].same);
}

const struct suite suite_compare = {
    "compare",
    (const struct test[]){
        {"each part of the cycles is one of the machine's",
         each_part_of_the_cycles_is_one_of_the_machines},
        {"a preset adds its switch to each exit", a_preset_adds_its_switch_to_each_exit},
        {"a VMM that is T32 code pays for each access to its guest's registers",
         a_vmm_that_is_code_pays_for_each_access_to_its_record},
        {"a kind that cannot do a workload says why", a_kind_that_cannot_do_a_workload_says_why},
        {0},
    },
};
