// What a report says about a test, in words. Contracts: scenarios/grade/report_parts.h.
#include "scenarios/grade/report_parts.h"

#include <inttypes.h>
#include <string.h>

// A word as a shell reads it: in quotes, and a quote inside stands outside of them.
static void add_quoted(FILE *to, const char *word)
{
    fputc('\'', to);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", to);
        else
            fputc(*word, to);
    fputc('\'', to);
}

// A command by which the student runs this test, and the case that failed, once more.
static void add_command(FILE *to, const char *command, const char *option, const struct grade *g,
                        const struct grade_test *t)
{
    fprintf(to, "trapeze %s %s --submission . --seed %" PRIu64 " %s ", command, g->lab, g->seed,
            option);
    add_quoted(to, t->declared.name);
    if (t->declared.cases > 1 && t->verdict.failed_case)
        fprintf(to, " --case %" PRIu32, t->verdict.failed_case);
}

static void add_commands(FILE *to, const struct grade *g, const struct grade_test *t)
{
    fputs("again     ", to);
    add_command(to, "grade", "--only", g, t);
    fputs("\nreplay    ", to);
    add_command(to, "replay", "--test", g, t);
    fputc('\n', to);
}

char *report_replay(const struct grade *g, const struct grade_test *t, char *to, size_t size)
{
    FILE *text = fmemopen(to, size, "w");
    *to = 0;
    if (!text)
        return to;
    add_command(text, "replay", "--test", g, t);
    fclose(text);
    to[size - 1] = 0;
    return to;
}

// Where in the machine and in the student's code it was.
static void add_scene(FILE *to, const struct lab_scene *scene)
{
    if (*scene->guest)
        fprintf(to, "guest     %s, the guest's own line\n", scene->guest);
    if (*scene->source)
        fprintf(to, "source    %s, %s\n", scene->source,
                scene->wrote ? "which wrote this entry"
                             : "the last line of this file that ran before it");
    for (u32 i = 0; i < LAB_LINES && scene->before[i]; i++)
        fprintf(to, i ? ", %" PRIu32 : "          it came there from line %" PRIu32,
                scene->before[i]);
    if (scene->before[0])
        fputc('\n', to);
    for (u32 i = 0; i < scene->traps; i++)
        fprintf(to, "%-8s  %s\n", i ? "" : "traps", scene->trap[i]);
}

char *report_words(const struct grade *g, const struct grade_test *t, char *to, size_t size)
{
    const struct lab_verdict *v = &t->verdict;
    *to = 0;
    FILE *text = t->status == GRADE_PASS ? NULL : fmemopen(to, size, "w");
    if (!text)
        return to;
    if (t->declared.cases > 1 && v->failed_case)
        fprintf(text, "case %" PRIu32 " of %" PRIu32 "\n", v->failed_case, t->declared.cases);
    if (*v->message)
        fprintf(text, "%s\n", v->message);
    if (*v->expected)
        fprintf(text, "expected  %s\n", v->expected);
    if (*v->happened)
        fprintf(text, "happened  %s\n", v->happened);
    if (*v->where)
        fprintf(text, "where     %s\n", v->where);
    add_scene(text, &v->scene);
    if (t->status != GRADE_BLOCKED)
        add_commands(text, g, t);
    fclose(text);
    to[size - 1] = 0;
    size_t length = strlen(to);
    if (length && to[length - 1] == '\n')
        to[length - 1] = 0;
    return to;
}

char *report_line(const struct grade *g, const struct grade_test *t, char *to, size_t size)
{
    const struct lab_verdict *v = &t->verdict;
    if (!g->builds)
        snprintf(to, size, "%s; it says: %.*s", v->message, (int)strcspn(g->log, "\n"), g->log);
    else if (*v->message || !*v->expected)
        snprintf(to, size, "%s", v->message);
    else
        snprintf(to, size, "expected: %s; happened: %s", v->expected, v->happened);
    return to;
}

u32 report_points_waiting(const struct grade *g)
{
    u32 points = 0;
    for (u32 i = 0; i < g->count; i++)
        if (g->test[i].declared.visibility != LAB_VISIBLE)
            points += g->test[i].declared.points;
    return points;
}

char *report_seconds(double seconds, char to[REPORT_SECONDS])
{
    u64 milliseconds = (u64)(seconds * 1000 + 0.5);
    snprintf(to, REPORT_SECONDS, "%" PRIu64 ".%03u", milliseconds / 1000,
             (unsigned)(milliseconds % 1000));
    return to;
}

double report_all_seconds(const struct grade *g)
{
    double seconds = 0;
    for (u32 i = 0; i < g->count; i++)
        seconds += g->test[i].seconds;
    return seconds;
}
