// The memory map of a random program, and what its page tables may contain. Every program has
// this map. Only the contents of the tables and the instructions of the body are random.
//
//     physical                                        virtual, in each of SPACES spaces
//     0x80400000  entry, trap handler, body (128 KiB) 0x80400000  identity, for K, as a superpage
//                                                                 or 4 KiB pages
//     0x80500000  page tables, 8 pages a space        0x40000000  the same once more, for U
//     0x80580000  data: 16 pages (see LAYOUT_SNIPPET) 0x0fff8000  window A: 8 random 4 KiB pages
//     0x805a0000  virtio queue and buffers            0xffe00000  window B: 8 more
//     0x805c0000  variables of the handler            0x01000000  4 random superpages
//     0x805c1000  the log: 32 bytes a trap            0x0c000000, 0x10000000  devices, for K
//     0x80600000  the least that the end of RAM can be
//
// Window A ends where the devices begin. A VMM that is guest code keeps its own page there, and
// must move it. In every view the code has the same low 22 bits of address, so the handler can
// return from any view. Nothing else that can be executed by accident has an offset below
// LAYOUT_CODE_SIZE.
#ifndef RANDOM_LAYOUT_H
#define RANDOM_LAYOUT_H

#include "isa/arch/sv32.h"
#include "isa/board/board.h"

#define LAYOUT_RAM 0x00800000u      // bytes of RAM that a usual program is given, at most
#define LAYOUT_RAM_WIDE 0x01000000u // and a wide one (gen.h)
#define LAYOUT_RAM_LEAST 0x00600000u
#define LAYOUT_CODE BOARD_KERNEL
#define LAYOUT_CODE_SIZE 0x20000u
#define LAYOUT_TABLES 0x80500000u
#define LAYOUT_DATA 0x80580000u
#define LAYOUT_DATA_PAGES 16u
// A data page begins with four words that differ from page to page.
#define LAYOUT_MARKS 4u
#define LAYOUT_SNIPPET 0xf80u // offset in each data page of two instructions: addi a0, a0, 1; jr ra
#define LAYOUT_QUEUE 0x805a0000u
#define LAYOUT_VARS(hart) (0x805c0000u + (hart)*0x400u)
#define LAYOUT_LOG(hart) (0x805c1000u + (hart)*0x2000u)
#define LAYOUT_HARTS 4u // of a wide program, at most
#define LAYOUT_HARTS_USUAL 2u
#define LAYOUT_LOG_ENTRY 32u

// Variables, as offsets from LAYOUT_VARS(hart).
#define VAR_LOG_NEXT 0 // where the next trap is logged
#define VAR_LOG_END 4  // the program ends when the log reaches this
#define VAR_FIX 8      // not 0: the handler sets A and D of an entry that faulted, and tries again
#define VAR_PERIOD 12  // ticks from one timer interrupt to the next; 0: none follows
#define VAR_REGISTERS 0x100

#define SPACES 3u      // of a usual program
#define SPACES_MOST 5u // of a program with four harts: two for hart 0, and one for each other
#define SPACE_ASIDS \
    8u // of each space, every one its own: space + 1, + 9, + 17 ... More than a VMM keeps shadows
       // of
#define LAYOUT_ROOT(space) (LAYOUT_TABLES + (space)*0x8000u)
#define LAYOUT_LEAF(space, table) (LAYOUT_ROOT(space) + 0x1000u * (1 + (table)))
enum leaf_table { LEAF_IDENTITY, LEAF_ALIAS, LEAF_WINDOW_A, LEAF_WINDOW_B };

#define VA_ALIAS 0x40000000u
#define VA_WINDOW_A 0x0fff8000u
#define VA_WINDOW_B 0xffe00000u
#define VA_SUPER 0x01000000u
#define VA_WINDOW(window) ((window) ? VA_WINDOW_B : VA_WINDOW_A)
#define WINDOW_PAGES 8u
#define WINDOW_INDEX(window) \
    (VA_WINDOW(window) >> 12 & 0x3ff) // of its first page in its leaf table
#define SUPERS 4u

// a7 of an `ecall` that means: go on in K. In K itself it is an SBI call that nobody knows.
#define CALL_TO_KERNEL 0x4b

#define CALL_OFF 0x53525354 // the SBI's system reset

#endif
