// What shadows need and share: real ASIDs, memory, and the page of a backend's trampoline.
#include "tests/vmm/fake_hw.h"

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)
#define GUEST_MPA (BOARD_RAM + MEGAPAGE_SIZE)
#define TRAMPOLINE_SPTE \
    (PTE_MAKE(0x87654000u, PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)) // no U

static void switch_to(struct fake *f, u32 satp)
{
    fake_hart(f)->x[5] = satp;
    CHECK(fake_illegal(f, fake_insn(INSN_csrrw, 0, 5, 0, CSR_satp)), EVENT_EMULATE);
}

// ---- ASIDs

static void no_real_asid_is_used_twice_between_flushes_of_all(void)
{
    for (u8 policy = POLICY_DROP_ALL; policy <= POLICY_CACHED; policy++) {
        struct fake *f = fake_new(&(struct fake_plan){.policy = policy});
        mpa owner[512] = {0}; // by real ASID: the satp of the guest that has it
        u32 flushes = 0, rolls = 0;
        fake_paging(f);
        for (u32 i = 0; i < 1200; i++) {
            u32 satp = FAKE_SATP | (i * 7 % 200) << 22;
            switch_to(f, satp);
            for (; flushes < f->flush_count; flushes++)
                if (!f->flushes[flushes].asid && f->flushes[flushes].all) {
                    rolls++;
                    for (u32 a = 0; a < 512; a++)
                        owner[a] = 0;
                }
            CU_ASSERT(!owner[f->hw[0].asid] || owner[f->hw[0].asid] == satp);
            owner[f->hw[0].asid] = satp;
        }
        CU_ASSERT(rolls >= 2);
        fake_free(f);
    }
}

static void a_shadow_of_an_old_generation_gets_a_new_asid_and_keeps_its_entries(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.policy = POLICY_CACHED});
    fake_paging(f);
    fake_map(f, 0x1000, BOARD_RAM, FAKE_ALL);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x1000), EVENT_FILL);
    mpa root = f->hw[0].root;
    u32 asid = f->hw[0].asid, generation = fake_vmm(f)->generation;
    for (u32 i = 1; i < 600;
         i++) { // as many spaces as real ASIDs and more, but this one is never long unused
        switch_to(f, FAKE_SATP | i % 511 << 22 | 1);
        if (i % 8)
            continue;
        switch_to(f, FAKE_SATP);
        CHECK(f->hw[0].root, root);
        CHECK(fake_spte_page(f, 0x1000), GUEST_MPA);
        CHECK(f->hw[0].asid == asid, fake_vmm(f)->generation == generation);
    }
    CHECK(fake_vmm(f)->generation, generation + 1);
    fake_free(f);
}

// ---- memory

static void when_memory_runs_out_shadows_are_thrown_away_and_made_again(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.policy = POLICY_CACHED, .pages = 15});
    fake_paging(f);
    for (u32 i = 0; i < 40; i++) // each needs a table of its own
        fake_map(f, i * MEGAPAGE_SIZE, BOARD_RAM + 0x40000 + i * PAGE_SIZE, FAKE_ALL);
    for (u32 round = 0; round < 3; round++)
        for (u32 i = 0; i < 40; i++) {
            gva va = i * MEGAPAGE_SIZE;
            enum event_kind kind =
                round && fake_spte_page(f, va) ? EVENT_FILL : fake_take(f, CAUSE_LOAD_PAGE, va);
            CHECK(kind, EVENT_FILL);
            CHECK(fake_spte_page(f, va), GUEST_MPA + 0x40000 + i * PAGE_SIZE);
        }
    CHECK(fake_vm(f, 1)->life, LIFE_ON);
    for (u32 i = 0; i < 40; i++) // whatever is still there is right, and nothing else is
        CU_ASSERT(!fake_spte_page(f, i * MEGAPAGE_SIZE) ||
                  fake_spte_page(f, i * MEGAPAGE_SIZE) == GUEST_MPA + 0x40000 + i * PAGE_SIZE);
    CHECK(fake_spte_page(f, 50 * MEGAPAGE_SIZE), 0);
    fake_free(f);
}

static void one_guests_hunger_costs_another_no_more_than_fills(void)
{
    struct fake *f = fake_new(
        &(struct fake_plan){.policy = POLICY_CACHED, .pages = 19, .guests = 2, .quantum = 100});
    fake_paging(f);
    for (u32 i = 0; i < 40; i++)
        fake_map(f, i * MEGAPAGE_SIZE, BOARD_RAM + 0x40000 + i * PAGE_SIZE, FAKE_ALL);
    for (u32 i = 0; i < 400; i++) {
        bool first = !f->run_count || f->runs[f->run_count - 1].vm == 1;
        fake_trap(f, CAUSE_LOAD_PAGE, first ? i % 40 * MEGAPAGE_SIZE : BOARD_RAM + MEGAPAGE_SIZE);
        fake_exit(f, (struct hw_exit){.ran = 9});
        fake_turn(f);
    }
    CHECK(fake_vm(f, 1)->life, LIFE_ON);
    CHECK(fake_vm(f, 2)->life, LIFE_ON);
    CU_ASSERT(fake_vcpu(f, 2, 0)->state.retired > 1000);
    fake_free(f);
}

static u32 spaces_used(struct fake *f, u32 vm)
{
    u32 used = 0;
    for (u32 i = 0; i < SPACES && fake_shadows(f, vm); i++)
        used += fake_shadows(f, vm)->spaces[i].used != 0;
    return used;
}

static void who_ran_longest_ago_loses_its_shadows_first(void)
{
    // 1 page for the VMM, 1 for marks, 1 for the index; for each VM 1 for itself, 1 for its memory
    // map, 1 for its struct shadows and 1 for a root: there is no room for a table
    struct fake *f = fake_new(
        &(struct fake_plan){.policy = POLICY_CACHED, .pages = 15, .guests = 3, .quantum = 100});
    fake_paging(f);
    fake_map(f, 0x1000, BOARD_RAM, FAKE_ALL);
    for (u32 i = 0; i < 4; i++) { // 1, 2, 3, and 1 again
        fake_exit(f, (struct hw_exit){.ran = 100});
        fake_turn(f);
    }
    CHECK(fake_free_pages(f), 0);
    fake_exit(f, (struct hw_exit){.ran = 100}); // 2
    fake_turn(f);
    fake_exit(f, (struct hw_exit){.ran = 100}); // 3
    fake_turn(f);
    fake_take(f, CAUSE_LOAD_PAGE, 0x1000); // 1 is the newest, 2 the oldest
    CHECK(fake_spte_page(f, 0x1000), GUEST_MPA);
    CHECK(spaces_used(f, 1), 1);
    CHECK(spaces_used(f, 2), 0);
    CHECK(spaces_used(f, 3), 1);
    fake_free(f);
}

static void what_a_vm_chose_longest_ago_it_loses_first(void)
{
    // 1 page for the VMM, 1 for marks, 1 for the index; 1 for the VM, 1 for its memory map, 1 for
    // its struct shadows; then 2 for each of three spaces: a root and a table
    struct fake *f = fake_new(&(struct fake_plan){.policy = POLICY_CACHED, .pages = 12});
    fake_paging(f);
    fake_map(f, 0x1000, BOARD_RAM, FAKE_ALL);
    static const u32 asids[] = {1, 2, 3, 1,
                                4}; // for the fourth one has to go: 2, for 1 was used again
    for (u32 i = 0; i < 5; i++) {
        switch_to(f, FAKE_SATP | asids[i] << 22);
        CHECK(fake_spte_page(f, 0x1000), i == 3 ? GUEST_MPA : 0);
        CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x1000), EVENT_FILL);
    }
    static const bool kept[] = {true, false, true, true};
    for (u32 asid = 1; asid <= 4; asid++)
        for (u32 i = 0; i < SPACES; i++) {
            const struct space *space = &fake_shadows(f, 1)->spaces[i];
            if (space->used && SATP_ASID(space->satp) == asid)
                CHECK(space->shadows[VIEW_K].satp != 0, kept[asid - 1]);
        }
    fake_free(f);
}

static void who_waits_for_ever_keeps_no_shadow(void)
{
    for (u8 clock = VMM_CLOCK_VIRTUAL; clock <= VMM_CLOCK_WALL; clock++) {
        struct fake *f = fake_new(&(struct fake_plan){.policy = POLICY_CACHED, .clock = clock});
        u32 all = fake_free_pages(f);
        fake_paging(f);
        fake_map(f, 0x1000, BOARD_RAM, FAKE_ALL);
        fake_take(f, CAUSE_LOAD_PAGE, 0x1000);
        fake_hart(f)->sie = IP_STIP;
        fake_hart(f)->stimecmp = clock == VMM_CLOCK_WALL ? 100000 : FOREVER;
        fake_trap(f, CAUSE_ILLEGAL, fake_insn(INSN_wfi, 0, 0, 0, 0));
        fake_turn(f);
        fake_turn(f);
        CHECK(fake_vm(f, 1)->gangs[0].state, GANG_WAITING);
        CHECK(fake_free_pages(f) == all, clock == VMM_CLOCK_VIRTUAL);
        fake_free(f);
    }
}

static void a_vm_that_can_have_no_table_at_all_ends_as_lacking(void)
{
    u32 lacking = 0;
    for (u32 pages = 3; pages < 11; pages++) {
        struct fake *f = fake_new(&(struct fake_plan){.pages = pages});
        if (f->vmm) {
            fake_paging(f);
            fake_map(f, 0, BOARD_RAM, FAKE_ALL);
            fake_take(f, CAUSE_LOAD_PAGE, 0);
            lacking += fake_vm(f, 1)->life == LIFE_LACK;
            if (fake_vm(f, 1)->life == LIFE_LACK)
                CHECK(f->off_why, POWER_FAILED);
        }
        fake_free(f);
    }
    CHECK(lacking, 3); // no page for the struct shadows, none for the root, none for a table
}

static void a_vmm_without_room_for_its_vms_does_not_start(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.pages = 2, .guests = 1});
    CHECK(f->vmm, 0);
    fake_free(f);
    f = fake_new(&(struct fake_plan){.pages = 4, .guests = 4});
    CHECK(f->vmm, 0);
    fake_free(f);
}

static void pages_come_back_when_a_vm_ends(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.stay_on = true});
    u32 before = fake_free_pages(f);
    fake_paging(f);
    for (u32 i = 0; i < 20; i++) {
        fake_map(f, i * MEGAPAGE_SIZE, BOARD_RAM + 0x40000, FAKE_ALL);
        fake_take(f, CAUSE_LOAD_PAGE, i * MEGAPAGE_SIZE);
    }
    CU_ASSERT(fake_free_pages(f) < before - 20);
    fake_power_off(f, 1, 0);
    CHECK(fake_free_pages(f), before);
    for (mpa page = fake_vmm(f)->free; page;) { // and all zero, but for the link
        u32 *words = (u32 *)(f->ram + (page - BOARD_RAM));
        for (u32 i = 1; i < 1024; i++)
            CHECK(words[i], 0);
        page = words[0];
    }
    fake_free(f);
}

// ---- the kept page

static struct fake *with_keep(gva page)
{
    struct fake *f = fake_new(&(struct fake_plan){.policy = POLICY_CACHED});
    f->trampoline = (struct hw_trampoline){page, TRAMPOLINE_SPTE};
    return f;
}

static bool is_kept(struct fake *f, gva va)
{
    u32 level;
    return fake_spte(f, va, &level) == TRAMPOLINE_SPTE && level == 0;
}

static void the_kept_page_stands_in_every_shadow(void)
{
    struct fake *f = with_keep(0x0fffc000);
    fake_paging(f);
    for (u32 i = 0; i < 20; i++) {
        switch_to(f, FAKE_SATP | i << 22);
        CU_ASSERT(is_kept(f, 0x0fffc000));
        fake_hart(f)->mode = MODE_U;
        fake_turn(f);
        CU_ASSERT(is_kept(f, 0x0fffc000));
        fake_hart(f)->mode = MODE_K;
    }
    switch_to(f, 0);
    CU_ASSERT(is_kept(f, 0x0fffc000));
    static const u32 forms[][2] = {{0, 0}, {5, 0}, {0, 6}, {5, 6}};
    fake_hart(f)->satp = FAKE_SATP;
    for (u32 i = 0; i < 4; i++) { // fences do not take it away
        fake_hart(f)->x[5] = 0x0fffc000;
        fake_hart(f)->x[6] = 0;
        fake_illegal(f, fake_insn(INSN_sfence_vma, 0, forms[i][0], forms[i][1], 0));
        CU_ASSERT(is_kept(f, 0x0fffc000));
    }
    fake_free(f);
}

static void a_guest_that_touches_the_kept_page_where_it_has_nothing_faults_as_bare(void)
{
    struct fake *f = with_keep(0x0fffc000);
    fake_paging(f);
    static const u32 causes[] = {CAUSE_LOAD_PAGE, CAUSE_STORE_PAGE, CAUSE_FETCH_PAGE};
    for (u32 i = 0; i < 3; i++) {
        CHECK(fake_take(f, causes[i], 0x0fffc000 + 0x10), EVENT_REFLECT);
        CHECK(fake_hart(f)->scause, causes[i]);
        CU_ASSERT(is_kept(f, 0x0fffc000));
    }
    CHECK(f->trampoline_moves, 0);
    fake_free(f);
}

static void the_kept_page_moves_when_the_guest_wants_its_place(void)
{
    struct fake *f = with_keep(0x0fffc000);
    fake_paging(f);
    for (u32 i = 0; i < 4; i++)
        fake_map(f, 0x0fffc000 + i * PAGE_SIZE, BOARD_RAM + 0x40000 + i * PAGE_SIZE, FAKE_ALL);
    for (u32 i = 0; i < 3; i++) {
        gva wanted = f->trampoline.page;
        CHECK(fake_take(f, CAUSE_LOAD_PAGE, wanted + 4), EVENT_FILL);
        CHECK(f->trampoline_moves, i + 1);
        CHECK(f->trampoline_busy[0], wanted);
        CHECK(f->trampoline_busy[1], FAKE_ENTRY);
        CHECK(fake_spte_page(f, wanted), GUEST_MPA + 0x40000 + i * PAGE_SIZE);
        CU_ASSERT(is_kept(f, f->trampoline.page));
        CU_ASSERT_NOT_EQUAL(f->trampoline.page, wanted);
    }
    fake_free(f);
}

static void the_guest_gets_the_place_and_never_the_page(void)
{
    struct fake *f = with_keep(0x0fffc000);
    fake_paging(f);
    fake_map(f, 0x0fffc000, BOARD_RAM + 0x40000, PTE_V | PTE_R | PTE_A);
    fake_take(f, CAUSE_LOAD_PAGE, 0x0fffc000);
    u32 level, spte = fake_spte(f, 0x0fffc000, &level);
    CHECK(spte & (PTE_R | PTE_W | PTE_X | PTE_U), PTE_R | PTE_U);
    for (gva va = 0x0fffc000; va < 0x10000000;
         va += PAGE_SIZE) { // whoever has the kept page's frame has no U
        spte = fake_spte(f, va, &level);
        CU_ASSERT(!spte || PTE_PPN(spte) != PTE_PPN(TRAMPOLINE_SPTE) || !(spte & PTE_U));
    }
    bool flushed = false; // the TLB must not remember the kept page there
    for (u32 i = 0; i < f->flush_count; i++)
        flushed |= f->flushes[i].asid == f->hw[0].asid &&
                   (f->flushes[i].all || f->flushes[i].va >> PAGE_SHIFT == 0x0fffc);
    CU_ASSERT(flushed);
    fake_free(f);
}

static void a_superpage_around_the_kept_page_is_split(void)
{
    struct fake *f = with_keep(0x0fffc000);
    fake_paging(f);
    fake_map_super(f, 0x0fc00000, BOARD_RAM, FAKE_ALL);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x0fc01000), EVENT_FILL);
    u32 level;
    fake_spte(f, 0x0fc01000, &level);
    CHECK(level, 0);
    CHECK(fake_spte_page(f, 0x0fc01000), GUEST_MPA + 0x1000);
    CU_ASSERT(is_kept(f, 0x0fffc000));
    CHECK(fake_take(f, CAUSE_STORE_PAGE, 0x0fffc000), EVENT_FILL);
    CHECK(fake_spte_page(f, 0x0fffc000), GUEST_MPA + 0x3fc000);
    fake_free(f);
}

static void a_superpage_that_was_there_first_makes_room_for_the_kept_page(void)
{
    struct fake *f = with_keep(0x00fff000);
    fake_paging(f);
    fake_map_super(f, 0x0fc00000, BOARD_RAM, FAKE_ALL);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x0fc01000), EVENT_FILL);
    u32 level;
    fake_spte(f, 0x0fc01000, &level);
    CHECK(level, 1);
    f->trampoline.page = 0x0fffc000 - PAGE_SIZE; // hw_move_trampoline will choose the next
    fake_vmm(f)->shadow_epoch++;
    fake_turn(f);
    CU_ASSERT(is_kept(f, 0x0fffc000 - PAGE_SIZE));
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x0fc01000), EVENT_FILL);
    CHECK(fake_spte_page(f, 0x0fc01000), GUEST_MPA + 0x1000);
    fake_free(f);
}

const struct suite suite_shadow_room = {
    "vmm shadow room",
    (const struct test[]){
        {"no real ASID serves two spaces between two flushes of everything",
         no_real_asid_is_used_twice_between_flushes_of_all},
        {"a shadow of an old generation gets a new ASID and keeps its entries",
         a_shadow_of_an_old_generation_gets_a_new_asid_and_keeps_its_entries},
        {"when memory runs out shadows are thrown away and made again, rightly",
         when_memory_runs_out_shadows_are_thrown_away_and_made_again},
        {"one guest's hunger costs another no more than fills",
         one_guests_hunger_costs_another_no_more_than_fills},
        {"who waits for ever keeps no shadow, who waits for a time does",
         who_waits_for_ever_keeps_no_shadow},
        {"who ran longest ago loses its shadows first",
         who_ran_longest_ago_loses_its_shadows_first},
        {"what a VM chose longest ago it loses first", what_a_vm_chose_longest_ago_it_loses_first},
        {"a VM that can have no table at all ends as lacking memory",
         a_vm_that_can_have_no_table_at_all_ends_as_lacking},
        {"a VMM without room for its VMs does not start",
         a_vmm_without_room_for_its_vms_does_not_start},
        {"pages come back, wiped, when a VM ends", pages_come_back_when_a_vm_ends},
        {"the kept page stands in every shadow and survives every fence",
         the_kept_page_stands_in_every_shadow},
        {"a guest that touches the kept page where it has nothing faults as bare",
         a_guest_that_touches_the_kept_page_where_it_has_nothing_faults_as_bare},
        {"the kept page moves when the guest wants its place",
         the_kept_page_moves_when_the_guest_wants_its_place},
        {"the guest gets the place and never the page, and the TLB forgets it",
         the_guest_gets_the_place_and_never_the_page},
        {"a superpage around the kept page is split", a_superpage_around_the_kept_page_is_split},
        {"a superpage that was there first makes room for the kept page",
         a_superpage_that_was_there_first_makes_room_for_the_kept_page},
        {0}}};
