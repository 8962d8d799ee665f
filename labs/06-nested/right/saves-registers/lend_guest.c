// My version: one block of assembly that saves what C wants to keep.
#include "hypervisor/lend.h"
#include "hypervisor/t32/csr.h"
#include "hypervisor/t32/lend_guest.h"
#include "isa/board/sbi.h"

bool lend_offered(void)
{
    u32 error, version;
    __asm__ volatile("li a0, 0\n\t"
                     "mv a7, %2\n\t"
                     "mv a6, %3\n\t"
                     "ecall\n\t"
                     "mv %0, a0\n\t"
                     "mv %1, a1"
                     : "=&r"(error), "=&r"(version)
                     : "r"(LEND_EXTENSION), "r"(LEND_PROBE)
                     : "a0", "a1", "a6", "a7", "memory");
    if (error != 0)
        return false;
    return version == LEND_VERSION;
}

// Everything but sp is the guest's afterwards, so it is all on the stack.
__attribute__((naked)) static void switch_to(struct lend *l, u32 function, u32 extension)
{
    __asm__ volatile("addi sp, sp, -64\n\t"
                     "sw ra, 0(sp)\n\tsw s0, 4(sp)\n\tsw s1, 8(sp)\n\tsw s2, 12(sp)\n\t"
                     "sw s3, 16(sp)\n\tsw s4, 20(sp)\n\tsw s5, 24(sp)\n\tsw s6, 28(sp)\n\t"
                     "sw s7, 32(sp)\n\tsw s8, 36(sp)\n\tsw s9, 40(sp)\n\tsw s10, 44(sp)\n\t"
                     "sw s11, 48(sp)\n\tsw gp, 52(sp)\n\tsw tp, 56(sp)\n\t"
                     "mv a6, a1\n\tmv a7, a2\n\tecall\n\t"
                     "lw ra, 0(sp)\n\tlw s0, 4(sp)\n\tlw s1, 8(sp)\n\tlw s2, 12(sp)\n\t"
                     "lw s3, 16(sp)\n\tlw s4, 20(sp)\n\tlw s5, 24(sp)\n\tlw s6, 28(sp)\n\t"
                     "lw s7, 32(sp)\n\tlw s8, 36(sp)\n\tlw s9, 40(sp)\n\tlw s10, 44(sp)\n\t"
                     "lw s11, 48(sp)\n\tlw gp, 52(sp)\n\tlw tp, 56(sp)\n\t"
                     "addi sp, sp, 64\n\tret");
}

u32 lend_run(struct hart_state *guest, u32 satp, u32 limit, struct hw_exit *exit)
{
    volatile struct lend record = {0};
    record.limit = limit;
    record.satp = satp;
    record.guest = (u32)guest;
    switch_to((struct lend *)&record, LEND_RUN, LEND_EXTENSION);
    exit->ran = record.ran;
    exit->trapped = true;
    exit->trap.cause = record.cause;
    exit->trap.tval = record.tval;
    exit->trap.insn = 0;
    if (record.cause == CAUSE_TIMER)
        exit->trapped = false;
    else if (record.cause == CAUSE_ILLEGAL)
        exit->trap.insn = record.tval;
    return record.time;
}
