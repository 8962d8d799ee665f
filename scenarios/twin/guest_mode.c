// A guest in guest mode (isa/arch/h_extension.h). Its CSRs are on the hart, so all of them are
// compared at each entry, and no probe is needed. It changes its own page tables, so there is no
// entry of a shadow to compare. What the VMM still writes for it is the second stage, which must
// lead to the guest's own memory, page by page.
// Contracts: scenarios/twin/parts.h.
#include "isa/arch/trap.h"
#include "scenarios/twin/parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES (PAGE_SIZE / 4)
#define ROOT_PAGES 4 // of a second stage

static const struct h_state *real_extension(const struct twin *t)
{
    return machine_hart_extension(t->m, 0);
}

bool guest_mode_is_shadowed(const struct twin *t)
{
    return twin_real(t)->virt && !(real_extension(t)->hgatp & SATP_MODE);
}

gva guest_mode_first_pc(const struct twin *t, enum view *view)
{
    const struct hart_state *real = twin_real(t);
    u32 cause = real->virt ? sight_interrupt(t->m, 0) : 0;
    *view = sight_view(real);
    if (!cause || !h_is_delegated(real, real_extension(t), cause))
        return real->pc;
    *view = sv32_view(MODE_K, real->sstatus);
    return trap_handler_of(real->stvec, cause - 1); // the guest's own number is one less
}

bool guest_mode_has_own_fault(const struct twin *t, u32 cause)
{
    if (!twin_real(t)->virt || guest_mode_is_shadowed(t))
        return false;
    return cause == CAUSE_FETCH_PAGE || cause == CAUSE_FETCH_ACCESS;
}

// ---- registers

static u32 high(u64 value)
{
    return (u32)(value >> 32);
}

// What the two hold of one register, if it is not the same.
static bool find(struct csr_difference *d, const char *name, u32 bare, u32 real)
{
    if (bare != real)
        *d = (struct csr_difference){name, bare, real};
    return bare != real;
}

static bool find_in_bank(struct csr_difference *d, const struct hart_state *bare,
                         const struct hart_state *real, bool shadowed)
{
    return find(d, "the mode", bare->mode, real->mode) ||
           find(d, "sstatus", bare->sstatus, real->sstatus) ||
           find(d, "stvec", bare->stvec, real->stvec) ||
           find(d, "sscratch", bare->sscratch, real->sscratch) ||
           find(d, "sepc", bare->sepc, real->sepc) ||
           find(d, "scause", bare->scause, real->scause) ||
           find(d, "stval", bare->stval, real->stval) ||
           find(d, "scounteren", bare->scounteren, real->scounteren) ||
           (!shadowed && find(d, "satp", bare->satp, real->satp));
}

// The guest finds its interrupts in the hart's hie and hvip, one bit further left.
static bool find_in_interrupts(struct csr_difference *d, const struct hart_state *bare,
                               const struct h_state *h)
{
    u32 kept = bare->sip | (bare->external ? IP_SEIP : 0);
    return find(d, "sie", bare->sie, h->hie >> 1) || find(d, "sip", kept, h->hvip >> 1) ||
           find(d, "stimecmp", (u32)bare->stimecmp, (u32)h->vstimecmp) ||
           find(d, "stimecmph", high(bare->stimecmp), high(h->vstimecmp));
}

// The guest is a VMM, and runs its own guest.
static bool find_in_inner(struct csr_difference *d, const struct h_state *bare,
                          const struct h_state *real)
{
    return find(d, "hie", bare->hie, real->hie) || find(d, "hvip", bare->hvip, real->hvip) ||
           find(d, "vstimecmp", (u32)bare->vstimecmp, (u32)real->vstimecmp) ||
           find(d, "vstimecmph", high(bare->vstimecmp), high(real->vstimecmp));
}

struct csr_difference guest_mode_compare(const struct twin *t, const struct guest *g)
{
    const struct hart_state *bare = guest_bare(g), *real = twin_real(t);
    const struct h_state *h = real_extension(t);
    struct csr_difference d = {0};
    u64 bare_time = hart_time(bare), real_time = hart_time(real) + h->htimedelta;
    if (find_in_bank(&d, bare, real, guest_mode_is_shadowed(t)))
        return d;
    if (bare->virt) {
        const struct h_state *own = machine_hart_extension(g->is.bare, g->hart);
        bare_time += own->htimedelta;
        find_in_inner(&d, own, h);
    } else {
        find_in_interrupts(&d, bare, h);
    }
    // A bare hart that waits has yet to make its jump in time.
    if (!d.name && bare->run != HART_PARKED && !find(&d, "time", (u32)bare_time, (u32)real_time))
        find(&d, "timeh", high(bare_time), high(real_time));
    return d;
}

// ---- the second stage

// One look at a second stage.
struct look {
    struct twin *t;
    struct guest *g;
};

static bool complain(const struct look *l, u64 gpa, u32 entry, mpa at)
{
    char happened[TWIN_TEXT];
    snprintf(happened, sizeof happened,
             "its entry for the guest physical address 0x%08" PRIx64 " is 0x%08" PRIx32, gpa,
             entry);
    where_after_exit(l->t, l->g);
    l->t->difference.entry = at;
    return differs(l->t, "the second stage leads each page of the guest to that page's own frame",
                   happened);
}

static bool leads_home(const struct guest *g, u64 gpa, u32 entry, u32 bytes)
{
    u64 offset = gpa - BOARD_RAM;
    mpa target = PTE_PPN(entry) << PAGE_SHIFT;
    return gpa >= BOARD_RAM && offset + bytes <= g->is.ram && target == g->is.ram_at + offset;
}

// What this page of the machine held when it was compared last. It may have been another guest's.
static struct table *remember(const struct look *l, mpa page, u64 base)
{
    struct table **at = &l->t->table[(page - BOARD_RAM) >> PAGE_SHIFT];
    u32 root = real_extension(l->t)->hgatp;
    gva number = (gva)(base >> PAGE_SHIFT);
    if (!*at)
        *at = calloc(1, sizeof **at);
    if (!*at)
        l->t->state = TWIN_LACKS;
    else if ((*at)->satp != root || (*at)->base != number)
        **at = (struct table){.satp = root, .base = number};
    return *at;
}

static bool check_table(const struct look *l, mpa page, u64 base, bool top)
{
    u32 entry[ENTRIES];
    if (!machine_read(l->t->m, page, entry, sizeof entry))
        return complain(l, base, page, page);
    struct table *seen = remember(l, page, base);
    if (!seen)
        return false;
    u32 bytes = top ? MEGAPAGE_SIZE : PAGE_SIZE;
    for (u32 i = 0; i < ENTRIES; i++) {
        u64 gpa = base + (u64)i * bytes;
        bool leaf = entry[i] & (PTE_R | PTE_W | PTE_X);
        if (!(entry[i] & PTE_V) || (leaf && entry[i] == seen->entry[i]))
            continue;
        if (leaf && !leads_home(l->g, gpa, entry[i], bytes))
            return complain(l, gpa, entry[i], page + i * 4);
        if (!leaf && !(top && check_table(l, PTE_PPN(entry[i]) << PAGE_SHIFT, gpa, false)))
            return false;
        l->t->counts.leaves += leaf;
    }
    memcpy(seen->entry, entry, sizeof entry);
    return true;
}

bool guest_mode_memory_holds(struct twin *t, struct guest *g)
{
    struct look l = {t, g};
    mpa root = HGATP_PPN(real_extension(t)->hgatp) << PAGE_SHIFT;
    // What a guest that is a VMM makes of its own second stage is its own affair.
    if (guest_bare(g)->virt)
        return true;
    for (u32 i = 0; i < ROOT_PAGES; i++)
        if (!check_table(&l, root + i * PAGE_SIZE, (u64)i * ENTRIES * MEGAPAGE_SIZE, true))
            return false;
    return true;
}
