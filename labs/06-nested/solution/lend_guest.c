// The whole switch in one call. Contracts: hypervisor/t32/lend_guest.h, hypervisor/lend.h.
#include "hypervisor/t32/lend_guest.h"
#include "hypervisor/lend.h"
#include "hypervisor/t32/csr.h"
#include "isa/board/sbi.h"

bool lend_offered(void)
{
    register u32 a0 __asm__("a0") = 0;
    register u32 a1 __asm__("a1") = 0;
    register u32 a6 __asm__("a6") = LEND_PROBE;
    register u32 a7 __asm__("a7") = LEND_EXTENSION;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
    return a0 == SBI_OK && a1 == LEND_VERSION;
}

// When the call returns, every register but sp is the guest's. So the compiler is told that all of
// them have changed, and that memory has changed, too: it must not keep a word of *l in its mind.
static void call(struct lend *l)
{
    register u32 a0 __asm__("a0") = (u32)l;
    register u32 a6 __asm__("a6") = LEND_RUN;
    register u32 a7 __asm__("a7") = LEND_EXTENSION;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a6), "+r"(a7)
                     :
                     : "memory", "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a1", "a2", "a3",
                       "a4", "a5", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
                       "s10", "s11");
}

u32 lend_run(struct hart_state *guest, u32 satp, u32 limit, struct hw_exit *exit)
{
    // The record may lie on the stack: sp comes back unchanged.
    struct lend l = {.guest = (u32)guest, .satp = satp, .limit = limit};
    call(&l);
    // The end of the limit is told as a timer interrupt. For hw_run that is no trap.
    *exit = (struct hw_exit){.trapped = l.cause != CAUSE_TIMER,
                             .trap = {.cause = l.cause, .tval = l.tval},
                             .ran = l.ran};
    if (l.cause == CAUSE_ILLEGAL)
        exit->trap.insn = l.tval; // stval is the word
    return l.time;
}
