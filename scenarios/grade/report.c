// The formats of reports as a table, and text for people. Contract: scenarios/grade/report.h.
#include "scenarios/grade/report_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void write_indented(FILE *to, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        fprintf(to, "                 %.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void write_text(FILE *to, const struct grade *g)
{
    char text[REPORT_TEXT];
    if (!g->builds)
        fprintf(to, "the submission does not build:\n%s", g->log);
    for (u32 i = 0; i < g->count; i++) {
        const struct grade_test *t = &g->test[i];
        char seconds[REPORT_SECONDS];
        fprintf(to, "%5" PRIu32 " of %-4" PRIu32 " %s", t->verdict.earned, t->declared.points,
                t->declared.name);
        if (g->timed)
            fprintf(to, " (%s s)", report_seconds(t->seconds, seconds));
        fputc('\n', to);
        write_indented(to, report_words(g, t, text, sizeof text));
    }
    if (g->whole)
        fprintf(to, "%5" PRIu32 " of %-4" PRIu32 " %s (seed %" PRIu64 ")\n", g->earned, g->points,
                g->title, g->seed);
    else
        fprintf(to, "partial run, no grade\n");
    if (*g->box)
        fprintf(to, "note: %s\n", g->box);
}

const struct report_format report_formats[] = {
    {"text", write_text, .times = true},
    {"json", write_json, .times = true},
    {"gradescope", write_gradescope, .times = true, .records = true},
    {"classroom50", write_classroom50, .records = true},
    {"classroom", write_classroom, .records = true},
    {"prairielearn", write_prairielearn, .records = true},
    {"vpl", write_vpl, .records = true},
    {"junit", write_junit, .times = true},
    {"tap", write_tap, .records = false},
    {"tap13", write_tap13, .records = false},
    {0},
};

const struct report_format *report_format_find(const char *name)
{
    for (const struct report_format *f = report_formats; f->name; f++)
        if (!strcmp(f->name, name))
            return f;
    return NULL;
}

char *report_make(const struct report_format *format, const struct grade *g)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    if (!to)
        return NULL;
    format->write(to, g);
    bool bad = ferror(to);
    if (!fclose(to) && !bad)
        return text;
    free(text);
    return NULL;
}
