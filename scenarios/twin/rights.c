// The real page table against the guest's own: a real entry must lead to the frame that the guest's
// entry means, and must grant no access that the guest's entry denies. An entry is compared when it
// is new, when it has changed, and after a fence that covers it. In between the guest may have
// changed its table: hardware, too, may use an old entry until the fence.
// Contracts: scenarios/twin/parts.h.
#include "scenarios/twin/parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES (PAGE_SIZE / 4)

// One comparison of one table: whose, and in which view.
struct sight {
    struct twin *t;
    struct guest *g;
    const struct hart_state *bare;
    enum view view; // the view of all entries; in guest mode of those for U
    bool shadowed;  // guest mode: the hart itself knows U from K
};

static bool is_pointer(u32 entry)
{
    return (entry & PTE_V) && !(entry & (PTE_R | PTE_W | PTE_X));
}

// Where the real page-table entry for the address lies.
static mpa entry_of(const struct sight *s, gva va)
{
    u32 entry = 0;
    mpa at = (SATP_PPN(twin_real(s->t)->satp) << PAGE_SHIFT) + (va >> 22) * 4;
    machine_read(s->t->m, at, &entry, sizeof entry);
    if (!is_pointer(entry))
        return at; // of a superpage
    return (PTE_PPN(entry) << PAGE_SHIFT) + (va >> PAGE_SHIFT) % ENTRIES * 4;
}

static bool complain(const struct sight *s, gva va, u32 entry, const char *expected)
{
    char happened[TWIN_TEXT];
    snprintf(happened, sizeof happened,
             "the real page-table entry for 0x%08" PRIx32 " is 0x%08" PRIx32, va, entry);
    where_after_exit(s->t, s->g);
    s->t->difference.entry = entry_of(s, va);
    return differs(s->t, expected, happened);
}

// Who looks through this entry: under trap-and-emulate the one view that the shadow is for.
static enum view real_view(const struct sight *s, u32 entry)
{
    return s->shadowed && !(entry & PTE_U) ? VIEW_K : VIEW_U;
}

static enum view guest_view(const struct sight *s, u32 entry)
{
    return s->shadowed ? real_view(s, entry) : s->view;
}

// ---- one entry

static bool check_access(const struct sight *s, gva va, u32 entry, mpa target, enum access access)
{
    static const char *const denied[] = {"the guest's page table lets nobody read there",
                                         "the guest's page table lets nobody write there",
                                         "the guest's page table lets nobody execute there"};
    char expected[TWIN_TEXT];
    gpa to;
    if (sight_walk(s->g->is.bare, s->bare, guest_view(s, entry), va, access, &to))
        return complain(s, va, entry, denied[access]);
    if (to == target - s->g->is.ram_at + BOARD_RAM)
        return true;
    snprintf(expected, sizeof expected, "the guest's page table leads to its page 0x%08" PRIx32,
             to);
    return complain(s, va, entry, expected);
}

static bool check_page(const struct sight *s, gva va, u32 entry, mpa target)
{
    u32 rights = sv32_rights(entry, real_view(s, entry));
    s->t->counts.leaves++;
    if (target < s->g->is.ram_at || target - s->g->is.ram_at >= s->g->is.ram)
        return complain(s, va, entry, "it leads to memory of this guest");
    for (enum access access = ACCESS_READ; access <= ACCESS_FETCH; access++)
        if ((rights & sv32_need(access)) && !check_access(s, va, entry, target, access))
            return false;
    return true;
}

static bool check_leaf(const struct sight *s, gva va, u32 entry, bool super)
{
    mpa target = PTE_PPN(entry) << PAGE_SHIFT;
    for (u32 inside = 0; inside < (super ? MEGAPAGE_SIZE : PAGE_SIZE); inside += PAGE_SIZE)
        if (!check_page(s, va + inside, entry, target + inside))
            return false;
    return true;
}

// ---- a table

// What is remembered of this page of the machine, made anew if it was another table's.
static struct table *remember(const struct sight *s, mpa page, gva base)
{
    struct table **at = &s->t->table[(page - BOARD_RAM) >> PAGE_SHIFT];
    struct table *table = *at ? *at : calloc(1, sizeof *table);
    if (!table) {
        s->t->state = TWIN_LACKS;
        return NULL;
    }
    if (!*at || table->satp != s->bare->satp || table->view != s->view || table->base != base)
        memset(table->entry, 0, sizeof table->entry);
    table->satp = s->bare->satp;
    table->view = (u8)s->view;
    table->base = base;
    return *at = table;
}

static bool must_look(const struct sight *s, const struct table *seen, u32 i, u32 entry, gva va,
                      bool super)
{
    if (!(entry & PTE_V) || !sv32_rights(entry, real_view(s, entry)))
        return false; // it grants the guest nothing
    if (entry != seen->entry[i])
        return true;
    return seen->fences < s->g->fence_count && (s->bare->satp & SATP_MODE) &&
           fences_cover(s->g, seen->fences, va, super, SATP_ASID(s->bare->satp));
}

static bool check_table(const struct sight *s, mpa page, gva base, bool top)
{
    u32 entry[ENTRIES];
    if (!machine_read(s->t->m, page, entry, sizeof entry))
        return complain(s, base, page, "a page table lies in RAM");
    struct table *seen = remember(s, page, base);
    if (!seen)
        return false;
    bool same = !memcmp(seen->entry, entry, sizeof entry) && seen->fences == s->g->fence_count;
    if (same && !top)
        return true;
    for (u32 i = 0; i < ENTRIES; i++) {
        gva va = base + (i << (top ? 22 : 12));
        if (top && is_pointer(entry[i])) {
            if (!check_table(s, PTE_PPN(entry[i]) << PAGE_SHIFT, va, false))
                return false;
        } else if (must_look(s, seen, i, entry[i], va, top) && !check_leaf(s, va, entry[i], top)) {
            return false;
        }
    }
    memcpy(seen->entry, entry, sizeof entry);
    seen->fences = s->g->fence_count;
    return true;
}

bool rights_hold(struct twin *t, struct guest *g)
{
    const struct hart_state *real = twin_real(t), *bare = guest_bare(g);
    struct sight s = {t, g, bare, sv32_view(bare->mode, bare->sstatus), guest_mode_is_shadowed(t)};
    if (!(bare->satp & SATP_MODE) || s.shadowed)
        s.view = VIEW_U; // without a table there is only one view
    if (!(real->satp & SATP_MODE)) {
        where_after_exit(t, g);
        return differs(t, "the guest runs behind a page table", "real satp translates nothing");
    }
    return check_table(&s, SATP_PPN(real->satp) << PAGE_SHIFT, 0, true);
}

void rights_forget(struct twin *t)
{
    for (u32 i = 0; i < machine_config(t->m)->ram >> PAGE_SHIFT; i++) {
        free(t->table[i]);
        t->table[i] = NULL;
    }
}
