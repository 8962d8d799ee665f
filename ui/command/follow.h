// Shows a lesson as lines of text: prints what the script says, and reads the answer to a
// question from standard input.
#ifndef UI_COMMAND_FOLLOW_H
#define UI_COMMAND_FOLLOW_H

#include "scenarios/script/lesson.h"

// To be called when the scenario waits at a stop: prints the stop, reads an answer if the stop
// is a question, and lets the script go on.
void follow_stop(struct scenario *sc);
// To be called at the end of the lesson: prints how many predictions were right, what to try,
// and what to discuss.
void follow_end(const struct scenario *sc);

#endif
