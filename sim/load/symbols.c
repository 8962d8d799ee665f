// The table of sim/load/symbols.h: a sorted array.
#include "sim/load/symbols.h"

#include <stdlib.h>
#include <string.h>

static char *printable(const char *name, size_t length)
{
    if (length >= SYMBOL_NAME)
        length = SYMBOL_NAME - 1;
    char *copy = malloc(length + 1);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < length; i++)
        copy[i] = name[i] > ' ' && name[i] <= '~' ? name[i] : '?';
    copy[length] = 0;
    return copy;
}

// The array grows by doubling: it is full whenever its count is a power of two.
static bool make_room(struct symbols *s)
{
    if (s->count & (s->count - 1))
        return true;
    struct symbol *list = realloc(s->list, (s->count ? 2 * (size_t)s->count : 1) * sizeof *list);
    if (!list)
        return false;
    s->list = list;
    return true;
}

void symbols_add(struct symbols *s, gva address, const char *name, size_t length)
{
    if (s->count >= SYMBOLS_MOST || length == 0 || !make_room(s))
        return;
    char *copy = printable(name, length);
    if (copy)
        s->list[s->count++] = (struct symbol){address, copy};
}

static int compare(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return strcmp(x->name, y->name);
}

void symbols_sort(struct symbols *s)
{
    if (s->count)
        qsort(s->list, s->count, sizeof *s->list, compare);
}

void symbols_free(struct symbols *s)
{
    for (u32 i = 0; i < s->count; i++)
        free(s->list[i].name);
    free(s->list);
    *s = (struct symbols){0};
}

const char *symbols_name(const struct symbols *s, gva address, u32 *offset)
{
    if (address < s->low || address >= s->high)
        return NULL;
    // A binary search for the first symbol behind `address`. The answer is the one before it.
    u32 first = 0, end = s->count;
    while (first < end) {
        u32 middle = first + (end - first) / 2;
        if (s->list[middle].address <= address)
            first = middle + 1;
        else
            end = middle;
    }
    if (first == 0)
        return NULL;
    const struct symbol *found = &s->list[first - 1];
    while (found > s->list && found[-1].address == found->address)
        found--; // of several names for one address it is always the same one
    *offset = address - found->address;
    return found->name;
}

bool symbols_find(const struct symbols *s, const char *name, gva *address)
{
    for (u32 i = 0; i < s->count; i++)
        if (strcmp(s->list[i].name, name) == 0) {
            *address = s->list[i].address;
            return true;
        }
    return false;
}
