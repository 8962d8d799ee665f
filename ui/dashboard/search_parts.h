// A search from inside: what its two files share. Read ui/dashboard/search.h first.
#ifndef UI_DASHBOARD_SEARCH_PARTS_H
#define UI_DASHBOARD_SEARCH_PARTS_H

#include "ui/dashboard/search.h"

// The instruction or the trap that was the last to come: what has changed since, it has changed.
struct suspect {
    u64 steps; // the moment before it
    u32 pc, insn;
};

struct search {
    struct playback *play;
    struct past_moment here;  // where the person stands
    struct past_moment there; // where the search stands between two pieces; no snapshot: it is at
                              // the beginning of a stretch
    u32 stretch;              // from this moment of the past to the next one, or to `here`
    bool last;                // the last stretch first, and only until something is found
    struct wanted_moment wanted; // the person's, and so are the next two
    struct watch watch;
    bool (*stops_at)(void *context, const struct event *e);
    void *stops_context;
    u64 searched; // steps
    u64 end;      // of the stretch, in steps
    bool over;
    struct inquiry inquiry;
    struct stops stops; // a copy; the predicates belong to the original
    struct lookout lookout;
    struct findings *found;
    u32 generation;  // of the world in which the values below were seen
    bool known;      // a value was seen
    u32 value;       // of the register or the CSR
    bool next_known; // the value at the beginning of the stretch behind this one
    u32 next_value;
    struct suspect suspect;
    u64 row_done; // the last row of the log that was looked at
    bool page_touched;
    u64 touched_at;
    u8 bytes[SEARCH_RANGES][PAGE_SIZE]; // of the ranges, as they were seen last
};

static inline const struct noted *search_noted(const struct past_moment *m)
{
    return m->extra;
}

// Does the inquiry ask for a value, of a register or a CSR?
static inline bool search_has_value(const struct search *s)
{
    return s->inquiry.kind == SEARCH_REGISTER || s->inquiry.kind == SEARCH_CSR;
}

// From now on the machine tells what is asked for, and the rows are added to s->found.
void search_watch(struct search *s);
// The run has come to the beginning of a stretch, but not from the stretch before.
void search_look_round(struct search *s);
// After each piece of the run.
void search_look_after(struct search *s);
// At the end of a stretch: what the last instruction has done.
void search_settle(struct search *s);
// The value now, as the observer sees it. False: there is no such VCPU now, or its VMM is busy with
// it.
bool search_value(const struct search *s, u32 *value);

#endif
