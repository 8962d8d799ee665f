// The story of a trap, and the source line of an instruction: what other panes mark and show.
#include "tests/golden.h"
#include "tests/stage.h"
#include "tests/suite.h"
#include "ui/dashboard/story.h"

#include <string.h>

// How many cells below the status line are marked as a place that somebody points at.
static int count_marked(const struct cells *c)
{
    int marked = 0;
    for (int i = c->columns; i < c->rows * c->columns; i++)
        marked += c->at[i].attributes == (ATTRIBUTE_REVERSE | ATTRIBUTE_BOLD);
    return marked;
}

// Each phase of a story marks what it touches. While the run stands elsewhere, it marks nothing but
// itself; the keys go to the moment of the trap first (tests/test_phases.c).
static void test_phases(void)
{
    struct stage *s = stage_new(false);
    s->now.trap = s->now.log->traps;
    s->now.steps = model_trap(&s->now)->ended;
    stage_draw(s, 50, 160);
    int before = count_marked(&s->cells);
    s->now.vcpu.path = model_trap(&s->now)->path; // pane 2 shows the VCPU that trapped
    s->state.phase_trap = s->now.trap;
    s->state.phase = 1;
    stage_draw(s, 24, 80);
    golden_compare(&s->cells, "phase-1-80x24");
    s->state.phase = 4;
    stage_draw(s, 50, 160);
    golden_compare(&s->cells, "phase-4-160x50");
    int now = count_marked(&s->cells);
    s->now.trap = s->state.phase_trap = s->now.log->traps - 1;
    stage_draw(s, 50, 160);
    int past = count_marked(&s->cells);
    CU_ASSERT(now > past && past > before);
    s->now.trap--; // another trap is selected, so no phase is chosen any more
    stage_draw(s, 50, 160);
    CU_ASSERT_EQUAL(count_marked(&s->cells), before);
    stage_free(s);
}

// Does a row of the screen have this text of ASCII?
static bool screen_has(const struct cells *c, const char *text)
{
    int length = (int)strlen(text);
    for (int i = 0; i + length <= c->rows * c->columns; i++) {
        int same = 0;
        while (same < length && c->at[i + same].glyph == (u8)text[same])
            same++;
        if (same == length)
            return true;
    }
    return false;
}

// Where the image has line information, pane 2 shows the source line of the present instruction.
static void test_source_line(void)
{
    struct stage *s = stage_new(false);
    strcpy(s->now.vcpu.source_file, "kernel/space.c");
    strcpy(s->now.vcpu.source_text, "csr_write(satp, root);");
    s->now.vcpu.source_line = 41;
    stage_draw(s, 50, 160);
    CU_ASSERT(screen_has(&s->cells, "space.c:41  csr_write(satp, root);"));
    s->now.vcpu.source_file[0] = 0;
    stage_draw(s, 50, 160);
    CU_ASSERT_FALSE(screen_has(&s->cells, "space.c"));
    stage_free(s);
}

// Below nested VMMs each crossing is a phase of its own.
static void test_ladder(void)
{
    struct stage *s = stage_of(model_by_hand_nested);
    struct story story;
    const struct trap_row *row = traplog_row(s->log, 2);
    story_tell(&s->now, row, &story);
    u32 crossings = 0, cost = 0;
    for (u32 i = 0; i < story.count; i++)
        if (strncmp(story.phase[i].text, "crossing ", 9) == 0) {
            crossings++;
            cost += story.phase[i].cost;
        }
    CU_ASSERT_EQUAL(crossings, 3);
    CU_ASSERT_EQUAL(cost + row->cost, story.phase[story.count - 1].cost);
    stage_free(s);
}

const struct suite suite_story = {
    "story",
    (const struct test[]){
        {"each phase of a story marks what it touches in other panes", test_phases},
        {"below nested VMMs each crossing is a phase with its cost", test_ladder},
        {"the source line of the present instruction is shown where it is known", test_source_line},
        {0}}};
