// Guest mode under a resident monitor: what a native VMM meets that lets the hypervisor extension
// run its guest. The guest keeps the traps that were delegated to it, and the monitor is told of
// the others, with what the hardware's registers would say.
#include "tests/program.h"
#include "tests/suite.h"

#include <string.h>

#define G_ROOT (BOARD_RAM + 0x100000u) // the second stage: the program's 4 MiB, and nothing else
#define LEAF (PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D)
#define NOWHERE "0x40000124" // a guest physical address that the second stage lacks

// The guest's kernel goes to U, and its user calls it. Then its handler does what the test wants.
#define GUEST                                                                              \
    " la t0, handler\n csrw stvec, t0\n csrw sscratch, t1\n la t0, user\n csrw sepc, t0\n" \
    " sret\n user: ecall\n .align 2\n handler: csrr a0, scause\n"

static struct machine *guest(const char *text, u32 hedeleg)
{
    struct machine_config config = machine_config_default();
    config.profile = ISA_H;
    struct machine *m = program_machine(text, &config);
    u32 leaf = PTE_MAKE(BOARD_KERNEL, LEAF);
    machine_write(m, G_ROOT + (BOARD_KERNEL >> 22) * 4, &leaf, sizeof leaf);
    machine_monitor(m, &(struct monitor){0});
    struct hart_state *s = machine_hart(m, 0);
    s->virt = true;
    s->mode = MODE_K;
    s->pc = BOARD_KERNEL;
    struct h_state *h = machine_hart_extension(m, 0);
    h->hgatp = SATP_MODE | G_ROOT >> PAGE_SHIFT;
    h->hedeleg = hedeleg;
    h->hideleg = IP_VS;
    return m;
}

static u32 kinds[EVENT_KINDS];
static struct event last;

static void count(void *context, const struct event *e)
{
    (void)context;
    kinds[e->note.kind]++;
    last = *e;
}

static void the_guest_takes_its_own_traps(void)
{
    struct machine *m = guest(GUEST " li a1, " NOWHERE "\n lw a2, (a1)\n", 0xb1ff);
    struct hart_exit exit;
    u64 ran = machine_hart_run(m, 0, 1000, &exit);
    const struct hart_state *s = machine_hart(m, 0);
    CU_ASSERT(exit.taken);
    CU_ASSERT_EQUAL(exit.cause, CAUSE_GUEST_LOAD_PAGE);
    CU_ASSERT_EQUAL(exit.tval, 0x40000124);
    CU_ASSERT_EQUAL(exit.htval, 0x40000124 >> 2);
    CU_ASSERT_EQUAL(exit.htinst, 0);
    CU_ASSERT_EQUAL(s->x[X_A0], CAUSE_ECALL_U);
    CU_ASSERT_EQUAL(s->scause, CAUSE_ECALL_U); // the active bank is still the guest's
    CU_ASSERT(s->virt);
    CU_ASSERT_EQUAL(s->mode, MODE_K);
    CU_ASSERT_EQUAL(machine_steps(m), ran + 2); // two traps
    machine_free(m);
}

static void what_is_not_delegated_is_the_monitors(void)
{
    struct machine *m = guest(GUEST, 0xb1ff & ~(1u << CAUSE_ECALL_U));
    struct hart_exit exit;
    machine_hart_run(m, 0, 1000, &exit);
    CU_ASSERT_EQUAL(exit.cause, CAUSE_ECALL_U);
    CU_ASSERT_EQUAL(exit.pc, program_label("user"));
    CU_ASSERT_EQUAL(exit.htval, 0);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->mode, MODE_U);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->scause, 0);
    machine_free(m);
}

static void the_limit_counts_the_guests_own_traps(void)
{
    for (u32 limit = 1; limit < 20; limit++) {
        struct machine *m = guest(GUEST " 1: addi a1, a1, 1\n j 1b\n", 0xb1ff);
        struct hart_exit exit;
        u64 ran = machine_hart_run(m, 0, limit, &exit);
        CU_ASSERT_FALSE(exit.taken || exit.paused || exit.caught);
        CU_ASSERT_EQUAL(machine_steps(m), limit);
        bool trapped = machine_hart(m, 0)->scause == CAUSE_ECALL_U;
        CU_ASSERT_EQUAL(ran, limit - trapped);
        CU_ASSERT_EQUAL(trapped, limit > 8);
        machine_free(m);
    }
}

// Its handler returns to the `ecall`, so each third step is a trap.
static void an_exit_tells_how_many_traps_were_the_guests_own(void)
{
    for (u32 traps = 1; traps < 6; traps++) {
        struct machine *m = guest(GUEST " sret\n", 0xb1ff);
        struct hart_exit exit;
        u32 limit = 9 + 3 * (traps - 1);
        u64 ran = machine_hart_run(m, 0, limit, &exit);
        CU_ASSERT_EQUAL(exit.own, traps);
        CU_ASSERT_EQUAL(ran, limit - traps);
        machine_free(m);
    }
}

// The second stage changes, and everything is flushed. What the guest's hart remembers goes, too.
static void a_flush_of_everything_is_for_guests_too(void)
{
    struct machine *m = guest(" 1: addi a0, a0, 1\n j 1b\n", 0);
    struct hart_exit exit;
    u32 leaf = PTE_MAKE(BOARD_KERNEL + MEGAPAGE_SIZE, LEAF); // there is no code
    machine_hart_run(m, 0, 10, &exit);
    CU_ASSERT(machine_write(m, G_ROOT + (BOARD_KERNEL >> 22) * 4, &leaf, sizeof leaf));
    CU_ASSERT_EQUAL(machine_hart_run(m, 0, 10, &exit), 10); // nothing was flushed yet
    machine_hart_flush(m, 0, NULL, NULL);
    machine_hart_run(m, 0, 10, &exit);
    CU_ASSERT(exit.taken);
    CU_ASSERT_EQUAL(exit.cause, CAUSE_ILLEGAL);
    machine_free(m);
}

static void the_guests_traps_are_no_exits(void)
{
    struct machine *m = guest(GUEST " ecall\n", 0xb1ff);
    struct hart_exit exit;
    memset(kinds, 0, sizeof kinds);
    machine_listen(m, EVENT_BIT(EVENT_TRAP) | EVENT_BIT(EVENT_EXIT), count, NULL);
    machine_hart_owner(m, 0, &(struct vm_path){{3}}, 1);
    u64 ran = machine_hart_run(m, 0, 8, &exit);
    CU_ASSERT_EQUAL(kinds[EVENT_TRAP], 0);
    ran += machine_hart_run(m, 0, 1, &exit);
    CU_ASSERT_EQUAL(kinds[EVENT_TRAP], 1);
    CU_ASSERT_EQUAL(last.note.mode, MODE_U); // the mode in which the VCPU was
    CU_ASSERT_EQUAL(last.path.id[0], 3);
    CU_ASSERT_EQUAL(last.ran, 0); // the guest's stay on the hart goes on
    ran += machine_hart_run(m, 0, 1000, &exit);
    CU_ASSERT_EQUAL(exit.cause, CAUSE_ECALL_VK);
    CU_ASSERT_EQUAL(kinds[EVENT_TRAP], 1);
    CU_ASSERT_EQUAL(kinds[EVENT_EXIT], 1);
    CU_ASSERT_EQUAL(last.note.mode, MODE_K);
    CU_ASSERT_EQUAL(last.note.vcpu, 1);
    CU_ASSERT_EQUAL(last.ran, ran);
    machine_free(m);
}

static void the_guests_wfi_goes_on_unless_the_monitor_takes_it(void)
{
    struct machine *m = guest(" wfi\n 1: j 1b\n", 0xb1ff);
    struct hart_exit exit;
    CU_ASSERT_EQUAL(machine_hart_run(m, 0, 5, &exit), 5);
    CU_ASSERT_FALSE(exit.taken || exit.paused || exit.caught);
    machine_hart(m, 0)->pc = BOARD_KERNEL;
    machine_hart_extension(m, 0)->hstatus = HSTATUS_VTW;
    CU_ASSERT_EQUAL(machine_hart_run(m, 0, 5, &exit), 0);
    CU_ASSERT_EQUAL(exit.cause, CAUSE_VIRTUAL);
    machine_free(m);
}

static void a_guest_that_cannot_fetch_its_handler_is_given_back(void)
{
    // Its own table has nothing at all, so the handler's fetch is a page fault, which is delegated.
    struct machine *m = guest(" li t0, 0x80080500\n csrw satp, t0\n nop\n", 0xb1ff);
    struct hart_exit exit;
    machine_hart_run(m, 0, 1000, &exit);
    CU_ASSERT_FALSE(exit.taken || exit.paused);
    CU_ASSERT(exit.caught);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->run, HART_RUNNING);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->scause, CAUSE_FETCH_PAGE);
    CU_ASSERT(machine_steps(m) < 10);
    machine_free(m);
}

static void an_interrupt_of_the_guest_is_no_exit(void)
{
    for (u32 delegated = 0; delegated < 2; delegated++) {
        struct machine *m = guest(GUEST " 1: j 1b\n", 0xb1ff & ~(1u << CAUSE_ECALL_U));
        struct h_state *h = machine_hart_extension(m, 0);
        struct hart_exit exit;
        h->hideleg = delegated ? IP_VS : 0;
        h->hie = IP_VS;
        h->henvcfgh = HENVCFGH_STCE;
        h->vstimecmp = 7; // when the guest is in U
        machine_hart_run(m, 0, 20, &exit);
        CU_ASSERT_EQUAL(exit.taken, !delegated);
        CU_ASSERT_EQUAL(exit.cause, delegated ? 0 : CAUSE_GUEST_TIMER);
        CU_ASSERT_EQUAL(machine_hart(m, 0)->scause, delegated ? CAUSE_TIMER : 0);
        machine_free(m);
    }
}

const struct suite suite_h_monitor = {
    "h_monitor",
    (const struct test[]){
        {"the guest takes its own traps", the_guest_takes_its_own_traps},
        {"what is not delegated is the monitor's", what_is_not_delegated_is_the_monitors},
        {"the limit counts the guest's own traps", the_limit_counts_the_guests_own_traps},
        {"an exit tells how many traps were the guest's own",
         an_exit_tells_how_many_traps_were_the_guests_own},
        {"a flush of everything is for guests, too", a_flush_of_everything_is_for_guests_too},
        {"the guest's traps are no exits", the_guests_traps_are_no_exits},
        {"the guest's wfi goes on unless the monitor takes it",
         the_guests_wfi_goes_on_unless_the_monitor_takes_it},
        {"a guest that cannot fetch its handler is given back",
         a_guest_that_cannot_fetch_its_handler_is_given_back},
        {"an interrupt of the guest is no exit", an_interrupt_of_the_guest_is_no_exit},
        {0},
    }};
