// What is watched: which instructions and pages an engine must examine, and the calls to the
// watcher. Read sim/watch.h first.
// Read next: sim/monitor.c.
#include "sim/engine/engine.h"

static u32 page_of(mpa address)
{
    return (address - BOARD_RAM) >> PAGE_SHIFT;
}

// ---- pages

static void mark_range(struct machine *m, const struct watch_range *r, bool on)
{
    u8 bits = PAGE_WATCHED | (r->reads ? PAGE_WATCHED_READS : 0);
    for (u32 page = page_of(r->address); page <= page_of(r->address + r->bytes - 1); page++) {
        if (page >= m->ram.count)
            return;
        if (on)
            m->ram.flags[page] |= bits;
        else
            m->ram.flags[page] &= (u8) ~(PAGE_WATCHED | PAGE_WATCHED_READS);
    }
}

static void mark_kernel_code(struct machine *m, bool on)
{
    u32 first = page_of(m->watch.kernel_code), bytes = m->watch.kernel_code_bytes;
    for (u32 i = 0; i < bytes >> PAGE_SHIFT && first + i < m->ram.count; i++)
        if (on)
            m->ram.flags[first + i] |= PAGE_WATCHED_CODE;
        else
            m->ram.flags[first + i] &= (u8)~PAGE_WATCHED_CODE;
}

static void mark_ranges(struct machine *m, bool on)
{
    mark_kernel_code(m, on);
    for (u32 i = 0; i < m->watch.ranges; i++)
        mark_range(m, &m->watch.range[i], on);
}

void machine_watch(struct machine *m, const struct watch *w)
{
    // Ranges may overlap, so all marks of the old watch go before the new ones come.
    mark_ranges(m, false);
    m->watch = w ? *w : (struct watch){0};
    mark_ranges(m, true);
    m->watches_insns = m->watch.pcs || m->watch.registers || m->watch.csrs;
    if (m->engine->watched)
        m->engine->watched(m);
}

// ---- instructions

static bool writes_csr(enum insn insn)
{
    u8 format = isa_insns[insn].format;
    return format == ISA_FORMAT_CSR || format == ISA_FORMAT_CSRI || insn == INSN_sret;
}

bool watch_wants(const struct watch *w, u32 offset, const struct decoded *d)
{
    for (u32 i = 0; i < w->pcs; i++)
        if (w->pc[i] % PAGE_SIZE == offset)
            return true;
    return (d->rd && (w->registers >> d->rd & 1)) || (w->csrs && writes_csr(d->insn));
}

// Returns true if the instruction at pc is watched. An engine may compare only the offset in the
// page, and then it asks too often.
static bool is_watched(const struct watch *w, gva pc, const struct decoded *d)
{
    for (u32 i = 0; i < w->pcs; i++)
        if (w->pc[i] == pc)
            return true;
    return (d->rd && (w->registers >> d->rd & 1)) || (w->csrs && writes_csr(d->insn));
}

bool watch_insn(struct hart *h, const struct decoded *d)
{
    struct machine *m = h->machine;
    if (is_watched(&m->watch, h->state.pc, d))
        m->watch.seen(m->watch.context,
                      &(struct watched){WATCHED_INSN, .hart = h->number, .insn = d->word});
    // The watcher may have called machine_stop: the run then ends before this instruction.
    return !m->leave;
}

void watch_code(struct hart *h, mpa address)
{
    struct machine *m = h->machine;
    m->watch.seen(
        m->watch.context,
        &(struct watched){.kind = WATCHED_CODE, .hart = h->number, .address = address, .bytes = 4});
}

// ---- memory

void watch_access(struct machine *m, enum watched_kind kind, mpa address, u32 bytes)
{
    for (u32 i = 0; i < m->watch.ranges; i++) {
        const struct watch_range *r = &m->watch.range[i];
        // Two ranges overlap if one of them begins within the other.
        bool overlap = address - r->address < r->bytes || r->address - address < bytes;
        if (!overlap || (kind == WATCHED_READ && !r->reads))
            continue;
        m->watch.seen(m->watch.context,
                      &(struct watched){
                          .kind = kind, .hart = m->current, .address = address, .bytes = bytes});
        return;
    }
}
