// An address space: what one program can see. Its pages come when they are first touched (demand
// paging), and a fork shares them until one side writes (copy-on-write).
//
//     0x00000000  nothing, so that a null pointer faults
//     0x00010000  segments of the program file: code, constants, data and bss
//                 heap, up to where sbrk has moved its end
//     0x3ffc0000  stack, 256 KiB at most, grows down
//     0x40000000  the devices and the kernel, in every address space, for mode K only (board.h)
//
// A page-table entry, as the specification has it, with one of the software's two bits (RSW) used
// for copy-on-write:
//      31                    10 9 8 7 6 5 4 3 2 1 0
//     |   physical page number |R C|D|A|G|U|X|W|R|V|
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
    u32 file_at;    // the volume's bytes that go to `start`...
    u32 file_bytes; // ... so many; the rest is zero
    u32 flags;      // PTE_R PTE_W PTE_X
};

struct space {
    u32 *root; // NULL: none
    u32 asid;
    struct segment segments[SEGMENTS];
    u32 segment_count;
    u32 heap_start, heap_end;
    u32 pages; // mapped
};

// Turns paging on, with the kernel mapped for the rest of time. `ram_end`: the end of RAM.
void space_init(u32 ram_end);

// An empty space; false: no memory. Its asid is used if the hardware has that many.
bool space_new(struct space *s, u32 asid);
void space_free(struct space *s);
// Makes `to` (nothing but an asid) a copy-on-write copy of `from`; false: no memory, and `to` is
// free.
bool space_fork(struct space *to, struct space *from);
// The hardware sees this space, or with NULL only the kernel.
void space_enter(const struct space *s);

// A page fault at `va`: true if now the access will work. False: the program has no business there
// (or memory is out).
bool space_fault(struct space *s, u32 va, enum access access);
// The kernel's address of a user byte, made present for `access` first; NULL as space_fault's
// false.
void *space_at(struct space *s, u32 va, enum access access);
// Moves the end of the heap; false: out of bounds.
bool space_grow(struct space *s, i32 bytes);

// The current process's memory, from system calls: false when the program has no such memory.
bool user_read(void *to, u32 from, u32 bytes);
bool user_write(u32 to, const void *from, u32 bytes);
// Copies a string of less than `size` bytes. Returns its length or an error.
i32 user_read_string(char *to, u32 from, u32 size);

// Between space.c and fault.c: the entry of a user page (its table made if need be; NULL: no
// memory), and a new mapping in it, fenced.
u32 *space_entry(struct space *s, u32 va);
void space_set(struct space *s, u32 va, u32 *entry, void *page, u32 flags);

#endif
