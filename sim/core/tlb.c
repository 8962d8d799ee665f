// The TLB's sets: made, found, filled, flushed, packed. Picture and rules: sim/core/tlb.h.
#include "sim/core/tlb.h"

#include <string.h>

// A set begins as zero bytes, most of which are never touched. So a tag of 0 is unused, too: see
// tlb_is_unused.
static void prepare(struct tlb_set *s)
{
    for (u32 kind = 0; kind < TLB_KINDS; kind++)
        s->entry[kind * TLB_ENTRIES].tag = TLB_NONE;
    s->ready = true;
}

static void flush_set(struct tlb_set *s)
{
    for (u32 i = 0; i < s->used; i++)
        s->entry[s->list[i]] = (struct tlb_entry){.tag = TLB_NONE};
    s->used = 0;
    memset(s->large, 0, sizeof s->large);
}

// ---- which set a context has

u32 tlb_search(struct tlb *t, u32 context)
{
    for (u32 i = 0; i < t->taken; i++)
        if (t->name[i] == context) {
            t->set_of[tlb_hash(context)] = (u8)i;
            return i;
        }
    return TLB_SETS;
}

// Takes the next set, in turn, away from the context that has it. Returns the number of the set.
static u32 take_over(struct tlb *t)
{
    u32 number = t->next;
    t->next = (t->next + 1) % TLB_SETS;
    flush_set(&t->set[number]);
    return number;
}

struct tlb_set *tlb_make(struct tlb *t, u32 context)
{
    u32 number = t->taken < TLB_SETS ? t->taken++ : take_over(t);
    struct tlb_set *s = &t->set[number];
    // Most sets are never used, and a set takes memory of the host only when it is touched.
    if (!s->ready)
        prepare(s);
    t->name[number] = context;
    t->set_of[tlb_hash(context)] = (u8)number;
    return s;
}

// ---- forgetting

static bool is_large(const struct tlb_set *s, gva va)
{
    return s->large[va >> 27] >> (va >> 22 & 31) & 1;
}

// Drops the entries of the `bytes` (4 KiB or 4 MiB) around `va`.
static void drop(struct tlb_set *s, gva va, u32 bytes)
{
    gva start = va & ~(bytes - 1);
    for (u32 kind = 0; kind < TLB_KINDS; kind++)
        for (u32 page = 0; page < bytes >> PAGE_SHIFT; page++) {
            struct tlb_entry *e = &s->entry[tlb_index(start + page * PAGE_SIZE, kind)];
            if ((e->tag & ~TLB_SLOW) == start + page * PAGE_SIZE)
                *e = (struct tlb_entry){.tag = TLB_GONE};
        }
}

static void flush_address(struct tlb_set *s, const gva *va)
{
    if (!va) {
        flush_set(s);
    } else if (is_large(s, *va)) {
        drop(s, *va, MEGAPAGE_SIZE);
        s->large[*va >> 27] &= ~(1u << (*va >> 22 & 31));
    } else {
        drop(s, *va, PAGE_SIZE);
    }
}

// The fields of a name that a fence compares.
#define NAME_VMID (0x7fu << 16)
#define NAME_ASID (0x3ffu << 4)

// Forgets the address in the contexts whose name is `like` in the bits of `mask`.
static void flush_like(struct tlb *t, u32 like, u32 mask, const gva *va)
{
    for (u32 i = 0; i < t->taken; i++)
        if ((t->name[i] & mask) == like)
            flush_address(&t->set[i], va);
}

void tlb_flush(struct tlb *t, const gva *va, const u32 *asid)
{
    // With TLB_GUEST in the mask and not in `like`, contexts of guests are left out.
    u32 like = TLB_NAMED, mask = TLB_NAMED | TLB_GUEST;
    if (asid) {
        like |= (*asid & (TLB_ASIDS - 1)) << 4;
        mask |= NAME_ASID;
    }
    flush_like(t, like, mask, va);
}

void tlb_flush_guest(struct tlb *t, const u32 *vmid, const gva *va, const u32 *asid)
{
    u32 like = TLB_NAMED | TLB_GUEST, mask = like;
    if (vmid) {
        like |= (*vmid << 16) & NAME_VMID;
        mask |= NAME_VMID;
    }
    if (asid) {
        like |= (*asid & (TLB_ASIDS - 1)) << 4;
        mask |= NAME_ASID;
    }
    flush_like(t, like, mask, va);
}

void tlb_clear(struct tlb *t)
{
    for (u32 i = 0; i < t->taken; i++) {
        flush_set(&t->set[i]);
        t->name[i] = 0;
    }
    t->taken = t->next = 0;
}

static void slow_writes_of(struct tlb_set *s, const mpa *page)
{
    for (u32 i = 0; i < s->used; i++) {
        struct tlb_entry *e = &s->entry[s->list[i]];
        // The index of an entry tells the kind of its access: see tlb_index.
        bool is_write = s->list[i] / TLB_ENTRIES == ACCESS_WRITE && !(e->tag & TLB_NONE);
        if (is_write && (!page || ((e->tag + e->delta) & ~(PAGE_SIZE - 1)) == *page))
            e->tag |= TLB_SLOW;
    }
}

void tlb_slow_writes(struct tlb *t, const mpa *page)
{
    for (u32 i = 0; i < t->taken; i++)
        slow_writes_of(&t->set[i], page);
}

void tlb_slow(struct tlb *t)
{
    for (u32 i = 0; i < t->taken; i++) {
        struct tlb_set *s = &t->set[i];
        for (u32 n = 0; n < s->used; n++) {
            struct tlb_entry *e = &s->entry[s->list[n]];
            if (!(e->tag & TLB_NONE))
                e->tag |= TLB_SLOW;
        }
    }
}

// ---- packing: a header, then the header of each set, then each used entry

struct packed {
    u32 taken, next;
};
struct packed_set {
    u32 name, used;
    u32 large[1024 / 32];
};
struct packed_entry {
    u32 where, tag, delta;
};

size_t tlb_packed_size(const struct tlb *t)
{
    size_t size = sizeof(struct packed) + t->taken * sizeof(struct packed_set);
    for (u32 i = 0; i < t->taken; i++)
        size += t->set[i].used * sizeof(struct packed_entry);
    return size;
}

static void *put(void *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    return (u8 *)to + size;
}

static const void *take(void *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    return (const u8 *)from + size;
}

void tlb_pack(const struct tlb *t, void *to)
{
    struct packed head = {.taken = t->taken, .next = t->next};
    to = put(to, &head, sizeof head);
    for (u32 i = 0; i < t->taken; i++) {
        const struct tlb_set *s = &t->set[i];
        struct packed_set set = {.name = t->name[i], .used = s->used};
        memcpy(set.large, s->large, sizeof set.large);
        to = put(to, &set, sizeof set);
        for (u32 k = 0; k < s->used; k++) {
            const struct tlb_entry *e = &s->entry[s->list[k]];
            // TLB_SLOW is the mark of an engine and no state, so it is left out.
            to = put(to, &(struct packed_entry){s->list[k], e->tag & ~TLB_SLOW, e->delta},
                     sizeof(struct packed_entry));
        }
    }
}

void tlb_unpack(struct tlb *t, const void *from)
{
    struct packed head;
    from = take(&head, from, sizeof head);
    tlb_clear(t);
    for (u32 i = 0; i < head.taken; i++) {
        struct packed_set set;
        from = take(&set, from, sizeof set);
        struct tlb_set *s = tlb_make(t, set.name);
        memcpy(s->large, set.large, sizeof s->large);
        s->used = set.used;
        for (u32 k = 0; k < set.used; k++) {
            struct packed_entry e;
            from = take(&e, from, sizeof e);
            s->list[k] = (u16)e.where;
            s->entry[e.where] =
                (struct tlb_entry){e.tag | (e.tag & TLB_NONE ? 0 : TLB_SLOW), e.delta};
        }
    }
    t->next = head.next;
}
