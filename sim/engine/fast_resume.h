// Where a hart goes on: what its registers and the TLB say about the record to be executed next,
// and how many steps there are until something has to be looked at again. sim/engine/fast.c
// includes this.
// Read next: sim/engine/fast_native.h.
#ifndef SIM_ENGINE_FAST_RESUME_H
#define SIM_ENGINE_FAST_RESUME_H

#include "sim/engine/fast_deadline.h"
#include "sim/engine/jit.h"

#include <string.h>

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))
#define VIEW_BITS (SSTATUS_SUM | SSTATUS_MXR)

// ---- counting

static u64 steps_left(const struct record *r, uintptr_t stop)
{
    return (stop - (uintptr_t)r) / sizeof *r;
}

// Writes into the machine's state what the program has reached: pc is to be executed next, and
// `left` of the steps allowed are left.
static inline void settle_at(struct fast_hart *f, gva pc, u64 left)
{
    struct hart_state *s = &f->hart->state;
    s->retired = f->retired - left;
    f->hart->machine->core.steps = f->steps - left;
    s->pc = pc;
}

static u32 pc_of(const struct fast_hart *f, const struct record *r)
{
    return (u32)((uintptr_t)r >> 2) + f->bias;
}

static inline void settle(struct fast_hart *f, const struct record *r, uintptr_t stop)
{
    settle_at(f, pc_of(f, r), steps_left(r, stop));
}

static bool is_counted(const struct fast_hart *f)
{
    return f->stop < f->end;
}

static u32 word_of(const struct fast_hart *f, const struct record *r)
{
    u32 word;
    memcpy(&word, (const void *)(f->ram + f->page->at + (u32)(r - f->page->record) * 4),
           sizeof word);
    return word;
}

// What the decoder made of the word at r, for sim/engine/exec.c.
static struct decoded decoded_of(const struct fast_hart *f, const struct record *r)
{
    u32 word = word_of(f, r);
    if (r->op > OP_ROWS)
        return isa_decode(word, f->hart->machine->config.profile);
    return (struct decoded){word, (i32)r->imm, r->op, r->rd, r->rs1, r->rs2};
}

// ---- code

static void decode(struct fast_hart *f, struct record *r)
{
    if (f->fast->jit)
        jit_decode(f->fast, f->page, r);
    else
        code_decode(f->fast, f->page, r);
}

// Control has come to this record from elsewhere. Where that happens often, host code should begin.
static ALWAYS_INLINE void arrive(const struct fast_hart *f, struct code_page *page, u32 index)
{
    const struct native_page *n = page->native;
    if (n && n->rest[index]) // there is host code
        return;
    if (page->arrivals < JIT_WARM)
        page->arrivals++;
    else if (f->fast->jit && !jit_is_leader(page, index))
        jit_leader(f->fast, page, index);
}

static inline void go_on_at(struct fast_hart *f, struct code_page *page, gva pc)
{
    f->page = page;
    page->entered = true;
    f->r = &page->record[pc / 4 % CODE_WORDS];
    f->end = (uintptr_t)&page->record[CODE_WORDS];
    f->bias = pc - (u32)((uintptr_t)f->r >> 2);
    arrive(f, page, pc / 4 % CODE_WORDS);
}

// Goes on at `target` after the jump at r, if the translation and the records of its page are
// available. Otherwise returns NULL, and the state is settled.
static inline struct record *fast_enter(struct fast_hart *f, const struct record *r,
                                        uintptr_t *stop, gva target)
{
    const struct tlb_entry *e = &f->set->entry[tlb_index(target, ACCESS_FETCH)];
    struct code_page *page = NULL;
    u64 left = steps_left(r, *stop) - 1;
    if (e->tag == (target & ~(PAGE_SIZE - 1)))
        page = code_page_find(f->fast, target + e->delta);
    if (!page) {
        settle(f, r + 1, *stop);
        f->hart->state.pc = target;
        return NULL;
    }
    go_on_at(f, page, target);
    *stop = (uintptr_t)f->r + left * sizeof *r;
    return f->r;
}

// The same as mmu_translate, in a set that is known. While translation is off that is the engine's
// own set, whose entries say that an address is itself.
static inline u32 translate(struct fast_hart *f, struct tlb_set *set, gva va, enum access access,
                            mpa *physical)
{
    const struct tlb_entry *e = tlb_find(set, va, access);
    if (!e && set != f->off)
        return mmu_walk(f->hart, set, va, access, physical);
    if (!e)
        tlb_fill(set, va, access, va, false);
    *physical = e ? va + e->delta : va;
    return 0;
}

// The TLB that has the sets of this context.
static inline struct tlb *tlb_of(struct fast_hart *f, u32 context)
{
    return context == TLB_OFF ? f->own : f->hart->tlb;
}

// Finds the TLB set by which the hart translates from here on, and the page that pc is in. A set
// that is missing is made, as the first access would. Returns 0, or the cause of the fetch's fault.
static u32 find_code(struct fast_hart *f)
{
    struct hart *h = f->hart;
    gva pc = h->state.pc;
    mpa physical;
    u32 context = mmu_context(h);
    struct tlb_set *set = tlb_set(tlb_of(f, context), context);
    u32 cause = translate(f, set, pc, ACCESS_FETCH, &physical);
    if (cause)
        return cause;
    if (!memory_has(h->machine, physical, 4))
        return CAUSE_FETCH_ACCESS;
    f->set = set;
    f->page = NULL;
    // What somebody wants to hear of is executed one by one. Without translation both modes share
    // the entry, so it stays slow for both.
    if (h->machine->ram.flags[(physical - BOARD_RAM) >> PAGE_SHIFT] & PAGE_WATCHED_CODE)
        if (h->state.mode == MODE_K || set == f->off)
            return 0;
    set->entry[tlb_index(pc, ACCESS_FETCH)].tag &= ~TLB_SLOW;
    struct code_page *page = code_page_at(f->fast, physical);
    if (page)
        go_on_at(f, page, pc);
    return 0;
}

// Which of the places in `recent` is for the view of this hart.
static inline struct recent_code *recent_of(struct recent_code *recent, const struct hart_state *s)
{
    if (s->mode == MODE_U)
        return &recent[0];
    return &recent[s->sstatus & SSTATUS_SUM ? 2 : 1];
}

// The same where everything is at hand. Returns false if something is not.
static bool find_code_again(struct fast_hart *f, struct recent_code *recent)
{
    struct hart *h = f->hart;
    gva pc = h->state.pc;
    u32 context = mmu_context(h);
    struct tlb *t = tlb_of(f, context);
    u32 number = tlb_number(t, context);
    if (number == TLB_SETS)
        return false;
    struct tlb_set *set = &t->set[number];
    struct tlb_entry *e = &set->entry[tlb_index(pc, ACCESS_FETCH)];
    if (e->tag != (pc & ~(PAGE_SIZE - 4)))
        return false;
    struct code_page *page = code_page_find(f->fast, pc + e->delta);
    if (!page)
        return false;
    f->set = set;
    go_on_at(f, page, pc);
    *recent_of(recent, &h->state) = (struct recent_code){
        .page = page,
        .set = set,
        .name = &t->name[number],
        .entry = e,
        .context = context,
        .satp = h->state.satp,
        .view = h->state.sstatus & VIEW_BITS,
        .hgatp = h->extension.hgatp,
        .mxr = h->extension.other.sstatus & SSTATUS_MXR,
        .tag = e->tag,
        .delta = e->delta,
    };
    return true;
}

// The same where it is the page that the hart was in lately. That is frequent: a kernel is entered
// by its one handler, returns to where it was called from, and sets SUM for a few instructions at a
// time.
static ALWAYS_INLINE bool find_code_nearby(struct fast_hart *f, const struct hart_state *s,
                                           const struct recent_code *p)
{
    gva pc = s->pc;
    if (s->satp != p->satp || (s->sstatus & VIEW_BITS) != p->view ||
        (pc & ~(PAGE_SIZE - 4)) != p->tag || *p->name != p->context || p->entry->tag != p->tag ||
        p->entry->delta != p->delta)
        return false;
    f->set = p->set;
    go_on_at(f, p->page, pc);
    return true;
}

// ---- going on

// The run goes on until core.steps is `steps`.
static ALWAYS_INLINE void allow(struct fast_hart *f, const struct hart *h, u64 steps)
{
    u64 left = steps - h->machine->core.steps;
    f->steps = steps;
    f->retired = h->state.retired + left;
    f->stop = (uintptr_t)f->r + left * sizeof *f->r;
}

// A guest's context depends on more than the registers that find_code_nearby compares.
static inline bool is_same_guest(const struct recent_code *p, const struct h_state *e)
{
    return e->hgatp == p->hgatp && (e->other.sstatus & SSTATUS_MXR) == p->mxr;
}

// resume_quickly in a machine with the hypervisor extension.
static NOINLINE bool resume_with_h(struct fast_hart *f, struct hart *h)
{
    const struct hart_state *s = &h->state;
    struct recent_code *recent = f->recent[s->virt], *p = recent_of(recent, s);
    u64 quiet = quiet_ticks(h);
    if (!quiet && hart_next_interrupt(h))
        return false;
    bool near = (!s->virt || is_same_guest(p, &h->extension)) && find_code_nearby(f, s, p);
    if (!near && !find_code_again(f, recent))
        return false;
    allow(f, h, quiet ? stop_after(f, quiet) : stop_for_timers(f));
    return true;
}

// Goes on at pc if nothing prevents it, which is nearly always so. Returns false if something
// does; fast_resume then finds out what.
static ALWAYS_INLINE bool resume_quickly(struct fast_hart *f, struct hart *h)
{
    const struct hart_state *s = &h->state;
    const struct machine *m = h->machine;
    if (m->leave || m->core.steps >= f->until || s->run != HART_RUNNING)
        return false;
    if (f->has_h)
        return resume_with_h(f, h);
    u32 open = open_interrupts(s);
    if (open && is_pending(s, open))
        return false;
    struct recent_code *recent = f->recent[false];
    if (!find_code_nearby(f, s, recent_of(recent, s)) && !find_code_again(f, recent))
        return false;
    if (open & IP_STIP)
        allow(f, h, stop_for_timer(f));
    else
        allow(f, h, f->until);
    return true;
}

// Finds where the hart goes on, after it has taken the interrupts and faults that come first.
// Returns false if the run is over.
static bool fast_resume(struct fast_hart *f)
{
    struct hart *h = f->hart;
    struct machine *m = h->machine;
    while (m->core.steps < f->until && h->state.run == HART_RUNNING && !m->leave) {
        u32 open = open_interrupts(&h->state);
        u32 interrupt = 0;
        if (f->has_h)
            interrupt = next_interrupt(h);
        else if (open && is_pending(&h->state, open))
            interrupt = hart_next_interrupt(h);
        if (interrupt) {
            trap_take(h, interrupt, 0, 0);
            if (resume_quickly(f, h))
                return true;
            continue;
        }
        u32 cause = find_code(f);
        if (cause) {
            trap_take(h, cause, h->state.pc, 0);
        } else if (!f->page || h->state.pc % 4) {
            engine_plain.run(h, m->core.steps + 1);
        } else {
            allow(f, h, stop_of(f, open));
            return true;
        }
    }
    f->page = NULL;
    return false;
}

#endif
