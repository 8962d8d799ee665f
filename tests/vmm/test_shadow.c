// Shadow tables: what is filled, what is the guest's own fault, what a fence forgets.
#include "tests/vmm/fake_hw.h"

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)
#define RW (PTE_R | PTE_W)
#define RWX (PTE_R | PTE_W | PTE_X)
#define DATA 0x80020000u                      // a page of guest RAM
#define GUEST_MPA (BOARD_RAM + MEGAPAGE_SIZE) // where guest 1's RAM lies

static mpa mpa_of(gpa page)
{
    return GUEST_MPA + (page - BOARD_RAM);
}

static u32 rights(struct fake *f, gva va)
{
    u32 level;
    return fake_spte(f, va, &level) & RWX;
}

static u32 level_of(struct fake *f, gva va)
{
    u32 level;
    return fake_spte(f, va, &level) ? level : 9;
}

static void with_paging_off_ram_is_mapped_by_superpages(void)
{
    struct fake *f = fake_new(NULL);
    CHECK(fake_take(f, CAUSE_FETCH_PAGE, FAKE_ENTRY), EVENT_FILL);
    CHECK(fake_spte_page(f, FAKE_ENTRY), mpa_of(FAKE_ENTRY));
    CHECK(level_of(f, FAKE_ENTRY), 1);
    CHECK(rights(f, FAKE_ENTRY), RWX);
    CHECK(fake_spte_page(f, BOARD_RAM), 0); // lazily
    CHECK(fake_hart(f)->pc, FAKE_ENTRY);
    CHECK(fake_hart(f)->retired, 0);
    fake_free(f);
}

static void a_superpage_over_the_end_of_ram_is_split(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.ram = MEGAPAGE_SIZE + 2 * PAGE_SIZE});
    gpa last = FAKE_ENTRY + PAGE_SIZE, beyond = FAKE_ENTRY + 2 * PAGE_SIZE;
    CHECK(fake_take(f, CAUSE_STORE_PAGE, last + 0xffc), EVENT_FILL);
    CHECK(level_of(f, last), 0);
    CHECK(fake_spte_page(f, last), mpa_of(last));
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, beyond), EVENT_REFLECT);
    CHECK(fake_hart(f)->scause, CAUSE_LOAD_ACCESS);
    CHECK(fake_spte_page(f, beyond), 0);
    fake_free(f);
}

static void ram_that_begins_anywhere_is_mapped_by_small_pages(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.ram = 2 * MEGAPAGE_SIZE, .shift = PAGE_SIZE});
    CHECK(fake_take(f, CAUSE_STORE_PAGE, BOARD_RAM + 0x5000), EVENT_FILL);
    CHECK(level_of(f, BOARD_RAM + 0x5000), 0);
    CHECK(fake_spte_page(f, BOARD_RAM + 0x5000), mpa_of(BOARD_RAM + 0x5000) + PAGE_SIZE);
    fake_free(f);
}

static void a_guests_superpage_over_the_end_of_ram_is_split_and_fenced_whole(void)
{
    struct fake *f = fake_new(
        &(struct fake_plan){.policy = POLICY_CACHED, .ram = 2 * MEGAPAGE_SIZE + 4 * PAGE_SIZE});
    fake_paging(f);
    gva va = 0x40000000;
    fake_map_super(f, va, BOARD_RAM + 2 * MEGAPAGE_SIZE, FAKE_ALL);
    for (u32 i = 0; i < 4; i++)
        CHECK(fake_take(f, CAUSE_LOAD_PAGE, va + i * PAGE_SIZE), EVENT_FILL);
    CHECK(level_of(f, va), 0);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, va + 4 * PAGE_SIZE), EVENT_REFLECT);
    CHECK(fake_hart(f)->scause, CAUSE_LOAD_ACCESS);
    fake_hart(f)->x[5] = va + 0x123000; // a fence for any address of a superpage is for all of it
    fake_illegal(f, fake_insn(INSN_sfence_vma, 0, 5, 0, 0));
    for (u32 i = 0; i < 4; i++)
        CHECK(fake_spte_page(f, va + i * PAGE_SIZE), 0);
    CHECK(f->flushes[f->flush_count - 1].all, true);
    fake_free(f);
}

static void true_faults_are_reflected_as_bare(void)
{
    static const struct {
        u32 flags, cause, expected;
    } cases[] = {
        {0, CAUSE_LOAD_PAGE, CAUSE_LOAD_PAGE},
        {0, CAUSE_STORE_PAGE, CAUSE_STORE_PAGE},
        {0, CAUSE_FETCH_PAGE, CAUSE_FETCH_PAGE},
        {PTE_V | PTE_R | PTE_D, CAUSE_LOAD_PAGE, CAUSE_LOAD_PAGE},           // A clear
        {PTE_V | RW | PTE_A, CAUSE_STORE_PAGE, CAUSE_STORE_PAGE},            // D clear
        {PTE_V | PTE_R | PTE_A | PTE_D, CAUSE_STORE_PAGE, CAUSE_STORE_PAGE}, // read-only
        {PTE_V | RW | PTE_A | PTE_D, CAUSE_FETCH_PAGE, CAUSE_FETCH_PAGE},    // no X
        {PTE_V | PTE_X | PTE_A, CAUSE_LOAD_PAGE, CAUSE_LOAD_PAGE},           // X alone, no MXR
        {FAKE_ALL | PTE_U, CAUSE_LOAD_PAGE, CAUSE_LOAD_PAGE}, // U page in K without SUM
        {FAKE_ALL | PTE_U, CAUSE_FETCH_PAGE, CAUSE_FETCH_PAGE},
        {PTE_V | PTE_W | PTE_A | PTE_D, CAUSE_LOAD_PAGE, CAUSE_LOAD_PAGE}, // W without R: reserved
    };
    for (u32 i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake *f = fake_new(NULL);
        fake_paging(f);
        fake_map(f, 0x1000, DATA, cases[i].flags);
        CHECK(fake_take(f, cases[i].cause, 0x1abc), EVENT_REFLECT);
        CHECK(fake_hart(f)->scause, cases[i].expected);
        CHECK(fake_hart(f)->stval, 0x1abc);
        CHECK(fake_spte_page(f, 0x1000), 0);
        fake_free(f);
    }
}

static void a_page_or_a_table_outside_ram_is_an_access_fault(void)
{
    static const gpa outside[] = {0x1000, BOARD_RAM - PAGE_SIZE, BOARD_RAM + 2 * MEGAPAGE_SIZE,
                                  0xfffff000, 0x40000000};
    for (u32 i = 0; i < sizeof outside / sizeof *outside; i++) {
        struct fake *f = fake_new(NULL);
        fake_paging(f);
        fake_map(f, 0x1000, outside[i], FAKE_ALL);
        CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x1000), EVENT_REFLECT);
        CHECK(fake_hart(f)->scause, CAUSE_LOAD_ACCESS);
        *fake_word(f, 1, FAKE_ROOT + 4) = PTE_MAKE(outside[i], PTE_V); // the table of slot 1
        CHECK(fake_take(f, CAUSE_STORE_PAGE, 0x400000), EVENT_REFLECT);
        CHECK(fake_hart(f)->scause, CAUSE_STORE_ACCESS);
        fake_hart(f)->satp = SATP_MODE | outside[i] >> PAGE_SHIFT; // and the root
        CHECK(fake_take(f, CAUSE_FETCH_PAGE, FAKE_ENTRY), EVENT_REFLECT);
        CHECK(fake_hart(f)->scause, CAUSE_FETCH_ACCESS);
        fake_free(f);
    }
}

static void no_right_is_given_before_the_guests_a_and_d_bits_allow_it(void)
{
    struct fake *f = fake_new(NULL);
    fake_paging(f);
    fake_map(f, 0x1000, DATA, PTE_V | RWX | PTE_A);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x1000), EVENT_FILL);
    CHECK(rights(f, 0x1000), PTE_R | PTE_X); // W comes once D is set
    CHECK(fake_take(f, CAUSE_STORE_PAGE, 0x1000), EVENT_REFLECT);
    fake_map(f, 0x1000, DATA, PTE_V | RWX | PTE_A | PTE_D);
    u32 flushes = f->flush_count;
    CHECK(fake_take(f, CAUSE_STORE_PAGE, 0x1000), EVENT_FILL); // an upgrade needs no fence
    CHECK(rights(f, 0x1000), RWX);
    CHECK(f->flush_count, flushes); // and no flush
    fake_free(f);
}

static void adue_sets_a_and_d_in_the_guests_table(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.adue = true});
    fake_paging(f);
    fake_map(f, 0x1000, DATA, PTE_V | RW);
    u32 *pte = fake_word(f, 1, FAKE_ROOT + PAGE_SIZE + 4);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x1000), EVENT_FILL);
    CHECK(*pte & (PTE_A | PTE_D), PTE_A);
    CHECK(rights(f, 0x1000), PTE_R);
    CHECK(fake_take(f, CAUSE_STORE_PAGE, 0x1000), EVENT_FILL);
    CHECK(*pte & (PTE_A | PTE_D), PTE_A | PTE_D);
    CHECK(rights(f, 0x1000), RW);
    fake_free(f);
}

// The six views of one U page and one K page that may only be executed or read.
static void each_view_has_a_shadow_of_its_own(void)
{
    static const struct {
        u32 mode, sstatus, user, kernel; // rights on the two pages
    } views[] = {{MODE_U, 0, RWX, 0},
                 {MODE_K, 0, 0, PTE_X},
                 {MODE_K, SSTATUS_SUM, RW, PTE_X},
                 {MODE_U, SSTATUS_MXR, RWX, 0},
                 {MODE_K, SSTATUS_MXR, 0, PTE_R | PTE_X},
                 {MODE_K, SSTATUS_SUM | SSTATUS_MXR, RW, PTE_R | PTE_X}};
    struct fake *f = fake_new(NULL);
    fake_paging(f);
    fake_map(f, 0x1000, DATA, FAKE_ALL | PTE_U);
    fake_map(f, 0x2000, DATA, PTE_V | PTE_X | PTE_A);
    mpa roots[6];
    for (u32 round = 0; round < 2; round++)
        for (u32 i = 0; i < 6; i++) {
            struct hart_state *s = fake_hart(f);
            for (u32 page = 1; page <= 2; page++)
                for (u32 a = 0; a < 3; a++) {
                    static const u32 causes[] = {CAUSE_LOAD_PAGE, CAUSE_STORE_PAGE,
                                                 CAUSE_FETCH_PAGE},
                                     right[] = {PTE_R, PTE_W, PTE_X};
                    s->mode = (u8)views[i].mode;
                    s->sstatus = views[i].sstatus;
                    u32 allowed = page == 1 ? views[i].user : views[i].kernel;
                    CHECK(fake_take(f, causes[a], page * PAGE_SIZE),
                          allowed & right[a] ? EVENT_FILL : EVENT_REFLECT);
                }
            s->mode = (u8)views[i].mode;
            s->sstatus = views[i].sstatus;
            fake_turn(f);
            CHECK(rights(f, 0x1000), views[i].user);
            CHECK(rights(f, 0x2000), views[i].kernel);
            if (round)
                CHECK(roots[i], f->hw[0].root); // found again
            roots[i] = f->hw[0].root;
            for (u32 j = 0; j < i; j++)
                CU_ASSERT_NOT_EQUAL(roots[i], roots[j]);
        }
    fake_free(f);
}

static void every_shadow_page_is_a_page_of_mode_u(void)
{
    struct fake *f = fake_new(NULL);
    fake_paging(f);
    u32 level;
    fake_take(f, CAUSE_FETCH_PAGE, FAKE_ENTRY);
    CHECK(fake_spte(f, FAKE_ENTRY, &level) & (PTE_U | PTE_V | PTE_A | PTE_D | PTE_G),
          PTE_U | PTE_V | PTE_A | PTE_D);
    fake_free(f);
}

// ---- edits and fences

static struct fake *with_two_pages(u8 policy)
{
    struct fake *f = fake_new(&(struct fake_plan){.policy = policy});
    fake_paging(f);
    fake_map(f, 0x1000, DATA, FAKE_ALL);
    fake_map(f, 0x2000, DATA + PAGE_SIZE, FAKE_ALL);
    fake_take(f, CAUSE_LOAD_PAGE, 0x1000);
    fake_take(f, CAUSE_LOAD_PAGE, 0x2000);
    return f;
}

static void fence(struct fake *f, const gva *va, const u32 *asid)
{
    fake_hart(f)->x[5] = va ? *va : 0;
    fake_hart(f)->x[6] = asid ? *asid : 0;
    CHECK(fake_illegal(f, fake_insn(INSN_sfence_vma, 0, va ? 5 : 0, asid ? 6 : 0, 0)),
          EVENT_EMULATE);
}

static void a_fenced_edit_takes_effect_under_both_policies(void)
{
    for (u8 policy = POLICY_DROP_ALL; policy <= POLICY_CACHED; policy++)
        for (u32 form = 0; form < 4; form++) {
            static const gva va = 0x1008;
            static const u32 asid = 0;
            struct fake *f = with_two_pages(policy);
            CHECK(fake_spte_page(f, 0x1000), mpa_of(DATA));
            fake_map(f, 0x1000, DATA + 2 * PAGE_SIZE, PTE_V | PTE_R | PTE_A);
            fence(f, form & 1 ? &va : NULL, form & 2 ? &asid : NULL);
            CHECK(fake_spte_page(f, 0x1000), 0);
            CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x1000), EVENT_FILL);
            CHECK(fake_spte_page(f, 0x1000), mpa_of(DATA + 2 * PAGE_SIZE));
            CHECK(rights(f, 0x1000), PTE_R);
            fake_free(f);
        }
}

static void the_cached_policy_forgets_only_what_a_fence_names(void)
{
    static const gva va = 0x1000, other_va = 0x3000;
    static const u32 other_asid = 5;
    struct fake *f = with_two_pages(POLICY_CACHED);
    fence(f, NULL, &other_asid);
    fence(f, &va, &other_asid);
    fence(f, &other_va, NULL);
    CHECK(fake_spte_page(f, 0x1000), mpa_of(DATA));
    u32 flushes = f->flush_count;
    fence(f, &va, NULL);
    CHECK(fake_spte_page(f, 0x1000), 0);
    CHECK(fake_spte_page(f, 0x2000), mpa_of(DATA + PAGE_SIZE));
    bool flushed = false;
    for (u32 i = flushes; i < f->flush_count; i++)
        flushed |=
            f->flushes[i].asid == f->hw[0].asid && (f->flushes[i].all || f->flushes[i].va == va);
    CU_ASSERT(flushed); // the TLB forgets it too
    fake_free(f);
}

static void a_fence_that_names_no_asid_is_for_every_asid(void)
{
    static const gva va = 0x1000;
    for (u32 form = 0; form < 2; form++) {
        struct fake *f = with_two_pages(POLICY_CACHED);
        fake_hart(f)->satp = FAKE_SATP | 3 << 22;
        CHECK(fake_take(f, CAUSE_LOAD_PAGE, va), EVENT_FILL);
        CHECK(fake_spte_page(f, va), mpa_of(DATA));
        fence(f, form ? &va : NULL, NULL);
        CHECK(fake_spte_page(f, va), 0);
        fake_free(f);
    }
}

// A register that holds 0 names address 0, or ASID 0. Only x0 itself stands for "every one".
static void a_fence_of_zero_names_zero_alone(void)
{
    static const gva zero_va = 0;
    static const u32 zero_asid = 0;
    struct fake *f = with_two_pages(POLICY_CACHED);
    fence(f, &zero_va, NULL);
    CHECK(fake_spte_page(f, 0x1000), mpa_of(DATA));
    fake_hart(f)->satp = FAKE_SATP | 3 << 22;
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x1000), EVENT_FILL);
    fence(f, NULL, &zero_asid);
    CHECK(fake_spte_page(f, 0x1000), mpa_of(DATA));
    fake_free(f);
}

// An ASID has nine bits, so a fence ignores what a kernel leaves above them.
static void a_fence_ignores_the_high_bits_of_an_asid(void)
{
    static const gva va = 0x1000;
    for (u32 high = 0x200; high; high <<= 1)
        for (u32 form = 0; form < 2; form++) {
            struct fake *f = with_two_pages(POLICY_CACHED);
            u32 asid = high | 3;
            fence(f, form ? &va : NULL, &asid);
            CHECK(fake_spte_page(f, va), mpa_of(DATA)); // ASID 0 was not named
            fake_hart(f)->satp = FAKE_SATP | 3 << 22;
            CHECK(fake_take(f, CAUSE_LOAD_PAGE, va), EVENT_FILL);
            fence(f, form ? &va : NULL, &asid);
            CHECK(fake_spte_page(f, va), 0);
            fake_free(f);
        }
}

// The guest has small pages, then a superpage over the end of its RAM, then another one. A table
// that is left from the small pages must not take entries of the superpage: the fence for the
// superpage would not find them.
static void what_a_split_superpage_left_goes_with_one_fence(void)
{
    struct fake *f = fake_new(
        &(struct fake_plan){.policy = POLICY_CACHED, .ram = 2 * MEGAPAGE_SIZE + 3 * PAGE_SIZE});
    gpa tail = BOARD_RAM + 2 * MEGAPAGE_SIZE;
    static const gva va = 0x10000000;
    fake_paging(f);
    fake_map(f, va + 0x1000, DATA, FAKE_ALL);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, va + 0x1000), EVENT_FILL);
    fake_map_super(f, va, tail, FAKE_ALL);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, va + 0x2000), EVENT_FILL);
    CHECK(fake_spte_page(f, va + 0x2000), mpa_of(tail + 0x2000));
    fake_map_super(f, va, BOARD_RAM, FAKE_ALL);
    fence(f, &(gva){va + 0x7000}, NULL);
    CHECK(fake_spte_page(f, va + 0x2000), 0);
    fake_free(f);
}

static void rights_that_are_taken_away_are_flushed(void)
{
    struct fake *f = with_two_pages(POLICY_CACHED);
    u32 flushes = f->flush_count;
    CHECK(rights(f, 0x1000), RWX);
    fake_map(f, 0x1000, DATA, PTE_V | PTE_X | PTE_A); // not yet fenced, but met: by a fetch whose
                                                      // translation was evicted
    CHECK(fake_take(f, CAUSE_FETCH_PAGE, 0x1000), EVENT_FILL);
    CHECK(rights(f, 0x1000), PTE_X);
    CU_ASSERT(f->flush_count > flushes);
    fake_free(f);
}

static void the_cached_policy_finds_a_space_again(void)
{
    struct fake *f = with_two_pages(POLICY_CACHED);
    mpa root = f->hw[0].root;
    u32 asid = f->hw[0].asid;
    fake_hart(f)->x[5] = FAKE_SATP | 7 << 22; // another ASID of the guest
    fake_illegal(f, fake_insn(INSN_csrrw, 0, 5, 0, CSR_satp));
    CU_ASSERT_NOT_EQUAL(f->hw[0].root, root);
    CU_ASSERT_NOT_EQUAL(f->hw[0].asid, asid);
    CHECK(fake_spte_page(f, 0x1000), 0);
    fake_hart(f)->x[5] = FAKE_SATP;
    fake_illegal(f, fake_insn(INSN_csrrw, 0, 5, 0, CSR_satp));
    CHECK(f->hw[0].root, root);
    CHECK(f->hw[0].asid, asid);
    CHECK(fake_spte_page(f, 0x1000), mpa_of(DATA));
    fake_free(f);
}

static void drop_all_forgets_on_every_satp_write(void)
{
    struct fake *f = with_two_pages(POLICY_DROP_ALL);
    fake_hart(f)->x[5] = FAKE_SATP; // the same value: still a write
    fake_illegal(f, fake_insn(INSN_csrrw, 0, 5, 0, CSR_satp));
    CHECK(fake_spte_page(f, 0x1000), 0);
    CHECK(fake_spte_page(f, 0x2000), 0);
    fake_free(f);
}

static void a_remote_fence_is_a_fence(void)
{
    for (u8 policy = POLICY_DROP_ALL; policy <= POLICY_CACHED; policy++) {
        struct fake *f = with_two_pages(policy);
        struct hart_state *s = fake_hart(f);
        s->x[10] = 1; // hart 0, that is itself
        s->x[11] = 0;
        s->x[12] = 0x1000;
        s->x[13] = PAGE_SIZE;
        s->x[16] = 1; // sfence_vma
        s->x[17] = 0x52464e43;
        CHECK(fake_take(f, CAUSE_ECALL_U, 0), EVENT_EMULATE);
        CHECK(s->x[10], 0);
        CHECK(fake_spte_page(f, 0x1000), 0);
        fake_free(f);
    }
}

static void a_table_that_becomes_a_superpage_leaves_nothing_behind(void)
{
    struct fake *f = with_two_pages(POLICY_CACHED);
    static const gva va = 0x1000;
    u32 free_before = fake_free_pages(f);
    fake_map_super(f, 0, BOARD_RAM, FAKE_ALL);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x5000), EVENT_FILL);
    CHECK(level_of(f, 0x1000), 1);
    CHECK(fake_spte_page(f, 0x1000), mpa_of(BOARD_RAM + 0x1000));
    CHECK(fake_free_pages(f), free_before + 1);
    bool all = false;
    for (u32 i = 0; i < f->flush_count; i++)
        all |= f->flushes[i].asid == f->hw[0].asid && f->flushes[i].all;
    CU_ASSERT(all);
    fake_map_super(f, 0, 0, 0);
    fake_map(f, 0x1000, DATA, FAKE_ALL);
    fence(f, &va, NULL);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x1000), EVENT_FILL);
    CHECK(level_of(f, 0x1000), 0);
    fake_free(f);
}

const struct suite suite_shadow = {
    "vmm shadow",
    (const struct test[]){
        {"with paging off RAM is mapped lazily, by superpages",
         with_paging_off_ram_is_mapped_by_superpages},
        {"a superpage over the end of RAM is split", a_superpage_over_the_end_of_ram_is_split},
        {"RAM that begins anywhere is mapped by small pages",
         ram_that_begins_anywhere_is_mapped_by_small_pages},
        {"a guest's superpage that was split is fenced whole",
         a_guests_superpage_over_the_end_of_ram_is_split_and_fenced_whole},
        {"true faults are reflected as bare and fill nothing", true_faults_are_reflected_as_bare},
        {"a page, a table or a root outside RAM is an access fault of the guest",
         a_page_or_a_table_outside_ram_is_an_access_fault},
        {"no right is given before the guest's A and D bits allow it",
         no_right_is_given_before_the_guests_a_and_d_bits_allow_it},
        {"with adue the guest's A and D bits are set as by hardware",
         adue_sets_a_and_d_in_the_guests_table},
        {"each of the six views has its own shadow with its own rights",
         each_view_has_a_shadow_of_its_own},
        {"every page of a shadow is a page of mode U and never global",
         every_shadow_page_is_a_page_of_mode_u},
        {"an edit and its fence, of each form, take effect under both policies",
         a_fenced_edit_takes_effect_under_both_policies},
        {"the cached policy forgets only what a fence names",
         the_cached_policy_forgets_only_what_a_fence_names},
        {"a fence that names no ASID is for every ASID",
         a_fence_that_names_no_asid_is_for_every_asid},
        {"a fence of zero names zero alone", a_fence_of_zero_names_zero_alone},
        {"a fence ignores the high bits of an ASID", a_fence_ignores_the_high_bits_of_an_asid},
        {"what a split superpage left goes with one fence",
         what_a_split_superpage_left_goes_with_one_fence},
        {"rights that are taken away are flushed", rights_that_are_taken_away_are_flushed},
        {"the cached policy finds a space again after other satp values",
         the_cached_policy_finds_a_space_again},
        {"drop-all forgets on every satp write", drop_all_forgets_on_every_satp_write},
        {"a fence asked of the firmware is a fence", a_remote_fence_is_a_fence},
        {"a table that becomes a superpage, and back, leaves nothing behind",
         a_table_that_becomes_a_superpage_leaves_nothing_behind},
        {0}}};
