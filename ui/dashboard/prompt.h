// The command prompt: a line that a person types, with completion and a history. What a command is,
// the table of keys says (ui/dashboard/keys.def); a command may have an argument behind its name.
// Read next: ui/dashboard/completion.h.
#ifndef UI_DASHBOARD_PROMPT_H
#define UI_DASHBOARD_PROMPT_H

#include "ui/terminal/cells.h"

#define PROMPT_SIZE 80
#define PROMPT_HISTORY 16
#define PROMPT_OFFERS 240

struct prompt {
    bool open;
    char text[PROMPT_SIZE];
    char history[PROMPT_HISTORY][PROMPT_SIZE]; // a ring; number n, from 0, is at n % PROMPT_HISTORY
    u32 kept;                                  // how many lines were ever kept
    u32 shown;                  // the line of the history that is shown; `kept`: none
    char offers[PROMPT_OFFERS]; // what the last word of an argument can become
};

// Opens the prompt with this text in it, "" or the beginning of a command.
void prompt_open(struct prompt *p, const char *text);

enum prompt_result { PROMPT_OPEN, PROMPT_CLOSED, PROMPT_ENTERED };
// A key was pressed while the prompt is open. PROMPT_ENTERED: the prompt has closed, and p->text is
// the line.
enum prompt_result prompt_key(struct prompt *p, int key);

// Draws the prompt on one row, behind it the commands that it could become, or what is
// offered for its argument.
void prompt_draw(const struct prompt *p, const struct area *a, int row);

#endif
