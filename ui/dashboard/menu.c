// The menu of scenarios. Read ui/dashboard/menu.h first.
#include "ui/dashboard/menu.h"
#include "ui/dashboard/dashboard.h"
#include "scenarios/host/status.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <string.h>

#define NAME_WIDTH 24

// The name to give to `trapeze run`: that of the file, without its folder and ".lua".
static const char *name_of(const struct scenario_entry *entry, char *to, size_t size)
{
    const char *slash = strrchr(entry->path, '/'), *name = slash ? slash + 1 : entry->path;
    size_t length = strlen(name);
    if (length > 4 && !strcmp(name + length - 4, ".lua"))
        length -= 4;
    return text_harmless(name, length, to, size);
}

// ---- drawing

static void draw_list(const struct area *a, const struct scenario_entry *list, u32 count,
                      u32 chosen)
{
    u32 rows = a->rows > 0 ? (u32)a->rows : 0;
    u32 first = chosen < rows ? 0 : chosen - rows + 1;
    for (u32 i = first; i < count && i - first < rows; i++) {
        char name[64], title[160];
        int row = (int)(i - first);
        area_put_until(a, row, 1, NAME_WIDTH, ROLE_FOCUS, 0, name_of(&list[i], name, sizeof name));
        text_harmless(list[i].title, strlen(list[i].title), title, sizeof title);
        area_put_until(a, row, NAME_WIDTH + 1, a->columns, ROLE_PLAIN, 0, title);
        if (i == chosen)
            area_select(a, row, true);
    }
}

// Draws a description as paragraphs: a line end counts as a space, an empty line parts paragraphs.
static void draw_description(const struct area *a, const char *text)
{
    char clean[2048];
    int row = 0, column = 0;
    for (const char *line = text; *line && row < a->rows;) {
        size_t length = strcspn(line, "\n");
        text_harmless(line, length, clean, sizeof clean);
        if (!length && column)
            row += 2, column = 0;
        for (const char *word = clean; *word;) {
            size_t letters = strcspn(word, " ");
            char one[160];
            snprintf(one, sizeof one, "%.*s",
                     (int)(letters < sizeof one - 1 ? letters : sizeof one - 1), word);
            if (column && column + 1 + (int)letters > a->columns)
                row++, column = 0;
            column = area_put(a, row, column ? column + 1 : 0, ROLE_PLAIN, 0, one);
            word += letters + strspn(word + letters, " ");
        }
        line += length + (line[length] == '\n');
    }
}

static void draw_bar(const struct area *a, int row, enum role role, const char *text)
{
    area_fill(a, row, 0, a->columns, role, 0, ' ');
    area_put_until(a, row, 1, a->columns, role, ATTRIBUTE_BOLD, text);
}

void menu_draw(struct cells *c, const struct scenario_entry *list, u32 count, u32 chosen)
{
    cells_clear(c);
    struct area all = area_all(c);
    if (c->rows < 4)
        return;
    draw_bar(&all, 0, ROLE_BAR, "trapeze: choose a scenario");
    draw_bar(&all, c->rows - 1, ROLE_HINT, "Up Down choose   Enter open   q quit");
    int most = (c->rows - 4) / 2, rows = (int)count < most ? (int)count : most;
    struct area top = area_part(&all, 2, 1, rows, c->columns - 2);
    draw_list(&top, list, count, chosen);
    struct area bottom =
        area_part(&all, rows + 4, 2, c->rows - rows - 6, c->columns < 100 ? c->columns - 4 : 96);
    area_fill(&all, rows + 2, 1, c->columns - 2, ROLE_FRAME, 0, 0x2500);
    char position[40];
    snprintf(position, sizeof position, " %u of %u ", chosen + 1, count);
    if ((int)count > rows && rows > 0) // there are more than are shown
        area_put(&all, rows + 2, 3, ROLE_FRAME, 0, position);
    if (chosen < count)
        draw_description(&bottom, list[chosen].description);
    else
        area_put(&bottom, 0, 0, ROLE_WARNING, 0,
                 "no scenarios were found; trapeze run FILE.lua runs one of yours");
}

// ---- on a terminal

// Shows the menu until something is chosen; false: the person left.
static bool choose(const struct scenario_entry *list, u32 count, u32 *chosen)
{
    struct screen *screen = screen_open(COLOUR_AUTO, THEME_AUTO, false);
    struct cells cells = {0};
    int key = KEY_NONE;
    if (!screen)
        return false;
    while (key != 'q' && key != KEY_OF_ESCAPE && key != KEY_OF_HANGUP &&
           !(key == KEY_OF_ENTER && *chosen < count)) {
        int rows, columns;
        if (key == KEY_OF_DOWN || key == 'j' || key == KEY_OF_WHEEL_DOWN)
            *chosen += *chosen + 1 < count;
        if (key == KEY_OF_UP || key == 'k' || key == KEY_OF_WHEEL_UP)
            *chosen -= *chosen > 0;
        screen_size(screen, &rows, &columns);
        if (!cells_resize(&cells, rows, columns))
            break;
        menu_draw(&cells, list, count, *chosen);
        screen_show(screen, &cells);
        key = screen_key(screen, 10000);
    }
    screen_close(screen);
    cells_free(&cells);
    return key == KEY_OF_ENTER;
}

static int run_menu(const struct scenario_entry *list, u32 count)
{
    u32 chosen = 0;
    for (u32 i = 0; i < count; i++)
        if (strstr(list[i].path, "two-guests"))
            chosen = i; // a scenario that shows much at once
    while (choose(list, count, &chosen)) {
        struct dashboard_options options = {0};
        int status = dashboard_run(list[chosen].path, &options);
        if (status > STATUS_FAILED)
            return status; // the menu would cover the message that is on the terminal now
    }
    return STATUS_DONE;
}

// ---- without one

static int print_list(const struct scenario_entry *list, u32 count)
{
    puts("Scenarios; `trapeze run NAME` runs one, `trapeze --help` says what else there is:\n");
    for (u32 i = 0; i < count; i++) {
        char name[64], title[160];
        text_harmless(list[i].title, strlen(list[i].title), title, sizeof title);
        printf("  %-20s %s\n", name_of(&list[i], name, sizeof name), title);
    }
    if (!count)
        puts("  (none were found; trapeze run FILE.lua runs one of yours)");
    return STATUS_DONE;
}

int menu_run(void)
{
    struct scenario_entry *list = NULL;
    const char *why;
    u32 count = scenario_list(&list);
    int status = screen_possible(&why) ? run_menu(list, count) : print_list(list, count);
    scenario_list_free(list, count);
    return status;
}
