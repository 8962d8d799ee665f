// The privileged instructions, as C. Source: RISC-V Privileged Specification 1.12, chapters 2
// and 4.
// Read next: scenarios/guests/kite/kernel/boot.s.
#ifndef KITE_CSR_H
#define KITE_CSR_H

#include "isa/types.h"

#define SSTATUS_SIE 0x2u
#define SSTATUS_SPIE 0x20u
#define SSTATUS_SPP 0x100u
#define SSTATUS_SUM 0x40000u

#define INTERRUPT_TIMER 0x20u // in sie and sip
#define INTERRUPT_EXTERNAL 0x200u

enum cause {
    CAUSE_USER_CALL = 8,
    CAUSE_FETCH_PAGE = 12,
    CAUSE_LOAD_PAGE = 13,
    CAUSE_STORE_PAGE = 15,
};
#define CAUSE_IS_INTERRUPT 0x80000000u
#define CAUSE_TIMER (CAUSE_IS_INTERRUPT | 5)
#define CAUSE_EXTERNAL (CAUSE_IS_INTERRUPT | 9)

// These are macros, since the name of a CSR is part of the instruction.
#define csr_read(csr)                                          \
    ({                                                         \
        u32 csr_value_;                                        \
        __asm__ volatile("csrr %0, " #csr : "=r"(csr_value_)); \
        csr_value_;                                            \
    })
#define csr_write(csr, value) __asm__ volatile("csrw " #csr ", %0" ::"r"((u32)(value)) : "memory")
#define csr_set(csr, bits) __asm__ volatile("csrs " #csr ", %0" ::"r"((u32)(bits)) : "memory")
#define csr_clear(csr, bits) __asm__ volatile("csrc " #csr ", %0" ::"r"((u32)(bits)) : "memory")

static inline u64 time_now(void)
{
    u32 high, low;
    // Reads again if the low word ran over, and the high word changed, between the two reads.
    do {
        high = csr_read(timeh);
        low = csr_read(time);
    } while (csr_read(timeh) != high);
    return (u64)high << 32 | low;
}

static inline void wait_for_interrupt(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

static inline void fence_page(u32 va, u32 asid)
{
    __asm__ volatile("sfence.vma %0, %1" ::"r"(va), "r"(asid) : "memory");
}

static inline void fence_space(u32 asid)
{
    __asm__ volatile("sfence.vma zero, %0" ::"r"(asid) : "memory");
}

static inline void fence_all(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}

#endif
