// The lists of breakpoints and bookmarks. Read ui/dashboard/stops.h first.
#include "ui/dashboard/stops.h"

#include <stdlib.h>
#include <string.h>

bool stops_add_breakpoint(struct stops *s, const struct breakpoint *b)
{
    if (s->breakpoints == BREAKPOINTS_MAX)
        return false;
    s->breakpoint[s->breakpoints++] = *b;
    return true;
}

bool stops_add_bookmark(struct stops *s, const struct bookmark *b)
{
    if (s->bookmarks == BOOKMARKS_MAX)
        return false;
    s->bookmark[s->bookmarks++] = *b;
    return true;
}

bool stops_remove(struct stops *s, u32 number)
{
    if (number < s->breakpoints) {
        predicate_free(s->breakpoint[number].predicate);
        s->breakpoints--;
        memmove(&s->breakpoint[number], &s->breakpoint[number + 1],
                (s->breakpoints - number) * sizeof s->breakpoint[0]);
        return true;
    }
    number -= s->breakpoints;
    if (number >= s->bookmarks)
        return false;
    s->bookmarks--;
    memmove(&s->bookmark[number], &s->bookmark[number + 1],
            (s->bookmarks - number) * sizeof s->bookmark[0]);
    return true;
}

void stops_free(struct stops *s)
{
    while (s->breakpoints)
        stops_remove(s, 0);
}

const struct bookmark *stops_find_bookmark(const struct stops *s, const char *name)
{
    for (u32 i = 0; i < s->bookmarks; i++)
        if (!strcmp(s->bookmark[i].name, name))
            return &s->bookmark[i];
    unsigned long number = strtoul(name, NULL, 10);
    return number >= 1 && number <= s->bookmarks ? &s->bookmark[number - 1] : NULL;
}

struct watch stops_watch(const struct stops *s)
{
    struct watch w = {0};
    for (u32 i = 0; i < s->breakpoints; i++) {
        const struct breakpoint *b = &s->breakpoint[i];
        bool reads = b->kind == BREAK_ACCESS;
        if (b->kind == BREAK_PC)
            w.pc[w.pcs++] = b->pc;
        w.csrs |= b->kind == BREAK_CSR;
        if (b->kind == BREAK_STORE || reads)
            w.range[w.ranges++] = (struct watch_range){b->at, b->bytes, reads};
    }
    return w;
}
