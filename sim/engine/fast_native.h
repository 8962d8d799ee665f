// Host code from the fast engine's side: how it is entered, and how a hart goes on from one stretch
// of it to the next without the interpreter. sim/engine/fast.c includes this.
//
//     stretch of host code --- the deadline ---> the turn is over, or an interrupt is taken --+
//        ^                \--- at an sret -----> the sret is done ---------------------------+
//        |                 \-- elsewhere ------> the interpreter                              |
//        +------------------------------------------------------------------------------------+
//
// Read next: sim/engine/fast.c.
#ifndef SIM_ENGINE_FAST_NATIVE_H
#define SIM_ENGINE_FAST_NATIVE_H

#include "sim/engine/fast_resume.h"

// Returns true if host code left at an sret.
static inline bool leaves_at_sret(const struct jit_vars *vars, u32 at)
{
    return at != JIT_FAR && vars->page->record[at / 4].op == INSN_sret;
}

// Runs the host code for a record, from wherever in its block that is. `left` steps suffice for the
// rest of the block. Returns what `enter` does.
static inline u32 enter_native(struct fast_hart *f, struct code_page *page, u32 index, u64 left,
                               gva va)
{
    struct translator *t = f->fast->jit;
    struct jit_vars *vars = &t->jit->vars;
    const struct native_page *n = page->native;
    vars->left = left - n->rest[index];
    vars->ram = f->ram;
    vars->tlb = f->set->entry;
    vars->page = page;
    vars->entry = page->native->entry;
    vars->va = va;
    u32 at = t->enter(f->hart->state.x, (const u8 *)t->jit + n->place[index]);
    // With fewer steps left than a block may take, the deadline may be why it did so little. A
    // handler that returns has done enough, since no interpreter is needed for an sret.
    if (left - vars->left >= JIT_WORTH / 2)
        page->native->heat[index] = JIT_WARM;
    else if (vars->left >= JIT_BLOCK && !leaves_at_sret(vars, at))
        jit_did_little(f->fast, page, index);
    if (vars->wanted)
        jit_leader(f->fast, vars->page, at / 4);
    vars->wanted = 0;
    return at;
}

// Runs the host code for r, from wherever in its block r is. Returns the record to go on at, in
// whatever page that is; it is r itself if the block would run past the deadline. NULL: no record
// is at hand, and the state is settled.
static struct record *run_native(struct fast_hart *f, const struct record *r, uintptr_t *stop)
{
    const struct jit_vars *vars = &f->fast->jit->jit->vars;
    struct code_page *page = f->page;
    u32 index = (u32)(r - page->record);
    u64 left = steps_left(r, *stop);
    gva va = pc_of(f, r) & ~(PAGE_SIZE - 1);
    if (left < page->native->rest[index])
        return &page->record[index];
    u32 at = enter_native(f, page, index, left, va);
    if (at == JIT_FAR) {
        settle_at(f, vars->target, vars->left);
        return NULL;
    }
    if (vars->page != page || vars->va != va)
        go_on_at(f, vars->page, vars->va + at % PAGE_SIZE);
    f->r = &f->page->record[at / 4];
    *stop = (uintptr_t)f->r + vars->left * sizeof *r;
    return f->r;
}

// ---- stretches

// The value of core.steps to stop at, if the hart goes on now; 0: an interrupt is pending.
static inline u64 stretch_end(const struct fast_hart *f, const struct hart_state *s)
{
    u32 open = open_interrupts(s);
    if (!open)
        return f->until;
    if (is_pending(s, open))
        return 0;
    return open & IP_STIP ? stop_for_timer(f) : f->until;
}

// Does `p` still say by which set a hart of this satp and view translates? There are few branches
// here, and they matter where turns are short: the host predicts a branch of the guest's code by
// the branches before it, and those of a turn's beginning tell it nothing.
static inline bool is_set_known(const struct hart_state *s, const struct recent_code *p)
{
    u32 view = (s->satp ^ p->satp) | ((s->sstatus & VIEW_BITS) ^ p->view);
    return !(view | (*p->name ^ p->context));
}

// The page with the records of what is at pc, if this set translates pc at once. NULL: something is
// not at hand. An entry for fetches that is not slow leads to RAM (find_code).
static inline struct code_page *page_in(const struct fast_hart *f, const struct tlb_set *set,
                                        gva pc)
{
    const struct tlb_entry *e = &set->entry[tlb_index(pc, ACCESS_FETCH)];
    if (e->tag != (pc & ~(PAGE_SIZE - 4)))
        return NULL;
    return f->fast->pages[(pc + e->delta - BOARD_RAM) >> PAGE_SHIFT];
}

static void return_from_trap(struct hart *h)
{
    h->machine->core.steps++;
    h->state.retired++;
    trap_return_charged(h, h->state.retired);
}

// Does a stretch of host code in this page, as far as `stop`, or to the first instruction that is
// not for host code. Returns true if the next stretch may follow at once.
static inline bool run_stretch(struct fast_hart *f, struct hart *h, struct code_page *page,
                               u64 stop)
{
    struct hart_state *s = &h->state;
    struct machine_core *core = &h->machine->core;
    const struct jit_vars *vars = &f->fast->jit->jit->vars;
    u32 index = s->pc / 4 % CODE_WORDS;
    u64 left = stop - core->steps;
    if (left < page->native->rest[index])
        return false;
    // The page must not be dropped while its code runs.
    page->entered = true;
    f->page = page;
    u32 at = enter_native(f, page, index, left, s->pc & ~(PAGE_SIZE - 1));
    f->page = NULL;
    s->pc = at == JIT_FAR ? vars->target : vars->va + at;
    s->retired += left - vars->left;
    core->steps += left - vars->left;
    if (!vars->left)
        return true;
    if (s->mode == MODE_U || !leaves_at_sret(vars, at))
        return false;
    return_from_trap(h);
    return true;
}

// Takes an interrupt that is pending.
static void interrupt(struct hart *h)
{
    u32 cause = hart_next_interrupt(h);
    if (!trap_take_quietly(h, cause, 0))
        trap_take(h, cause, 0, 0);
}

// Does the next thing, if it is for this loop and at hand: an interrupt, or a stretch of host code
// with the sret that ends it. Returns false if the interpreter has to do something first.
static inline bool take_stretch(struct fast_hart *f, struct hart *h)
{
    const struct hart_state *s = &h->state;
    const struct recent_code *p = recent_of(f->recent[false], s);
    u64 stop = stretch_end(f, s);
    if (h->machine->leave | (s->run != HART_RUNNING))
        return false;
    if (!stop) {
        interrupt(h);
        return true;
    }
    struct code_page *page = is_set_known(s, p) ? page_in(f, p->set, s->pc) : NULL;
    if (!page || page->record[s->pc / 4 % CODE_WORDS].handler != f->fast->handlers[OP_native])
        return false;
    f->set = p->set;
    return run_stretch(f, h, page, stop);
}

// Goes on from stretch to stretch. Before and after, the state is settled. A turn of several harts
// and a tick of the timer need nothing else as a rule.
static void run_stretches(struct fast_hart *f)
{
    struct hart *h = f->hart;
    if (f->has_h)
        return;
    while (h->machine->core.steps != f->until)
        if (!take_stretch(f, h))
            return;
}

#endif
