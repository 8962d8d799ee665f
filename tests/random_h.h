// Random programs for machines with the hypervisor extension: random code, random tables in both
// stages, and random states of the hart in it. Traps to K and to a guest's K go to two handlers,
// which do a few random things and go on behind the trap.
#ifndef TESTS_RANDOM_H_H
#define TESTS_RANDOM_H_H

#include "isa/arch/h_extension.h"
#include "isa/board/board.h"

// Where a program has what.
#define RANDOM_RAM (1u << 20)
#define RANDOM_CODE (BOARD_RAM + 0x0000) // 16 pages of random words
#define RANDOM_CODE_BYTES 0x10000u
#define RANDOM_HANDLER (BOARD_RAM + 0x10000) // a page: where traps to the VMM go
#define RANDOM_GUEST_HANDLER (BOARD_RAM + 0x11000)
#define RANDOM_G_ROOT (BOARD_RAM + 0x20000) // 16 KiB
#define RANDOM_G_LEAF (BOARD_RAM + 0x24000)
#define RANDOM_VS_ROOT (BOARD_RAM + 0x28000)
#define RANDOM_VS_LEAF (BOARD_RAM + 0x29000)
#define RANDOM_HS_ROOT (BOARD_RAM + 0x2a000)
#define RANDOM_TABLES_END (RANDOM_HS_ROOT + PAGE_SIZE)
#define RANDOM_G_ROOT_2 (BOARD_RAM + 0x2c000) // 16 KiB, of a fenced program
#define RANDOM_DATA (BOARD_RAM + 0x30000)

struct random_h {
    void (*put)(void *context, mpa at, u32 word); // writes RAM
    void *context;
    // Tables and roots change only with the fences that make the change known. Then it does not
    // matter what a TLB keeps, so machines with unlike TLBs are to be equal.
    bool fenced;
};

// A number below n.
u32 random_pick(u32 n);
// Writes code, handlers and tables.
void random_h_program(const struct random_h *r);
// A random state in that code. The counters of *s are kept.
void random_h_state(const struct random_h *r, struct hart_state *s, struct h_state *h);

#endif
