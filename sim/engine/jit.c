// The translator around its templates: which records are worth translating, what belongs to a
// region, and when a page is forgotten. Read sim/engine/jit.h first.
// Read next: sim/engine/jit_emit.h.
#include "sim/engine/jit.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define COLD 0xffu // the heat of a record that is not worth translating

_Static_assert(offsetof(struct native_page, entry) == 0, "host code takes one for the other");

static void set_bit(u32 *bits, u32 i)
{
    bits[i / 32] |= 1u << i % 32;
}

// ---- records

// A word that others jump to gets a block of its own, even if it lies inside another block already.
// Where all is translated, for tests, every second word is entered in the middle of a block
// instead.
static bool wants_own_block(const struct fast *fast, const struct code_page *page, u32 index)
{
    const struct native_page *n = page->native;
    if (!jit_is_leader(page, index) || n->entry[index])
        return false;
    return !(fast->m->config.eager && n->rest[index] && index % 4 == 1);
}

static const void *handler_of(const struct fast *fast, const struct code_page *page,
                              const struct record *r)
{
    u32 index = (u32)(r - page->record);
    const struct native_page *n = page->native;
    if (r->op == OP_undecoded || !n || n->heat[index] == COLD)
        return fast->handlers[r->op];
    if (wants_own_block(fast, page, index))
        return fast->handlers[OP_warm];
    return fast->handlers[n->rest[index] ? OP_native : r->op];
}

static void renew(struct fast *fast, struct code_page *page, u32 index)
{
    page->record[index].handler = handler_of(fast, page, &page->record[index]);
}

void jit_leader(struct fast *fast, struct code_page *page, u32 index)
{
    if (!page->native)
        page->native = calloc(1, sizeof *page->native);
    if (!page->native || jit_is_leader(page, index))
        return;
    set_bit(page->native->leader, index);
    renew(fast, page, index);
}

// A loop begins where something jumps back to, and a function where something calls.
void jit_decode(struct fast *fast, struct code_page *page, struct record *r)
{
    u32 index = (u32)(r - page->record);
    code_decode(fast, page, r);
    enum flow flow = jit_flow(r);
    if (fast->m->config.eager)
        jit_leader(fast, page, index);
    if (flow == FLOW_CALL ||
        ((flow == FLOW_BRANCH || flow == FLOW_JUMP) && jit_target(r, index) <= index))
        jit_leader(fast, page, jit_target(r, index));
    r->handler = handler_of(fast, page, r);
}

static void forget(struct fast *fast, struct code_page *page)
{
    struct native_page *n = page->native;
    memset(n->entry, 0, sizeof n->entry);
    memset(n->rest, 0, sizeof n->rest);
    memset(n->heat, n->forgotten < JIT_FORGOTTEN || fast->m->config.eager ? 0 : COLD,
           sizeof n->heat);
    for (u32 i = 0; i < CODE_WORDS; i++)
        renew(fast, page, i);
}

void jit_written(struct fast *fast, struct code_page *page, u32 first, u32 last)
{
    for (u32 i = first; page->native && i <= last; i++) {
        if (!page->native->rest[i])
            continue;
        page->native->forgotten++;
        forget(fast, page);
        return;
    }
}

static void forget_all(struct fast *fast)
{
    for (u32 i = 0; i < fast->kept; i++)
        if (fast->pages[fast->list[i]]->native)
            forget(fast, fast->pages[fast->list[i]]);
    fast->jit->used = fast->jit->first;
}

void jit_release(struct translator *t)
{
    u32 from = (t->first + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
    t->used = t->first;
    madvise((u8 *)t->jit + from, sizeof *t->jit - from, MADV_DONTNEED);
}

// ---- regions

struct region {
    struct fast *fast;
    struct code_page *page;
    u32 unvisited_count;
    u16 unvisited[CODE_WORDS];
    u8 marks[CODE_WORDS];
};

// Something jumps to this word.
static void lead(struct region *g, u32 index)
{
    if (index >= CODE_WORDS || (g->marks[index] & MARK_LEADER))
        return;
    g->marks[index] |= MARK_LEADER;
    g->unvisited[g->unvisited_count++] = (u16)index;
}

static void follow(struct region *g, u32 index)
{
    for (; index < CODE_WORDS; index++) {
        struct record *r = &g->page->record[index];
        if ((g->marks[index] & MARK_REACHED) || g->page->native->entry[index])
            return;
        g->marks[index] |= MARK_REACHED;
        if (r->op == OP_undecoded)
            jit_decode(g->fast, g->page, r);
        switch (jit_flow(r)) {
        case FLOW_NEXT:
            continue;
        case FLOW_BRANCH:
            lead(g, jit_target(r, index));
            lead(g, index + 1);
            continue;
        case FLOW_CALL:
            lead(g, jit_target(r, index));
            lead(g, index + 1);
            return;
        case FLOW_JUMP:
            lead(g, jit_target(r, index));
            return;
        case FLOW_BRANCH_FAR:
        case FLOW_AWAY_CALL:
        case FLOW_LEAVE:
            lead(g, index + 1);
            return;
        case FLOW_AWAY:
        case FLOW_LEAVE_END:
            return;
        }
    }
}

// Where control is likely to go after this word: a jump back is a loop more often than not.
// CODE_WORDS: to another page.
static u32 likely_next(const struct code_page *page, u32 index)
{
    const struct record *r = &page->record[index];
    switch (jit_flow(r)) {
    case FLOW_NEXT:
    case FLOW_BRANCH_FAR:
        return index + 1;
    case FLOW_BRANCH:
        return jit_target(r, index) <= index ? jit_target(r, index) : index + 1;
    case FLOW_JUMP:
    case FLOW_CALL:
        return jit_target(r, index);
    default:
        return CODE_WORDS;
    }
}

// What a record means for the weight of those before it.
enum weight_here {
    WEIGHT_NONE, // the interpreter is needed here
    WEIGHT_ONE,  // an instruction more
    WEIGHT_MOST, // host code is likely to go on elsewhere: by whatever called this, or, after an
                 // sret, by what the trap interrupted
};

static enum weight_here weight_here(const struct record *r)
{
    enum flow flow = jit_flow(r);
    if (flow == FLOW_AWAY || flow == FLOW_AWAY_CALL || r->op == INSN_sret)
        return WEIGHT_MOST;
    return flow == FLOW_LEAVE || flow == FLOW_LEAVE_END ? WEIGHT_NONE : WEIGHT_ONE;
}

// How many instructions are likely to follow before the interpreter is needed. It stops counting at
// JIT_WORTH.
static u32 weight(struct fast *fast, struct code_page *page, u32 index)
{
    u32 n = 0;
    for (; n < JIT_WORTH && index < CODE_WORDS; n++) {
        if (page->record[index].op == OP_undecoded)
            jit_decode(fast, page, &page->record[index]);
        enum weight_here here = weight_here(&page->record[index]);
        if (here != WEIGHT_ONE)
            return here == WEIGHT_MOST ? JIT_WORTH : n;
        index = likely_next(page, index);
    }
    return n;
}

// Changes the access rights of the memory that the next region goes to.
static bool set_access(struct translator *t, u32 used, int access)
{
    u32 from = used & ~(PAGE_SIZE - 1);
    return mprotect((u8 *)t->jit + from, JIT_REGION_BYTES, access) == 0;
}

// The interpreter is needed too soon here. What comes behind that instruction may be worth
// translating.
static void lead_on(struct fast *fast, struct code_page *page, u32 index, u32 ahead)
{
    while (ahead--)
        index = likely_next(page, index);
    if (index + 1 < CODE_WORDS && jit_flow(&page->record[index]) == FLOW_LEAVE)
        jit_leader(fast, page, index + 1);
}

// The same for a word of a region, if the weights of the words behind it are known.
static u32 weight_by_next(struct fast *fast, struct code_page *page, const u8 *marks,
                          const u8 *weights, u32 index)
{
    u32 next = likely_next(page, index);
    bool is_known = next > index && next < CODE_WORDS && (marks[next] & MARK_REACHED);
    if (!is_known || weight_here(&page->record[index]) != WEIGHT_ONE)
        return weight(fast, page, index);
    return weights[next] < JIT_WORTH ? weights[next] + 1u : JIT_WORTH;
}

// From now on the interpreter goes to host code at each word of the region, if enough instructions
// follow there.
static void use_region(struct fast *fast, struct code_page *page, const u8 *marks, u32 worth)
{
    struct native_page *n = page->native;
    u8 weights[CODE_WORDS]; // of the words of the region that were looked at
    for (u32 i = CODE_WORDS; i--;) {
        if (!(marks[i] & MARK_REACHED))
            continue;
        if (marks[i] & MARK_LEADER)
            set_bit(n->leader, i);
        weights[i] = (u8)weight_by_next(fast, page, marks, weights, i);
        // A long rest is worth it without a closer look.
        if (n->rest[i] < worth && weights[i] < worth)
            n->heat[i] = COLD;
        renew(fast, page, i);
    }
}

// The interpreter does this record from now on, and no longer counts.
static void leave_cold(struct fast *fast, struct code_page *page, u32 index)
{
    page->native->heat[index] = COLD;
    renew(fast, page, index);
}

// Returns how many bytes of host code were written.
static u32 translate(struct fast *fast, struct code_page *page, u32 index)
{
    struct translator *t = fast->jit;
    struct region g = {.fast = fast, .page = page};
    u32 worth = fast->m->config.eager ? 1 : JIT_WORTH, ahead = weight(fast, page, index);
    if (ahead < worth) {
        leave_cold(fast, page, index);
        lead_on(fast, page, index, ahead);
        return 0;
    }
    if (sizeof *t->jit - t->used < JIT_REGION_BYTES)
        forget_all(fast);
    u32 used = t->used;
    if (t->refused || !set_access(t, used, PROT_READ | PROT_WRITE)) {
        leave_cold(fast, page, index);
        return 0;
    }
    lead(&g, index);
    while (g.unvisited_count)
        follow(&g, g.unvisited[--g.unvisited_count]);
    jit_emit_region(t, page, g.marks);
    t->refused = !set_access(t, used, PROT_READ | PROT_EXEC);
    u32 bytes = t->used - used;
    if (t->refused)
        forget_all(fast);
    use_region(fast, page, g.marks, worth);
    return bytes;
}

// Translating takes the time of many instructions. A guest could keep us translating all the time,
// by code that it leaves at once, rewrites, or enters at every word of a long block. So each region
// has to be earned by instructions executed.
static bool is_earned(struct translator *t, u64 now)
{
    // The machine may have gone back in time since.
    if (t->paid > now + JIT_CREDIT + JIT_REGION_COST + JIT_REGION_BYTES)
        t->paid = now;
    return t->paid <= now + JIT_CREDIT;
}

static void pay(struct translator *t, u64 now, u32 bytes)
{
    if (t->paid < now)
        t->paid = now;
    t->paid += bytes ? JIT_REGION_COST + bytes : 0;
}

void jit_arrival(struct fast *fast, struct code_page *page, u32 index, u64 now)
{
    struct translator *t = fast->jit;
    u8 *heat = &page->native->heat[index];
    if (*heat < JIT_WARM)
        ++*heat;
    if (fast->m->config.eager || (*heat >= JIT_WARM && is_earned(t, now)))
        pay(t, now, translate(fast, page, index));
}

void jit_did_little(struct fast *fast, struct code_page *page, u32 index)
{
    if (!fast->m->config.eager && ++page->native->heat[index] == COLD)
        renew(fast, page, index);
}

// ---- life

struct translator *jit_new(const struct fast *fast)
{
#ifdef __x86_64__
    struct translator *t = calloc(1, sizeof *t);
    void *jit = mmap(NULL, sizeof *t->jit, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (t && jit != MAP_FAILED) {
        t->jit = jit;
        t->jit->vars = (struct jit_vars){.pages = fast->pages, .jit = jit};
        jit_emit_frame(t, fast->m->ram.count);
        if (mprotect(t->jit->code, sizeof t->jit->code, PROT_READ | PROT_EXEC) == 0)
            return t;
    }
    if (jit != MAP_FAILED)
        munmap(jit, sizeof *t->jit);
    free(t);
#else
    (void)fast;
#endif
    return NULL;
}

void jit_free(struct translator *t)
{
    if (!t)
        return;
    munmap(t->jit, sizeof *t->jit);
    free(t);
}
