// The rules of the hypervisor extension, as the manual has them: who may access what, traps and
// their way back, interrupts of both sides, two timers, and fences. What QEMU can be asked is in
// tests/test_h_qemu.sh; here is the rest, and what QEMU gets wrong.
// Read next: tests/test_mmu.c.
#include "isa/arch/h_extension.h"
#include "isa/board/sbi.h"
#include "tests/program.h"
#include "tests/suite.h"

#include <string.h>

struct pair {
    struct hart_state s;
    struct h_state h;
};

enum who { HS, U, VS, VU };

static struct pair fresh(enum who who)
{
    struct pair p;
    hart_reset(&p.s, 0x80400000, 0, 0);
    h_reset(&p.h);
    p.s.virt = who == VS || who == VU;
    p.s.mode = who == U || who == VU ? MODE_U : MODE_K;
    return p;
}

static u32 csr_insn(enum insn insn, u32 csr)
{
    return isa_encode((struct decoded){.insn = (u8)insn, .rd = 5, .rs1 = 6, .imm = (i32)csr});
}

static u32 read(struct pair *p, u32 csr)
{
    bool written;
    u32 word = isa_encode((struct decoded){.insn = INSN_csrrs, .rd = 5, .imm = (i32)csr});
    CU_ASSERT_EQUAL(h_csr_execute(&p->s, &p->h, word, hart_time(&p->s), &written), 0);
    return p->s.x[5];
}

static u32 write(struct pair *p, u32 csr, u32 value)
{
    bool written;
    p->s.x[6] = value;
    return h_csr_execute(&p->s, &p->h, csr_insn(INSN_csrrw, csr), hart_time(&p->s), &written);
}

// ---- who may access what

// The table of isa/arch/h_csr.c, row by row: what the access by a guest is refused with.
static u32 expected(const struct csr_info *c, enum who who, bool writes)
{
    bool guest = who == VS || who == VU, hypervisor = c->profile == ISA_H;
    bool timer = c->number == CSR_stimecmp || c->number == CSR_stimecmph;
    if (writes && c->read_only)
        return CAUSE_ILLEGAL;
    if (who == HS)
        return 0;
    if (!c->privileged) // a counter, with scounteren and hcounteren 0
        return guest ? CAUSE_VIRTUAL : CAUSE_ILLEGAL;
    if (who == U)
        return CAUSE_ILLEGAL;
    if (hypervisor || who == VU || timer)
        return CAUSE_VIRTUAL;
    return 0;
}

static void each_csr_is_for_whom_the_manual_says(void)
{
    for (u32 number = 0; number < 0x1000; number++)
        for (enum who who = HS; who <= VU; who++)
            for (u32 writes = 0; writes < 2; writes++) {
                const struct csr_info *c = isa_csr_find(number);
                struct pair p = fresh(who);
                p.s.scounteren = 0;
                struct pair before = p;
                bool written;
                u32 word = isa_encode(
                    (struct decoded){.insn = writes ? INSN_csrrw : INSN_csrrs, .imm = (i32)number});
                u32 cause = h_csr_execute(&p.s, &p.h, word, 0, &written);
                CU_ASSERT_EQUAL(cause, c ? expected(c, who, writes) : CAUSE_ILLEGAL);
                CU_ASSERT_EQUAL(written, !cause && writes);
                if (cause)
                    CU_ASSERT(!memcmp(&p, &before, sizeof p));
            }
}

static void the_vmm_can_take_satp_sfence_wfi_and_sret_from_the_guest(void)
{
    static const struct {
        enum insn insn;
        u32 control;
    } cases[] = {
        {INSN_sfence_vma, HSTATUS_VTVM}, {INSN_wfi, HSTATUS_VTW}, {INSN_sret, HSTATUS_VTSR}};
    for (size_t i = 0; i < 3; i++) {
        struct pair p = fresh(VS);
        CU_ASSERT_EQUAL(h_refuses(&p.s, &p.h, cases[i].insn), 0);
        p.h.hstatus = cases[i].control;
        CU_ASSERT_EQUAL(h_refuses(&p.s, &p.h, cases[i].insn), CAUSE_VIRTUAL);
        p.s.mode = MODE_U;
        p.h.hstatus = 0;
        CU_ASSERT_EQUAL(h_refuses(&p.s, &p.h, cases[i].insn), CAUSE_VIRTUAL);
        p.s.virt = false;
        CU_ASSERT_EQUAL(h_refuses(&p.s, &p.h, cases[i].insn), CAUSE_ILLEGAL);
    }
    struct pair p = fresh(VS);
    CU_ASSERT_EQUAL(write(&p, CSR_satp, 5), 0);
    p.h.hstatus = HSTATUS_VTVM;
    CU_ASSERT_EQUAL(write(&p, CSR_satp, 6), CAUSE_VIRTUAL);
    CU_ASSERT_EQUAL(p.s.satp, 5);
}

static void the_guest_has_a_timer_if_both_controls_say_so(void)
{
    for (u32 i = 0; i < 4; i++) {
        struct pair p = fresh(VS);
        p.h.hcounteren = i & 1 ? 2 : 5;
        p.h.henvcfgh = i & 2 ? HENVCFGH_STCE : 0;
        CU_ASSERT_EQUAL(write(&p, CSR_stimecmp, 77), i == 3 ? 0 : CAUSE_VIRTUAL);
        CU_ASSERT_EQUAL((u32)p.h.vstimecmp, i == 3 ? 77 : UINT32_MAX);
        CU_ASSERT_EQUAL(p.s.stimecmp, UINT64_MAX); // that of the VMM stays
    }
}

static void registers_keep_what_they_have(void)
{
    static const struct {
        u32 csr, kept;
    } cases[] = {
        {CSR_hstatus, 0x007003c0}, {CSR_hedeleg, 0xb1ff},      {CSR_hideleg, 0x444},
        {CSR_hie, 0x444},          {CSR_hvip, 0x444},          {CSR_hcounteren, 7},
        {CSR_henvcfg, 1},          {CSR_henvcfgh, 1u << 31},   {CSR_hgatp, 0x9ffffffc},
        {CSR_vsepc, ~3u},          {CSR_vsstatus, 0x000c0122}, {CSR_hgeie, 0},
        {CSR_htval, ~0u},          {CSR_htinst, ~0u},          {CSR_vsatp, ~0u},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pair p = fresh(HS);
        CU_ASSERT_EQUAL(write(&p, cases[i].csr, ~0u), 0);
        CU_ASSERT_EQUAL(read(&p, cases[i].csr), cases[i].kept);
    }
    struct pair p = fresh(HS);
    write(&p, CSR_vstvec, 0x1000);
    write(&p, CSR_vstvec, 0x2002); // a mode that does not exist
    CU_ASSERT_EQUAL(read(&p, CSR_vstvec), 0x1000);
}

static void the_guests_names_are_the_vmms_vs_registers(void)
{
    static const u32 names[][2] = {
        {CSR_sstatus, CSR_vsstatus},     {CSR_stvec, CSR_vstvec},   {CSR_sscratch, CSR_vsscratch},
        {CSR_sepc, CSR_vsepc},           {CSR_scause, CSR_vscause}, {CSR_stval, CSR_vstval},
        {CSR_satp, CSR_vsatp},           {CSR_sie, CSR_vsie},       {CSR_stimecmp, CSR_vstimecmp},
        {CSR_stimecmph, CSR_vstimecmph},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pair p = fresh(HS);
        p.h.hideleg = IP_VS;
        p.h.hcounteren = 2;
        p.h.henvcfgh = HENVCFGH_STCE;
        write(&p, names[i][1], 0x120);
        p.h.hstatus = HSTATUS_SPV;
        p.s.sstatus = SSTATUS_SPP;
        h_trap_return(&p.s, &p.h); // into the guest
        CU_ASSERT_EQUAL_FATAL(p.s.virt, true);
        u32 value = names[i][0] == CSR_sie ? 0x20 : 0x120;
        CU_ASSERT_EQUAL(read(&p, names[i][0]), value);
        write(&p, names[i][0], 0x100);
        h_trap_enter(&p.s, &p.h, &(struct h_trap){.cause = CAUSE_VIRTUAL});
        CU_ASSERT_EQUAL(p.s.virt, false);
        CU_ASSERT_EQUAL(read(&p, names[i][1]), names[i][0] == CSR_sie ? 0 : 0x100);
    }
}

static void time_is_moved_and_cycle_is_not(void)
{
    struct pair p = fresh(VS);
    p.h.hcounteren = 7;
    p.h.htimedelta = 0x100000010u;
    p.s.retired = 5;
    CU_ASSERT_EQUAL(read(&p, CSR_time), 0x15);
    CU_ASSERT_EQUAL(read(&p, CSR_timeh), 1);
    CU_ASSERT_EQUAL(read(&p, CSR_cycle), 5);
    CU_ASSERT_EQUAL(read(&p, CSR_instret), 5);
}

// ---- traps

static void a_trap_of_a_guest_is_kept_for_the_way_back(void)
{
    for (enum who who = VS; who <= VU; who++) {
        struct pair p = fresh(who), before = p;
        p.h.other.stvec = 0x80100001; // vectored, which counts for interrupts only
        p.s.stvec = 0x40000000;
        p.s.sstatus = SSTATUS_SIE;
        p.h.other.sstatus = SSTATUS_SIE;
        const struct h_trap trap = {CAUSE_GUEST_LOAD_PAGE, 0x1234, true, 0x99, HTINST_READ};
        before = p;
        CU_ASSERT(h_trap_enter(&p.s, &p.h, &trap));
        CU_ASSERT_EQUAL(p.s.pc, 0x80100000);
        CU_ASSERT_EQUAL(p.s.virt, false);
        CU_ASSERT_EQUAL(p.s.mode, MODE_K);
        CU_ASSERT_EQUAL(p.s.scause, CAUSE_GUEST_LOAD_PAGE);
        CU_ASSERT_EQUAL(p.s.stval, 0x1234);
        CU_ASSERT_EQUAL(p.s.sepc, 0x80400000);
        CU_ASSERT_EQUAL(p.h.htval, 0x99);
        CU_ASSERT_EQUAL(p.h.htinst, 0x2000);
        CU_ASSERT_EQUAL(p.h.hstatus, HSTATUS_SPV | HSTATUS_GVA | (who == VS ? HSTATUS_SPVP : 0));
        CU_ASSERT_EQUAL(p.s.sstatus, SSTATUS_SPIE | (who == VS ? SSTATUS_SPP : 0));
        h_trap_return(&p.s, &p.h);
        CU_ASSERT_EQUAL(p.s.virt, true);
        CU_ASSERT_EQUAL(p.s.mode, before.s.mode);
        CU_ASSERT_EQUAL(p.s.pc, 0x80400000);
        CU_ASSERT_EQUAL(p.s.stvec, 0x40000000);
        CU_ASSERT_EQUAL(p.s.sstatus, SSTATUS_SIE);
        CU_ASSERT_EQUAL(p.h.other.sstatus, SSTATUS_SIE | SSTATUS_SPIE);
        CU_ASSERT_EQUAL(p.h.hstatus & HSTATUS_SPV, 0);
    }
}

static void a_trap_of_the_vmm_leaves_spvp(void)
{
    struct pair p = fresh(U);
    p.h.hstatus = HSTATUS_SPV | HSTATUS_SPVP | HSTATUS_GVA;
    p.h.htval = p.h.htinst = 7;
    h_trap_enter(&p.s, &p.h, &(struct h_trap){.cause = CAUSE_ECALL_U});
    CU_ASSERT_EQUAL(p.h.hstatus, HSTATUS_SPVP);
    CU_ASSERT_EQUAL(p.h.htval | p.h.htinst, 0);
    CU_ASSERT_EQUAL(p.s.sstatus & SSTATUS_SPP, 0);
}

static void delegated_traps_touch_the_guests_registers_alone(void)
{
    struct pair p = fresh(VU);
    p.h.hedeleg = 1u << CAUSE_ECALL_U;
    p.h.hideleg = IP_VS;
    p.s.stvec = 0x40000001;
    p.h.hstatus = HSTATUS_HU;
    struct h_state before = p.h;
    CU_ASSERT(h_trap_enter(&p.s, &p.h, &(struct h_trap){.cause = CAUSE_ECALL_U}));
    CU_ASSERT(!memcmp(&p.h, &before, sizeof before));
    CU_ASSERT_EQUAL(p.s.virt, true);
    CU_ASSERT_EQUAL(p.s.mode, MODE_K);
    CU_ASSERT_EQUAL(p.s.scause, CAUSE_ECALL_U);
    // The guest knows its interrupts by its own numbers: 9, 1 and 5.
    CU_ASSERT(h_trap_enter(&p.s, &p.h, &(struct h_trap){.cause = CAUSE_GUEST_TIMER}));
    CU_ASSERT_EQUAL(p.s.scause, CAUSE_TIMER);
    CU_ASSERT_EQUAL(p.s.pc, 0x40000000 + 4 * 5);
    // From V = 0 nothing is delegated.
    p.s.virt = false;
    CU_ASSERT_FALSE(h_is_delegated(&p.s, &p.h, CAUSE_ECALL_U));
}

// ---- interrupts

static void interrupts_of_the_vmm_come_first(void)
{
    static const struct {
        u32 sip, hvip, hideleg;
        bool external;
        u32 cause;
    } cases[] = {
        {IP_SSIP, IP_VS, IP_VS, true, CAUSE_EXTERNAL},
        {IP_SSIP, IP_VS, IP_VS, false, CAUSE_SOFTWARE},
        {0, IP_VS, IP_VS, false, CAUSE_GUEST_EXTERNAL},
        {0, IP_VSSIP | IP_VSTIP, IP_VS, false, CAUSE_GUEST_SOFTWARE},
        {0, IP_VSTIP, IP_VS, false, CAUSE_GUEST_TIMER},
        {0, IP_VS, IP_VS & ~IP_VSTIP, false, CAUSE_GUEST_TIMER}, // not delegated: to the VMM
        {0, 0, IP_VS, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pair p = fresh(VS);
        p.s.sstatus = SSTATUS_SIE;
        p.s.sie = IP_SSIP | IP_STIP | IP_SEIP;
        p.h.hie = IP_VS;
        p.s.sip = cases[i].sip;
        p.s.external = cases[i].external;
        p.h.hvip = cases[i].hvip;
        p.h.hideleg = cases[i].hideleg;
        CU_ASSERT_EQUAL(h_interrupt(&p.s, &p.h, 0), cases[i].cause);
    }
}

static void who_is_open_to_which_interrupt(void)
{
    for (enum who who = HS; who <= VU; who++)
        for (u32 sie = 0; sie < 2; sie++)
            for (u32 delegated = 0; delegated < 2; delegated++) {
                struct pair p = fresh(who);
                p.s.sstatus = sie ? SSTATUS_SIE : 0; // of whoever runs
                p.h.hie = IP_VSSIP;
                p.h.hvip = IP_VSSIP;
                p.h.hideleg = delegated ? IP_VSSIP : 0;
                bool open = who == U || who == VU || sie;
                bool taken = delegated ? p.s.virt && open : p.s.virt || open;
                CU_ASSERT_EQUAL(h_interrupt(&p.s, &p.h, 0), taken ? CAUSE_GUEST_SOFTWARE : 0);
                p.h.hvip = 0;
                p.s.sie = p.s.sip = IP_SSIP;
                CU_ASSERT_EQUAL(h_interrupt(&p.s, &p.h, 0), p.s.virt || open ? CAUSE_SOFTWARE : 0);
            }
}

static void the_guest_sees_its_interrupts_where_sip_has_them(void)
{
    struct pair p = fresh(VS);
    p.h.hvip = IP_VS;
    p.h.hideleg = IP_VSSIP | IP_VSEIP;
    CU_ASSERT_EQUAL(read(&p, CSR_sip), IP_SSIP | IP_SEIP);
    write(&p, CSR_sip, 0);
    CU_ASSERT_EQUAL(p.h.hvip, IP_VSTIP | IP_VSEIP);
    write(&p, CSR_sie, ~0u);
    CU_ASSERT_EQUAL(p.h.hie, IP_VSSIP | IP_VSEIP);
    CU_ASSERT_EQUAL(p.s.sie, 0);
    p.s.virt = false;
    write(&p, CSR_hip, IP_VSSIP);
    CU_ASSERT_EQUAL(p.h.hvip, IP_VS);
}

static void the_guests_timer_goes_by_the_guests_time(void)
{
    struct pair p = fresh(HS);
    p.h.hie = IP_VSTIP;
    p.h.vstimecmp = 100;
    p.h.htimedelta = (u64)-20;
    CU_ASSERT_EQUAL(h_pending(&p.h, 119), 0);
    CU_ASSERT_EQUAL(h_pending(&p.h, 10), 0); // without STCE it has none
    p.h.henvcfgh = HENVCFGH_STCE;
    p.s.retired = 30;
    CU_ASSERT_EQUAL(h_pending(&p.h, 119), 0);
    CU_ASSERT_EQUAL(h_pending(&p.h, 120), IP_VSTIP);
    CU_ASSERT_EQUAL(h_pending(&p.h, 10), IP_VSTIP); // 10 - 20 is a very late time
    CU_ASSERT_EQUAL(h_deadline(&p.s, &p.h), 120);
    CU_ASSERT(h_awake(&p.s, &p.h, 120));
    CU_ASSERT_FALSE(h_awake(&p.s, &p.h, 119));
    p.h.vstimecmp = UINT64_MAX;
    CU_ASSERT_EQUAL(h_deadline(&p.s, &p.h), UINT64_MAX);
}

// ---- machines

static struct machine *machine_of(const char *text, u32 harts)
{
    struct machine_config config = machine_config_default();
    config.profile = ISA_H;
    config.harts = harts;
    return program_machine(text, &config);
}

// A guest whose trap handler cannot be fetched traps for ever. It stops itself, not its VMM.
static void a_storm_of_a_guest_ends_with_an_interrupt_of_the_vmm(void)
{
    struct machine *m = machine_of(
        " la t0, trap\n csrw stvec, t0\n li t0, 0x1000\n csrw hedeleg, t0\n li t0, 0x20\n"
        " csrw sie, t0\n li t0, 5000\n csrw stimecmp, t0\n csrw stimecmph, zero\n"
        " li t0, 0x180\n csrw hstatus, t0\n li t0, 0x100\n csrw sstatus, t0\n la t0, root\n"
        " srli t0, t0, 12\n li t1, 0x80000000\n or t0, t0, t1\n csrw vsatp, t0\n sret\n"
        " .balign 4\ntrap: csrr s0, scause\n rdtime s1\n" POWER_OFF_TEXT
        " .balign 4096\nroot: .space 4096\n",
        1);
    CU_ASSERT_EQUAL(machine_run(m, 100000), STOP_POWER);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[X_S0], CAUSE_TIMER);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[X_S1], 5001); // csrr s0 is the 5,001st tick
    CU_ASSERT(machine_steps(m) < 100);
    machine_free(m);
}

static void a_guest_that_storms_with_nobody_to_come_is_stuck(void)
{
    struct machine *m =
        machine_of(" li t0, 0x1000\n csrw hedeleg, t0\n li t0, 0x180\n"
                   " csrw hstatus, t0\n li t0, 0x80000000\n csrw vsatp, t0\n sret\n",
                   1);
    CU_ASSERT_EQUAL(machine_run(m, 100000), STOP_STUCK);
    CU_ASSERT_EQUAL(machine_stuck(m, NULL), STUCK_STORM);
    machine_free(m);
}

// Loads through a guest's tables, a change of the second stage, and the fences that make it count:
// by hfence.gvma, and by the firmware for another hart's sake.
#define GUEST_LOADS                                                                               \
    " la t0, trap\n csrw stvec, t0\n la s2, g_root\n la t0, g_leaf\n srli t0, t0, 2\n"            \
    " ori t0, t0, 1\n li t1, 0x804\n add t1, s2, t1\n sw t0, 0(t1)\n la s3, g_leaf\n mv t0, s3\n" \
    " li t1, 0x201000df\n li t2, 1024\n1: sw t1, 0(t0)\n addi t1, t1, 0x400\n addi t0, t0, 4\n"   \
    " addi t2, t2, -1\n bnez t2, 1b\n srli t0, s2, 12\n li t1, 0x80000000\n or t0, t0, t1\n"      \
    " csrw hgatp, t0\n li s8, 0\n call guest\n mv s4, a0\n li t1, 0x80500000\n li t0, 7\n"        \
    " sw t0, 0(t1)\n li t0, 0x201400df\n li t1, 0x400\n add s9, s3, t1\n sw t0, -4(s9)\n"         \
    " call guest\n mv s5, a0\n"
// A guest that loads from 0x804ff000, with s8 in the VMM's sstatus; a0 is 99 if it could not.
#define GUEST_END                                                                         \
    " call guest\n mv s6, a0\n" POWER_OFF_TEXT                                            \
    "guest: mv s7, ra\n li t0, 0x180\n csrw hstatus, t0\n li t0, 0x100\n or t0, t0, s8\n" \
    " csrw sstatus, t0\n la t0, inside\n csrw sepc, t0\n li a1, 0x804ff000\n li a0, 99\n" \
    " sret\ninside: lw a0, 0(a1)\n ecall\n .balign 4\ntrap: jr s7\n .balign 16384\n"      \
    "g_root: .space 16384\ng_leaf: .space 4096\n"

static void a_new_second_stage_counts_after_hfence_gvma(void)
{
    struct machine *m = machine_of(GUEST_LOADS " hfence.gvma\n" GUEST_END, 1);
    CU_ASSERT_EQUAL(machine_run(m, 100000), STOP_POWER);
    const u32 *x = machine_hart(m, 0)->x;
    CU_ASSERT_EQUAL(x[20], 0);
    CU_ASSERT_EQUAL(x[21], 0); // the old translation, until the fence
    CU_ASSERT_EQUAL(x[22], 7);
    machine_free(m);
}

static void hfence_gvma_with_a_vmid_is_for_that_vmid_alone(void)
{
    for (u32 vmid = 0; vmid < 3; vmid++) { // hgatp has 0
        char text[4096];
        snprintf(text, sizeof text, GUEST_LOADS " li t0, %u\n hfence.gvma zero, t0\n" GUEST_END,
                 vmid);
        struct machine *m = machine_of(text, 1);
        CU_ASSERT_EQUAL(machine_run(m, 100000), STOP_POWER);
        CU_ASSERT_EQUAL(machine_hart(m, 0)->x[22], vmid ? 0 : 7);
        machine_free(m);
    }
}

// What the guest could read by the VMM's MXR it can no longer read without, and no fence is needed.
static void the_tlb_keeps_the_vmms_mxr_apart(void)
{
    struct machine *m = machine_of(GUEST_LOADS " li t0, 0x201400d9\n sw t0, -4(s9)\n hfence.gvma\n"
                                               " li s8, 0x80000\n call guest\n mv s10, a0\n"
                                               " li s8, 0\n" GUEST_END,
                                   1);
    CU_ASSERT_EQUAL(machine_run(m, 100000), STOP_POWER);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[26], 7);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[22], 99);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->scause, CAUSE_GUEST_LOAD_PAGE);
    machine_free(m);
}

// hlvx reads as a fetch does, and no device holds instructions.
static void hlvx_reads_no_device(void)
{
    struct machine *m = machine_of(" la t0, trap\n csrw stvec, t0\n li a1, 0x10000004\n li a0, 99\n"
                                   " hlv.bu a0, (a1)\n mv s2, a0\n hlvx.hu a0, (a1)\n"
                                   " .balign 4\ntrap: csrr s3, scause\n csrr s4, stval\n"
                                   " csrr s5, hstatus\n" POWER_OFF_TEXT,
                                   1);
    CU_ASSERT_EQUAL(machine_run(m, 1000), STOP_POWER);
    const u32 *x = machine_hart(m, 0)->x;
    CU_ASSERT_EQUAL(x[18], 0); // the UART's modem control register
    CU_ASSERT_EQUAL(x[19], CAUSE_LOAD_ACCESS);
    CU_ASSERT_EQUAL(x[20], 0x10000004);
    CU_ASSERT_EQUAL(x[21], HSTATUS_GVA);
    machine_free(m);
}

static void the_firmware_fences_guests_on_other_harts(void)
{
    static const char *const calls[] = {"li a6, 3\n li a4, 0", "li a6, 4", "li a6, 5\n li a4, 9",
                                        "li a6, 6"};
    for (u32 i = 0; i < 4; i++) {
        char text[4096];
        snprintf(text, sizeof text,
                 GUEST_LOADS " li a7, 0x52464e43\n li a0, 1\n li a1, 0\n li a2, 0\n li a3, 0\n %s\n"
                             " ecall\n mv s11, a0\n" GUEST_END,
                 calls[i]);
        struct machine *m = machine_of(text, 1);
        CU_ASSERT_EQUAL(machine_run(m, 100000), STOP_POWER);
        const u32 *x = machine_hart(m, 0)->x;
        CU_ASSERT_EQUAL(x[27], SBI_OK);
        // The fence by ASID leaves translations of a guest whose own tables are off.
        CU_ASSERT_EQUAL(x[22], i == 2 ? 0 : 7);
        machine_free(m);
    }
    struct machine *m = program_run(" li a7, 0x52464e43\n li a6, 4\n li a0, 1\n li a1, 0\n ecall\n"
                                    " mv s8, a0\n" POWER_OFF_TEXT,
                                    100);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[24], (u32)SBI_NOT_SUPPORTED);
    machine_free(m);
}

const struct suite suite_h = {
    "h",
    (const struct test[]){
        {"each CSR is for whom the manual says", each_csr_is_for_whom_the_manual_says},
        {"the VMM can take satp, sfence, wfi and sret from the guest",
         the_vmm_can_take_satp_sfence_wfi_and_sret_from_the_guest},
        {"the guest has a timer if both controls say so",
         the_guest_has_a_timer_if_both_controls_say_so},
        {"registers keep what they have", registers_keep_what_they_have},
        {"the guest's names are the VMM's vs registers",
         the_guests_names_are_the_vmms_vs_registers},
        {"time is moved and cycle is not", time_is_moved_and_cycle_is_not},
        {"a trap of a guest is kept for the way back", a_trap_of_a_guest_is_kept_for_the_way_back},
        {"a trap of the VMM leaves SPVP", a_trap_of_the_vmm_leaves_spvp},
        {"delegated traps touch the guest's registers alone",
         delegated_traps_touch_the_guests_registers_alone},
        {"interrupts of the VMM come first", interrupts_of_the_vmm_come_first},
        {"who is open to which interrupt", who_is_open_to_which_interrupt},
        {"the guest sees its interrupts where sip has them",
         the_guest_sees_its_interrupts_where_sip_has_them},
        {"the guest's timer goes by the guest's time", the_guests_timer_goes_by_the_guests_time},
        {"a storm of a guest ends with an interrupt of the VMM",
         a_storm_of_a_guest_ends_with_an_interrupt_of_the_vmm},
        {"a guest that storms with nobody to come is stuck",
         a_guest_that_storms_with_nobody_to_come_is_stuck},
        {"a new second stage counts after hfence.gvma",
         a_new_second_stage_counts_after_hfence_gvma},
        {"hfence.gvma with a VMID is for that VMID alone",
         hfence_gvma_with_a_vmid_is_for_that_vmid_alone},
        {"the TLB keeps the VMM's MXR apart", the_tlb_keeps_the_vmms_mxr_apart},
        {"hlvx reads no device", hlvx_reads_no_device},
        {"the firmware fences guests on other harts", the_firmware_fences_guests_on_other_harts},
        {0},
    },
};
