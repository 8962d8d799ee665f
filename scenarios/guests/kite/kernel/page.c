// Free memory. Pages that were never used lie above `fresh`, and nobody touches them before they
// are needed: on a simulated machine memory that nobody touches costs nothing. Pages that came
// back form a list, which runs through the first word of each page.
// Read next: scenarios/guests/kite/kernel/space.h.
#include "scenarios/guests/kite/kernel/page.h"
#include "scenarios/guests/kite/kernel/kernel.h"

#define RESERVED_MAX 4

static struct {
    u32 start, end; // the range of pages that are counted
    u32 fresh;      // from here to `end` no page was ever handed out
    u8 *owners;     // how many owners each page has
    void *returned; // the list of pages that came back
    u32 used;       // pages that have an owner
    struct reserved reserved[RESERVED_MAX];
    u32 reserved_count;
} pages;

static u32 round_up(u32 address)
{
    return (address + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

static u8 *owners_of(void *page)
{
    u32 address = (u32)page;
    if (address < pages.start || address >= pages.end || address % PAGE_BYTES)
        panic("%x is not a page", address);
    return &pages.owners[(address - pages.start) / PAGE_BYTES];
}

// Moves `fresh` up to the first place where that many bytes are not reserved.
static void skip_reserved(u32 bytes)
{
    for (u32 i = 0; i < pages.reserved_count; i++) {
        struct reserved *r = &pages.reserved[i];
        if (pages.fresh < r->end && pages.fresh + bytes > r->start) {
            pages.fresh = round_up(r->end);
            i = (u32)-1; // start again: another reserved range may begin here
        }
    }
}

void page_init(u32 start, u32 end, const struct reserved *reserved, u32 count)
{
    for (u32 i = 0; i < count && pages.reserved_count < RESERVED_MAX; i++)
        if (reserved[i].end > reserved[i].start)
            pages.reserved[pages.reserved_count++] = reserved[i];
    pages.start = round_up(start);
    pages.end = end & ~(PAGE_BYTES - 1);
    u32 owners_bytes =
        pages.end > pages.start ? round_up((pages.end - pages.start) / PAGE_BYTES) : 0;
    pages.fresh = pages.start;
    skip_reserved(owners_bytes);
    pages.owners = (u8 *)pages.fresh;
    pages.fresh += owners_bytes;
    if (pages.fresh > pages.end)
        panic("there is too little memory: RAM ends at %x, this kernel at %x", end, start);
    memset(pages.owners, 0, owners_bytes);
}

void *page_new(void)
{
    void *page = pages.returned;
    if (page) {
        pages.returned = *(void **)page;
    } else {
        skip_reserved(PAGE_BYTES);
        if (pages.fresh >= pages.end)
            return NULL;
        page = (void *)pages.fresh;
        pages.fresh += PAGE_BYTES;
    }
    *owners_of(page) = 1;
    pages.used++;
    return memset(page, 0, PAGE_BYTES);
}

void page_share(void *page)
{
    u8 *owners = owners_of(page);
    if (*owners == 0 || *owners == 255)
        panic("page %x has %u owners", (u32)page, *owners);
    ++*owners;
}

void page_drop(void *page)
{
    u8 *owners = owners_of(page);
    if (*owners == 0)
        panic("page %x is free already", (u32)page);
    if (--*owners > 0)
        return;
    *(void **)page = pages.returned;
    pages.returned = page;
    pages.used--;
}

bool page_shared(void *page)
{
    return *owners_of(page) > 1;
}

u32 page_count(void)
{
    return pages.used;
}
