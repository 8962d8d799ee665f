// A screen without a run: a model made by hand (tests/model.h), and the cells that it is drawn
// into.
// Read next: tests/test_arch.c.
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include "tests/model.h"

struct stage {
    struct traplog *log;
    struct model now, before;
    struct screen_state state;
    struct cells cells;
};

extern const char *const stage_panes[PANES]; // "guests", "vcpu", ...

struct stage *stage_new(bool bare);
struct stage *stage_of(void (*make)(struct model *now, struct model *before, struct traplog *log));
void stage_free(struct stage *s);
void stage_draw(struct stage *s, int rows, int columns);
// A new stage (not bare) on which one pane, by its number, is drawn alone. The caller frees it.
struct stage *stage_zoomed(int pane, int rows, int columns);

#endif
