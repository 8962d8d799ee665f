// What the page tables said about one access, at the moment of its trap. The tables may change
// soon after, so the trap log keeps this with the row of the trap. The words follow the way of
// the access: the guest's own table, what is at the guest physical address, and the table by
// which the hart translated.
//
//      The guest's table allowed it (entry 2010f0d7). The shadow refused it: V is 0 (...).
//      The guest's table refused it: W is 0 (entry 2010f053).
//      Paging was off. At 10000005 there is a device: UART.
// Read next: ui/dashboard/trap_row.h.
#ifndef UI_DASHBOARD_JUDGEMENT_H
#define UI_DASHBOARD_JUDGEMENT_H

#include "sim/machine.h"
#include "ui/dashboard/entry.h"

// By which table the hart translated, where that is not the guest's own one.
enum judged_by { JUDGED_ALONE, JUDGED_BY_SHADOW, JUDGED_BY_STAGE };

struct judgement {
    bool known;    // false: the trap is no access that a table is asked about
    bool paging;   // of the guest: it had a table of its own
    bool lost;     // a part of that table was where there is no memory
    u8 refusal;    // enum entry_refusal of its last entry
    u8 place;      // enum page_place: what is at `physical`
    u8 judged_by;  // enum judged_by
    u8 by_refusal; // enum entry_refusal of the last entry of the hart's other table
    u32 entry;     // the last entry of the guest's own table; 0: none could be read
    u32 by_entry;  // and of the hart's other table
    u64 physical;  // the guest physical address, if the guest's own table leads to one
};

// Returns true if a trap with this cause is an access that the tables are asked about. *access
// is then its kind.
bool judgement_access(u32 cause, enum access *access);

// Asks the tables about the access of this trap, which has just been taken.
void judgement_make(struct judgement *j, struct machine *m, const struct event *e);

struct trap_row;
// Tells the judgement of a row's trap in sentences, into `to`.
void judgement_tell(const struct trap_row *row, char *to, size_t size);

#endif
