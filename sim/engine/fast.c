// The fast engine around its interpreter: where a hart goes on after anything unusual, what an
// access needs before it is quick, and the life of the engine. Read sim/engine/fast.h first.
// Read next: sim/engine/jit.h.
#include "sim/engine/fast_deadline.h"
#include "sim/engine/jit.h"
#include "isa/access.h"
#include "sim/engine/arith.h"
#include "sim/engine/exec.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define VIEW_BITS (SSTATUS_SUM | SSTATUS_MXR)
#define STEPS_AT_ONCE (1ull << 40) // `stop` is an address, so it has to stay a number that fits

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

static inline void go_on_at(struct fast_hart *f, struct code_page *page, gva pc)
{
    f->page = page;
    page->entered = true;
    f->r = &page->record[pc / 4 % CODE_WORDS];
    f->start = (uintptr_t)page->record;
    f->end = f->start + CODE_WORDS * sizeof *f->r;
    f->bias = pc - (u32)((uintptr_t)f->r >> 2);
    if (page->arrivals < JIT_WARM)
        page->arrivals++;
    else if (f->fast->jit && !jit_is_leader(page, pc / 4 % CODE_WORDS))
        jit_leader(f->fast, page, pc / 4 % CODE_WORDS);
}

// Goes on at `target` after the jump at r, if the translation and the records of its page are at
// hand. NULL: they are not, and the state is settled.
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

// The TLB set by which the hart translates. It is made if it is missing.
static struct tlb_set *set_in_force(struct fast_hart *f, struct hart *h)
{
    if (h->state.virt)
        return mmu_guest_set(h);
    u32 context = mmu_context(&h->state);
    return context == TLB_OFF ? f->off : tlb_set(h->tlb, context);
}

// Finds the TLB set by which the hart translates from here on, and the page that pc is in. A set
// that is missing is made, as the first access would. Returns 0, or the cause of the fetch's fault.
static u32 find_code(struct fast_hart *f)
{
    struct hart *h = f->hart;
    gva pc = h->state.pc;
    mpa physical;
    struct tlb_set *set = set_in_force(f, h);
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

static inline struct recent_code *recent_of(struct fast_hart *f, const struct hart_state *s)
{
    if (s->mode == MODE_U)
        return &f->recent[0];
    return &f->recent[s->sstatus & SSTATUS_SUM ? 2 : 1];
}

// The same where everything is at hand. Returns false if something is not.
static bool find_code_again(struct fast_hart *f)
{
    struct hart *h = f->hart;
    gva pc = h->state.pc;
    u32 context = mmu_context(&h->state), set_of = context == TLB_OFF ? 0 : h->tlb->set_of[context];
    if (!set_of && context != TLB_OFF)
        return false;
    struct tlb_set *set = context == TLB_OFF ? f->off : &h->tlb->set[set_of - 1];
    struct tlb_entry *e = &set->entry[tlb_index(pc, ACCESS_FETCH)];
    if (e->tag != (pc & ~(PAGE_SIZE - 4)))
        return false;
    struct code_page *page = code_page_find(f->fast, pc + e->delta);
    if (!page)
        return false;
    f->set = set;
    go_on_at(f, page, pc);
    *recent_of(f, &h->state) = (struct recent_code){
        page, set, e, context, h->state.satp, h->state.sstatus & VIEW_BITS, e->tag, e->delta};
    return true;
}

// The same where it is the page that the hart was in lately. That is frequent: a kernel is entered
// by its one handler, returns to where it was called from, and sets SUM for a few instructions at a
// time.
static ALWAYS_INLINE bool find_code_nearby(struct fast_hart *f, const struct hart_state *s)
{
    const struct recent_code *p = recent_of(f, s);
    gva pc = s->pc;
    if (s->satp != p->satp || (s->sstatus & VIEW_BITS) != p->view ||
        (pc & ~(PAGE_SIZE - 4)) != p->tag || p->set->context != p->context ||
        p->entry->tag != p->tag || p->entry->delta != p->delta)
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

// Goes on at pc if nothing is in the way, which is nearly always so. False: something is, and
// fast_resume finds out what.
static ALWAYS_INLINE bool resume_quickly(struct fast_hart *f, const struct hart *h)
{
    const struct hart_state *s = &h->state;
    const struct machine *m = h->machine;
    if (m->leave || m->core.steps >= f->until || s->run != HART_RUNNING || f->has_h)
        return false;
    u32 open = open_interrupts(s);
    if (open && is_pending(s, open))
        return false;
    if (!find_code_nearby(f, s) && !find_code_again(f))
        return false;
    if (open & IP_STIP)
        allow(f, h, stop_for_timer(f));
    else
        allow(f, h, f->until);
    return true;
}

// Finds where the hart goes on, after it has taken the interrupts and faults that come first.
// False: the run is over.
static bool fast_resume(struct fast_hart *f)
{
    struct hart *h = f->hart;
    struct machine *m = h->machine;
    while (m->core.steps < f->until && h->state.run == HART_RUNNING && !m->leave) {
        u32 open = open_interrupts(&h->state);
        u32 interrupt = 0;
        if (f->has_h || (open && is_pending(&h->state, open)))
            interrupt = hart_next_interrupt(h);
        if (interrupt) {
            trap_take(h, interrupt, 0, 0);
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

// ---- CSRs

enum csr_result {
    CSR_DONE,
    CSR_CHANGED, // and what it changed may matter to the very next instruction
    CSR_ILLEGAL,
};

// Of OP_csr_read and its like: the CSR.
static inline u32 *csr_of(struct hart_state *s, const struct record *r)
{
    return (u32 *)s + (r->rs2 & ~CSR_WATCHED);
}

static enum csr_result fast_csr(struct fast_hart *f, const struct record *r)
{
    struct hart_state *s = &f->hart->state;
    bool written;
    if (s->mode == MODE_U && (r->imm & 0x300)) // a privileged one, by its number
        return CSR_ILLEGAL;
    if (!csr_execute(s, word_of(f, r), hart_time(s), &written))
        return CSR_ILLEGAL;
    return written && r->imm != CSR_stvec ? CSR_CHANGED : CSR_DONE;
}

// ---- fences

// Returns true if the fetch of the next instruction may hit as before.
static bool fast_fence(struct fast_hart *f, const struct record *r)
{
    struct hart *h = f->hart;
    gva va = h->state.x[r->rs1], page = pc_of(f, r) & ~(PAGE_SIZE - 1);
    u32 asid = h->state.x[r->rs2];
    tlb_flush(h->tlb, r->rs1 ? &va : NULL, r->rs2 ? &asid : NULL);
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
    enum access access = what.kind == ISA_ACCESS_LOAD ? ACCESS_READ : ACCESS_WRITE;
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

// Runs the host code for r. Returns the record to go on at, in whatever page that is. NULL: none is
// at hand, and the state is settled.
static struct record *run_native(struct fast_hart *f, const struct record *r, uintptr_t *stop)
{
    struct translator *t = f->fast->jit;
    struct jit_vars *vars = &t->jit->vars;
    struct code_page *page = f->page;
    u32 index = (u32)(r - page->record);
    u64 left = steps_left(r, *stop);
    vars->left = left;
    vars->ram = f->ram;
    vars->tlb = f->set->entry;
    vars->page = page;
    vars->entry = page->native->entry;
    vars->va = pc_of(f, r) & ~(PAGE_SIZE - 1);
    u32 at = t->enter(f->hart->state.x, (const u8 *)t->jit + page->native->entry[index]);
    jit_result(f->fast, page, index, left - vars->left);
    if (at == JIT_FAR) {
        settle_at(f, vars->target, vars->left);
        return NULL;
    }
    if (vars->page != page || vars->va != (pc_of(f, r) & ~(PAGE_SIZE - 1)))
        go_on_at(f, vars->page, vars->va + at % PAGE_SIZE);
    if (vars->wanted)
        jit_leader(f->fast, f->page, at / 4);
    vars->wanted = 0;
    f->r = &f->page->record[at / 4];
    *stop = (uintptr_t)f->r + vars->left * sizeof *r;
    return f->r;
}

// ---- the interpreter, twice

#define LOOP_NAME run_free
#define COUNTED 0
#include "sim/engine/fast_loop.h"

#define LOOP_NAME run_counted
#define COUNTED 1
#include "sim/engine/fast_loop.h"

static void run_piece(struct fast_hart *f)
{
    bool on = resume_quickly(f, f->hart) || fast_resume(f);
    while (on) {
        bool ready = is_counted(f) ? run_counted(f) : run_free(f);
        on = ready || (f->page && (resume_quickly(f, f->hart) || fast_resume(f)));
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
