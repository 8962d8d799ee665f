// The firmware: what an `ecall` from mode K calls. T32 has no machine mode; the machine itself answers for its harts, and the VMM for its
// VCPUs, both through this one function. Source: RISC-V SBI Specification 1.0 (binary encoding, chapters 3 to 10, legacy in 5) and
// 2.0 for DBCN (chapter 12).
//
//     extensions: base 0x10, TIME, sPI (IPI), RFNC, HSM, SRST, DBCN; legacy 0 to 8. Anything else: probe says 0, calls answer -2.
#ifndef ISA_BOARD_FIRMWARE_H
#define ISA_BOARD_FIRMWARE_H

#include "isa/arch/hart.h"
#include "isa/board/board.h"

enum fence_kind { FENCE_I, FENCE_VMA, FENCE_VMA_ASID };

struct firmware {
    struct hart_state *const *harts; // `count` of them, real or virtual
    u32 count;
    struct board *board;
    const struct board_wires *wires;
    bool adue; // the machine's option, for nothing but answers that depend on it
    // Remote fence on hart `hart`: done when it returns. size 0 with start 0, or size all ones: everything.
    void (*fence)(void *context, u32 hart, enum fence_kind kind, u32 start, u32 size, u32 asid);
    void *context; // of fence
};

// Answers the call in a0..a7 of hart `hart`, sets a0 and a1 (legacy: a0 only). The caller then counts the `ecall` and moves pc on, unless
// the call switched the power off (true is returned: pc stays, nothing is counted) or stopped the calling hart (HSM stop: run is
// HART_STOPPED). hart_start resets the target: pc = start address, a0 = hart, a1 = opaque, satp 0, SIE 0.
bool firmware_call(const struct firmware *f, u32 hart);

#endif
