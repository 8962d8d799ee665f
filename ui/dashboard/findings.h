// What a search of the run has found: moments, each with a line that says what happened there. The
// rows are in the order of time.
// Read next: ui/dashboard/search.h.
#ifndef UI_DASHBOARD_FINDINGS_H
#define UI_DASHBOARD_FINDINGS_H

#include "isa/types.h"

#define FINDINGS_MOST 4096 // rows that are kept: the last ones
#define FINDINGS_TITLE 96

struct finding {
    u32 generation; // of the world
    u64 steps;      // the moment just before it, in steps of all worlds together
    u64 began;      // and how many of them were made before this world
    char who[20];   // "g1/v0", "VMM"
    char text[76];
};

struct findings {
    char title[FINDINGS_TITLE]; // "history of a0 of g1/v0"
    u64 total;                  // how many there were; the last of them are in `row`
    u32 count;
    bool whole; // the search came to its end, and was not stopped
    struct finding row[FINDINGS_MOST];
};

void findings_add(struct findings *f, const struct finding *row);
// Forgets all but the last row.
void findings_keep_last(struct findings *f);
// The last row whose moment is before this one; NULL: there is none.
const struct finding *findings_before(const struct findings *f, u32 generation, u64 steps);

#endif
