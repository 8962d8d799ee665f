// The commands, one small function each. Read ui/dashboard/commands.h first.
#include "ui/dashboard/commands.h"
#include "ui/dashboard/argument.h"
#include "scenarios/host/files.h"
#include "ui/dashboard/filter_check.h"
#include "ui/dashboard/work.h"
#include "ui/terminal/export.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- moments

static unsigned goto_wants(struct dashboard *d)
{
    char text[160], step[TEXT_NUMBER], cycle[TEXT_NUMBER];
    snprintf(
        text, sizeof text,
        "goto: the number of a step is wanted, or `cycle` and a number; the machine is at step %s, "
        "cycle %s",
        text_grouped(d->now.steps, step), text_grouped(d->now.cycles, cycle));
    return dashboard_say(d, text);
}

static unsigned go_to_step(struct dashboard *d, u64 step)
{
    const struct playback *p = &d->drive.play;
    if (!p->machine && playback_is_over(p)) // the script failed where it builds a machine
        return dashboard_went(d, drive_to_steps(&d->drive, step));
    // A machine that is not built yet begins at the present step of the run.
    u64 began = p->machine ? p->world_began : scenario_steps(p->sc);
    struct bookmark moment = {.generation = scenario_generation(p->sc), .steps = began + step};
    unsigned refresh = dashboard_went(d, drive_to_bookmark(&d->drive, &moment));
    d->drive.play.wanted.by_step = true;
    dashboard_say_arrival(d);
    return refresh;
}

static unsigned go_to_cycle(struct dashboard *d, u64 cycle)
{
    unsigned refresh = dashboard_went(d, drive_to_cycle(&d->drive, cycle));
    dashboard_say_arrival(d);
    return refresh;
}

// A person counts the steps, and the cycles, of the machine that is shown.
unsigned do_goto(struct dashboard *d, const struct binding *b)
{
    char word[PROMPT_SIZE];
    const char *rest = argument_word(d->argument, word, sizeof word);
    bool is_cycle = !strcmp(word, "cycle");
    u64 number;
    if (!word[0])
        return dashboard_ask(d, b, "");
    if (!argument_number(is_cycle ? rest : d->argument, 10, &number))
        return goto_wants(d);
    if (is_cycle)
        return go_to_cycle(d, number);
    return go_to_step(d, number);
}

unsigned do_bookmark(struct dashboard *d, const struct binding *b)
{
    (void)b;
    const struct lesson_stop *stop = scenario_stop(d->drive.play.sc);
    struct bookmark mark = {.generation = scenario_generation(d->drive.play.sc),
                            .steps = scenario_steps(d->drive.play.sc),
                            .stop = stop ? stop->number : 0,
                            .began = d->drive.play.world_began,
                            .trap = d->drive.play.log->traps};
    char text[80];
    snprintf(mark.name, sizeof mark.name, "%.*s", BOOKMARK_NAME - 1, d->argument);
    if (!mark.name[0])
        snprintf(mark.name, sizeof mark.name, "moment %u", d->drive.stops.bookmarks + 1);
    if (!stops_add_bookmark(&d->drive.stops, &mark))
        return dashboard_say(d, "there are too many bookmarks; Del removes one in pane 9");
    snprintf(text, sizeof text, "bookmark %u is set here: %s; the key ' goes back to it",
             d->drive.stops.bookmarks, mark.name);
    return REFRESH_MODEL | dashboard_say(d, text);
}

unsigned do_jump(struct dashboard *d, const struct binding *b)
{
    if (!d->argument[0])
        return dashboard_ask(d, b, "");
    const struct bookmark *mark = stops_find_bookmark(&d->drive.stops, d->argument);
    if (!mark)
        return dashboard_say(d, "there is no such bookmark; pane 9 lists them");
    return dashboard_went(d, drive_to_bookmark(&d->drive, mark));
}

static unsigned go_to_finding(struct dashboard *d, const struct finding *f)
{
    struct bookmark moment = {.generation = f->generation, .steps = f->steps};
    return dashboard_went(d, drive_to_bookmark(&d->drive, &moment));
}

unsigned do_enter(struct dashboard *d, const struct binding *b)
{
    (void)b;
    struct stops *s = &d->drive.stops;
    u32 entry = (u32)d->state.scroll[PANE_STOPS], found = s->breakpoints + s->bookmarks;
    if (d->state.focus == PANE_STOPS && entry >= s->breakpoints && entry < found)
        return dashboard_went(d,
                              drive_to_bookmark(&d->drive, &s->bookmark[entry - s->breakpoints]));
    if (d->state.focus == PANE_STOPS && d->findings && entry >= found &&
        entry - found < d->findings->count)
        return go_to_finding(d, &d->findings->row[entry - found]);
    bool traps = d->state.focus == PANE_TRAPS || d->state.focus == PANE_TIMELINE ||
                 d->state.focus == PANE_STORY;
    if (!traps)
        return dashboard_say(
            d, "Enter goes to a trap selected in pane 3, 5 or 0, or a bookmark in pane 9");
    if (!d->now.trap)
        return dashboard_say(d, "there is no trap to go to");
    return dashboard_went(d, drive_to_trap(&d->drive, d->now.trap));
}

// ---- traps

// Returns true if the words behind the command are words of a filter. Otherwise says what is
// wrong.
static bool is_filter(struct dashboard *d)
{
    char problem[FILTER_PROBLEM];
    if (filter_check(d->argument, scenario_world(d->drive.play.sc), problem))
        return true;
    dashboard_say(d, problem);
    return false;
}

unsigned do_filter(struct dashboard *d, const struct binding *b)
{
    if (!d->argument[0] && !d->filter[0])
        return dashboard_ask(d, b, "");
    if (!is_filter(d))
        return REFRESH_SCREEN;
    // The key alone takes the filter away, so that one key shows all again.
    snprintf(d->filter, sizeof d->filter, "%.*s", FILTER_SIZE - 1, d->argument);
    return REFRESH_MODEL |
           dashboard_say(d, d->filter[0] ? "pane 3 shows only these traps; f shows all again"
                                         : "pane 3 shows all traps");
}

unsigned do_stop_at(struct dashboard *d, const struct binding *b)
{
    char *filter = d->drive.stops.trap_filter;
    if (!d->argument[0] && !filter[0])
        return dashboard_ask(d, b, "");
    if (!is_filter(d))
        return REFRESH_SCREEN;
    snprintf(filter, FILTER_SIZE, "%.*s", FILTER_SIZE - 1, d->argument);
    return REFRESH_MODEL | dashboard_say(d, filter[0] ? "t stops only at these traps; e ends that"
                                                      : "t stops at every trap");
}

// Selects the next older trap that fits what is sought.
static unsigned seek(struct dashboard *d)
{
    const struct traplog *log = d->drive.play.log;
    for (u64 n = d->now.trap; n > traplog_first(log); n--) {
        const struct trap_row *row = traplog_row(log, n - 1);
        if (!row || !filter_takes(d->sought, row, d->now.profile))
            continue;
        d->now.trap = n - 1;
        d->now.follow = false;
        d->state.focus = PANE_TRAPS;
        return REFRESH_MODEL | dashboard_say(d, "N finds the next older one, Enter goes there");
    }
    return dashboard_say(d, "no older trap fits");
}

unsigned do_find(struct dashboard *d, const struct binding *b)
{
    if (!d->argument[0])
        return dashboard_ask(d, b, "");
    if (!is_filter(d))
        return REFRESH_SCREEN;
    snprintf(d->sought, sizeof d->sought, "%.*s", FILTER_SIZE - 1, d->argument);
    return seek(d);
}

unsigned do_find_again(struct dashboard *d, const struct binding *b)
{
    (void)b;
    return d->sought[0] ? seek(d) : dashboard_say(d, "nothing was searched for yet; / searches");
}

// ---- breakpoints: how one is set is in ui/dashboard/break.c

unsigned do_delete(struct dashboard *d, const struct binding *b)
{
    (void)b;
    if (d->state.focus != PANE_STOPS)
        return dashboard_say(d, "choose a breakpoint or a bookmark in pane 9 first");
    if (!stops_remove(&d->drive.stops, (u32)d->state.scroll[PANE_STOPS]))
        return dashboard_say(d, "there is nothing to remove");
    drive_look_out(&d->drive);
    return REFRESH_MODEL;
}

// ---- what is shown

unsigned do_address(struct dashboard *d, const struct binding *b)
{
    u32 address;
    if (!d->argument[0] && d->wish.has_address) {
        d->wish.has_address = false;
        return REFRESH_MODEL | dashboard_say(d, "pane 6 follows the selected trap, or the pc");
    }
    if (!d->argument[0])
        return dashboard_ask(d, b, "");
    if (!argument_address(d, d->argument, &address))
        return dashboard_say(d, "address: a register, a symbol or a hexadecimal number is wanted");
    d->wish.has_address = true;
    d->wish.address = address;
    d->state.focus = PANE_PAGES;
    return REFRESH_MODEL;
}

unsigned do_page(struct dashboard *d, const struct binding *b)
{
    u32 by = b->action == ACTION_PAGE_AFTER ? PAGE_SIZE : -PAGE_SIZE;
    d->wish.address = d->now.pages.address + by;
    d->wish.has_address = true;
    d->state.focus = PANE_PAGES;
    return REFRESH_MODEL;
}

unsigned do_theme(struct dashboard *d, const struct binding *b)
{
    if (!d->argument[0])
        return dashboard_ask(d, b, "");
    for (int i = 0; i < THEMES; i++)
        if (!strcmp(theme_names[i], d->argument)) {
            d->theme = (enum theme)i;
            return REFRESH_ALL | REFRESH_MODEL;
        }
    return dashboard_say(d, "theme: auto, dark, light, contrast or mono is wanted");
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), last = strlen(end);
    return length > last && !strcmp(text + length - last, end);
}

unsigned do_film(struct dashboard *d, const struct binding *b)
{
    const struct film_order order = {.lived = &d->drive.play,
                                     .stops = &d->drive.stops,
                                     .title = d->now.scenario,
                                     .page = ends_with(d->argument, ".html"),
                                     .rows = d->rows,
                                     .columns = d->columns,
                                     .theme = d->drawn_theme};
    char error[WORLD_ERROR];
    if (!d->argument[0])
        return dashboard_ask(d, b, "");
    if (!order.page && !ends_with(d->argument, ".cast"))
        return dashboard_say(d,
                             "film: the name of the file ends in .cast (for asciinema) or .html");
    if (!d->film || d->filming.child)
        return dashboard_say(d, "film: one is being made already; Esc ends that");
    drive_go(&d->drive, GOAL_NONE);
    if (!filming_begin(&d->filming, d->film, &order, d->argument, error))
        return dashboard_say(d, error);
    return REFRESH_MODEL | dashboard_say(d, "the film is being made; Esc gives it up");
}

unsigned do_export(struct dashboard *d, const struct binding *b)
{
    struct file_out out;
    char error[120], text[160];
    int format = export_format_of(d->argument);
    if (!d->argument[0])
        return dashboard_ask(d, b, "");
    if (format < 0)
        return dashboard_say(
            d, "export: the name of the file ends in .txt, .html or .svg; :film makes a film");
    if (!cells_resize(&d->cells, d->rows, d->columns)) // without a terminal nothing was drawn yet
        return dashboard_say(d, "export: there is not enough memory for a screen");
    if (!file_out_open(&out, d->argument, error, sizeof error))
        return dashboard_say(d, error);
    d->state.message[0] = 0; // the screen without the prompt, which has closed
    frame_draw(&d->cells, &d->now, &d->before, &d->state);
    export_cells(&d->cells, d->drawn_theme, (enum export_format)format, out.file);
    bool done = file_out_commit(&out, error, sizeof error);
    file_out_discard(&out);
    snprintf(text, sizeof text, "the screen is in %.120s", d->argument);
    return dashboard_say(d, done ? text : error);
}
