// The TLB as specified state: what makes an entry, what a hit may not do, what each sfence.vma
// takes away. Then the same through the machine.
// Read next: tests/test_machine.c.
#include "sim/core/core.h"
#include "tests/program.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

// ---- the TLB alone

static struct tlb *tlb_fresh(void)
{
    struct tlb *t = calloc(1, sizeof *t);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    return t;
}

static u32 context(u32 asid, enum view view)
{
    return tlb_context(asid, view);
}

static bool has(struct tlb *t, u32 ctx, gva va, enum access access)
{
    return tlb_find(tlb_set(t, ctx), va, access);
}

static void an_entry_is_found_by_its_page_access_and_context_only(void)
{
    struct tlb *t = tlb_fresh();
    u32 ctx = context(7, VIEW_K);
    CU_ASSERT_FALSE(has(t, ctx, 0x5123, ACCESS_READ));
    tlb_fill(tlb_set(t, ctx), 0x5123, ACCESS_READ, 0x80009123, false);
    CU_ASSERT(has(t, ctx, 0x5ffc, ACCESS_READ));
    CU_ASSERT_EQUAL(tlb_find(tlb_set(t, ctx), 0x5ffc, ACCESS_READ)->delta + 0x5ffc, 0x80009ffc);
    CU_ASSERT_FALSE(has(t, ctx, 0x5123, ACCESS_WRITE));
    CU_ASSERT_FALSE(has(t, ctx, 0x5123, ACCESS_FETCH));
    CU_ASSERT_FALSE(has(t, ctx, 0x6123, ACCESS_READ));
    CU_ASSERT_FALSE(has(t, context(7, VIEW_U), 0x5123, ACCESS_READ));
    CU_ASSERT_FALSE(has(t, context(8, VIEW_K), 0x5123, ACCESS_READ));
    free(t);
}

static void addresses_16_mib_apart_share_an_entry(void)
{
    struct tlb *t = tlb_fresh();
    struct tlb_set *s = tlb_set(t, context(0, VIEW_U));
    tlb_fill(s, 0, ACCESS_WRITE, 0x80000000, false);
    CU_ASSERT_PTR_NOT_NULL(tlb_find(s, 0, ACCESS_WRITE)); // address 0 is an address like any other
    tlb_fill(s, 0x01000000, ACCESS_WRITE, 0x80001000, false);
    CU_ASSERT_PTR_NULL(tlb_find(s, 0, ACCESS_WRITE));
    CU_ASSERT_PTR_NOT_NULL(tlb_find(s, 0x01000000, ACCESS_WRITE));
    free(t);
}

static void a_fence_of_an_address_drops_that_page_in_every_view(void)
{
    struct tlb *t = tlb_fresh();
    for (u32 asid = 1; asid <= 2; asid++)
        for (u32 view = 0; view < VIEWS; view++)
            for (u32 va = 0x5000; va <= 0x6000; va += 0x1000)
                tlb_fill(tlb_set(t, context(asid, view)), va, ACCESS_READ, 0x80000000, false);
    tlb_flush(t, &(gva){0x5678}, &(u32){1});
    for (u32 view = 0; view < VIEWS; view++) {
        CU_ASSERT_FALSE(has(t, context(1, view), 0x5000, ACCESS_READ));
        CU_ASSERT(has(t, context(1, view), 0x6000, ACCESS_READ));
        CU_ASSERT(has(t, context(2, view), 0x5000, ACCESS_READ));
    }
    tlb_flush(t, &(gva){0x5678}, NULL);
    for (u32 view = 0; view < VIEWS; view++) {
        CU_ASSERT_FALSE(has(t, context(2, view), 0x5000, ACCESS_READ));
        CU_ASSERT(has(t, context(2, view), 0x6000, ACCESS_READ));
    }
    free(t);
}

static void a_fence_of_an_asid_or_of_all_drops_all_of_it(void)
{
    struct tlb *t = tlb_fresh();
    for (u32 asid = 1; asid <= 3; asid++)
        for (u32 va = 0; va < 0x100000; va += 0x1000)
            tlb_fill(tlb_set(t, context(asid, VIEW_U)), va, ACCESS_FETCH, 0x80000000, false);
    tlb_flush(t, NULL, &(u32){2});
    CU_ASSERT(has(t, context(1, VIEW_U), 0x5000, ACCESS_FETCH));
    CU_ASSERT_FALSE(has(t, context(2, VIEW_U), 0x5000, ACCESS_FETCH));
    tlb_flush(t, NULL, NULL);
    for (u32 asid = 1; asid <= 3; asid++)
        for (u32 va = 0; va < 0x100000; va += 0x1000)
            CU_ASSERT_FALSE(has(t, context(asid, VIEW_U), va, ACCESS_FETCH));
    free(t);
}

// An ASID has nine bits. A fence ignores the bits above them, whatever a kernel leaves there.
static void a_fence_ignores_the_high_bits_of_an_asid(void)
{
    static const gva va = 0x5000;
    for (u32 high = 0x200; high; high <<= 1)
        for (u32 form = 0; form < 2; form++) {
            struct tlb *t = tlb_fresh();
            u32 named = high | 7;
            tlb_fill(tlb_set(t, context(7, VIEW_K)), va, ACCESS_READ, 0x80009000, false);
            tlb_fill(tlb_set(t, context(6, VIEW_K)), va, ACCESS_READ, 0x80009000, false);
            tlb_flush(t, form ? &va : NULL, &named);
            CU_ASSERT_FALSE(has(t, context(7, VIEW_K), va, ACCESS_READ));
            CU_ASSERT(has(t, context(6, VIEW_K), va, ACCESS_READ));
            free(t);
        }
}

static void a_fence_inside_a_superpage_takes_all_of_it(void)
{
    struct tlb *t = tlb_fresh();
    struct tlb_set *s = tlb_set(t, context(1, VIEW_U));
    tlb_fill(s, 0xc0400000, ACCESS_READ, 0x80400000, true);
    tlb_fill(s, 0xc07ff000, ACCESS_FETCH, 0x807ff000, true);
    tlb_fill(s, 0xc0800000, ACCESS_READ, 0x80800000, true);
    tlb_flush(t, &(gva){0xc0512345}, &(u32){1});
    CU_ASSERT_PTR_NULL(tlb_find(s, 0xc0400000, ACCESS_READ));
    CU_ASSERT_PTR_NULL(tlb_find(s, 0xc07ff000, ACCESS_FETCH));
    CU_ASSERT_PTR_NOT_NULL(tlb_find(s, 0xc0800000, ACCESS_READ));
    free(t);
}

// After a fence of everything the set is as new: a fence of a page takes that page alone, though a
// superpage was around it before.
static void a_fence_of_all_forgets_where_superpages_were(void)
{
    struct tlb *t = tlb_fresh();
    struct tlb_set *s = tlb_set(t, context(1, VIEW_U));
    tlb_fill(s, 0xc0400000, ACCESS_READ, 0x80400000, true);
    tlb_flush(t, NULL, &(u32){1});
    tlb_fill(s, 0xc0400000, ACCESS_READ, 0x80400000, false);
    tlb_fill(s, 0xc0401000, ACCESS_READ, 0x80401000, false);
    tlb_flush(t, &(gva){0xc0401000}, &(u32){1});
    CU_ASSERT_PTR_NOT_NULL(tlb_find(s, 0xc0400000, ACCESS_READ));
    CU_ASSERT_PTR_NULL(tlb_find(s, 0xc0401000, ACCESS_READ));
    free(t);
}

static void an_entry_refilled_after_a_fence_goes_with_the_next_one(void)
{
    struct tlb *t = tlb_fresh();
    struct tlb_set *s = tlb_set(t, context(1, VIEW_U));
    for (int i = 0; i < 100000; i++) { // more often than the list of used entries is long
        tlb_fill(s, 0x5000, ACCESS_READ, 0x80000000, false);
        tlb_flush(t, &(gva){0x5000}, NULL);
    }
    CU_ASSERT_EQUAL(s->used, 1); // it is in that list once
    tlb_fill(s, 0x5000, ACCESS_READ, 0x80000000, false);
    tlb_flush(t, NULL, NULL);
    CU_ASSERT_PTR_NULL(tlb_find(s, 0x5000, ACCESS_READ));
    free(t);
}

static void more_contexts_than_sets_take_over_the_oldest(void)
{
    struct tlb *t = tlb_fresh();
    for (u32 asid = 0; asid < TLB_SETS; asid++)
        tlb_fill(tlb_set(t, context(asid, VIEW_U)), 0x5000, ACCESS_READ, 0x80000000, false);
    CU_ASSERT(has(t, context(0, VIEW_U), 0x5000, ACCESS_READ));
    CU_ASSERT_FALSE(
        has(t, context(TLB_SETS, VIEW_U), 0x5000, ACCESS_READ)); // takes the set of ASID 0
    CU_ASSERT(has(t, context(1, VIEW_U), 0x5000, ACCESS_READ));
    CU_ASSERT_FALSE(
        has(t, context(0, VIEW_U), 0x5000, ACCESS_READ)); // comes back, empty, in the set of ASID 1
    CU_ASSERT_FALSE(has(t, context(1, VIEW_U), 0x5000, ACCESS_READ));
    free(t);
}

static void packing_and_unpacking_gives_the_same_tlb(void)
{
    struct tlb *t = tlb_fresh(), *u = tlb_fresh();
    srand(1);
    for (int i = 0; i < 5000; i++) {
        u32 ctx = (u32)rand() % 50 * 7, va = (u32)rand() << 12;
        tlb_fill(tlb_set(t, ctx), va, (u32)rand() % 3, (u32)rand() << 12, rand() % 9 == 0);
        tlb_fill(tlb_set(u, ctx + 1), ~va, ACCESS_READ, 0, true); // what is overwritten
        if (i % 100 == 0)
            tlb_flush(t, &va, NULL);
    }
    size_t size = tlb_packed_size(t);
    void *packed = malloc(size), *again = malloc(size);
    tlb_pack(t, packed);
    tlb_unpack(u, packed);
    CU_ASSERT_EQUAL_FATAL(tlb_packed_size(u), size);
    tlb_pack(u, again);
    CU_ASSERT_EQUAL(memcmp(packed, again, size), 0);
    free(packed);
    free(again);
    free(t);
    free(u);
}

// ---- through the machine: a root at 0x80001000, one table at 0x80002000 for the first 4 MiB, the
// kernel mapped onto itself by a superpage

#define ROOT 0x80001000u
#define TABLE 0x80002000u
#define FLAGS (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

static void put_word(struct machine *m, u32 address, u32 word)
{
    CU_ASSERT(machine_write(m, address, &word, 4));
}

static void map(struct machine *m, u32 va, u32 pa, u32 flags)
{
    put_word(m, TABLE + (va >> 12) * 4, PTE_MAKE(pa, flags));
}

static struct machine *paged(const char *text, bool adue)
{
    struct machine_config config = machine_config_default();
    config.adue = adue;
    struct machine *m = program_machine(text, &config);
    put_word(m, ROOT, PTE_MAKE(TABLE, PTE_V));
    put_word(m, ROOT + 4 * (BOARD_KERNEL >> 22), PTE_MAKE(BOARD_KERNEL, FLAGS));
    put_word(m, ROOT + 4 * (0x10000000u >> 22), PTE_MAKE(0x10000000, FLAGS));
    machine_hart(m, 0)->satp = SATP_MODE | ROOT >> 12;
    put_word(m, 0x80010000, 0x1111);
    put_word(m, 0x80011000, 0x2222);
    return m;
}

enum { T0 = 5, T1 = 6, T2 = 7, A0 = 10, A1 = 11 };

// Runs `steps` steps and returns a0.
static u32 a0_after(struct machine *m, u64 steps)
{
    machine_run(m, steps);
    return machine_hart(m, 0)->x[A0];
}

static void a_translation_stays_until_the_fence(void)
{
    struct machine *m =
        paged("li a1, 0x5000\n lw a0, (a1)\n lw a0, (a1)\n sfence.vma\n lw a0, (a1)\n", false);
    map(m, 0x5000, 0x80010000, FLAGS);
    CU_ASSERT_EQUAL(a0_after(m, 2), 0x1111);
    map(m, 0x5000, 0x80011000, FLAGS);
    CU_ASSERT_EQUAL(a0_after(m, 1), 0x1111);
    CU_ASSERT_EQUAL(a0_after(m, 2), 0x2222);
    machine_free(m);
}

static void an_upgrade_is_seen_at_once(void)
{
    struct machine *m = paged("li a1, 0x5000\n lw a0, (a1)\n sw a0, (a1)\n sw a0, (a1)\n", false);
    struct hart_state *h = machine_hart(m, 0);
    machine_run(m, 2);
    CU_ASSERT_EQUAL(h->scause, CAUSE_LOAD_PAGE);
    map(m, 0x5000, 0x80010000, FLAGS & ~(u32)PTE_D);
    h->pc = h->sepc;
    CU_ASSERT_EQUAL(a0_after(m, 1), 0x1111);
    machine_run(m, 1);
    CU_ASSERT_EQUAL(h->scause, CAUSE_STORE_PAGE);
    map(m, 0x5000, 0x80010000, FLAGS);
    h->pc = h->sepc;
    machine_run(m, 1);
    CU_ASSERT_EQUAL(h->pc, BOARD_KERNEL + 12);
    machine_free(m);
}

static void a_new_satp_counts_from_the_very_next_fetch(void)
{
    struct machine *m = program_machine("csrw satp, a1\n li a0, 1\n li a0, 2\n", NULL);
    struct hart_state *h = machine_hart(m, 0);
    put_word(m, ROOT + 4 * (BOARD_KERNEL >> 22),
             PTE_MAKE(0x80800000, FLAGS)); // the same addresses, other memory
    put_word(m, 0x80800004, 0x00700513);   // li a0, 7
    h->x[A1] = SATP_MODE | ROOT >> 12;
    CU_ASSERT_EQUAL(a0_after(m, 2), 7);
    machine_free(m);
}

static void asids_live_side_by_side(void)
{
    struct machine *m = paged(
        "li a1, 0x5000\n lw a0, (a1)\n csrw satp, t1\n lw a0, (a1)\n csrw satp, t0\n lw a0, (a1)\n"
        " sfence.vma a1, t2\n lw a0, (a1)\n",
        false);
    struct hart_state *h = machine_hart(m, 0);
    h->x[T0] = h->satp;
    h->x[T1] = h->satp | 5u << 22;
    map(m, 0x5000, 0x80010000, FLAGS);
    CU_ASSERT_EQUAL(a0_after(m, 3), 0x1111);
    map(m, 0x5000, 0x80011000, FLAGS);
    CU_ASSERT_EQUAL(a0_after(m, 1), 0x2222);
    CU_ASSERT_EQUAL(a0_after(m, 2), 0x1111);
    h->x[T2] = 5; // another's ASID
    CU_ASSERT_EQUAL(a0_after(m, 2), 0x1111);
    machine_free(m);
}

static void the_kernel_sees_user_pages_only_with_sum(void)
{
    struct machine *m = paged(
        "li a1, 0x5000\n csrs sstatus, t0\n lw a0, (a1)\n csrc sstatus, t0\n lw a0, (a1)\n", false);
    struct hart_state *h = machine_hart(m, 0);
    h->x[T0] = SSTATUS_SUM;
    map(m, 0x5000, 0x80010000, FLAGS | PTE_U);
    CU_ASSERT_EQUAL(a0_after(m, 3), 0x1111);
    machine_run(m, 2);
    CU_ASSERT_EQUAL(h->scause, CAUSE_LOAD_PAGE); // the entry with SUM is of no use without it
    machine_free(m);
}

static void mxr_makes_code_readable_as_long_as_it_is_set(void)
{
    struct machine *m = paged(
        "li a1, 0x5000\n csrs sstatus, t0\n lw a0, (a1)\n csrc sstatus, t0\n lw a0, (a1)\n", false);
    struct hart_state *h = machine_hart(m, 0);
    h->x[T0] = SSTATUS_MXR;
    map(m, 0x5000, 0x80010000, PTE_V | PTE_X | PTE_A);
    CU_ASSERT_EQUAL(a0_after(m, 3), 0x1111);
    machine_run(m, 2);
    CU_ASSERT_EQUAL(h->scause, CAUSE_LOAD_PAGE);
    machine_free(m);
}

static void page_faults_carry_their_address_and_leave_everything(void)
{
    static const struct {
        const char *text;
        u32 cause;
    } rows[] = {{"lw a0, 4(a1)", 13},
                {"sw a0, 4(a1)", 15},
                {"lr.w a0, (a1)", 13},
                {"sc.w a0, a0, (a1)", 15},
                {"amoadd.w a0, a0, (a1)", 15}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine *m = paged(rows[i].text, false);
        struct hart_state *h = machine_hart(m, 0);
        h->x[A1] = 0x5000;
        machine_run(m, 1);
        CU_ASSERT_EQUAL(h->scause, rows[i].cause);
        CU_ASSERT_EQUAL(h->stval, i < 2 ? 0x5004 : 0x5000);
        CU_ASSERT_EQUAL(h->sepc, BOARD_KERNEL);
        CU_ASSERT_EQUAL(h->retired, 0);
        machine_free(m);
    }
    struct machine *m = paged("jr a1", false);
    machine_hart(m, 0)->x[A1] = 0x6000;
    machine_run(m, 2);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->scause, 12);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->stval, 0x6000);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->sepc, 0x6000);
    machine_free(m);
}

static void with_adue_the_hardware_sets_a_and_d(void)
{
    struct machine *m = paged("li a1, 0x5000\n lw a0, (a1)\n sw a0, (a1)\n", true);
    u32 pte;
    map(m, 0x5000, 0x80010000, PTE_V | PTE_R | PTE_W);
    machine_run(m, 2);
    machine_read(m, TABLE + 4 * 5, &pte, 4);
    CU_ASSERT_EQUAL(pte & 0xff, PTE_V | PTE_R | PTE_W | PTE_A);
    machine_run(m, 1);
    machine_read(m, TABLE + 4 * 5, &pte, 4);
    CU_ASSERT_EQUAL(pte & 0xff, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D);
    machine_free(m);
}

static void misaligned_accesses_can_be_the_firmwares_business(void)
{
    struct machine_config config = machine_config_default();
    config.misaligned_emulate = true;
    struct machine *m = program_machine(
        "lw a0, (a1)\n sw a0, 6(a1)\n lh a0, 6(a1)\n lw a0, (t0)\n lr.w a0, (a1)\n", &config);
    struct hart_state *h = machine_hart(m, 0);
    u32 words[3] = {0x44332211, 0x88776655, 0}, place = 0x80010ffd;
    machine_write(m, place - 1, words, sizeof words);
    h->x[A1] = place;
    h->x[T0] = 0x10000001;
    CU_ASSERT_EQUAL(a0_after(m, 1), 0x55443322); // across a page
    CU_ASSERT_EQUAL(a0_after(m, 2), 0x3322);
    machine_run(m, 1);
    CU_ASSERT_EQUAL(h->scause, CAUSE_LOAD_ACCESS); // never on a device
    CU_ASSERT_EQUAL(h->stval, 0x10000001);
    h->pc = BOARD_KERNEL + 16;
    machine_run(m, 1);
    CU_ASSERT_EQUAL(h->scause, CAUSE_LOAD_MISALIGNED); // never an atomic
    machine_free(m);
}

static void a_misaligned_store_that_faults_on_its_second_page_stores_nothing(void)
{
    struct machine_config config = machine_config_default();
    config.misaligned_emulate = true;
    struct machine *m = program_machine("sw a1, (a1)\n", &config);
    struct hart_state *h = machine_hart(m, 0);
    u32 word;
    put_word(m, ROOT, PTE_MAKE(TABLE, PTE_V));
    put_word(m, ROOT + 4 * (BOARD_KERNEL >> 22), PTE_MAKE(BOARD_KERNEL, FLAGS));
    map(m, 0x5000, 0x80010000, FLAGS);
    h->satp = SATP_MODE | ROOT >> 12;
    h->x[A1] = 0x5ffe;
    machine_run(m, 1);
    CU_ASSERT_EQUAL(h->scause, CAUSE_STORE_PAGE);
    CU_ASSERT_EQUAL(h->stval, 0x6000);
    machine_read(m, 0x80010ffc, &word, 4);
    CU_ASSERT_EQUAL(word, 0);
    machine_free(m);
}

// RAM ends inside the access. Its first bytes could be reached, and the byte that could not be is
// the one that is told.
static void a_misaligned_access_over_the_end_of_ram_is_an_access_fault(void)
{
    static const char *const accesses[] = {"lw a0, (a1)\n", "sw a0, (a1)\n", "lhu a0, 1(a1)\n"};
    struct machine_config config = machine_config_default();
    config.misaligned_emulate = true;
    for (u32 i = 0; i < sizeof accesses / sizeof *accesses; i++) {
        struct machine *m = program_machine(accesses[i], &config);
        struct hart_state *h = machine_hart(m, 0);
        u32 end = BOARD_RAM + config.ram, word;
        h->x[A0] = 0x77777777;
        h->x[A1] = end - 2;
        machine_run(m, 1);
        CU_ASSERT_EQUAL(h->scause, i == 1 ? CAUSE_STORE_ACCESS : CAUSE_LOAD_ACCESS);
        CU_ASSERT_EQUAL(h->stval, end);
        CU_ASSERT_EQUAL(h->x[A0], 0x77777777);
        CU_ASSERT(machine_read(m, end - 4, &word, 4));
        CU_ASSERT_EQUAL(word, 0);
        machine_free(m);
    }
}

// The hardware has read the entries, whether they let it through or not.
static void walks_that_fault_are_charged_too(void)
{
    struct machine *m = paged("li a1, 0x5000\n lw a0, (a1)\n", false);
    machine_run(m, 1);
    u64 before = machine_cycles(m);
    machine_run(m, 1); // two levels, and the second has no entry
    CU_ASSERT_EQUAL(machine_hart(m, 0)->scause, CAUSE_LOAD_PAGE);
    CU_ASSERT_EQUAL(machine_cycles(m) - before, 2 * costs_default.walk + costs_default.trap);
    machine_free(m);
}

static void walks_are_charged_once_for_each_entry_read(void)
{
    struct machine *m =
        paged("li a1, 0x5000\n lw a0, (a1)\n lw a0, (a1)\n lw a0, 0x400(a1)\n", false);
    map(m, 0x5000, 0x80010000, FLAGS);
    machine_run(m, 4);
    u64 entries =
        1 + 2; // the kernel's superpage by fetch, then two levels for the load; all else hits
    CU_ASSERT_EQUAL(machine_cycles(m), 4 + entries * costs_default.walk);
    machine_free(m);
}

const struct suite suite_mmu = {
    "mmu",
    (const struct test[]){
        {"an entry is found by its page, access and context only",
         an_entry_is_found_by_its_page_access_and_context_only},
        {"addresses 16 MiB apart share an entry", addresses_16_mib_apart_share_an_entry},
        {"a fence of an address drops that page in every view",
         a_fence_of_an_address_drops_that_page_in_every_view},
        {"a fence of an ASID or of all drops all of it",
         a_fence_of_an_asid_or_of_all_drops_all_of_it},
        {"a fence ignores the high bits of an ASID", a_fence_ignores_the_high_bits_of_an_asid},
        {"a fence inside a superpage takes all of it", a_fence_inside_a_superpage_takes_all_of_it},
        {"a fence of all forgets where superpages were",
         a_fence_of_all_forgets_where_superpages_were},
        {"an entry refilled after a fence goes with the next one",
         an_entry_refilled_after_a_fence_goes_with_the_next_one},
        {"more contexts than sets take over the oldest",
         more_contexts_than_sets_take_over_the_oldest},
        {"packing and unpacking gives the same TLB", packing_and_unpacking_gives_the_same_tlb},
        {"a translation stays until the fence", a_translation_stays_until_the_fence},
        {"an upgrade is seen at once", an_upgrade_is_seen_at_once},
        {"a new satp counts from the very next fetch", a_new_satp_counts_from_the_very_next_fetch},
        {"ASIDs live side by side", asids_live_side_by_side},
        {"the kernel sees user pages only with SUM", the_kernel_sees_user_pages_only_with_sum},
        {"MXR makes code readable as long as it is set",
         mxr_makes_code_readable_as_long_as_it_is_set},
        {"page faults carry their address and leave everything",
         page_faults_carry_their_address_and_leave_everything},
        {"with adue the hardware sets A and D", with_adue_the_hardware_sets_a_and_d},
        {"misaligned accesses can be the firmware's business",
         misaligned_accesses_can_be_the_firmwares_business},
        {"a misaligned store that faults on its second page stores nothing",
         a_misaligned_store_that_faults_on_its_second_page_stores_nothing},
        {"a misaligned access over the end of RAM is an access fault",
         a_misaligned_access_over_the_end_of_ram_is_an_access_fault},
        {"walks that fault are charged too", walks_that_fault_are_charged_too},
        {"walks are charged once for each entry read", walks_are_charged_once_for_each_entry_read},
        {0},
    }};
