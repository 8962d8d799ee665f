// The life of pages of decoded records: made, kept while they are wanted, forgotten. They are a
// cache outside of the machine's state.
// Read next: sim/engine/fast_loop.h.
#include "sim/engine/jit.h"

#include <stdlib.h>

// After so many stores with nothing decoded between them a page holds data, not code.
#define STORES_MOST 64u

static struct record undecoded(const struct fast *fast)
{
    return (struct record){.handler = fast->handlers[OP_undecoded], .op = OP_undecoded};
}

// ---- life of a page

// Only the hart whose turn it is can be in a page. It would find its way without the page, but it
// would want the page again at once.
static bool is_running(const struct fast *fast, const struct code_page *page)
{
    return fast->hart[fast->m->current]->page == page;
}

void code_forget_recent(struct fast_hart *f)
{
    for (u32 i = 0; i < RECENT_CODES; i++)
        f->recent[false][i].tag = f->recent[true][i].tag = TLB_NONE;
}

static void drop(struct fast *fast, u32 page)
{
    u32 slot = fast->pages[page]->slot, last = fast->list[--fast->kept];
    fast->list[slot] = last;
    fast->pages[last]->slot = slot;
    for (u32 i = 0; i < fast->m->config.harts; i++)
        code_forget_recent(fast->hart[i]);
    fast->m->ram.flags[page] &= (u8)~PAGE_CODE;
    free(fast->pages[page]->native);
    free(fast->pages[page]);
    fast->pages[page] = NULL;
}

void code_drop_all(struct fast *fast)
{
    while (fast->kept)
        drop(fast, fast->list[fast->kept - 1]);
}

// There is room for the pages that are wanted again and again, and not for all that were ever
// executed: a guest that sleeps leaves nothing here. When the room is used up, and from time to
// time, the pages go that nobody entered since the last time. Each page that comes back makes the
// room larger by one.
static void shed(struct fast *fast)
{
    for (u32 i = fast->kept; i--;) {
        u32 number = fast->list[i];
        struct code_page *page = fast->pages[number];
        if (page->entered) {
            page->entered = false;
            continue;
        }
        drop(fast, number);
        fast->m->ram.flags[number] |= PAGE_SHED;
    }
}

static void make_room(struct fast *fast)
{
    shed(fast);
    if (fast->kept < fast->room)
        return;
    if (fast->room == CODE_PAGES_MOST)
        code_drop_all(fast);
    else
        fast->room = fast->room < CODE_PAGES_MOST / 2 ? 2 * fast->room : CODE_PAGES_MOST;
}

static u32 room_for(u32 pages)
{
    u32 room = 2 * pages < CODE_PAGES_MOST ? 2 * pages : CODE_PAGES_MOST;
    return room < CODE_PAGES_LEAST ? CODE_PAGES_LEAST : room;
}

void code_age(struct fast *fast, u64 now)
{
    fast->aged = now;
    shed(fast);
    fast->room = room_for(fast->kept);
}

void code_rest(struct machine *m)
{
    struct fast *fast = m->engine_data;
    fast->room = CODE_PAGES_LEAST;
    if (fast->kept <= CODE_PAGES_LEAST)
        return;
    code_drop_all(fast);
    if (fast->jit)
        jit_release(fast->jit);
}

static void enlist(struct fast *fast, struct code_page *page, u32 number)
{
    u8 *flags = &fast->m->ram.flags[number];
    if ((*flags & PAGE_SHED) && fast->room < CODE_PAGES_MOST)
        fast->room++;
    *flags &= (u8)~PAGE_SHED;
    page->slot = fast->kept;
    fast->list[fast->kept++] = number;
    fast->pages[number] = page;
}

// From now on the engine is told of every write to the page.
static void watch(struct machine *m, u32 page)
{
    mpa address = BOARD_RAM + (page << PAGE_SHIFT);
    struct fast *fast = m->engine_data;
    for (u32 i = 0; (m->ram.flags[page] & PAGE_QUICK) && i < m->config.harts; i++) {
        tlb_slow_writes(m->hart[i].tlb, &address);
        tlb_slow_writes(fast->hart[i]->own, &address);
    }
    m->ram.flags[page] = (u8)((m->ram.flags[page] & ~PAGE_QUICK) | PAGE_CODE);
}

struct code_page *code_page_at(struct fast *fast, mpa address)
{
    u32 number = (address - BOARD_RAM) >> PAGE_SHIFT;
    if (fast->pages[number])
        return fast->pages[number];
    if (fast->kept == fast->room)
        make_room(fast);
    struct code_page *page = malloc(sizeof *page);
    if (!page)
        return NULL;
    for (u32 i = 0; i < CODE_WORDS; i++)
        page->record[i] = undecoded(fast);
    page->record[CODE_WORDS] =
        (struct record){.handler = fast->handlers[OP_page_end], .op = OP_page_end};
    page->at = BOARD_RAM + (number << PAGE_SHIFT);
    page->stores = page->arrivals = 0;
    page->native = NULL;
    page->entered = true;
    enlist(fast, page, number);
    watch(fast->m, number);
    return page;
}

void code_written(struct machine *m, mpa address, u32 bytes)
{
    struct fast *fast = m->engine_data;
    struct code_page *page = code_page_find(fast, address);
    u32 first = address % PAGE_SIZE / 4, last = (address % PAGE_SIZE + bytes - 1) / 4;
    if (++page->stores > STORES_MOST && !is_running(fast, page)) {
        drop(fast, (address - BOARD_RAM) >> PAGE_SHIFT);
        return;
    }
    jit_written(fast, page, first, last);
    for (u32 i = first; i <= last; i++)
        page->record[i] = undecoded(fast);
}
