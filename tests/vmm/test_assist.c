// Guest mode: what is still the VMM's affair with nested page tables and with shadow page tables.
#include "tests/vmm/fake_hw.h"

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)
#define RW (PTE_R | PTE_W)
#define RWX (PTE_R | PTE_W | PTE_X)
#define RWXU (RWX | PTE_U)
#define DATA 0x80020000u // a page of guest RAM
#define UART 0x10000000u

static struct fake *new_fake(u8 technique)
{
    return fake_new(&(struct fake_plan){.policy = POLICY_CACHED, .technique = technique});
}

static struct fake *with_shadows(void)
{
    struct fake *f = new_fake(TECHNIQUE_ASSIST_SHADOW);
    fake_paging(f);
    return f;
}

static u32 flags(struct fake *f, gva va)
{
    u32 level;
    return fake_spte(f, va, &level) & RWXU;
}

// ---- nested page tables

static struct fake *guest_fault(u32 cause, gva va, u64 gpa, u32 htinst)
{
    struct fake *f = new_fake(TECHNIQUE_ASSIST);
    fake_hart(f)->pc = BOARD_RAM; // the word there says what was tried
    f->guest_fault = (struct hw_guest_fault){(u32)(gpa >> 2), htinst};
    *fake_word(f, 1, BOARD_RAM) = fake_insn(INSN_sb, 0, 10, 11, 0);
    fake_hart(f)->x[11] = 'x';
    fake_take(f, cause, va);
    return f;
}

static void a_guest_page_fault_on_a_device_is_emulated(void)
{
    struct fake *f = guest_fault(CAUSE_GUEST_STORE_PAGE, 0x5000, UART, 0);
    CHECK(fake_notes(f, EVENT_EMULATE), 1);
    CU_ASSERT_STRING_EQUAL(f->console[1], "x");
    CHECK(fake_hart(f)->pc, BOARD_RAM + 4);
    fake_free(f);
}

static void a_guest_page_fault_where_nothing_is_is_an_access_fault(void)
{
    static const struct {
        u32 cause, htinst;
        u64 gpa;
        u32 expected;
    } cases[] = {
        {CAUSE_GUEST_STORE_PAGE, 0, 0x1000, CAUSE_STORE_ACCESS},
        {CAUSE_GUEST_LOAD_PAGE, 0, 0x1000, CAUSE_LOAD_ACCESS},
        {CAUSE_GUEST_FETCH_PAGE, 0, UART, CAUSE_FETCH_ACCESS},
        {CAUSE_GUEST_LOAD_PAGE, 0, UART + (1ull << 32), CAUSE_LOAD_ACCESS}, // beyond the board
        {CAUSE_GUEST_STORE_PAGE, 0x2000, UART, CAUSE_STORE_ACCESS}, // a page table on a device
    };
    for (u32 i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake *f = guest_fault(cases[i].cause, 0x5abc, cases[i].gpa, cases[i].htinst);
        CHECK(fake_hart(f)->scause, cases[i].expected);
        CHECK(fake_hart(f)->stval, 0x5abc);
        CHECK(f->console_count[1], 0);
        fake_free(f);
    }
}

static void with_nested_tables_a_satp_write_changes_nothing_for_the_vmm(void)
{
    struct fake *f = new_fake(TECHNIQUE_ASSIST);
    fake_turn(f);
    CHECK(f->nest_count, 1);
    fake_hart(f)->satp = FAKE_SATP;
    fake_turn(f);
    CHECK(f->nest_count, 1);
    CHECK(f->root_count, 0);
    fake_free(f);
}

// ---- shadow page tables

static void an_entry_says_what_the_guests_entry_says_whoever_asks(void)
{
    static const struct {
        u32 guest, mode, sstatus, shadow;
    } cases[] = {
        {FAKE_ALL, MODE_K, 0, RWX},
        {FAKE_ALL, MODE_K, SSTATUS_SUM, RWX},
        {FAKE_ALL | PTE_U, MODE_U, 0, RWXU},
        {FAKE_ALL | PTE_U, MODE_K, SSTATUS_SUM, RWXU}, // X too, though K may not execute there
        {PTE_V | RWX | PTE_U | PTE_A, MODE_U, 0, PTE_R | PTE_X | PTE_U}, // D clear
        {PTE_V | PTE_R | PTE_A, MODE_K, 0, PTE_R},
        {PTE_V | PTE_X | PTE_A, MODE_K, SSTATUS_MXR, PTE_X}, // the hart looks at MXR
    };
    for (u32 i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake *f = with_shadows();
        fake_hart(f)->mode = cases[i].mode;
        fake_hart(f)->sstatus = cases[i].sstatus;
        fake_map(f, 0x1000, DATA, cases[i].guest);
        CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x1000), EVENT_FILL);
        CHECK(flags(f, 0x1000), cases[i].shadow);
        fake_free(f);
    }
}

static void a_true_fault_is_the_guests(void)
{
    struct fake *f = with_shadows();
    fake_map(f, 0x1000, DATA, PTE_V | RW | PTE_A); // D clear: the guest sets it itself
    CHECK(fake_take(f, CAUSE_STORE_PAGE, 0x1abc), EVENT_REFLECT);
    CHECK(fake_hart(f)->scause, CAUSE_STORE_PAGE);
    CHECK(fake_hart(f)->stval, 0x1abc);
    CHECK(fake_hart(f)->pc, FAKE_STVEC);
    fake_free(f);
}

static void one_shadow_serves_all_views_of_a_table(void)
{
    struct fake *f = with_shadows();
    fake_turn(f);
    u32 nested = f->nest_count;
    mpa root = f->hw[0].root;
    fake_hart(f)->mode = MODE_U;
    fake_turn(f);
    fake_hart(f)->mode = MODE_K;
    fake_hart(f)->sstatus = SSTATUS_SUM | SSTATUS_MXR;
    fake_turn(f);
    CHECK(f->nest_count, nested);
    CHECK(f->hw[0].root, root);
    fake_free(f);
}

static void each_satp_has_a_shadow_of_its_own(void)
{
    struct fake *f = with_shadows();
    fake_turn(f);
    mpa first = f->hw[0].root;
    fake_hart(f)->x[5] = FAKE_SATP | 3u << 22; // another ASID
    CHECK(fake_take(f, CAUSE_VIRTUAL, fake_insn(INSN_csrrw, 0, 5, 0, CSR_satp)), EVENT_EMULATE);
    CHECK(fake_hart(f)->satp, FAKE_SATP | 3u << 22);
    CU_ASSERT_NOT_EQUAL(f->hw[0].root, first);
    fake_hart(f)->x[5] = FAKE_SATP;
    fake_take(f, CAUSE_VIRTUAL, fake_insn(INSN_csrrw, 0, 5, 0, CSR_satp));
    CHECK(f->hw[0].root, first);
    fake_free(f);
}

static void a_fence_forgets_what_it_names(void)
{
    struct fake *f = with_shadows();
    fake_map(f, 0x1000, DATA, FAKE_ALL);
    fake_take(f, CAUSE_LOAD_PAGE, 0x1000);
    CHECK(flags(f, 0x1000), RWX);
    fake_hart(f)->x[5] = 0x1000;
    CHECK(fake_take(f, CAUSE_VIRTUAL, fake_insn(INSN_sfence_vma, 0, 5, 0, 0)), EVENT_EMULATE);
    CHECK(flags(f, 0x1000), 0);
    CHECK(f->flushes[f->flush_count - 1].va, 0x1000);
    fake_free(f);
}

static void a_guests_program_may_neither_fence_nor_see_satp(void)
{
    const u32 words[] = {fake_insn(INSN_sfence_vma, 0, 0, 0, 0),
                         fake_insn(INSN_csrrs, 5, 0, 0, CSR_satp)};
    for (u32 i = 0; i < sizeof words / sizeof *words; i++) {
        struct fake *f = with_shadows();
        fake_hart(f)->mode = MODE_U;
        CHECK(fake_take(f, CAUSE_VIRTUAL, words[i]), EVENT_REFLECT);
        CHECK(fake_hart(f)->scause, CAUSE_ILLEGAL);
        CHECK(fake_hart(f)->stval, words[i]);
        fake_free(f);
    }
}

static void without_paging_an_entry_serves_the_mode_that_asked_last(void)
{
    struct fake *f = new_fake(TECHNIQUE_ASSIST_SHADOW);
    CHECK(fake_take(f, CAUSE_FETCH_PAGE, FAKE_ENTRY), EVENT_FILL);
    CHECK(flags(f, FAKE_ENTRY), RWX);
    mpa root = f->hw[0].root;
    fake_hart(f)->mode = MODE_U;
    CHECK(fake_take(f, CAUSE_FETCH_PAGE, FAKE_ENTRY), EVENT_FILL);
    CHECK(flags(f, FAKE_ENTRY), RWXU);
    fake_hart(f)->mode = MODE_K;
    CHECK(fake_take(f, CAUSE_FETCH_PAGE, FAKE_ENTRY), EVENT_FILL);
    CHECK(flags(f, FAKE_ENTRY), RWX);
    CHECK(f->hw[0].root, root);
    fake_free(f);
}

static void a_device_behind_a_page_is_emulated(void)
{
    struct fake *f = with_shadows();
    fake_hart(f)->pc = FAKE_ENTRY;
    fake_map(f, 0x5000, UART, FAKE_ALL);
    *fake_word(f, 1, FAKE_ENTRY) = fake_insn(INSN_sb, 0, 10, 11, 0);
    fake_hart(f)->x[11] = 'y';
    CHECK(fake_take(f, CAUSE_STORE_PAGE, 0x5000), EVENT_EMULATE);
    CU_ASSERT_STRING_EQUAL(f->console[1], "y");
    fake_free(f);
}

const struct suite suite_assist = {
    "vmm assist",
    (const struct test[]){
        {"nested: a guest page fault on a device is emulated",
         a_guest_page_fault_on_a_device_is_emulated},
        {"nested: a guest page fault where nothing is is an access fault of the guest",
         a_guest_page_fault_where_nothing_is_is_an_access_fault},
        {"nested: a satp write changes nothing for the VMM",
         with_nested_tables_a_satp_write_changes_nothing_for_the_vmm},
        {"shadow: an entry says what the guest's entry says, whoever asks",
         an_entry_says_what_the_guests_entry_says_whoever_asks},
        {"shadow: a true fault is the guest's", a_true_fault_is_the_guests},
        {"shadow: one shadow serves all views of a table", one_shadow_serves_all_views_of_a_table},
        {"shadow: each satp has a shadow of its own", each_satp_has_a_shadow_of_its_own},
        {"shadow: a fence forgets what it names", a_fence_forgets_what_it_names},
        {"shadow: a guest's program may neither fence nor see satp",
         a_guests_program_may_neither_fence_nor_see_satp},
        {"shadow: without paging an entry serves the mode that asked last",
         without_paging_an_entry_serves_the_mode_that_asked_last},
        {"shadow: a device behind a page is emulated", a_device_behind_a_page_is_emulated},
        {0}}};
