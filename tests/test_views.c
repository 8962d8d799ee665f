// What the dashboard draws, without a terminal: golden screens (text, roles, attributes), every
// size, hostile text.
//
// The golden files are tests/golden/NAME.txt; `make golden` writes them anew, and then a person
// reads the difference.
#include "tests/golden.h"
#include "tests/stage.h"
#include "tests/suite.h"
#include "ui/dashboard/keys.h"
#include "ui/dashboard/menu.h"
#include "ui/terminal/target.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- golden screens

// Does a row of the screen have this text?
static bool stage_shows(const struct stage *s, const char *text)
{
    int length = (int)strlen(text);
    for (int at = 0; at + length <= s->cells.rows * s->cells.columns; at++) {
        int same = 0;
        while (same < length && s->cells.at[at + same].glyph == (u8)text[same])
            same++;
        if (same == length)
            return true;
    }
    return false;
}

static void golden(const char *name, bool bare, int rows, int columns, enum pane_id focus,
                   bool zoomed)
{
    struct stage *s = stage_new(bare);
    s->state.focus = focus;
    s->state.zoomed = zoomed;
    stage_draw(s, rows, columns);
    golden_compare(&s->cells, name);
    stage_free(s);
}

static void test_80x24(void)
{
    golden("main-80x24", false, 24, 80, PANE_TRAPS, false);
}

static void test_160x50(void)
{
    golden("main-160x50", false, 50, 160, PANE_TIMELINE, false);
}

// From here on every pane has a place; one row or one column less, and some have none.
static void test_150x45(void)
{
    static const int smaller[][2] = {{44, 150}, {45, 149}};
    struct stage *s = stage_new(false);
    for (int i = 0; i < PANES; i++) {
        char title[VIEW_TITLE];
        s->state.focus = (u8)i;
        stage_draw(s, 45, 150);
        for (int other = 0; other < PANES; other++) {
            snprintf(title, sizeof title, " %c %s ", panes[other]->key, panes[other]->name);
            CU_ASSERT(stage_shows(s, title));
        }
    }
    for (size_t i = 0; i < 2; i++) {
        struct layout_wish wish = {.rows = smaller[i][0], .columns = smaller[i][1], .guests = 3};
        int places = 0;
        for (int pane = 0; pane < PANES; pane++)
            places += layout_has(&wish, (enum pane_id)pane);
        CU_ASSERT(places > 4 && places < PANES);
    }
    stage_free(s);
}

// While somebody looks at pane 9, a row of a history shows the value before and the value after.
static void test_history(void)
{
    const struct finding row = {
        .steps = 49656, .who = "g1/v0", .text = "8046a0e0 -> 8046a0c0  80401d78 addi sp, sp, -32"};
    static struct findings findings = {.title = "history of sp"};
    findings_add(&findings, &row);
    struct stage *s = stage_new(false);
    s->now.findings = &findings;
    s->state.focus = PANE_STOPS;
    stage_draw(s, 45, 150);
    CU_ASSERT(stage_shows(s, "8046a0e0 -> 8046a0c0"));
    s->state.focus = PANE_TRAPS;
    stage_draw(s, 45, 150);
    CU_ASSERT(!stage_shows(s, "8046a0e0 -> 8046a0c0"));
    stage_free(s);
}

static void test_100x40(void)
{
    golden("main-100x40", false, 40, 100, PANE_GUESTS, false);
}

static void test_nested(void)
{
    struct stage *s = stage_of(model_by_hand_nested);
    stage_draw(s, 24, 80);
    golden_compare(&s->cells, "nested-80x24");
    stage_draw(s, 50, 160);
    golden_compare(&s->cells, "nested-160x50");
    stage_free(s);
}

static void check_harmless(const struct cells *c);

static void test_lesson(void)
{
    static const char *const names[] = {"say", "ask", "reveal", "end"};
    for (unsigned kind = 0; kind <= LESSON_END; kind++) {
        struct stage *s = stage_new(false);
        char name[40];
        traplog_reset(s->log);
        model_by_hand_lesson(&s->now, &s->before, s->log, kind);
        frame_point(&s->state, &s->now);
        s->state.choice = 1;
        stage_draw(s, 24, 80);
        snprintf(name, sizeof name, "lesson-%s-80x24", names[kind]);
        golden_compare(&s->cells, name);
        stage_draw(s, 50, 160);
        snprintf(name, sizeof name, "lesson-%s-160x50", names[kind]);
        golden_compare(&s->cells, name);
        for (int rows = 0; rows < 60; rows++) // and at every size without harm
            for (int columns = 0; columns < 170; columns += 7)
                stage_draw(s, rows, columns);
        stage_free(s);
    }
}

// Wide letters, and letters that take no column, would shift the frame around them.
static void test_hostile_banner(void)
{
    static const struct lesson_stop stop = {
        .kind = LESSON_SAY, .text = "\u65e5\u672c e\u0301 \u202e", .number = 1};
    static const struct lesson lesson = {.number = 1, .title = "\u8a9e"};
    struct stage *s = stage_new(false);
    s->now.run = RUN_STOPPED;
    s->now.stop = &stop;
    stage_draw(s, 24, 80);
    check_harmless(&s->cells);
    s->now.lesson = &lesson;
    stage_draw(s, 24, 80);
    check_harmless(&s->cells);
    stage_free(s);
}

static void test_bare(void)
{
    golden("bare-80x24", true, 24, 80, PANE_VCPU, false);
}

static void test_zoomed(void)
{
    for (int i = 0; i < PANES; i++) {
        char name[40];
        snprintf(name, sizeof name, "zoom-%s-80x24", stage_panes[i]);
        golden(name, false, 24, 80, (enum pane_id)i, true);
        snprintf(name, sizeof name, "zoom-%s-160x50", stage_panes[i]);
        golden(name, false, 50, 160, (enum pane_id)i, true);
    }
}

static void test_stops(void)
{
    static const struct stops stops = {
        .trap_filter = "P g1",
        .breakpoints = 2,
        .bookmarks = 1,
        .breakpoint = {{.text = "csr satp", .hits = 3}, {.text = "_start", .kind = BREAK_PC}},
        .bookmark = {{.name = "before the fault", .steps = 12345, .trap = 31}}};
    struct stage *s = stage_new(false);
    s->now.stops = &stops;
    s->now.filter = "g1";
    s->state.focus = PANE_STOPS;
    s->state.scroll[PANE_STOPS] = 1;
    stage_draw(s, 24, 80);
    golden_compare(&s->cells, "stops-80x24");
    stage_draw(s, 50, 160);
    golden_compare(&s->cells, "stops-160x50");
    stage_free(s);
}

static void test_menu(void)
{
    static char path[] = "x/03-call.lua", title[] = "A system call",
                description[] = "One paragraph.\n\nAnother.", section[] = "16.4.1",
                idea[] = "An idea.", other[] = "x/two.lua", two[] = "Two\033guests";
    static const struct scenario_entry scenarios[] = {
        {path, title, description, 3, 10, section, idea, 0},
        {other, two, description, 0, 0, NULL, NULL, 3},
        {other, two, description, 0, 0, NULL, NULL, 0}};
    static const struct menu_entry list[] = {{&scenarios[0], "03-call", true},
                                             {&scenarios[1], "two", false},
                                             {&scenarios[2], "two", false}};
    struct cells c = {0};
    CU_ASSERT_FATAL(cells_resize(&c, 24, 80));
    struct menu_place place = {0};
    menu_draw(&c, list, 3, &place, "");
    golden_compare(&c, "menu-80x24");
    for (int rows = 0; rows < 40; rows++)
        for (int columns = 0; columns < 120; columns += 3) {
            CU_ASSERT_FATAL(cells_resize(&c, rows, columns));
            menu_draw(&c, list, rows % 4 ? 3 : 0, &place, columns % 2 ? "a notice" : "");
            check_harmless(&c);
        }
    // The list moves no more than it must: down to show the last entry, and back for the first.
    CU_ASSERT_FATAL(cells_resize(&c, 8, 80)); // two rows of the list
    place.chosen = 2;
    menu_draw(&c, list, 3, &place, "");
    CU_ASSERT_EQUAL(place.first, 1);
    place.chosen = 1;
    menu_draw(&c, list, 3, &place, "");
    CU_ASSERT_EQUAL(place.first, 1);
    const struct target *target = cells_target(&c, 3, 10);
    CU_ASSERT_FATAL(target && target->kind == TARGET_ENTRY);
    CU_ASSERT_EQUAL(target->value, 2);
    place.chosen = 0;
    menu_draw(&c, list, 3, &place, "");
    CU_ASSERT_EQUAL(place.first, 0);
    cells_free(&c);
}

static void test_small(void)
{
    golden("small-60x16", false, 16, 60, PANE_TRAPS, false);
    golden("tiny-39x9", false, 9, 39, PANE_TRAPS, false);
}

static void test_help(void)
{
    struct stage *s = stage_new(false);
    s->state.help = true;
    stage_draw(s, 50, 100);
    golden_compare(&s->cells, "help-100x50");
    stage_free(s);
}

static void test_ascii(void)
{
    struct stage *s = stage_new(false);
    stage_draw(s, 24, 80);
    cells_to_ascii(&s->cells);
    golden_compare(&s->cells, "ascii-80x24");
    for (int i = 0; i < s->cells.rows * s->cells.columns; i++)
        CU_ASSERT_FATAL(s->cells.at[i].glyph >= ' ' && s->cells.at[i].glyph < 0x7f);
    stage_free(s);
}

// Each pane zoomed, in ASCII. What else these screens have is in those of UTF-8.
static void golden_ascii(int rows, int columns)
{
    char name[40], *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(to);
    for (int i = 0; i < PANES; i++) {
        struct stage *s = stage_zoomed(i, rows, columns);
        cells_to_ascii(&s->cells);
        fprintf(to, "---- %s\n", stage_panes[i]);
        for (int at = 0; at < rows * columns; at++) {
            u32 glyph = s->cells.at[at].glyph;
            CU_ASSERT_FATAL(glyph >= ' ' && glyph < 0x7f);
            fprintf(to, "%c%s", (char)glyph, at % columns == columns - 1 ? "|\n" : "");
        }
        stage_free(s);
    }
    fclose(to);
    snprintf(name, sizeof name, "ascii-panes-%dx%d", columns, rows);
    golden_compare_text(text, name);
    free(text);
}

static void test_ascii_panes(void)
{
    golden_ascii(24, 80);
    golden_ascii(50, 160);
}

static void test_empty(void)
{
    struct stage *s = stage_new(false);
    traplog_reset(s->log);
    s->now = (struct model){.log = s->log, .source = "", .follow = true};
    strcpy(s->now.speed, "full speed");
    stage_draw(s, 24, 80);
    golden_compare(&s->cells, "empty-80x24");
    stage_free(s);
}

// ---- properties

static bool may_be_shown(u32 glyph)
{
    return text_is_harmless(glyph) || (glyph >= 0x2500 && glyph < 0x2600) || glyph == 0x2713 ||
           glyph == 0x2717;
}

static void check_harmless(const struct cells *c)
{
    for (int i = 0; i < c->rows * c->columns; i++)
        CU_ASSERT_FATAL(may_be_shown(c->at[i].glyph));
}

// The first row that begins with this text, or -1.
static int row_of(const struct cells *c, const char *text)
{
    for (int row = 0; row < c->rows; row++) {
        size_t i = 0;
        while (text[i] && c->at[row * c->columns + (int)i].glyph == (u8)text[i])
            i++;
        if (!text[i])
            return row;
    }
    return -1;
}

static void draw_timeline(struct stage *s, int rows)
{
    struct pane_state state = {.scale = 64};
    CU_ASSERT_FATAL(cells_resize(&s->cells, rows, 60));
    struct area all = area_all(&s->cells);
    view_timeline.draw(&s->now, &s->now, &state, &all);
}

static int bars_in(const struct cells *c, int row)
{
    int bars = 0;
    for (int column = 0; row >= 0 && column < c->columns; column++)
        bars += c->at[row * c->columns + column].glyph > 0x2580;
    return bars;
}

static void test_folded(void)
{
    struct stage *s = stage_of(model_by_hand_nested);
    draw_timeline(s, 6);
    int vmm = bars_in(&s->cells, row_of(&s->cells, "g1 vmm ")),
        guest = bars_in(&s->cells, row_of(&s->cells, "g1.1 "));
    CU_ASSERT(vmm > 0 && guest > 0);
    CU_ASSERT_EQUAL(row_of(&s->cells, "g2 "), 4);
    CU_ASSERT_EQUAL(row_of(&s->cells, "traps"), 5);
    draw_timeline(s, 4);
    CU_ASSERT(bars_in(&s->cells, row_of(&s->cells, "g1+ ")) > vmm);
    CU_ASSERT_EQUAL(row_of(&s->cells, "g1.1 "), -1);
    CU_ASSERT_EQUAL(row_of(&s->cells, "g2 "), 2);
    s->now.chosen = 4;
    draw_timeline(s, 3); // too small even for that
    CU_ASSERT_EQUAL(row_of(&s->cells, "g1+ "), -1);
    CU_ASSERT_EQUAL(row_of(&s->cells, "g2 "), 1);
    stage_free(s);
}

static void test_every_size(void)
{
    struct stage *s = stage_new(false);
    for (int rows = 0; rows <= 64; rows++)
        for (int columns = 0; columns <= 200; columns += columns < 90 ? 1 : 7)
            for (int focus = 0; focus < PANES; focus++) {
                s->state.focus = (u8)focus;
                s->state.help = focus == 3 && rows % 2;
                stage_draw(s, rows, columns);
                CU_ASSERT_FATAL(s->cells.cursor_row < rows);
            }
    check_harmless(&s->cells);
    stage_draw(s, CELLS_SIDE_MAX, CELLS_SIDE_MAX);
    stage_draw(s, 5000, -3);
    CU_ASSERT_EQUAL(s->cells.columns, 0);
    stage_free(s);
}

static void test_layout_fits(void)
{
    for (int rows = LAYOUT_ROWS_MIN; rows <= 90; rows++)
        for (int columns = LAYOUT_COLUMNS_MIN; columns <= 260; columns++)
            for (int focus = 0; focus < PANES; focus++) {
                struct layout l;
                bool found = false;
                struct layout_wish wish = {.rows = rows,
                                           .columns = columns,
                                           .guests = focus,
                                           .focus = (enum pane_id)focus};
                layout_make(&l, &wish);
                for (int i = 0; i < l.count; i++) {
                    const struct box *p = &l.box[i];
                    found |= p->pane == focus;
                    CU_ASSERT_FATAL(p->row >= 1 && p->column >= 0 && p->rows >= 3 &&
                                    p->columns >= 20);
                    CU_ASSERT_FATAL(p->row + p->rows <= rows - 1 &&
                                    p->column + p->columns <= columns);
                    for (int k = 0; k < i; k++) { // frames may share a line, no more
                        const struct box *q = &l.box[k];
                        bool apart = p->row >= q->row + q->rows - 1 ||
                                     q->row >= p->row + p->rows - 1 ||
                                     p->column >= q->column + q->columns - 1 ||
                                     q->column >= p->column + p->columns - 1;
                        CU_ASSERT_FATAL(apart);
                    }
                }
                CU_ASSERT_FATAL(found);
            }
}

static void test_hostile_console(void)
{
    struct stage *s = stage_new(false);
    char *bytes = malloc(100000);
    u32 seed = 1;
    for (int pass = 0; pass < 20; pass++) {
        for (int i = 0; i < 100000; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] =
                (char)(pass % 2 ? seed >> 24
                                : (seed >> 24) % 0x21); // everything; mostly control characters
        }
        s->now.console = (struct console){
            .text = bytes, .size = (size_t)(pass == 19 ? 1 : 100000 - pass), .count = 1u << 30};
        s->state.typing = pass % 3 == 0;
        s->state.scroll[PANE_CONSOLE] = pass * 7;
        s->state.focus = PANE_CONSOLE;
        for (int size = 0; size < 3; size++) {
            stage_draw(s, 10 + 20 * size, 40 + 60 * size);
            check_harmless(&s->cells);
        }
    }
    free(bytes);
    stage_free(s);
}

static void test_console_text(void)
{
    struct stage *s = stage_new(false);
    s->now.console =
        (struct console){.text = "one\rtwo\b\x1b[2Jx\n\xc2\x9bz", .size = 17, .count = 17};
    CU_ASSERT_FATAL(cells_resize(&s->cells, 3, 20));
    struct area all = area_all(&s->cells);
    struct pane_state state = {0};
    view_console.draw(&s->now, &s->now, &state, &all);
    const char *wanted = "tw^[[2Jx", *wanted_below = "?z";
    for (int i = 0; wanted[i]; i++)
        CU_ASSERT_EQUAL(s->cells.at[i].glyph, (u32)wanted[i]);
    for (int i = 0; wanted_below[i]; i++)
        CU_ASSERT_EQUAL(s->cells.at[20 + i].glyph, (u32)wanted_below[i]);
    stage_free(s);
}

static void test_hostile_numbers(void)
{
    struct stage *s = stage_new(false);
    memset(s->now.vm[1].path.id, 0xff, sizeof s->now.vm[1].path.id);
    s->now.vm[1].state = (enum vm_state)250;
    s->now.vm[1].exits = s->now.vm[2].direct = s->now.cycles = s->now.retired = UINT64_MAX;
    s->now.vcpu.path = s->now.vm[1].path;
    s->now.vcpu.seen.state.run = 77;
    s->now.vcpu.seen.state.pc = 0xfffffffc;
    s->now.vcpu.code_at = 0xffffff00;
    s->now.run = (enum run_state)99;
    s->now.trap = UINT64_MAX;
    s->now.line = UINT32_MAX;
    s->state.scale = 0;
    for (int focus = 0; focus < PANES; focus++) {
        s->state.focus = (u8)focus;
        stage_draw(s, 24, 80);
        stage_draw(s, 50, 160);
        check_harmless(&s->cells);
    }
    stage_free(s);
}

static void test_changes(void)
{
    struct stage *s = stage_new(false);
    stage_draw(s, 24, 80);
    int marked = 0;
    for (int i = 0; i < 24 * 80; i++)
        marked += s->cells.at[i].role == ROLE_CHANGED && s->cells.at[i].glyph == '*';
    CU_ASSERT(marked >= 2);
    s->before.generation++; // another world: nothing can be compared
    s->now.trap = 0;
    stage_draw(s, 24, 80);
    for (int i = 0; i < 24 * 80; i++)
        CU_ASSERT_NOT_EQUAL_FATAL(s->cells.at[i].role, ROLE_CHANGED);
    stage_free(s);
}

static void test_cursor(void)
{
    struct stage *s = stage_new(false);
    s->now.follow = false;
    s->now.trap = s->log->traps - 2;
    stage_draw(s, 24, 80);
    int row = s->cells.cursor_row;
    CU_ASSERT_FATAL(row > 0);
    CU_ASSERT(s->cells.at[row * 80 + 5].role == ROLE_SELECTED);
    CU_ASSERT_EQUAL(s->cells.cursor_column, 1);
    stage_free(s);
}

const struct suite suite_views = {
    "views",
    (const struct test[]){
        {"the dashboard at 80x24 is the golden screen", test_80x24},
        {"every pane has a place from 150x45 on", test_150x45},
        {"a history has room while one looks at it", test_history},
        {"the dashboard at 160x50 is the golden screen, with Scenario and Story", test_160x50},
        {"a tall screen of 100 columns has the Story below", test_100x40},
        {"a tree of VMMs has a row for each, the CSRs of each level, and the story of one exit",
         test_nested},
        {"where rows lack the deepest guests share that of the VMM around them", test_folded},
        {"a lesson speaks, asks, reveals and ends in a banner that covers no pane it points at",
         test_lesson},
        {"no letter of a script's text takes two columns of a banner, or none",
         test_hostile_banner},
        {"a bare machine is shown without a VMM", test_bare},
        {"each pane zoomed is its golden screen", test_zoomed},
        {"a small terminal shows one pane, a tiny one says the size needed", test_small},
        {"the help is the golden screen", test_help},
        {"in ASCII every cell is ASCII", test_ascii},
        {"each pane zoomed has its golden screen in ASCII", test_ascii_panes},
        {"before the first machine every pane says that there is nothing yet", test_empty},
        {"every size from 0x0 to 1000x1000 can be drawn", test_every_size},
        {"panes share lines, never cells, at any size", test_layout_fits},
        {"no byte of a guest's console reaches the screen as anything but a harmless glyph",
         test_hostile_console},
        {"control characters of a console move or show as ^X", test_console_text},
        {"absurd numbers in a model are drawn without harm", test_hostile_numbers},
        {"changed registers are marked, and only between two moments of one world", test_changes},
        {"the cursor parks on the selected trap", test_cursor},
        {"breakpoints and bookmarks have a pane", test_stops},
        {"the menu lists lessons, and what shows more of them", test_menu},
        {0}}};
