// The enlightened guest VMM: a whole switch in one call (hypervisor/lend.h), as the VMM below sees
// it.
#include "hypervisor/lend.h"
#include "tests/vmm/fake_hw.h"

#include <string.h>

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)
#define RECORD 0x80030000u // struct lend, in the guest VMM's memory
#define INNER 0x80031000u  // registers and pc of its guest
#define INNER_PC 0x00012344u

static struct lend *record(struct fake *f)
{
    return (struct lend *)fake_word(f, 1, RECORD);
}

// Guest 1, as a VMM, asks for its guest to be run under FAKE_ROOT.
static enum event_kind ask(struct fake *f, u32 function, gpa at)
{
    struct hart_state *s = fake_hart(f);
    s->x[10] = at;
    s->x[16] = function;
    s->x[17] = LEND_EXTENSION;
    return fake_take(f, CAUSE_ECALL_U, 0);
}

static struct fake *enlightened(u8 flag)
{
    struct fake *f = fake_new(&(struct fake_plan){.policy = POLICY_CACHED});
    fake_vmm(f)->enlightened = flag;
    fake_hart(f)->x[2] = 0x80500000;
    *record(f) = (struct lend){.guest = INNER, .satp = FAKE_SATP, .limit = 100};
    for (u32 i = 0; i < 32; i++)
        *fake_word(f, 1, INNER + 4 * i) = 1000 + i;
    *fake_word(f, 1, INNER + 128) = INNER_PC;
    return f;
}

static void without_the_flag_there_is_no_such_call(void)
{
    for (u32 function = LEND_PROBE; function <= LEND_RUN; function++) {
        struct fake *f = enlightened(0);
        CHECK(ask(f, function, RECORD), EVENT_EMULATE);
        CHECK(fake_hart(f)->x[10], (u32)-2);
        CHECK(fake_hart(f)->mode, MODE_K);
        fake_free(f);
    }
    struct fake *f = enlightened(1);
    CHECK(ask(f, LEND_PROBE, 0), EVENT_EMULATE);
    CHECK(fake_hart(f)->x[10], 0);
    CHECK(fake_hart(f)->x[11], LEND_VERSION);
    fake_free(f);
}

static void a_trap_of_the_inner_guest_is_where_the_call_returns(void)
{
    struct fake *f = enlightened(1);
    fake_trap(f, CAUSE_ECALL_U, 0);
    fake_exit(f, fake_illegal_exit(0x10002573, 41));
    struct hart_state *s = fake_hart(f);
    s->x[10] = RECORD;
    s->x[16] = LEND_RUN;
    s->x[17] = LEND_EXTENSION;
    fake_turn(f);
    CHECK(f->run_count, 3);
    CHECK(f->runs[1].pc, INNER_PC);
    CHECK(f->runs[1].mode, MODE_U);
    CHECK(f->runs[1].limit, 100);
    CU_ASSERT_NOT_EQUAL(f->runs[1].root, f->runs[0].root);
    CHECK(f->runs[2].root, f->runs[0].root);
    CHECK(f->runs[2].mode, MODE_K);
    CHECK(f->runs[2].pc, FAKE_ENTRY + 4);
    CHECK(record(f)->cause, CAUSE_ILLEGAL);
    CHECK(record(f)->tval, 0x10002573);
    CHECK(record(f)->ran, 41);
    CHECK(*fake_word(f, 1, INNER + 4 * 7), 1007);
    CHECK(*fake_word(f, 1, INNER + 128), INNER_PC + 4 * 41);
    CHECK(s->x[2], 0x80500000);
    CHECK(s->x[10], 0);
    CHECK(s->satp, 0);
    CHECK(s->scause, 0); // nothing was delivered to the guest VMM itself
    CHECK(s->retired, 42);
    CHECK(fake_vm(f, 1)->exits, 2); // two round trips
    fake_free(f);
}

// Without paging the inner guest would run in its VMM's own memory.
static void the_mode_bit_of_satp_is_taken_as_set(void)
{
    struct fake *f = enlightened(1);
    record(f)->satp = FAKE_SATP & ~SATP_MODE;
    ask(f, LEND_RUN, RECORD);
    CHECK(fake_hart(f)->satp, FAKE_SATP);
    CHECK(fake_hart(f)->mode, MODE_U);
    fake_free(f);
}

static void the_call_returns_exactly_at_its_limit(void)
{
    struct fake *f = enlightened(1);
    ask(f, LEND_RUN, RECORD);
    fake_exit(f, (struct hw_exit){.ran = 60});
    fake_turn(f);
    fake_exit(f, (struct hw_exit){.ran = 40});
    fake_turn(f);
    CHECK(f->runs[f->run_count - 1].limit, 40);
    fake_turn(f);
    CHECK(fake_hart(f)->mode, MODE_K);
    CHECK(record(f)->cause, CAUSE_TIMER);
    CHECK(record(f)->ran, 100);
    fake_free(f);
}

static void hidden_faults_are_filled_without_asking_the_guest_vmm(void)
{
    struct fake *f = enlightened(1);
    fake_map(f, INNER_PC, BOARD_RAM, FAKE_ALL | PTE_U);
    ask(f, LEND_RUN, RECORD);
    CHECK(fake_take(f, CAUSE_FETCH_PAGE, INNER_PC), EVENT_FILL);
    CHECK(fake_hart(f)->mode, MODE_U);
    CHECK(fake_spte_page(f, INNER_PC), BOARD_RAM + MEGAPAGE_SIZE);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, 0x5000), EVENT_REFLECT);
    CHECK(fake_hart(f)->mode, MODE_K);
    CHECK(record(f)->cause, CAUSE_LOAD_PAGE);
    CHECK(record(f)->tval, 0x5000);
    fake_free(f);
}

static void an_interrupt_of_the_guest_vmm_ends_the_call(void)
{
    struct fake *f = enlightened(1);
    fake_hart(f)->sie = IP_SEIP;
    ask(f, LEND_RUN, RECORD);
    fake_hart(f)->external = 1;
    fake_turn(f);
    CHECK(record(f)->cause, CAUSE_EXTERNAL);
    CHECK(fake_hart(f)->mode, MODE_K);
    CHECK(fake_hart(f)->pc, FAKE_ENTRY + 4);
    fake_free(f);
}

static void wild_addresses_are_refused_and_do_nothing(void)
{
    static const gpa wild[] = {
        0, 1, RECORD + 1, BOARD_RAM - 4, 0xfffffffc, BOARD_RAM + 2 * MEGAPAGE_SIZE - 4, BOARD_UART};
    for (u32 i = 0; i < sizeof wild / sizeof *wild; i++) {
        struct fake *f = enlightened(1);
        CHECK(ask(f, LEND_RUN, wild[i]), EVENT_EMULATE);
        CHECK(fake_hart(f)->x[10], (u32)-3);
        CHECK(fake_hart(f)->mode, MODE_K);
        record(f)->guest = wild[i];
        ask(f, LEND_RUN, RECORD);
        CHECK(fake_hart(f)->x[10], (u32)-3);
        record(f)->guest = INNER;
        record(f)->limit = 0;
        ask(f, LEND_RUN, RECORD);
        CHECK(fake_hart(f)->x[10], (u32)-3);
        fake_free(f);
    }
}

static void what_is_changed_behind_its_back_harms_only_the_guest_vmm(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.guests = 2});
    fake_vmm(f)->enlightened = 1;
    *record(f) = (struct lend){.guest = INNER, .satp = FAKE_SATP, .limit = 100};
    u8 before[PAGE_SIZE];
    memcpy(before, fake_word(f, 2, BOARD_RAM), sizeof before);
    ask(f, LEND_RUN, RECORD);
    record(f)->guest =
        BOARD_RAM + 2 * MEGAPAGE_SIZE; // the neighbour's first page, were it not for the bounds
    record(f)->own_pc = 3;
    record(f)->own_satp = ~0u;
    fake_take(f, CAUSE_BREAKPOINT, 0);
    CHECK(memcmp(before, fake_word(f, 2, BOARD_RAM), sizeof before), 0);
    CHECK(fake_hart(f)->pc, 0);
    CHECK(fake_hart(f)->mode, MODE_K);
    fake_free(f);
}

const struct suite suite_lend = {
    "vmm lend",
    (const struct test[]){
        {"without the flag there is no such call; with it it answers",
         without_the_flag_there_is_no_such_call},
        {"a trap of the inner guest is where the call returns: two exits in all",
         a_trap_of_the_inner_guest_is_where_the_call_returns},
        {"the mode bit of its satp is taken as set", the_mode_bit_of_satp_is_taken_as_set},
        {"the call returns exactly at its limit", the_call_returns_exactly_at_its_limit},
        {"hidden faults are filled without asking the guest VMM",
         hidden_faults_are_filled_without_asking_the_guest_vmm},
        {"an interrupt of the guest VMM ends the call",
         an_interrupt_of_the_guest_vmm_ends_the_call},
        {"wild addresses are refused and do nothing", wild_addresses_are_refused_and_do_nothing},
        {"what is changed behind its back harms only the guest VMM",
         what_is_changed_behind_its_back_harms_only_the_guest_vmm},
        {0}}};
