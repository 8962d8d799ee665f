// A guest that has the hypervisor extension itself. Random programs that run guests of their own
// (tests/random_h.h) are run twice: by the machine alone, and by a VCPU of the native VMM, which
// runs them by the technique `assist`. After every instruction that retires the hart and the VCPU
// must be equal, and at the end of a program RAM, too.
//
// VIRTUAL_H_PROGRAMS in the environment says how many programs run, and VIRTUAL_H_SEED which.
#include "hypervisor/native/native.h"
#include "hypervisor/vm.h"
#include "sim/core/core.h"
#include "tests/random_h.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAMS 2000u
#define INSTRUCTIONS 150u // that a program may retire
#define STEPS_MOST \
    200u // without an instruction that retires: a loop of traps, or a hart that waits
#define MEMORY (8u << 20) // the VMM's
#define RAM_AT (BOARD_RAM + MEMORY)

struct pair {
    struct machine *bare, *machine;
    struct native *native;
    u32 ram;
};

struct plan {
    bool adue;
    u32 ram;      // of the guest: 4 MiB let the memory map have an entry of 4 MiB
    bool at_will; // the VMM runs many steps at a time, so that it chooses its own stops
    u8 technique; // enum technique_kind
    u8 policy;
    bool without; // the VMM's machine has no hypervisor extension
};

static struct machine *new_machine(const struct plan *plan, u32 ram, u32 profile)
{
    struct machine_config config = machine_config_default();
    char error[160];
    config.profile = profile;
    config.adue = plan->adue;
    config.ram = ram;
    config.engine = ENGINE_PLAIN;
    struct machine *m = machine_new(&config, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(m);
    return m;
}

static struct pair pair_new(const struct plan *plan)
{
    struct pair p = {.ram = plan->ram};
    char error[160];
    size_t size = sizeof(struct vmm_config) + sizeof(struct guest_config);
    struct vmm_config *config = calloc(1, size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    *config = (struct vmm_config){.memory_at = BOARD_RAM,
                                  .memory_size = MEMORY,
                                  .quantum = 50000,
                                  .policy = plan->policy,
                                  .harts = 1,
                                  .adue = plan->adue,
                                  .guests = 1};
    config->guest[0] = (struct guest_config){.name = "random",
                                             .ram_at = RAM_AT,
                                             .ram_size = plan->ram,
                                             .entry = RANDOM_CODE,
                                             .weight = 100,
                                             .vcpus = 1,
                                             .hart = GUEST_ANY_HART,
                                             .technique = plan->technique,
                                             .has_h = true};
    p.bare = new_machine(plan, plan->ram, ISA_H);
    p.machine = new_machine(plan, MEMORY + plan->ram, plan->without ? ISA_T32 : ISA_H);
    p.native = native_new(p.machine, config, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p.native);
    free(config);
    return p;
}

static void pair_free(struct pair *p)
{
    native_free(p->native);
    machine_free(p->machine);
    machine_free(p->bare);
}

static void put(void *context, mpa at, u32 word)
{
    struct pair *p = context;
    machine_write(p->bare, at, &word, sizeof word);
    machine_write(p->machine, at + MEMORY, &word, sizeof word);
}

static void *in_machine(const struct pair *p, mpa at)
{
    return p->machine->ram.bytes + (at - BOARD_RAM);
}

static struct vcpu *vcpu_of(const struct pair *p)
{
    const struct vmm *vmm = in_machine(p, BOARD_RAM);
    const struct vm *vm = in_machine(p, vmm->first_vm);
    return in_machine(p, vm->vcpus_at);
}

static void start_program(struct pair *p)
{
    struct random_h random = {.put = put, .context = p, .fenced = true};
    struct hart *bare = &p->bare->hart[0];
    struct vcpu *v = vcpu_of(p);
    random_h_program(&random);
    random_h_state(&random, &bare->state, &bare->extension);
    v->state = bare->state;
    v->h = bare->extension;
}

// ---- running

// Runs step by step until the hart or VCPU has retired so many instructions. Returns false if it
// does not get there.
static bool run_until(struct machine *m, const u64 *retired, u64 until)
{
    for (u32 i = 0; i < STEPS_MOST && *retired < until; i++)
        if (machine_run(m, 1) != STOP_STEPS)
            break;
    return *retired >= until;
}

// `run` may differ for a moment: a machine parks at every `wfi`, and then looks whether to go on.
static bool are_equal(const struct pair *p)
{
    struct hart_state a = p->bare->hart[0].state, b = vcpu_of(p)->state;
    struct h_state ha = p->bare->hart[0].extension, hb = vcpu_of(p)->h;
    a.run = b.run = HART_RUNNING;
    return !memcmp(&a, &b, sizeof a) && !memcmp(&ha, &hb, sizeof ha);
}

static bool same_memory(const struct pair *p)
{
    return !memcmp(p->bare->ram.bytes, in_machine(p, RAM_AT), p->ram);
}

struct seen {
    u32 retired, inner, entered, left, ended;
};

static void note(struct seen *seen, const struct hart_state *s, bool *virt)
{
    seen->retired++;
    seen->inner += s->virt;
    seen->entered += !*virt && s->virt;
    seen->left += *virt && !s->virt;
    *virt = s->virt;
}

static void show(const struct pair *p, u32 program)
{
    const struct hart_state *a = &p->bare->hart[0].state, *b = &vcpu_of(p)->state;
    const struct h_state *ha = &p->bare->hart[0].extension, *hb = &vcpu_of(p)->h;
    const u32 *x = (const u32 *)a, *y = (const u32 *)b;
    printf("# program %u: bare pc %08x V %u mode %u retired %u, VCPU pc %08x V %u mode %u retired "
           "%u\n",
           program, a->pc, a->virt, a->mode, (u32)a->retired, b->pc, b->virt, b->mode,
           (u32)b->retired);
    for (u32 i = 0; i < sizeof *a / 4; i++)
        if (x[i] != y[i])
            printf("#   word %u of struct hart_state: %08x, VCPU %08x\n", i, x[i], y[i]);
    x = (const u32 *)ha;
    y = (const u32 *)hb;
    for (u32 i = 0; i < sizeof *ha / 4; i++)
        if (x[i] != y[i])
            printf("#   word %u of struct h_state: %08x, VCPU %08x\n", i, x[i], y[i]);
}

static bool run_program(struct pair *p, struct seen *seen)
{
    const u64 *bare = &p->bare->hart[0].state.retired, *vcpu = &vcpu_of(p)->state.retired;
    bool virt = p->bare->hart[0].state.virt;
    for (u64 i = 1; i <= INSTRUCTIONS; i++) {
        bool on = run_until(p->bare, bare, i);
        if (run_until(p->machine, vcpu, i) != on)
            return false;
        if (!on) {
            seen->ended++;
            return true;
        }
        if (!are_equal(p))
            return false;
        note(seen, &p->bare->hart[0].state, &virt);
    }
    return same_memory(p);
}

// The VMM runs some steps, and the machine follows it. Behind the last instruction that retired
// there may be traps, so the machine looks for the state among its next steps.
static bool follow(struct pair *p)
{
    const u64 *bare = &p->bare->hart[0].state.retired, *vcpu = &vcpu_of(p)->state.retired;
    machine_run(p->machine, 1 + random_pick(40));
    run_until(p->bare, bare, *vcpu);
    for (u32 i = 0; i < STEPS_MOST && *bare == *vcpu; i++) {
        if (are_equal(p))
            return true;
        machine_run(p->bare, 1);
    }
    return are_equal(p);
}

static bool run_at_will(struct pair *p, struct seen *seen)
{
    bool virt = p->bare->hart[0].state.virt;
    while (p->bare->hart[0].state.retired < INSTRUCTIONS) {
        u64 before = p->bare->hart[0].state.retired;
        if (!follow(p))
            return false;
        note(seen, &p->bare->hart[0].state, &virt);
        if (p->bare->hart[0].state.retired == before)
            break;
    }
    return same_memory(p);
}

static u32 number_from(const char *name, u32 otherwise)
{
    const char *text = getenv(name);
    return text ? (u32)strtoul(text, NULL, 10) : otherwise;
}

// Runs this share of all programs, in percent.
static void run_programs(u32 which, u32 share, const struct plan *plan)
{
    struct seen seen = {0};
    u32 programs = number_from("VIRTUAL_H_PROGRAMS", PROGRAMS) / 100 * share;
    u32 first = number_from("VIRTUAL_H_SEED", 1) * 1000000 + which * 100000;
    for (u32 i = 0; i < programs; i++) {
        struct pair p = pair_new(plan);
        srand(first + i);
        start_program(&p);
        bool equal = plan->at_will ? run_at_will(&p, &seen) : run_program(&p, &seen);
        if (!equal)
            show(&p, first + i);
        pair_free(&p);
        CU_ASSERT_FATAL(equal);
    }
    if (getenv("VIRTUAL_H_SHOW"))
        printf("# %u programs: %u instructions, %u with V = 1, %u entries, %u ends\n", programs,
               seen.retired, seen.inner, seen.entered, seen.ended);
    if (programs < 200 || plan->at_will) // too few to meet everything, or not counted one by one
        return;
    CU_ASSERT(seen.retired > programs * 40);
    CU_ASSERT(seen.inner > programs * 10);
    CU_ASSERT(seen.entered > programs / 4);
    CU_ASSERT(seen.left > programs / 2);
}

#define ASSIST .technique = TECHNIQUE_ASSIST, .policy = POLICY_CACHED
#define TRAP .technique = TECHNIQUE_TRAP, .policy = POLICY_CACHED

static void a_guest_with_guests_lives_as_on_the_machine(void)
{
    run_programs(0, 25, &(struct plan){ASSIST, .ram = RANDOM_RAM});
}

static void the_same_where_the_vmm_chooses_its_own_stops(void)
{
    run_programs(3, 50, &(struct plan){ASSIST, .ram = RANDOM_RAM, .at_will = true});
}

static void the_same_where_the_memory_map_has_a_superpage(void)
{
    run_programs(1, 15, &(struct plan){ASSIST, .ram = MEGAPAGE_SIZE});
}

static void the_same_where_hardware_sets_a_and_d(void)
{
    run_programs(2, 10, &(struct plan){ASSIST, .ram = RANDOM_RAM, .adue = true});
}

static void the_same_by_trap_and_emulate(void)
{
    run_programs(4, 10, &(struct plan){TRAP, .ram = RANDOM_RAM});
}

static void the_same_by_trap_on_a_machine_without_the_extension(void)
{
    run_programs(5, 10, &(struct plan){TRAP, .ram = RANDOM_RAM, .without = true});
}

static void the_same_by_trap_where_the_vmm_chooses_its_own_stops(void)
{
    run_programs(6, 20, &(struct plan){TRAP, .ram = RANDOM_RAM, .at_will = true});
}

static void the_same_by_trap_where_the_memory_map_has_a_superpage(void)
{
    run_programs(7, 10, &(struct plan){TRAP, .ram = MEGAPAGE_SIZE});
}

static void the_same_by_trap_where_hardware_sets_a_and_d(void)
{
    run_programs(8, 5, &(struct plan){TRAP, .ram = RANDOM_RAM, .adue = true});
}

static void the_same_by_trap_where_each_fence_drops_all_shadows(void)
{
    struct plan plan = {.technique = TECHNIQUE_TRAP, .policy = POLICY_DROP_ALL, .ram = RANDOM_RAM};
    run_programs(9, 5, &plan);
}

const struct suite suite_virtual_h = {
    "virtual_h",
    (const struct test[]){
        {"a guest with guests of its own lives as on the machine",
         a_guest_with_guests_lives_as_on_the_machine},
        {"the same where the VMM chooses its own stops",
         the_same_where_the_vmm_chooses_its_own_stops},
        {"the same where the memory map has an entry of 4 MiB",
         the_same_where_the_memory_map_has_a_superpage},
        {"the same where hardware sets A and D", the_same_where_hardware_sets_a_and_d},
        {"the same by trap-and-emulate", the_same_by_trap_and_emulate},
        {"the same by trap-and-emulate on a machine without the extension",
         the_same_by_trap_on_a_machine_without_the_extension},
        {"the same by trap-and-emulate where the VMM chooses its own stops",
         the_same_by_trap_where_the_vmm_chooses_its_own_stops},
        {"the same by trap-and-emulate where the memory map has an entry of 4 MiB",
         the_same_by_trap_where_the_memory_map_has_a_superpage},
        {"the same by trap-and-emulate where hardware sets A and D",
         the_same_by_trap_where_hardware_sets_a_and_d},
        {"the same by trap-and-emulate where each fence drops all shadows",
         the_same_by_trap_where_each_fence_drops_all_shadows},
        {0},
    },
};
