// The platform-level interrupt controller. The devices are on one side, the external interrupt line
// of each hart is on the other.
//
//     device line --> gateway --> pending --> enabled, priority > threshold --> external interrupt
//                        ^                                                           |
//                        +-------- complete (store) <------- claim (load) <----------+
//
//     offset   0x000000 + 4 s        priority of source s, 0 (never) to 7
//              0x001000              pending, a bit for each source
//              0x002000 + 0x80 c     enables of context c, a bit for each source
//              0x200000 + 0x1000 c   threshold of context c; + 4: claim (load), complete (store)
//
// Context 2h+1 is mode K of hart h. Context 2h would be the hart's machine mode, which T32 lacks:
// its registers load 0 and ignore stores, as do the registers of sources and contexts that do not
// exist. The sources are 1 to 95, as on QEMU's board.
//
// A gateway is level-triggered. It makes one request when its line is high, and no further request
// until that one is completed; if the line is still high then, it makes the next. (QEMU's model
// makes no request at that moment: there the device has to raise its line again.) Claiming does not
// look at the threshold. Completing a source that is not enabled for the context does nothing.
// Source: RISC-V Platform-Level Interrupt Controller Specification 1.0, chapters 3 (memory map) to
// 9 (completion).
// Read next: isa/board/plic.c.
#ifndef ISA_BOARD_PLIC_H
#define ISA_BOARD_PLIC_H

#include "isa/types.h"

#define PLIC_SOURCES 96 // source 0 does not exist
#define PLIC_WORDS (PLIC_SOURCES / 32)
#define PLIC_HARTS 8
#define PLIC_CONTEXTS (2 * PLIC_HARTS)
#define PLIC_CONTEXT_K(hart) (2 * (hart) + 1)

// Offsets of the registers in the device's window.
#define PLIC_PRIORITY 0x000000u
#define PLIC_PENDING 0x001000u
#define PLIC_ENABLE 0x002000u
#define PLIC_ENABLE_EACH 0x80u // bytes for each context
#define PLIC_CONTEXT 0x200000u
#define PLIC_CONTEXT_EACH 0x1000u // bytes for each context
#define PLIC_THRESHOLD 0u         // in a context
#define PLIC_CLAIM 4u             // in a context

struct plic {
    u32 line[PLIC_WORDS];    // the devices' lines as they are now
    u32 pending[PLIC_WORDS]; // requested and not claimed
    u32 busy[PLIC_WORDS];    // requested and not completed: the gateway holds further requests back
    u32 enabled[PLIC_HARTS][PLIC_WORDS];
    u8 priority[PLIC_SOURCES];
    u8 threshold[PLIC_HARTS];
};

void plic_reset(struct plic *p);

// Accesses of a word, at any offset in the window. Return false, and change nothing, for an access
// of another size.
bool plic_load(struct plic *p, u32 offset, u32 size, u32 *value);
bool plic_store(struct plic *p, u32 offset, u32 size, u32 value);

// Sets the line of a device, source 1 to 95, high or low.
void plic_line(struct plic *p, u32 source, bool high);

// The external interrupt line of hart 0 to 7.
bool plic_external(const struct plic *p, u32 hart);

#endif
