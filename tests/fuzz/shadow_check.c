// What a shadow entry may grant, worked out anew from guest memory. Read shadow_check.h first, then
// hypervisor/shadow.h.
#include "tests/fuzz/shadow_check.h"
#include "hypervisor/vm.h"
#include "sim/core/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES (PAGE_SIZE / 4)

// What a shadow page held at the last look, and for whom.
struct memory_of_page {
    u32 satp, base; // base: the first virtual address it maps
    u8 view;
    bool seen;
    u32 entry[ENTRIES];
};

struct shadow_check {
    struct machine *m;
    u32 pages;                      // of the machine's RAM
    struct memory_of_page **memory; // by page; NULL: never a shadow
    bool fenced, fenced_all_addresses, fenced_all_asids;
    gva address;
    u32 asid;
    u64 count;
    bool remove;  // what shadow_check_break does to an entry
    bool changed; // some table of the shadow under the eye is not as it was at the last look
};

// One shadow under the eye.
struct sight {
    struct shadow_check *c;
    const struct vmm *vmm;
    const struct vm *vm;
    const struct shadow *shadow;
    u32 satp; // the guest's; 0: translation is off
    u8 view;
    bool guest_mode; // one shadow for all views, in which the hart tells them apart
    char *text;
    size_t size;
};

struct shadow_check *shadow_check_new(struct machine *m)
{
    struct shadow_check *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->m = m;
    c->pages = machine_config(m)->ram / PAGE_SIZE;
    c->memory = calloc(c->pages, sizeof *c->memory);
    if (!c->memory)
        abort();
    return c;
}

void shadow_check_free(struct shadow_check *c)
{
    if (!c)
        return;
    for (u32 i = 0; i < c->pages; i++)
        free(c->memory[i]);
    free(c->memory);
    free(c);
}

u64 shadow_check_count(const struct shadow_check *c)
{
    return c->count;
}

void shadow_check_fenced(struct shadow_check *c, const gva *va, const u32 *asid)
{
    c->fenced_all_addresses = !va || (c->fenced && (c->fenced_all_addresses || c->address != *va));
    c->fenced_all_asids = !asid || (c->fenced && (c->fenced_all_asids || c->asid != *asid));
    c->address = va ? *va : 0;
    c->asid = asid ? *asid : 0;
    c->fenced = true;
}

// ---- reading memory

static const void *bytes_at(const struct shadow_check *c, mpa address, u32 size)
{
    if (!machine_ram_has(c->m, address, size))
        return NULL;
    return machine_ram(c->m) + (address - BOARD_RAM);
}

// Where the VM's memory map has this byte, by a walk of its own. Returns false if the VM has no RAM
// there.
static bool machine_address(const struct sight *s, u64 address, mpa *at)
{
    mpa table = s->vm->map;
    if (address < BOARD_RAM || address - BOARD_RAM >= s->vm->ram_size)
        return false;
    for (int level = 1; level >= 0; level--) {
        const u32 *entries = bytes_at(s->c, table, PAGE_SIZE);
        u32 entry = entries ? entries[address >> (12 + 10 * level) & 0x3ff] : 0;
        u32 inside = (level ? MEGAPAGE_SIZE : PAGE_SIZE) - 1;
        if (!(entry & PTE_V))
            return false;
        table = PTE_PPN(entry) << 12;
        *at = table + ((u32)address & inside);
        if (entry & (PTE_R | PTE_W | PTE_X))
            return (entry & PTE_U) && !(table & inside);
    }
    return false;
}

static bool guest_word(const struct sight *s, u64 address, u32 *word)
{
    mpa where;
    if (!machine_address(s, address, &where))
        return false;
    const void *at = bytes_at(s->c, where, 4);
    if (at)
        memcpy(word, at, 4);
    return at != NULL;
}

// ---- what the guest grants

// The guest's mapping of one 4 KiB page: where, and with which rights in this view (PTE_R, PTE_W,
// PTE_X); in guest mode, with PTE_U if the page is a user's, and with what its owner may do there.
// False: none.
static bool guest_grants(const struct sight *s, gva va, u64 *page, u32 *rights)
{
    u32 pte;
    u64 table = (u64)(s->satp & 0x3fffff) << 12;
    for (int level = 1;; level--) {
        if (!guest_word(s, table + (va >> (12 + 10 * level) & 0x3ff) * 4, &pte) || !(pte & PTE_V) ||
            (pte & (PTE_R | PTE_W)) == PTE_W)
            return false;
        u64 target = (u64)(pte >> 10) << 12;
        if (pte & (PTE_R | PTE_X)) {
            if (level && (target & 0x3ff000))
                return false;
            *page = level ? target | (va & 0x3ff000) : target;
            break;
        }
        if (!level)
            return false;
        table = target;
    }
    bool user = s->guest_mode ? pte & PTE_U : s->view == VIEW_U || s->view == VIEW_U_MXR;
    bool sum = s->view == VIEW_KSUM || s->view == VIEW_KSUM_MXR;
    bool mxr = s->view >= VIEW_U_MXR;
    bool data = pte & PTE_U ? user || sum : !user;
    bool code = pte & PTE_U ? user : !user;
    *rights = s->guest_mode ? pte & PTE_U : 0;
    if (!(pte & PTE_A))
        return true;
    if (data && ((pte & PTE_R) || (mxr && (pte & PTE_X))))
        *rights |= PTE_R;
    if (data && (pte & PTE_W) && (pte & PTE_D))
        *rights |= PTE_W;
    if (code && (pte & PTE_X))
        *rights |= PTE_X;
    return true;
}

static bool complain(const struct sight *s, gva va, u32 spte, const char *what)
{
    snprintf(s->text, s->size, "shadow entry 0x%08x of 0x%08x (guest satp 0x%08x, view %u): %s",
             spte, va, s->satp, s->view, what);
    return false;
}

// One page of a shadow leaf.
static bool check_page(const struct sight *s, gva va, u32 spte, mpa target)
{
    u64 page = va;
    u32 rights = PTE_R | PTE_W | PTE_X | (spte & PTE_U);
    mpa at;
    s->c->count++;
    if (s->satp && !guest_grants(s, va, &page, &rights))
        return complain(s, va, spte, "the guest has no such mapping");
    if (!machine_address(s, page, &at))
        return complain(s, va, spte, "maps what is no memory of the VM");
    if (target != at)
        return complain(s, va, spte, "maps another page than the guest's entry");
    if (spte & (PTE_R | PTE_W | PTE_X) & ~rights)
        return complain(s, va, spte, "grants a right that the guest's entry does not");
    if (s->guest_mode && (spte ^ rights) & PTE_U)
        return complain(s, va, spte, "is for another mode than the guest's entry");
    return true;
}

static bool check_leaf(const struct sight *s, gva va, u32 spte, bool super)
{
    mpa target = PTE_PPN(spte) << 12;
    if (!s->guest_mode && !(spte & PTE_U))
        return true; // the real mode of a guest is U: this grants it nothing
    for (u32 page = 0; page < (super ? MEGAPAGE_SIZE : PAGE_SIZE); page += PAGE_SIZE)
        if (!check_page(s, va + page, spte, target + page))
            return false;
    return true;
}

// ---- looking at a shadow

static bool is_fenced(const struct sight *s, gva va, bool super)
{
    const struct shadow_check *c = s->c;
    if (!c->fenced || !s->satp || !(c->fenced_all_asids || SATP_ASID(s->satp) == c->asid))
        return false;
    u32 size = super ? MEGAPAGE_SIZE : PAGE_SIZE;
    return c->fenced_all_addresses || (c->address & ~(size - 1)) == va;
}

// What was seen of this page before, if it was the same page of the same shadow.
static struct memory_of_page *recall(const struct sight *s, mpa page, gva base)
{
    struct memory_of_page **memory = &s->c->memory[(page - BOARD_RAM) / PAGE_SIZE];
    if (!*memory && !(*memory = calloc(1, sizeof **memory)))
        abort();
    if ((*memory)->satp != s->satp || (*memory)->base != base || (*memory)->view != s->view)
        (*memory)->seen = false;
    return *memory;
}

static bool check_table(const struct sight *s, mpa page, gva base, bool top)
{
    const u32 *entries = bytes_at(s->c, page, PAGE_SIZE);
    if (!entries)
        return complain(s, base, page, "a shadow table outside the machine");
    struct memory_of_page *memory = recall(s, page, base);
    bool same = memory->seen && !memcmp(memory->entry, entries, PAGE_SIZE);
    if (same && !top && !s->c->fenced)
        return true;
    for (u32 i = 0; i < ENTRIES; i++) {
        u32 spte = entries[i];
        gva va = base + (i << (top ? 22 : 12));
        if (!(spte & PTE_V))
            continue;
        if (!(spte & (PTE_R | PTE_W | PTE_X))) {
            if (!top || !check_table(s, PTE_PPN(spte) << 12, va, false))
                return top ? false : complain(s, va, spte, "a pointer below a pointer");
        } else if (!memory->seen || memory->entry[i] != spte || is_fenced(s, va, top)) {
            if (!check_leaf(s, va, spte, top))
                return false;
        }
    }
    if (!same) {
        memcpy(memory->entry, entries, PAGE_SIZE);
        s->c->changed = true;
    }
    memory->satp = s->satp;
    memory->base = base;
    memory->view = s->view;
    memory->seen = true;
    return true;
}

// ---- looking at the TLB: whatever it still knows by a shadow's ASID, the shadow must say too

// What the shadow says of one access by a guest, for a context of this view. False: nothing.
static bool shadow_grants(const struct sight *s, mpa root, gva va, u32 view, enum access access,
                          mpa *page)
{
    const u32 *top = bytes_at(s->c, root, PAGE_SIZE);
    u32 spte = top ? top[va >> 22] : 0, inside = va & 0x3ff000;
    if ((spte & PTE_V) && !(spte & (PTE_R | PTE_W | PTE_X))) {
        const u32 *table = bytes_at(s->c, PTE_PPN(spte) << 12, PAGE_SIZE);
        spte = table ? table[va >> 12 & 0x3ff] : 0;
        inside = 0;
    }
    *page = (PTE_PPN(spte) << 12) + inside;
    // Without paging the guest's modes may do the same, so each may still know what the other's
    // entry granted.
    if (s->guest_mode && !s->satp)
        spte = view % VIEW_U_MXR == VIEW_U ? spte | PTE_U : spte & ~(u32)PTE_U;
    return sv32_rights(spte, view) >> access & PTE_R;
}

// One context of the TLB that the shadow's ASID names.
static bool check_tlb_of(const struct sight *s, mpa root, u32 context, u32 view)
{
    struct tlb *t = s->c->m->hart[0].tlb;
    u32 number = tlb_number(t, context);
    if (number == TLB_SETS || s->shadow->generation != s->vmm->generation)
        return true;
    const struct tlb_set *set = &t->set[number];
    for (u32 i = 0; i < set->used; i++) {
        const struct tlb_entry *e = &set->entry[set->list[i]];
        gva va = e->tag & ~(PAGE_SIZE - 1);
        mpa page;
        if (e->tag & TLB_NONE)
            continue;
        if (!shadow_grants(s, root, va, view, set->list[i] / TLB_ENTRIES, &page) ||
            page != va + e->delta)
            return complain(s, va, page, "the TLB was not told that it has changed");
    }
    return true;
}

static bool check_tlb(const struct sight *s, mpa root)
{
    u32 asid = SATP_ASID(s->shadow->satp);
    if (!s->guest_mode)
        return check_tlb_of(s, root, tlb_context(asid, VIEW_U), VIEW_U);
    for (u32 view = 0; view < VIEWS; view++)
        if (!check_tlb_of(s, root, tlb_guest_context(0, asid, view), view))
            return false;
    return true;
}

// Calls fn for each shadow of the first VM, as long as it returns true.
static bool each_shadow(struct sight *s, bool (*fn)(const struct sight *s, mpa root))
{
    const struct vmm *vmm =
        bytes_at(s->c, machine_descriptor(s->c->m, &(struct vm_path){{0}}), sizeof *vmm);
    s->vmm = vmm;
    s->vm = vmm && vmm->magic == VMM_MAGIC ? bytes_at(s->c, vmm->first_vm, sizeof *s->vm) : NULL;
    if (!s->vm) {
        snprintf(s->text, s->size, "the VMM has announced no VM");
        return false;
    }
    s->guest_mode = technique_has_guest_mode(s->vm->technique);
    const struct shadows *shadows = bytes_at(s->c, s->vm->shadows_at, sizeof *shadows);
    for (u32 i = 0; shadows && i < SPACES; i++) { // a VM that has not run yet has none
        const struct space *space = &shadows->spaces[i];
        if (!space->used)
            continue;
        s->satp = space->satp & SATP_MODE ? space->satp : 0;
        for (s->view = 0; s->view < VIEWS; s->view++) {
            s->shadow = &space->shadows[s->view];
            if (s->shadow->satp && !fn(s, shadow_root(s->shadow)))
                return false;
        }
    }
    return true;
}

static bool check_root(const struct sight *s, mpa root)
{
    s->c->changed = false;
    return check_table(s, root, 0, true) && (!s->c->changed || check_tlb(s, root));
}

bool shadow_check_look(struct shadow_check *c, char *text, size_t size)
{
    struct sight s = {.c = c, .text = text, .size = size};
    bool good = each_shadow(&s, check_root);
    c->fenced = false;
    return good;
}

// ---- breaking it on purpose

// Stops (returns false) when it has found a victim: a small read-only leaf of an address space.
static bool break_root(const struct sight *s, mpa root)
{
    const u32 *top = bytes_at(s->c, root, PAGE_SIZE);
    for (u32 i = 0; top && s->satp && i < ENTRIES; i++) {
        if (!(top[i] & PTE_V) || (top[i] & (PTE_R | PTE_W | PTE_X)))
            continue;
        mpa table = PTE_PPN(top[i]) << 12;
        const u32 *small = bytes_at(s->c, table, PAGE_SIZE);
        for (u32 j = 0; small && j < ENTRIES; j++)
            if ((small[j] & (PTE_V | PTE_R | PTE_W)) == (PTE_V | PTE_R)) {
                u32 spte = s->c->remove ? 0 : small[j] | PTE_W;
                machine_write(s->c->m, table + 4 * j, &spte, 4);
                return false;
            }
    }
    return true;
}

bool shadow_check_break(struct shadow_check *c, bool remove)
{
    char text[64];
    c->remove = remove;
    struct sight s = {.c = c, .text = text, .size = sizeof text};
    return !each_shadow(&s, break_root);
}
