// Where a person wants the run to stop: breakpoints, and which traps the key `t` stops at. And
// moments that a person wants to come back to: bookmarks.
// Read next: ui/dashboard/keys.def.
#ifndef UI_DASHBOARD_STOPS_H
#define UI_DASHBOARD_STOPS_H

#include "ui/dashboard/filter.h"

#define BREAKPOINTS_MAX 16
#define BOOKMARKS_MAX 32
#define BOOKMARK_NAME 24

struct breakpoint {
    char text[FILTER_SIZE]; // as it was typed
    bool at_pc; // the VCPUs of `path` come to `pc`; otherwise `text` is a filter of traps
    u32 pc;
    struct vm_path path;
    u64 hits;
};

struct bookmark {
    char name[BOOKMARK_NAME];
    u32 generation; // of the world
    u64 steps;      // of all worlds together
    u64 trap;       // the newest one at that moment
};

struct stops {
    char trap_filter[FILTER_SIZE]; // `t` stops at these traps only
    u32 breakpoints, bookmarks;
    struct breakpoint breakpoint[BREAKPOINTS_MAX];
    struct bookmark bookmark[BOOKMARKS_MAX];
};

// Both return false if there are too many already.
bool stops_add_breakpoint(struct stops *s, const struct breakpoint *b);
bool stops_add_bookmark(struct stops *s, const struct bookmark *b);
// Removes the entry with this number: breakpoints first, then bookmarks, from 0. False: there is
// none.
bool stops_remove(struct stops *s, u32 number);
// The bookmark of this name, or of this number as text, from 1; NULL: there is none.
const struct bookmark *stops_find_bookmark(const struct stops *s, const char *name);

bool stops_have_pc(const struct stops *s);
// The breakpoint that this row hits, or -1. Counts the hit.
int stops_hit_row(struct stops *s, const struct trap_row *row, u32 profile);
// The breakpoint that a VCPU of this VM at this pc hits, or -1. Counts the hit.
int stops_hit_pc(struct stops *s, const struct vm_path *path, u32 pc);

#endif
