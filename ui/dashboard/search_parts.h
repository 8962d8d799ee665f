// The inside of a search, which its two files share. Read ui/dashboard/search.h first.
#ifndef UI_DASHBOARD_SEARCH_PARTS_H
#define UI_DASHBOARD_SEARCH_PARTS_H

#include "ui/dashboard/search.h"

#define SEARCH_PARTS 40 // enough to halve any stretch until its parts are short

// The last instruction or trap that the run came to. If a value has changed since, this
// instruction or trap has changed it.
struct suspect {
    u64 steps; // the moment before it
    u32 pc, insn;
};

struct search {
    struct playback *play;
    struct past_moment here;  // where the person stands
    struct past_moment there; // where the search is between two pieces; if it has no snapshot, the
                              // search is at the beginning of a stretch
    u32 stretch; // the number of the moment of the past at which the stretch begins. It ends at the
                 // next moment, or at `here`
    bool last;   // true: the last stretch is searched first, and the search ends when something is
                 // found
    struct wanted_moment wanted; // this field and the next three keep what the person's playback
                                 // had before the search
    struct watch watch;
    bool (*stops_at)(void *context, const struct event *e);
    void *stops_context;
    u64 chunk;    // steps to play before the clock is looked at again
    u64 searched; // how many steps were searched so far
    u64 end;      // the end of the stretch, or of its part, in steps
    // A stretch in which the last time is asked for may be cut into parts, if it takes long. Its
    // last part is then searched first.
    struct past_moment part[SEARCH_PARTS]; // where each part begins that is still to be searched
    u32 parts;                             // 0: the stretch is not cut
    u64 middle;       // where the run is about to cut the rest, in steps; 0: the part is searched
    u64 spent;        // milliseconds that this part took so far
    u64 found_before; // how many rows there were when this part began
    bool uncut;       // this part has no moment at which it can be cut
    bool over;
    struct inquiry inquiry;
    struct stops stops; // a copy of the person's list, which owns the predicates
    struct lookout lookout;
    struct findings *found;
    u32 generation;  // of the world in which the values below were seen
    bool known;      // a value was seen
    u32 value;       // of the register or the CSR
    bool next_known; // true: `next_value` is the value at the beginning of the following stretch
    u32 next_value;
    struct suspect suspect;
    bool alone;   // true: the next step is played alone, since the suspect's effect must be seen
    u64 row_done; // the last row of the log that was looked at
    bool page_touched;
    u64 touched_at;
    u32 touched_by;                     // the hart on which a VMM had the page
    u8 bytes[SEARCH_RANGES][PAGE_SIZE]; // the contents of the ranges as they were seen last
};

static inline const struct noted *search_noted(const struct past_moment *m)
{
    return m->extra;
}

// Returns true if the inquiry asks for the value of a register or of a CSR.
static inline bool search_has_value(const struct search *s)
{
    return s->inquiry.kind == SEARCH_REGISTER || s->inquiry.kind == SEARCH_CSR;
}

// From now on the machine reports what the inquiry asks for, and the rows are added to s->found.
void search_watch(struct search *s);
// To be called when the run has come to the beginning of a stretch, but not from the stretch
// before it.
void search_look_round(struct search *s);
// To be called after each piece of the run.
void search_look_after(struct search *s);
// To be called at the end of a stretch: finds out what the last instruction has changed.
void search_settle(struct search *s);
// Reads the present value, as the observer sees it. Returns false if there is no such VCPU now,
// or if its VMM is at work on it.
bool search_value(const struct search *s, u32 *value);

#endif
