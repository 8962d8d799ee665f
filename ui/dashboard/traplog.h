// The log behind panes 3, 4 and 5: a listener that merges each exit with its outcome into one trap
// row, keeps who had which hart when (spans, and how long the guest of a row ran before it), and
// counts by class. Rings: of a long run the latest LOG_TRAPS and LOG_SPANS are kept, the counts
// cover everything.
//
//      EXIT, EMULATE    one row             INJECT      one row: a virtual interrupt
//      TRAP             one row             SCHEDULE    ends a row if it follows an exit at once, else a row: a quantum
//      was over SCHEDULE ... BLOCK, or the next SCHEDULE: one span. A VCPU that goes on after BLOCK, nobody else having
//      had the hart, begins one with its next exit, from where its instructions began.
//
// What a VMM that is guest code tells of its guests goes to the row of the exit that it is busy
// with:
//
//      EXIT of g1.1, REFLECT to g1 | EXIT of g1, EMULATE | ... | EMULATE of g1.1     the first row's `decided[1]`
//
// Read next: ui/dashboard/words.h (what a row says), ui/dashboard/view_traps.c.
#ifndef UI_DASHBOARD_TRAPLOG_H
#define UI_DASHBOARD_TRAPLOG_H

#include "isa/arch/round.h"
#include "ui/dashboard/trap_row.h"

#define LOG_TRAPS 16384u
#define LOG_SPANS 16384u

struct span {
    u64 from, to; // cycles; `to` is all ones while it lasts
    struct vm_path path;
    u8 vcpu, hart;
};

struct trap_count {
    u64 count, cost;
    u32 most;
};

struct traplog {
    u64 traps;                  // rows ever made; row number n lies at trap[(n - 1) % LOG_TRAPS]
    u64 spans;                  // so too, from 0
    u64 traps_most, spans_most; // the highest they ever were: what lies LOG_TRAPS below was
                                // overwritten, even if the run went back since
    u64 cost;                   // of all rows: what trapping took
    struct trap_count count[TRAP_CLASSES];
    u64 open[HARTS_MAX]; // the number of the row whose exit is under way on each hart; 0: none
    u64 deep[HARTS_MAX][EVENT_DEPTH + 1]; // and of the last exit from each level or deeper
    u64 running[HARTS_MAX]; // 1 + the index of the span that lasts on each hart; 0: none
    u64 retired[HARTS_MAX]; // by each hart when the last event came
    struct trap_row trap[LOG_TRAPS];
    struct span span[LOG_SPANS];
};

#define LOG_EVENTS                                                                 \
    (EVENT_BIT(EVENT_TRAP) | EVENT_BIT(EVENT_EXIT) | EVENT_BIT(EVENT_EMULATE) |    \
     EVENT_BIT(EVENT_FILL) | EVENT_BIT(EVENT_REFLECT) | EVENT_BIT(EVENT_PREEMPT) | \
     EVENT_BIT(EVENT_KILL) | EVENT_BIT(EVENT_INJECT) | EVENT_BIT(EVENT_SCHEDULE) | \
     EVENT_BIT(EVENT_BLOCK) | EVENT_BIT(EVENT_POWER))

struct traplog *traplog_new(void); // NULL: out of memory
void traplog_free(struct traplog *log);
void traplog_reset(struct traplog *log);
void traplog_add(struct traplog *log, const struct event *e);

// NULL: never made, or no longer kept.
const struct trap_row *traplog_row(const struct traplog *log, u64 number);
const struct span *traplog_span(const struct traplog *log, u64 index);
// The first number that is kept (traps + 1 if none is).
u64 traplog_first(const struct traplog *log);
u64 traplog_first_span(const struct traplog *log);

// For stepping back: what the log was, and return to it. Rows that were overwritten since are gone,
// all else is exact.
struct traplog_mark {
    u64 traps, spans, cost;
    struct trap_count count[TRAP_CLASSES];
    u64 open[HARTS_MAX], running[HARTS_MAX], retired[HARTS_MAX];
    u64 deep[HARTS_MAX][EVENT_DEPTH + 1];
    struct trap_row row[HARTS_MAX]; // the open ones, which may have grown since
    struct trap_row deep_row[HARTS_MAX][EVENT_DEPTH + 1];
};
void traplog_mark(const struct traplog *log, struct traplog_mark *mark);
void traplog_return(struct traplog *log, const struct traplog_mark *mark);

#endif
