// What VMMs have claimed (sim/core/claims.h): what one VM claims costs only itself.
#include "hypervisor/native/observe.h"
#include "scenarios/world/world.h"
#include "sim/core/claims.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>

static struct vm_path path_of(u16 a, u16 b, u16 c)
{
    return (struct vm_path){{a, b, c}};
}

static bool claim(struct claims *c, u16 a, u16 b, u16 d)
{
    struct vm_path path = path_of(a, b, d);
    struct vmm_claim *made = claims_make(c, &path);
    if (made)
        made->descriptor = a * 1000000u + b * 1000u + d;
    return made;
}

static bool has(const struct claims *c, u16 a, u16 b, u16 d)
{
    struct vm_path path = path_of(a, b, d);
    const struct vmm_claim *found = claims_find(c, &path);
    return found && found->descriptor == a * 1000000u + b * 1000u + d;
}

static void is_sorted(const struct claims *c)
{
    for (u32 i = 1; i < c->count; i++)
        for (unsigned level = 0; level < EVENT_DEPTH; level++) {
            u16 before = c->claim[i - 1].path.id[level], here = c->claim[i].path.id[level];
            CU_ASSERT(before <= here || level > 0);
            if (before != here)
                break;
        }
    CU_ASSERT(c->count <= CLAIMS_MAX);
}

static void each_vm_has_one_claim_wherever_it_stands(void)
{
    struct claims c = {0};
    for (u16 i = 50; i > 0; i--)
        CU_ASSERT(claim(&c, i, i % 3, 0));
    CU_ASSERT(claim(&c, 0, 0, 0));
    CU_ASSERT_EQUAL(c.count, 51);
    for (u16 i = 1; i <= 50; i++)
        CU_ASSERT(has(&c, i, i % 3, 0) && claim(&c, i, i % 3, 0));
    CU_ASSERT_EQUAL(c.count, 51);
    CU_ASSERT(!has(&c, 51, 0, 0) && has(&c, 0, 0, 0));
    is_sorted(&c);
}

// The first VM claims for thousands of VMs of its own; the second, which comes later, for one.
static void a_neighbour_finds_room_in_a_table_that_is_full(void)
{
    struct claims c = {0};
    claim(&c, 0, 0, 0);
    for (u16 i = 0; i < 5000; i++)
        claim(&c, 1, i, 0);
    CU_ASSERT_EQUAL(c.count, CLAIMS_MAX);
    CU_ASSERT(claim(&c, 2, 0, 0) && claim(&c, 2, 1, 0));
    for (u16 i = 0; i < 5000; i++)
        claim(&c, 1, 1, i);
    CU_ASSERT(has(&c, 2, 0, 0) && has(&c, 2, 1, 0) && has(&c, 0, 0, 0));
    CU_ASSERT(has(&c, 1, 0, 0)); // not even its own kernel loses its claim
    is_sorted(&c);
}

// The same one level down: the VMM of VM 1 has two VMs, and one of them claims without end.
static void vms_of_one_vmm_are_neighbours_too(void)
{
    struct claims c = {0};
    claim(&c, 1, 0, 0);
    for (u16 i = 0; i < 5000; i++)
        claim(&c, 1, 7, i);
    for (u16 i = 0; i < 100; i++)
        CU_ASSERT(claim(&c, 1, 8, i));
    CU_ASSERT(has(&c, 1, 0, 0) && has(&c, 1, 7, 0));
    for (u16 i = 0; i < 5000; i++)
        claim(&c, 1, 7, i);
    for (u16 i = 0; i < 100; i++)
        CU_ASSERT(has(&c, 1, 8, i));
    is_sorted(&c);
}

// Whatever VMs claim, in whatever order: one that has claimed no more than its share keeps it all.
static void within_its_share_a_vm_loses_nothing(void)
{
    enum { VMS = 4, SHARE = CLAIMS_MAX / VMS };
    for (unsigned seed = 0; seed < 200; seed++) {
        struct claims c = {0};
        u16 modest = 1 + seed % VMS, made = 0;
        srand(seed);
        for (u32 i = 0; i < 4000; i++) {
            u16 vm = 1 + rand() % VMS;
            if (vm != modest)
                claim(&c, vm, rand() % 4, rand() % 500);
            else if (made < SHARE)
                CU_ASSERT(claim(&c, vm, 0, made++));
        }
        for (u16 i = 0; i < made; i++)
            CU_ASSERT(has(&c, modest, 0, i));
        is_sorted(&c);
    }
}

// Claims to schedule one VM after another (a note of kind 8), each with a record that says mode K,
// and announces a VMM in each of them (kind 16).
static const char claims_a_thousand[] =
    "_start: la t0, home\n csrw stvec, t0\n la a0, note\n li s1, 1\n"
    "next: sh s1, 4(a0)\n li t0, 8\n sb t0, 0(a0)\n la t0, record\n sw t0, 16(a0)\n"
    " .word 0x75452013\n li t0, 0x100\n csrc sstatus, t0\n la t0, user\n csrw sepc, t0\n sret\n"
    "user: li t0, 16\n sb t0, 0(a0)\n .word 0x75452013\n ecall\n"
    "home: addi s1, s1, 1\n li t0, 1000\n bne s1, t0, next\n"
    "stay: j stay\n .data\n .align 2\nnote: .space 32\nrecord: .space 128\n .byte 0, 0, 0, 0\n"
    " .byte 1, 0, 0, 0\n .space 256\n";
static const char stays[] = "_start: j _start\n";

// The hostile guest has made all its claims before the VMM beside it announces itself.
static void a_vmm_that_comes_late_is_seen_all_the_same(void)
{
    static struct world_plan plan;
    enum status why;
    char error[WORLD_ERROR] = "";
    world_plan_default(&plan);
    plan.guests = 3;
    plan.depth = 1;
    for (u32 i = 0; i < plan.guests; i++) {
        struct guest_plan *g = &plan.guest[i];
        *g = plan.guest[0];
        snprintf(g->name, sizeof g->name, "g%u", i);
        g->image = "source";
        g->source = i ? stays : claims_a_thousand;
        g->ram = 8u << 20;
        g->is_vmm = i == 1;
        g->inside = i == 2 ? 2 : 0;
    }
    plan.vmm.quantum = 100000;
    struct world *w = world_new(&plan, &why, error, sizeof error);
    CU_ASSERT_STRING_EQUAL(error, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    struct vm_path hostile = path_of(1, 0, 0), vmm = path_of(2, 0, 0), inner = path_of(2, 1, 0);
    machine_run(w->machine, 60000);
    CU_ASSERT_NOT_EQUAL(machine_descriptor(w->machine, &(struct vm_path){{1, 3}}), 0);
    CU_ASSERT_EQUAL(machine_descriptor(w->machine, &(struct vm_path){{1, 999}}), 0); // no room left
    machine_run(w->machine, 2000000);
    struct observed_vm seen;
    CU_ASSERT_NOT_EQUAL(machine_descriptor(w->machine, &vmm), 0);
    CU_ASSERT(observe_vm(w->machine, &inner, &seen));
    CU_ASSERT(observe_vm(w->machine, &hostile, &seen));
    world_free(w);
}

const struct suite suite_claims = {
    "claims",
    (const struct test[]){
        {"each VM has one claim, wherever it stands", each_vm_has_one_claim_wherever_it_stands},
        {"a neighbour finds room in a table that is full",
         a_neighbour_finds_room_in_a_table_that_is_full},
        {"the VMs of one VMM are neighbours too", vms_of_one_vmm_are_neighbours_too},
        {"within its share a VM loses nothing", within_its_share_a_vm_loses_nothing},
        {"a VMM that comes late is seen all the same", a_vmm_that_comes_late_is_seen_all_the_same},
        {0}}};
