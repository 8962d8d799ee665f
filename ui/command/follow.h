// Following a lesson in lines of text: what the script says is printed, and a question is answered
// on standard input.
#ifndef UI_COMMAND_FOLLOW_H
#define UI_COMMAND_FOLLOW_H

#include "scenarios/script/lesson.h"

// The scenario waits at a stop: prints it, reads an answer if the stop is a question, and lets the
// script go on.
void follow_stop(struct scenario *sc);
// The lesson is over: prints how many predictions were right, what to try, and what to discuss.
void follow_end(const struct scenario *sc);

#endif
