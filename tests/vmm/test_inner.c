// Shadows of two stages: a guest of a guest never runs by a shadow that was made for its VMM, or
// for itself under other rules.
#include "tests/vmm/fake_hw.h"

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)
#define SECOND_ROOT 0x80040000u // of the second stage, in memory of guest 1
#define LEAF (FAKE_ALL | PTE_U)
#define CODE_ONLY (PTE_V | PTE_X | PTE_A | PTE_U)
#define DATA 0x40000000u // an address of the guest's guest

static mpa mpa_of(gpa page)
{
    return BOARD_RAM + MEGAPAGE_SIZE + (page - BOARD_RAM);
}

// Guest 1 has the hypervisor extension. Its second stage maps 4 MiB at `address` to its RAM.
static struct fake *with_second_stage(gva address, u32 flags)
{
    struct fake *f = fake_new(&(struct fake_plan){.policy = POLICY_CACHED});
    fake_vm(f, 1)->has_h = 1;
    fake_vcpu(f, 1, 0)->h.hgatp = SATP_MODE | SECOND_ROOT >> PAGE_SHIFT;
    *fake_word(f, 1, SECOND_ROOT + (address >> 22) * 4) = PTE_MAKE(BOARD_RAM, flags);
    return f;
}

// The VCPU runs its VMM (V = 0), or the guest of that (V = 1), under this MXR of the VMM.
static void become(struct fake *f, bool virt, u32 mxr)
{
    struct hart_state *s = fake_hart(f);
    s->virt = virt;
    s->mode = MODE_K;
    s->pc = FAKE_ENTRY;
    fake_vcpu(f, 1, 0)->h.other.sstatus = mxr;
}

// The VMM of the guest and its own guest have both paging off, so their satp, mode and view are the
// same. Only the second stage tells them apart.
static void a_guest_of_a_guest_has_shadows_of_its_own(void)
{
    struct fake *f = with_second_stage(FAKE_ENTRY, LEAF);
    for (u32 virt = 0; virt < 2; virt++) {
        become(f, virt, 0);
        CHECK(fake_take(f, CAUSE_FETCH_PAGE, FAKE_ENTRY), EVENT_FILL);
    }
    for (u32 i = 0; i < 6; i++) {
        become(f, i % 2, 0);
        fake_turn(f);
        CHECK(fake_spte_page(f, FAKE_ENTRY), mpa_of(i % 2 ? BOARD_RAM : FAKE_ENTRY));
    }
    fake_free(f);
}

// MXR of the VMM counts for both stages. What it let through while it was set is refused while it
// is clear, and the VMM hears of that.
static void mxr_of_the_vmm_counts_for_its_guest_while_it_is_set(void)
{
    struct fake *f = with_second_stage(DATA, CODE_ONLY);
    u32 level;
    become(f, true, SSTATUS_MXR);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, DATA), EVENT_FILL);
    CHECK(fake_spte(f, DATA, &level) & (PTE_R | PTE_W | PTE_X), PTE_R | PTE_X);
    become(f, true, 0);
    fake_turn(f);
    CHECK(fake_spte(f, DATA, &level) & PTE_R, 0);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, DATA), EVENT_REFLECT);
    CHECK(fake_hart(f)->scause, CAUSE_GUEST_LOAD_PAGE);
    CHECK(fake_hart(f)->virt, false);
    become(f, true, SSTATUS_MXR);
    fake_turn(f);
    CHECK(fake_spte(f, DATA, &level) & PTE_R, PTE_R); // the first shadow is found again
    fake_free(f);
}

// Two second stages with VMIDs of their own, so that their VMM may change between them without a
// fence. The guests under them have the same satp, mode and view.
static void each_second_stage_has_shadows_of_its_own(void)
{
    struct fake *f = with_second_stage(FAKE_ENTRY, LEAF);
    u32 other = SECOND_ROOT + 4 * PAGE_SIZE;
    *fake_word(f, 1, other + (FAKE_ENTRY >> 22) * 4) = PTE_MAKE(FAKE_ENTRY, LEAF);
    const u32 hgatp[] = {SATP_MODE | SECOND_ROOT >> PAGE_SHIFT,
                         SATP_MODE | 1 << 22 | other >> PAGE_SHIFT};
    for (u32 i = 0; i < 6; i++) {
        become(f, true, 0);
        fake_vcpu(f, 1, 0)->h.hgatp = hgatp[i % 2];
        if (i < 2)
            CHECK(fake_take(f, CAUSE_FETCH_PAGE, FAKE_ENTRY), EVENT_FILL);
        fake_turn(f);
        CHECK(fake_spte_page(f, FAKE_ENTRY), mpa_of(i % 2 ? FAKE_ENTRY : BOARD_RAM));
    }
    fake_free(f);
}

const struct suite suite_inner = {
    "vmm inner",
    (const struct test[]){
        {"a guest of a guest has shadows of its own", a_guest_of_a_guest_has_shadows_of_its_own},
        {"MXR of the VMM counts for its guest while it is set",
         mxr_of_the_vmm_counts_for_its_guest_while_it_is_set},
        {"each second stage has shadows of its own", each_second_stage_has_shadows_of_its_own},
        {0}}};
