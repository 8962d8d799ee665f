// The command prompt: a line that a person types, with completion and a history. The table of
// keys says which commands there are (ui/dashboard/keys.def). A command may have an argument
// behind its name.
// Read next: ui/dashboard/completion.h.
#ifndef UI_DASHBOARD_PROMPT_H
#define UI_DASHBOARD_PROMPT_H

#include "ui/terminal/cells.h"

#define PROMPT_SIZE 256
#define PROMPT_HISTORY 16
#define PROMPT_OFFERS 240

struct prompt {
    bool open;
    char text[PROMPT_SIZE];
    char history[PROMPT_HISTORY][PROMPT_SIZE]; // a ring; number n, from 0, is at n % PROMPT_HISTORY
    u32 kept;                                  // how many lines were ever kept
    u32 shown; // the number of the line of the history that is shown; equal to `kept` if none is
               // shown
    char offers[PROMPT_OFFERS]; // what the last word of an argument can become
};

// Opens the prompt with this text in it: "" or the beginning of a command.
void prompt_open(struct prompt *p, const char *text);

enum prompt_result { PROMPT_OPEN, PROMPT_CLOSED, PROMPT_ENTERED };
// Handles a key while the prompt is open. If the result is PROMPT_ENTERED, the prompt has
// closed, and p->text is the line.
enum prompt_result prompt_key(struct prompt *p, int key);

// Draws the prompt on one row. Behind its text stand the commands that the text could become, or
// the words that can complete its argument.
void prompt_draw(const struct prompt *p, const struct area *a, int row);

#endif
