// The whole switch in one call. Contracts: hypervisor/t32/lend_guest.h, hypervisor/lend.h.
// Read next: hypervisor/t32/main.c.
#include "hypervisor/t32/lend_guest.h"
#include "hypervisor/lend.h"
#include "hypervisor/t32/csr.h"
#include "isa/board/sbi.h"

bool lend_offered(void)
{
    return firmware(LEND_EXTENSION, LEND_PROBE, 0, 0) == SBI_OK;
}

// When the call returns, every register but sp is the guest's, so the compiler is told that all of
// them have changed.
u32 lend_run(struct hart_state *guest, u32 satp, u32 limit, struct hw_exit *exit)
{
    static struct lend lend;
    lend = (struct lend){.guest = (u32)guest, .satp = satp, .limit = limit};
    register u32 a0 __asm__("a0") = (u32)&lend;
    register u32 a6 __asm__("a6") = LEND_RUN;
    register u32 a7 __asm__("a7") = LEND_EXTENSION;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a6), "+r"(a7)
                     :
                     : "memory", "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a1", "a2", "a3",
                       "a4", "a5", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9",
                       "s10", "s11");
    // The end of the limit is told as a timer interrupt. For hw_run that is no trap.
    *exit = (struct hw_exit){.trapped = lend.cause != CAUSE_TIMER,
                             .trap = {.cause = lend.cause, .tval = lend.tval},
                             .ran = lend.ran};
    if (lend.cause == CAUSE_ILLEGAL)
        exit->trap.insn = lend.tval; // stval is the word
    return lend.time;
}
