// Where a person wants the run to stop: breakpoints, and the traps that the key `t` stops at.
// This file also has bookmarks: moments that a person wants to come back to.
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
    char text[FILTER_SIZE]; // as the person typed it
    u8 kind;                // enum break_kind
    struct vm_path path;
    gva pc;
    u32 csr;   // the number of the CSR
    mpa at;    // of BREAK_STORE and BREAK_ACCESS: the first byte that is watched
    u32 bytes; // of BREAK_STORE and BREAK_ACCESS: how many bytes are watched
    u64 known; // a hash of these bytes, as they were seen last
    struct predicate *predicate;
    u64 hits;
};

struct bookmark {
    char name[BOOKMARK_NAME];
    u32 generation; // of the world
    u64 steps;      // the number of steps of all worlds together
    u32 stop;       // the script waited at its stop of this number; 0: it did not wait
    u64 began;      // how many of these steps were made before this world began
    u64 trap;       // the number of the newest trap at that moment
};

struct stops {
    char trap_filter[FILTER_SIZE]; // `t` stops at these traps only
    u32 breakpoints, bookmarks;
    struct breakpoint breakpoint[BREAKPOINTS_MAX];
    struct bookmark bookmark[BOOKMARKS_MAX];
};

// Both return false if the list is full. When a breakpoint was added, the list owns its
// predicate, and stops_remove or stops_free frees the predicate.
bool stops_add_breakpoint(struct stops *s, const struct breakpoint *b);
bool stops_add_bookmark(struct stops *s, const struct bookmark *b);
// Removes the entry with this number. The numbers begin at 0 with the breakpoints, and go on
// with the bookmarks. Returns false if there is no such entry.
bool stops_remove(struct stops *s, u32 number);
void stops_free(struct stops *s);
// Returns the bookmark of this name, or the bookmark of this number, given as text and counted
// from 1. Returns NULL if there is none.
const struct bookmark *stops_find_bookmark(const struct stops *s, const char *name);

// Returns what a machine must watch for these breakpoints. The fields `seen` and `context` are
// NULL.
struct watch stops_watch(const struct stops *s);

#endif
