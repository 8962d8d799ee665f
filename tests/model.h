// A model of the dashboard made by hand, the same every time: two guests under the VMM, a few traps
// of most kinds. For tests of what is drawn, which need no machine then.
// Read next: tests/stage.h.
#ifndef TESTS_MODEL_H
#define TESTS_MODEL_H

#include "ui/dashboard/frame.h"

// *log must be new or reset. `before` differs in some registers and CSRs, so that changes are
// marked.
void model_by_hand(struct model *now, struct model *before, struct traplog *log);
// A tree: a VMM in a guest (g1) with two guests of its own, g2 beside it. One exit of g1.1 is told
// from end to end, and looked at.
void model_by_hand_nested(struct model *now, struct model *before, struct traplog *log);
// The same as model_by_hand, at a stop of a lesson, or (LESSON_END) at its end.
#define LESSON_END 3
void model_by_hand_lesson(struct model *now, struct model *before, struct traplog *log,
                          unsigned stop_kind);
// The same machine bare: one kernel, traps of its own, no VMM.
void model_by_hand_bare(struct model *now, struct traplog *log);

#endif
