// An address space: what one program can see. Its pages come when they are first touched (demand
// paging), and after a fork two spaces share them until one side writes (copy-on-write).
//
//     0x00000000  nothing, so that a null pointer faults
//     0x00010000  segments of the program file: code, constants, data and bss
//                 heap, up to the end that sbrk moves
//     0x3ffc0000  stack, 256 KiB at most, grows down
//     0x40000000  the devices and the kernel, in every address space, for mode K only (board.h)
//
// A page-table entry is as in the specification. One of the two bits for software (RSW) is used
// for copy-on-write:
//      31                    10 9 8 7 6 5 4 3 2 1 0
//     |   physical page number |R C|D|A|G|U|X|W|R|V|
// Read next: scenarios/guests/kite/kernel/space.c.
#ifndef KITE_SPACE_H
#define KITE_SPACE_H

#include "isa/types.h"
#include "scenarios/guests/kite/kernel/page.h"

#define USER_START 0x00010000u
#define STACK_BOTTOM 0x3ffc0000u
#define USER_END 0x40000000u
#define HEAP_LIMIT 0x30000000u

enum {
    PTE_V = 1,
    PTE_R = 2,
    PTE_W = 4,
    PTE_X = 8,
    PTE_U = 16,
    PTE_G = 32,
    PTE_A = 64,
    PTE_D = 128,
    PTE_COW = 256
};

enum access { ACCESS_FETCH, ACCESS_READ, ACCESS_WRITE };

#define SEGMENTS 4

struct segment {
    u32 start, end; // multiples of 4096
    u32 file_at;    // where its bytes are in the volume
    u32 file_bytes; // how many bytes the file has; the rest of the segment is zero
    u32 flags;      // PTE_R PTE_W PTE_X
};

struct space {
    u32 *root; // NULL: there are no tables
    u32 asid;
    struct segment segments[SEGMENTS];
    u32 segment_count;
    u32 heap_start, heap_end;
    u32 pages; // how many are mapped
};

// Turns paging on, with the kernel mapped for good. `ram_end` is the end of RAM.
void space_init(u32 ram_end);

// Makes an empty space. Its asid is used if the hardware has that many. Returns false if there
// is no memory.
bool space_new(struct space *s, u32 asid);
void space_free(struct space *s);
// Makes `to`, of which only the asid is set, a copy-on-write copy of `from`. Returns false if
// there is no memory; `to` is free then.
bool space_fork(struct space *to, struct space *from);
// Makes the hardware use this space, or with NULL only the kernel.
void space_enter(const struct space *s);

// Handles a page fault at `va`. Returns true if the access will work now, and false if the
// program must not access this address, or if there is no memory.
bool space_fault(struct space *s, u32 va, enum access access);
// The kernel's address of a user byte, which is made present for `access` first. NULL where
// space_fault would return false.
void *space_at(struct space *s, u32 va, enum access access);
// Moves the end of the heap. Returns false if the new end is out of bounds.
bool space_grow(struct space *s, i32 bytes);

// Accesses to the memory of the current process, for system calls. They return false if the
// program has no such memory.
bool user_read(void *to, u32 from, u32 bytes);
bool user_write(u32 to, const void *from, u32 bytes);
// Copies a string of less than `size` bytes. Returns its length, or an error.
i32 user_read_string(char *to, u32 from, u32 size);

// For fault.c only: the entry of a user page (its table is made if it is not there; NULL: no
// memory), and a new mapping in that entry, fenced.
u32 *space_entry(struct space *s, u32 va);
void space_set(struct space *s, u32 va, u32 *entry, void *page, u32 flags);

#endif
