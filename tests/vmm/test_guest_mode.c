// Guests in guest mode: what the VMM tells the hardware of them, and what it does about the few
// exits that are left.
#include "isa/board/uart.h"
#include "tests/vmm/fake_hw.h"

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)
// For VCPUs. 0 is for shadows, and 127 for merged tables.
#define VMIDS 126u
#define READ_INSTRET ((u32)CSR_instret << 20 | 2 << 12 | X_A0 << 7 | 0x73) // csrr a0, instret

static struct fake *assisted(struct fake_plan plan)
{
    plan.technique = TECHNIQUE_ASSIST;
    return fake_new(&plan);
}

static struct fake *alone(void)
{
    return assisted((struct fake_plan){0});
}

// The guest runs until its slice is over.
static void pass(struct fake *f, u32 hart)
{
    fake_exit(f, (struct hw_exit){.ran = 10000});
    fake_turn_on(f, hart);
}

static enum event_kind take_virtual(struct fake *f, u32 word)
{
    struct trap trap = {.cause = CAUSE_VIRTUAL, .tval = word, .insn = word};
    fake_exit(f, (struct hw_exit){.trapped = true, .trap = trap});
    return fake_turn(f);
}

// ---- what the hart translates by

static void a_guest_runs_by_the_map_of_its_vm_and_without_shadows(void)
{
    struct fake *f = alone();
    for (u32 i = 0; i < 5; i++)
        CHECK(take_virtual(f, READ_INSTRET), EVENT_EMULATE);
    CHECK(f->nest_count, 1); // nothing changes from exit to exit
    CHECK(f->root_count, 0);
    CHECK(f->runs[0].root, fake_vm(f, 1)->map);
    CHECK(f->runs[0].asid, 1); // its VMID
    CHECK(fake_shadows(f, 1), NULL);
    CHECK(fake_vm(f, 1)->map % (4 * PAGE_SIZE), 0);
    fake_free(f);
}

static void vms_have_vmids_of_their_own_and_a_switch_forgets_nothing(void)
{
    struct fake *f = assisted((struct fake_plan){.guests = 2});
    for (u32 i = 0; i < 2; i++) // until each has run on the hart before
        pass(f, 0);
    u32 before = f->flush_count;
    for (u32 i = 0; i < 6; i++)
        pass(f, 0);
    for (u32 i = 0; i < 8; i++) {
        CHECK(f->runs[i].vm, 1 + i % 2);
        CHECK(f->runs[i].asid, f->runs[i].vm);
        CHECK(f->runs[i].root, fake_vm(f, f->runs[i].vm)->map);
    }
    CHECK(f->flush_count, before);
    fake_free(f);
}

static void a_vmid_that_two_vms_share_is_flushed_at_every_switch(void)
{
    struct fake *f = assisted((struct fake_plan){.guests = VMIDS + 1, .ram = MEGAPAGE_SIZE});
    for (u32 i = 0; i < 2 * (VMIDS + 1); i++)
        pass(f, 0);
    for (u32 i = 0; i < 2 * (VMIDS + 1); i++) {
        CHECK(f->runs[i].vm, 1 + i % (VMIDS + 1));
        CHECK(f->runs[i].asid, f->runs[i].vm > VMIDS ? 1 : f->runs[i].vm);
        CHECK(f->flushes[i].vmid, f->runs[i].asid);
        CHECK(f->flushes[i].all, true);
    }
    CHECK(f->flush_count, f->run_count);
    fake_free(f);
}

static void compute(struct fake *f, const struct fake_run *run, struct hw_exit *exit)
{
    (void)f;
    *exit = (struct hw_exit){.ran = run->limit};
}

// VCPUs that share a hart may use one ASID for two address spaces, as two harts may.
static void vcpus_that_share_a_hart_have_vmids_of_their_own(void)
{
    static const u32 seen_by[] = {[1] = 0x6, [2] = 0x1e}; // a bit a VMID, by the number of guests
    for (u32 guests = 1; guests <= 2; guests++) {
        struct fake *f =
            assisted((struct fake_plan){.guests = guests, .vcpus = 2, .quantum = 1000});
        f->play = compute;
        for (u32 vm = 1; vm <= guests; vm++)
            fake_vcpu(f, vm, 1)->state.run = HART_RUNNING;
        for (u32 i = 0; i < 8; i++) // until each has run on the hart before
            fake_turn(f);
        u32 before = f->flush_count, seen = 0;
        for (u32 i = f->run_count; i < 16; i = f->run_count) {
            fake_turn(f);
            const struct fake_run *run = &f->runs[i];
            CHECK(run->asid, 2 * run->vm - 1 + run->vcpu);
            CHECK(run->root, fake_vm(f, run->vm)->map);
            seen |= 1u << run->asid;
        }
        CHECK(seen, seen_by[guests]);
        CHECK(f->flush_count, before);
        fake_free(f);
    }
}

// The guest sets its timer and waits for it.
static void wait_for_timer(struct fake *f, const struct fake_run *run, struct hw_exit *exit)
{
    struct trap wfi = {.cause = CAUSE_VIRTUAL, .insn = fake_insn(INSN_wfi, 0, 0, 0, 0)};
    (void)run;
    fake_hart(f)->sie = IP_STIP;
    fake_hart(f)->stimecmp = f->now + 100;
    *exit = (struct hw_exit){.trapped = true, .trap = wfi};
}

// Each time the hart on which the guest wakes is another, it may have fenced elsewhere what this
// one remembers, though nobody else was here.
static void a_gang_that_comes_to_another_hart_leaves_nothing_old_there(void)
{
    static const struct {
        u32 hart;
        bool flushed;
    } turns[] = {{0, true}, {0, false}, {1, true}, {1, false}, {0, true}, {0, false}};
    struct fake *f = assisted((struct fake_plan){.harts = 2, .clock = VMM_CLOCK_WALL});
    f->play = wait_for_timer;
    for (u32 i = 0; i < sizeof turns / sizeof *turns; i++) {
        u32 before = f->flush_count;
        fake_turn_on(f, turns[i].hart);
        fake_turn_on(f, turns[i].hart); // nobody can run, so the hart gives the gang away
        f->now += 1000;                 // the timer is due
        CHECK(f->runs[i].hart, turns[i].hart);
        CHECK(f->flush_count - before, turns[i].flushed);
    }
    fake_free(f);
}

static void a_fence_by_the_firmware_reaches_the_vmid(void)
{
    struct fake *f = assisted((struct fake_plan){.guests = 2, .vcpus = 2});
    struct hart_state *s = fake_hart(f);
    u32 before = f->flush_count + 1; // of the first switch to the VM
    s->x[X_A0] = 3;
    s->x[X_A1] = 0;
    s->x[X_A2] = 0x80600000;
    s->x[X_A3] = PAGE_SIZE;
    s->x[X_A4] = 5;
    s->x[X_A6] = 2; // remote_sfence_vma_asid
    s->x[X_A7] = 0x52464e43;
    CHECK(fake_take(f, CAUSE_ECALL_VK, 0), EVENT_EMULATE);
    CHECK(s->x[X_A0], 0);
    CHECK(f->flush_count - before, 2); // for each of its VCPUs
    for (u32 i = before; i < f->flush_count; i++) {
        CHECK(f->flushes[i].vmid, 1 + i - before);
        CHECK(f->flushes[i].asid, 5);
        CHECK(f->flushes[i].all, false);
        CHECK(f->flushes[i].va, 0x80600000);
    }
    fake_free(f);
}

// ---- interrupts and time

static void the_hart_delivers_interrupts_and_the_vmm_does_not(void)
{
    struct fake *f = assisted((struct fake_plan){.guests = 2});
    struct hart_state *s = fake_hart(f);
    s->sstatus = SSTATUS_SIE;
    s->sie = IP_SSIP | IP_STIP | IP_SEIP;
    s->sip = IP_SSIP;
    s->external = true;
    s->stimecmp = 100; // long before the end of the slice
    fake_turn(f);
    CHECK(fake_notes(f, EVENT_INJECT), 0);
    CHECK(s->scause, 0);
    CHECK(f->runs[0].pc, FAKE_ENTRY);
    CHECK(f->runs[0].limit, 10000);
    fake_free(f);
}

static void traps_that_the_guest_takes_itself_use_up_its_slice(void)
{
    struct fake *f = assisted((struct fake_plan){.guests = 2});
    fake_exit(f, (struct hw_exit){.ran = 4000, .own = 1000});
    fake_turn(f);
    CHECK(fake_hart(f)->retired, 4000);
    fake_exit(f, (struct hw_exit){.ran = 5000});
    fake_turn(f);
    CHECK(f->runs[1].limit, 5000);
    fake_free(f);
}

static void a_guest_that_is_caught_in_its_own_handler_is_stuck(void)
{
    struct fake *f = alone();
    fake_exit(f, (struct hw_exit){.caught = true});
    fake_turn(f);
    CHECK(fake_vm(f, 1)->life, LIFE_STUCK);
    CHECK(f->offs, 1);
    fake_free(f);
}

// ---- guest page faults

static void a_load_from_a_device_is_found_by_htval(void)
{
    struct fake *f = alone();
    struct hart_state *s = fake_hart(f);
    gpa address = BOARD_UART + UART_LSR;
    *fake_word(f, 1, FAKE_ENTRY) = fake_insn(INSN_lbu, X_A0, X_A1, 0, 5);
    s->x[X_A1] = 0x1000; // the guest's own table maps this page to the UART
    f->guest_fault = (struct hw_guest_fault){.htval = address >> 2};
    CHECK(fake_take(f, CAUSE_GUEST_LOAD_PAGE, 0x1000 + UART_LSR), EVENT_EMULATE);
    CHECK(s->x[X_A0] & 0x60, 0x60); // it can take a byte
    CHECK(s->pc, FAKE_ENTRY + 4);
    CHECK(s->retired, 1);
    fake_free(f);
}

// An access that finds nothing, as the guest gets to know it.
static void expect_access_fault(u32 cause, struct hw_guest_fault fault, u32 access_fault)
{
    struct fake *f = alone();
    const struct hart_state *s = fake_hart(f);
    *fake_word(f, 1, FAKE_ENTRY) = fake_insn(INSN_lw, X_A0, X_A1, 0, 0);
    f->guest_fault = fault;
    CHECK(fake_take(f, cause, 0x1234), EVENT_REFLECT);
    CHECK(s->scause, access_fault);
    CHECK(s->stval, 0x1234);
    CHECK(s->sepc, FAKE_ENTRY);
    CHECK(s->pc, FAKE_STVEC);
    CHECK(s->retired, 0);
    fake_free(f);
}

static void where_there_is_nothing_the_guest_gets_its_access_fault(void)
{
    static const struct {
        u32 cause, access_fault;
    } cases[] = {{CAUSE_GUEST_FETCH_PAGE, CAUSE_FETCH_ACCESS},
                 {CAUSE_GUEST_LOAD_PAGE, CAUSE_LOAD_ACCESS},
                 {CAUSE_GUEST_STORE_PAGE, CAUSE_STORE_ACCESS}};
    // An address without a device; the hart's own access to a table that lies where the UART is;
    // and an address beyond 32 bits, whose low bits are the UART's.
    static const struct hw_guest_fault faults[] = {
        {0x40000000 >> 2, 0}, {BOARD_UART >> 2, 0x2000}, {0x40000000 | BOARD_UART >> 2, 0}};
    for (u32 i = 0; i < sizeof cases / sizeof *cases; i++)
        for (u32 j = 0; j < sizeof faults / sizeof *faults; j++)
            expect_access_fault(cases[i].cause, faults[j], cases[i].access_fault);
}

static void nobody_executes_a_device(void)
{
    expect_access_fault(CAUSE_GUEST_FETCH_PAGE, (struct hw_guest_fault){BOARD_UART >> 2, 0},
                        CAUSE_FETCH_ACCESS);
}

// ---- virtual instructions

static void a_counter_that_the_hart_does_not_show_is_the_guests_own(void)
{
    struct fake *f = alone();
    fake_hart(f)->retired = 77;
    CHECK(take_virtual(f, READ_INSTRET), EVENT_EMULATE);
    CHECK(fake_hart(f)->x[X_A0], 77);
    CHECK(fake_hart(f)->retired, 78);
    fake_free(f);
}

static void a_guest_that_waits_gives_its_hart_back(void)
{
    struct fake *f = alone();
    fake_hart(f)->sie = IP_STIP;
    fake_hart(f)->stimecmp = 500;
    take_virtual(f, fake_insn(INSN_wfi, 0, 0, 0, 0));
    CHECK(fake_hart(f)->run, HART_PARKED);
    fake_turn(f);
    CHECK(f->runs[1].pc, FAKE_ENTRY + 4);
    CHECK(hart_time(fake_hart(f)), 500); // its time has jumped to its timer
    fake_free(f);
}

static void what_only_a_machine_with_the_extension_has_is_illegal_for_the_guest(void)
{
    static const u32 words[] = {
        (u32)CSR_hstatus << 20 | 2 << 12 | X_A0 << 7 | 0x73, // csrr a0, hstatus
        0x62000073,                                          // hfence.gvma
    };
    for (u32 i = 0; i < sizeof words / sizeof *words; i++) {
        struct fake *f = alone();
        CHECK(take_virtual(f, words[i]), EVENT_REFLECT);
        CHECK(fake_hart(f)->scause, CAUSE_ILLEGAL);
        CHECK(fake_hart(f)->stval, words[i]);
        fake_free(f);
    }
}

static void a_virtual_instruction_of_the_guests_programs_is_illegal_for_them(void)
{
    struct fake *f = alone();
    u32 word = fake_insn(INSN_wfi, 0, 0, 0, 0);
    fake_hart(f)->mode = MODE_U;
    CHECK(take_virtual(f, word), EVENT_REFLECT);
    CHECK(fake_hart(f)->scause, CAUSE_ILLEGAL);
    CHECK(fake_hart(f)->stval, word);
    CHECK(fake_hart(f)->mode, MODE_K);
    fake_free(f);
}

// ---- refusal

static void hardware_without_guest_mode_starts_no_vmm_that_wants_it(void)
{
    struct fake *f = assisted((struct fake_plan){.no_guest_mode = true});
    CHECK(f->vmm, 0);
    fake_free(f);
}

const struct suite suite_guest_mode = {
    "guest_mode",
    (const struct test[]){
        {"a guest runs by the map of its VM and without shadows",
         a_guest_runs_by_the_map_of_its_vm_and_without_shadows},
        {"VMs have VMIDs of their own, and a switch forgets nothing",
         vms_have_vmids_of_their_own_and_a_switch_forgets_nothing},
        {"a VMID that two VMs share is flushed at every switch",
         a_vmid_that_two_vms_share_is_flushed_at_every_switch},
        {"VCPUs that share a hart have VMIDs of their own",
         vcpus_that_share_a_hart_have_vmids_of_their_own},
        {"a gang that comes to another hart leaves nothing old there",
         a_gang_that_comes_to_another_hart_leaves_nothing_old_there},
        {"a fence by the firmware reaches the VMID", a_fence_by_the_firmware_reaches_the_vmid},
        {"the hart delivers interrupts, and the VMM does not",
         the_hart_delivers_interrupts_and_the_vmm_does_not},
        {"traps that the guest takes itself use up its slice",
         traps_that_the_guest_takes_itself_use_up_its_slice},
        {"a guest that is caught in its own handler is stuck",
         a_guest_that_is_caught_in_its_own_handler_is_stuck},
        {"a load from a device is found by htval", a_load_from_a_device_is_found_by_htval},
        {"where there is nothing the guest gets its access fault",
         where_there_is_nothing_the_guest_gets_its_access_fault},
        {"nobody executes a device", nobody_executes_a_device},
        {"a counter that the hart does not show is the guest's own",
         a_counter_that_the_hart_does_not_show_is_the_guests_own},
        {"a guest that waits gives its hart back", a_guest_that_waits_gives_its_hart_back},
        {"what only a machine with the extension has is illegal for the guest",
         what_only_a_machine_with_the_extension_has_is_illegal_for_the_guest},
        {"a virtual instruction of the guest's programs is illegal for them",
         a_virtual_instruction_of_the_guests_programs_is_illegal_for_them},
        {"hardware without guest mode starts no VMM that wants it",
         hardware_without_guest_mode_starts_no_vmm_that_wants_it},
        {0},
    },
};
