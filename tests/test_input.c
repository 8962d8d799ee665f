// The dashboard as a whole, without a terminal: random keys, clicks and sizes while a scenario
// runs, and what single keys do.
#include "tests/suite.h"
#include "ui/dashboard/input.h"
#include "ui/dashboard/banner.h"
#include "ui/dashboard/mouse.h"
#include "ui/dashboard/pointing.h"
#include "ui/dashboard/search.h"
#include "ui/terminal/target.h"
#include "ui/dashboard/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char script[] =
    "-- A test\n"
    "lesson { 1, \"A test\" }\n"
    "local source = [[\n"
    "_start: li a0, 7\n csrw sscratch, a0\n csrr a1, sscratch\nbe: ecall\n j _start\n"
    "]]\n"
    "machine {}\nvmm { quantum = 100 }\n"
    "guest { name = \"ann\", source = source, ram = \"64K\" }\n"
    "guest { name = \"ben\", source = source, ram = \"64K\" }\n"
    "for i = 1, 20 do\n"
    "  run { steps = 40 }\n"
    "  say { \"a text\", look = \"2:sscratch 5\" }\n"
    "  local q = ask { \"what?\", \"a\", \"b\", right = 2, why = { \"x\", \"y\" } }\n"
    "  run { steps = 40 }\n"
    "  reveal(q, 2)\n"
    "end\n"
    "machine {}\nguest { name = \"ann\", source = source, ram = \"64K\" }\nrun { steps = 100 }\n"
    "try \"this\"\n";

struct bench {
    char folder[64], path[96];
    struct dashboard *d;
};

static struct bench bench_open_with(const char *text)
{
    struct bench b = {.folder = "/tmp/trapeze-input-XXXXXX", .d = calloc(1, sizeof *b.d)};
    char error[WORLD_ERROR];
    enum status why;
    CU_ASSERT_FATAL(b.d && mkdtemp(b.folder));
    snprintf(b.path, sizeof b.path, "%s/s.lua", b.folder);
    FILE *f = fopen(b.path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs(text, f);
    fclose(f);
    CU_ASSERT_FATAL(
        drive_open(&b.d->drive, b.path, &(struct scenario_options){0}, &why, error, sizeof error));
    screen_state_reset(&b.d->state);
    u32 fastest = 0;
    while (drive_speeds[fastest + 1].name)
        fastest++;
    drive_set_speed(&b.d->drive, fastest);
    b.d->now.follow = true;
    b.d->now.chosen = 1;
    b.d->wish.follow_hart = true;
    return b;
}

static struct bench bench_open(void)
{
    return bench_open_with(script);
}

static void bench_close(struct bench *b)
{
    dashboard_close(b->d);
    free(b->d);
    unlink(b->path);
    rmdir(b->folder);
}

// What the loop of the dashboard does between two keys.
static void pass_time(struct dashboard *d)
{
    dashboard_work(d, 1);
    dashboard_gather(d);
    CU_ASSERT_FATAL(cells_resize(&d->cells, d->rows, d->columns));
    frame_draw(&d->cells, &d->now, &d->before, &d->state);
}

static u32 draw_lot(u32 *seed, u32 most)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % most;
}

// A key of the table, a character, a key without a name, or a word for the prompt.
static void press_something(struct dashboard *d, u32 *seed)
{
    static const char *const lines[] = {
        ":goto 50\r",       ":filter P g1\r", ":break csr\r",       ":break _start\r",
        ":stopat R\r",      ":address sp\r",  ":jump 1\r",          ":find ecall\r",
        ":theme light\r",   ":bookmark x\r",  ":define satp\r",     ":nonsense 1\r",
        ":history a0\r",    ":changed sp\r",  ":runback\r",         ":set a0 7\r",
        ":set pc _start\r", ":original\r",    ":history page sp\r", ":history traps P\r",
        ":untrap\r",        ":goto 3\r"};
    u32 kind = draw_lot(seed, 10);
    if (kind == 0) {
        const char *line = lines[draw_lot(seed, sizeof lines / sizeof *lines)];
        for (; *line; line++)
            dashboard_key(d, *line == '\r' ? KEY_OF_ENTER : *line);
    } else if (kind < 4) {
        dashboard_key(d, (int)(' ' + draw_lot(seed, 95)));
    } else if (kind < 9) {
        u32 count = 0;
        while (bindings[count].action)
            count++;
        const struct binding *b = &bindings[draw_lot(seed, count)];
        if (b->key != KEY_NONE && b->action != ACTION_QUIT)
            dashboard_key(d, b->key);
    } else {
        dashboard_click(d, (int)draw_lot(seed, 60), (int)draw_lot(seed, 200));
    }
}

static void test_random_keys(void)
{
    static const int sizes[][2] = {{24, 80}, {50, 160}, {12, 40}, {1, 1}, {30, 200}, {40, 100}};
    for (u32 seed = 1; seed <= 10; seed++) {
        struct bench b = bench_open();
        u32 lot = seed;
        for (int i = 0; i < 1000; i++) {
            const int *size = sizes[draw_lot(&lot, 6)];
            b.d->rows = size[0];
            b.d->columns = size[1];
            press_something(b.d, &lot);
            if (i % 3 == 0)
                pass_time(b.d);
        }
        CU_ASSERT_STRING_EQUAL(scenario_error(b.d->drive.play.sc), "");
        bench_close(&b);
    }
}

static void press(struct dashboard *d, const char *keys)
{
    for (u32 key; (key = glyph_next(&keys)) != 0;) {
        dashboard_key(d, key == '\r' ? KEY_OF_ENTER : (int)key);
        for (int i = 0; i < 200 && d->drive.goal != GOAL_NONE; i++)
            dashboard_work(d, 50);
    }
    pass_time(d);
}

static void paste(struct dashboard *d, const char *text)
{
    dashboard_key(d, KEY_OF_PASTE);
    press(d, text);
    dashboard_key(d, KEY_OF_PASTE_END);
    pass_time(d);
}

// A letter of a paste is text, where text is typed, and nothing elsewhere.
static void test_pasting(void)
{
    struct bench b = bench_open();
    b.d->rows = 24;
    b.d->columns = 80;
    press(b.d, "s");
    u64 steps = scenario_steps(b.d->drive.play.sc);
    paste(b.d, "sscS");
    CU_ASSERT_EQUAL(scenario_steps(b.d->drive.play.sc), steps);
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "nothing was pasted"));
    press(b.d, ":");
    paste(b.d, "goto\t5\rs");
    CU_ASSERT(b.d->state.prompt.open);
    CU_ASSERT_STRING_EQUAL(b.d->state.prompt.text, "goto 5 s");
    dashboard_key(b.d, KEY_OF_ESCAPE);
    CU_ASSERT(!b.d->state.prompt.open);
    press(b.d, "ss");
    CU_ASSERT_EQUAL(scenario_steps(b.d->drive.play.sc), steps + 2);
    bench_close(&b);
}

// Tab completes what stands behind a command, too: with names of this moment.
static void test_completion(void)
{
    static const struct {
        const char *typed, *completed;
    } rows[] = {{":history sst\t", "history sstatus"},
                {":break wri\t", "break write"},
                {":break write sepc\t", "break write sepc"},
                {":set a\t", "set a"},
                {":break write wri\t", "break write wri"}, // a form stands first alone
                {":filter fill !emu\t", "filter fill !emulate"},
                {":filter loa\t", "filter load-pf"},
                {":theme con\t", "theme contrast"},
                {":define sstat\t", "define sstatus"},
                {":changed traps loa\t", "changed traps load-pf"},
                {":set pc wor\t", "set pc wor"},
                {":history pa\t", "history page"},
                {":jump my\t", "jump my moment"},
                {":jump my m\t", "jump my moment"},
                {":goto 1\t", "goto 1"},
                {":goto cy\t", "goto cycle"},
                {":nothing x\t", "nothing x"},
                {":history \t", "history "}};
    struct bench b = bench_open();
    press(b.d, "t");
    press(b.d, ":bookmark my moment\r");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        press(b.d, rows[i].typed);
        CU_ASSERT_STRING_EQUAL(b.d->state.prompt.text, rows[i].completed);
        dashboard_key(b.d, KEY_OF_ESCAPE);
    }
    press(b.d, ":history sstat");
    CU_ASSERT_STRING_EQUAL(b.d->state.prompt.offers, " sstatus");
    bench_close(&b);
}

// The search is stopped when it has found something, and long before its end.
static void test_stopped_search(void)
{
    struct bench b = bench_open_with(
        "machine {}\nvmm {}\nguest { source = [[\n"
        "_start: addi s0, s0, 1\n csrw sscratch, s0\n j _start\n]], ram = \"64K\" }\n"
        "run { steps = 10000000 }\n");
    struct dashboard *d = b.d;
    press(d, ":goto 8000000\r");
    while (dashboard_has_work(d))
        dashboard_work(d, 50);
    dashboard_gather(d);
    u64 hash = machine_hash(d->drive.play.machine);
    press(d, ":history sscratch\r");
    while (d->search && !search_percent(d->search)) // on a busy host a piece may find nothing
        dashboard_work(d, 1);
    dashboard_key(d, 's'); // no other key moves the run meanwhile
    CU_ASSERT_PTR_NOT_NULL(strstr(d->state.message, "Esc stops that"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(d->search);
    dashboard_key(d, KEY_OF_ESCAPE);
    CU_ASSERT_PTR_NULL(d->search);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d->findings);
    CU_ASSERT(d->findings->total > 0 && !d->findings->whole);
    CU_ASSERT_PTR_NOT_NULL(strstr(d->state.message, "found so far"));
    CU_ASSERT_EQUAL(d->state.focus, PANE_STOPS);
    CU_ASSERT_EQUAL(machine_hash(d->drive.play.machine), hash);
    u64 steps = d->findings->row[d->findings->count - 1].steps;
    press(d, "\r"); // each row is a place to go to
    while (dashboard_has_work(d))
        dashboard_work(d, 50);
    CU_ASSERT_EQUAL(machine_steps(d->drive.play.machine), steps);
    bench_close(&b);
}

static void test_messages(void)
{
    struct bench b = bench_open();
    b.d->rows = 24;
    b.d->columns = 80;
    press(b.d, "s");
    press(b.d, "Z");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "Z has no meaning here"));
    press(b.d, ":no\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "no command begins with 'no'"));
    press(b.d, ":pause 5\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "nothing is wanted behind"));
    press(b.d, ":goto x\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "a step is wanted"));
    press(b.d, ":theme x\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "contrast"));
    press(b.d, "c");
    CU_ASSERT_EQUAL(scenario_state(b.d->drive.play.sc), SCENARIO_STOPPED);
    press(b.d, "c"); // to the question
    press(b.d, "c");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "Enter"));
    dashboard_key(b.d, KEY_OF_DOWN);
    press(b.d, "\r");
    CU_ASSERT_EQUAL(scenario_stop(b.d->drive.play.sc)->question->answer, 1);
    bench_close(&b);
}

static void test_break(void)
{
    struct bench b = bench_open();
    struct stops *stops = &b.d->drive.stops;
    b.d->rows = 24;
    b.d->columns = 80;
    press(b.d, ":break _start\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "no machine yet"));
    CU_ASSERT_EQUAL(stops->breakpoints, 0);
    press(b.d, "s");
    press(b.d, ":break be\r"); // a symbol, though it is a short number, too
    CU_ASSERT(stops->breakpoints == 1 && stops->breakpoint[0].kind == BREAK_PC);
    CU_ASSERT_NOT_EQUAL(stops->breakpoint[0].pc, 0xbe);
    press(b.d, ":break _strat\r");
    CU_ASSERT_EQUAL(stops->breakpoints, 1);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(b.d->state.message, "no symbol, and no trap has the word '_strat'"));
    press(b.d, ":break 80400002\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "a multiple of 4"));
    press(b.d, ":break P g2\r");
    CU_ASSERT(stops->breakpoints == 2 && stops->breakpoint[1].kind == BREAK_TRAP);
    press(b.d, ":break store nowhere\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "address is wanted"));
    press(b.d, ":break store sp 5000\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "1 to 4096"));
    press(b.d, ":break write stap\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "name of a CSR"));
    press(b.d, ":break lua e.kind ==\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "condition"));
    CU_ASSERT_EQUAL(stops->breakpoints, 2);
    press(b.d, ":break store _start\r");
    CU_ASSERT(stops->breakpoints == 3 && stops->breakpoint[2].bytes == 4);
    press(b.d, ":set a0\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "hexadecimal value"));
    press(b.d, ":set nowhere 1\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "a register, pc"));
    press(b.d, ":set a0 1f\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "a0 = 0000001f"));
    press(b.d, ":history cycle\r");
    CU_ASSERT_PTR_NOT_NULL(strstr(b.d->state.message, "counter"));
    bench_close(&b);
}

// Clicks on the last thing of this kind that the screen shows. False: there is none.
static bool click_on(struct dashboard *d, enum target_kind kind, u64 *value)
{
    for (u32 i = d->cells.targets; i-- > 0;) {
        struct target target = d->cells.target[i];
        if (target.kind != kind)
            continue;
        *value = target.value;
        dashboard_click(d, target.row, target.column);
        dashboard_gather(d);
        frame_draw(&d->cells, &d->now, &d->before, &d->state);
        return true;
    }
    return false;
}

static void test_mouse(void)
{
    struct bench b = bench_open();
    u64 value;
    b.d->rows = 50;
    b.d->columns = 160;
    dashboard_key(b.d, 'c');
    pass_time(b.d);
    CU_ASSERT_FATAL(click_on(b.d, TARGET_VM, &value));
    CU_ASSERT(b.d->now.chosen == value && b.d->state.focus == PANE_GUESTS);
    CU_ASSERT_FATAL(b.d->now.log->traps > 2 && click_on(b.d, TARGET_TRAP, &value));
    CU_ASSERT_EQUAL(b.d->now.trap, value);
    CU_ASSERT_FATAL(click_on(b.d, TARGET_PHASE, &value));
    CU_ASSERT(pointing_phase(&b.d->now, &b.d->state) == value && b.d->state.focus == PANE_STORY);
    CU_ASSERT_FATAL(click_on(b.d, TARGET_CODE, &value)); // the first click chooses the pane alone
    CU_ASSERT(b.d->state.focus == PANE_VCPU && !b.d->state.prompt.open);
    CU_ASSERT_FATAL(click_on(b.d, TARGET_CODE, &value));
    CU_ASSERT(b.d->state.prompt.open && strncmp(b.d->state.prompt.text, "break ", 6) == 0);
    dashboard_key(b.d, KEY_OF_ESCAPE);
    CU_ASSERT_FATAL(click_on(b.d, TARGET_LINE, &value) && click_on(b.d, TARGET_LINE, &value));
    CU_ASSERT(b.d->state.note[0]);
    dashboard_key(b.d, KEY_OF_ESCAPE);
    dashboard_key(b.d, '1');
    int before = b.d->state.scroll[PANE_STORY];
    dashboard_wheel(b.d, 45, 10,
                    true); // the wheel scrolls what is under it, not what has the focus
    CU_ASSERT(b.d->state.scroll[PANE_STORY] == before + 1 && b.d->state.focus == PANE_GUESTS);
    dashboard_key(b.d, 'c'); // the script says something, and then asks
    pass_time(b.d);
    CU_ASSERT_FATAL(scenario_stop(b.d->drive.play.sc)->kind == LESSON_ASK);
    CU_ASSERT_FATAL(click_on(b.d, TARGET_CHOICE, &value));
    CU_ASSERT_EQUAL(b.d->state.choice, value);
    CU_ASSERT_FATAL(click_on(b.d, TARGET_KEY, &value));
    bench_close(&b);
}

// A question that was answered needs no second answer when the run was taken back to it.
static void test_answered(void)
{
    struct bench b = bench_open();
    struct scenario *sc = b.d->drive.play.sc;
    b.d->rows = 24;
    b.d->columns = 80;
    press(b.d, "cc");
    CU_ASSERT_FATAL(scenario_stop(sc)->kind == LESSON_ASK);
    u32 asked = scenario_stop(sc)->number;
    press(b.d, "c"); // without an answer it does not go on
    CU_ASSERT_EQUAL(scenario_stop(sc)->number, asked);
    press(b.d, "\r");
    CU_ASSERT_FATAL(scenario_stop(sc)->kind == LESSON_REVEAL);
    dashboard_key(b.d, KEY_OF_BACKSPACE);
    press(b.d, "");
    sc = b.d->drive.play.sc; // going back has opened the scenario again
    CU_ASSERT_FATAL(scenario_stop(sc) && scenario_stop(sc)->number == asked);
    press(b.d, "c");
    CU_ASSERT(scenario_stop(sc)->kind == LESSON_REVEAL);
    bench_close(&b);
}

// A message that is wider than the screen can be read whole in a banner, and a long text scrolls.
static void test_long_texts(void)
{
    struct bench b = bench_open();
    b.d->rows = 10;
    b.d->columns = 40;
    pass_time(b.d);
    CU_ASSERT_EQUAL(banner_rows(&b.d->now, &b.d->state, b.d->columns), 0);
    dashboard_say(b.d, "a message that needs more columns than this small screen has, and ends");
    CU_ASSERT(banner_rows(&b.d->now, &b.d->state, b.d->columns) >= 4);
    CU_ASSERT_EQUAL(banner_rows(&b.d->now, &b.d->state, 160), 0);
    memset(b.d->state.note, 'x', sizeof b.d->state.note - 1);
    pass_time(b.d);
    press(b.d, ":de\u00e9");
    CU_ASSERT_STRING_EQUAL(b.d->state.prompt.text, "de\u00e9"); // UTF-8
    dashboard_key(b.d, KEY_OF_BACKSPACE);
    CU_ASSERT_STRING_EQUAL(b.d->state.prompt.text, "de"); // a letter goes as a whole
    bench_close(&b);
}

const struct suite suite_input = {
    "input",
    (const struct test[]){
        {"10,000 random keys, lines, clicks and sizes do no harm", test_random_keys},
        {"a key without a meaning says so, and so does a command that is wrong", test_messages},
        {"Tab completes an argument with the names of this moment", test_completion},
        {"a paste is text: it runs no command and presses no key", test_pasting},
        {"a click selects what is under it, the wheel scrolls what is under it", test_mouse},
        {"a question that was answered needs no second answer", test_answered},
        {"a message that is too wide for the screen is shown whole, and the prompt takes UTF-8",
         test_long_texts},
        {"Esc stops a search and keeps what it has found", test_stopped_search},
        {"a breakpoint needs a machine, takes symbols of any length, and says what it is not",
         test_break},
        {0}}};
