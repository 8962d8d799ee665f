// CSRs, traps, interrupts and turns as pure functions, against the privileged specification and
// T32's choices.
// Read next: tests/test_h.c.
#include "isa/arch/round.h"
#include "isa/arch/trap.h"
#include "tests/suite.h"

#include <string.h>

static struct hart_state fresh(void)
{
    struct hart_state h;
    hart_reset(&h, 0x80400000, 3, 0x87000000);
    return h;
}

static u32 read(struct hart_state *h, u32 number)
{
    u32 value = 0xdeadbeef;
    CU_ASSERT(csr_read(h, number, hart_time(h), &value));
    return value;
}

// ---- reset and CSRs

static void reset_leaves_what_the_firmware_leaves(void)
{
    struct hart_state h = fresh();
    CU_ASSERT_EQUAL(h.pc, 0x80400000);
    CU_ASSERT_EQUAL(h.mode, MODE_K);
    CU_ASSERT_EQUAL(h.run, HART_RUNNING);
    u32 x[32] = {[10] = 3, [11] = 0x87000000};
    CU_ASSERT_EQUAL(memcmp(h.x, x, sizeof x), 0);
    for (const struct csr_info *c = isa_csrs; c->name; c++) {
        if (c->profile != ISA_T32)
            continue;
        u32 expected = 0;
        if (c->number == CSR_stimecmp || c->number == CSR_stimecmph)
            expected = 0xffffffff;
        else if (c->number == CSR_scounteren)
            expected = 7;
        CU_ASSERT_EQUAL(read(&h, c->number), expected);
    }
}

static void a_write_keeps_what_the_register_has(void)
{
    static const struct {
        u32 number, written, expected;
    } rows[] = {
        {CSR_sstatus, 0xffffffff,
         SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR},
        {CSR_sie, 0xffffffff, 0x222},
        {CSR_stvec, 0x80001000, 0x80001000},
        {CSR_stvec, 0x80001001, 0x80001001},
        {CSR_scounteren, 0xffffffff, 7},
        {CSR_sscratch, 0x12345678, 0x12345678},
        {CSR_sepc, 0xffffffff, 0xfffffffc},
        {CSR_scause, 0xffffffff, 0xffffffff},
        {CSR_stval, 0xffffffff, 0xffffffff},
        {CSR_sip, 0x222, 2}, // stimecmp is all ones and no line is up: only SSIP sticks
        {CSR_stimecmp, 0x11111111, 0x11111111},
        {CSR_stimecmph, 0x22222222, 0x22222222},
        {CSR_satp, 0xffffffff,
         0xffffffff}, // 1 mode bit, 9 ASID bits, 22 PPN bits: all of them exist
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hart_state h = fresh();
        CU_ASSERT(csr_write(&h, rows[i].number, rows[i].written));
        CU_ASSERT_EQUAL(read(&h, rows[i].number), rows[i].expected);
    }
}

static void stvec_does_not_take_reserved_modes(void)
{
    struct hart_state h = fresh();
    CU_ASSERT(csr_write(&h, CSR_stvec, 0x80001001));
    CU_ASSERT(csr_write(&h, CSR_stvec, 0x80002002));
    CU_ASSERT(csr_write(&h, CSR_stvec, 0x80002003));
    CU_ASSERT_EQUAL(read(&h, CSR_stvec), 0x80001001);
}

static void the_halves_of_stimecmp_are_written_one_by_one(void)
{
    struct hart_state h = fresh();
    csr_write(&h, CSR_stimecmph, 5);
    CU_ASSERT_EQUAL(h.stimecmp, 0x5ffffffffull);
    csr_write(&h, CSR_stimecmp, 7);
    CU_ASSERT_EQUAL(h.stimecmp, 0x500000007ull);
}

static void counters_are_read_only_and_have_two_halves(void)
{
    struct hart_state h = fresh();
    h.retired = 0x100000002ull;
    h.idle = 0x300000004ull;
    CU_ASSERT_EQUAL(read(&h, CSR_instret), 2);
    CU_ASSERT_EQUAL(read(&h, CSR_instreth), 1);
    CU_ASSERT_EQUAL(read(&h, CSR_time), 6);
    CU_ASSERT_EQUAL(read(&h, CSR_timeh), 4);
    CU_ASSERT_EQUAL(read(&h, CSR_cycle), 6);
    CU_ASSERT_EQUAL(read(&h, CSR_cycleh), 4);
    for (u32 number = CSR_cycle; number <= CSR_instret; number++) {
        CU_ASSERT_FALSE(csr_write(&h, number, 0));
        CU_ASSERT_FALSE(csr_write(&h, number + 0x80, 0));
    }
}

static void user_mode_sees_the_counters_that_scounteren_shows_and_no_other_csr(void)
{
    struct hart_state h = fresh();
    u32 value;
    h.mode = MODE_U;
    for (h.scounteren = 0; h.scounteren < 8; h.scounteren++)
        for (const struct csr_info *c = isa_csrs; c->name; c++) {
            bool shown =
                c->profile == ISA_T32 && !c->privileged && (h.scounteren >> (c->number & 3) & 1);
            CU_ASSERT_EQUAL(csr_read(&h, c->number, 0, &value), shown);
            CU_ASSERT_FALSE(csr_write(&h, c->number, 0));
        }
}

static void a_csr_that_is_not_in_the_table_does_not_exist(void)
{
    struct hart_state h = fresh();
    u32 value;
    for (u32 number = 0; number < 0x1000; number++) {
        const struct csr_info *c = isa_csr_find(number);
        CU_ASSERT_EQUAL(csr_read(&h, number, 0, &value), c && c->profile == ISA_T32);
    }
}

// ---- CSR instructions

static bool execute(struct hart_state *h, enum insn insn, u32 rd, u32 rs1, u32 csr, bool *written)
{
    struct decoded d = {.insn = insn, .rd = (u8)rd, .rs1 = (u8)rs1, .imm = (i32)csr};
    return csr_execute(h, isa_encode(d), hart_time(h), written);
}

static void csr_instructions_swap_set_and_clear(void)
{
    static const struct {
        enum insn insn;
        u32 expected;
    } rows[] = {{INSN_csrrw, 0x0ff0}, {INSN_csrrs, 0xfff0},  {INSN_csrrc, 0xf000},
                {INSN_csrrwi, 9},     {INSN_csrrsi, 0xff09}, {INSN_csrrci, 0xff00}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hart_state h = fresh();
        bool written;
        h.sscratch = 0xff00;
        h.x[9] = 0x0ff0; // the immediate forms take the 9 itself
        CU_ASSERT(execute(&h, rows[i].insn, 5, 9, CSR_sscratch, &written));
        CU_ASSERT(written);
        CU_ASSERT_EQUAL(h.x[5], 0xff00);
        CU_ASSERT_EQUAL(h.sscratch, rows[i].expected);
    }
}

static void rd_gets_the_old_value_even_if_it_is_rs1(void)
{
    struct hart_state h = fresh();
    bool written;
    h.sscratch = 11;
    h.x[5] = 22;
    CU_ASSERT(execute(&h, INSN_csrrw, 5, 5, CSR_sscratch, &written));
    CU_ASSERT_EQUAL(h.x[5], 11);
    CU_ASSERT_EQUAL(h.sscratch, 22);
    CU_ASSERT(execute(&h, INSN_csrrw, 0, 5, CSR_sscratch, &written));
    CU_ASSERT_EQUAL(h.x[0], 0);
}

static void plain_csrs_need_no_time_and_end_as_by_the_whole_function(void)
{
    static const u32 others[] = {CSR_stvec, CSR_sip,     CSR_stimecmp, CSR_stimecmph, CSR_cycle,
                                 CSR_time,  CSR_instret, CSR_cycleh,   CSR_timeh,     CSR_instreth};
    for (enum insn insn = INSN_csrrw; insn <= INSN_csrrci; insn++)
        for (const struct csr_info *c = isa_csrs; c->profile == ISA_T32 && c->name; c++)
            for (u32 rs1 = 0; rs1 < 10; rs1 += 9) {
                bool plain = true, written;
                for (size_t i = 0; i < sizeof others / sizeof *others; i++)
                    plain &= c->number != others[i];
                struct hart_state a = fresh();
                a.sstatus = SSTATUS_SIE | SSTATUS_SUM;
                a.satp = a.sepc = a.stval = a.scause = a.sscratch = 0xf00;
                a.x[9] = 0xffff0ff0;
                struct hart_state b = a, before = a;
                u32 word = isa_encode(
                    (struct decoded){.insn = insn, .rd = 5, .rs1 = (u8)rs1, .imm = (i32)c->number});
                CU_ASSERT_EQUAL(csr_execute_plain(&a, word), plain);
                CU_ASSERT_EQUAL(csr_execute(&b, word, 7, &written),
                                plain || !c->read_only || !csr_writes(word));
                CU_ASSERT(!memcmp(&a, plain ? &b : &before, sizeof a));
                a.mode = MODE_U;
                CU_ASSERT_FALSE(csr_execute_plain(&a, word));
            }
}

static void csrrs_and_csrrc_with_x0_do_not_write(void)
{
    static const enum insn readers[] = {INSN_csrrs, INSN_csrrc, INSN_csrrsi, INSN_csrrci};
    bool written;
    for (size_t i = 0; i < 4; i++) {
        struct hart_state h = fresh();
        h.retired = 42;
        CU_ASSERT(execute(&h, readers[i], 5, 0, CSR_instret, &written));
        CU_ASSERT_FALSE(written);
        CU_ASSERT_EQUAL(h.x[5], 42);
        CU_ASSERT_FALSE(execute(&h, readers[i], 5, 1, CSR_instret, &written));
    }
    struct hart_state h = fresh();
    CU_ASSERT_FALSE(execute(&h, INSN_csrrw, 5, 0, CSR_instret, &written));
    CU_ASSERT_FALSE(execute(&h, INSN_csrrwi, 5, 0, CSR_instret, &written));
}

static void an_illegal_csr_access_changes_nothing(void)
{
    struct hart_state h = fresh(), before;
    bool written;
    h.mode = MODE_U;
    h.x[5] = h.x[6] = 99;
    before = h;
    CU_ASSERT_FALSE(execute(&h, INSN_csrrw, 5, 6, CSR_sscratch, &written));
    CU_ASSERT_FALSE(execute(&h, INSN_csrrs, 5, 6, CSR_time, &written));
    CU_ASSERT_FALSE(execute(&h, INSN_csrrs, 5, 0, 0x300, &written));
    CU_ASSERT_EQUAL(memcmp(&h, &before, sizeof h), 0);
}

// ---- traps

static void a_trap_saves_and_sret_restores(void)
{
    for (u32 mode = MODE_U; mode <= MODE_K; mode++)
        for (u32 sie = 0; sie <= SSTATUS_SIE; sie += SSTATUS_SIE) {
            struct hart_state h = fresh();
            h.mode = (u8)mode;
            h.sstatus = sie | SSTATUS_SUM | SSTATUS_MXR;
            h.stvec = 0x80001000;
            CU_ASSERT(trap_enter(&h, CAUSE_LOAD_PAGE, 0x1234));
            CU_ASSERT_EQUAL(h.pc, 0x80001000);
            CU_ASSERT_EQUAL(h.mode, MODE_K);
            CU_ASSERT_EQUAL(h.sepc, 0x80400000);
            CU_ASSERT_EQUAL(h.scause, 13);
            CU_ASSERT_EQUAL(h.stval, 0x1234);
            CU_ASSERT_EQUAL(h.sstatus, (mode == MODE_K ? SSTATUS_SPP : 0) |
                                           (sie ? SSTATUS_SPIE : 0) | SSTATUS_SUM | SSTATUS_MXR);
            trap_return(&h);
            CU_ASSERT_EQUAL(h.pc, 0x80400000);
            CU_ASSERT_EQUAL(h.mode, mode);
            CU_ASSERT_EQUAL(h.sstatus, sie | SSTATUS_SPIE | SSTATUS_SUM | SSTATUS_MXR);
            CU_ASSERT_EQUAL(h.retired, 0);
        }
}

static void vectored_stvec_counts_for_interrupts_only(void)
{
    struct hart_state h = fresh();
    h.stvec = 0x80001001;
    trap_enter(&h, CAUSE_TIMER, 0);
    CU_ASSERT_EQUAL(h.pc, 0x80001000 + 4 * 5);
    trap_enter(&h, CAUSE_EXTERNAL, 0);
    CU_ASSERT_EQUAL(h.pc, 0x80001000 + 4 * 9);
    trap_enter(&h, CAUSE_ECALL_U, 0);
    CU_ASSERT_EQUAL(h.pc, 0x80001000);
}

static void a_trap_that_changes_nothing_is_noticed(void)
{
    struct hart_state h = fresh();
    h.stvec = 0;
    CU_ASSERT(trap_enter(&h, CAUSE_FETCH_ACCESS, 0));       // from the kernel to 0
    CU_ASSERT(trap_enter(&h, CAUSE_FETCH_ACCESS, 0));       // sepc is now 0
    CU_ASSERT_FALSE(trap_enter(&h, CAUSE_FETCH_ACCESS, 0)); // and stays so
    CU_ASSERT(trap_enter(&h, CAUSE_FETCH_ACCESS, 4));
}

// ---- interrupts

static void interrupts_come_in_order_of_priority(void)
{
    struct hart_state h = fresh();
    h.sstatus = SSTATUS_SIE;
    h.sie = 0x222;
    h.external = 1;
    h.sip = IP_SSIP;
    h.stimecmp = 10;
    CU_ASSERT_EQUAL(hart_interrupt(&h, 10), CAUSE_EXTERNAL);
    h.external = 0;
    CU_ASSERT_EQUAL(hart_interrupt(&h, 10), CAUSE_SOFTWARE);
    h.sip = 0;
    CU_ASSERT_EQUAL(hart_interrupt(&h, 10), CAUSE_TIMER);
    CU_ASSERT_EQUAL(hart_interrupt(&h, 9), 0);
}

static void kernel_mode_can_close_its_ears_and_user_mode_cannot(void)
{
    struct hart_state h = fresh();
    h.sip = IP_SSIP;
    CU_ASSERT_EQUAL(hart_interrupt(&h, 0), 0); // not enabled in sie
    h.sie = IP_SSIP;
    CU_ASSERT_EQUAL(hart_interrupt(&h, 0), 0); // SIE clear in K
    CU_ASSERT(hart_awake(&h, 0));              // and yet wfi goes on
    h.mode = MODE_U;
    CU_ASSERT_EQUAL(hart_interrupt(&h, 0), CAUSE_SOFTWARE);
}

static void sip_shows_timer_and_line_as_they_are_now(void)
{
    struct hart_state h = fresh();
    h.stimecmp = 0;
    CU_ASSERT_EQUAL(read(&h, CSR_sip), IP_STIP);
    h.external = 1;
    CU_ASSERT_EQUAL(read(&h, CSR_sip), IP_STIP | IP_SEIP);
    csr_write(&h, CSR_sip, 0);
    CU_ASSERT_EQUAL(read(&h, CSR_sip), IP_STIP | IP_SEIP);
}

// ---- turns

struct band {
    struct hart_state hart[3];
    struct hart_state *harts[3];
    struct round round;
};

static void gather(struct band *b)
{
    for (u32 i = 0; i < 3; i++) {
        hart_reset(&b->hart[i], 0, i, 0);
        b->harts[i] = &b->hart[i];
    }
    round_reset(&b->round);
}

static enum round_state next_turn(struct band *b)
{
    const struct round_harts harts = {b->harts, NULL, 3};
    return round_next(&b->round, &harts);
}

static void work(struct band *b, u32 instructions)
{
    b->hart[b->round.hart].retired += instructions;
    round_spend(&b->round, instructions);
}

static void harts_take_turns_of_a_thousand_instructions(void)
{
    struct band b;
    gather(&b);
    for (u32 turn = 0; turn < 7; turn++) {
        CU_ASSERT_EQUAL(next_turn(&b), ROUND_RUN);
        CU_ASSERT_EQUAL(b.round.hart, turn % 3);
        CU_ASSERT_EQUAL(b.round.left, ROUND_INSTRUCTIONS);
        work(&b, 400);
        CU_ASSERT_EQUAL(next_turn(&b), ROUND_RUN);
        CU_ASSERT_EQUAL(b.round.left, ROUND_INSTRUCTIONS - 400);
        work(&b, ROUND_INSTRUCTIONS - 400);
    }
}

static void stopped_and_parked_harts_are_passed_over_and_time_is_levelled(void)
{
    struct band b;
    gather(&b);
    b.hart[1].run = HART_STOPPED;
    b.hart[2].run = HART_PARKED;
    next_turn(&b);
    work(&b, ROUND_INSTRUCTIONS);
    CU_ASSERT_EQUAL(next_turn(&b), ROUND_RUN);
    CU_ASSERT_EQUAL(b.round.hart, 0);
    CU_ASSERT_EQUAL(hart_time(&b.hart[2]), ROUND_INSTRUCTIONS);
    CU_ASSERT_EQUAL(b.hart[2].idle, ROUND_INSTRUCTIONS);
    CU_ASSERT_EQUAL(hart_time(&b.hart[1]), 0);
}

static void an_interrupt_wakes_a_parked_hart_in_its_turn(void)
{
    struct band b;
    gather(&b);
    b.hart[2].run = HART_PARKED;
    b.hart[2].sie = IP_SSIP;
    next_turn(&b);
    b.hart[2].sip = IP_SSIP;
    work(&b, ROUND_INSTRUCTIONS);
    next_turn(&b);
    CU_ASSERT_EQUAL(b.round.hart, 1);
    CU_ASSERT_EQUAL(b.hart[2].run, HART_PARKED);
    work(&b, ROUND_INSTRUCTIONS);
    next_turn(&b);
    CU_ASSERT_EQUAL(b.round.hart, 2);
    CU_ASSERT_EQUAL(b.hart[2].run, HART_RUNNING);
}

static void when_all_are_parked_time_jumps_to_the_nearest_deadline(void)
{
    for (u32 nearest = 1; nearest < 3; nearest++) {
        struct band b;
        gather(&b);
        for (u32 i = 0; i < 3; i++)
            b.hart[i].run = HART_PARKED;
        CU_ASSERT_EQUAL(next_turn(&b), ROUND_WAIT);
        b.hart[0].stimecmp = 50; // not enabled: no deadline
        b.hart[1].sie = b.hart[2].sie = IP_STIP;
        b.hart[1].stimecmp = b.hart[2].stimecmp = 900;
        b.hart[nearest].stimecmp = 700;
        CU_ASSERT_EQUAL(next_turn(&b), ROUND_RUN);
        CU_ASSERT_EQUAL(b.round.hart, nearest);
        for (u32 i = 0; i < 3; i++)
            CU_ASSERT_EQUAL(hart_time(&b.hart[i]), 700);
    }
}

static void a_parked_hart_with_something_pending_keeps_its_turn(void)
{
    struct band b;
    gather(&b);
    next_turn(&b);
    work(&b, 10);
    b.hart[0].run = HART_PARKED;
    b.hart[0].sie = b.hart[0].sip = IP_SSIP;
    CU_ASSERT_EQUAL(next_turn(&b), ROUND_RUN);
    CU_ASSERT_EQUAL(b.round.hart, 0);
    CU_ASSERT_EQUAL(b.round.left, ROUND_INSTRUCTIONS - 10);
    CU_ASSERT_EQUAL(b.hart[0].run, HART_RUNNING);
}

static void nobody_started_is_an_empty_round(void)
{
    struct band b;
    gather(&b);
    for (u32 i = 0; i < 3; i++)
        b.hart[i].run = HART_STOPPED;
    CU_ASSERT_EQUAL(next_turn(&b), ROUND_EMPTY);
}

const struct suite suite_arch = {
    "arch",
    (const struct test[]){
        {"reset leaves everything zero but stimecmp, scounteren and the arguments",
         reset_leaves_what_the_firmware_leaves},
        {"a write keeps what the register has", a_write_keeps_what_the_register_has},
        {"stvec does not take reserved modes", stvec_does_not_take_reserved_modes},
        {"the halves of stimecmp are written one by one",
         the_halves_of_stimecmp_are_written_one_by_one},
        {"counters are read-only and have two halves", counters_are_read_only_and_have_two_halves},
        {"user mode sees the counters that scounteren shows and no other CSR",
         user_mode_sees_the_counters_that_scounteren_shows_and_no_other_csr},
        {"a CSR that is not in the table does not exist",
         a_csr_that_is_not_in_the_table_does_not_exist},
        {"CSR instructions swap, set and clear", csr_instructions_swap_set_and_clear},
        {"rd gets the old value even if it is rs1", rd_gets_the_old_value_even_if_it_is_rs1},
        {"plain CSRs need no time, and end as by the whole function",
         plain_csrs_need_no_time_and_end_as_by_the_whole_function},
        {"csrrs and csrrc with x0 do not write", csrrs_and_csrrc_with_x0_do_not_write},
        {"an illegal CSR access changes nothing", an_illegal_csr_access_changes_nothing},
        {"a trap saves and sret restores", a_trap_saves_and_sret_restores},
        {"vectored stvec counts for interrupts only", vectored_stvec_counts_for_interrupts_only},
        {"a trap that changes nothing is noticed", a_trap_that_changes_nothing_is_noticed},
        {"interrupts come in order of priority", interrupts_come_in_order_of_priority},
        {"kernel mode can close its ears and user mode cannot",
         kernel_mode_can_close_its_ears_and_user_mode_cannot},
        {"sip shows timer and line as they are now", sip_shows_timer_and_line_as_they_are_now},
        {"harts take turns of a thousand instructions",
         harts_take_turns_of_a_thousand_instructions},
        {"stopped and parked harts are passed over and time is levelled",
         stopped_and_parked_harts_are_passed_over_and_time_is_levelled},
        {"an interrupt wakes a parked hart in its turn",
         an_interrupt_wakes_a_parked_hart_in_its_turn},
        {"when all are parked time jumps to the nearest deadline",
         when_all_are_parked_time_jumps_to_the_nearest_deadline},
        {"a parked hart with something pending keeps its turn",
         a_parked_hart_with_something_pending_keeps_its_turn},
        {"nobody started is an empty round", nobody_started_is_an_empty_round},
        {0},
    }};
