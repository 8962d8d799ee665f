// The benchmark's command line, and what becomes of the measurements: each column's median, beside QEMU's.
// Read tests/bench/bench.h first.
#include "tests/bench/bench.h"

#include <cjson/cJSON.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_MOST 99
#define WORTH_SECONDS 0.1 // a shorter run measures the clock

static const char usage[] = "usage: bench [--runs N] [--only NAME|extras] [--json] [--no-qemu]\n"
                            "\n"
                            "Medians of N (5) interleaved runs, in processor time, as nanoseconds an operation; for\n"
                            "compute, an operation is a round of the workload.\n";

const char *const column_names[COLUMNS] = {"bare", "depth 1", "depth 2", "qemu"};

struct bench {
    u32 runs;
    const char *only;
    bool as_json, qemu;
    cJSON *json;
    double log_compute[COLUMNS]; // sums of logarithms of ratios
    u32 computes;
};

struct row {
    u32 times[COLUMNS]; // 0: does not run there
    double sample[COLUMNS][RUNS_MOST];
    double median[COLUMNS]; // seconds an operation; negative: none
};

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// A count at which a run is worth measuring, found by doubling.
static u32 calibrate(const struct workload *w, enum column column)
{
    double least = measure(w, column, w->least / 4), seconds = 0;
    u32 times = w->least;
    if (least < 0)
        return 0;
    for (; times < 1u << 30; times *= 2) {
        seconds = measure(w, column, times);
        if (seconds < 0)
            return 0;
        if (seconds - least > WORTH_SECONDS)
            break;
    }
    return times;
}

static void take_row(const struct bench *b, const struct workload *w, struct row *row)
{
    for (int c = 0; c < COLUMNS; c++)
        row->times[c] = c == COLUMN_QEMU && !b->qemu ? 0 : calibrate(w, c);
    for (u32 run = 0; run < b->runs; run++)
        for (int c = 0; c < COLUMNS; c++) {
            u32 times = row->times[c], few = times / 4;
            if (times)
                row->sample[c][run] = (measure(w, c, times) - measure(w, c, few)) / (times - few);
        }
    for (int c = 0; c < COLUMNS; c++) {
        qsort(row->sample[c], b->runs, sizeof(double), by_size);
        row->median[c] = row->times[c] ? row->sample[c][b->runs / 2] : -1;
    }
}

static void print_row(struct bench *b, const struct workload *w, const struct row *row)
{
    double qemu = row->median[COLUMN_QEMU];
    printf("%-12s", w->name);
    for (int c = 0; c < COLUMNS; c++)
        if (row->median[c] < 0)
            printf(" %11s", c == COLUMN_QEMU && !b->qemu ? "no QEMU" : "-");
        else
            printf(" %11.1f", row->median[c] * 1e9);
    if (qemu > 0)
        printf("   x%.2f", qemu / row->median[COLUMN_BARE]);
    printf("   %s\n", w->what);
    fflush(stdout);
}

static void keep_row(struct bench *b, const struct workload *w, const struct row *row)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", w->name);
    cJSON_AddStringToObject(object, "group", w->group == GROUP_COMPUTE ? "compute" : "trap");
    for (int c = 0; c < COLUMNS; c++)
        if (row->median[c] >= 0)
            cJSON_AddNumberToObject(object, column_names[c], row->median[c] * 1e9);
    cJSON_AddItemToArray(cJSON_GetObjectItem(b->json, "workloads"), object);
}

// How each column compares with bare, and bare with QEMU, over the compute workloads.
static void add_ratios(struct bench *b, const struct workload *w, const struct row *row)
{
    if (w->group != GROUP_COMPUTE)
        return;
    b->computes++;
    for (int c = 0; c < COLUMNS; c++)
        if (row->median[c] > 0)
            b->log_compute[c] += log(row->median[c] / row->median[COLUMN_BARE]);
}

static void print_ratios(const struct bench *b)
{
    if (!b->computes)
        return;
    printf("\ncompute, geometric means of time against bare:");
    for (int c = 1; c < COLUMNS; c++)
        if (c != COLUMN_QEMU || b->qemu)
            printf("  %s %.2f", column_names[c], exp(b->log_compute[c] / b->computes));
    printf("   (qemu above 1: bare is faster)\n");
}

static int bench_all(struct bench *b)
{
    if (b->as_json) {
        b->json = cJSON_CreateObject();
        cJSON_AddArrayToObject(b->json, "workloads");
    } else {
        printf("%-12s %11s %11s %11s %11s   ns an operation; x: times QEMU's speed, bare\n", "", column_names[0],
               column_names[1], column_names[2], column_names[3]);
    }
    for (const struct workload *w = workloads; w->name; w++) {
        struct row row = {0};
        if (b->only && strcmp(b->only, w->name))
            continue;
        take_row(b, w, &row);
        add_ratios(b, w, &row);
        if (b->as_json)
            keep_row(b, w, &row);
        else
            print_row(b, w, &row);
    }
    if (!b->as_json)
        print_ratios(b);
    if (!b->only || !strcmp(b->only, "extras"))
        extras_print(b->json);
    if (b->as_json) {
        char *text = cJSON_Print(b->json);
        puts(text);
        free(text);
        cJSON_Delete(b->json);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"runs", required_argument, NULL, 'r'}, {"only", required_argument, NULL, 'o'},
        {"json", no_argument, NULL, 'j'},       {"no-qemu", no_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},       {0}};
    struct bench b = {.runs = 5, .qemu = true};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'r':
            b.runs = (u32)strtoul(optarg, NULL, 10);
            break;
        case 'o':
            b.only = optarg;
            break;
        case 'j':
            b.as_json = true;
            break;
        case 'n':
            b.qemu = false;
            break;
        default:
            fputs(usage, option == 'h' ? stdout : stderr);
            return option == 'h' ? 0 : 2;
        }
    }
    if (optind < argc || b.runs < 1 || b.runs > RUNS_MOST) {
        fputs(usage, stderr);
        return 2;
    }
    b.qemu = b.qemu && measure_has_qemu();
    return bench_all(&b);
}
