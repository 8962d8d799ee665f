// The registers of the board that the T32 backend itself uses, where QEMU's `virt` board has them
// too. Offsets: isa/board/plic.h and isa/board/uart.h.
#ifndef HYPERVISOR_T32_BOARD_H
#define HYPERVISOR_T32_BOARD_H

#include "isa/board/board.h"

static inline volatile u32 *plic_register(u32 offset)
{
    return (volatile u32 *)(BOARD_PLIC + offset);
}

static inline volatile u8 *uart_register(enum uart_register number)
{
    return (volatile u8 *)(BOARD_UART + number);
}

// The PLIC's context of hart 0 in mode K.
#define PLIC_MINE (PLIC_CONTEXT + PLIC_CONTEXT_K(0) * PLIC_CONTEXT_EACH)

// Takes an interrupt that the PLIC offers, and completes it at once. Until then the PLIC would
// not offer it again.
static inline void plic_answer(void)
{
    u32 irq = *plic_register(PLIC_MINE + PLIC_CLAIM);
    if (irq)
        *plic_register(PLIC_MINE + PLIC_CLAIM) = irq;
}

#endif
