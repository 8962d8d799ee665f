// The TLB. It is a part of the machine's specified state, and not the cache of an engine. Every
// engine fills it by the same misses, so all engines count the same walks, and a snapshot holds
// it.
//
//     one TLB a hart:  TLB_SETS sets, each for one context
//     a context:       whose translation it is, and who looks: see its name below
//     a set:           read[4096] write[4096] fetch[4096]; bits 23:12 of the address choose
//     an entry:        4 KiB; a superpage fills one for each 4 KiB of it that is touched
//
//     31 30 29    23 22  16 15 14 13   4 3    0
//    +--+--+--------+------+-----+------+------+
//    | 1| V|        | VMID |     | ASID | view |   the name of a context
//    +--+--+--------+------+-----+------+------+
//        view  U, K, K with SUM; each with and without MXR: enum view
//        ASID  TLB_NO_ASID: there is no translation by satp
//        V     the context is a guest's (isa/arch/h_extension.h). Its entries lead through both
//              stages at once, and it has three more views: those with the VMM's MXR
//
//     31         12 11 10 9      0           31                  0
//    +-------------+--+--+--------+         +---------------------+
//    | virtual page| N| S|G       |  tag    | physical - virtual  |  delta
//    +-------------+--+--+--------+         +---------------------+
//        N  there is nothing here
//        G  there is nothing any more, but the entry is still in the set's list of used ones
//        S  look closer: this bit is no state but an engine's mark. Every entry is made with it. An
//           engine takes it away where an access needs nothing but the bytes: the page is RAM, and
//           for a write it is marked dirty and holds nothing decoded.
//
// The rules: only a walk that succeeded makes an entry. A hit has no side effect and reads no
// memory. A write entry exists only where D was set. A context that has no set takes the next one
// in turn, whose entries are lost. So neither a trap nor a world switch flushes anything, and a
// flush costs what was used. Global entries are kept by ASID like all others, which the
// specification allows. There are no pointers inside.
// Read next: sim/core/mmu.c.
#ifndef SIM_CORE_TLB_H
#define SIM_CORE_TLB_H

#include "isa/arch/sv32.h"

#define TLB_SETS 32u
#define TLB_ENTRIES 4096u // of each kind of access, in a set
#define TLB_KINDS 3u      // enum access
#define TLB_ASIDS 512u
#define TLB_NO_ASID TLB_ASIDS
#define TLB_NAMED 0x80000000u // in every name, so that 0 names no context
#define TLB_GUEST 0x40000000u // V

static inline u32 tlb_context(u32 asid, u32 view)
{
    return TLB_NAMED | asid << 4 | view;
}

static inline u32 tlb_guest_context(u32 vmid, u32 asid, u32 view)
{
    return TLB_GUEST | vmid << 16 | tlb_context(asid, view);
}

// The context of a hart whose translation is off, and which runs no guest. No TLB of a hart has it.
#define TLB_OFF (TLB_NAMED | TLB_NO_ASID << 4)

#define TLB_SLOW 0x400u // S
#define TLB_NONE 0x800u // N: the entry was not used since its set was flushed (see tlb_is_unused)
#define TLB_GONE 0xa00u // N and G: it was used, and dropped by itself

struct tlb_entry {
    u32 tag;   // virtual page address
    u32 delta; // what leads from a virtual address to the physical one
};

struct tlb_set {
    u32 ready;            // not 0: it was prepared once, so entries not in the list are unused
    u32 used;             // length of list
    u32 large[1024 / 32]; // bit n: some entry of the 4 MiB region n may come from a superpage
    u16 list[TLB_KINDS * TLB_ENTRIES]; // the used entries
    struct tlb_entry entry[TLB_KINDS * TLB_ENTRIES];
};

// There are many names, but few are in use. So a hash of the name tells in which set its context
// was found last. The hash is no state. It is checked against the name of that set. If it is
// wrong, the names of all sets are searched.
#define TLB_HASH 256u

struct tlb {
    u32 taken;          // sets in use: the first ones
    u32 next;           // the set that is taken over next, when all are in use
    u32 name[TLB_SETS]; // of the contexts that have the sets; 0: the set is not in use
    u8 set_of[TLB_HASH];
    struct tlb_set set[TLB_SETS];
};

// Returns the index of the entry for this address in a set.
static inline u32 tlb_index(gva va, enum access access)
{
    return access * TLB_ENTRIES + (va >> PAGE_SHIFT & (TLB_ENTRIES - 1));
}

static inline u32 tlb_hash(u32 context)
{
    return context % TLB_HASH; // the view, and 4 bits of the ASID
}

// Returns the number of the set that a context has, or TLB_SETS if it has none.
u32 tlb_search(struct tlb *t, u32 context);
static inline u32 tlb_number(struct tlb *t, u32 context)
{
    u32 number = t->set_of[tlb_hash(context)];
    return t->name[number] == context ? number : tlb_search(t, context);
}

// Returns the set of a context. Makes it if there is none.
struct tlb_set *tlb_make(struct tlb *t, u32 context);
static inline struct tlb_set *tlb_set(struct tlb *t, u32 context)
{
    u32 number = tlb_number(t, context);
    return number < TLB_SETS ? &t->set[number] : tlb_make(t, context);
}

// Returns the entry for this address, or NULL (a miss).
static inline const struct tlb_entry *tlb_find(const struct tlb_set *s, gva va, enum access access)
{
    const struct tlb_entry *e = &s->entry[tlb_index(va, access)];
    return (e->tag & ~TLB_SLOW) == (va & ~(PAGE_SIZE - 1)) ? e : NULL;
}

// A set's memory is zero until it is prepared, so a tag of 0 is unused, too. It fits an address in
// the first page alone, which is looked for in the first entry of a kind only.
static inline bool tlb_is_unused(const struct tlb_set *s, u32 index)
{
    return s->entry[index].tag == TLB_NONE || (s->entry[index].tag == 0 && index % TLB_ENTRIES);
}

static inline void tlb_fill(struct tlb_set *s, gva va, enum access access, u32 physical, bool large)
{
    u32 index = tlb_index(va, access);
    struct tlb_entry *e = &s->entry[index];
    if (tlb_is_unused(s, index))
        s->list[s->used++] = (u16)index;
    e->tag = (va & ~(PAGE_SIZE - 1)) | TLB_SLOW;
    e->delta = (physical & ~(PAGE_SIZE - 1)) - (va & ~(PAGE_SIZE - 1));
    if (large)
        s->large[va >> 27] |= 1u << (va >> 22 & 31);
}

// Forgets `*va` (NULL: every address) of `*asid` (NULL: every ASID; bits above 9 are ignored) in
// the contexts that are no guest's. If the address lies in a superpage, all of the superpage is
// forgotten.
void tlb_flush(struct tlb *t, const gva *va, const u32 *asid);

// The same for the contexts of guests with this VMID (NULL: every VMID; bits above 7 are ignored).
void tlb_flush_guest(struct tlb *t, const u32 *vmid, const gva *va, const u32 *asid);

void tlb_clear(struct tlb *t);

// From now on, writes to this physical page, or all writes (NULL), are examined again
// (TLB_SLOW).
void tlb_slow_writes(struct tlb *t, const mpa *page);

// From now on every access is examined again (TLB_SLOW).
void tlb_slow(struct tlb *t);

// Packs the contents of a TLB, for snapshots and for comparing. Two TLBs give the same bytes if
// and only if they are the same.
size_t tlb_packed_size(const struct tlb *t);
void tlb_pack(const struct tlb *t, void *to);
void tlb_unpack(struct tlb *t, const void *from);

#endif
