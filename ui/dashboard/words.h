// Words for a trap row (ui/dashboard/trap_row.h): its cause and what the VMM did, as a line of the
// log shows them, and the sentence that answers "what just happened, and why?". No text of a guest
// gets into these words, only numbers.
// Read next: ui/dashboard/filter.h.
#ifndef UI_DASHBOARD_WORDS_H
#define UI_DASHBOARD_WORDS_H

#include "ui/terminal/cells.h"
#include "ui/dashboard/traplog.h"

// What caused it, short: "csrw satp, a0", "store 00401ffc", "uart store 41", "timer", "sbi
// set_timer", "ecall". `to` has 64 bytes.
const char *words_cause(const struct trap_row *row, u32 profile, char *to);
// What was done: "emulate", "fill", "->L1" (handed to the VMM that is that guest), "preempt",
// "off", "own". Never longer than 8.
const char *words_action(const struct trap_row *row);
// Can an action be this text? Can the text be a part of a cause, as words_cause writes it? Numbers
// are left out: any number can be a part.
bool words_is_action(const char *text);
// The actions by number, from 0; NULL after the last one, and "" if this number has none.
const char *words_action_at(u32 number);
bool words_is_in_cause(const char *part);
// The colour of a VM. Neighbours in the tree have different ones.
enum role words_role(const struct vm_path *path);
// "g1/v0". `to` has 48 bytes.
const char *words_vcpu(const struct vm_path *path, unsigned vcpu, char *to);
// Why such a trap happens at all: "is privileged; K is really U". "" if it needs no reason.
const char *words_reason(const struct trap_row *row);
// The whole sentence; without the cost if it would then be longer than `columns`. `to` has 256
// bytes.
const char *words_why(const struct trap_row *row, u32 profile, int columns, char *to);

#endif
