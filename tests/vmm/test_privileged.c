// Privileged instructions, each of which traps as an illegal instruction since a guest kernel
// really runs in U.
#include "tests/vmm/fake_hw.h"

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)

static u32 csr(enum insn insn, u32 rd, u32 source, u32 number)
{
    return fake_insn(insn, rd, source, 0, (i32)number);
}

static void expect_illegal(struct fake *f, u32 word, u32 mode)
{
    const struct hart_state *s = fake_hart(f);
    CHECK(s->pc, FAKE_STVEC);
    CHECK(s->scause, CAUSE_ILLEGAL);
    CHECK(s->stval, word);
    CHECK(s->sepc, FAKE_ENTRY);
    CHECK(!!(s->sstatus & SSTATUS_SPP), mode == MODE_K);
    CHECK(s->retired, 0);
}

static void each_csr_instruction_reads_and_changes_its_csr(void)
{
    static const struct {
        enum insn insn;
        u32 operand, expected; // x6 or the immediate; sscratch afterwards, which was 0xf0f0
    } cases[] = {{INSN_csrrw, 0x1234, 0x1234}, {INSN_csrrs, 0x0f0f, 0xffff},
                 {INSN_csrrc, 0x00f0, 0xf000}, {INSN_csrrwi, 21, 21},
                 {INSN_csrrsi, 0x0f, 0xf0ff},  {INSN_csrrci, 0x10, 0xf0e0}};
    for (u32 i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake *f = fake_new(NULL);
        bool immediate = cases[i].insn >= INSN_csrrwi;
        fake_hart(f)->sscratch = 0xf0f0;
        fake_hart(f)->x[6] = cases[i].operand;
        CHECK(
            fake_illegal(f, csr(cases[i].insn, 7, immediate ? cases[i].operand : 6, CSR_sscratch)),
            EVENT_EMULATE);
        CHECK(fake_hart(f)->x[7], 0xf0f0);
        CHECK(fake_hart(f)->sscratch, cases[i].expected);
        CHECK(fake_hart(f)->pc, FAKE_ENTRY + 4);
        CHECK(fake_hart(f)->retired, 1);
        fake_free(f);
    }
}

static void every_csr_is_there_in_virtual_k_and_only_counters_in_virtual_u(void)
{
    for (const struct csr_info *c = isa_csrs; c->name; c++)
        for (u32 mode = MODE_U; mode <= MODE_K; mode++) {
            struct fake *f = fake_new(NULL);
            u32 word = csr(INSN_csrrs, 5, 0, c->number);
            fake_hart(f)->mode = (u8)mode;
            fake_hart(f)->scounteren = 0;
            bool there = mode == MODE_K && c->profile == ISA_T32;
            CHECK(fake_illegal(f, word), there ? EVENT_EMULATE : EVENT_REFLECT);
            if (!there)
                expect_illegal(f, word, mode);
            fake_free(f);
            if (mode != MODE_U || c->privileged || c->profile != ISA_T32)
                continue;
            f = fake_new(NULL);
            fake_hart(f)->mode = MODE_U;
            fake_hart(f)->scounteren = 1u << (c->number & 31);
            CHECK(fake_illegal(f, word), EVENT_EMULATE);
            fake_free(f);
        }
}

static void a_write_to_a_read_only_or_missing_csr_is_the_guests_mistake(void)
{
    const u32 words[] = {csr(INSN_csrrw, 0, 5, CSR_time), csr(INSN_csrrsi, 0, 1, CSR_instret),
                         csr(INSN_csrrs, 5, 0, 0x300), csr(INSN_csrrs, 5, 0, 0x7c0)};
    for (u32 i = 0; i < sizeof words / sizeof *words; i++) {
        struct fake *f = fake_new(NULL);
        CHECK(fake_illegal(f, words[i]), EVENT_REFLECT);
        expect_illegal(f, words[i], MODE_K);
        CHECK(fake_hart(f)->x[5], 0);
        fake_free(f);
    }
}

static void words_that_are_no_instruction_are_reflected_with_the_word(void)
{
    static const u32 words[] = {0, 0xffffffff, 0x0000000b, 0x30200073 /* mret */,
                                0x10200073 | 1 << 7};
    for (u32 i = 0; i < sizeof words / sizeof *words; i++) {
        struct fake *f = fake_new(NULL);
        CHECK(fake_illegal(f, words[i]), EVENT_REFLECT);
        expect_illegal(f, words[i], MODE_K);
        fake_free(f);
    }
}

static void sret_goes_where_sepc_and_spp_say(void)
{
    for (u32 mode = MODE_U; mode <= MODE_K; mode++) {
        struct fake *f = fake_new(NULL);
        fake_hart(f)->sepc = 0x80401230;
        fake_hart(f)->sstatus = SSTATUS_SPIE | SSTATUS_SUM | (mode == MODE_K ? SSTATUS_SPP : 0);
        CHECK(fake_illegal(f, fake_insn(INSN_sret, 0, 0, 0, 0)), EVENT_EMULATE);
        CHECK(fake_hart(f)->pc, 0x80401230);
        CHECK(fake_hart(f)->mode, mode);
        CHECK(fake_hart(f)->sstatus, SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SUM);
        CHECK(fake_hart(f)->retired, 1);
        fake_free(f);
    }
}

static void what_is_privileged_is_illegal_in_virtual_u(void)
{
    const u32 words[] = {fake_insn(INSN_sret, 0, 0, 0, 0), fake_insn(INSN_wfi, 0, 0, 0, 0),
                         fake_insn(INSN_sfence_vma, 0, 0, 0, 0),
                         fake_insn(INSN_sfence_vma, 0, 5, 6, 0)};
    for (u32 i = 0; i < sizeof words / sizeof *words; i++) {
        struct fake *f = fake_new(NULL);
        fake_hart(f)->mode = MODE_U;
        CHECK(fake_illegal(f, words[i]), EVENT_REFLECT);
        expect_illegal(f, words[i], MODE_U);
        fake_free(f);
    }
}

static void sfence_vma_of_every_form_is_done_and_counts(void)
{
    for (u32 form = 0; form < 4; form++) {
        struct fake *f = fake_new(NULL);
        fake_paging(f);
        CHECK(fake_illegal(f, fake_insn(INSN_sfence_vma, 0, form & 1 ? 5 : 0, form & 2 ? 6 : 0, 0)),
              EVENT_EMULATE);
        CHECK(fake_hart(f)->pc, FAKE_ENTRY + 4);
        CHECK(fake_hart(f)->retired, 1);
        fake_free(f);
    }
}

static void wfi_with_something_pending_goes_straight_on(void)
{
    struct fake *f = fake_new(NULL);
    fake_hart(f)->sie = IP_SSIP;
    fake_hart(f)->sip = IP_SSIP; // SIE is off: pending, but not taken
    CHECK(fake_illegal(f, fake_insn(INSN_wfi, 0, 0, 0, 0)), EVENT_EMULATE);
    CHECK(fake_hart(f)->run, HART_RUNNING);
    CHECK(fake_hart(f)->pc, FAKE_ENTRY + 4);
    CHECK(f->run_count, 2); // and runs on in the same turn
    fake_free(f);
}

static void wfi_counts_and_then_time_jumps_to_the_deadline(void)
{
    struct fake *f = fake_new(NULL);
    fake_hart(f)->sie = IP_STIP;
    fake_hart(f)->sstatus = SSTATUS_SIE;
    fake_hart(f)->stimecmp = 1000000;
    fake_illegal(f, fake_insn(INSN_wfi, 0, 0, 0, 0));
    CHECK(fake_hart(f)->run, HART_PARKED);
    CHECK(fake_hart(f)->retired, 1);
    fake_turn(f); // the interrupt
    CHECK(fake_hart(f)->scause, CAUSE_TIMER);
    CHECK(fake_hart(f)->sepc, FAKE_ENTRY + 4);
    CHECK(fake_hart(f)->retired, 1);
    CHECK(hart_time(fake_hart(f)), 1000000);
    fake_free(f);
}

static void counters_follow_the_guests_own_instructions(void)
{
    struct fake *f = fake_new(NULL);
    f->now = 123456789; // the machine's time is none of its business
    fake_exit(f, fake_illegal_exit(csr(INSN_csrrs, 5, 0, CSR_time), 10));
    fake_exit(f, fake_illegal_exit(csr(INSN_csrrs, 6, 0, CSR_cycle), 10));
    fake_turn(f);
    CHECK(fake_hart(f)->x[5], 10);
    CHECK(fake_hart(f)->x[6], 21);
    fake_free(f);
}

static void the_wall_clock_is_the_machines(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.clock = VMM_CLOCK_WALL});
    f->now = 0x500001000;
    fake_illegal(f, csr(INSN_csrrs, 5, 0, CSR_time));
    fake_illegal(f, csr(INSN_csrrs, 6, 0, CSR_timeh));
    CU_ASSERT(fake_hart(f)->x[5] >= 0x1000 && fake_hart(f)->x[5] < 0x1010);
    CHECK(fake_hart(f)->x[6], 5);
    fake_free(f);
}

const struct suite suite_privileged = {
    "vmm privileged",
    (const struct test[]){
        {"each CSR instruction reads its CSR and changes it as it should",
         each_csr_instruction_reads_and_changes_its_csr},
        {"every CSR is there in virtual K; in virtual U the counters that scounteren shows",
         every_csr_is_there_in_virtual_k_and_only_counters_in_virtual_u},
        {"a write to a CSR that is read-only or missing is reflected",
         a_write_to_a_read_only_or_missing_csr_is_the_guests_mistake},
        {"words that are no instruction are reflected with the word",
         words_that_are_no_instruction_are_reflected_with_the_word},
        {"sret goes where sepc says, in the mode that SPP says", sret_goes_where_sepc_and_spp_say},
        {"sret, wfi and sfence.vma are illegal in virtual U",
         what_is_privileged_is_illegal_in_virtual_u},
        {"sfence.vma of every form is done and counts",
         sfence_vma_of_every_form_is_done_and_counts},
        {"wfi with something pending goes straight on",
         wfi_with_something_pending_goes_straight_on},
        {"wfi counts, then time jumps to the deadline, and sepc is behind it",
         wfi_counts_and_then_time_jumps_to_the_deadline},
        {"under the virtual clock counters follow the guest's own instructions",
         counters_follow_the_guests_own_instructions},
        {"under the wall clock time is the machine's", the_wall_clock_is_the_machines},
        {0}}};
