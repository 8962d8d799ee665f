// The fast engine around its interpreter: CSRs and fences, what an access needs before it is quick,
// the way into host code, and the life of the engine. Read sim/engine/fast.h first.
// Read next: sim/engine/jit.h.
#include "sim/engine/fast_resume.h"
#include "isa/access.h"
#include "sim/engine/arith.h"
#include "sim/engine/exec.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define STEPS_AT_ONCE (1ull << 40) // `stop` is an address, so it has to stay a number that fits

// ---- CSRs

enum csr_result {
    CSR_DONE,
    CSR_CHANGED, // and what it changed may matter to the very next instruction
    CSR_REFUSED,
};

// Of OP_csr_read and its like: the CSR.
static inline u32 *csr_of(struct hart_state *s, const struct record *r)
{
    return (u32 *)s + (r->rs2 & ~CSR_WATCHED);
}

static enum csr_result fast_csr(struct fast_hart *f, const struct record *r)
{
    struct hart *h = f->hart;
    struct hart_state *s = &h->state;
    bool written;
    if (f->has_h) {
        if (h_csr_execute(s, &h->extension, word_of(f, r), hart_time(s), &written))
            return CSR_REFUSED;
        if (record_charged(h, word_of(f, r)))
            return CSR_CHANGED;                         // time has passed: a timer may be due
    } else if (s->mode == MODE_U && (r->imm & 0x300)) { // a privileged one, by its number
        return CSR_REFUSED;
    } else if (!csr_execute(s, word_of(f, r), hart_time(s), &written)) {
        return CSR_REFUSED;
    }
    return written && r->imm != CSR_stvec ? CSR_CHANGED : CSR_DONE;
}

// ---- fences

// Does a control of the VMM make this instruction of its guest trap?
static inline bool guest_is_held(const struct hart *h, u32 control)
{
    return h->state.virt && (h->extension.hstatus & control);
}

// Returns true if the fetch of the next instruction may hit as before.
static inline bool fast_fence(struct fast_hart *f, const struct record *r)
{
    gva page = pc_of(f, r) & ~(PAGE_SIZE - 1);
    exec_fence_vma(f->hart, r->rs1, r->rs2);
    return f->set->entry[tlb_index(page, ACCESS_FETCH)].tag == page;
}

// ---- memory

enum reach {
    REACHED,      // the entry is quick now: do the access again
    REACHED_NOT,  // a device, nothing, a page with code, or misaligned: sim/core/bus.c does it
    REACH_FAULTS, // the cause is in f->cause
};

// Makes the entry of this access quick, unless it leads to something that is not RAM, or a write
// through it would change decoded words. Returns true if the access may be done again at once.
static inline bool make_quick(struct fast_hart *f, struct tlb_entry *e, enum access access,
                              mpa physical)
{
    struct machine *m = f->hart->machine;
    if (!memory_has(m, physical, 1))
        return false;
    u32 page = (physical - BOARD_RAM) >> PAGE_SHIFT;
    if (m->ram.flags[page] & PAGE_WATCHED_READS)
        return false;
    if (access == ACCESS_WRITE) {
        if (m->ram.flags[page] & (PAGE_CODE | PAGE_WATCHED))
            return false;
        pages_mark(&m->ram, page);
        m->ram.flags[page] |= PAGE_QUICK;
    }
    e->tag &= ~TLB_SLOW;
    return m->config.clock == CLOCK_VIRTUAL;
}

// Translates the address that r is about to access. Under the wall clock the walk may make the
// timer due, so there the access goes the long way, by fast_resume.
static enum reach fast_reach(struct fast_hart *f, const struct record *r, gva va)
{
    struct isa_access what = isa_access(r->op);
    bool reads = what.kind == ISA_ACCESS_LOAD || what.kind == ISA_ACCESS_RESERVE;
    enum access access = reads ? ACCESS_READ : ACCESS_WRITE;
    mpa physical;
    if (va & (what.bytes - 1u))
        return REACHED_NOT;
    f->cause = translate(f, f->set, va, access, &physical);
    if (f->cause)
        return REACH_FAULTS;
    struct tlb_entry *e = &f->set->entry[tlb_index(va, access)];
    return make_quick(f, e, access, physical) ? REACHED : REACHED_NOT;
}

// ---- host code

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
    // With fewer steps left than a block may take, the deadline may be why it did so little.
    if (vars->left >= JIT_BLOCK)
        jit_result(f->fast, page, index, left - vars->left);
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
    struct translator *t = f->fast->jit;
    struct jit_vars *vars = &t->jit->vars;
    struct code_page *page = f->page;
    u32 index = (u32)(r - page->record);
    u64 left = steps_left(r, *stop);
    if (left < page->native->rest[index])
        return &page->record[index];
    u32 at = enter_native(f, page, index, left, pc_of(f, r) & ~(PAGE_SIZE - 1));
    if (at == JIT_FAR) {
        settle_at(f, vars->target, vars->left);
        return NULL;
    }
    if (vars->page != page || vars->va != (pc_of(f, r) & ~(PAGE_SIZE - 1)))
        go_on_at(f, vars->page, vars->va + at % PAGE_SIZE);
    f->r = &f->page->record[at / 4];
    *stop = (uintptr_t)f->r + vars->left * sizeof *r;
    return f->r;
}

// ---- a turn

// Does `p` say where the hart goes on? This asks the same as find_code_nearby, with few branches.
// They matter where turns are short: the host predicts a branch of the guest's code by the branches
// before it, and those of a turn's beginning tell it nothing.
static inline bool is_at_hand(const struct hart_state *s, const struct recent_code *p)
{
    u32 place = (s->pc & ~(PAGE_SIZE - 4)) ^ p->tag;
    u32 view = (s->satp ^ p->satp) | ((s->sstatus & VIEW_BITS) ^ p->view);
    if (place | view)
        return false;
    return !((*p->name ^ p->context) | (p->entry->tag ^ p->tag) | (p->entry->delta ^ p->delta));
}

// The value of core.steps to stop at, if the hart goes on now; 0: an interrupt is pending.
static inline u64 turn_end(const struct fast_hart *f, const struct hart_state *s)
{
    u32 open = open_interrupts(s);
    if (!open)
        return f->until;
    if (is_pending(s, open))
        return 0;
    return open & IP_STIP ? stop_for_timer(f) : f->until;
}

// Does a turn in host code, or its beginning: as far as the next interrupt, or the first
// instruction that is not for host code. Before and after, the state is settled. What is not at
// hand is left to run_piece. Most turns of several harts need nothing else.
static void run_turn(struct fast_hart *f)
{
    struct hart *h = f->hart;
    struct hart_state *s = &h->state;
    const struct recent_code *p = recent_of(f->recent[false], s);
    struct machine_core *core = &h->machine->core;
    bool is_special = f->has_h | h->machine->leave | (s->run != HART_RUNNING);
    if (is_special || !is_at_hand(s, p))
        return;
    struct code_page *page = p->page;
    u32 index = s->pc / 4 % CODE_WORDS;
    u64 stop = turn_end(f, s), left = stop - core->steps;
    if (page->record[index].handler != f->fast->handlers[OP_native] || !stop ||
        left < page->native->rest[index])
        return;
    // The page must not be dropped while its code runs.
    page->entered = true;
    f->page = page;
    f->set = p->set;
    u32 at = enter_native(f, page, index, left, s->pc & ~(PAGE_SIZE - 1));
    const struct jit_vars *vars = &f->fast->jit->jit->vars;
    f->page = NULL;
    s->pc = at == JIT_FAR ? vars->target : vars->va + at;
    s->retired += left - vars->left;
    core->steps += left - vars->left;
}

// ---- the interpreter, twice

#define LOOP_NAME run_free
#define COUNTED 0
#include "sim/engine/fast_loop.h"

#define LOOP_NAME run_counted
#define COUNTED 1
#include "sim/engine/fast_loop.h"

// Does from here on what host code can do. False: the state is settled, and the hart has to be
// resumed.
static bool go_natively(struct fast_hart *f)
{
    if (f->r->handler != f->fast->handlers[OP_native])
        return true;
    if (!run_native(f, f->r, &f->stop))
        return false;
    if (f->stop != (uintptr_t)f->r)
        return true;
    settle(f, f->r, f->stop);
    return false;
}

// Finds where the hart goes on, and lets host code begin there. False: the run is over.
static bool go_on(struct fast_hart *f)
{
    while (resume_quickly(f, f->hart) || fast_resume(f))
        if (go_natively(f))
            return true;
    return false;
}

static void run_piece(struct fast_hart *f)
{
    bool on = go_on(f);
    while (on) {
        bool ready = is_counted(f) ? run_counted(f) : run_free(f);
        on = (ready && go_natively(f)) || (f->page && go_on(f));
    }
}

static void run(struct hart *h, u64 until)
{
    struct fast *fast = h->machine->engine_data;
    struct fast_hart *f = fast->hart[h->number];
    const u64 *steps = &h->machine->core.steps;
    if (hart_time(&h->state) - fast->aged > CODE_AGE)
        code_age(fast, hart_time(&h->state));
    do {
        f->until = until - *steps < STEPS_AT_ONCE ? until : *steps + STEPS_AT_ONCE;
        run_turn(f);
        if (*steps != f->until)
            run_piece(f);
    } while (*steps == f->until && f->until != until);
}

// ---- life

static void end(struct machine *m)
{
    struct fast *fast = m->engine_data;
    if (!fast)
        return;
    if (fast->pages)
        code_drop_all(fast);
    for (u32 i = 0; i < m->config.harts; i++) {
        if (fast->hart[i] && fast->hart[i]->own)
            munmap(fast->hart[i]->own, sizeof(struct tlb));
        free(fast->hart[i]);
    }
    jit_free(fast->jit);
    free(fast->pages);
    free(fast);
    m->engine_data = NULL;
}

static struct fast_hart *new_hart(struct fast *fast, struct hart *h)
{
    struct fast_hart *f = calloc(1, sizeof *f);
    void *own = mmap(NULL, sizeof *f->own, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (!f || own == MAP_FAILED) {
        free(f);
        return NULL;
    }
    *f = (struct fast_hart){.hart = h, .fast = fast, .own = own, .has_h = hart_has_h(h)};
    f->ram = (uintptr_t)h->machine->ram.bytes - BOARD_RAM;
    f->off = tlb_make(f->own, TLB_OFF);
    code_forget_recent(f);
    return f;
}

static bool start(struct machine *m)
{
    struct fast *fast = calloc(1, sizeof *fast);
    m->engine_data = fast;
    if (!fast)
        return false;
    fast->m = m;
    fast->handlers = run_free(NULL);
    fast->room = CODE_PAGES_LEAST;
    fast->pages = calloc(m->ram.count, sizeof *fast->pages);
    for (u32 i = 0; i < m->config.harts; i++)
        if (!(fast->hart[i] = new_hart(fast, &m->hart[i])))
            return false;
    return fast->pages;
}

static bool start_jit(struct machine *m)
{
    struct fast *fast = start(m) ? m->engine_data : NULL;
    if (fast)
        fast->jit = jit_new(fast);
    return fast;
}

static void cleaned(struct machine *m)
{
    struct fast *fast = m->engine_data;
    for (u32 i = 0; i < m->config.harts; i++) {
        tlb_slow_writes(m->hart[i].tlb, NULL);
        tlb_slow_writes(fast->hart[i]->own, NULL);
    }
}

static void watched(struct machine *m)
{
    struct fast *fast = m->engine_data;
    code_drop_all(fast);
    if (fast->jit)
        jit_release(fast->jit);
    for (u32 i = 0; i < m->config.harts; i++) {
        tlb_slow(m->hart[i].tlb);
        tlb_slow(fast->hart[i]->own);
    }
}

const struct engine engine_fast = {"fast",       start,   end,       run,
                                   code_written, cleaned, code_rest, watched};
const struct engine engine_jit = {"jit",        start_jit, end,       run,
                                  code_written, cleaned,   code_rest, watched};
