// What a person types behind the name of a command: numbers, addresses and names.
#ifndef UI_DASHBOARD_ARGUMENT_H
#define UI_DASHBOARD_ARGUMENT_H

#include "ui/dashboard/keys.h"
#include "ui/dashboard/state.h"

// Without an argument the person is asked for one: the prompt opens with the command in it, and
// with `otherwise` behind it.
unsigned dashboard_ask(struct dashboard *d, const struct binding *b, const char *otherwise);

// A whole number, with commas or underlines between its digits. False: it is none.
bool argument_number(const char *text, int base, u64 *number);
// A register of the VCPU that pane 2 shows, which gives what is in it, or a symbol of its guest.
bool argument_name(struct dashboard *d, const char *text, u32 *address);
// A register, a symbol, or a hexadecimal number.
bool argument_address(struct dashboard *d, const char *text, u32 *address);
// Takes the first word off the text: copies it, and returns what comes behind the spaces after it.
const char *argument_word(const char *text, char *word, size_t size);

#endif
