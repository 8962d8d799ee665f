// What becomes of each exit: the verdict, and the trap that the guest is given if it is the guest's
// own.
#include "tests/vmm/fake_hw.h"

#include <string.h>

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)

// The guest stands in its handler, with the trap that it was to get.
static void expect_trap(struct fake *f, u32 cause, u32 tval, u32 epc, u32 from)
{
    const struct hart_state *s = fake_hart(f);
    CHECK(s->pc, FAKE_STVEC);
    CHECK(s->scause, cause);
    CHECK(s->stval, tval);
    CHECK(s->sepc, epc);
    CHECK(s->mode, MODE_K);
    CHECK(!!(s->sstatus & SSTATUS_SPP), from == MODE_K);
}

static void traps_that_are_the_guests_own_are_reflected(void)
{
    static const struct {
        u32 cause, tval;
    } traps[] = {{CAUSE_FETCH_MISALIGNED, 0x80400002}, {CAUSE_FETCH_ACCESS, 0x1000},
                 {CAUSE_BREAKPOINT, FAKE_ENTRY},       {CAUSE_LOAD_MISALIGNED, 0x80400001},
                 {CAUSE_LOAD_ACCESS, 0x2000},          {CAUSE_STORE_MISALIGNED, 0x80400003},
                 {CAUSE_STORE_ACCESS, 0x3000}};
    for (u32 mode = MODE_U; mode <= MODE_K; mode++)
        for (u32 i = 0; i < sizeof traps / sizeof *traps; i++) {
            struct fake *f = fake_new(NULL);
            fake_hart(f)->mode = (u8)mode;
            CHECK(fake_take(f, traps[i].cause, traps[i].tval), EVENT_REFLECT);
            expect_trap(f, traps[i].cause, traps[i].tval, FAKE_ENTRY, mode);
            CHECK(fake_hart(f)->retired, 0);
            fake_free(f);
        }
}

static void a_cause_that_the_hardware_does_not_have_is_reflected(void)
{
    static const u32 causes[] = {9, 11, 14, 16, 24, 0x7fffffff};
    for (u32 i = 0; i < sizeof causes / sizeof *causes; i++) {
        struct fake *f = fake_new(NULL);
        CHECK(fake_take(f, causes[i], 7), EVENT_REFLECT);
        expect_trap(f, causes[i], 7, FAKE_ENTRY, MODE_K);
        fake_free(f);
    }
}

static void an_interrupt_of_the_machine_is_not_the_guests(void)
{
    static const u32 causes[] = {CAUSE_TIMER, CAUSE_SOFTWARE, CAUSE_EXTERNAL};
    for (u32 i = 0; i < sizeof causes / sizeof *causes; i++) {
        struct fake *f = fake_new(NULL);
        struct hart_state before = *fake_hart(f);
        CHECK(fake_take(f, causes[i], 0), EVENT_PREEMPT);
        CU_ASSERT_EQUAL(memcmp(&before, fake_hart(f), sizeof before), 0);
        fake_free(f);
    }
}

static void an_ecall_from_virtual_u_is_a_system_call_of_the_guest(void)
{
    struct fake *f = fake_new(NULL);
    fake_hart(f)->mode = MODE_U;
    fake_hart(f)->x[17] = 0x53525354; // what in K would switch it off
    CHECK(fake_take(f, CAUSE_ECALL_U, 0), EVENT_REFLECT);
    expect_trap(f, CAUSE_ECALL_U, 0, FAKE_ENTRY, MODE_U);
    CHECK(fake_vm(f, 1)->life, LIFE_ON);
    fake_free(f);
}

// An ecall from virtual K: to the firmware.
static struct fake *call_firmware(u32 extension, u32 function, u32 a0, u32 a1)
{
    struct fake *f = fake_new(NULL);
    struct hart_state *s = fake_hart(f);
    s->x[10] = a0;
    s->x[11] = a1;
    s->x[16] = function;
    s->x[17] = extension;
    CHECK(fake_take(f, CAUSE_ECALL_U, 0), EVENT_EMULATE);
    return f;
}

static void an_ecall_from_virtual_k_is_answered_by_the_firmware(void)
{
    struct fake *f = call_firmware(0x54494d45, 0, 0x1234, 0x5); // set_timer
    const struct hart_state *s = fake_hart(f);
    CHECK(s->stimecmp, 0x500001234);
    CHECK(s->x[10], 0);
    CHECK(s->pc, FAKE_ENTRY + 4);
    CHECK(s->retired, 1);
    CHECK(s->scause, 0);
    fake_free(f);
    f = call_firmware(0x10, 3, 0x4442434e, 0); // is there DBCN?
    CHECK(fake_hart(f)->x[11], 1);
    fake_free(f);
    f = call_firmware(0xdead, 0, 0, 0);
    CHECK(fake_hart(f)->x[10], (u32)-2);
    CHECK(fake_hart(f)->pc, FAKE_ENTRY + 4);
    fake_free(f);
}

static void console_calls_reach_the_vms_own_console(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.guests = 2});
    for (u32 vm = 1; vm <= 2; vm++) {
        fake_vcpu(f, vm, 0)->state.x[17] = 1; // legacy putchar
        fake_vcpu(f, vm, 0)->state.x[10] = 'a' + vm;
        fake_trap(f, CAUSE_ECALL_U, 0);
        fake_exit(f, (struct hw_exit){.ran = 9999}); // the rest of the quantum
        fake_turn(f);
    }
    CU_ASSERT_STRING_EQUAL(f->console[1], "b");
    CU_ASSERT_STRING_EQUAL(f->console[2], "c");
    fake_free(f);
}

static void a_guest_that_powers_off_stays_at_its_ecall(void)
{
    struct fake *f = call_firmware(0x53525354, 0, 0, 0);
    CHECK(fake_vm(f, 1)->life, LIFE_OFF);
    CHECK(fake_hart(f)->pc, FAKE_ENTRY);
    CHECK(fake_hart(f)->retired, 0);
    CHECK(f->offs, 1);
    CHECK(f->off_why, POWER_OFF);
    CHECK(fake_notes(f, EVENT_KILL), 1);
    u32 runs = f->run_count;
    fake_turn(f);
    CHECK(f->run_count, runs); // it never runs again
    fake_free(f);
    f = call_firmware(0x53525354, 0, 0, 1);
    CHECK(fake_vm(f, 1)->life, LIFE_FAILED);
    CHECK(f->off_why, POWER_FAILED);
    fake_free(f);
}

static void the_machine_goes_off_with_its_last_guest_and_fails_if_any_failed(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.guests = 2});
    for (u32 vm = 1; vm <= 2; vm++) {
        fake_power_off(f, vm, vm == 1); // guest 1 fails
        CHECK(f->offs, vm == 2);
    }
    CHECK(f->off_why, POWER_FAILED);
    fake_free(f);
    f = fake_new(&(struct fake_plan){.stay_on = true});
    fake_power_off(f, 1, 0);
    CHECK(fake_vm(f, 1)->life, LIFE_OFF);
    CHECK(f->offs, 0);
    fake_free(f);
}

static void instructions_are_counted(void)
{
    struct fake *f = fake_new(NULL);
    fake_exit(f, fake_illegal_exit(fake_insn(INSN_csrrs, 5, 0, 0, CSR_instret), 41));
    fake_exit(f, (struct hw_exit){.trapped = true, .trap = {.cause = CAUSE_BREAKPOINT}, .ran = 7});
    fake_turn(f);
    CHECK(fake_hart(f)->x[5], 41);
    CHECK(fake_hart(f)->retired, 49); // 41, the emulated one, 7
    CHECK(fake_vcpu(f, 1, 0)->emulated, 1);
    CHECK(fake_hart(f)->sepc, FAKE_ENTRY + 4 * 49);
    CHECK(fake_vm(f, 1)->exits, 2);
    fake_free(f);
}

static void a_handler_that_cannot_be_fetched_is_a_storm_and_ends_the_vm(void)
{
    struct fake *f = fake_new(NULL);
    fake_hart(f)->pc = fake_hart(f)->stvec = 0x1000; // nothing there
    u32 traps = 0;
    for (; fake_vm(f, 1)->life == LIFE_ON && traps < 10; traps++)
        CHECK(fake_take(f, CAUSE_FETCH_PAGE, fake_hart(f)->pc), EVENT_REFLECT);
    CHECK(fake_vm(f, 1)->life, LIFE_STUCK);
    CHECK(fake_hart(f)->scause, CAUSE_FETCH_ACCESS);
    CU_ASSERT(traps <= 4);
    CHECK(f->offs, 1);
    CHECK(f->off_why, POWER_FAILED);
    fake_free(f);
}

static void each_exit_is_told_once_with_its_outcome(void)
{
    struct fake *f = fake_new(NULL);
    u32 word = fake_insn(INSN_csrrw, 0, 5, 0, CSR_sscratch);
    fake_illegal(f, word);
    fake_take(f, CAUSE_BREAKPOINT, FAKE_ENTRY + 4);
    CHECK(fake_notes(f, EVENT_EMULATE), 1);
    CHECK(fake_notes(f, EVENT_REFLECT), 1);
    const struct note *n = &f->notes[f->note_count - 2];
    CHECK(n->kind, EVENT_EMULATE);
    CHECK(n->pc, FAKE_ENTRY);
    CHECK(n->insn, word);
    CHECK(n->cause, CAUSE_ILLEGAL);
    CHECK(n->vm, 1);
    CHECK(n->mode, MODE_K);
    fake_free(f);
}

const struct suite suite_exits = {
    "vmm exits",
    (const struct test[]){
        {"traps that are the guest's own are reflected as they came",
         traps_that_are_the_guests_own_are_reflected},
        {"a cause that the hardware does not have is reflected",
         a_cause_that_the_hardware_does_not_have_is_reflected},
        {"an interrupt of the machine changes nothing in the guest",
         an_interrupt_of_the_machine_is_not_the_guests},
        {"an ecall from virtual U is the guest's own system call",
         an_ecall_from_virtual_u_is_a_system_call_of_the_guest},
        {"an ecall from virtual K is answered by the firmware and counts",
         an_ecall_from_virtual_k_is_answered_by_the_firmware},
        {"console calls reach the VM's own console", console_calls_reach_the_vms_own_console},
        {"a guest that powers off stays at its ecall, uncounted, for ever",
         a_guest_that_powers_off_stays_at_its_ecall},
        {"the machine goes off with its last guest, and fails if any failed",
         the_machine_goes_off_with_its_last_guest_and_fails_if_any_failed},
        {"instructions that ran directly are counted, and those that did not as emulated",
         instructions_are_counted},
        {"a handler that cannot be fetched is a storm and ends the VM as stuck",
         a_handler_that_cannot_be_fetched_is_a_storm_and_ends_the_vm},
        {"each exit is told once, with its outcome, pc, mode and word",
         each_exit_is_told_once_with_its_outcome},
        {0}}};
