// Sv32 translation, as pure functions over a reader of physical words. The machine's MMU walks with
// it, and the VMM walks guest tables with it. Source: RISC-V Privileged Specification 1.12, section
// 4.3; Svade and Svadu for the A and D bits.
//
//     a virtual address                          a page-table entry
//      31      22 21      12 11       0           31         20 19      10 9 8 7 6 5 4 3 2 1 0
//     +----------+----------+----------+         +-------------+----------+---+-+-+-+-+-+-+-+-+
//     |  VPN[1]  |  VPN[0]  |  offset  |         |   PPN[1]    |  PPN[0]  |RSW|D|A|G|U|X|W|R|V|
//     +----------+----------+----------+         +-------------+----------+---+-+-+-+-+-+-+-+-+
//
//     satp.PPN --> root table: entry VPN[1] --> table: entry VPN[0] --> page + offset
//                              (or a leaf: a superpage of 4 MiB)
//
// An entry names 34 bits of physical address, but nothing lives above 32 bits on this board. An
// entry (leaf or pointer) beyond that is an access fault, unless it is a page fault too. A, D and U
// are reserved in an entry that points to a table; if they are set there, it is a page fault, as on
// QEMU. A walk that fails changes nothing.
// Read next: isa/arch/sv32.c.
#ifndef ISA_ARCH_SV32_H
#define ISA_ARCH_SV32_H

#include "isa/arch/hart.h"

#define PAGE_SIZE 4096u
#define PAGE_SHIFT 12
#define MEGAPAGE_SIZE 0x400000u

enum {
    PTE_V = 1,
    PTE_R = 2,
    PTE_W = 4,
    PTE_X = 8,
    PTE_U = 16,
    PTE_G = 32,
    PTE_A = 64,
    PTE_D = 128
};

#define PTE_PPN(pte) ((pte) >> 10)
#define PTE_MAKE(address, flags) (((address) >> 12 << 10) | (flags))

// In the order of PTE_R, PTE_W and PTE_X, the rights that allow them.
enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_FETCH };
static inline u32 sv32_need(enum access access)
{
    return (u32)PTE_R << access;
}

// What one page table allows depends on who asks: the mode, and in sstatus SUM (for K) and MXR. So
// one table has six views. A TLB and a shadow keep them apart.
enum view { VIEW_U, VIEW_K, VIEW_KSUM, VIEW_U_MXR, VIEW_K_MXR, VIEW_KSUM_MXR, VIEWS };
static inline enum view sv32_view(u32 mode, u32 sstatus)
{
    enum view view = VIEW_U;
    if (mode == MODE_K)
        view = sstatus & SSTATUS_SUM ? VIEW_KSUM : VIEW_K;
    return sstatus & SSTATUS_MXR ? view + VIEW_U_MXR : view;
}

// How a walk reaches physical words. Both functions return false if there is no RAM at the address;
// then the walk ends in an access fault.
struct sv32_memory {
    void *context;
    bool (*load)(void *context, u32 address, u32 *word);
    bool (*store)(void *context, u32 address, u32 word);
};

struct sv32_walk {
    u32 cause;   // 0: translated; else the cause of the page fault or access fault
    u32 address; // the physical address
    u32 pte;     // the leaf entry, as it is now
    u32 pte_at;  // its physical address
    u8 level;    // 1: a 4 MiB superpage, 0: a 4 KiB page
    u8 reads;    // how many entries were read, which is what a walk costs
    u8 rights;   // sv32_rights of the leaf
};

// The rights (PTE_R, PTE_W, PTE_X) that a leaf gives this view as it is: an access that would have
// to set A or D first is not among them.
u32 sv32_rights(u32 pte, enum view view);

// Does this leaf allow this access in this view? All of V R W X U A D count, but with `adue` A and
// D do not, since hardware sets them.
bool sv32_allows(u32 pte, enum view view, enum access access, bool adue);

// Translates `va` under a satp whose mode bit is set. With `adue` a permitted access sets A, and a
// permitted write also D, through memory->store. Without `adue` a clear A, or for a write a clear
// D, is a page fault (Svade), and memory->store may be NULL.
struct sv32_walk sv32_translate(const struct sv32_memory *memory, u32 satp, u32 va, enum view view,
                                enum access access, bool adue);

// The page-fault and access-fault causes of an access.
u32 sv32_page_fault(enum access access);
u32 sv32_access_fault(enum access access);

#endif
