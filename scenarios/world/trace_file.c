// Events as JSON Lines and as a table, and the choice of the form. Read
// scenarios/world/trace_file.h first.
#include "scenarios/world/trace_file.h"

#include "scenarios/world/report.h"
#include "scenarios/world/trace_chrome.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum form { FORM_LINES, FORM_TABLE, FORM_CHROME };

struct trace_file {
    FILE *to;
    enum form form;
    struct trace_chrome *chrome; // of FORM_CHROME
};

static enum form form_of(const char *name)
{
    const char *ending = strrchr(name, '.');
    if (ending && !strcmp(ending, ".json"))
        return FORM_CHROME;
    if (ending && !strcmp(ending, ".csv"))
        return FORM_TABLE;
    return FORM_LINES;
}

struct trace_file *trace_file_begin(FILE *to, const char *name)
{
    struct trace_file *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    *t = (struct trace_file){.to = to, .form = form_of(name)};
    if (t->form == FORM_TABLE)
        fputs(TRACE_CSV_NAMES "\r\n", to);
    if (t->form == FORM_CHROME && !(t->chrome = trace_chrome_begin(to))) {
        free(t);
        return NULL;
    }
    return t;
}

static void hear(void *context, const struct event *e)
{
    struct trace_file *t = context;
    char text[TRACE_TEXT];
    switch (t->form) {
    case FORM_LINES:
        fprintf(t->to, "%s\n", trace_json(e, text, sizeof text));
        break;
    case FORM_TABLE:
        fprintf(t->to, "%s\r\n", trace_csv(e, text, sizeof text));
        break;
    case FORM_CHROME:
        trace_chrome_event(t->chrome, e);
        break;
    }
}

void trace_file_listen(struct trace_file *t, struct world *w)
{
    if (t->form != FORM_CHROME || trace_chrome_world(t->chrome, w))
        machine_listen(w->machine, EVENT_ALL, hear, t);
}

void trace_file_end(struct trace_file *t)
{
    if (!t)
        return;
    trace_chrome_end(t->chrome);
    free(t);
}
