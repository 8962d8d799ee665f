// The files that a run writes. Read ui/command/reports.h first.
#include "ui/command/reports.h"

#include <stdio.h>
#include <stdlib.h>

// ---- before the run

bool reports_open(struct reports *r, const char *command, const char *state, const char *stats,
                  const char *trace)
{
    char error[WORLD_ERROR];
    *r = (struct reports){.command = command};
    if ((!state || file_out_open(&r->state, state, error, sizeof error)) &&
        (!stats || file_out_open(&r->stats, stats, error, sizeof error)) &&
        (!trace || file_out_open(&r->trace, trace, error, sizeof error)))
        return true;
    fprintf(stderr, "trapeze %s: %s\n", command, error);
    reports_close(r);
    return false;
}

static void hear_for_stats(void *context, const struct event *e)
{
    counters_add(context, e);
}

static void hear_for_trace(void *context, const struct event *e)
{
    struct reports *r = context;
    char text[TRACE_TEXT];
    fprintf(r->trace.file, "%s\n", trace_json(e, text, sizeof text));
}

void reports_listen(struct reports *r, struct world *w, u32 guest)
{
    counters_watch(&r->counters, &w->guest[guest].path);
    if (r->stats.file)
        machine_listen(w->machine, EVENT_ALL, hear_for_stats, &r->counters);
    if (r->trace.file)
        machine_listen(w->machine, EVENT_ALL, hear_for_trace, r);
    clock_gettime(CLOCK_MONOTONIC, &r->started);
}

// ---- after the run

static double seconds_since(const struct timespec *then)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

// Puts a file in its place if the person asked for it. Returns false after a message.
static bool commit(const struct reports *r, struct file_out *out)
{
    char error[WORLD_ERROR];
    if (!out->file || file_out_commit(out, error, sizeof error))
        return true;
    fprintf(stderr, "trapeze %s: %s\n", r->command, error);
    return false;
}

// Writes a report that was made in memory, and frees it. A report that is NULL was not made because
// memory was short.
static bool put(const struct reports *r, struct file_out *out, char *text)
{
    if (!text) {
        fprintf(stderr, "trapeze %s: not enough memory for a report\n", r->command);
        return false;
    }
    fprintf(out->file, "%s\n", text);
    free(text);
    return commit(r, out);
}

bool reports_write(struct reports *r, struct world *w, u32 guest, const struct consoles *consoles)
{
    double seconds = seconds_since(&r->started);
    struct guest_state state;
    bool good = true;
    if (r->state.file) {
        bool taken = state_take(w, guest, consoles, &state);
        good = put(r, &r->state, taken ? state_json(&state) : NULL);
    }
    if (r->stats.file)
        good = put(r, &r->stats, stats_json(w, &r->counters, seconds)) && good;
    return commit(r, &r->trace) && good;
}

void reports_close(struct reports *r)
{
    file_out_discard(&r->state);
    file_out_discard(&r->stats);
    file_out_discard(&r->trace);
    counters_reset(&r->counters);
}
