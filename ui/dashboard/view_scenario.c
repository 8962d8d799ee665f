// Pane 8: the source of the scenario with its running line, what it printed last, and its checks.
// Read next: ui/dashboard/view_stops.c.
#include "ui/terminal/target.h"
#include "ui/terminal/text.h"
#include "ui/dashboard/view.h"

#include <stdio.h>
#include <string.h>

static int lines_of(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n' || !text[1];
    return lines;
}

static enum role role_of_line(bool here, bool comment)
{
    if (here)
        return ROLE_TITLE;
    return comment ? ROLE_DIM : ROLE_PLAIN;
}

static void draw_source(const struct model *now, struct pane_state *state, const struct area *a)
{
    int lines = lines_of(now->source), last = lines - a->rows;
    // Without scrolling, the running line stands in the middle.
    int middle = clamp((int)now->line - 1 - a->rows / 2, 0, last > 0 ? last : 0);
    state->scroll = clamp(state->scroll, -middle, last > middle ? last - middle : 0);
    int first = middle + state->scroll;
    const char *p = now->source;
    for (int i = 0; i < first && p; i++)
        p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL;
    for (int row = 0; row < a->rows && first + row < lines && p; row++) {
        const char *end = strchr(p, '\n');
        size_t length = end ? (size_t)(end - p) : strlen(p);
        char text[1024];
        bool here = (u32)(first + row + 1) == now->line;
        bool comment = length >= 2 && !strncmp(p + strspn(p, " "), "--", 2);
        text_harmless(p, length, text, sizeof text);
        area_target(a, row, 0, a->columns, TARGET_LINE, (u64)(first + row + 1));
        area_print(a, row, 0, here ? ROLE_GOOD : ROLE_DIM, here ? ATTRIBUTE_BOLD : 0, "%s%3d",
                   here ? "▸" : " ", first + row + 1);
        area_put_until(a, row, 5, a->columns, role_of_line(here, comment),
                       here ? ATTRIBUTE_BOLD : 0, text);
        if (here && state->focused)
            area_select(a, row, true);
        p = end ? end + 1 : NULL;
    }
}

static void draw_check(const struct check_model *check, const struct area *a, int row)
{
    int column = area_put(a, row, 0, check->passed ? ROLE_GOOD : ROLE_BAD, ATTRIBUTE_BOLD,
                          check->passed ? "✓ pass " : "✗ FAIL ");
    if (check->points > 0)
        column = area_print(a, row, column, ROLE_DIM, 0, "%g of %g points: ", check->earned,
                            check->points);
    // Of a check that failed the reason must be seen, however long its name is.
    int room = a->columns - column, reason = (int)text_columns(check->message) + 2;
    bool fits = !check->passed && check->message[0] && reason <= room / 2;
    column = area_put_until(a, row, column, a->columns - (fits ? reason : 0), ROLE_PLAIN, 0,
                            check->name);
    if (fits) {
        column = area_put(a, row, column, ROLE_DIM, 0, ": ");
        area_put_until(a, row, column, a->columns, ROLE_WARNING, 0, check->message);
    }
}

static void draw(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area)
{
    (void)before;
    if (!now->source) {
        area_put(area, 0, 0, ROLE_DIM, 0, "no scenario");
        return;
    }
    int said = now->error[0] || now->said[0], checks = (int)now->checks;
    if (checks > area->rows / 2)
        checks = area->rows / 2;
    int rows = area->rows - said - checks;
    struct area source = area_part(area, 0, 0, rows, area->columns);
    draw_source(now, state, &source);
    if (said)
        area_put_until(area, rows, 0, area->columns, now->error[0] ? ROLE_BAD : ROLE_GUEST, 0,
                       now->error[0] ? now->error : now->said);
    for (int i = 0; i < checks; i++)
        draw_check(&now->check[now->checks - (u32)checks + (u32)i], area, rows + said + i);
}

static void title(const struct model *now, const struct pane_state *state, char *to)
{
    (void)state;
    u32 passed = 0;
    for (u32 i = 0; i < now->checks; i++)
        passed += now->check[i].passed;
    int n = snprintf(to, VIEW_TITLE, "%.50s", now->scenario);
    if (now->checks)
        snprintf(to + n, (size_t)(VIEW_TITLE - n), "  %u of %u checks passed", passed, now->checks);
}

const struct pane view_scenario = {'8', "Scenario",
                                   "The pane shows the script of the scenario with its running "
                                   "line, the last text that it printed, and its checks.",
                                   title, draw};
