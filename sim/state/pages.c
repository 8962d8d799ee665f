// Pages with copies shared between snapshots. Picture and contracts: sim/state/pages.h.
#include "sim/state/pages.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

bool pages_new(struct pages *p, u32 count)
{
    *p = (struct pages){.count = count};
    if (!count)
        return true;
    // The host gives memory to a page when the page is first touched, and such a page is zero.
    void *bytes = mmap(NULL, (size_t)count * PAGE_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED) {
        p->count = 0;
        return false;
    }
    p->bytes = bytes;
    p->flags = calloc(count, sizeof *p->flags);
    p->dirty = malloc(count * sizeof *p->dirty);
    if (p->flags && p->dirty)
        return true;
    pages_free(p);
    return false;
}

void pages_free(struct pages *p)
{
    page_tree_drop(p->copies);
    page_room_drop(p->room);
    free(p->flags);
    free(p->dirty);
    if (p->bytes)
        munmap(p->bytes, (size_t)p->count * PAGE_SIZE);
    *p = (struct pages){0};
}

// ---- saving

static bool copy_page(struct pages *p, u32 page)
{
    const u8 *bytes = p->bytes + (size_t)page * PAGE_SIZE;
    struct page_copy *copy = page_copy_new(bytes, page_tree_find(p->copies, page), p->room);
    if (!copy)
        return false;
    if (page_tree_put(&p->copies, page, copy))
        return true;
    page_copy_drop(copy);
    return false;
}

bool pages_save(struct pages *p, struct saved_pages *s)
{
    *s = (struct saved_pages){0};
    if (!p->room && !(p->room = page_room_new()))
        return false;
    // If memory runs out in the middle, the pages that are left stay in the list, so a later
    // save copies them.
    for (; p->dirty_count; p->dirty_count--) {
        u32 page = p->dirty[p->dirty_count - 1];
        if (!copy_page(p, page))
            return false;
        p->flags[page] &= (u8)~PAGE_DIRTY;
    }
    s->copies = p->copies;
    page_tree_hold(s->copies);
    return true;
}

void pages_drop(struct saved_pages *s)
{
    page_tree_drop(s->copies);
    *s = (struct saved_pages){0};
}

size_t saved_pages_bytes(const struct saved_pages *s, const struct saved_pages *before)
{
    return page_tree_bytes(s->copies, before ? before->copies : NULL);
}

// ---- restoring

// Returns the flags that do not depend on the bytes of the page: what an engine keeps of it, and
// who watches it.
static u8 lasting_flags(const struct pages *p, u32 page)
{
    return p->flags[page] & (PAGE_CODE | PAGE_WATCHED | PAGE_WATCHED_READS | PAGE_WATCHED_CODE);
}

void pages_clear(struct pages *p)
{
    madvise(p->bytes, (size_t)p->count * PAGE_SIZE, MADV_DONTNEED);
    for (u32 page = 0; page < p->count; page++)
        p->flags[page] = lasting_flags(p, page);
    p->dirty_count = 0;
    page_tree_drop(p->copies);
    p->copies = NULL;
}

struct restoring {
    struct pages *p;
    void (*changed)(void *context, u32 page);
    void *context;
};

// Puts one page back. `copy` is NULL if the page was not used then.
static void put_back(void *context, u32 page, struct page_copy *now, struct page_copy *copy)
{
    (void)now;
    const struct restoring *r = context;
    struct pages *p = r->p;
    u8 kept = lasting_flags(p, page);
    page_copy_put(copy, p->bytes + (size_t)page * PAGE_SIZE, PAGE_SIZE);
    p->flags[page] = copy ? PAGE_USED | kept : kept;
    if ((kept & PAGE_CODE) && r->changed)
        r->changed(r->context, page);
}

void pages_restore(struct pages *p, const struct saved_pages *s,
                   void (*changed)(void *context, u32 page), void *context)
{
    struct restoring r = {p, changed, context};
    // First the pages that were written since the last copy. For all others `copies` tells what
    // they are now, so only pages whose copies differ are put back.
    for (u32 i = 0; i < p->dirty_count; i++)
        put_back(&r, p->dirty[i], NULL, page_tree_find(s->copies, p->dirty[i]));
    p->dirty_count = 0;
    page_tree_compare(p->copies, s->copies, put_back, &r);
    page_tree_hold(s->copies);
    page_tree_drop(p->copies);
    p->copies = s->copies;
}
