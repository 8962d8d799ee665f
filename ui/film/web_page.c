// Writing the page. Read ui/film/web_page.h first.
#include "ui/film/web_page.h"
#include "ui/dashboard/route.h"
#include "ui/dashboard/story.h"
#include "ui/dashboard/words.h"
#include "ui/film/cast.h"
#include "ui/film/web_page_text.h"

#include <stdlib.h>
#include <string.h>

// ---- rows

static u32 paint_number(struct web_page *p, const struct cell *cell)
{
    struct paint paint = paint_of(cell, p->theme);
    u32 i = 0;
    while (i < p->paints && !paint_equal(&p->paint[i], &paint))
        i++;
    if (i == WEB_PAGE_PAINTS)
        return 0;
    if (i == p->paints)
        p->paint[p->paints++] = paint;
    return i;
}

// Cells from `column` on that look alike, as a number and a text. Returns the column behind them.
static int put_run(struct web_page *p, const struct cell *row, int columns, int column)
{
    u32 paint = paint_number(p, &row[column]);
    char *text = malloc((size_t)columns * 4 + 1);
    size_t n = 0;
    fprintf(p->to, "%s%u,", column ? "," : "", (unsigned)paint);
    for (; column < columns && paint_number(p, &row[column]) == paint; column++)
        if (text)
            n += glyph_utf8(row[column].glyph, text + n);
    cast_put_json(text ? text : "", p->to);
    free(text);
    return column;
}

static bool same_row(const struct web_page *p, const struct cells *now, int row)
{
    size_t size = (size_t)now->columns;
    const struct cell *new = &now->at[row * now->columns], *old = &p->last.at[row * now->columns];
    for (size_t i = 0; i < size; i++)
        if (new[i].glyph != old[i].glyph || new[i].role != old[i].role ||
            new[i].attributes != old[i].attributes)
            return false;
    return true;
}

static void put_rows(struct web_page *p, const struct cells *now)
{
    bool first = true;
    for (int row = 0; row < now->rows; row++) {
        if (p->frames && same_row(p, now, row))
            continue;
        fprintf(p->to, "%s\"%d\":[", first ? "" : ",", row);
        for (int column = 0; column < now->columns;)
            column = put_run(p, &now->at[row * now->columns], now->columns, column);
        fputs("]", p->to);
        first = false;
    }
}

// ---- the trap of a frame

static void put_story(const struct web_page *p, const struct model *now, const struct trap_row *row)
{
    struct story story;
    story_tell(now, row, &story);
    putc('[', p->to);
    for (u32 i = 0; i < story.count; i++) {
        fputs(i ? ",[" : "[", p->to);
        cast_put_json(story.phase[i].who, p->to);
        putc(',', p->to);
        cast_put_json(story.phase[i].text, p->to);
        fprintf(p->to, ",%u]", (unsigned)story.phase[i].cost);
    }
    putc(']', p->to);
}

static bool is_at_its_end(const struct model *now, const struct trap_row *row)
{
    struct route route;
    if (!trap_row_is_deep(row))
        return true;
    route_find(now->log, row, &route);
    return route.back;
}

static void put_trap(struct web_page *p, const struct model *now)
{
    const struct trap_row *row = model_trap(now);
    char why[256];
    if (!row)
        return;
    fputs(",\"w\":", p->to);
    cast_put_json(words_why(row, now->profile, (int)sizeof why - 1, why), p->to);
    fputs(",\"s\":", p->to);
    put_story(p, now, row);
    if (is_at_its_end(now, row))
        return;
    u32 place = p->next_waiting++ % WEB_PAGE_WAITING;
    p->waiting[place].frame = p->frames;
    p->waiting[place].generation = now->generation;
    p->waiting[place].trap = row->number;
}

// Writes the stories that have come to their end since their frames.
static void put_ends(struct web_page *p, const struct model *now)
{
    bool first = true;
    for (u32 i = 0; i < WEB_PAGE_WAITING; i++) {
        bool same = p->waiting[i].trap && p->waiting[i].generation == now->generation;
        const struct trap_row *row = same ? traplog_row(now->log, p->waiting[i].trap) : NULL;
        if (!row || !is_at_its_end(now, row))
            continue;
        fprintf(p->to, "%s[%u,", first ? ",\"l\":[" : ",", (unsigned)p->waiting[i].frame);
        put_story(p, now, row);
        putc(']', p->to);
        p->waiting[i].trap = 0;
        first = false;
    }
    if (!first)
        putc(']', p->to);
}

// ---- the file

static void put_title(const struct web_page *p)
{
    for (const char *text = p->title; *text;)
        paint_glyph(glyph_next(&text), true, p->to);
}

static void begin(struct web_page *p, const struct cells *now)
{
    cells_resize(&p->last, now->rows, now->columns);
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<title>", p->to);
    put_title(p);
    fprintf(p->to, "</title>\n%s</head>\n<body>\n<h1>", page_head);
    put_title(p);
    fprintf(p->to, "</h1>\n%s<script type=\"application/json\" id=\"film\">\n{\"film\":[\n",
            page_body);
}

void web_page_frame(void *context, const struct film_frame *frame)
{
    struct web_page *p = context;
    const struct cells *now = frame->cells;
    if (!p->frames)
        begin(p, now);
    if (!p->last.at)
        return; // out of memory
    fprintf(p->to, "%s{\"t\":%llu,\"r\":{", p->frames ? ",\n" : "",
            (unsigned long long)frame->time);
    put_rows(p, now);
    fputs("}", p->to);
    if (frame->marker) {
        fputs(",\"m\":", p->to);
        cast_put_json(frame->marker, p->to);
    }
    put_ends(p, frame->model);
    put_trap(p, frame->model);
    fputs("}", p->to);
    memcpy(p->last.at, now->at, (size_t)(now->rows * now->columns) * sizeof *now->at);
    p->frames++;
}

void web_page_end(struct web_page *p)
{
    struct paint page = paint_of_page(p->theme);
    fputs("\n],\n\"paints\":[", p->to);
    for (u32 i = 0; i < p->paints; i++)
        fprintf(p->to, "%s[\"#%06x\",\"#%06x\",%d,%d]", i ? "," : "",
                (unsigned)p->paint[i].foreground, (unsigned)p->paint[i].background,
                p->paint[i].bold, p->paint[i].underline);
    fprintf(p->to, "],\n\"page\":[\"#%06x\",\"#%06x\"]}\n</script>\n<script>\n%s</script>\n",
            (unsigned)page.foreground, (unsigned)page.background, page_script);
    fputs("</body>\n</html>\n", p->to);
}

void web_page_free(struct web_page *p)
{
    cells_free(&p->last);
}
