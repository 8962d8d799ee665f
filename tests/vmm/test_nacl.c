// SBI NACL as the VMM below sees it (hypervisor/nacl.h): a guest with the hypervisor extension asks
// for many accesses in one call, honestly and otherwise.
#include "isa/board/nacl.h"
#include "hypervisor/nacl.h"
#include "isa/board/sbi.h"
#include "tests/vmm/fake_hw.h"

#include <string.h>

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)
#define SHARED 0x80030000u
#define INNER_PC 0x80012344u
#define INNER_ROOT 0x80040000u // of the guest's own second stage
#define CSRS 1024u             // index of the CSR space

static u32 *shared(struct fake *f, u32 word)
{
    return fake_word(f, 1, SHARED + 4 * word);
}

static struct h_state *extension(struct fake *f)
{
    return &fake_vcpu(f, 1, 0)->h;
}

static struct fake *nested(u8 enlightened)
{
    struct fake *f = fake_new(&(struct fake_plan){.technique = TECHNIQUE_ASSIST, .guests = 2});
    fake_vmm(f)->enlightened = enlightened;
    fake_vm(f, 1)->has_h = 1;
    fake_turn(f);
    fake_turn(f); // the neighbour's: the next one is guest 1's
    return f;
}

// Guest 1 makes a call. Returns its error.
static u32 call(struct fake *f, u32 function, u32 a0, u32 a1, u32 a2)
{
    struct hart_state *s = fake_hart(f);
    s->x[X_A0] = a0;
    s->x[X_A1] = a1;
    s->x[X_A2] = a2;
    s->x[X_A6] = function;
    s->x[X_A7] = SBI_NACL;
    CHECK(fake_take(f, CAUSE_ECALL_VK, 0), EVENT_EMULATE);
    return s->x[X_A0];
}

static u32 share(struct fake *f)
{
    return call(f, SBI_NACL_SET_SHARED_MEMORY, SHARED, 0, 0);
}

static struct fake *sharing(void)
{
    struct fake *f = nested(1);
    CHECK(share(f), SBI_OK);
    return f;
}

static u32 *space(struct fake *f, u32 csr)
{
    return shared(f, CSRS + NACL_INDEX(csr));
}

static u32 *dirty(struct fake *f, u32 csr)
{
    return shared(f, NACL_DIRTY + NACL_INDEX(csr) / 32);
}

static void put(struct fake *f, u32 csr, u32 value)
{
    *space(f, csr) = value;
    *dirty(f, csr) |= 1u << NACL_INDEX(csr) % 32;
}

// ---- whether it is there

static u32 probe(struct fake *f, u32 extension)
{
    struct hart_state *s = fake_hart(f);
    s->x[X_A0] = extension;
    s->x[X_A6] = SBI_BASE_PROBE;
    s->x[X_A7] = SBI_BASE;
    CHECK(fake_take(f, CAUSE_ECALL_VK, 0), EVENT_EMULATE);
    return s->x[X_A1];
}

static void only_an_enlightened_vmm_offers_it_and_only_with_the_extension(void)
{
    for (u32 flag = 0; flag < 2; flag++)
        for (u8 has_h = 0; has_h < 2; has_h++) {
            struct fake *f = nested((u8)flag);
            fake_vm(f, 1)->has_h = has_h;
            CHECK(probe(f, SBI_NACL), flag && has_h);
            CHECK(probe(f, SBI_RFENCE), 1);
            for (u32 function = 0; function <= SBI_NACL_SYNC_SRET; function++)
                CHECK(call(f, function, 0, 0, 0) == (u32)SBI_NOT_SUPPORTED, !(flag && has_h));
            fake_free(f);
        }
}

static void four_features_are_there_and_no_other(void)
{
    static const u32 numbers[] = {0, 1, 2, 3, 4, 5, 0x80000000u, ~0u};
    struct fake *f = nested(1);
    for (u32 i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        CHECK(call(f, SBI_NACL_PROBE_FEATURE, numbers[i], 0, 0), SBI_OK);
        CHECK(fake_hart(f)->x[X_A1], numbers[i] < 4);
    }
    CHECK(call(f, 5, 0, 0, 0), (u32)SBI_NOT_SUPPORTED);
    fake_free(f);
}

// ---- the shared memory

static void wild_memory_is_refused_and_does_nothing(void)
{
    static const struct {
        u32 low, high, flags, error;
    } wild[] = {
        {SHARED + 4, 0, 0, (u32)SBI_INVALID_PARAM},
        {SHARED + 2048, 0, 0, (u32)SBI_INVALID_PARAM},
        {SHARED, 0, 1, (u32)SBI_INVALID_PARAM},
        {~0u, ~0u, 1, (u32)SBI_INVALID_PARAM},
        {~0u, 0, 0, (u32)SBI_INVALID_PARAM},
        {SHARED, 1, 0, (u32)SBI_INVALID_ADDRESS},
        {0, 0, 0, (u32)SBI_INVALID_ADDRESS},
        {BOARD_RAM - PAGE_SIZE, 0, 0, (u32)SBI_INVALID_ADDRESS},
        {BOARD_RAM + 2 * MEGAPAGE_SIZE - PAGE_SIZE, 0, 0, (u32)SBI_INVALID_ADDRESS},
        {BOARD_RAM + 2 * MEGAPAGE_SIZE, 0, 0, (u32)SBI_INVALID_ADDRESS},
        {0xfffff000u, 0, 0, (u32)SBI_INVALID_ADDRESS},
        {BOARD_UART, 0, 0, (u32)SBI_INVALID_ADDRESS},
    };
    struct fake *f = nested(1);
    for (u32 i = 0; i < sizeof wild / sizeof *wild; i++) {
        CHECK(call(f, SBI_NACL_SET_SHARED_MEMORY, wild[i].low, wild[i].high, wild[i].flags),
              wild[i].error);
        for (u32 function = SBI_NACL_SYNC_CSR; function <= SBI_NACL_SYNC_SRET; function++)
            CHECK(call(f, function, ~0u, 0, 0), (u32)SBI_NO_SHARED_MEMORY);
    }
    fake_free(f);
}

static void sharing_ends_when_the_guest_says_so(void)
{
    struct fake *f = sharing();
    CHECK(call(f, SBI_NACL_SYNC_CSR, NACL_ALL, 0, 0), SBI_OK);
    CHECK(call(f, SBI_NACL_SET_SHARED_MEMORY, ~0u, ~0u, 0), SBI_OK);
    CHECK(call(f, SBI_NACL_SYNC_CSR, NACL_ALL, 0, 0), (u32)SBI_NO_SHARED_MEMORY);
    fake_free(f);
}

// ---- registers

static void a_written_register_counts_when_it_is_synchronized(void)
{
    struct fake *f = sharing();
    put(f, CSR_vsepc, 0x1237);
    put(f, CSR_hideleg, ~0u);
    CHECK(extension(f)->other.sepc, 0);
    CHECK(call(f, SBI_NACL_SYNC_CSR, CSR_vsepc, 0, 0), SBI_OK);
    CHECK(extension(f)->other.sepc, 0x1234); // as csrw would have it
    CHECK(*space(f, CSR_vsepc), 0x1234);
    CHECK(*dirty(f, CSR_vsepc), 0);
    CHECK(extension(f)->hideleg, 0); // not yet
    CHECK(*space(f, CSR_hideleg), ~0u);
    CHECK(call(f, SBI_NACL_SYNC_CSR, NACL_ALL, 0, 0), SBI_OK);
    CHECK(extension(f)->hideleg, IP_VS);
    CHECK(*space(f, CSR_hideleg), IP_VS);
    fake_free(f);
}

// vsip and vsie are views of hvip and hie, by hideleg.
static void registers_that_depend_on_others_come_after_them(void)
{
    struct fake *f = sharing();
    put(f, CSR_vsie, IP_SSIP | IP_STIP);
    put(f, CSR_hideleg, IP_VSSIP);
    put(f, CSR_hie, IP_VSTIP);
    put(f, CSR_hvip, IP_VSSIP | IP_VSEIP);
    CHECK(call(f, SBI_NACL_SYNC_CSR, NACL_ALL, 0, 0), SBI_OK);
    CHECK(extension(f)->hie, IP_VSTIP | IP_VSSIP);
    CHECK(*space(f, CSR_hie), IP_VSTIP | IP_VSSIP);
    CHECK(*space(f, CSR_hip), IP_VSSIP | IP_VSEIP);
    CHECK(*space(f, CSR_vsip), IP_SSIP);
    fake_free(f);
}

static void registers_that_do_not_exist_are_refused(void)
{
    static const u32 wild[] = {0, CSR_sstatus, CSR_satp, 0x201, 0x6ff, 0xa00, 0x1200, 0x80000200u};
    struct fake *f = sharing();
    for (u32 i = 0; i < sizeof wild / sizeof *wild; i++)
        CHECK(call(f, SBI_NACL_SYNC_CSR, wild[i], 0, 0), (u32)SBI_INVALID_PARAM);
    CHECK(call(f, SBI_NACL_SYNC_CSR, CSR_hgeip, 0, 0), SBI_OK);
    fake_free(f);
}

static void an_instruction_that_writes_a_register_is_seen_in_memory(void)
{
    struct fake *f = sharing();
    put(f, CSR_vstval, 77); // is the guest's until it is synchronized
    fake_hart(f)->x[X_A0] = 0x5678;
    u32 word = (u32)CSR_vsscratch << 20 | X_A0 << 15 | 1 << 12 | 0x73;
    fake_exit(f, (struct hw_exit){.trapped = true,
                                  .trap = {.cause = CAUSE_VIRTUAL, .tval = word, .insn = word}});
    CHECK(fake_turn(f), EVENT_EMULATE);
    CHECK(*space(f, CSR_vsscratch), 0x5678);
    CHECK(*space(f, CSR_vstval), 77);
    fake_free(f);
}

// ---- fences

static void entry(struct fake *f, u32 index, u32 config, u32 page, u32 count)
{
    u32 *words = shared(f, NACL_HFENCE + NACL_HFENCE_WORDS * index);
    words[0] = config;
    words[1] = page;
    words[3] = count;
}

static void a_fence_of_a_range_forgets_its_pages(void)
{
    struct fake *f = sharing();
    u32 named = NACL_HFENCE_VVMA | NACL_HFENCE_NAMED;
    entry(f, 0, NACL_PENDING | named << 24 | 1u << 16 | 3u << 9 | 5, 0x12345, 2);
    entry(f, 119, NACL_PENDING | NACL_HFENCE_VVMA << 24, 0x777, 1);
    u32 before = f->flush_count;
    CHECK(call(f, SBI_NACL_SYNC_HFENCE, 0, 0, 0), SBI_OK);
    CHECK(f->flush_count - before, 4); // two pages of 8 KiB
    for (u32 i = 0; i < 4; i++) {
        CHECK(f->flushes[before + i].va, 0x2468a000 + i * PAGE_SIZE);
        CHECK(f->flushes[before + i].asid, 5);
    }
    CHECK(*shared(f, NACL_HFENCE) & NACL_PENDING, 0);
    CHECK(call(f, SBI_NACL_SYNC_HFENCE, NACL_ALL, 0, 0), SBI_OK);
    CHECK(f->flush_count - before, 5);
    CHECK(f->flushes[before + 4].va, 0x777000);
    CHECK(call(f, SBI_NACL_SYNC_HFENCE, 120, 0, 0), (u32)SBI_INVALID_PARAM);
    fake_free(f);
}

static void what_is_too_much_or_reserved_forgets_everything(void)
{
    static const struct {
        u32 config, count;
    } entries[] = {{NACL_HFENCE_VVMA << 24, 65},
                   {NACL_HFENCE_VVMA << 24, ~0u},
                   {NACL_HFENCE_VVMA << 24 | 7 << 16, 1},
                   {NACL_HFENCE_VVMA << 24 | 127 << 16, 1},
                   {(NACL_HFENCE_VVMA | NACL_HFENCE_ALL) << 24, 0},
                   {NACL_HFENCE_ALL << 24, 0},
                   {8 << 24, 0},
                   {15 << 24, 0}};
    struct fake *f = sharing();
    for (u32 i = 0; i < sizeof entries / sizeof *entries; i++) {
        u32 before = f->flush_count;
        entry(f, i, NACL_PENDING | entries[i].config, ~0u, entries[i].count);
        CHECK(call(f, SBI_NACL_SYNC_HFENCE, i, 0, 0), SBI_OK);
        CHECK(f->flush_count - before, 1);
        CHECK(f->flushes[before].all, true);
    }
    fake_free(f);
}

// ---- the switch

// L1 writes down all that it takes to enter L2, and asks for it.
static void enter(struct fake *f)
{
    struct hart_state *s = fake_hart(f);
    for (u32 i = 0; i < 32; i++)
        *shared(f, i) = 1000 + i;
    put(f, CSR_hstatus, HSTATUS_SPV);
    put(f, CSR_hgatp, HGATP_MAKE(3, INNER_ROOT));
    put(f, CSR_vsatp, 0x80012345);
    put(f, CSR_vstvec, 0x4440);
    s->sepc = INNER_PC;
    s->sstatus = SSTATUS_SPP;
    s->x[X_A6] = SBI_NACL_SYNC_SRET;
    s->x[X_A7] = SBI_NACL;
    CHECK(fake_take(f, CAUSE_ECALL_VK, 0), EVENT_EMULATE);
}

static void one_call_enters_the_guest_and_one_trap_leaves_it(void)
{
    struct fake *f = sharing();
    struct hart_state *s = fake_hart(f);
    u64 exits = fake_vm(f, 1)->exits, retired = s->retired;
    s->stvec = FAKE_STVEC;
    enter(f);
    CHECK(s->virt, 1);
    CHECK(s->pc, INNER_PC);
    CHECK(s->mode, MODE_K);
    CHECK(s->satp, 0x80012345);
    CHECK(s->stvec, 0x4440);
    CHECK(s->retired, retired + 1); // the call counts as sret does
    for (u32 i = 1; i < 32; i++)
        CHECK(s->x[i], 1000 + i);
    CHECK(s->x[0], 0);
    CHECK(f->inner.virt, true);
    CHECK(fake_take(f, CAUSE_ECALL_VK, 0), EVENT_REFLECT);
    CHECK(s->virt, 0);
    CHECK(s->pc, FAKE_STVEC);
    CHECK(s->scause, CAUSE_ECALL_VK);
    CHECK(*space(f, CSR_vsatp), 0x80012345); // read without an exit
    CHECK(*space(f, CSR_hstatus), HSTATUS_SPV | HSTATUS_SPVP);
    CHECK(fake_vm(f, 1)->exits - exits, 2);
    fake_free(f);
}

static void a_guest_page_fault_is_told_in_memory(void)
{
    struct fake *f = sharing();
    enter(f);
    f->guest_fault = (struct hw_guest_fault){.htval = 0x10000000u >> 2};
    CHECK(fake_take(f, CAUSE_GUEST_LOAD_PAGE, 0x10000003), EVENT_REFLECT);
    CHECK(*space(f, CSR_htval), 0x10000000u >> 2);
    CHECK(*space(f, CSR_htinst), 0);
    CHECK(*space(f, CSR_hstatus), HSTATUS_SPV | HSTATUS_SPVP | HSTATUS_GVA);
    fake_free(f);
}

static void hstatus_is_swapped_on_both_ways(void)
{
    struct fake *f = sharing();
    enter(f);
    fake_take(f, CAUSE_ECALL_VK, 0);
    *shared(f, NACL_SWAP_FLAGS) = NACL_SWAPS_HSTATUS;
    *shared(f, NACL_SWAP_HSTATUS) = HSTATUS_SPV | HSTATUS_VTW;
    enter(f); // writes SPV first; that value is swapped out
    CHECK(extension(f)->hstatus & HSTATUS_VTW, HSTATUS_VTW);
    CHECK(*shared(f, NACL_SWAP_HSTATUS), HSTATUS_SPV);
    CHECK(fake_take(f, CAUSE_ECALL_VK, 0), EVENT_REFLECT);
    CHECK(extension(f)->hstatus, HSTATUS_SPV);
    CHECK(*shared(f, NACL_SWAP_HSTATUS), HSTATUS_SPV | HSTATUS_SPVP | HSTATUS_VTW);
    fake_free(f);
}

// A kernel that stops a hart gives the hart's memory to somebody else.
static void sharing_ends_when_the_hart_is_stopped(void)
{
    struct fake *f = sharing();
    struct hart_state *s = fake_hart(f);
    CHECK(fake_vcpu(f, 1, 0)->nacl, SHARED);
    s->x[X_A6] = SBI_HSM_STOP;
    s->x[X_A7] = SBI_HSM;
    fake_take(f, CAUSE_ECALL_VK, 0);
    CHECK(s->run, HART_STOPPED);
    CHECK(fake_vcpu(f, 1, 0)->nacl, 0);
    fake_free(f);
}

// ---- a guest that writes anything

static u32 next_random(u32 *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void is_as_instructions_could_make_it(const struct h_state *h)
{
    CHECK(h->hedeleg & ~HEDELEG_ALL, 0);
    CHECK((h->hideleg | h->hie | h->hvip) & ~IP_VS, 0);
    CHECK(h->hgatp & 0x60000003, 0);
    CHECK(h->henvcfgh & ~HENVCFGH_STCE, 0);
    CHECK(h->other.stvec & 2, 0);
}

static void garbage_in_every_slot_harms_only_the_guest(void)
{
    u32 seed = 2463534242u;
    struct fake *f = sharing();
    u8 before[PAGE_SIZE];
    memcpy(before, fake_word(f, 2, BOARD_RAM), sizeof before);
    for (u32 round = 0; round < 300; round++) {
        for (u32 i = 0; i < NACL_SIZE / 4; i++)
            *shared(f, i) = next_random(&seed);
        struct hart_state *s = fake_hart(f);
        s->x[X_A0] = round % 3 ? NACL_ALL : next_random(&seed) % 0x1000;
        s->x[X_A6] = SBI_NACL_SYNC_CSR + round % 3;
        s->x[X_A7] = SBI_NACL;
        s->virt = 0;
        s->mode = MODE_K;
        fake_take(f, CAUSE_ECALL_VK, 0);
        is_as_instructions_could_make_it(extension(f));
        if (fake_hart(f)->virt)
            fake_take(f, CAUSE_GUEST_STORE_PAGE, next_random(&seed));
        fake_turn(f); // and nothing has come of it for the neighbour
        CHECK(fake_vm(f, 2)->life, LIFE_ON);
    }
    CHECK(memcmp(before, fake_word(f, 2, BOARD_RAM), sizeof before), 0);
    fake_free(f);
}

const struct suite suite_nacl = {
    "vmm nacl",
    (const struct test[]){
        {"only an enlightened VMM offers it, to guests with the extension",
         only_an_enlightened_vmm_offers_it_and_only_with_the_extension},
        {"four features are there, and no other", four_features_are_there_and_no_other},
        {"wild memory is refused, and nothing is done", wild_memory_is_refused_and_does_nothing},
        {"sharing ends when the guest says so", sharing_ends_when_the_guest_says_so},
        {"sharing ends when the hart is stopped", sharing_ends_when_the_hart_is_stopped},
        {"a written register counts when it is synchronized",
         a_written_register_counts_when_it_is_synchronized},
        {"registers that depend on others come after them",
         registers_that_depend_on_others_come_after_them},
        {"registers that do not exist are refused", registers_that_do_not_exist_are_refused},
        {"an instruction that writes a register is seen in memory",
         an_instruction_that_writes_a_register_is_seen_in_memory},
        {"a fence of a range forgets its pages", a_fence_of_a_range_forgets_its_pages},
        {"what is too much, or reserved, forgets everything",
         what_is_too_much_or_reserved_forgets_everything},
        {"one call enters the guest's guest, and one trap leaves it",
         one_call_enters_the_guest_and_one_trap_leaves_it},
        {"a guest page fault is told in memory", a_guest_page_fault_is_told_in_memory},
        {"hstatus is swapped on both ways", hstatus_is_swapped_on_both_ways},
        {"garbage in every slot harms only the guest", garbage_in_every_slot_harms_only_the_guest},
        {0}}};
