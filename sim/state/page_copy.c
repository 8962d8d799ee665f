// Copies of pages: a base and the pieces that differ from it. Picture and contracts:
// sim/state/page_copy.h.
#include "sim/state/page_copy.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_SIZE 512u
#define PIECES (PAGE_SIZE / PIECE_SIZE)

// What copies share: a whole page, in a room for pages, or a piece of it.
struct base {
    u64 references;
    struct page_room *room;
    u8 *bytes;
};

struct piece {
    u64 references;
    u8 bytes[PIECE_SIZE];
};

struct page_copy {
    u64 references;
    struct base *base;           // NULL: all zero
    struct piece *piece[PIECES]; // NULL: as in the base
};

static struct base *base_new(const u8 *bytes, struct page_room *room)
{
    struct base *base = malloc(sizeof *base);
    u8 *page = base ? page_room_take(room) : NULL;
    if (!page) {
        free(base);
        return NULL;
    }
    *base = (struct base){1, room, page};
    memcpy(page, bytes, PAGE_SIZE);
    return base;
}

static struct base *base_hold(struct base *base)
{
    if (base)
        base->references++;
    return base;
}

static void base_drop(struct base *base)
{
    if (!base || --base->references)
        return;
    page_room_give(base->room, base->bytes);
    free(base);
}

static struct piece *piece_new(const u8 *bytes)
{
    struct piece *piece = malloc(sizeof *piece);
    if (!piece)
        return NULL;
    piece->references = 1;
    memcpy(piece->bytes, bytes, PIECE_SIZE);
    return piece;
}

static struct piece *piece_hold(struct piece *piece)
{
    if (piece)
        piece->references++;
    return piece;
}

static void piece_drop(struct piece *piece)
{
    if (piece && !--piece->references)
        free(piece);
}

// ---- pieces of a copy

// Returns the bytes of piece i, or NULL if they are all zero.
static const u8 *bytes_of(const struct page_copy *copy, u32 i)
{
    if (copy && copy->piece[i])
        return copy->piece[i]->bytes;
    return copy && copy->base ? copy->base->bytes + i * PIECE_SIZE : NULL;
}

static bool is_same(const struct page_copy *copy, u32 i, const u8 *bytes, size_t count)
{
    const u8 *then = bytes_of(copy, i);
    if (then)
        return !memcmp(then, bytes, count);
    // All bytes are zero if the first one is, and each byte equals the one before it.
    return !bytes[0] && !memcmp(bytes, bytes + 1, count - 1);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

// ---- copies

// Returns the pieces, as bits, in which the page differs from what it was in `before`.
static u32 changed_pieces(const u8 *bytes, const struct page_copy *before)
{
    u32 changed = 0;
    for (u32 i = 0; i < PIECES; i++)
        changed |= (u32)!is_same(before, i, bytes + i * PIECE_SIZE, PIECE_SIZE) << i;
    return changed;
}

// Returns true if more than a quarter of the pieces would differ from the base of `before`.
static bool needs_base(u32 changed, const struct page_copy *before)
{
    u32 differ = 0;
    for (u32 i = 0; i < PIECES; i++)
        differ += (changed >> i & 1) || (before && before->piece[i]);
    return differ > PIECES / 4;
}

// Makes pieces for what has changed, and shares all others with `before`. Returns false if there
// is no memory.
static bool take_pieces(struct page_copy *copy, const u8 *bytes, u32 changed,
                        const struct page_copy *before)
{
    copy->base = before ? base_hold(before->base) : NULL;
    for (u32 i = 0; i < PIECES; i++) {
        if (changed >> i & 1) {
            copy->piece[i] = piece_new(bytes + i * PIECE_SIZE);
            if (!copy->piece[i])
                return false;
        } else if (before) {
            copy->piece[i] = piece_hold(before->piece[i]);
        }
    }
    return true;
}

struct page_copy *page_copy_new(const u8 *bytes, const struct page_copy *before,
                                struct page_room *room)
{
    struct page_copy *copy = calloc(1, sizeof *copy);
    u32 changed = changed_pieces(bytes, before);
    bool made = false;
    if (copy && needs_base(changed, before))
        made = (copy->base = base_new(bytes, room));
    else if (copy)
        made = take_pieces(copy, bytes, changed, before);
    if (made)
        return copy;
    page_copy_drop(copy);
    return NULL;
}

void page_copy_hold(struct page_copy *copy)
{
    if (copy)
        copy->references++;
}

void page_copy_drop(struct page_copy *copy)
{
    if (!copy || (copy->references && --copy->references))
        return;
    base_drop(copy->base);
    for (u32 i = 0; i < PIECES; i++)
        piece_drop(copy->piece[i]);
    free(copy);
}

size_t page_copy_bytes(const struct page_copy *copy, const struct page_copy *before)
{
    size_t bytes = copy ? sizeof *copy : 0;
    if (copy && copy->base && (!before || before->base != copy->base))
        bytes += sizeof *copy->base + PAGE_SIZE;
    for (u32 i = 0; copy && i < PIECES; i++)
        if (copy->piece[i] && (!before || before->piece[i] != copy->piece[i]))
            bytes += sizeof *copy->piece[i];
    return bytes;
}

// ---- the page itself

void page_copy_put(const struct page_copy *copy, u8 *bytes, size_t count)
{
    for (u32 i = 0; count; i++) {
        size_t here = least(count, PIECE_SIZE);
        const u8 *then = bytes_of(copy, i);
        if (then)
            memcpy(bytes, then, here);
        else
            memset(bytes, 0, here);
        bytes += here;
        count -= here;
    }
}

bool page_copy_is(const struct page_copy *copy, const u8 *bytes, size_t count)
{
    for (u32 i = 0; count; i++) {
        size_t here = least(count, PIECE_SIZE);
        if (!is_same(copy, i, bytes, here))
            return false;
        bytes += here;
        count -= here;
    }
    return true;
}
