// The menu of scenarios. Read ui/dashboard/menu.h first.
// Read next: ui/dashboard/remembered.h.
#include "ui/dashboard/menu.h"
#include "ui/dashboard/dashboard.h"
#include "ui/dashboard/progress.h"
#include "scenarios/host/status.h"
#include "ui/terminal/target.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DONE_WIDTH 2 // "✓ "
#define WIDEST 100   // columns of an entry: on a wide screen its parts stay near each other
#define PAGE 10      // rows that a page key moves

// ---- drawing

// "3  A system call", or below it "      first-trap   The first trap".
static void draw_entry(const struct area *a, int row, const struct menu_entry *entry)
{
    char name[64], title[160];
    const struct scenario_entry *e = entry->scenario;
    text_harmless(e->title, strlen(e->title), title, sizeof title);
    text_harmless(entry->name, strlen(entry->name), name, sizeof name);
    if (e->lesson) {
        area_put(a, row, 1, ROLE_GOOD, ATTRIBUTE_BOLD, entry->done ? "✓" : " ");
        area_print(a, row, 1 + DONE_WIDTH, ROLE_KEY, 0, "%2u", e->lesson);
        area_put_until(a, row, 4 + DONE_WIDTH, a->columns - 8, ROLE_TITLE, ATTRIBUTE_BOLD, title);
        if (e->minutes)
            area_print(a, row, a->columns - 7, ROLE_DIM, 0, "%3u min", e->minutes);
        return;
    }
    int column = e->more_of ? 6 + DONE_WIDTH : 1 + DONE_WIDTH;
    int end = area_put_until(a, row, column, a->columns, ROLE_FOCUS, 0, name);
    area_put_until(a, row, (end < 26 ? 26 : end) + 1, a->columns, ROLE_PLAIN, 0, title);
}

// The list scrolls only when the chosen entry would be outside.
static void draw_list(const struct area *a, const struct menu_entry *list, u32 count,
                      struct menu_place *place)
{
    u32 rows = a->rows > 0 ? (u32)a->rows : 0;
    u32 least = place->chosen < rows ? 0 : place->chosen - rows + 1;
    place->first = place->first < least ? least : place->first;
    place->first = place->first > place->chosen ? place->chosen : place->first;
    for (u32 i = place->first; i < count && i - place->first < rows; i++) {
        int row = (int)(i - place->first);
        draw_entry(a, row, &list[i]);
        area_target(a, row, 0, a->columns, TARGET_ENTRY, i);
        if (i == place->chosen)
            area_select(a, row, true);
    }
}

// Draws one paragraph of foreign text. Returns the row below it.
static int draw_paragraph(const struct area *a, int row, enum role role, const char *text)
{
    char clean[2048];
    if (!text || !*text)
        return row;
    text_harmless(text, strlen(text), clean, sizeof clean);
    return row + area_put_wrapped(a, row, 0, a->columns, role, 0, clean);
}

// Draws a description. A line end counts as a space, and an empty line separates two paragraphs.
static void draw_description(const struct area *a, const struct scenario_entry *entry)
{
    int row = 0;
    if (!*entry->description)
        row = draw_paragraph(a, row, ROLE_PLAIN, entry->idea);
    const char *text = entry->description;
    while (*text && row < a->rows) {
        char paragraph[2048];
        const char *end = strstr(text, "\n\n");
        size_t length = end ? (size_t)(end - text) : strlen(text);
        snprintf(paragraph, sizeof paragraph, "%.*s", (int)length, text);
        row = draw_paragraph(a, row, ROLE_PLAIN, paragraph) + 1;
        text += length + (end ? 2 : 0);
    }
    if (entry->section && *entry->section) {
        char place[64];
        snprintf(place, sizeof place, "Section %s of the textbook", entry->section);
        draw_paragraph(a, row, ROLE_DIM, place);
    }
}

static void draw_bar(const struct area *a, int row, enum role role, const char *text)
{
    area_fill(a, row, 0, a->columns, role, 0, ' ');
    area_put_until(a, row, 1, a->columns, role, ATTRIBUTE_BOLD, text);
}

void menu_draw(struct cells *c, const struct menu_entry *list, u32 count, struct menu_place *place,
               const char *notice)
{
    cells_clear(c);
    struct area all = area_all(c);
    if (c->rows < 4)
        return;
    draw_bar(&all, 0, ROLE_BAR, "trapeze: choose a lesson or a scenario");
    draw_bar(&all, c->rows - 1, *notice ? ROLE_BAR_WARNING : ROLE_HINT,
             *notice ? notice : "arrows choose   Enter opens   p opens it paused   q quits");
    // The description has a third of a small screen, and as much as it needs of a large one.
    int most = c->rows - 4 - clamp(c->rows / 3 - 1, 2, 9);
    int rows = (int)count < most ? (int)count : most;
    int width = c->columns - 2 < WIDEST ? c->columns - 2 : WIDEST;
    struct area top = area_part(&all, 2, 1, rows, width);
    draw_list(&top, list, count, place);
    struct area bottom = area_part(&all, rows + 4, 2, c->rows - rows - 6, width - 2);
    area_fill(&all, rows + 2, 1, c->columns - 2, ROLE_FRAME, 0, 0x2500);
    char position[40];
    snprintf(position, sizeof position, " %u of %u ", place->chosen + 1, count);
    if ((int)count > rows && rows > 0) // there are more than are shown
        area_put(&all, rows + 2, 3, ROLE_FRAME, 0, position);
    if (place->chosen < count)
        draw_description(&bottom, list[place->chosen].scenario);
    else
        area_put(&bottom, 0, 0, ROLE_WARNING, 0,
                 "no scenarios were found; trapeze run FILE.lua runs one of yours");
}

// ---- the list

static struct menu_entry *make_list(const struct scenario_entry *scenarios, u32 count)
{
    struct menu_entry *list = calloc(count ? count : 1, sizeof *list);
    struct progress progress;
    progress_read(&progress);
    for (u32 i = 0; list && i < count; i++) {
        list[i].scenario = &scenarios[i];
        progress_name(scenarios[i].path, list[i].name, sizeof list[i].name);
        list[i].done = progress_has(&progress, list[i].name);
    }
    progress_free(&progress);
    return list;
}

// Returns the first lesson that is not finished, or the first entry if there is none.
static u32 first_choice(const struct menu_entry *list, u32 count)
{
    for (u32 i = 0; i < count; i++)
        if (list[i].scenario->lesson && !list[i].done)
            return i;
    return 0;
}

// ---- on a terminal

static u32 moved(int key, u32 chosen, u32 count)
{
    if (key == KEY_OF_DOWN || key == 'j' || key == KEY_OF_WHEEL_DOWN)
        return chosen + (chosen + 1 < count);
    if (key == KEY_OF_UP || key == 'k' || key == KEY_OF_WHEEL_UP)
        return chosen - (chosen > 0);
    if (key == KEY_OF_PAGE_UP)
        return chosen > PAGE ? chosen - PAGE : 0;
    if (key == KEY_OF_PAGE_DOWN && count)
        return chosen + PAGE < count ? chosen + PAGE : count - 1;
    if (key == KEY_OF_HOME)
        return 0;
    return key == KEY_OF_END && count ? count - 1 : chosen;
}

// A click chooses the entry below it. A click on the chosen entry opens it, as Enter does.
static int clicked(struct screen *screen, const struct cells *cells, struct menu_place *place)
{
    int row, column;
    screen_mouse(screen, &row, &column);
    const struct target *target = cells_target(cells, row, column);
    if (!target || target->kind != TARGET_ENTRY)
        return KEY_NONE;
    bool again = target->value == place->chosen;
    place->chosen = (u32)target->value;
    return again ? KEY_OF_ENTER : KEY_NONE;
}

// Returns true for a key that a person may expect to do something, but that does nothing here.
static bool means_nothing(int key)
{
    bool typed = key > ' ' && key < KEY_OF_UP, used = key < 0x80 && strchr("jkpq", key);
    return (typed && !used) || key == KEY_OF_HELP;
}

// Returns the next key. A paste must choose nothing, so it is read to its end here, without a
// frame for each of its letters.
static int next_key(struct screen *screen, const char **notice)
{
    int key = screen_key(screen, 10000);
    if (key != KEY_NONE && key != KEY_OF_RESIZE)
        *notice = "";
    if (key == KEY_OF_PASTE)
        *notice = "what is pasted chooses nothing here";
    else if (key == KEY_OF_PASTE_GOES_ON)
        *notice = "the paste goes on, so this key was text; Esc ends the paste";
    else
        return key;
    while (key != KEY_OF_PASTE_END && key != KEY_OF_HANGUP)
        key = screen_key(screen, 10000);
    return key;
}

// Shows the menu until something is chosen. Returns the last key: Enter or 'p' open a scenario.
static int choose(const struct menu_entry *list, u32 count, struct menu_place *place)
{
    struct screen *screen = screen_open(COLOUR_AUTO, THEME_AUTO, false);
    struct cells cells = {0};
    const char *notice = "";
    int key = KEY_NONE;
    if (!screen)
        return KEY_OF_HANGUP;
    while (key != 'q' && key != KEY_OF_ESCAPE && key != KEY_OF_HANGUP &&
           !((key == KEY_OF_ENTER || key == 'p') && place->chosen < count)) {
        int rows, columns;
        place->chosen = moved(key, place->chosen, count);
        screen_size(screen, &rows, &columns);
        if (!cells_resize(&cells, rows, columns))
            break;
        menu_draw(&cells, list, count, place, notice);
        screen_show(screen, &cells);
        key = next_key(screen, &notice);
        if (key == KEY_OF_CLICK)
            key = clicked(screen, &cells, place);
        if (means_nothing(key))
            notice = "this key has no meaning here: arrows choose, Enter opens, q quits";
    }
    screen_close(screen);
    cells_free(&cells);
    return key;
}

static int run_menu(const struct scenario_entry *scenarios, u32 count, film_maker *film)
{
    struct menu_entry *list = make_list(scenarios, count);
    struct menu_place place = {.chosen = list ? first_choice(list, count) : 0};
    int status = list ? STATUS_DONE : STATUS_INTERNAL;
    // The menu would cover the message of a worse status.
    while (list && status <= STATUS_FAILED && !screen_signal()) {
        int key = choose(list, count, &place);
        if (key != KEY_OF_ENTER && key != 'p')
            break;
        struct dashboard_options options = {.paused = key == 'p', .film = film};
        status = dashboard_run(scenarios[place.chosen].path, &options);
        free(list); // a lesson may be finished now
        list = make_list(scenarios, count);
    }
    free(list);
    return status <= STATUS_FAILED ? STATUS_DONE : status;
}

// ---- without one

static int print_list(const struct scenario_entry *list, u32 count)
{
    puts(
        "Lessons and scenarios; `trapeze run NAME` runs one, `trapeze --help` says what else there "
        "is:\n");
    for (u32 i = 0; i < count; i++) {
        char name[64], title[160];
        text_harmless(list[i].title, strlen(list[i].title), title, sizeof title);
        printf("  %s%-20s %s\n", list[i].more_of ? "    " : "",
               progress_name(list[i].path, name, sizeof name), title);
    }
    if (!count)
        puts("  (none were found; trapeze run FILE.lua runs one of yours)");
    return STATUS_DONE;
}

int menu_run(film_maker *film)
{
    struct scenario_entry *list = NULL;
    const char *why;
    u32 count = scenario_list(&list);
    int status = screen_possible(&why) ? run_menu(list, count, film) : print_list(list, count);
    scenario_list_free(list, count);
    return status;
}
