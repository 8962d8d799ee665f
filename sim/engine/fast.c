// The fast engine around its interpreter: CSRs and fences, what an access needs before it is quick,
// and the life of the engine. Read sim/engine/fast.h first.
// Read next: sim/engine/jit.h.
#include "sim/engine/fast_native.h"
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
    CSR_REFUSED, // the cause of its trap is in f->cause
};

// Of OP_csr_read and its like: the CSR.
static inline u32 *csr_of(struct hart_state *s, const struct record *r)
{
    return (u32 *)s + (r->rs2 & CSR_WORD);
}

static enum csr_result fast_csr(struct fast_hart *f, const struct record *r)
{
    struct hart *h = f->hart;
    struct hart_state *s = &h->state;
    bool written;
    f->cause = CAUSE_ILLEGAL;
    if (f->has_h) {
        f->cause = h_csr_execute(s, &h->extension, word_of(f, r), hart_time(s), &written);
        if (f->cause)
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

// Returns true if a control of the VMM makes this instruction of its guest trap.
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

// ---- the interpreter, twice

#define LOOP_NAME run_free
#define COUNTED 0
#include "sim/engine/fast_loop.h"

#define LOOP_NAME run_counted
#define COUNTED 1
#include "sim/engine/fast_loop.h"

// Does from here on what host code can do. Returns false if the state is settled, and the hart
// must be resumed.
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

// Goes on in host code as far as possible, and then finds where the interpreter goes on. Returns
// false if the run is over.
static bool go_on(struct fast_hart *f)
{
    do {
        f->page = NULL;
        run_stretches(f);
        // Most turns of several harts end here.
        if (f->hart->machine->core.steps == f->until)
            return false;
        if (!resume_quickly(f, f->hart) && !fast_resume(f))
            return false;
    } while (!go_natively(f));
    return true;
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

// The hart has found no code yet.
static void know_nothing(struct fast_hart *f)
{
    for (u32 i = 0; i < 2 * RECENT_CODES; i++) {
        struct recent_code *p = &f->recent[i / RECENT_CODES][i % RECENT_CODES];
        *p = (struct recent_code){.name = &p->context, .view = VIEW_NONE, .tag = TLB_NONE};
    }
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
    know_nothing(f);
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
