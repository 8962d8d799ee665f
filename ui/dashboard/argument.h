// What a person types behind the name of a command: numbers, addresses and names.
#ifndef UI_DASHBOARD_ARGUMENT_H
#define UI_DASHBOARD_ARGUMENT_H

#include "ui/dashboard/keys.h"
#include "ui/dashboard/state.h"

// For a command that was given without an argument: opens the prompt with the name of the
// command in it, and with `otherwise` behind the name. The person then completes the line.
unsigned dashboard_ask(struct dashboard *d, const struct binding *b, const char *otherwise);

// Reads a whole number, which may have commas or underlines between its digits. Returns false if
// the text is no such number.
bool argument_number(const char *text, int base, u64 *number);
// Reads the name of a register of the VCPU that pane 2 shows, which gives the value of the
// register, or the name of a symbol of that VCPU's guest. Returns false if the text is neither.
bool argument_name(struct dashboard *d, const char *text, u32 *address);
// Reads a register, a symbol, or a hexadecimal number. Returns false if the text is none of
// these.
bool argument_address(struct dashboard *d, const char *text, u32 *address);
// Copies the first word of the text into `word`, and returns the text behind that word and the
// spaces that follow it.
const char *argument_word(const char *text, char *word, size_t size);

#endif
