// Virtual interrupts: which, when, and before which instruction.
#include "tests/vmm/fake_hw.h"

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)
#define ALL (IP_SSIP | IP_STIP | IP_SEIP)

static struct fake *with_pending(u32 pending, u32 sie, u32 mode, u32 sstatus)
{
    struct fake *f = fake_new(NULL);
    struct hart_state *s = fake_hart(f);
    s->sip = pending & IP_SSIP;
    s->stimecmp = pending & IP_STIP ? 0 : FOREVER;
    s->external = (pending & IP_SEIP) != 0;
    s->sie = sie;
    s->mode = (u8)mode;
    s->sstatus = sstatus;
    return f;
}

static void priority_is_external_then_software_then_timer(void)
{
    static const struct {
        u32 pending, sie, cause;
    } cases[] = {{ALL, ALL, CAUSE_EXTERNAL},
                 {ALL, IP_SSIP | IP_STIP, CAUSE_SOFTWARE},
                 {IP_SSIP | IP_STIP, ALL, CAUSE_SOFTWARE},
                 {ALL, IP_STIP, CAUSE_TIMER},
                 {IP_STIP, ALL, CAUSE_TIMER}};
    for (u32 i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake *f = with_pending(cases[i].pending, cases[i].sie, MODE_K, SSTATUS_SIE);
        fake_turn(f);
        const struct hart_state *s = fake_hart(f);
        CHECK(s->scause, cases[i].cause);
        CHECK(s->sepc, FAKE_ENTRY);
        CHECK(s->stval, 0);
        CHECK(s->pc, FAKE_STVEC);
        CHECK(s->sstatus, SSTATUS_SPP | SSTATUS_SPIE);
        CHECK(f->runs[0].pc, FAKE_STVEC); // it came before the instruction
        CHECK(fake_notes(f, EVENT_INJECT), 1);
        CHECK(s->retired, 0);
        fake_free(f);
    }
}

static void one_is_taken_only_where_mode_and_enables_allow(void)
{
    static const struct {
        u32 pending, sie, mode, sstatus;
        bool taken;
    } cases[] = {{ALL, ALL, MODE_K, 0, false},         {ALL, ALL, MODE_U, 0, true},
                 {ALL, 0, MODE_U, SSTATUS_SIE, false}, {IP_SSIP, IP_STIP, MODE_U, 0, false},
                 {0, ALL, MODE_U, 0, false},           {ALL, ALL, MODE_K, SSTATUS_SPIE, false},
                 {ALL, ALL, MODE_K, SSTATUS_SIE, true}};
    for (u32 i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake *f =
            with_pending(cases[i].pending, cases[i].sie, cases[i].mode, cases[i].sstatus);
        fake_turn(f);
        CHECK(fake_notes(f, EVENT_INJECT), cases[i].taken);
        CHECK(f->runs[0].pc, cases[i].taken ? FAKE_STVEC : FAKE_ENTRY);
        fake_free(f);
    }
}

static void a_vectored_handler_gets_each_at_its_place(void)
{
    struct fake *f = with_pending(IP_SEIP, ALL, MODE_U, 0);
    fake_hart(f)->stvec = FAKE_STVEC | 1;
    fake_turn(f);
    CHECK(fake_hart(f)->pc, FAKE_STVEC + 4 * 9);
    fake_free(f);
    f = with_pending(0, 0, MODE_U, 0);
    fake_hart(f)->stvec = FAKE_STVEC | 1;
    fake_take(f, CAUSE_BREAKPOINT, FAKE_ENTRY);
    CHECK(fake_hart(f)->pc, FAKE_STVEC); // exceptions go to the base
    fake_free(f);
}

static void the_hart_is_stopped_exactly_when_the_timer_is_due(void)
{
    struct fake *f = with_pending(0, IP_STIP, MODE_U, 0);
    struct hart_state *s = fake_hart(f);
    s->stimecmp = 123;
    // in U: reflected
    fake_exit(f, fake_illegal_exit(fake_insn(INSN_csrrs, 5, 0, 0, CSR_sstatus), 22));
    fake_turn(f);
    CHECK(f->runs[0].limit, 123);
    CHECK(s->retired, 22);
    s->mode = MODE_U; // back from its handler
    fake_exit(f, (struct hw_exit){.ran = 101});
    fake_turn(f);
    CHECK(f->runs[f->run_count - 1].limit, 101);
    CHECK(hart_time(s), 123);
    u32 pc = s->pc;
    fake_turn(f);
    CHECK(s->scause, CAUSE_TIMER);
    CHECK(s->sepc, pc);
    fake_free(f);
}

static void a_timer_that_cannot_interrupt_does_not_stop_the_hart(void)
{
    static const struct {
        u32 sie, mode, sstatus;
    } cases[] = {
        {0, MODE_U, SSTATUS_SIE}, {IP_STIP, MODE_K, 0}, {IP_SEIP | IP_SSIP, MODE_K, SSTATUS_SIE}};
    for (u32 i = 0; i < 3; i++) {
        struct fake *f = with_pending(0, cases[i].sie, cases[i].mode, cases[i].sstatus);
        fake_hart(f)->stimecmp = 5;
        fake_turn(f);
        CU_ASSERT(f->runs[0].limit >= 10000);
        fake_free(f);
    }
}

// Instructions after which a pending interrupt must be taken before the next.
static void what_enables_an_interrupt_is_followed_by_it(void)
{
    // What keeps the interrupt off until then: SIE, sie, SIE until sret, or that none is pending.
    static const struct {
        u32 sip, sie, sstatus;
    } before[4] = {{IP_SSIP, ALL, 0},
                   {IP_SSIP, 0, SSTATUS_SIE},
                   {IP_SSIP, ALL, SSTATUS_SPIE},
                   {0, ALL, SSTATUS_SIE}};
    struct hart_state *s;
    for (u32 i = 0; i < 4; i++) {
        struct fake *f = with_pending(before[i].sip, before[i].sie, MODE_K, before[i].sstatus);
        s = fake_hart(f);
        s->sepc = 0x80402000;
        s->x[5] = ALL;
        const u32 words[] = {fake_insn(INSN_csrrsi, 0, SSTATUS_SIE, 0, CSR_sstatus),
                             fake_insn(INSN_csrrw, 0, 5, 0, CSR_sie),
                             fake_insn(INSN_sret, 0, 0, 0, 0),
                             fake_insn(INSN_csrrsi, 0, IP_SSIP, 0, CSR_sip)};
        CHECK(fake_illegal(f, words[i]), EVENT_EMULATE);
        CHECK(f->run_count, 1); // no instruction in between
        fake_turn(f);
        CHECK(s->scause, CAUSE_SOFTWARE);
        CHECK(s->sepc, i == 2 ? 0x80402000 : FAKE_ENTRY + 4);
        fake_free(f);
    }
}

static void an_ipi_to_oneself_comes_after_the_ecall(void)
{
    struct fake *f = with_pending(0, IP_SSIP, MODE_K, SSTATUS_SIE);
    struct hart_state *s = fake_hart(f);
    s->x[10] = 1;
    s->x[11] = 0;
    s->x[16] = 0;
    s->x[17] = 0x735049;
    fake_take(f, CAUSE_ECALL_U, 0);
    fake_turn(f);
    CHECK(s->scause, CAUSE_SOFTWARE);
    CHECK(s->sepc, FAKE_ENTRY + 4);
    CHECK(s->retired, 1);
    fake_free(f);
}

static void typed_bytes_interrupt_a_guest_that_computes(void)
{
    struct fake *f = with_pending(0, IP_SEIP, MODE_K, SSTATUS_SIE);
    struct vm *vm = fake_vm(f, 1);
    vm->board.uart.ier = vm->board.uart.listens = 1;
    vm->board.plic.priority[BOARD_IRQ_UART] = 1;
    vm->board.plic.enabled[0][0] = 1u << BOARD_IRQ_UART;
    fake_type(f, 1, "y");
    CHECK(fake_take(f, CAUSE_EXTERNAL, 0), EVENT_PREEMPT); // the machine's own UART called
    fake_turn(f);
    CHECK(fake_hart(f)->external, 1);
    CHECK(fake_hart(f)->scause, CAUSE_EXTERNAL);
    fake_free(f);
}

static void interrupts_that_lead_nowhere_are_a_storm(void)
{
    struct fake *f = with_pending(0, 0, MODE_K, 0);
    fake_hart(f)->pc = fake_hart(f)->stvec = 0x1000;
    for (u32 i = 0; i < 4; i++)
        fake_take(f, CAUSE_FETCH_PAGE, 0x1000);
    CHECK(fake_vm(f, 1)->life, LIFE_STUCK);
    fake_free(f);
}

const struct suite suite_interrupts = {
    "vmm interrupts",
    (const struct test[]){
        {"priority is external, then software, then timer, before the instruction",
         priority_is_external_then_software_then_timer},
        {"one is taken only where mode, SIE and sie allow it",
         one_is_taken_only_where_mode_and_enables_allow},
        {"a vectored handler gets each interrupt at its place",
         a_vectored_handler_gets_each_at_its_place},
        {"the hart is stopped exactly when the guest's timer is due",
         the_hart_is_stopped_exactly_when_the_timer_is_due},
        {"a timer that cannot interrupt does not stop the hart",
         a_timer_that_cannot_interrupt_does_not_stop_the_hart},
        {"what enables a pending interrupt is followed by it at once",
         what_enables_an_interrupt_is_followed_by_it},
        {"an IPI to oneself comes right after the ecall", an_ipi_to_oneself_comes_after_the_ecall},
        {"typed bytes interrupt a guest that computes",
         typed_bytes_interrupt_a_guest_that_computes},
        {"a fetch that faults into itself for ever is a storm",
         interrupts_that_lead_nowhere_are_a_storm},
        {0}}};
