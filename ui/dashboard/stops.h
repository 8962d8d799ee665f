// Where a person wants the run to stop: breakpoints, and which traps the key `t` stops at. And
// moments that a person wants to come back to: bookmarks.
// Read next: ui/dashboard/lookout.h.
#ifndef UI_DASHBOARD_STOPS_H
#define UI_DASHBOARD_STOPS_H

#include "scenarios/script/predicate.h"
#include "sim/watch.h"
#include "ui/dashboard/filter.h"

#define BREAKPOINTS_MAX WATCH_PCS
#define BOOKMARKS_MAX 32
#define BOOKMARK_NAME 24

enum break_kind {
    BREAK_TRAP,   // at a trap that `text`, a filter, takes
    BREAK_PC,     // before a VCPU of `path` executes the instruction at `pc`
    BREAK_CSR,    // before a VCPU of `path` executes an instruction that writes `csr`
    BREAK_STORE,  // before anybody writes one of the bytes
    BREAK_ACCESS, // before anybody reads or writes one of the bytes
    BREAK_LUA,    // at an event for which `predicate` holds
    BREAK_KINDS
};

struct breakpoint {
    char text[FILTER_SIZE]; // as it was typed
    u8 kind;                // enum break_kind
    struct vm_path path;
    gva pc;
    u32 csr;   // its number
    mpa at;    // of BREAK_STORE and BREAK_ACCESS: the first byte,
    u32 bytes; // and how many there are
    u64 known; // a hash of them, as they were seen last
    struct predicate *predicate;
    u64 hits;
};

struct bookmark {
    char name[BOOKMARK_NAME];
    u32 generation; // of the world
    u64 steps;      // of all worlds together
    u32 stop;       // the script waited at its stop of this number; 0: it did not wait
    u64 began;      // and how many of them were made before this world
    u64 trap;       // the newest one at that moment
};

struct stops {
    char trap_filter[FILTER_SIZE]; // `t` stops at these traps only
    u32 breakpoints, bookmarks;
    struct breakpoint breakpoint[BREAKPOINTS_MAX];
    struct bookmark bookmark[BOOKMARKS_MAX];
};

// Both return false if there are too many already. A breakpoint that was added belongs to the list,
// its predicate, too.
bool stops_add_breakpoint(struct stops *s, const struct breakpoint *b);
bool stops_add_bookmark(struct stops *s, const struct bookmark *b);
// Removes the entry with this number: breakpoints first, then bookmarks, from 0. False: there is
// none.
bool stops_remove(struct stops *s, u32 number);
void stops_free(struct stops *s);
// The bookmark of this name, or of this number as text, from 1; NULL: there is none.
const struct bookmark *stops_find_bookmark(const struct stops *s, const char *name);

// What a machine must watch for these breakpoints. `seen` and `context` stay NULL.
struct watch stops_watch(const struct stops *s);

#endif
