// What a terminal sends to the dashboard, from the first byte to the last: keys, clicks, pastes,
// answers, and bytes that are none of these. A small lesson runs below them.
//
// Three bytes stand for what a terminal does beside sending bytes:
//
//     00         a pause: no byte comes in time
//     fe SIZE    the terminal has another size
//     ff KEY     a key that curses knows and gives as a whole
//
// UTF-8 never has the last two.
// Read next: tests/fuzz/inputs/inputs.c.
#include "tests/fuzz/inputs/inputs.h"

#include "ui/dashboard/input.h"
#include "ui/dashboard/mouse.h"
#include "ui/dashboard/work.h"
#include "ui/terminal/keyboard.h"

#include <stdio.h>
#include <stdlib.h>

#define PAUSE 0x00
#define SIZE 0xfe
#define CURSES 0xff

#define KEYS_MOST 2000 // of one input: each takes the time of a frame

static const char lesson[] =
    "-- Keys\n"
    "lesson { 1, \"Keys\" }\n"
    "local source = [[\n"
    "_start: li a0, 7\n csrw sscratch, a0\n csrr a1, sscratch\n"
    "again: li a7, 1\n ecall\n j again\n"
    "]]\n"
    "machine {}\nvmm { quantum = 100 }\n"
    "guest { name = \"ann\", source = source, ram = \"64K\" }\n"
    "guest { name = \"ben\", source = source, ram = \"64K\" }\n"
    "run { steps = 40 }\n"
    "say { \"a text\", look = \"2:sscratch 5\" }\n"
    "local q = ask { \"what?\", \"a\", \"b\", right = 2, why = { \"x\", \"y\" } }\n"
    "run { steps = 40 }\n"
    "reveal(q, 2)\n"
    "machine {}\nguest { name = \"ann\", source = source, ram = \"64K\" }\nrun { steps = 100 }\n"
    "try \"this\"\n";

static const struct {
    int rows, columns;
} sizes[] = {{24, 80}, {50, 160}, {12, 40}, {1, 1}, {30, 200}, {40, 100}, {8, 20}, {100, 300}};
#define SIZES (sizeof sizes / sizeof *sizes)

// The bytes that are still to come, and the dashboard that they are for.
struct line {
    const u8 *at, *end;
    struct dashboard *d;
};

static u8 take(struct line *l)
{
    return l->at < l->end ? *l->at++ : 0;
}

// The keyboard asks for the next byte, or for the next key of curses.
static int next_byte(void *context, int milliseconds)
{
    struct line *l = context;
    (void)milliseconds; // all that is here comes at once
    u8 byte = take(l);
    switch (byte) {
    case PAUSE:
        return KEY_NONE;
    case SIZE:
        byte = take(l) % SIZES;
        l->d->rows = sizes[byte].rows;
        l->d->columns = sizes[byte].columns;
        return KEY_OF_RESIZE;
    case CURSES:
        return KEY_OF_UP + take(l) % (KEY_OF_UNKNOWN + 1 - KEY_OF_UP);
    default:
        return byte;
    }
}

// Would Enter write a file, or wait for a debugger? The name would be anything, so the target
// leaves these commands out.
static bool reaches_out(const struct dashboard *d)
{
    char name[PROMPT_SIZE];
    if (!d->state.prompt.open || sscanf(d->state.prompt.text, "%79s", name) != 1)
        return false;
    const struct binding *b = keys_command(name);
    return b && (b->action == ACTION_EXPORT || b->action == ACTION_FILM || b->action == ACTION_GDB);
}

// As the loop of the dashboard does it.
static unsigned give(struct dashboard *d, const struct keyboard *k, int key)
{
    if (key == KEY_OF_CLICK)
        return dashboard_click(d, k->mouse_row, k->mouse_column);
    if (key == KEY_OF_WHEEL_UP || key == KEY_OF_WHEEL_DOWN)
        return dashboard_wheel(d, k->mouse_row, k->mouse_column, key == KEY_OF_WHEEL_DOWN);
    if (key == KEY_OF_ENTER && reaches_out(d))
        key = KEY_OF_ESCAPE;
    return dashboard_key(d, key);
}

static void draw(struct dashboard *d)
{
    if (dashboard_has_work(d))
        dashboard_work(d, 1);
    dashboard_gather(d);
    if (cells_resize(&d->cells, d->rows, d->columns))
        frame_draw(&d->cells, &d->now, &d->before, &d->state);
}

static void converse(struct dashboard *d, const u8 *bytes, size_t size)
{
    struct line line = {bytes, bytes + size, d};
    struct keyboard k = {.next = next_byte, .context = &line, .returned = KEY_NONE};
    unsigned refresh = REFRESH_NOTHING;
    draw(d);
    for (u32 keys = 0; keys < KEYS_MOST && !(refresh & REFRESH_QUIT); keys++) {
        int key = keyboard_key(&k, 0);
        if (key != KEY_NONE)
            refresh = give(d, &k, key);
        else if (line.at == line.end)
            break;
        draw(d);
    }
}

void try_keys(const u8 *bytes, size_t size)
{
    struct dashboard *d = calloc(1, sizeof *d);
    char error[WORLD_ERROR];
    enum status why;
    const struct scenario_options options = {.script = lesson, .engine = ENGINE_FAST};
    if (!d)
        return;
    if (!drive_open(&d->drive, "keys.lua", &options, &why, error, sizeof error)) {
        fprintf(stderr, "%s\n", error);
        exit(1); // the lesson above is wrong
    }
    screen_state_reset(&d->state);
    d->rows = sizes[0].rows;
    d->columns = sizes[0].columns;
    d->now.follow = d->wish.follow_hart = true;
    d->now.chosen = 1;
    drive_set_speed(&d->drive, drive_speed_fastest);
    converse(d, bytes, size);
    if (*scenario_error(d->drive.play.sc))
        abort(); // no key makes the script wrong
    dashboard_close(d);
    free(d);
}
