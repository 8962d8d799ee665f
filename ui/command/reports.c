// The files that a run writes. Read ui/command/reports.h first.
// Read next: ui/command/run.c.
#include "ui/command/reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- before the run

// Standard output becomes the report's alone. Whatever else the program prints goes to standard
// error, so that the reader of the report gets nothing but the report.
static bool take_standard_output(struct file_out *out, char *error, size_t error_size)
{
    fflush(stdout);
    int fd = dup(STDOUT_FILENO);
    *out = (struct file_out){.path = strdup("standard output"),
                             .file = fd < 0 ? NULL : fdopen(fd, "w")};
    if (out->file && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
        return true;
    snprintf(error, error_size, "standard output: %s; name a file", file_why_not("/dev/stdout"));
    return false;
}

// Returns true if one of two files that are written would take the place of the other. Two names
// of a device do not disturb each other.
static bool is_one_file(const char *a, const char *b)
{
    if (file_is_same(a, b)) // also by two names of one file that are no links
        return file_is_regular(a);
    char *x = file_target(a), *y = file_target(b);
    bool one = x && y && !strcmp(x, y);
    free(x);
    free(y);
    return one;
}

// Returns true if standard output goes to this file. A report would take the file's place, and
// the printed text would be lost. (The name /dev/stdout is right: such a report is appended.)
static bool is_standard_output(const char *path)
{
    return !file_is_stream(path) && file_is_same(path, "/dev/stdout") && file_is_regular(path);
}

// Returns true if the report can be written there, whatever else is written.
static bool suits(const char *command, const struct report_path *report)
{
    const char *path = report->path;
    if (!strcmp(path, "-") && strcmp(report->option, "--trace")) {
        fprintf(stderr,
                "trapeze %s: %s -: only --trace can write to standard output; name a file\n",
                command, report->option);
        return false;
    }
    if (is_standard_output(path)) {
        fprintf(stderr, "trapeze %s: %s names the file of standard output, %s; name another\n",
                command, report->option, path);
        return false;
    }
    return true;
}

bool reports_are_apart(const char *command, const struct report_path *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *path = list[i].path;
        if (path && !suits(command, &list[i]))
            return false;
        for (size_t k = 0; path && k < i; k++) {
            if (!list[k].path || !is_one_file(path, list[k].path))
                continue;
            fprintf(stderr, "trapeze %s: %s and %s name one file, %s; name two\n", command,
                    list[k].option, list[i].option, path);
            return false;
        }
    }
    return true;
}

static bool open_trace(struct reports *r, const char *name, char *error, size_t error_size)
{
    bool opened = strcmp(name, "-") ? file_out_open(&r->trace, name, error, error_size)
                                    : take_standard_output(&r->trace, error, error_size);
    if (!opened)
        return false;
    r->trace_file = trace_file_begin(r->trace.file, name);
    if (!r->trace_file)
        snprintf(error, error_size, "not enough memory for the trace");
    return r->trace_file;
}

bool reports_spare(const char *command, const struct report_path *list, size_t count,
                   const char *input, const char *what)
{
    for (size_t i = 0; i < count; i++) {
        if (!list[i].path || !file_is_same(list[i].path, input))
            continue;
        fprintf(stderr, "trapeze %s: %s is %s itself; say another file to write\n", command,
                list[i].path, what);
        return false;
    }
    return true;
}

bool reports_open(struct reports *r, const char *command, const char *state, const char *stats,
                  const char *trace)
{
    char error[WORLD_ERROR];
    *r = (struct reports){.command = command};
    if ((!state || file_out_open(&r->state, state, error, sizeof error)) &&
        (!stats || file_out_open(&r->stats, stats, error, sizeof error)) &&
        (!trace || open_trace(r, trace, error, sizeof error)))
        return true;
    fprintf(stderr, "trapeze %s: %s\n", command, error);
    reports_close(r);
    return false;
}

static void hear_for_stats(void *context, const struct event *e)
{
    counters_add(context, e);
}

void reports_listen_trace(struct reports *r, struct world *w)
{
    if (r->trace_file)
        trace_file_listen(r->trace_file, w);
}

void reports_listen(struct reports *r, struct world *w, u32 guest)
{
    counters_watch(&r->counters, &w->guest[guest].path);
    if (r->stats.file)
        machine_listen(w->machine, EVENT_ALL, hear_for_stats, &r->counters);
    reports_listen_trace(r, w);
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

// The state of the guest. A guest inside a guest is there only when the VMM above it has begun. A
// guest that is not there has no harts, and its report says so.
static char *state_text(const struct reports *r, struct world *w, u32 guest,
                        const struct consoles *consoles)
{
    struct guest_state state = {0};
    if (!state_take(w, guest, consoles, &state)) {
        fprintf(stderr,
                "trapeze %s: the guest is not there yet, because the VMM above it has not made it; "
                "its state has no harts\n",
                r->command);
        state.harts = 0;
    }
    return state_json(&state);
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
    bool good = true;
    if (r->state.file)
        good = put(r, &r->state, state_text(r, w, guest, consoles));
    if (r->stats.file)
        good = put(r, &r->stats, stats_json(w, &r->counters, seconds)) && good;
    trace_file_end(r->trace_file);
    r->trace_file = NULL;
    return commit(r, &r->trace) && good;
}

void reports_close(struct reports *r)
{
    file_out_discard(&r->state);
    file_out_discard(&r->stats);
    trace_file_end(r->trace_file);
    file_out_discard(&r->trace);
    counters_reset(&r->counters);
}
