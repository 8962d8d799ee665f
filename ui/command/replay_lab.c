// trapeze replay LAB: one case of a lab's test, in the dashboard or in lines of text. The dashboard
// waits at the moment at which the case failed, and from there one can go back to the first
// instruction. Read scenarios/grade/grade.h first.
// Read next: ui/command/reports.c.
#include "ui/film/order.h"
#include "ui/command/lab_request.h"

#include "scenarios/world/report.h"
#include "ui/dashboard/dashboard.h"

#include <stdio.h>
#include <unistd.h>

#define CHUNK_STEPS 1000000

// ---- in lines of text

static void hear(void *context, const struct event *e)
{
    char text[TRACE_TEXT];
    (void)context;
    if (e->note.kind != EVENT_CONSOLE)
        puts(trace_line(e, text, sizeof text));
}

static void built(void *context, struct world *w)
{
    machine_listen(w->machine, EVENT_ALL, hear, context);
}

static int print_events(struct grade_replay *p)
{
    enum status why;
    char error[LAB_ERROR];
    struct scenario_options options = {
        .seed = p->seed, .lab = &p->lab, .engine = ENGINE_FAST, .built = built};
    struct scenario *sc = scenario_open(p->script, &options, &why, error, sizeof error);
    if (!sc) {
        fprintf(stderr, "trapeze replay: %s\n", error);
        return (int)why;
    }
    while (scenario_advance(sc, CHUNK_STEPS) == SCENARIO_RUNNING && !ferror(stdout))
        ;
    scenario_close(sc);
    return p->passed ? STATUS_DONE : STATUS_FAILED;
}

// ---- what the case came to

static void tell(const struct grade_replay *p)
{
    const struct lab_verdict *v = &p->verdict;
    const struct lab_test *t = &p->lab.test[p->test];
    printf("%s, case %u of %u: %s\n", t->name, (unsigned)p->lab.only_case, (unsigned)t->cases,
           p->passed ? "passed" : "failed");
    if (*v->message)
        printf("%s\n", v->message);
    if (*v->expected)
        printf("expected  %s\nhappened  %s\nwhere     %s\n", v->expected, v->happened, v->where);
    if (*v->scene.source)
        printf("source    %s\n", v->scene.source);
}

static int show(struct grade_replay *p)
{
    const struct lab_verdict *v = &p->verdict;
    char message[LAB_TEXT];
    snprintf(message, sizeof message, "expected %.60s, happened %.60s, %.100s", v->expected,
             v->happened, v->where);
    struct dashboard_options options = {.seed = p->seed,
                                        .lab = &p->lab,
                                        .film = film_of_order,
                                        .moment = p->moment,
                                        .message = *v->expected ? message : v->message};
    int status = dashboard_run(p->script, &options);
    tell(p);
    return status;
}

int replay_lab(const struct grade_request *r, bool plain)
{
    enum status why;
    const char *no_dashboard = NULL;
    char error[LAB_ERROR];
    struct grade_replay *p = replay_prepare(r, &why, error, sizeof error);
    if (!p) {
        fprintf(stderr, "trapeze replay: %s\n", error);
        return (int)why;
    }
    bool dashboard = !plain && screen_possible(&no_dashboard);
    if (!plain && !dashboard && isatty(STDOUT_FILENO))
        fprintf(stderr, "trapeze replay: no dashboard, plain lines instead: %s\n", no_dashboard);
    int status;
    if (dashboard) {
        status = show(p);
    } else {
        status = print_events(p);
        tell(p);
    }
    replay_clean(p);
    return status;
}
