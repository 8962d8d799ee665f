// The words for a trap row (ui/dashboard/trap_row.h): its cause and what the VMM did, as a line
// of the log shows them, and the sentence that answers "what just happened, and why?". These
// words hold only numbers of a guest, and never text that a guest wrote.
// Read next: ui/dashboard/filter.h.
#ifndef UI_DASHBOARD_WORDS_H
#define UI_DASHBOARD_WORDS_H

#include "ui/terminal/cells.h"
#include "ui/dashboard/traplog.h"

// Writes the cause of the trap in short form: "csrw satp, a0", "store 00401ffc", "uart store
// 41", "timer", "sbi set_timer", "ecall". `to` has 64 bytes; returns `to`.
const char *words_cause(const struct trap_row *row, u32 profile, char *to);
// Returns what was done: "emulate", "fill", "->L1" (the exit was handed to the VMM that is that
// guest), "preempt", "off", "own". The text has at most 8 letters.
const char *words_action(const struct trap_row *row);
// Return true if some action has this text, and if some cause can have this text as a part of it
// (as words_cause writes causes). Numbers are not compared: any number can be a part.
bool words_is_action(const char *text);
// Returns what an action of this text is, or "" if it needs no words or does not exist.
const char *words_action_meaning(const char *text);
// Returns the text of an action by its number, from 0. Returns NULL after the last one, and ""
// for a number that has no text.
const char *words_action_at(u32 number);
bool words_is_in_cause(const char *part);
// Returns the colour of a VM. Neighbours in the tree of VMs have different colours.
enum role words_role(const struct vm_path *path);
// Writes the name of a VCPU, for example "g1/v0", or "hart 0" for a hart of the machine itself.
// `to` has 48 bytes; returns `to`.
const char *words_vcpu(const struct vm_path *path, unsigned vcpu, char *to);
// Returns the reason why such a trap happens at all: "privileged, and K is really U". Returns "" if
// the trap needs no reason.
const char *words_reason(const struct trap_row *row);
// Returns how a guest has ended with this trap: "can never go on".
const char *words_end(const struct trap_row *row);
// Writes the whole sentence. If it is longer than `columns`, the cost is left out, and then the
// reason. `to` has 256 bytes; returns `to`.
const char *words_why(const struct trap_row *row, u32 profile, int columns, char *to);

#endif
