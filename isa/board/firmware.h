// The firmware: what an `ecall` from mode K calls. T32 has no machine mode; the machine itself
// answers for its harts, and the VMM for its VCPUs, both through this one function. Source: RISC-V
// SBI Specification 2.0 (binary encoding in chapter 3, base in 4, legacy in 5, TIME, IPI, RFENCE,
// HSM and SRST in 6 to 10, DBCN in 12).
//
//     a7 extension           a6 function
//     0x00000010 base        0 specification version (2.0), 1 implementation id, 2 its version, 3 probe, 4 5 6 vendor, arch, mimp (0)
//     0x54494d45 TIME        0 set_timer
//     0x00735049 IPI         0 send_ipi
//     0x52464e43 RFENCE      0 fence_i, 1 sfence_vma, 2 sfence_vma_asid; the hypervisor's, 3 to 6, are not supported
//     0x0048534d HSM         0 start, 1 stop, 2 status, 3 suspend (the two types there are: not supported)
//     0x53525354 SRST        0 reset: shutdown and reboot; reason 1 is a failure
//     0x4442434e DBCN        0 write, 1 read, 2 write a byte
//     0 to 8  legacy         set_timer, putchar, getchar, clear_ipi, send_ipi, fence_i, sfence_vma, sfence_vma_asid, shutdown
//     anything else          -2; probe says 0
//
// A call answers in a0 (an error, 0 for none) and a1 (a value, 0 with an error); a legacy call in
// a0 alone. No other register changes. Harts are named by a mask and its base; base all ones means
// every hart. A mask that names a hart that is not there is refused whole, -3.
#ifndef ISA_BOARD_FIRMWARE_H
#define ISA_BOARD_FIRMWARE_H

#include "isa/arch/hart.h"
#include "isa/board/board.h"

enum sbi_error {
    SBI_OK = 0,
    SBI_FAILED = -1,
    SBI_NOT_SUPPORTED = -2,
    SBI_INVALID_PARAM = -3,
    SBI_DENIED = -4,
    SBI_INVALID_ADDRESS = -5,
    SBI_ALREADY_AVAILABLE = -6,
};

enum sbi_extension {
    SBI_BASE = 0x10,
    SBI_TIME = 0x54494d45,
    SBI_IPI = 0x00735049,
    SBI_RFENCE = 0x52464e43,
    SBI_HSM = 0x0048534d,
    SBI_SRST = 0x53525354,
    SBI_DBCN = 0x4442434e,
};

#define SBI_SPECIFICATION 0x02000000u // major 2, minor 0
#define SBI_IMPLEMENTATION 0x7472u    // "tr": not in the specification's list
#define SBI_IMPLEMENTATION_VERSION 1u

// The most bytes one console call moves; DBCN lets a call move fewer than were asked for, and says
// how many.
#define SBI_CONSOLE_MOST 65536u

enum fence_kind { FENCE_I, FENCE_VMA, FENCE_VMA_ASID };

struct firmware {
    struct hart_state *const *harts; // `count` of them, real or virtual
    u32 count;
    struct board *board;
    const struct board_wires *wires;
    bool adue; // the machine's option: legacy calls read a hart mask through the caller's page
               // tables
    // Remote fence on hart `hart`: done when it returns. size 0 with start 0, or size all ones:
    // everything.
    void (*fence)(void *context, u32 hart, enum fence_kind kind, u32 start, u32 size, u32 asid);
    void *context; // of fence
};

// Answers the call in a0..a7 of hart `hart`, sets a0 and a1 (legacy: a0 only). The caller then
// counts the `ecall` and moves pc on, unless the call switched the power off (true is returned: pc
// stays, nothing is counted) or stopped the calling hart (HSM stop: run is HART_STOPPED).
// hart_start resets the target: pc = start address, a0 = hart, a1 = opaque, satp 0, SIE 0; its
// instruction count goes on and its time is not behind the caller's.
bool firmware_call(const struct firmware *f, u32 hart);

#endif
