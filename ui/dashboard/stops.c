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

const struct bookmark *stops_find_bookmark(const struct stops *s, const char *name)
{
    for (u32 i = 0; i < s->bookmarks; i++)
        if (!strcmp(s->bookmark[i].name, name))
            return &s->bookmark[i];
    unsigned long number = strtoul(name, NULL, 10);
    return number >= 1 && number <= s->bookmarks ? &s->bookmark[number - 1] : NULL;
}

bool stops_have_pc(const struct stops *s)
{
    for (u32 i = 0; i < s->breakpoints; i++)
        if (s->breakpoint[i].at_pc)
            return true;
    return false;
}

int stops_hit_row(struct stops *s, const struct trap_row *row, u32 profile)
{
    for (u32 i = 0; i < s->breakpoints; i++) {
        struct breakpoint *b = &s->breakpoint[i];
        if (b->at_pc || !filter_takes(b->text, row, profile))
            continue;
        b->hits++;
        return (int)i;
    }
    return -1;
}

int stops_hit_pc(struct stops *s, const struct vm_path *path, u32 pc)
{
    for (u32 i = 0; i < s->breakpoints; i++) {
        struct breakpoint *b = &s->breakpoint[i];
        if (!b->at_pc || b->pc != pc || !vm_path_equal(&b->path, path))
            continue;
        b->hits++;
        return (int)i;
    }
    return -1;
}
