// The platform-level interrupt controller: devices on one side, the external interrupt line of each
// hart on the other.
//
//     device line --> gateway --> pending --> enabled for the hart, priority > threshold --> its external interrupt
//                        ^                                                                        |
//                        +------------- complete (store) <------- claim (load) <------------------+
//
//     offset     0x000000 + 4 s        priority of source s, 0 (never) to 7
//                0x001000              pending, a bit a source
//                0x002000 + 0x80 c     enables of context c, a bit a source
//                0x200000 + 0x1000 c   threshold of context c; + 4: claim when loaded, complete when stored
//
// Context 2h+1 is mode K of hart h. Contexts 2h would be its machine mode, which T32 has not: they
// load 0 and ignore stores, as do all registers of sources and contexts that are not there. Sources
// are 1 to 95, as on QEMU's board. A gateway is level-triggered: it makes one request when its line
// is high and no more until that one is completed; then again if the line is still high. Claiming
// takes no account of the threshold; completing a source that is not enabled for the context does
// nothing. Source: RISC-V Platform-Level Interrupt Controller Specification 1.0, chapters 3 (memory
// map) to 9 (completion). Read next: virtio.h.
#ifndef ISA_BOARD_PLIC_H
#define ISA_BOARD_PLIC_H

#include "isa/types.h"

#define PLIC_SOURCES 96 // source 0 is none
#define PLIC_WORDS (PLIC_SOURCES / 32)
#define PLIC_HARTS 8

struct plic {
    u32 line[PLIC_WORDS];    // the devices' lines as they are now
    u32 pending[PLIC_WORDS]; // requested, not claimed
    u32 busy[PLIC_WORDS];    // requested, not completed: the gateway holds further requests back
    u32 enabled[PLIC_HARTS][PLIC_WORDS];
    u8 priority[PLIC_SOURCES];
    u8 threshold[PLIC_HARTS];
};

void plic_reset(struct plic *p);

// Word accesses only, any offset in the window. False: another size, nothing changed.
bool plic_load(struct plic *p, u32 offset, u32 size, u32 *value);
bool plic_store(struct plic *p, u32 offset, u32 size, u32 value);

// The line of a device, source 1 to 95, is now high or low.
void plic_line(struct plic *p, u32 source, bool high);

// The external interrupt line of hart 0 to 7.
bool plic_external(const struct plic *p, u32 hart);

#endif
