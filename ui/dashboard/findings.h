// The results of a search of the run: moments, each with a line that says what happened there.
// The rows are in the order of time.
// Read next: ui/dashboard/search.h.
#ifndef UI_DASHBOARD_FINDINGS_H
#define UI_DASHBOARD_FINDINGS_H

#include "isa/types.h"

#define FINDINGS_MOST 4096 // rows that are kept: the last ones
#define FINDINGS_TITLE 96

struct finding {
    u32 generation; // of the world
    u64 steps;      // the moment just before it, in steps of all worlds together
    u64 began;      // how many of these steps were made before this world began
    char who[20];   // "g1/v0", "VMM"
    char text[76];
};

struct findings {
    char title[FINDINGS_TITLE]; // "history of a0 of g1/v0"
    u64 total; // how many moments were found; the last `count` of them are in `row`
    u32 count;
    bool whole; // true: the search came to its end; false: it was stopped
    struct finding row[FINDINGS_MOST];
};

// Adds a row. If the list is full, its older half is dropped first.
void findings_add(struct findings *f, const struct finding *row);
// Forgets all but the last row.
void findings_keep_last(struct findings *f);
// Returns the last row whose moment is before this one; NULL if there is none.
const struct finding *findings_before(const struct findings *f, u32 generation, u64 steps);

#endif
