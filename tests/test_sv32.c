// The Sv32 walk against section 4.3 of the privileged specification: permissions by an oracle
// written from its text, and each step's failures.
#include "isa/arch/sv32.h"
#include "tests/suite.h"

#include <string.h>

// 16 KiB of memory at 0x80000000: the root at +0, a table at +0x1000, another at +0x2000. A store
// is remembered.
#define BASE 0x80000000u
#define ROOT_SATP (SATP_MODE | BASE >> 12)

struct small_memory {
    u32 word[4096];
    u32 loads, stores;
};

static bool load(void *context, u32 address, u32 *word)
{
    struct small_memory *m = context;
    if (address < BASE || address >= BASE + sizeof m->word)
        return false;
    m->loads++;
    *word = m->word[(address - BASE) / 4];
    return true;
}

static bool store(void *context, u32 address, u32 word)
{
    struct small_memory *m = context;
    m->stores++;
    m->word[(address - BASE) / 4] = word;
    return true;
}

static struct small_memory ram;

static void clear(void)
{
    memset(&ram, 0, sizeof ram);
}

static struct sv32_walk walk(u32 satp, u32 va, enum view view, enum access access, bool adue)
{
    struct sv32_memory memory = {&ram, load, adue ? store : NULL};
    return sv32_translate(&memory, satp, va, view, access, adue);
}

#define VA 0x00c03456u // VPN[1] = 3, VPN[0] = 3
enum { IN_ROOT = 3, IN_TABLE = 0x400 + 3 };

static void map_page(u32 leaf)
{
    ram.word[IN_ROOT] = PTE_MAKE(BASE + 0x1000, PTE_V);
    ram.word[IN_TABLE] = leaf;
}

// ---- what the specification says, written down once more in another way

static bool is_allowed(u32 pte, u32 mode, bool sum, bool mxr, enum access access)
{
    bool r = pte & PTE_R, w = pte & PTE_W, x = pte & PTE_X, u = pte & PTE_U;
    if (!(pte & PTE_V) || (!r && w))
        return false;
    if (mode == MODE_U && !u)
        return false;
    if (mode == MODE_K && u && (access == ACCESS_FETCH || !sum))
        return false;
    if (access == ACCESS_FETCH && !x)
        return false;
    if (access == ACCESS_READ && !r && !(mxr && x))
        return false;
    if (access == ACCESS_WRITE && !w)
        return false;
    return (pte & PTE_A) && (access != ACCESS_WRITE || (pte & PTE_D));
}

static void every_combination_of_flags_mode_and_access_is_as_specified(void)
{
    for (u32 flags = 0; flags < 256; flags++)
        for (u32 who = 0; who < 8; who++)
            for (u32 access = ACCESS_READ; access <= ACCESS_FETCH; access++) {
                u32 mode = who & 1;
                bool sum = who & 2, mxr = who & 4;
                enum view view = sv32_view(mode, (sum ? SSTATUS_SUM : 0) | (mxr ? SSTATUS_MXR : 0));
                u32 pte = PTE_MAKE(0x80123000, flags);
                bool leaf = flags & (PTE_R | PTE_X);
                clear();
                map_page(pte);
                struct sv32_walk w = walk(ROOT_SATP, VA, view, access, false);
                bool allowed = leaf && is_allowed(pte, mode, sum, mxr, access);
                CU_ASSERT_EQUAL(w.cause, allowed ? 0 : sv32_page_fault(access));
                if (allowed)
                    CU_ASSERT_EQUAL(w.address, 0x80123456);
                if (leaf)
                    CU_ASSERT_EQUAL(sv32_allows(pte, view, access, false), allowed);
            }
}

static void a_walk_tells_what_its_leaf_allows_as_it_leaves_it(void)
{
    for (u32 flags = 0; flags < 256; flags++)
        for (enum view view = VIEW_U; view < VIEWS; view++)
            for (u32 how = 0; how < 6; how++) {
                clear();
                map_page(PTE_MAKE(0x80123000, flags));
                struct sv32_walk w = walk(ROOT_SATP, VA, view, how / 2, how & 1);
                if (!w.cause)
                    CU_ASSERT_EQUAL(w.rights, sv32_rights(ram.word[IN_TABLE], view));
            }
}

static void there_are_six_views(void)
{
    CU_ASSERT_EQUAL(sv32_view(MODE_U, 0), VIEW_U);
    CU_ASSERT_EQUAL(sv32_view(MODE_U, SSTATUS_SUM), VIEW_U);
    CU_ASSERT_EQUAL(sv32_view(MODE_K, 0), VIEW_K);
    CU_ASSERT_EQUAL(sv32_view(MODE_K, SSTATUS_SUM), VIEW_KSUM);
    CU_ASSERT_EQUAL(sv32_view(MODE_U, SSTATUS_MXR), VIEW_U_MXR);
    CU_ASSERT_EQUAL(sv32_view(MODE_K, SSTATUS_SUM | SSTATUS_MXR), VIEW_KSUM_MXR);
}

static void the_causes_are_those_of_the_access(void)
{
    CU_ASSERT_EQUAL(sv32_page_fault(ACCESS_FETCH), 12);
    CU_ASSERT_EQUAL(sv32_page_fault(ACCESS_READ), 13);
    CU_ASSERT_EQUAL(sv32_page_fault(ACCESS_WRITE), 15);
    CU_ASSERT_EQUAL(sv32_access_fault(ACCESS_FETCH), 1);
    CU_ASSERT_EQUAL(sv32_access_fault(ACCESS_READ), 5);
    CU_ASSERT_EQUAL(sv32_access_fault(ACCESS_WRITE), 7);
}

#define FULL (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

static void a_superpage_keeps_22_bits_of_the_address(void)
{
    clear();
    ram.word[IN_ROOT] = PTE_MAKE(0x80400000, FULL);
    struct sv32_walk w = walk(ROOT_SATP, VA, VIEW_K, ACCESS_READ, false);
    CU_ASSERT_EQUAL(w.cause, 0);
    CU_ASSERT_EQUAL(w.address, 0x80403456);
    CU_ASSERT_EQUAL(w.level, 1);
    CU_ASSERT_EQUAL(w.reads, 1);
    CU_ASSERT_EQUAL(w.pte_at, BASE + 4 * IN_ROOT);
}

static void a_misaligned_superpage_is_a_page_fault(void)
{
    clear();
    ram.word[IN_ROOT] = PTE_MAKE(0x80401000, FULL);
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_READ, false).cause, CAUSE_LOAD_PAGE);
}

static void a_pointer_at_the_last_level_is_a_page_fault(void)
{
    clear();
    map_page(PTE_MAKE(BASE + 0x2000, PTE_V));
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_FETCH, false).cause, CAUSE_FETCH_PAGE);
}

static void reserved_bits_in_a_pointer_are_a_page_fault(void)
{
    static const u32 reserved[] = {PTE_A, PTE_D, PTE_U};
    for (size_t i = 0; i < 3; i++) {
        clear();
        map_page(PTE_MAKE(0x80123000, FULL));
        ram.word[IN_ROOT] |= reserved[i];
        CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_READ, false).cause, CAUSE_LOAD_PAGE);
    }
    clear();
    map_page(PTE_MAKE(0x80123000, FULL));
    ram.word[IN_ROOT] |= PTE_G | 3u << 8; // global and the software bits are not reserved
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_READ, false).cause, 0);
}

static void entries_where_no_memory_is_are_access_faults(void)
{
    clear();
    CU_ASSERT_EQUAL(walk(SATP_MODE | 0x10000, VA, VIEW_K, ACCESS_WRITE, false).cause,
                    CAUSE_STORE_ACCESS); // a root on the UART
    CU_ASSERT_EQUAL(walk(SATP_MODE | 0x380000, VA, VIEW_K, ACCESS_READ, false).cause,
                    CAUSE_LOAD_ACCESS); // beyond 32 bits
    ram.word[IN_ROOT] = PTE_MAKE(0x90000000, PTE_V);
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_FETCH, false).cause, CAUSE_FETCH_ACCESS);
    ram.word[IN_ROOT] = 0x100000u << 10 | PTE_V; // a pointer beyond 32 bits
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_READ, false).cause, CAUSE_LOAD_ACCESS);
}

static void a_leaf_beyond_32_bits_is_an_access_fault_unless_it_is_a_page_fault(void)
{
    clear();
    map_page(0x180000u << 10 | FULL);
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_READ, false).cause, CAUSE_LOAD_ACCESS);
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_U, ACCESS_READ, false).cause, CAUSE_LOAD_PAGE);
}

// ---- A and D

static void hardware_marks_only_what_it_allows(void)
{
    clear();
    map_page(PTE_MAKE(0x80123000, PTE_V | PTE_R | PTE_W));
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_READ, true).cause, 0);
    CU_ASSERT_EQUAL(ram.word[IN_TABLE], PTE_MAKE(0x80123000, PTE_V | PTE_R | PTE_W | PTE_A));
    struct sv32_walk w = walk(ROOT_SATP, VA, VIEW_K, ACCESS_WRITE, true);
    CU_ASSERT_EQUAL(w.cause, 0);
    CU_ASSERT_EQUAL(w.pte, PTE_MAKE(0x80123000, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D));
    CU_ASSERT_EQUAL(ram.word[IN_TABLE], w.pte);
    CU_ASSERT_EQUAL(ram.stores, 2);
    walk(ROOT_SATP, VA, VIEW_K, ACCESS_WRITE, true);
    CU_ASSERT_EQUAL(ram.stores, 2); // nothing left to mark
}

static void a_walk_that_fails_changes_nothing(void)
{
    clear();
    map_page(PTE_MAKE(0x80123000, PTE_V | PTE_R));
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_WRITE, true).cause, CAUSE_STORE_PAGE);
    map_page(0x180000u << 10 | PTE_V | PTE_R);
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_READ, true).cause, CAUSE_LOAD_ACCESS);
    ram.word[IN_ROOT] = PTE_MAKE(0x80401000, PTE_V | PTE_R);
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_READ, true).cause, CAUSE_LOAD_PAGE);
    CU_ASSERT_EQUAL(ram.stores, 0);
}

static void without_adue_a_clear_a_or_d_is_a_page_fault(void)
{
    clear();
    map_page(PTE_MAKE(0x80123000, PTE_V | PTE_R | PTE_W | PTE_X));
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_FETCH, false).cause, CAUSE_FETCH_PAGE);
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_READ, false).cause, CAUSE_LOAD_PAGE);
    ram.word[IN_TABLE] |= PTE_A;
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_READ, false).cause, 0);
    CU_ASSERT_EQUAL(walk(ROOT_SATP, VA, VIEW_K, ACCESS_WRITE, false).cause, CAUSE_STORE_PAGE);
}

const struct suite suite_sv32 = {
    "sv32",
    (const struct test[]){
        {"every combination of flags, mode and access is as specified",
         every_combination_of_flags_mode_and_access_is_as_specified},
        {"a walk tells what its leaf allows as it leaves it",
         a_walk_tells_what_its_leaf_allows_as_it_leaves_it},
        {"there are six views", there_are_six_views},
        {"the causes are those of the access", the_causes_are_those_of_the_access},
        {"a superpage keeps 22 bits of the address", a_superpage_keeps_22_bits_of_the_address},
        {"a misaligned superpage is a page fault", a_misaligned_superpage_is_a_page_fault},
        {"a pointer at the last level is a page fault",
         a_pointer_at_the_last_level_is_a_page_fault},
        {"reserved bits in a pointer are a page fault",
         reserved_bits_in_a_pointer_are_a_page_fault},
        {"entries where no memory is are access faults",
         entries_where_no_memory_is_are_access_faults},
        {"a leaf beyond 32 bits is an access fault unless it is a page fault",
         a_leaf_beyond_32_bits_is_an_access_fault_unless_it_is_a_page_fault},
        {"hardware marks only what it allows", hardware_marks_only_what_it_allows},
        {"a walk that fails changes nothing", a_walk_that_fails_changes_nothing},
        {"without adue a clear A or D is a page fault",
         without_adue_a_clear_a_or_d_is_a_page_fault},
        {0},
    }};
