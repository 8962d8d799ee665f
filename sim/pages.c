// Pages with copies shared between snapshots. Picture and contracts: sim/pages.h.
// Read next: sim/snapshot.c.
#include "sim/pages.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

bool pages_new(struct pages *p, u32 count)
{
    *p = (struct pages){.count = count};
    if (!count)
        return true;
    void *bytes = mmap(NULL, (size_t)count * PAGE_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED) {
        p->count = 0;
        return false;
    }
    p->bytes = bytes;
    p->flags = calloc(count, sizeof *p->flags);
    p->copies = calloc(count, sizeof *p->copies);
    if (p->flags && p->copies)
        return true;
    pages_free(p);
    return false;
}

static void release(struct page_copy *copy)
{
    if (copy && --copy->references == 0)
        free(copy);
}

static void refer(struct pages *p, u32 page, struct page_copy *copy)
{
    if (copy)
        copy->references++;
    release(p->copies[page]);
    p->copies[page] = copy;
}

// The next page at or after `page` that has a flag set; p->count if there is none. Most pages of a large RAM never
// have.
static u32 next_flagged(const struct pages *p, u32 page)
{
    u64 eight;
    while (page < p->count) {
        if (page % 8 == 0 && p->count - page >= 8) {
            memcpy(&eight, p->flags + page, sizeof eight);
            if (!eight) {
                page += 8;
                continue;
            }
        }
        if (p->flags[page])
            return page;
        page++;
    }
    return p->count;
}

void pages_free(struct pages *p)
{
    if (p->flags && p->copies)
        for (u32 i = next_flagged(p, 0); i < p->count; i = next_flagged(p, i + 1))
            release(p->copies[i]);
    free(p->flags);
    free(p->copies);
    if (p->bytes)
        munmap(p->bytes, (size_t)p->count * PAGE_SIZE);
    *p = (struct pages){0};
}

// Makes copies[page] what the page is now.
static bool copy_page(struct pages *p, u32 page)
{
    if (p->copies[page] && !(p->flags[page] & PAGE_DIRTY))
        return true;
    struct page_copy *copy = malloc(sizeof *copy);
    if (!copy)
        return false;
    copy->references = 0;
    memcpy(copy->bytes, p->bytes + (size_t)page * PAGE_SIZE, PAGE_SIZE);
    refer(p, page, copy);
    p->flags[page] &= (u8)~PAGE_DIRTY;
    return true;
}

bool pages_save(struct pages *p, struct saved_pages *s)
{
    u32 used = 0;
    for (u32 i = next_flagged(p, 0); i < p->count; i = next_flagged(p, i + 1))
        used += pages_used(p, i);
    *s = (struct saved_pages){.list = malloc((used + 1) * sizeof *s->list)};
    if (!s->list)
        return false;
    for (u32 i = next_flagged(p, 0); i < p->count; i = next_flagged(p, i + 1)) {
        if (!pages_used(p, i))
            continue;
        if (!copy_page(p, i)) {
            pages_drop(s);
            return false;
        }
        p->copies[i]->references++;
        s->list[s->count++] = (struct saved_page){i, p->copies[i]};
    }
    return true;
}

void pages_drop(struct saved_pages *s)
{
    for (u32 i = 0; i < s->count; i++)
        release(s->list[i].copy);
    free(s->list);
    *s = (struct saved_pages){0};
}

// Puts back one page; copy NULL: a page that was not used then.
static void put_back(struct pages *p, u32 page, struct page_copy *copy, void (*changed)(void *, u32), void *context)
{
    u8 *bytes = p->bytes + (size_t)page * PAGE_SIZE;
    u8 code = p->flags[page] & PAGE_CODE;
    if (p->copies[page] == copy && !(p->flags[page] & PAGE_DIRTY))
        return;
    if (copy)
        memcpy(bytes, copy->bytes, PAGE_SIZE);
    else
        memset(bytes, 0, PAGE_SIZE);
    refer(p, page, copy);
    p->flags[page] = copy ? PAGE_USED | code : code;
    if (code && changed)
        changed(context, page);
}

void pages_restore(struct pages *p, const struct saved_pages *s, void (*changed)(void *context, u32 page),
                   void *context)
{
    u32 at = 0;
    for (u32 i = 0; i < s->count; i++, at++) {
        for (at = next_flagged(p, at); at < s->list[i].page; at = next_flagged(p, at + 1))
            put_back(p, at, NULL, changed, context);
        at = s->list[i].page;
        put_back(p, at, s->list[i].copy, changed, context);
    }
    for (at = next_flagged(p, at); at < p->count; at = next_flagged(p, at + 1))
        put_back(p, at, NULL, changed, context);
}
