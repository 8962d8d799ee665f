// A firmware for `qemu-system-riscv32 -M virt`, so that the guest kernels, which know no mode M,
// run on a machine that nobody here wrote. It gives mode S what T32 has from the start (all of
// memory, its own traps, timer and counters), and answers SBI calls.
//
//     hart 0:  reset -> shim_start -> kernel at 0x80400000, in S, a0 = 0, a1 = device tree
//     others:  reset -> shim_start -> hart_wait ... until the kernel starts them (HSM)
//     a call:  ecall in S -> trap_entry (start.s) -> shim_trap -> one row of `extensions`
//
// Source: RISC-V SBI Specification 1.0, and 2.0 for DBCN.
// Read next: tests/fuzz/configurations.c.
#include "isa/types.h"

#define KERNEL 0x80400000u
#define HARTS 8
#define STACK 4096u // as in start.s

#define TEST_DEVICE ((volatile u32 *)0x00100000u)
#define CLINT_MSIP ((volatile u32 *)0x02000000u)
#define UART ((volatile u8 *)0x10000000u)

#define MSTATUS_MPP 0x1800u
#define MSTATUS_MPP_S 0x0800u
#define MSTATUS_MPIE 0x80u
#define MSTATUSH_MPV 0x80u // the trap came from V = 1
#define MISA_H 0x80u
#define IRQ_M_SOFT 3u
#define SSIP 2u

enum { SBI_OK = 0, SBI_FAILED = -1, SBI_UNSUPPORTED = -2, SBI_INVALID = -3, SBI_AVAILABLE = -6 };
enum { HART_STARTED = 0, HART_STOPPED = 1, HART_START_PENDING = 2 }; // as the SBI numbers them
enum {
    ASK_IPI = 1,
    ASK_FENCE = 2,
    ASK_FENCE_I = 4,
    ASK_HFENCE = 8
}; // what one hart asks of another

// What harts know of each other. `asked` is the only word that two harts write: by AMO alone.
struct hart {
    volatile u32 here; // it has come out of reset
    volatile u32 status, start, opaque, asked;
};
static struct hart harts[HARTS];

struct result {
    i32 error;
    u32 value;
};

void shim_enter(u32 hart, u32 opaque, u32 stack) __attribute__((noreturn));
extern u8 stacks[];

// Macros because the CSR's name is part of the instruction.
#define csr_read(csr)                                      \
    ({                                                     \
        u32 value_;                                        \
        __asm__ volatile("csrr %0, " #csr : "=r"(value_)); \
        value_;                                            \
    })
#define csr_write(csr, value) __asm__ volatile("csrw " #csr ", %0" ::"r"((u32)(value)) : "memory")
#define csr_set(csr, bits) __asm__ volatile("csrs " #csr ", %0" ::"r"((u32)(bits)) : "memory")
#define csr_clear(csr, bits) __asm__ volatile("csrc " #csr ", %0" ::"r"((u32)(bits)) : "memory")

// ---- the board

static void uart_put(u8 byte)
{
    while (!(UART[5] & 0x20))
        ;
    UART[0] = byte;
}

static i32 uart_get(void)
{
    return (UART[5] & 1) ? UART[0] : -1;
}

static void __attribute__((noreturn)) power_off(u32 word)
{
    *TEST_DEVICE = word;
    for (;;)
        __asm__ volatile("wfi");
}

static void timer_set(u32 low, u32 high)
{
    csr_write(stimecmp, 0xffffffffu); // never a moment with a deadline that nobody meant
    csr_write(stimecmph, high);
    csr_write(stimecmp, low);
}

static bool has_hypervisor(void)
{
    return csr_read(misa) & MISA_H;
}

// ---- other harts

// Does what others asked of this hart. Called from its interrupt, and wherever it waits for another
// one.
static void hart_serve(u32 me)
{
    CLINT_MSIP[me] = 0;
    u32 asked = __atomic_exchange_n(&harts[me].asked, 0, __ATOMIC_SEQ_CST);
    if (asked & ASK_FENCE)
        __asm__ volatile("sfence.vma" ::: "memory");
    if (asked & ASK_FENCE_I)
        __asm__ volatile("fence.i" ::: "memory");
    // hfence.vvma and hfence.gvma of everything. The assembler has no names for them.
    if (asked & ASK_HFENCE)
        __asm__ volatile(".insn r 0x73, 0, 0x11, x0, x0, x0\n\t"
                         ".insn r 0x73, 0, 0x31, x0, x0, x0" ::
                             : "memory");
    if (asked & ASK_IPI)
        csr_set(mip, SSIP);
}

static void hart_ask(u32 me, u32 hart, u32 what)
{
    __atomic_fetch_or(&harts[hart].asked, what, __ATOMIC_SEQ_CST);
    if (hart == me)
        hart_serve(me);
    else
        CLINT_MSIP[hart] = 1;
    while (what != ASK_IPI && (harts[hart].asked & what) && harts[hart].status == HART_STARTED)
        if (harts[me].asked)
            hart_serve(me);
}

// Stopped until another hart says where to start; then into the kernel.
static void __attribute__((noreturn)) hart_wait(u32 me)
{
    harts[me].status = HART_STOPPED;
    harts[me].here = 1;
    while (harts[me].status != HART_START_PENDING) {
        __asm__ volatile("wfi");
        CLINT_MSIP[me] = 0;
    }
    harts[me].asked = 0;
    harts[me].status = HART_STARTED;
    csr_write(satp, 0);
    csr_write(sstatus, 0);
    csr_write(sie, 0);
    csr_write(mepc, harts[me].start);
    csr_clear(mstatus, MSTATUS_MPP);
    csr_set(mstatus, MSTATUS_MPP_S | MSTATUS_MPIE);
    shim_enter(me, harts[me].opaque, (u32)(stacks + STACK * (me + 1)));
}

static bool hart_exists(u32 hart)
{
    return hart < HARTS && harts[hart].here;
}

// Asks the harts of (mask, base); base all ones means everybody.
static struct result harts_ask(u32 me, u32 mask, u32 base, u32 what)
{
    for (u32 hart = 0; hart < HARTS; hart++) {
        bool named = base == 0xffffffffu ||
                     (hart >= base && hart - base < 32 && (mask >> (hart - base) & 1));
        if (named && hart_exists(hart) && harts[hart].status == HART_STARTED)
            hart_ask(me, hart, what);
    }
    return (struct result){SBI_OK, 0};
}

// ---- the extensions: each gets a0 to a7 in `a`

static struct result call_base(u32 me, u32 *a);

static struct result call_time(u32 me, u32 *a)
{
    (void)me;
    if (a[6] != 0)
        return (struct result){SBI_UNSUPPORTED, 0};
    timer_set(a[0], a[1]);
    return (struct result){SBI_OK, 0};
}

static struct result call_ipi(u32 me, u32 *a)
{
    return a[6] == 0 ? harts_ask(me, a[0], a[1], ASK_IPI) : (struct result){SBI_UNSUPPORTED, 0};
}

static struct result call_rfence(u32 me, u32 *a)
{
    // A range is never wrong to widen.
    static const u32 what[] = {ASK_FENCE_I, ASK_FENCE,  ASK_FENCE, ASK_HFENCE,
                               ASK_HFENCE,  ASK_HFENCE, ASK_HFENCE};
    u32 functions = has_hypervisor() ? 7 : 3;
    return a[6] < functions ? harts_ask(me, a[0], a[1], what[a[6]])
                            : (struct result){SBI_UNSUPPORTED, 0};
}

static struct result hart_start(u32 hart, u32 start, u32 opaque)
{
    if (!hart_exists(hart))
        return (struct result){SBI_INVALID, 0};
    if (harts[hart].status != HART_STOPPED)
        return (struct result){SBI_AVAILABLE, 0};
    harts[hart].start = start;
    harts[hart].opaque = opaque;
    __atomic_store_n(&harts[hart].status, HART_START_PENDING, __ATOMIC_SEQ_CST);
    CLINT_MSIP[hart] = 1;
    return (struct result){SBI_OK, 0};
}

static struct result call_hsm(u32 me, u32 *a)
{
    switch (a[6]) {
    case 0:
        return hart_start(a[0], a[1], a[2]);
    case 1:
        hart_wait(me);
    case 2:
        return hart_exists(a[0]) ? (struct result){SBI_OK, harts[a[0]].status}
                                 : (struct result){SBI_INVALID, 0};
    default:
        return (struct result){SBI_UNSUPPORTED, 0};
    }
}

static struct result call_reset(u32 me, u32 *a)
{
    (void)me;
    if (a[6] != 0)
        return (struct result){SBI_UNSUPPORTED, 0};
    if (a[0] > 2 || a[1] > 1)
        return (struct result){SBI_INVALID, 0};
    if (a[0] != 0)
        power_off(0x7777); // start again
    power_off(a[1] == 0 ? 0x5555 : 0x13333);
}

static struct result call_console(u32 me, u32 *a)
{
    (void)me;
    u8 *bytes = (u8 *)a[1];
    u32 done = 0;
    switch (a[6]) {
    case 0:
        for (; done < a[0]; done++)
            uart_put(bytes[done]);
        return (struct result){SBI_OK, done};
    case 1:
        for (i32 byte; done < a[0] && (byte = uart_get()) >= 0; done++)
            bytes[done] = (u8)byte;
        return (struct result){SBI_OK, done};
    case 2:
        uart_put((u8)a[0]);
        return (struct result){SBI_OK, 0};
    default:
        return (struct result){SBI_UNSUPPORTED, 0};
    }
}

// The calls of SBI 0.1 have one result, in a0.
static struct result call_legacy(u32 me, u32 *a)
{
    (void)me;
    switch (a[7]) {
    case 0:
        timer_set(a[0], a[1]);
        break;
    case 1:
        uart_put((u8)a[0]);
        break;
    case 2:
        return (struct result){uart_get(), a[1]};
    case 3:
        csr_clear(mip, SSIP);
        break;
    case 8:
        power_off(0x5555);
    default:
        return (struct result){SBI_UNSUPPORTED, a[1]};
    }
    return (struct result){SBI_OK, a[1]};
}

static const struct extension {
    u32 first, last; // numbers of the extension
    struct result (*call)(u32 me, u32 *a);
} extensions[] = {
    {0, 3, call_legacy},
    {8, 8, call_legacy},
    {0x10, 0x10, call_base},
    {0x54494d45, 0x54494d45, call_time},
    {0x735049, 0x735049, call_ipi},
    {0x52464e43, 0x52464e43, call_rfence},
    {0x48534d, 0x48534d, call_hsm},
    {0x53525354, 0x53525354, call_reset},
    {0x4442434e, 0x4442434e, call_console},
};

static const struct extension *extension_find(u32 number)
{
    for (u32 i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        if (number >= extensions[i].first && number <= extensions[i].last)
            return &extensions[i];
    return NULL;
}

static struct result call_base(u32 me, u32 *a)
{
    (void)me;
    switch (a[6]) {
    case 0:
        return (struct result){SBI_OK, 0x02000000}; // version 2.0: the one that has DBCN
    case 3:
        return (struct result){SBI_OK, extension_find(a[0]) != NULL};
    case 1: // implementation, its version, and the vendor, architecture and implementation of the
            // CPU: none to speak of
    case 2:
    case 4:
    case 5:
    case 6:
        return (struct result){SBI_OK, 0};
    default:
        return (struct result){SBI_UNSUPPORTED, 0};
    }
}

// ---- exceptions that QEMU delegates wrongly

// QEMU 7.2 gives an exception that hedeleg hands to a guest another number if its own number is
// that of a guest's interrupt, less one: 1 for 2, 5 for 6. So the firmware keeps exceptions 2 and
// 6, and delivers them as the manual says.
#define ILLEGAL 2u
#define MISALIGNED_STORE 6u
#define KEPT (1u << ILLEGAL | 1u << MISALIGNED_STORE)

// Fields of sstatus, and of hstatus.
#define SIE 0x2u
#define SPIE 0x20u
#define SPP 0x100u
#define SPV 0x80u // of hstatus
#define SPVP 0x100u
#define GVA 0x40u

// sstatus after a trap: SPIE <- SIE, SIE <- 0, SPP <- the mode that the trap came from.
static u32 status_after_trap(u32 status, bool from_supervisor)
{
    u32 after = status & ~(SIE | SPIE | SPP);
    return after | (status & SIE ? SPIE : 0) | (from_supervisor ? SPP : 0);
}

static void deliver_to_guest(u32 cause, bool from_supervisor)
{
    csr_write(vsepc, csr_read(mepc));
    csr_write(vscause, cause);
    csr_write(vstval, csr_read(mtval));
    csr_write(vsstatus, status_after_trap(csr_read(vsstatus), from_supervisor));
    csr_write(mepc, csr_read(vstvec) & ~3u);
}

static void deliver_to_kernel(u32 cause, bool from_supervisor, bool from_guest)
{
    u32 hstatus = csr_read(hstatus) & ~(SPV | GVA);
    if (from_guest)
        hstatus = (hstatus & ~SPVP) | SPV | (from_supervisor ? SPVP : 0);
    if (from_guest && cause == MISALIGNED_STORE) // the only one of the two that has an address
        hstatus |= GVA;
    csr_write(hstatus, hstatus);
    csr_write(htval, 0);
    csr_write(htinst, 0);
    csr_write(sepc, csr_read(mepc));
    csr_write(scause, cause);
    csr_write(stval, csr_read(mtval));
    csr_write(sstatus, status_after_trap(csr_read(sstatus), from_supervisor));
    csr_write(mepc, csr_read(stvec) & ~3u);
    csr_clear(mstatush, MSTATUSH_MPV);
}

static void deliver(u32 cause)
{
    bool from_supervisor = csr_read(mstatus) & MSTATUS_MPP;
    bool from_guest = csr_read(mstatush) & MSTATUSH_MPV;
    if (from_guest && (csr_read(hedeleg) >> cause & 1))
        deliver_to_guest(cause, from_supervisor);
    else
        deliver_to_kernel(cause, from_supervisor, from_guest);
    csr_clear(mstatus, MSTATUS_MPP); // both handlers run in mode S
    csr_set(mstatus, MSTATUS_MPP_S);
}

// ---- entry points from start.s

void shim_trap(u32 *a)
{
    u32 me = csr_read(mhartid), cause = csr_read(mcause);
    if (cause == (0x80000000u | IRQ_M_SOFT)) {
        hart_serve(me);
        return;
    }
    if (cause < 32 && (KEPT >> cause & 1) && (csr_read(misa) & MISA_H)) {
        deliver(cause);
        return;
    }
    if (cause != 9) { // all but the kernel's own calls is delegated to it: this is our mistake
        for (const char *s = "shim: unexpected trap in mode M\n"; *s; s++)
            uart_put((u8)*s);
        power_off(0x13333);
    }
    csr_write(mepc, csr_read(mepc) + 4);
    const struct extension *extension = extension_find(a[7]);
    struct result result = extension ? extension->call(me, a) : (struct result){SBI_UNSUPPORTED, 0};
    a[0] = (u32)result.error;
    a[1] = result.value;
}

// How many harts the device tree names: a node's name is a token of its own, so "cpu@" stands at a
// multiple of 4.
static u32 harts_named(const u32 *tree)
{
    u32 count = 0, words = __builtin_bswap32(tree[1]) / 4;
    for (u32 i = 0; i < words; i++)
        count += tree[i] == 0x40757063; // "cpu@", little-endian
    return count < HARTS ? count : HARTS;
}

void shim_start(u32 me, u32 device_tree)
{
    csr_write(pmpaddr0, 0xffffffffu); // all of memory, as one region
    csr_write(pmpcfg0, 0x1f);
    // Every exception but calls from S and M. Causes 10 and 20 to 23 come from the kernel's guests.
    csr_write(medeleg, 0xb1ff | 0xf00400);
    if (has_hypervisor())
        csr_clear(medeleg, KEPT);
    csr_write(mideleg, 0x222); // the interrupts of S
    csr_write(mcounteren, 7);
    csr_write(scounteren, 7); // as OpenSBI leaves it
    csr_write(0x31a, 0x80000000u); // menvcfgh.STCE: stimecmp is the kernel's
    csr_set(mie, 1u << IRQ_M_SOFT);
    timer_set(0xffffffffu, 0xffffffffu);
    if (me != 0)
        hart_wait(me);
    harts[0].here = 1;
    for (u32 i = harts_named((const u32 *)device_tree); i-- > 1;)
        while (!harts[i].here) // so that the kernel finds every hart stopped, not on its way
            ;
    csr_write(mepc, KERNEL);
    csr_clear(mstatus, MSTATUS_MPP);
    csr_set(mstatus, MSTATUS_MPP_S | MSTATUS_MPIE);
    shim_enter(0, device_tree, (u32)(stacks + STACK));
}
