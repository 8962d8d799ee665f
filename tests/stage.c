// Setting a stage. Read tests/stage.h first.
#include "tests/stage.h"
#include "tests/suite.h"

#include <stdlib.h>

const char *const stage_panes[PANES] = {"guests", "vcpu",    "traps",    "exits", "timeline",
                                        "pages",  "console", "scenario", "stops", "story"};

struct stage *stage_new(bool bare)
{
    struct stage *s = calloc(1, sizeof *s);
    s->log = traplog_new();
    if (bare) {
        model_by_hand_bare(&s->now, s->log);
        s->before = s->now;
    } else {
        model_by_hand(&s->now, &s->before, s->log);
    }
    screen_state_reset(&s->state);
    return s;
}

struct stage *stage_of(void (*make)(struct model *now, struct model *before, struct traplog *log))
{
    struct stage *s = stage_new(false);
    traplog_reset(s->log);
    make(&s->now, &s->before, s->log);
    return s;
}

void stage_free(struct stage *s)
{
    traplog_free(s->log);
    cells_free(&s->cells);
    free(s);
}

void stage_draw(struct stage *s, int rows, int columns)
{
    CU_ASSERT_FATAL(cells_resize(&s->cells, rows, columns));
    frame_draw(&s->cells, &s->now, &s->before, &s->state);
}

struct stage *stage_zoomed(int pane, int rows, int columns)
{
    struct stage *s = stage_new(false);
    s->state.focus = (u8)pane;
    s->state.zoomed = true;
    stage_draw(s, rows, columns);
    return s;
}
