// Blocks of pages, and the list of the free ones. Picture and contracts: sim/state/page_room.h.
#include "sim/state/page_room.h"

#include <stdlib.h>

#define BLOCK_FIRST 16u // pages; each block has twice as many as the one before it
#define BLOCK_MOST 512u

struct free_page {
    struct free_page *next;
};

struct block {
    struct block *next;
    u8 *pages;
};

struct page_room {
    u64 references;
    struct free_page *free;
    struct block *blocks; // the newest first
    u32 left;             // pages of the newest block that nobody has taken yet, at its end
    u32 size;             // of the newest block, in pages
};

struct page_room *page_room_new(void)
{
    struct page_room *room = calloc(1, sizeof *room);
    if (room)
        room->references = 1;
    return room;
}

struct page_room *page_room_hold(struct page_room *room)
{
    if (room)
        room->references++;
    return room;
}

void page_room_drop(struct page_room *room)
{
    if (!room || --room->references)
        return;
    while (room->blocks) {
        struct block *block = room->blocks;
        room->blocks = block->next;
        free(block->pages);
        free(block);
    }
    free(room);
}

static bool add_block(struct page_room *room)
{
    u32 size = room->size ? 2 * room->size : BLOCK_FIRST;
    size = size < BLOCK_MOST ? size : BLOCK_MOST;
    size_t bytes = (size_t)size * PAGE_SIZE;
    struct block *block = malloc(sizeof *block);
    u8 *pages = aligned_alloc(PAGE_SIZE, bytes);
    if (!block || !pages) {
        free(block);
        free(pages);
        return false;
    }
    *block = (struct block){room->blocks, pages};
    room->blocks = block;
    room->left = room->size = size;
    return true;
}

u8 *page_room_take(struct page_room *room)
{
    struct free_page *page = room->free;
    if (!page && !room->left && !add_block(room))
        return NULL;
    room->references++;
    if (!page)
        return room->blocks->pages + (size_t)(room->size - room->left--) * PAGE_SIZE;
    room->free = page->next;
    return (u8 *)page;
}

void page_room_give(struct page_room *room, u8 *page)
{
    struct free_page *free = (struct free_page *)(void *)page;
    free->next = room->free;
    room->free = free;
    page_room_drop(room);
}
