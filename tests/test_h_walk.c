// Translation in two stages, as the manual has it: how many entries a walk reads, whose fault it
// is, what MXR and hlvx change, and who sets A and D.
#include "isa/arch/h_extension.h"
#include "tests/fake_board.h"
#include "tests/suite.h"

#include <string.h>

// Physical memory for walks: 64 KiB at 0x80000000.
static u32 memory[0x4000];

static bool load(void *context, u32 address, u32 *word)
{
    (void)context;
    if (address - 0x80000000u >= sizeof memory)
        return false;
    *word = memory[(address - 0x80000000u) / 4];
    return true;
}

static bool store(void *context, u32 address, u32 word)
{
    u32 unused;
    if (!load(context, address, &unused))
        return false;
    memory[(address - 0x80000000u) / 4] = word;
    return true;
}

#define G_ROOT 0x80000000u
#define G_LEAF 0x80004000u
#define VS_ROOT 0x80005000u
#define VS_LEAF 0x80006000u
#define PAGE 0x80007000u
#define FLAGS (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)
#define VA 0x00403000u // by entries 1 and 3 of the guest's tables

static u32 *entry(u32 table, u32 index)
{
    return &memory[(table - 0x80000000u) / 4 + index];
}

// Both stages with pages of 4 KiB. A guest physical address is the physical one + 0x40000000.
static struct h_access tables(enum access access)
{
    memset(memory, 0, sizeof memory);
    *entry(G_ROOT, 0xc0000000u >> 22) = PTE_MAKE(G_LEAF, PTE_V);
    for (u32 i = 0; i < 16; i++)
        *entry(G_LEAF, i) = PTE_MAKE(0x80000000u + i * 0x1000, FLAGS | PTE_U);
    *entry(VS_ROOT, 1) = PTE_MAKE(VS_LEAF + 0x40000000u, PTE_V);
    *entry(VS_LEAF, 3) = PTE_MAKE(PAGE + 0x40000000u, FLAGS);
    return (struct h_access){
        .satp = SATP_MODE | (VS_ROOT + 0x40000000u) >> 12,
        .hgatp = SATP_MODE | G_ROOT >> 12,
        .view = VIEW_K,
        .access = access,
    };
}

static struct h_walk walk(const struct h_access *who, bool adue)
{
    const struct sv32_memory m = {NULL, load, store};
    return h_translate(&m, who, VA + 0x123, adue);
}

static void a_cold_walk_reads_eight_entries(void)
{
    struct h_access who = tables(ACCESS_READ);
    struct h_walk w = walk(&who, false);
    CU_ASSERT_EQUAL(w.cause, 0);
    CU_ASSERT_EQUAL(w.address, PAGE + 0x123);
    CU_ASSERT_EQUAL(w.reads, 8);
    *entry(G_ROOT, 0xc0000000u >> 22) = PTE_MAKE(0x80000000u, FLAGS | PTE_U); // 4 MiB leaves
    w = walk(&who, false);
    CU_ASSERT_EQUAL(w.address, PAGE + 0x123);
    CU_ASSERT_EQUAL(w.reads, 5);
    who.satp = 0;
    w = h_translate(&(struct sv32_memory){NULL, load, store}, &who, 0xc0007008u, false);
    CU_ASSERT_EQUAL(w.address, 0x80007008u);
    CU_ASSERT_EQUAL(w.reads, 1);
    who.hgatp = 0;
    w = h_translate(&(struct sv32_memory){NULL, load, store}, &who, 0xc0007008u, false);
    CU_ASSERT_EQUAL(w.address, 0xc0007008u);
    CU_ASSERT_EQUAL(w.reads, 0);
}

static void a_fault_of_the_second_stage_says_where(void)
{
    static const u32 causes[] = {CAUSE_GUEST_LOAD_PAGE, CAUSE_GUEST_STORE_PAGE,
                                 CAUSE_GUEST_FETCH_PAGE};
    for (enum access access = ACCESS_READ; access <= ACCESS_FETCH; access++) {
        struct h_access who = tables(access);
        *entry(G_LEAF, 7) &= ~(u32)PTE_U; // it is always walked as by U
        struct h_walk w = walk(&who, false);
        CU_ASSERT_EQUAL(w.cause, causes[access]);
        CU_ASSERT_EQUAL(w.gpa, PAGE + 0x40000000u + 0x123);
        CU_ASSERT_EQUAL(w.htinst, 0);
        who = tables(access);
        *entry(G_LEAF, 6) = 0; // the guest's own table
        w = walk(&who, false);
        CU_ASSERT_EQUAL(w.cause, causes[access]);
        CU_ASSERT_EQUAL(w.gpa, VS_LEAF + 0x40000000u + 3 * 4);
        CU_ASSERT_EQUAL(w.htinst, HTINST_READ);
        who = tables(access);
        *entry(VS_LEAF, 3) = PTE_MAKE(PAGE, FLAGS) | 1u << 30; // beyond 32 bits of address
        w = walk(&who, false);
        CU_ASSERT_EQUAL(w.cause, causes[access]);
        CU_ASSERT_EQUAL(w.gpa, 0x100000000u + PAGE + 0x123);
        who.hgatp = 0;
        who.satp = SATP_MODE | VS_ROOT >> 12;
        *entry(VS_ROOT, 1) = PTE_MAKE(VS_LEAF, PTE_V);
        CU_ASSERT_EQUAL(walk(&who, false).cause, sv32_access_fault(access));
    }
}

static void faults_of_the_first_stage_are_the_guests_own(void)
{
    struct h_access who = tables(ACCESS_WRITE);
    *entry(VS_LEAF, 3) &= ~(u32)PTE_D;
    CU_ASSERT_EQUAL(walk(&who, false).cause, CAUSE_STORE_PAGE);
    who = tables(ACCESS_READ);
    *entry(VS_LEAF, 3) |= PTE_U; // the guest's K without SUM
    CU_ASSERT_EQUAL(walk(&who, false).cause, CAUSE_LOAD_PAGE);
    who.view = VIEW_KSUM;
    CU_ASSERT_EQUAL(walk(&who, false).cause, 0);
    who = tables(ACCESS_READ);
    *entry(G_LEAF, 6) = PTE_MAKE(0x90000000u, FLAGS | PTE_U); // no RAM behind the guest's table
    CU_ASSERT_EQUAL(walk(&who, false).cause, CAUSE_LOAD_ACCESS);
}

// MXR: the VMM's counts in both stages, the guest's in its own.
static void mxr_counts_where_the_manual_says(void)
{
    static const struct {
        bool vmm, guest, first, second; // whose MXR; which stage is X only
        bool allowed;
    } cases[] = {
        {false, false, true, false, false}, {false, true, true, false, true},
        {true, false, true, false, true},   {false, false, false, true, false},
        {false, true, false, true, false},  {true, false, false, true, true},
        {true, false, true, true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct h_access who = tables(ACCESS_READ);
        who.mxr = cases[i].vmm;
        who.view = cases[i].guest ? VIEW_K_MXR : VIEW_K;
        if (cases[i].first)
            *entry(VS_LEAF, 3) &= ~(u32)(PTE_R | PTE_W);
        if (cases[i].second)
            *entry(G_LEAF, 7) &= ~(u32)(PTE_R | PTE_W);
        CU_ASSERT_EQUAL(walk(&who, false).cause == 0, cases[i].allowed);
        // The guest's tables are read as they are: MXR does not help there.
        *entry(G_LEAF, 6) &= ~(u32)(PTE_R | PTE_W);
        CU_ASSERT_EQUAL(walk(&who, false).cause, CAUSE_GUEST_LOAD_PAGE);
    }
}

static void hlvx_wants_x_in_both_stages_and_no_r(void)
{
    static const u32 causes[4] = {0, CAUSE_LOAD_PAGE, CAUSE_GUEST_LOAD_PAGE, CAUSE_LOAD_PAGE};
    for (u32 i = 0; i < 4; i++) {
        struct h_access who = tables(ACCESS_READ);
        who.executable = true;
        u32 rw = PTE_R | PTE_W;
        *entry(VS_LEAF, 3) &= ~(i & 1 ? (u32)PTE_X : rw);
        *entry(G_LEAF, 7) &= ~(i & 2 ? (u32)PTE_X : rw);
        CU_ASSERT_EQUAL(walk(&who, false).cause, causes[i]);
    }
}

static void hardware_sets_a_and_d_in_both_stages_if_the_machine_does(void)
{
    struct h_access who = tables(ACCESS_WRITE);
    u32 marks = PTE_A | PTE_D;
    *entry(VS_LEAF, 3) &= ~marks;
    *entry(G_LEAF, 7) &= ~marks;
    *entry(G_LEAF, 6) &= ~marks;
    CU_ASSERT_EQUAL(walk(&who, true).cause, 0);
    CU_ASSERT_EQUAL(*entry(VS_LEAF, 3) & marks, marks);
    CU_ASSERT_EQUAL(*entry(G_LEAF, 7) & marks, marks);
    CU_ASSERT_EQUAL(*entry(G_LEAF, 6) & marks, marks); // it was written, to mark the guest's entry
    who = tables(ACCESS_READ);
    *entry(VS_LEAF, 3) &= ~(u32)PTE_A;
    *entry(G_LEAF, 6) &= ~(u32)PTE_W;
    struct h_walk w = walk(&who, true);
    CU_ASSERT_EQUAL(w.cause, CAUSE_GUEST_LOAD_PAGE);
    CU_ASSERT_EQUAL(w.htinst, HTINST_WRITE);
}

// ---- superpages of the second stage. A walk comes to the same one for its tables and for its
// page.

#define AT(gpa) ((gpa) >> 22)
#define TABLES_GPA 0xc0000000u
#define PAGE_GPA 0xc0400000u

// The guest's tables lie in a superpage that allows everything, and its page in this one.
static struct h_access page_in(u32 superpage, enum access access)
{
    struct h_access who = tables(access);
    *entry(G_ROOT, AT(TABLES_GPA)) = PTE_MAKE(0x80000000u, FLAGS | PTE_U);
    *entry(G_ROOT, AT(PAGE_GPA)) = superpage;
    *entry(VS_LEAF, 3) = PTE_MAKE(PAGE_GPA + 0x7000, FLAGS);
    return who;
}

static void a_superpage_gives_only_the_rights_that_it_has(void)
{
    enum { READ = 1, WRITE = 2, FETCH = 4, ALL = 7 };
    static const struct {
        u32 lacks, rights;
        u32 refused, refused_with_adue; // accesses, a bit each
    } cases[] = {
        {0, PTE_R | PTE_W | PTE_X, 0, 0},
        {PTE_V, 0, ALL, ALL},
        {PTE_R, 0, ALL, ALL}, // W without R is reserved
        {PTE_R | PTE_W, PTE_X, READ | WRITE, READ | WRITE},
        {PTE_W, PTE_R | PTE_X, WRITE, WRITE},
        {PTE_X, PTE_R | PTE_W, FETCH, FETCH},
        {PTE_U, 0, ALL, ALL},
        {PTE_A, 0, ALL, 0},
        {PTE_D, PTE_R | PTE_X, WRITE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (enum access access = ACCESS_READ; access <= ACCESS_FETCH; access++) {
            u32 flags = (FLAGS | PTE_U) & ~cases[i].lacks;
            struct h_access who = page_in(PTE_MAKE(0x80000000u, flags), access);
            struct h_walk w = walk(&who, false);
            CU_ASSERT_EQUAL(w.cause != 0, cases[i].refused >> access & 1);
            CU_ASSERT_EQUAL(w.reads, 5);
            if (!w.cause)
                CU_ASSERT_EQUAL(w.rights, cases[i].rights);
            w = walk(&who, true);
            CU_ASSERT_EQUAL(w.cause != 0, cases[i].refused_with_adue >> access & 1);
            // Hardware marks the entry, and only for an access that is allowed.
            u32 wanted = access == ACCESS_WRITE ? PTE_A | PTE_D : PTE_A;
            u32 marks = w.cause ? 0 : wanted;
            CU_ASSERT_EQUAL(*entry(G_ROOT, AT(PAGE_GPA)) & 0xff, flags | marks);
        }
}

static void a_superpage_leads_where_it_says_or_nowhere(void)
{
    struct h_access who = page_in(PTE_MAKE(0x80001000u, FLAGS | PTE_U), ACCESS_READ);
    struct h_walk w = walk(&who, false);
    CU_ASSERT_EQUAL(w.cause, CAUSE_GUEST_LOAD_PAGE); // it is misaligned
    CU_ASSERT_EQUAL(w.gpa, PAGE_GPA + 0x7123);
    who = page_in(PTE_MAKE(0x80000000u, FLAGS | PTE_U) | 1u << 30, ACCESS_READ);
    CU_ASSERT_EQUAL(walk(&who, false).cause, CAUSE_LOAD_ACCESS); // beyond 32 bits of address
    who = page_in(PTE_MAKE(0x90000000u, FLAGS | PTE_U), ACCESS_READ);
    w = walk(&who, false);
    CU_ASSERT_EQUAL(w.cause, 0); // whether there is RAM, the access itself finds out
    CU_ASSERT_EQUAL(w.address, 0x90007123u);
    // The guest's tables lie in that superpage: its memory ends before them.
    *entry(G_ROOT, AT(TABLES_GPA)) = *entry(G_ROOT, AT(PAGE_GPA));
    CU_ASSERT_EQUAL(walk(&who, false).cause, CAUSE_LOAD_ACCESS);
}

// The same walk without a memory of its own: each address is translated by a walk for itself.
static struct h_walk walk_step_by_step(const struct h_access *who)
{
    const struct sv32_memory m = {NULL, load, store};
    u64 table = (u64)SATP_PPN(who->satp) << PAGE_SHIFT;
    u32 pte = 0, inside = 0;
    for (u32 shift = 22; shift >= 12; shift -= 10) {
        u64 at = table + (VA >> shift & 0x3ff) * 4;
        struct h_walk w = h_translate_second(&m, who, at, HTINST_READ, false);
        if (w.cause)
            return w;
        if (!load(NULL, w.address, &pte))
            return (struct h_walk){.cause = sv32_access_fault(who->access)};
        inside = (1u << shift) - 1;
        if (!sv32_is_pointer(pte))
            break;
        table = (u64)PTE_PPN(pte) << PAGE_SHIFT;
    }
    u32 rights = sv32_rights(pte, who->view);
    u64 gpa = (u64)PTE_PPN(pte) << PAGE_SHIFT;
    if (sv32_is_pointer(pte) || !(rights & sv32_need(who->access)) || (gpa & inside))
        return (struct h_walk){.cause = sv32_page_fault(who->access)};
    return h_translate_second(&m, who, gpa | ((VA + 0x123) & inside), 0, false);
}

// Each flag is turned over once in eight times, and so is a bit of the address.
static void spoil(u64 *random, u32 *pte)
{
    for (u32 bit = 0; bit < 8; bit++)
        if (fake_random(random) % 8 == 0)
            *pte ^= 1u << bit;
    if (fake_random(random) % 8 == 0)
        *pte ^= 1u << (10 + fake_random(random) % 22);
}

static void a_walk_finds_what_its_steps_find(void)
{
    u64 random = 1;
    u32 translated = 0;
    for (u32 i = 0; i < 20000; i++) {
        struct h_access who = page_in(0, fake_random(&random) % 3);
        *entry(G_ROOT, AT(PAGE_GPA)) = *entry(G_ROOT, AT(TABLES_GPA));
        spoil(&random, entry(G_ROOT, AT(TABLES_GPA)));
        spoil(&random, entry(G_ROOT, AT(PAGE_GPA)));
        spoil(&random, entry(VS_ROOT, 1));
        spoil(&random, entry(VS_LEAF, 3));
        struct h_walk whole = walk(&who, false), steps = walk_step_by_step(&who);
        CU_ASSERT_EQUAL(whole.cause, steps.cause);
        CU_ASSERT_EQUAL(whole.htinst, steps.htinst);
        CU_ASSERT_EQUAL(whole.gpa, steps.gpa);
        if (!whole.cause)
            CU_ASSERT_EQUAL(whole.address, steps.address);
        translated += !whole.cause;
    }
    CU_ASSERT_TRUE(translated > 500);
}

const struct suite suite_h_walk = {
    "h_walk",
    (const struct test[]){
        {"a cold walk reads eight entries", a_cold_walk_reads_eight_entries},
        {"a fault of the second stage says where", a_fault_of_the_second_stage_says_where},
        {"faults of the first stage are the guest's own",
         faults_of_the_first_stage_are_the_guests_own},
        {"MXR counts where the manual says", mxr_counts_where_the_manual_says},
        {"hlvx wants X in both stages and no R", hlvx_wants_x_in_both_stages_and_no_r},
        {"hardware sets A and D in both stages if the machine does",
         hardware_sets_a_and_d_in_both_stages_if_the_machine_does},
        {"a superpage gives only the rights that it has",
         a_superpage_gives_only_the_rights_that_it_has},
        {"a superpage leads where it says or nowhere", a_superpage_leads_where_it_says_or_nowhere},
        {"a walk finds what its steps find", a_walk_finds_what_its_steps_find},
        {0},
    },
};
