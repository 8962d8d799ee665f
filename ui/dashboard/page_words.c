// Why the guest's table and the shadow differ. The first sentence that fits is told. Read
// ui/dashboard/page_words.h first.
#include "ui/dashboard/page_words.h"
#include "isa/board/board.h"

#include <stdio.h>

bool page_words_place(const struct page_tables *p, char *to, size_t size)
{
    u64 page = p->physical & ~(u64)(PAGE_SIZE - 1);
    if (!pages_guest_maps(p) || p->place == PLACE_MEMORY)
        return false;
    const char *whose = vm_path_length(&p->walk[0].path) ? "guest physical" : "physical";
    const char *device = board_device_in((u32)page, PAGE_SIZE);
    if (p->place == PLACE_DEVICE)
        snprintf(to, size, "At %s %08llx there is a device: %s.", whose, (unsigned long long)page,
                 device);
    else
        snprintf(to, size, "At %s %08llx there is neither memory nor a device.", whose,
                 (unsigned long long)page);
    return true;
}

// ---- why they differ

// The rights that the guest's entry gives the guest in its present mode, and those that the hart's
// entry gives it.
static u32 rights_of_guest(const struct page_tables *p)
{
    const struct table_walk *guest = &p->walk[0];
    u32 entry = guest->leaf_entry | (p->adue ? PTE_A | PTE_D : 0);
    return guest->paging ? sv32_rights(entry, p->view) : PTE_RIGHTS;
}

static u32 rights_of_shadow(const struct page_tables *p)
{
    const struct table_walk *shadow = &p->walk[p->walks - 1];
    return shadow->own_modes ? sv32_rights(shadow->leaf_entry, p->view)
                             : shadow->leaf_entry & PTE_RIGHTS;
}

static bool is_of_vmm(const struct table_walk *shadow)
{
    return shadow->leaf && !shadow->own_modes && !(shadow->leaf_entry & PTE_U);
}

static const char *difference_unmapped(const struct page_tables *p)
{
    const struct table_walk *shadow = &p->walk[p->walks - 1];
    if (!shadow->leaf && pages_table_is_lost(&p->walk[0]))
        return "The guest's table lies where the VM has no memory. An access is an exit, and the "
               "VMM delivers an access fault.";
    if (!shadow->leaf)
        return "Neither table maps the page. An access is a true fault: the guest's own handler "
               "gets it.";
    if (is_of_vmm(shadow))
        return "The guest's table does not map the page. The shadow's page is the VMM's own: its "
               "trap entry lies there. U is 0, so the guest cannot use it.";
    return "The shadow maps a page that the guest's table does not map any more. The guest has not "
           "said so with sfence.vma, so the old translation may still be used.";
}

// The shadow does not map a page that the guest's table maps.
static const char *difference_unfilled(const struct page_tables *p)
{
    if (!rights_of_guest(p))
        return "The guest's table maps the page, but allows no access in the guest's present mode. "
               "An access is a true fault: the guest's own handler gets it.";
    if (p->place == PLACE_DEVICE)
        return "A shadow never maps a device: each load and store is an exit, and the VMM emulates "
               "it.";
    if (p->place == PLACE_EMPTY)
        return "So the shadow maps nothing: an access is an exit, and the VMM delivers an access "
               "fault.";
    if (!p->walk[0].paging)
        return "The guest has paging off, so it may use any address. The shadow does not map this "
               "page. The next access is a hidden fault: the VMM fills the shadow.";
    return "The guest's table maps the page, the shadow does not. The next access that the guest's "
           "entry allows is a hidden fault: the VMM fills the shadow.";
}

const char *page_words_difference(const struct page_tables *p)
{
    const struct table_walk *shadow = &p->walk[p->walks - 1];
    u32 own = rights_of_guest(p), real = rights_of_shadow(p);
    if (!shadow->known)
        return "";
    if (!pages_guest_maps(p))
        return difference_unmapped(p);
    if (is_of_vmm(shadow))
        return "The VMM's trap entry has the page of the shadow for the moment (U is 0). If the "
               "guest uses its page, the VMM moves the trap entry elsewhere.";
    if (!shadow->leaf)
        return difference_unfilled(p);
    if (p->other_place)
        return "The shadow leads to another place than the guest's table does. The guest has "
               "changed its entry, and has not said so with sfence.vma.";
    if (real & ~own)
        return "The shadow grants more than the guest's entry does now. The guest has changed its "
               "entry, and has not said so with sfence.vma.";
    if (own & ~real)
        return "The shadow grants less than the guest's entry does: the VMM wants to see the first "
               "access of the missing kind.";
    return "Both map the page. The hart translates by the shadow, and the guest cannot tell.";
}

// The second stage maps no place where the VM has no memory.
static const char *stages_unmapped(enum page_place place)
{
    if (place == PLACE_DEVICE)
        return "The second stage never maps a device: each load and store is a guest page fault "
               "and an exit, and the VMM emulates it.";
    if (place == PLACE_EMPTY)
        return "So the second stage maps nothing: an access is a guest page fault and an exit, and "
               "the VMM delivers an access fault.";
    return "The second stage does not map the page. An access is a guest page fault and an exit: "
           "the VMM maps the page.";
}

const char *page_words_stages(const struct page_tables *p)
{
    const struct table_walk *walk = &p->walk[p->walks - 1];
    const struct stage_walk *lost = &walk->second[walk->entries < 2 ? walk->entries : 1];
    if (lost->reads && !lost->mapped)
        return "The guest's table lies where the VM has no memory. An access is a guest page "
               "fault, and an exit. On the bare machine it is an access fault, so that is what the "
               "VMM delivers.";
    if (walk->paging && !walk->leaf && p->walks > 1)
        return walk->own_modes
                   ? "An access is an exit. L0 delivers it to the VMM whose shadow that is."
                   : "An access is a page fault. The hart delivers it, without an exit to L0, to "
                     "the VMM whose shadow that is.";
    if (walk->paging && !walk->leaf)
        return "The guest's table does not map the page. An access is a page fault, and the "
               "guest's own handler gets it without an exit.";
    if (!walk->page.mapped)
        return stages_unmapped((enum page_place)p->place);
    if (walk->paging)
        return "Both stages map the page, so an access needs no exit if the bits allow it.";
    return "The guest has paging off, so the second stage alone translates. An access needs no "
           "exit.";
}

bool page_words_filler(const struct page_tables *p, char *to, size_t size)
{
    const struct table_walk *last = &p->walk[p->walks - 1], *outer = last - 1;
    char name[40];
    if (p->walks < 3 || !last->known || last->leaf || p->place != PLACE_MEMORY ||
        !pages_guest_maps(p))
        return false;
    vm_path_print(&outer->path, name, sizeof name);
    if (outer->leaf)
        snprintf(to, size, "The VMM in %s has the page in its shadow, so L0 fills alone.", name);
    else
        snprintf(to, size,
                 "The shadow of the VMM in %s lacks the page, too. So L0 delivers the fault to "
                 "that VMM, which fills its shadow first.",
                 name);
    return true;
}
