// The log behind panes 3, 4 and 5. The log listens to the events of a machine and makes rows,
// spans and counts from them:
//
//      EXIT, EMULATE      one row: an exit and what was done about it
//      TRAP               one row: a trap of a bare machine
//      INJECT             one row: a virtual interrupt
//      SCHEDULE           part of the row of an exit, if it follows that exit at once;
//                         otherwise one row: a quantum was over
//      SCHEDULE ... BLOCK (or the next SCHEDULE)    one span: this VCPU had the hart
//
// A VCPU may go on after BLOCK although no other VCPU had the hart meanwhile. Its new span is
// then made at its next exit. This span reaches back to the cycle at which the VCPU's
// instructions began.
//
// A VMM that is guest code reports, too, what it does about its own guests. Such a report goes
// to the row of the exit that this VMM is at work on, into `decided[1]` of the first row in this
// example:
//
//      EXIT of g1.1, REFLECT to g1 | EXIT of g1, EMULATE | ... | EMULATE of g1.1
//
// Rows and spans are kept in rings. Of a long run only the newest LOG_TRAPS rows and LOG_SPANS
// spans are there. The counts cover the whole run.
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
    u32 cost;     // cycles of the switch before the span, if no row of the log counts these cycles
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
    u64 own;             // of these rows: the traps that guests took by themselves, in guest mode
    u64 cost;            // cycles of all rows together
    u64 started;         // cycles of switches that belong to no row, such as the start of a run
    struct trap_count count[TRAP_CLASSES];
    u64 open[HARTS_MAX]; // for each hart the number of the row whose exit is not complete; 0: there
                         // is none
    u64 deep[HARTS_MAX][EVENT_DEPTH + 1]; // the number of the last exit from this level or deeper
    u64 running[HARTS_MAX]; // for each hart 1 + the index of the span that lasts; 0: there is none
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
// Returns true if the event is an access that faulted, for which traplog_set_judgement must be
// called next.
bool traplog_wants_judgement(const struct event *e);
// Tells what the tables said about the access of the last trap of this hart.
void traplog_set_judgement(struct traplog *log, u8 hart, const struct judgement *judged);
// Returns true if the event is an exit that the hart may have delivered by itself, to a VMM in
// guest mode around this guest. traplog_set_taker must then be called next.
bool traplog_wants_taker(const struct event *e);
// Tells the level of the VM whose VMM took the last exit of this hart. 0, or the level of the
// guest: L0 takes the exit.
void traplog_set_taker(struct traplog *log, u8 hart, unsigned level);
// Returns true if the event says that a VMM reflected an exit of a guest further in. If the VMM
// delivered it to that guest's own kernel, traplog_set_own must be called next.
bool traplog_wants_own(const struct traplog *log, const struct event *e);
void traplog_set_own(struct traplog *log, u8 hart);

// Returns NULL if there never was such a row or span, or if it is no longer kept.
const struct trap_row *traplog_row(const struct traplog *log, u64 number);
const struct span *traplog_span(const struct traplog *log, u64 index);
// Returns true if the exit of the last row is not complete. The row then may still change.
bool traplog_is_open(const struct traplog *log);
// Returns the first number that is still kept (traps + 1 if none is).
u64 traplog_first(const struct traplog *log);
u64 traplog_first_span(const struct traplog *log);

// For going back, and forward again. A mark shares with the log all that has not changed since
// the mark was made. traplog_return makes the log what it was at the mark, whatever was added or
// taken back meanwhile. traplog_mark returns false if there is no memory.
bool traplog_mark(struct traplog *log, struct saved_pages *mark);
void traplog_return(struct traplog *log, const struct saved_pages *mark);

#endif
