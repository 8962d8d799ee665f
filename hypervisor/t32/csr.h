// CSR instructions and calls of the firmware, for C.
#ifndef HYPERVISOR_T32_CSR_H
#define HYPERVISOR_T32_CSR_H

#include "isa/types.h"

// Macros, since the CSR's name is part of the instruction.
#define CSR_GET(name)                                                    \
    ({                                                                   \
        u32 value_;                                                      \
        __asm__ volatile("csrr %0, " #name : "=r"(value_) : : "memory"); \
        value_;                                                          \
    })
#define CSR_PUT(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"((u32)(value)) : "memory")
#define CSR_SET(name, bits) __asm__ volatile("csrs " #name ", %0" : : "r"((u32)(bits)) : "memory")
#define CSR_CLEAR(name, bits) __asm__ volatile("csrc " #name ", %0" : : "r"((u32)(bits)) : "memory")

static inline i32 firmware(u32 extension, u32 function, u32 first, u32 second)
{
    register u32 a0 __asm__("a0") = first;
    register u32 a1 __asm__("a1") = second;
    register u32 a6 __asm__("a6") = function;
    register u32 a7 __asm__("a7") = extension;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
    return (i32)a0;
}

#endif
