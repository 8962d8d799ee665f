// The log behind panes 3, 4 and 5. It listens to the events of a machine and makes three things of
// them: rows, spans and counts.
//
//      EXIT, EMULATE      one row: an exit and what was done about it
//      TRAP               one row: a trap of a bare machine
//      INJECT             one row: a virtual interrupt
//      SCHEDULE           part of the row of an exit, if it follows that exit at once;
//                         otherwise one row: a quantum was over
//      SCHEDULE ... BLOCK (or the next SCHEDULE)    one span: this VCPU had the hart
//
// A VCPU may go on after BLOCK although nobody else had the hart meanwhile. Then its new span
// begins with its next exit, and reaches back to where its instructions began.
//
// A VMM that is guest code also tells what it does about its guests. That goes to the row of the
// exit which this VMM is busy with, into `decided[1]` of the first row here:
//
//      EXIT of g1.1, REFLECT to g1 | EXIT of g1, EMULATE | ... | EMULATE of g1.1
//
// Rows and spans are kept in rings: of a long run only the newest LOG_TRAPS and LOG_SPANS are
// there. The counts cover the whole run.
// Read next: ui/dashboard/route.h.
#ifndef UI_DASHBOARD_TRAPLOG_H
#define UI_DASHBOARD_TRAPLOG_H

#include "isa/arch/round.h"
#include "sim/state/pages.h"
#include "ui/dashboard/trap_row.h"

#define LOG_TRAPS 16384u
#define LOG_SPANS 16384u

struct span {
    u64 from, to; // cycles. While the span lasts, `to` is all ones
    u32 cost;     // cycles of the switch before it, if that switch is no part of a row
    struct vm_path path;
    u8 vcpu, hart;
};

struct trap_count {
    u64 count, cost;
    u32 most;
};

struct traplog {
    struct pages *pages; // the memory that the log lies in
    u64 traps;           // rows ever made; row number n lies at trap[(n - 1) % LOG_TRAPS]
    u64 spans;           // spans ever made; span number n, from 0, lies at span[n % LOG_SPANS]
    u64 own;             // of the rows: traps that guests took by themselves, in guest mode
    u64 cost;            // cycles of all rows together
    u64 started;         // cycles of switches that are no part of a row: the start of a run
    struct trap_count count[TRAP_CLASSES];
    u64 open[HARTS_MAX]; // the number of the row whose exit is under way on each hart; 0: none
    u64 deep[HARTS_MAX][EVENT_DEPTH + 1]; // the number of the last exit from this level or deeper
    u64 running[HARTS_MAX]; // 1 + the index of the span that lasts on each hart; 0: none
    u64 retired[HARTS_MAX]; // instructions of each hart when the last event came
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
// Is the event an access that faulted? Then traplog_set_judgement is to be called next.
bool traplog_wants_judgement(const struct event *e);
// What did the tables say about the access of the last trap of this hart?
void traplog_set_judgement(struct traplog *log, u8 hart, const struct judgement *judged);
// Is the event a trap that the hart delivered by itself, to this guest or to a VMM around it? Then
// traplog_set_taker is to be called next.
bool traplog_wants_taker(const struct event *e);
// At which level is the VM whose kernel took the last trap of this hart?
void traplog_set_taker(struct traplog *log, u8 hart, unsigned level);

// NULL: it was never made, or it is no longer kept.
const struct trap_row *traplog_row(const struct traplog *log, u64 number);
const struct span *traplog_span(const struct traplog *log, u64 index);
// Is the exit of the last row under way? Then the row is not finished.
bool traplog_is_open(const struct traplog *log);
// The first number that is kept (traps + 1 if none is).
u64 traplog_first(const struct traplog *log);
u64 traplog_first_span(const struct traplog *log);

// For going back, and forward again: a mark shares with the log what has not changed since.
// Returning to it makes the log what it was, whatever was added or taken back meanwhile. False: no
// memory.
bool traplog_mark(struct traplog *log, struct saved_pages *mark);
void traplog_return(struct traplog *log, const struct saved_pages *mark);

#endif
