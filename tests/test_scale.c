// Much of everything: code pages, guests. What sleeps is to leave little behind, and what runs is
// to keep what it needs.
#include "hypervisor/vm.h"
#include "scenarios/world/world.h"
#include "sim/engine/fast.h"
#include "tests/program.h"
#include "tests/suite.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

// ---- decoded code

// Calls a `ret` in each of `pages` pages, `rounds` times over.
#define CALL_PAGES(pages, rounds)                                   \
    " li s0, " rounds "\n"                                          \
    "1: li s1, 0x81000000\n li s2, " pages "\n"                     \
    "2: jalr s1\n add s1, s1, s4\n addi s2, s2, -1\n bnez s2, 2b\n" \
    " addi s0, s0, -1\n bnez s0, 1b\n"

#define WRITE_PAGES                                                                            \
    " .globl _start\n _start: li s4, 4096\n li s3, 0x8067\n li s1, 0x81000000\n li s2, 1000\n" \
    "1: sw s3, 0(s1)\n add s1, s1, s4\n addi s2, s2, -1\n bnez s2, 1b\n"

static u32 code_pages_after(const char *text)
{
    struct machine *m = program_machine(text, NULL);
    machine_run(m, 1000000);
    u32 kept = ((const struct fast *)m->engine_data)->kept;
    machine_free(m);
    return kept;
}

static void code_that_ran_once_is_not_kept(void)
{
    u32 kept = code_pages_after(WRITE_PAGES CALL_PAGES("1000", "1") POWER_OFF_TEXT);
    CU_ASSERT(kept >= 2 && kept <= 2 * CODE_PAGES_LEAST);
}

static void code_that_runs_again_and_again_is_kept(void)
{
    u32 kept = code_pages_after(WRITE_PAGES CALL_PAGES("300", "40") POWER_OFF_TEXT);
    CU_ASSERT(kept >= 301 && kept <= 400);
}

// ---- guests

#define IDLE " .globl _start\n _start: li t0, 0x20\n csrw sie, t0\n 1: wfi\n j 1b\n"
#define BUSY " .globl _start\n _start: addi s0, s0, 1\n j _start\n"

// NULL, and why in `error`.
static struct world *crowd(u32 guests, u32 ram, const char *source, bool t32, char *error)
{
    struct world_plan *plan = malloc(sizeof *plan);
    enum status why;
    world_plan_default(plan);
    plan->depth = 1;
    plan->t32 = t32;
    plan->vmm.quantum = 1000;
    plan->guests = guests;
    for (u32 i = 0; i < guests && i < WORLD_GUESTS_MAX; i++) {
        plan->guest[i].image = "crowd";
        plan->guest[i].source = source;
        plan->guest[i].ram = ram;
    }
    struct world *w = world_new(plan, &why, error, WORLD_ERROR);
    free(plan);
    return w;
}

static void as_many_guests_as_there_can_be_come_to_rest(void)
{
    char error[WORLD_ERROR] = "";
    for (int t32 = 0; t32 < 2; t32++) {
        struct world *w = crowd(WORLD_GUESTS_MAX, BOARD_RAM_MIN, IDLE, t32, error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(w);
        machine_input_interactive(w->machine, true);
        CU_ASSERT_EQUAL(machine_run(w->machine, 20000000), STOP_INPUT);
        u32 waiting = 0;
        for (u32 i = 0; i < w->guests; i++)
            waiting += world_guest_end(w, i).state == VM_WAITING;
        CU_ASSERT_EQUAL(waiting, WORLD_GUESTS_MAX);
        CU_ASSERT_EQUAL(world_guest_find(w, "g1000"), 999);
        CU_ASSERT_EQUAL(world_guest_find(w, "g1025"), -1);
        world_free(w);
    }
}

static void while_nobody_can_run_little_code_is_kept(void)
{
    char error[WORLD_ERROR] = "";
    struct world *w = crowd(200, BOARD_RAM_MIN, IDLE, false, error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    const struct fast *fast = w->machine->engine_data;
    machine_input_interactive(w->machine, true);
    machine_run(w->machine, 790); // all but the last few sleep
    CU_ASSERT(fast->kept > CODE_PAGES_LEAST);
    CU_ASSERT_EQUAL(machine_run(w->machine, 100), STOP_INPUT);
    CU_ASSERT(fast->kept <= CODE_PAGES_LEAST);
    world_free(w);
}

// Code that was entered is forgotten when it was not for long.
static void code_that_slept_long_is_forgotten(void)
{
    struct machine *m = program_machine(WRITE_PAGES CALL_PAGES("300", "3") "1: j 1b\n", NULL);
    const struct fast *fast = m->engine_data;
    machine_run(m, 20000);
    CU_ASSERT(fast->kept > 200);
    for (u32 i = 0; i < 4; i++)
        machine_run(m, CODE_AGE + 1);
    CU_ASSERT(fast->kept < 10);
    machine_free(m);
}

static void one_guest_more_is_refused(void)
{
    char error[WORLD_ERROR] = "";
    CU_ASSERT_PTR_NULL(crowd(WORLD_GUESTS_MAX + 1, BOARD_RAM_MIN, IDLE, false, error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "1025 guests"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "1 to 1024"));
}

static void guests_that_need_too_much_are_refused_with_the_sum(void)
{
    char error[WORLD_ERROR] = "";
    CU_ASSERT_PTR_NULL(crowd(1000, 4u << 20, IDLE, false, error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "give the guests less RAM"));
}

// Bytes that a crowd at rest takes beside the RAM of its guests: the VMM's pages, and whatever the
// host allocated, decoded code among it.
static u64 bytes_beside_guests(u32 guests)
{
    char error[WORLD_ERROR] = "";
    u64 bytes = mallinfo2().uordblks;
    struct world *w = crowd(guests, BOARD_RAM_MIN, IDLE, false, error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    machine_input_interactive(w->machine, true);
    CU_ASSERT_EQUAL(machine_run(w->machine, 20000000), STOP_INPUT);
    bytes = mallinfo2().uordblks - bytes;
    for (mpa page = BOARD_RAM; page < w->guest[0].ram_at; page += PAGE_SIZE)
        bytes += machine_page_used(w->machine, page) ? PAGE_SIZE : 0;
    world_free(w);
    return bytes;
}

static void an_idle_guest_takes_less_than_16_kib_beside_its_ram(void)
{
    u64 one = bytes_beside_guests(1), thousand = bytes_beside_guests(1000);
    CU_ASSERT(thousand >= one + 999 * PAGE_SIZE); // its record, at least
    CU_ASSERT((thousand - one) / 999 < 16384);
}

static void a_thousand_that_compute_get_the_same(void)
{
    char error[WORLD_ERROR] = "";
    struct world *w = crowd(1000, BOARD_RAM_MIN, BUSY, false, error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    machine_run(w->machine, 5 * 1000 * 1000);
    for (u32 i = 0; i < w->guests; i++) {
        struct observed_vm vm;
        CU_ASSERT_FATAL(observe_vm(w->machine, &w->guest[i].path, &vm));
        CU_ASSERT(vm.direct >= 4000 - 10 && vm.direct <= 6000);
    }
    world_free(w);
}

const struct suite suite_scale = {
    "scale",
    (const struct test[]){
        {"code that ran once is not kept", code_that_ran_once_is_not_kept},
        {"code that runs again and again is kept", code_that_runs_again_and_again_is_kept},
        {"as many guests as there can be come to rest",
         as_many_guests_as_there_can_be_come_to_rest},
        {"while nobody can run little code is kept", while_nobody_can_run_little_code_is_kept},
        {"code that slept long is forgotten", code_that_slept_long_is_forgotten},
        {"one guest more is refused", one_guest_more_is_refused},
        {"guests that need too much are refused with the sum",
         guests_that_need_too_much_are_refused_with_the_sum},
        {"an idle guest takes less than 16 KiB beside its RAM",
         an_idle_guest_takes_less_than_16_kib_beside_its_ram},
        {"a thousand that compute get the same", a_thousand_that_compute_get_the_same},
        {0},
    },
};
