// A search asks the whole run: when did this register, CSR, page-table entry or memory change,
// who changed it, and from which value to which? Which traps were there? When was a breakpoint
// hit? The run is played once more from its snapshots to the present moment, and its machine is
// watched (sim/watch.h). If two snapshots show that nothing of this kind can have happened
// between them, the stretch between them is left out.
//
//     snapshot ---- snapshot ---- snapshot ---- snapshot ---- here
//         |   4         |  left out   |     2       |     1     |
//
// If only the last time is asked for, the search begins with the last stretch.
//
// A search works in pieces. Between two pieces the run is at the moment where the person left
// it.
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
    SEARCH_TRAPS,  // every trap that `filter` takes
    SEARCH_BREAKPOINTS,
};

struct inquiry {
    u8 kind; // enum search_kind
    char title[FINDINGS_TITLE];
    struct vm_path path; // whose register or CSR it is
    u32 vcpu;
    u32 number; // of the register, 1 to 31, or of the CSR
    u32 ranges; // how many ranges of memory there are. Each lies in the machine's RAM and consists
                // of whole words
    struct {
        mpa at;
        u32 bytes; // 4 to PAGE_SIZE
        gva shown; // the address of the first byte, as the person knows it
    } range[SEARCH_RANGES];
    char filter[FILTER_SIZE];
};

struct search;

// Begins a search. `stops` are the breakpoints to look for. `last` is true if only the last time
// is asked for: the search then ends with the first stretch that has a result. Until search_end
// nobody else may change the playback. Returns NULL, with a message in `error`, if there is no
// memory.
struct search *search_begin(struct playback *p, const struct inquiry *inquiry,
                            const struct stops *stops, bool last, char *error, size_t error_size);
// Continues for about this number of milliseconds. Returns false if the search has come to its
// end.
bool search_go_on(struct search *s, int milliseconds);
// Returns how much of the run has been searched, in percent.
u32 search_percent(const struct search *s);
// Returns what the search has found so far. The caller owns the result, and calls free.
struct findings *search_take(struct search *s);
// Tells at which moment the person was when the search began.
void search_moment(const struct search *s, u32 *generation, u64 *steps);
void search_end(struct search *s);

#endif
