// The smallest VMM for the hypervisor extension: it gives one guest the whole machine, but for the
// 4 MiB that it lies in itself. The second stage maps RAM and devices; traps, page tables and the
// timer are the guest's own. Two kinds of exits are left. Calls of the firmware are passed on, but
// for set_timer: the guest's timer is vstimecmp. What is illegal for the guest is reflected to it.
// tests/test_h_guest.sh runs kite in it, unmodified.
#include "isa/types.h"

#define csr_read(number)                                                 \
    ({                                                                   \
        u32 csr_value;                                                   \
        __asm__ volatile("csrr %0, %1" : "=r"(csr_value) : "i"(number)); \
        csr_value;                                                       \
    })
#define csr_write(number, value) \
    __asm__ volatile("csrw %0, %1" ::"i"(number), "r"(value) : "memory")

enum {
    HSTATUS = 0x600,
    HEDELEG = 0x602,
    HIDELEG = 0x603,
    HCOUNTEREN = 0x606,
    HENVCFGH = 0x61a,
    HGATP = 0x680,
    VSTIMECMP = 0x24d,
    VSTIMECMPH = 0x25d,
    SSTATUS = 0x100,
    STVEC = 0x105,
    SEPC = 0x141,
    SCAUSE = 0x142,
    STVAL = 0x143,
    VSSTATUS = 0x200,
    VSTVEC = 0x205,
    VSEPC = 0x241,
    VSCAUSE = 0x242,
    VSTVAL = 0x243,
};
enum { A0 = 10, A1, A6 = 16, A7 };
#define CALL_TIME 0x54494d45u
#define CALL_RESET 0x53525354u
#define CAUSE_ILLEGAL 2u
#define CAUSE_CALL 10u // ecall from VS
#define CAUSE_VIRTUAL 22u
#define STATUS_SIE 0x002u
#define STATUS_SPIE 0x020u
#define STATUS_SPP 0x100u
#define MEGAPAGE 0x400000u
#define GUEST 0x80400000u  // where the guest believes its kernel is
#define HIDDEN 0x8c000000u // and where that is; nothing is mapped at this guest address
#define LEAF 0xdfu         // D A U X W R V

extern const u8 kite[], kite_end[];
extern void trap_entry(void), enter(u32 *x);

static u32 root[4096] __attribute__((aligned(16384)));
u32 guest_x[32];

static void call(u32 *x)
{
    register u32 a0 __asm__("a0") = x[A0];
    register u32 a1 __asm__("a1") = x[A1];
    register u32 a2 __asm__("a2") = x[12];
    register u32 a6 __asm__("a6") = x[A6];
    register u32 a7 __asm__("a7") = x[A7];
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
    x[A0] = a0;
    x[A1] = a1;
}

static void firmware_call(u32 *x)
{
    if (x[A7] == CALL_TIME) {
        csr_write(VSTIMECMPH, 0xffffffffu); // never, until both halves are written
        csr_write(VSTIMECMP, x[A0]);
        csr_write(VSTIMECMPH, x[A1]);
        x[A0] = x[A1] = 0;
    } else {
        call(x);
    }
    csr_write(SEPC, csr_read(SEPC) + 4);
}

// Does to the guest what hardware without the extension would have done: it takes an illegal
// instruction. Illegal instructions could be delegated, but QEMU 7.2 delivers them with another
// cause; and a virtual instruction of a user program has to be made an illegal one here anyway.
static void reflect_illegal(void)
{
    u32 status = csr_read(VSSTATUS), mode = csr_read(SSTATUS) & STATUS_SPP;
    u32 sie = status & STATUS_SIE ? STATUS_SPIE : 0;
    csr_write(VSSTATUS, (status & ~(STATUS_SIE | STATUS_SPIE | STATUS_SPP)) | sie | mode);
    csr_write(VSCAUSE, CAUSE_ILLEGAL);
    csr_write(VSTVAL, csr_read(STVAL));
    csr_write(VSEPC, csr_read(SEPC));
    csr_write(SEPC, csr_read(VSTVEC));
    csr_write(SSTATUS, STATUS_SPP); // the guest's handler is in its mode K
}

// Called by trap_entry, which has saved the guest's registers in guest_x.
void trap(u32 *x)
{
    u32 cause = csr_read(SCAUSE);
    if (cause == CAUSE_CALL) {
        firmware_call(x);
    } else if (cause == CAUSE_ILLEGAL || cause == CAUSE_VIRTUAL) {
        reflect_illegal();
    } else {
        u32 reset[32] = {[A7] = CALL_RESET, [A1] = 1}; // a failure
        call(reset);
    }
    enter(x);
}

static void map(u32 gpa, u32 mpa)
{
    root[gpa / MEGAPAGE] = mpa / 4 | LEAF;
}

void monitor(u32 hart, u32 tree)
{
    for (u32 at = 0x80000000u; at < 0x90000000u; at += MEGAPAGE)
        if (at != HIDDEN)
            map(at, at == GUEST ? HIDDEN : at);
    for (u32 at = 0x0c000000u; at < 0x0c800000u; at += MEGAPAGE)
        map(at, at);               // the PLIC
    map(0x10000000u, 0x10000000u); // the UART
    map(0, 0);                     // the test device
    for (u32 i = 0; i < (u32)(kite_end - kite); i++)
        ((u8 *)HIDDEN)[i] = kite[i];
    csr_write(STVEC, (u32)trap_entry);
    csr_write(HGATP, 0x80000000u | (u32)root >> 12);
    csr_write(HEDELEG, 0xb1ff & ~(1u << CAUSE_ILLEGAL));
    csr_write(HIDELEG, 0x444);
    csr_write(HCOUNTEREN, 7);
    csr_write(HENVCFGH, 0x80000000u);
    csr_write(HSTATUS, 0x180); // sret goes to a guest
    csr_write(SSTATUS, 0x100); // in mode K
    csr_write(SEPC, GUEST);
    guest_x[A0] = hart;
    guest_x[A1] = tree;
    enter(guest_x);
}
