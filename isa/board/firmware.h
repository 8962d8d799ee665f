// The firmware: what an `ecall` from mode K calls. T32 has no machine mode. The machine itself
// answers the calls of its harts, and the VMM answers those of its VCPUs, both through this one
// function. Source: RISC-V SBI Specification 2.0, chapter 3 (how a call is made);
// isa/board/sbi.h has the numbers.
//
//     extension   functions that are there
//     BASE        all of them; vendor, architecture and machine ids are 0
//     TIME        set_timer: a write of stimecmp
//     IPI         send_ipi: sets SSIP of other harts
//     RFENCE      fence_i, sfence_vma, sfence_vma_asid; with the extension h hfence_*
//     HSM         start, stop, status; suspend is known and never supported
//     SRST        reset: shutdown and reboot; reason 1 is a failure
//     DBCN        write, read, write_byte
//     0 to 8      the legacy calls
//     any other   SBI_NOT_SUPPORTED, and BASE's probe answers 0
//
// A call answers in a0 (an error, 0 for none) and in a1 (a value, 0 if there was an error). A
// legacy call answers in a0 alone. No other register changes. A call that is about several harts
// names them by a mask and the number of the mask's first hart; the number -1 stands for every
// hart. A mask that names a hart that does not exist is refused as a whole, with SBI_INVALID_PARAM.
// Read next: isa/board/firmware_call.h.
#ifndef ISA_BOARD_FIRMWARE_H
#define ISA_BOARD_FIRMWARE_H

#include "isa/arch/hart.h"
#include "isa/board/board.h"
#include "isa/board/sbi.h"

#define SBI_SPECIFICATION 0x02000000u // major 2, minor 0
#define SBI_IMPLEMENTATION 0x7472u    // "tr": not in the specification's list
#define SBI_IMPLEMENTATION_VERSION 1u

// The most bytes that one console call moves. DBCN lets a call move fewer bytes than it was asked
// for, and the call answers how many it moved.
#define SBI_CONSOLE_MOST 65536u

// Those of a guest's translations (hfence) are there with the hypervisor extension only.
enum fence_kind {
    FENCE_I,
    FENCE_VMA,
    FENCE_VMA_ASID,
    FENCE_GUEST_PHYSICAL, // the second stage, of every VMID
    FENCE_GUEST_PHYSICAL_VMID,
    FENCE_GUEST_VMA, // the first stage, of the VMID in the caller's hgatp
    FENCE_GUEST_VMA_ASID,
};

// Takes a remote fence apart. Calls `fence` for each page of the range, or once for every address
// (NULL), and with the ASID (or VMID), or NULL for every one. Calls nothing for FENCE_I, since
// fetches always agree with stores on T32. start = size = 0, or size all ones, stands for every
// address, and a range of more than FENCE_PAGES_MOST pages is taken for that too.
void firmware_fence(enum fence_kind kind, u32 start, u32 size, u32 asid,
                    void (*fence)(void *context, const u32 *address, const u32 *asid),
                    void *context);
#define FENCE_PAGES_MOST 64u // to forget everything is cheaper from here on, and always allowed

struct firmware {
    struct hart_state *const *harts; // `count` of them, real or virtual
    u32 count;
    struct board *board;
    const struct board_wires *wires;
    // The machine's option of the same name. It matters here since legacy calls read a mask of
    // harts through the caller's page tables.
    bool adue;
    bool h; // the harts have the hypervisor extension
    // An extension that the caller of firmware_call answers by itself: BASE's probe must know of
    // it. 0: there is none.
    u32 also;
    // Fences on hart `hart`, and has done so when it returns. start = size = 0, or size all ones,
    // stands for every address. `asid` is a VMID for FENCE_GUEST_PHYSICAL_VMID.
    void (*fence)(void *context, u32 hart, enum fence_kind kind, u32 start, u32 size, u32 asid);
    void *context; // of fence
};

// Answers the call in a0..a7 of hart `hart`: sets a0 and a1 (legacy calls: a0 only).
//
// The caller then counts the `ecall` as retired and moves pc on, with two exceptions. If the call
// switched the power off, true is returned: pc stays and nothing is counted. If the call stopped
// the calling hart, its `run` is HART_STOPPED.
//
// HSM start resets its target: pc = start address, a0 = hart, a1 = opaque, satp 0, SIE 0. The
// target's count of instructions goes on, and its time is not behind the caller's.
bool firmware_call(const struct firmware *f, u32 hart);

#endif
