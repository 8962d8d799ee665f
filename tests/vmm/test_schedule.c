// Who runs, for how long, and who waits.
#include "tests/vmm/fake_hw.h"

#include "hypervisor/schedule.h"

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)

// Every run goes as far as it may: guests that only compute.
static void compute(struct fake *f, const struct fake_run *run, struct hw_exit *exit)
{
    (void)f;
    exit->ran = run->limit;
}

// Guest 1 says `wfi` at once, whenever it runs; the others compute.
static void first_waits(struct fake *f, const struct fake_run *run, struct hw_exit *exit)
{
    compute(f, run, exit);
    if (run->vm == 1)
        *exit = fake_illegal_exit(fake_insn(INSN_wfi, 0, 0, 0, 0), 0);
}

static u64 ran(struct fake *f, u32 vm)
{
    return fake_vcpu(f, vm, 0)->state.retired;
}

static void take_turns(struct fake *f, u32 turns)
{
    while (turns--)
        fake_turn(f);
}

static void round_robin_goes_round_in_whole_quanta(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.guests = 4, .quantum = 500});
    f->play = compute;
    take_turns(f, 12);
    CHECK(f->run_count, 12);
    for (u32 i = 0; i < 12; i++) {
        CHECK(f->runs[i].vm, i % 4 + 1);
        CHECK(f->runs[i].limit, 500);
    }
    fake_free(f);
}

static void exits_use_up_the_quantum_too(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.guests = 2, .quantum = 100});
    for (u32 i = 0; i < 10; i++) // 9 instructions and a trap
        fake_exit(f, fake_illegal_exit(fake_insn(INSN_csrrs, 5, 0, 0, CSR_sscratch), 9));
    fake_turn(f);
    CHECK(f->run_count, 10);
    CHECK(f->runs[9].limit, 10);
    fake_turn(f);
    CHECK(f->runs[10].vm, 2);
    fake_free(f);
}

// Shares of the ticks are what the weights promise, within so many percent.
static void check_shares(struct fake *f, const u32 *weights, u32 guests, u32 percent)
{
    u64 sum = 0, weight = 0;
    for (u32 i = 0; i < guests; i++) {
        sum += ran(f, i + 1);
        weight += weights[i];
    }
    for (u32 i = 0; i < guests; i++) {
        u64 promised = sum * weights[i] / weight, got = ran(f, i + 1);
        CU_ASSERT(got * 100 > promised * (100 - percent) && got * 100 < promised * (100 + percent));
    }
}

static void weighted_shares_follow_the_weights(void)
{
    static const u32 cases[][4] = {{100, 100, 100, 100},
                                   {100, 200, 300, 400},
                                   {10, 1000, 100, 100},
                                   {1000, 1, 1, 1},
                                   {333, 77, 250, 100}};
    for (u32 c = 0; c < sizeof cases / sizeof *cases; c++) {
        const u32 *w = cases[c];
        struct fake *f = fake_new(&(struct fake_plan){.guests = 4,
                                                      .quantum = 1000,
                                                      .scheduler = SCHEDULER_WEIGHTED,
                                                      .weight = {w[0], w[1], w[2], w[3]}});
        f->play = compute;
        take_turns(f, 6000);
        check_shares(f, w, 4, 3);
        fake_free(f);
    }
}

static void one_that_traps_all_the_time_gets_its_share_and_no_more(void)
{
    static const u32 weights[] = {300, 100};
    struct fake *f = fake_new(&(struct fake_plan){
        .guests = 2, .quantum = 1000, .scheduler = SCHEDULER_WEIGHTED, .weight = {300, 100}});
    u32 word = fake_insn(INSN_csrrs, 5, 0, 0, CSR_sscratch);
    for (u32 i = 0; i < 4000;
         i++) { // guest 1 traps on every instruction: a step that retires and one that traps
        bool first = !f->run_count || f->runs[f->run_count - 1].vm == 1;
        if (first)
            fake_exit(f, fake_illegal_exit(word, 0));
        f->play = compute;
        fake_turn(f);
    }
    check_shares(f, weights, 2, 10);
    fake_free(f);
}

// How often guest `vm` was the one that ran on the hart, from the run `first` on.
static u32 runs_of(const struct fake *f, u32 vm, u32 hart, u32 first)
{
    u32 count = 0;
    for (u32 i = first; i < f->run_count; i++)
        count += f->runs[i].vm == vm && f->runs[i].hart == hart;
    return count;
}

// Guests 1 and 2 share hart 0. While hart 0 is busy, hart 1 pays all that are ready again and
// again. What guest 2 gets by that is one pay, so it cannot keep hart 0 for itself afterwards.
static void a_guest_that_waits_in_the_queue_saves_one_pay_and_no_more(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.guests = 4,
                                                  .harts = 2,
                                                  .quantum = 1000,
                                                  .scheduler = SCHEDULER_WEIGHTED,
                                                  .hart = {1, 1, 2, 2}});
    f->play = compute;
    fake_turn_on(f, 0);
    CHECK(f->runs[0].vm, 1);
    for (u32 i = 0; i < 200; i++)
        fake_turn_on(f, 1);
    u32 first = f->run_count;
    for (u32 i = 0; i < 20; i++)
        fake_turn_on(f, 0);
    CU_ASSERT(runs_of(f, 1, 0, first) >= 9);
    CU_ASSERT(runs_of(f, 2, 0, first) >= 9);
    fake_free(f);
}

// Guest 1 was alone, so it has a whole quantum left when guest 2 comes, which is more than half a
// pay. It runs in turns of a thousand instructions, since it has two VCPUs. Each of them is paid.
static void whoever_runs_beyond_its_credit_owes_the_rest(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.guests = 2,
                                                  .vcpus = 2,
                                                  .quantum = 4 * ROUND_INSTRUCTIONS,
                                                  .scheduler = SCHEDULER_WEIGHTED,
                                                  .weight = {50, 50}});
    for (u32 vm = 1; vm <= 2; vm++)
        fake_vcpu(f, vm, 1)->state.run = HART_RUNNING;
    struct turn t = fake_new_turn(f);
    mpa second = gang_address(fake_vm_at(f, 2), 0);
    turn_take_gang(&t, second);
    f->play = compute;
    take_turns(f, 2); // guest 1 uses its first pay
    for (u32 vcpu = 0; vcpu < 2; vcpu++)
        fake_trap(f, CAUSE_ILLEGAL, fake_insn(INSN_wfi, 0, 0, 0, 0));
    take_turns(f, 10); // guest 2 waits for ever, and guest 1 is alone
    const struct gang *g = &fake_vm(f, 1)->gangs[0];
    i32 credit = g->credit;
    CU_ASSERT(f->runs[f->run_count - 1].vm == 1 && credit > 0);
    for (u32 vcpu = 0; vcpu < 2; vcpu++)
        fake_vcpu(f, 2, vcpu)->state.run = HART_RUNNING;
    schedule_ready(&t, second);
    take_turns(f, 4);
    CHECK(g->credit, credit - 4 * (i32)ROUND_INSTRUCTIONS);
    fake_free(f);
}

static void a_waiting_guest_costs_nothing(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.guests = 3, .quantum = 500});
    f->play = first_waits;
    take_turns(f, 100);
    u32 runs[4] = {0};
    for (u32 i = 0; i < f->run_count; i++)
        runs[f->runs[i].vm]++;
    CHECK(runs[1], 1);
    CU_ASSERT(runs[2] >= 48 && runs[2] <= runs[3] + 1 && runs[3] <= runs[2] + 1);
    CHECK(fake_notes(f, EVENT_BLOCK), 1);
    fake_free(f);
}

static void when_all_wait_the_hart_idles_until_somebody_is_due(void)
{
    struct fake *f =
        fake_new(&(struct fake_plan){.guests = 2, .quantum = 500, .clock = VMM_CLOCK_WALL});
    u32 wfi = fake_insn(INSN_wfi, 0, 0, 0, 0);
    for (u32 vm = 1; vm <= 2; vm++) {
        fake_vcpu(f, vm, 0)->state.sie = IP_STIP;
        fake_vcpu(f, vm, 0)->state.stimecmp = 30000 * (3 - vm); // guest 2 is due first
        fake_trap(f, CAUSE_ILLEGAL, wfi);
    }
    f->play = compute;
    take_turns(f, 5);
    CU_ASSERT(f->idles >= 1);
    CHECK(f->idle_until, 30000);
    u32 runs = f->run_count;
    CHECK(runs, 2);
    take_turns(f, 2);
    CHECK(f->runs[runs].vm, 2);
    fake_free(f);
}

// Which of the VCPUs that share a hart is due first does not matter.
static void vcpus_that_share_a_hart_sleep_until_the_first_of_them_is_due(void)
{
    for (u32 first = 0; first < 3; first++) {
        struct fake *f = fake_new(&(struct fake_plan){.vcpus = 3, .clock = VMM_CLOCK_WALL});
        for (u32 i = 0; i < 3; i++) {
            struct hart_state *s = &fake_vcpu(f, 1, i)->state;
            s->run = HART_RUNNING;
            s->sie = IP_STIP;
            s->stimecmp = i == first ? 30000 : 60000 + 1000 * i;
            fake_trap(f, CAUSE_ILLEGAL, fake_insn(INSN_wfi, 0, 0, 0, 0));
        }
        f->play = compute;
        take_turns(f, 5);
        CHECK(f->run_count, 3);
        CHECK(f->idle_until, 30000);
        take_turns(f, 1);
        CHECK(f->runs[3].vcpu, first);
        fake_free(f);
    }
}

static void a_hart_idles_though_others_have_more_than_one_to_run(void)
{
    struct fake *f =
        fake_new(&(struct fake_plan){.guests = 2, .harts = 2, .hart = {2, 2}, .quantum = 500});
    f->play = compute;
    fake_turn_on(f, 0);
    CHECK(f->run_count, 0);
    CHECK(f->idles, 1);
    fake_turn_on(f, 1);
    CHECK(f->run_count, 1);
    fake_free(f);
}

static void a_guest_whose_time_has_come_runs_beside_those_that_compute(void)
{
    struct fake *f =
        fake_new(&(struct fake_plan){.guests = 2, .quantum = 500, .clock = VMM_CLOCK_WALL});
    fake_vcpu(f, 1, 0)->state.sie = IP_STIP;
    fake_vcpu(f, 1, 0)->state.stimecmp = 5000;
    fake_trap(f, CAUSE_ILLEGAL, fake_insn(INSN_wfi, 0, 0, 0, 0));
    f->play = compute;
    u64 woke = 0;
    for (u32 i = 0; i < 40 && !woke; i++) {
        fake_turn(f);
        woke = ran(f, 1) > 1 ? f->now : 0;
    }
    CU_ASSERT(woke >= 5000 && woke <= 5000 + 3 * 500);
    CHECK(f->idles, 0);
    fake_free(f);
}

static void a_guest_alone_in_wfi_with_nothing_to_come_waits_for_input(void)
{
    struct fake *f = fake_new(NULL);
    f->play = first_waits;
    take_turns(f, 3);
    CHECK(f->idle_until, FOREVER);
    CHECK(f->run_count, 1);
    // Its UART's interrupt is enabled, and somebody types.
    struct vm *vm = fake_vm(f, 1);
    vm->board.uart.ier = vm->board.uart.listens = 1;
    vm->board.plic.priority[BOARD_IRQ_UART] = 1;
    vm->board.plic.enabled[0][0] = 1u << BOARD_IRQ_UART;
    fake_hart(f)->sie = IP_SEIP;
    take_turns(f, 3);
    CHECK(f->run_count, 1);
    fake_type(f, 1, "x");
    f->play = compute;
    take_turns(f, 3);
    CU_ASSERT(f->run_count > 1);
    CHECK(fake_hart(f)->external, 1);
    CHECK(fake_hart(f)->run, HART_RUNNING);
    fake_free(f);
}

// The UART's interrupt is enabled for hart 1 of the guest alone.
static void input_for_any_vcpu_of_a_gang_wakes_it(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.vcpus = 2});
    struct vm *vm = fake_vm(f, 1);
    struct hart_state *other = &fake_vcpu(f, 1, 1)->state;
    vm->board.uart.ier = vm->board.uart.listens = 1;
    vm->board.plic.priority[BOARD_IRQ_UART] = 1;
    vm->board.plic.enabled[1][0] = 1u << BOARD_IRQ_UART;
    other->run = HART_RUNNING;
    other->sie = IP_SEIP;
    for (u32 i = 0; i < 2; i++)
        fake_trap(f, CAUSE_ILLEGAL, fake_insn(INSN_wfi, 0, 0, 0, 0));
    f->play = compute;
    take_turns(f, 4);
    CHECK(f->run_count, 2);
    CHECK(f->idle_until, FOREVER);
    fake_type(f, 1, "x");
    take_turns(f, 3);
    CU_ASSERT(f->run_count > 2);
    CHECK(f->runs[2].vcpu, 1);
    fake_free(f);
}

static void a_gang_keeps_to_its_hart(void)
{
    struct fake *f =
        fake_new(&(struct fake_plan){.guests = 3, .harts = 2, .quantum = 500, .hart = {1, 2, 0}});
    f->play = compute;
    for (u32 i = 0; i < 60; i++)
        fake_turn_on(f, i % 2);
    u32 runs[2][4] = {{0}};
    for (u32 i = 0; i < f->run_count; i++)
        runs[f->runs[i].hart][f->runs[i].vm]++;
    CHECK(runs[0][2] + runs[1][1], 0);
    CU_ASSERT(runs[0][1] > 10 && runs[1][2] > 10);
    CU_ASSERT(runs[0][3] + runs[1][3] > 10);
    fake_free(f);
}

static void pinned_vcpus_have_a_gang_and_a_hart_each(void)
{
    struct fake *f =
        fake_new(&(struct fake_plan){.vcpus = 2, .harts = 2, .pinned = true, .quantum = 500});
    f->play = compute;
    CHECK(fake_vm(f, 1)->gang_count, 2);
    fake_vcpu(f, 1, 1)->state.run = HART_RUNNING;
    for (u32 i = 0; i < 20; i++)
        fake_turn_on(f, i % 2);
    for (u32 i = 0; i < f->run_count; i++)
        CHECK(f->runs[i].vcpu, f->runs[i].hart);
    CHECK(f->run_count, 20);
    fake_free(f);
}

// VCPU 0 of guest 1 waits in the queue of hart 0, since guest 2 runs there, when VCPU 1 switches
// guest 1 off on hart 1.
static void no_vcpu_of_a_vm_that_has_ended_runs_again(void)
{
    struct fake *f = fake_new(
        &(struct fake_plan){.guests = 2, .vcpus = 2, .harts = 2, .pinned = true, .quantum = 500});
    struct hart_state *s = &fake_vcpu(f, 1, 1)->state;
    s->run = HART_RUNNING;
    f->play = compute;
    fake_turn_on(f, 0);
    fake_turn_on(f, 0);
    CHECK(f->runs[0].vm, 1);
    CHECK(f->runs[1].vm, 2);
    CHECK(fake_vm(f, 1)->gangs[0].state, GANG_READY);
    s->x[10] = s->x[11] = 0; // SRST: off, for no reason
    s->x[16] = 0;
    s->x[17] = 0x53525354;
    fake_trap(f, CAUSE_ECALL_U, 0);
    fake_turn_on(f, 1);
    CHECK(f->runs[2].vm, 1);
    CHECK(fake_vm(f, 1)->life, LIFE_OFF);
    for (u32 i = 0; i < 8; i++)
        fake_turn_on(f, i % 2);
    CHECK(runs_of(f, 1, 0, 3) + runs_of(f, 1, 1, 3), 0);
    CHECK(runs_of(f, 2, 0, 3), 4);
    fake_free(f);
}

static void an_ipi_to_a_pinned_vcpu_that_waits_kicks_its_hart(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.vcpus = 2, .harts = 2, .pinned = true});
    struct hart_state *other = &fake_vcpu(f, 1, 1)->state;
    other->run = HART_RUNNING;
    other->sie = IP_SSIP;
    fake_trap(f, CAUSE_ILLEGAL, fake_insn(INSN_wfi, 0, 0, 0, 0));
    for (u32 i = 0; i < 3; i++)
        fake_turn_on(f, 1);
    CHECK(other->run, HART_PARKED);
    u32 kicks = f->kicks[1];
    struct hart_state *s = fake_hart(f);
    s->x[10] = 2; // hart 1
    s->x[11] = 0;
    s->x[16] = 0;
    s->x[17] = 0x735049;
    CHECK(fake_take(f, CAUSE_ECALL_U, 0), EVENT_EMULATE);
    CHECK(other->sip, IP_SSIP);
    CU_ASSERT(f->kicks[1] > kicks);
    f->play = compute;
    fake_turn_on(f, 1);
    CHECK(f->runs[f->run_count - 1].vcpu, 1);
    fake_free(f);
}

static void vcpus_that_share_a_hart_take_turns_by_the_round_rule(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.vcpus = 3, .quantum = 100000});
    f->play = compute;
    fake_vcpu(f, 1, 1)->state.run = HART_RUNNING;
    take_turns(f, 8); // the third is stopped
    for (u32 i = 0; i < f->run_count; i++) {
        CHECK(f->runs[i].vcpu, i % 2);
        CHECK(f->runs[i].limit, ROUND_INSTRUCTIONS);
    }
    CHECK(f->run_count, 8);
    CHECK(fake_vcpu(f, 1, 0)->state.retired, 4 * ROUND_INSTRUCTIONS);
    fake_free(f);
}

static void a_round_turn_counts_traps_and_survives_the_end_of_a_quantum(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.vcpus = 2, .guests = 2, .quantum = 300});
    fake_vcpu(f, 1, 1)->state.run = HART_RUNNING;
    f->play = compute;
    u32 steps = 0, last = 0;
    for (u32 i = 0; i < 40; i++) { // guest 1's VCPU 0, quantum by quantum, until VCPU 1 gets its
                                   // turn after exactly 1000 steps
        fake_turn(f);
        const struct fake_run *r = &f->runs[f->run_count - 1];
        if (r->vm != 1)
            continue;
        if (r->vcpu != last) {
            CHECK(steps, ROUND_INSTRUCTIONS);
            steps = 0;
            last = r->vcpu;
        }
        steps += r->limit;
    }
    CU_ASSERT(fake_vcpu(f, 1, 1)->state.retired > 0);
    fake_free(f);
}

static void a_vm_whose_vcpus_are_all_stopped_is_stuck(void)
{
    struct fake *f = fake_new(NULL);
    struct hart_state *s = fake_hart(f);
    s->x[16] = 1; // HSM stop
    s->x[17] = 0x48534d;
    CHECK(fake_take(f, CAUSE_ECALL_U, 0), EVENT_EMULATE);
    fake_turn(f);
    CHECK(fake_vm(f, 1)->life, LIFE_STUCK);
    CHECK(f->off_why, POWER_FAILED);
    fake_free(f);
}

static void another_vcpu_is_told_when_it_gets_a_hart(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.guests = 2, .quantum = 500});
    f->play = compute;
    take_turns(f, 1);
    CHECK(fake_notes(f, EVENT_SCHEDULE), 1);
    CHECK(f->notes[0].vm, 1);
    take_turns(f, 1);
    CHECK(fake_notes(f, EVENT_SCHEDULE), 2);
    fake_free(f);
    f = fake_new(&(struct fake_plan){.quantum = 500});
    f->play = compute;
    take_turns(f, 10);
    CHECK(fake_notes(f, EVENT_SCHEDULE), 1); // alone it keeps the hart
    fake_free(f);
}

static void who_is_alone_is_not_interrupted_until_another_comes(void)
{
    struct fake *f = fake_new(&(struct fake_plan){.guests = 2, .quantum = 500});
    u32 wfi = fake_insn(INSN_wfi, 0, 0, 0, 0);
    fake_exit(f, (struct hw_exit){.ran = 500});
    fake_trap(f, CAUSE_ILLEGAL, wfi); // guest 2, with no interrupt enabled: for ever
    fake_exit(f, (struct hw_exit){.ran = 7000});
    take_turns(f, 4); // in the third it goes to wait
    CHECK(f->run_count, 3);
    CHECK(f->runs[2].vm, 1);
    CU_ASSERT(f->runs[2].limit > 1000000);
    fake_vcpu(f, 2, 0)->state.run = HART_RUNNING;
    struct turn t = fake_new_turn(f);
    schedule_ready(&t, gang_address(fake_vm_at(f, 2), 0));
    f->play = compute;
    take_turns(f, 2);
    CHECK(f->run_count, 5);
    for (u32 i = 3; i < 5; i++) {
        CHECK(f->runs[i].vm, i - 2);
        CHECK(f->runs[i].limit, 500);
    }
    fake_free(f);
}

const struct suite suite_schedule = {
    "vmm schedule",
    (const struct test[]){
        {"round-robin goes round in whole quanta", round_robin_goes_round_in_whole_quanta},
        {"exits use up the quantum too", exits_use_up_the_quantum_too},
        {"weighted shares follow the weights within 3 percent", weighted_shares_follow_the_weights},
        {"one that traps all the time gets its share and no more",
         one_that_traps_all_the_time_gets_its_share_and_no_more},
        {"a guest that waits in the queue saves one pay and no more",
         a_guest_that_waits_in_the_queue_saves_one_pay_and_no_more},
        {"whoever runs beyond its credit owes the rest",
         whoever_runs_beyond_its_credit_owes_the_rest},
        {"a guest that waits in wfi costs nothing", a_waiting_guest_costs_nothing},
        {"a hart idles though others have more than one to run",
         a_hart_idles_though_others_have_more_than_one_to_run},
        {"when all wait the hart idles until the first is due",
         when_all_wait_the_hart_idles_until_somebody_is_due},
        {"VCPUs that share a hart sleep until the first of them is due",
         vcpus_that_share_a_hart_sleep_until_the_first_of_them_is_due},
        {"a guest whose time has come runs beside those that compute",
         a_guest_whose_time_has_come_runs_beside_those_that_compute},
        {"console input wakes a guest that waits for it",
         a_guest_alone_in_wfi_with_nothing_to_come_waits_for_input},
        {"input for any VCPU of a gang wakes it", input_for_any_vcpu_of_a_gang_wakes_it},
        {"a guest kept to a hart runs nowhere else", a_gang_keeps_to_its_hart},
        {"pinned VCPUs have a gang and a hart each", pinned_vcpus_have_a_gang_and_a_hart_each},
        {"no VCPU of a VM that has ended runs again", no_vcpu_of_a_vm_that_has_ended_runs_again},
        {"an IPI to a pinned VCPU that waits kicks its hart",
         an_ipi_to_a_pinned_vcpu_that_waits_kicks_its_hart},
        {"VCPUs that share a hart take turns by the round rule",
         vcpus_that_share_a_hart_take_turns_by_the_round_rule},
        {"a turn in the round goes on over the end of a quantum",
         a_round_turn_counts_traps_and_survives_the_end_of_a_quantum},
        {"a VM whose VCPUs are all stopped is stuck", a_vm_whose_vcpus_are_all_stopped_is_stuck},
        {"who is alone is not interrupted until another comes",
         who_is_alone_is_not_interrupted_until_another_comes},
        {"a VCPU that gets a hart is told, once", another_vcpu_is_told_when_it_gets_a_hart},
        {0}}};
