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

// ---- what one entry allows

// Which rights count in the views without MXR, for a page of the kernel and for a page of a user. U
// sees user pages only. K sees its own pages, and with SUM also user pages, but never executes
// them.
#define PTE_RIGHTS ((u32)(PTE_R | PTE_W | PTE_X))
static const u8 sv32_seen[][2] = {
    [VIEW_U] = {0, PTE_RIGHTS},
    [VIEW_K] = {PTE_RIGHTS, 0},
    [VIEW_KSUM] = {PTE_RIGHTS, PTE_R | PTE_W},
};

// The rights (PTE_R, PTE_W, PTE_X) that a leaf gives this view as it is: an access that would have
// to set A or D first is not among them.
static inline u32 sv32_rights(u32 pte, enum view view)
{
    u32 rights = pte & PTE_RIGHTS;
    bool mxr = view >= VIEW_U_MXR, reserved = (rights & (PTE_R | PTE_W)) == PTE_W;
    if ((pte & (PTE_V | PTE_A)) != (PTE_V | PTE_A) || reserved)
        return 0;
    if (mxr && (rights & PTE_X))
        rights |= PTE_R; // "make executable readable"
    if (!(pte & PTE_D))
        rights &= ~(u32)PTE_W;
    return rights & sv32_seen[mxr ? view - VIEW_U_MXR : view][(pte & PTE_U) != 0];
}

// Returns true if this leaf allows this access in this view. All of V R W X U A D count, but
// with `adue` A and D do not, because hardware sets them.
bool sv32_allows(u32 pte, enum view view, enum access access, bool adue);

// ---- the walk

// Translates `va` under a satp whose mode bit is set. With `adue` a permitted access sets A, and a
// permitted write also D, through memory->store. Without `adue` a clear A, or for a write a clear
// D, is a page fault (Svade), and memory->store may be NULL.
struct sv32_walk sv32_translate(const struct sv32_memory *memory, u32 satp, u32 va, enum view view,
                                enum access access, bool adue);

// The page-fault and access-fault causes of an access.
u32 sv32_page_fault(enum access access);
u32 sv32_access_fault(enum access access);

// ---- the walk, compiled into its caller. A caller that walks often gives a reader of words that
// the compiler can see through (sim/core/mmu.c, hypervisor/gmem.c). The steps are those of
// section 4.3.2 of the specification.

// The walk calls the reader of words through a pointer. Only where the walk is compiled into its
// caller does the compiler see which reader that is, and compiles it in, too.
#define SV32_INLINE static inline __attribute__((always_inline))

// An entry leads to another table if V alone is set of these bits. A, D and U are reserved in such
// an entry and have to be 0.
#define PTE_POINTER_BITS ((u32)(PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D))
static inline bool sv32_is_pointer(u32 pte)
{
    return (pte & PTE_POINTER_BITS) == PTE_V;
}

// The last page number that fits the 32 bits of the board's addresses.
#define PPN_LAST 0xfffffu
static inline bool sv32_is_on_board(u32 ppn)
{
    return ppn <= PPN_LAST;
}

// Follows satp and at most one pointer to the entry that maps `va`, and notes the entry in *walk.
// Returns 0, or the cause of the failure. An entry that is nothing at all is no pointer either: it
// gives no rights, so the caller finds the page fault.
SV32_INLINE u32 sv32_find_leaf(const struct sv32_memory *memory, u32 satp, u32 va,
                               enum access access, struct sv32_walk *walk)
{
    u32 table = SATP_PPN(satp);
    for (walk->level = 1;; walk->level--) {
        u32 index = va >> (walk->level ? 22 : PAGE_SHIFT) & 0x3ff;
        walk->pte_at = table << PAGE_SHIFT | index << 2;
        if (table > PPN_LAST || !memory->load(memory->context, walk->pte_at, &walk->pte))
            return sv32_access_fault(access);
        walk->reads++;
        // A leaf at the first level is a superpage.
        if ((walk->pte & PTE_POINTER_BITS) != PTE_V)
            return 0;
        if (!walk->level)
            return sv32_page_fault(access); // a pointer where only a leaf may be
        table = PTE_PPN(walk->pte);
    }
}

// Sets A, and D for a write, in the entry. Returns false where the entry is not in RAM.
SV32_INLINE bool sv32_mark_leaf(const struct sv32_memory *memory, enum access access,
                                struct sv32_walk *walk)
{
    u32 marked = walk->pte | PTE_A | (access == ACCESS_WRITE ? PTE_D : 0);
    if (marked == walk->pte)
        return true;
    walk->pte = marked;
    return memory->store(memory->context, walk->pte_at, marked);
}

// As sv32_translate, but compiled into its caller.
SV32_INLINE struct sv32_walk sv32_translate_inline(const struct sv32_memory *memory, u32 satp,
                                                   u32 va, enum view view, enum access access,
                                                   bool adue)
{
    struct sv32_walk walk = {0};
    walk.cause = sv32_find_leaf(memory, satp, va, access, &walk);
    if (walk.cause)
        return walk;
    u32 inside = walk.level ? MEGAPAGE_SIZE - 1 : PAGE_SIZE - 1;
    u32 ppn = PTE_PPN(walk.pte);
    bool misaligned = walk.level && (ppn & 0x3ff); // a superpage starts at a multiple of 4 MiB
    walk.rights = (u8)sv32_rights(adue ? walk.pte | PTE_A | PTE_D : walk.pte, view);
    if (!(walk.rights & PTE_R << access) || misaligned)
        walk.cause = sv32_page_fault(access);
    else if (ppn > PPN_LAST || (adue && !sv32_mark_leaf(memory, access, &walk)))
        walk.cause = sv32_access_fault(access);
    else
        walk.address = (ppn << PAGE_SHIFT & ~inside) | (va & inside);
    // While D is clear no entry may grant writing: with `adue` the first write has to walk again
    // and set D. (Without `adue` sv32_rights has taken the right away already.)
    if (!(walk.pte & PTE_D))
        walk.rights &= (u8)~PTE_W;
    return walk;
}

#endif
