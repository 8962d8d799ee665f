// The benchmark's command line. Read tests/bench/bench.h first.
#include "tests/bench/bench.h"

#include <cjson/cJSON.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *what;
    void (*run)(struct bench *b);
} groups[] = {
    {"compute", "programs in U: rates, bare, at depth 1 and 2, by QEMU", bench_compute},
    {"traps", "traps and translation, and a whole kernel (`kernel`)", bench_traps},
    {"exits", "exits into the native VMM, by kind", bench_exits},
    {"nested", "an exit of the deepest guest, by depth", bench_nested},
    {"assist", "a guest in guest mode, by the hypervisor extension, beside bare", bench_assist},
    {"engines", "the engines beside each other", bench_engines},
    {"harts", "1 to 8 harts", bench_harts},
    {"host", "host instructions for one of the guest", bench_host},
    {"listeners", "what listening costs", bench_listeners},
    {"snapshots", "what snapshots and dirty tracking cost", bench_snapshots},
    {"past", "what it costs to keep the past of a run, and how long the way back is", bench_past},
    {"dashboard", "the dashboard at full speed: keys, drawing", bench_dashboard},
    {"start", "start, first screen, memory at rest", bench_start},
    {"guests", "many guests on one machine", bench_guests},
};
#define GROUPS (sizeof groups / sizeof *groups)

static int usage(FILE *to, int status)
{
    fputs("usage: bench [--only GROUP|WORKLOAD] [--runs N] [--engine NAME] [--json] [--no-qemu] "
          "[--quick]\n\n"
          "Medians of N (5) interleaved runs, in processor time. --quick: shorter ones, too short "
          "to be believed.\n\n"
          "groups:\n",
          to);
    for (u32 i = 0; i < GROUPS; i++)
        fprintf(to, "  %-10s %s\n", groups[i].name, groups[i].what);
    fputs("workloads of compute, traps and kernel:\n ", to);
    for (const struct workload *w = workloads; w->name; w++)
        if (w->group <= GROUP_KERNEL)
            fprintf(to, " %s", w->name);
    fputs("\n", to);
    return status;
}

bool bench_wants(const struct bench *b, const struct workload *w, const char *group)
{
    return !b->only || !strcmp(b->only, group) || (w && !strcmp(b->only, w->name));
}

static bool is_known(const char *only)
{
    bool known = !strcmp(only, "kernel");
    for (u32 i = 0; i < GROUPS; i++)
        known |= !strcmp(only, groups[i].name);
    for (const struct workload *w = workloads; w->name; w++)
        known |= w->group <= GROUP_KERNEL && !strcmp(only, w->name);
    return known;
}

static bool take_engine(struct bench *b, const char *name)
{
    for (const struct engine_name *e = engine_names; e->name; e++)
        if (!strcmp(e->name, name)) {
            b->engine = e->engine;
            return true;
        }
    return false;
}

static bool take_option(struct bench *b, int option)
{
    switch (option) {
    case 'r':
        b->runs = (u32)strtoul(optarg, NULL, 10);
        return b->runs >= 1 && b->runs <= RUNS_MOST;
    case 'o':
        b->only = optarg;
        return is_known(optarg);
    case 'e':
        return take_engine(b, optarg);
    case 'j':
        b->report.json = cJSON_CreateObject();
        return true;
    case 'n':
        b->qemu = false;
        return true;
    case 'q':
        b->worth = 0.002;
        return true;
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"runs", required_argument, NULL, 'r'},   {"only", required_argument, NULL, 'o'},
        {"engine", required_argument, NULL, 'e'}, {"json", no_argument, NULL, 'j'},
        {"no-qemu", no_argument, NULL, 'n'},      {"quick", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},         {0}};
    struct bench b = {
        .runs = 5, .worth = 0.1, .qemu = true, .engine = machine_config_default().engine};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'h')
            return usage(stdout, 0);
        if (take_option(&b, option))
            continue;
        if (option != '?') // that one getopt has told
            fprintf(stderr, "bench: '%s' is nothing that this option takes\n\n", optarg);
        return usage(stderr, 2);
    }
    if (optind < argc)
        return usage(stderr, 2);
    b.qemu = b.qemu && run_has_qemu();
    for (u32 i = 0; i < GROUPS; i++)
        groups[i].run(&b);
    if (b.report.json) {
        char *text = cJSON_Print(b.report.json);
        puts(text);
        free(text);
        cJSON_Delete(b.report.json);
    }
    return 0;
}
