// Blocks by classes of sizes. Read scenarios/script/arena.h first.
// Read next: scenarios/script/replica.h.
#include "scenarios/script/arena.h"

#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>

#define GRAIN 16u     // every size is a multiple of it
#define SMALL 256u    // up to here there is a class for each multiple of GRAIN
#define STEPS 4u      // beyond, a doubling has so many classes, so at most a fifth is wasted
#define DOUBLINGS 32u // enough for any size that an arena can have
#define CLASSES (SMALL / GRAIN + STEPS * DOUBLINGS)

struct free_block {
    struct free_block *next;
};

struct arena {
    alignas(GRAIN) size_t size;
    size_t top; // from here on nothing was ever used
    struct free_block *free[CLASSES];
};

// Rounds the size up to that of its class, and returns the number of the class.
static u32 class_of(size_t *size)
{
    if (*size <= SMALL) {
        *size = (*size + GRAIN - 1) / GRAIN * GRAIN;
        return (u32)(*size / GRAIN) - 1;
    }
    u32 doubling = 0;
    size_t half = SMALL;
    while (*size > 2 * half) {
        half *= 2;
        doubling++;
    }
    size_t step = half / STEPS, steps = (*size - half + step - 1) / step;
    *size = half + steps * step;
    return SMALL / GRAIN + doubling * STEPS + (u32)steps - 1;
}

struct arena *arena_new(size_t room)
{
    void *base = mmap(NULL, room, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        return NULL;
    struct arena *a = base;
    a->size = room;
    a->top = sizeof *a;
    return a;
}

void arena_free(struct arena *a)
{
    if (a)
        munmap(a, a->size);
}

size_t arena_bytes(const struct arena *a)
{
    return a->top;
}

static void *take(struct arena *a, u32 class, size_t size)
{
    struct free_block *b = a->free[class];
    if (b) {
        a->free[class] = b->next;
        return b;
    }
    if (size > a->size - a->top)
        return NULL;
    void *block = (u8 *)a + a->top;
    a->top += size;
    return block;
}

static void give_back(struct arena *a, void *block, size_t size)
{
    struct free_block *b = block;
    u32 class = class_of(&size);
    b->next = a->free[class];
    a->free[class] = b;
}

void *arena_resize(struct arena *a, void *old, size_t old_size, size_t size)
{
    size_t room = size, old_room = old_size;
    if (size > a->size)
        return NULL;
    void *block = NULL;
    if (size) {
        u32 class = class_of(&room);
        if (old && class == class_of(&old_room))
            return old;
        block = take(a, class, room);
        if (!block) // a block that shrinks can stay where it is, and Lua relies on that
            return old && size <= old_size ? old : NULL;
    }
    if (old && block)
        memcpy(block, old, old_size < size ? old_size : size);
    if (old)
        give_back(a, old, old_size);
    return block;
}
