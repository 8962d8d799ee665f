// trapeze run: a scenario in the dashboard, as lines of text (--plain), or for its checks alone
// (--headless).
// Read next: ui/command/run_film.c.
#include "scenarios/world/report.h"
#include "scenarios/script/scenario.h"
#include "ui/dashboard/dashboard.h"
#include "ui/dashboard/plain.h"
#include "ui/command/follow.h"
#include "ui/command/options.h"
#include "ui/command/run_film.h"
#include "ui/command/reports.h"
#include "ui/command/replay.h"
#include "ui/command/ticks.h"
#include "ui/film/order.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_STEPS 1000000
#define LINES_MAX 64 // VMs whose console output is gathered into lines

enum look { LOOK_AUTO, LOOK_PLAIN, LOOK_HEADLESS };

struct run {
    enum look look;
    struct scenario_options options;
    struct scenario *sc;
    struct dashboard_options dashboard;
    const char *name;
    const char *trace; // the file that --trace names; NULL: none
    struct reports reports;
    const char *record; // the file to record to, or NULL
    struct film_files film;
    u32 checks_told, marks_told;
    struct { // console output of a VM, up to the end of its line
        struct vm_path path;
        char text[200];
        size_t size;
    } line[LINES_MAX];
    u32 lines;
    struct tick_watch ticks[WORLD_GUESTS_MAX];
    bool told_compressed;
};

// ---- plain: one line an event

static void print_console(struct run *r, u32 index)
{
    char path[40];
    printf("%-28s console  | %.*s\n", vm_path_print(&r->line[index].path, path, sizeof path),
           (int)r->line[index].size, r->line[index].text);
    r->line[index].size = 0;
}

static void hear_console(struct run *r, const struct event *e)
{
    u32 i = 0;
    while (i < r->lines && !vm_path_equal(&r->line[i].path, &e->path))
        i++;
    if (i == LINES_MAX)
        return;
    if (i == r->lines) {
        r->line[i].path = e->path;
        r->lines++;
    }
    u8 byte = (u8)e->note.value;
    if (byte != '\n' && byte != '\r')
        r->line[i].text[r->line[i].size++] = byte >= 0x20 && byte < 0x7f ? (char)byte : '?';
    if (byte == '\n' || r->line[i].size == sizeof r->line[i].text)
        print_console(r, i);
}

static void hear(void *context, const struct event *e)
{
    struct run *r = context;
    char text[TRACE_TEXT];
    const struct scenario_mark *marks;
    if (e->note.kind == EVENT_CONSOLE)
        hear_console(r, e);
    else if (e->note.kind == EVENT_MARK && e->note.value < scenario_marks(r->sc, &marks))
        printf("%8" PRIu64 " %10" PRIu64 " mark: %s\n", e->seq, e->retired,
               marks[e->note.value].text);
    else
        puts(trace_line(e, text, sizeof text));
}

// ---- a word about what the user may not expect

static void tell_compressed(struct run *r, const struct world *w)
{
    for (u32 i = 0; i < w->guests && !r->told_compressed; i++) {
        r->told_compressed = w->guest[i].loaded.only_marked_compressed;
        if (r->told_compressed)
            fprintf(stderr,
                    "trapeze run: the kernel of %s is marked as having compressed instructions, "
                    "which T32 has not; its code holds none, so it runs\n",
                    w->guest[i].name);
    }
}

static void look_at_ticks(struct run *r)
{
    const struct world *w = scenario_world(r->sc);
    for (u32 i = 0; w && i < w->guests; i++) {
        u64 cycles = w->guest[i].is_vmm ? 0 : tick_watch_look(&r->ticks[i], w, i);
        if (cycles)
            fprintf(stderr,
                    "trapeze run: %s has been in its timer handler for %" PRIu64 " cycles, and its "
                    "next tick is due: by clock = \"wall\" its ticks are too short for where it "
                    "runs. It gets on by clock = \"virtual\", with fewer vcpus, under fewer VMMs, "
                    "or under VMMs with enlightened = true\n",
                    w->guest[i].name, cycles);
    }
}

static void built(void *context, struct world *w)
{
    struct run *r = context;
    r->lines = 0;
    memset(r->ticks, 0, sizeof r->ticks);
    tell_compressed(r, w);
    reports_listen_trace(&r->reports, w);
    if (r->look == LOOK_PLAIN)
        machine_listen(w->machine, EVENT_ALL, hear, r);
}

// ---- checks and the result

static void tell_checks(struct run *r)
{
    const struct scenario_check *checks;
    u32 count = scenario_checks(r->sc, &checks);
    for (; r->checks_told < count; r->checks_told++) {
        const struct scenario_check *c = &checks[r->checks_told];
        printf("%s  %s", c->passed ? "pass" : "FAIL", c->name);
        if (c->points > 0)
            printf("  (%g of %g)", c->earned, c->points);
        if (!c->passed)
            printf(": %s  [%s:%" PRIu32 "]", c->message, r->name, c->line);
        putchar('\n');
    }
}

static void printed(void *context, const char *text)
{
    struct run *r = context;
    if (r->sc)
        tell_checks(r); // so that checks and prints appear in the order of the script
    puts(text);
}

static void tell_result(struct run *r)
{
    const struct scenario_check *checks;
    u32 count = scenario_checks(r->sc, &checks), passed = 0;
    double points = 0, earned = 0;
    for (u32 i = 0; i < count; i++) {
        passed += checks[i].passed;
        points += checks[i].points;
        earned += checks[i].earned;
    }
    printf("%s: %" PRIu32 " of %" PRIu32 " checks passed", r->name, passed, count);
    if (points > 0)
        printf(", %g of %g points", earned, points);
    putchar('\n');
}

static int drive(struct run *r)
{
    enum scenario_status status;
    do {
        status = scenario_advance(r->sc, CHUNK_STEPS);
        look_at_ticks(r);
        tell_checks(r);
        if (status == SCENARIO_STOPPED)
            follow_stop(r->sc);
        fflush(stdout);
    } while ((status == SCENARIO_RUNNING || status == SCENARIO_STOPPED) && !ferror(stdout));
    for (u32 i = 0; i < r->lines; i++)
        if (r->line[i].size)
            print_console(r, i);
    if (r->options.follow)
        follow_end(r->sc);
    tell_result(r);
    fflush(stdout);
    if (status == SCENARIO_FAILED)
        fprintf(stderr, "trapeze run: %s\n", scenario_error(r->sc));
    if (status == SCENARIO_LIMIT)
        fprintf(stderr,
                "trapeze run: %s: the limit of %" PRIu64 " steps was reached at line %" PRIu32 "\n",
                r->name, r->options.limit, scenario_line(r->sc));
    return (int)scenario_exit_status(r->sc);
}

// ---- the command

static void take_options(struct run *r, const struct option_value *value)
{
    r->trace = value[OPTION_RUN_TRACE].text;
    if (r->trace) // a run in the dashboard goes back and forth, so a trace is one without it
        r->look = LOOK_HEADLESS;
    if (value[OPTION_RUN_PLAIN].given)
        r->look = LOOK_PLAIN;
    if (value[OPTION_RUN_HEADLESS].given)
        r->look = LOOK_HEADLESS;
    r->options.seed = value[OPTION_RUN_SEED].number; // 0: the scenario's own
    r->options.limit = value[OPTION_RUN_LIMIT].number;
    r->options.engine = (enum engine_choice)value[OPTION_RUN_ENGINE].number;
    r->dashboard.seed = r->options.seed;
    r->dashboard.limit = r->options.limit;
    r->options.costs = (u32)value[OPTION_RUN_COSTS].number;
    r->dashboard.engine = r->options.engine;
    r->dashboard.costs = r->options.costs;
    r->dashboard.colour = (enum colour)value[OPTION_RUN_COLOR].number;
    r->dashboard.theme = (enum theme)value[OPTION_RUN_THEME].number;
    r->dashboard.film = film_of_order;
    r->dashboard.paused = value[OPTION_RUN_PAUSED].given;
    r->dashboard.ascii = value[OPTION_RUN_ASCII].given;
    r->record = value[OPTION_RUN_RECORD].text;
    r->film = (struct film_files){.cast = value[OPTION_RUN_CAST].text,
                                  .html = value[OPTION_RUN_HTML].text,
                                  .size = value[OPTION_RUN_SIZE].text};
}

static int run_text(struct run *r, const char *path)
{
    enum status why = STATUS_INTERNAL;
    char error[WORLD_ERROR];
    r->options.context = r;
    r->options.built = built;
    r->options.follow = r->look == LOOK_PLAIN;
    r->options.printed = printed;
    if (!reports_open(&r->reports, "run", NULL, NULL, r->trace))
        return STATUS_INPUT;
    r->sc = scenario_open(path, &r->options, &why, error, sizeof error);
    int status = (int)why;
    if (r->sc)
        status = drive(r);
    else
        fprintf(stderr, "trapeze run: %s\n", error);
    if (r->sc && !reports_write(&r->reports, NULL, 0, NULL))
        status = STATUS_INPUT;
    reports_close(&r->reports);
    scenario_close(r->sc);
    return status;
}

// Opens the dashboard where that is possible, and prints lines of text elsewhere. A person at a
// terminal that cannot show the dashboard is told why.
static int run_best(struct run *r, const char *path)
{
    const char *why;
    if (screen_possible(&why))
        return dashboard_run(path, &r->dashboard);
    if (isatty(STDOUT_FILENO))
        fprintf(stderr, "trapeze run: no dashboard, plain lines instead: %s\n", why);
    r->look = LOOK_PLAIN;
    return run_text(r, path);
}

// ---- --record

static bool begin_recording(struct run *r, const char *path)
{
    char error[RECORDING_ERROR];
    const char *why;
    bool dashboard = (r->look == LOOK_AUTO && screen_possible(&why)) ||
                     (r->look == LOOK_PLAIN && r->dashboard.paused);
    if (!r->record)
        return true;
    r->options.recording = recording_of_run(path, r->options.seed, r->options.limit, dashboard);
    r->dashboard.recording = r->options.recording;
    // The file is written now, too, so that a path that cannot be written is told before the run.
    if (r->options.recording && recording_save(r->options.recording, r->record, error))
        return true;
    fprintf(stderr, "trapeze run: %s\n",
            r->options.recording ? error : "the scenario cannot be recorded: it cannot be read");
    recording_free(r->options.recording);
    return false;
}

static int end_recording(struct run *r, int status)
{
    char error[RECORDING_ERROR];
    if (!r->record)
        return status;
    bool saved = recording_save(r->options.recording, r->record, error);
    if (!saved)
        fprintf(stderr, "trapeze run: %s\n", error);
    recording_free(r->options.recording);
    return saved ? status : STATUS_INPUT;
}

// A film is a run of its own, without a person and without other reports.
static int film(const struct run *r, const char *path)
{
    if (r->record || r->trace || r->look == LOOK_PLAIN)
        return option_wrong("run", "--cast and --html cannot be combined with --record, --trace or "
                                   "--plain; run twice");
    if (r->film.cast && r->film.html && !strcmp(r->film.cast, r->film.html))
        return option_wrong("run", "--cast and --html want two files");
    return run_film("run", path, &r->dashboard, &r->film);
}

// The name by which `trapeze run` finds a scenario of ours: "two-guests" of "x/two-guests.lua".
static char *name_of(const struct scenario_entry *entry)
{
    const char *slash = strrchr(entry->path, '/'), *base = slash ? slash + 1 : entry->path;
    return strndup(base, strcspn(base, "."));
}

// Says that there is no such scenario, and the name that the person may have meant.
static int unknown_scenario(const char *word)
{
    struct scenario_entry *list;
    u32 count = scenario_list(&list);
    char **names = calloc(count + 1, sizeof *names);
    for (u32 i = 0; names && i < count; i++)
        names[i] = name_of(&list[i]);
    const char *near = names ? option_near(word, (const char *const *)names) : NULL;
    fprintf(stderr, "trapeze run: %s: there is no such scenario; ", word);
    if (near)
        fprintf(stderr, "did you mean '%s'?\n", near);
    else
        fputs("name a Lua file, or 'trapeze' alone lists those that are there\n", stderr);
    for (u32 i = 0; names && i < count; i++)
        free(names[i]);
    free(names);
    scenario_list_free(list, count);
    return STATUS_INPUT;
}

int cmd_run(int argc, char **argv)
{
    struct run r = {0};
    struct command_line line;
    int status = options_read("run", argc, argv, &line);
    if (status < 0)
        status = options_one_operand(
            "run", &line,
            "which scenario? name a Lua file; 'trapeze' alone lists those that are there",
            "scenario");
    if (status >= 0)
        return status;
    take_options(&r, line.value);
    if (r.options.costs && r.record)
        return option_wrong("run",
                            "--record does not keep --costs; let the scenario name them: "
                            "vmm { costs = \"%s\" }",
                            line.value[OPTION_RUN_COSTS].text);
    char *path = scenario_find(line.operands[0]);
    if (!path)
        return unknown_scenario(line.operands[0]);
    const char *base = strrchr(path, '/');
    r.name = base ? base + 1 : path;
    const struct report_path paths[] = {{"--record", r.record},
                                        {"--trace", r.trace},
                                        {"--cast", r.film.cast},
                                        {"--html", r.film.html}};
    const size_t count = sizeof paths / sizeof *paths;
    if (!reports_are_apart("run", paths, count) ||
        !reports_spare("run", paths, count, path, "the scenario")) {
        free(path);
        return STATUS_USAGE;
    }
    if (r.film.cast || r.film.html) {
        status = film(&r, path);
        free(path);
        return status;
    }
    if (!begin_recording(&r, path)) {
        free(path);
        return STATUS_INPUT;
    }
    if (r.look == LOOK_AUTO)
        status = run_best(&r, path);
    else if (r.look == LOOK_PLAIN && r.dashboard.paused)
        status = plain_run(path, &r.dashboard);
    else
        status = run_text(&r, path);
    free(path);
    return end_recording(&r, status);
}
