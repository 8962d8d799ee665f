// Asking the whole run: when did this register, CSR, page-table entry or memory change, by whom,
// and from what to what; which traps were there; when was a breakpoint hit. The run is played once
// more from its snapshots to the present moment, and its machine is watched (sim/watch.h). Where
// two snapshots show that nothing of the kind can have happened between them, that stretch is left
// out.
//
//     snapshot ---- snapshot ---- snapshot ---- snapshot ---- here
//         |   4         |  left out   |     2       |     1     |
//
// The last stretch comes first if only the last time is asked for.
//
// A search works in pieces. Between two pieces the run is where the person has left it.
// Read next: ui/dashboard/child.h.
#ifndef UI_DASHBOARD_SEARCH_H
#define UI_DASHBOARD_SEARCH_H

#include "ui/dashboard/findings.h"
#include "ui/dashboard/lookout.h"

#define SEARCH_RANGES 2

enum search_kind {
    SEARCH_REGISTER,
    SEARCH_CSR,
    SEARCH_MEMORY, // every write to the ranges
    SEARCH_TRAPS,  // that `filter` takes
    SEARCH_BREAKPOINTS,
};

struct inquiry {
    u8 kind; // enum search_kind
    char title[FINDINGS_TITLE];
    struct vm_path path; // of a register and a CSR: whose
    u32 vcpu;
    u32 number; // of the register, 1 to 31, or of the CSR
    u32 ranges; // of memory, in the machine's RAM and in words, and what to call them
    struct {
        mpa at;
        u32 bytes; // 4 to PAGE_SIZE
        gva shown; // the address of the first byte, as the person knows it
    } range[SEARCH_RANGES];
    char filter[FILTER_SIZE];
};

struct search;

// Begins. `stops` are the breakpoints to look for. `last`: only the last time is asked for, so the
// search ends with the first stretch that has one. Until search_end nobody else may use the
// playback but to look at it. NULL and a message: there is no memory.
struct search *search_begin(struct playback *p, const struct inquiry *inquiry,
                            const struct stops *stops, bool last, char *error, size_t error_size);
// Goes on for about so many milliseconds. False: the search has come to its end.
bool search_go_on(struct search *s, int milliseconds);
u32 search_percent(const struct search *s);
// What it has found so far, which then belongs to the caller (free).
struct findings *search_take(struct search *s);
// Where the person stood when the search began.
void search_moment(const struct search *s, u32 *generation, u64 *steps);
void search_end(struct search *s);

#endif
