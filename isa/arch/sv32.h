// Sv32 translation, as pure functions over a reader of physical words: the machine's MMU walks with
// it, and the VMM walks guest tables with it. Source: RISC-V Privileged Specification 1.12,
// section 4.3; Svade and Svadu for the A and D bits.
//
//      31        22 21        12 11         0          31           20 19        10 9 8 7 6 5 4 3 2 1 0
//     +------------+------------+------------+        +---------------+------------+---+-+-+-+-+-+-+-+-+
//     |   VPN[1]   |   VPN[0]   |   offset   |        |    PPN[1]     |   PPN[0]   |RSW|D|A|G|U|X|W|R|V|
//     +------------+------------+------------+        +---------------+------------+---+-+-+-+-+-+-+-+-+
//               a virtual address                                   a page-table entry
//
// An entry names 34 bits of physical address; on this board nothing lives above 32, so an entry
// (leaf or pointer) beyond that is an access fault, unless it is a page fault too. A, D and U are
// reserved in an entry that points to a table: set, they are a page fault (as QEMU has it). A walk
// that fails changes nothing.
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

// In the order of PTE_R, PTE_W, PTE_X, which allow them.
enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_FETCH };
static inline u32 sv32_need(enum access access)
{
    return (u32)PTE_R << access;
}

// Who is translating: the six views of one table. A TLB and a shadow keep them apart.
enum view { VIEW_U, VIEW_K, VIEW_KSUM, VIEW_U_MXR, VIEW_K_MXR, VIEW_KSUM_MXR, VIEWS };
static inline enum view sv32_view(u32 mode, u32 sstatus)
{
    enum view view = mode == MODE_U ? VIEW_U : sstatus & SSTATUS_SUM ? VIEW_KSUM : VIEW_K;
    return sstatus & SSTATUS_MXR ? view + VIEW_U_MXR : view;
}

// Physical words. Both return false where there is no RAM at that address (the walk ends in an
// access fault).
struct sv32_memory {
    void *context;
    bool (*load)(void *context, u32 address, u32 *word);
    bool (*store)(void *context, u32 address, u32 word);
};

struct sv32_walk {
    u32 cause;   // 0: translated; else the exception: 12 13 15 page faults, 1 5 7 access faults
    u32 address; // the physical address
    u32 pte;     // the leaf entry, as it is now
    u32 pte_at;  // its physical address
    u8 level;    // 1: a 4 MiB superpage, 0: a 4 KiB page
    u8 reads;    // entries read: what a walk costs
    u8 rights;   // sv32_rights of the leaf
};

// The rights (PTE_R, PTE_W, PTE_X) that a leaf gives this view as it stands, that is, without A or
// D having to be set first.
u32 sv32_rights(u32 pte, enum view view);

// Does this leaf allow this access in this view (V R W X U A D all considered; A and D not, if
// `adue`)?
bool sv32_allows(u32 pte, enum view view, enum access access, bool adue);

// Translates `va` under `satp` (mode bit set). With `adue` a permitted access sets A (and D for a
// write) through memory->store; without, A = 0, or D = 0 on a write, is a page fault (Svade).
// memory->store may be NULL when `adue` is false.
struct sv32_walk sv32_translate(const struct sv32_memory *memory, u32 satp, u32 va, enum view view,
                                enum access access, bool adue);

// The page-fault and access-fault causes of an access.
u32 sv32_page_fault(enum access access);
u32 sv32_access_fault(enum access access);

#endif
