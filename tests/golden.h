// Golden screens: what the dashboard drew once, when a person looked at it, in
// tests/golden/NAME.txt. `make golden` writes them again, and then a person reads the difference.
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "ui/terminal/cells.h"

// Fails the test, and prints what was drawn, if the cells are not those of the golden screen.
void golden_compare(const struct cells *c, const char *name);
// The same, but for what the timeline draws, and for addresses and large counts: each of their
// digits counts as '#', in the file too. For screens of the T32 VMM, whose code moves with every
// change of the VMM.
void golden_compare_but_places(const struct cells *c, const char *name);
// The same for a text; what differs is shown.
void golden_compare_text(const char *text, const char *name);

#endif
