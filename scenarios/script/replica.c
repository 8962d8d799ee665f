// Copies of memory by pages. Read scenarios/script/replica.h first.
// Read next: scenarios/script/snapshot.c.
#include "scenarios/script/replica.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_PAGES (1u << 18) // page numbers that each piece has to itself: 1 GiB

struct replica {
    u32 references;
    u32 count;
    struct replica_piece piece[REPLICA_PIECES];
    struct page_room *room;   // of the copies
    struct page_node *copies; // a page that is all zero needs no copy
};

// Behind the end of a piece its last page counts as zero.
static bool copy_page(struct replica *replica, u32 page, const u8 *bytes, size_t count)
{
    u8 whole[PAGE_SIZE] = {0};
    memcpy(whole, bytes, count);
    struct page_copy *copy =
        page_copy_new(whole, page_tree_find(replica->copies, page), replica->room);
    if (!copy)
        return false;
    if (page_tree_put(&replica->copies, page, copy))
        return true;
    page_copy_drop(copy);
    return false;
}

static bool copy_piece(struct replica *replica, u32 number)
{
    const struct replica_piece *piece = &replica->piece[number];
    for (size_t at = 0; at < piece->bytes; at += PAGE_SIZE) {
        u32 page = number * PIECE_PAGES + (u32)(at / PAGE_SIZE);
        size_t left = piece->bytes - at, count = left < PAGE_SIZE ? left : PAGE_SIZE;
        const u8 *bytes = (const u8 *)piece->at + at;
        if (!page_copy_is(page_tree_find(replica->copies, page), bytes, count) &&
            !copy_page(replica, page, bytes, count))
            return false;
    }
    return true;
}

struct replica *replica_new(const struct replica_piece *pieces, u32 count,
                            const struct replica *before)
{
    struct replica *replica = calloc(1, sizeof *replica);
    if (!replica)
        return NULL;
    *replica = (struct replica){.references = 1, .count = count};
    replica->room = before ? page_room_hold(before->room) : page_room_new();
    if (!replica->room) {
        free(replica);
        return NULL;
    }
    memcpy(replica->piece, pieces, count * sizeof *pieces);
    replica->copies = before ? before->copies : NULL;
    page_tree_hold(replica->copies);
    for (u32 i = 0; i < count; i++)
        if (!copy_piece(replica, i)) {
            replica_free(replica);
            return NULL;
        }
    return replica;
}

struct replica *replica_hold(struct replica *replica)
{
    if (replica)
        replica->references++;
    return replica;
}

void replica_free(struct replica *replica)
{
    if (!replica || --replica->references)
        return;
    page_tree_drop(replica->copies);
    page_room_drop(replica->room);
    free(replica);
}

static void restore_piece(const struct replica *replica, u32 number)
{
    const struct replica_piece *piece = &replica->piece[number];
    for (size_t at = 0; at < piece->bytes; at += PAGE_SIZE) {
        size_t left = piece->bytes - at, count = left < PAGE_SIZE ? left : PAGE_SIZE;
        u32 page = number * PIECE_PAGES + (u32)(at / PAGE_SIZE);
        const struct page_copy *copy = page_tree_find(replica->copies, page);
        u8 *bytes = (u8 *)piece->at + at;
        // Most pages are still what they were. Those are only read.
        if (!page_copy_is(copy, bytes, count))
            page_copy_put(copy, bytes, count);
    }
}

void replica_restore(const struct replica *replica)
{
    for (u32 i = 0; i < replica->count; i++)
        restore_piece(replica, i);
}

size_t replica_bytes(const struct replica *replica, const struct replica *before)
{
    const struct page_node *shared = before ? before->copies : NULL;
    return sizeof *replica + page_tree_bytes(replica->copies, shared);
}
