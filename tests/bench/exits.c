// What an exit costs: into the native VMM, by kind; and deeper down, where each VMM's privileged
// instructions are exits for the one above it.
#include "tests/bench/bench.h"

#include <stdio.h>

static const struct field exit_fields[] = {{"ns", "ns", 1},
                                           {"million_a_second", "million/s", 2},
                                           {"operation_exits", "exits/op", 1},
                                           {NULL, NULL, 0}};

static const struct {
    const char *workload, *what;
} kinds[] = {
    {"csr", "a CSR emulated"},
    {"sret", "two CSRs and an sret emulated"},
    {"sfence", "a fence emulated: shadow entries forgotten"},
    {"fill", "hidden faults: shadow entries filled, and a fence"},
    {"mmio-read", "a device access decoded and emulated"},
    {"firmware", "a call of the firmware"},
    {"ecall", "a system call reflected, and what its handler does"},
    {"page-fault", "a fault reflected, its handler, the fence, the fill"},
};

void bench_exits(struct bench *b)
{
    if (!bench_wants(b, NULL, "exits"))
        return;
    report_table(&b->report, "exits",
                 "exits into the native VMM, at depth 1, with the guest's own instructions",
                 exit_fields);
    for (u32 i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct workload *w = workload_named(kinds[i].workload);
        struct lane lane = {.depth = 1, .engine = b->engine};
        lanes_measure(b, &lane, 1, w);
        double exits = count_operation(&lane, w).guest_exits, each = lane.seconds / exits;
        report_row(&b->report, w->name, (double[]){each * 1e9, 1e-6 / each, exits}, kinds[i].what);
    }
}

static const struct field nested_fields[] = {{"us", "us", 2},
                                             {"outermost_exits", "L0 exits", 1},
                                             {"us_enlightened", "us, enl.", 2},
                                             {"outermost_exits_enlightened", "L0, enl.", 1},
                                             {NULL, NULL, 0}};

static void nested_row(struct bench *b, const struct workload *w, u32 depth)
{
    char name[32];
    struct lane lanes[] = {{.depth = depth, .engine = b->engine},
                           {.depth = depth, .engine = b->engine, .enlightened = true}};
    struct counted_operation plain = count_operation(&lanes[0], w),
                             enlightened = count_operation(&lanes[1], w);
    lanes_measure(b, lanes, 2, w);
    snprintf(name, sizeof name, "%s, %u", w->name, depth);
    report_row(&b->report, name,
               (double[]){lanes[0].seconds / plain.guest_exits * 1e6,
                          plain.exits / plain.guest_exits,
                          lanes[1].seconds / enlightened.guest_exits * 1e6,
                          enlightened.exits / enlightened.guest_exits},
               "");
}

void bench_nested(struct bench *b)
{
    if (!bench_wants(b, NULL, "nested"))
        return;
    report_table(&b->report, "nested",
                 "an exit of the deepest guest, by depth: microseconds, and exits into L0 for it",
                 nested_fields);
    for (u32 depth = 1; depth <= 3; depth++)
        nested_row(b, workload_named("csr"), depth);
    for (u32 depth = 1; depth <= 3; depth++)
        nested_row(b, workload_named("firmware"), depth);
}

// ---- guest mode: a VMM that is asked nothing costs what two stages of translation cost

static const struct field assist_fields[] = {{"bare_us", "bare us", 2},
                                             {"guest_us", "guest us", 2},
                                             {"guest_time", "guest/bare", 3},
                                             {NULL, NULL, 0}};

void bench_assist(struct bench *b)
{
    static const char *const names[] = {"selftest", "syscall", "kite-fault", "mix", "walk"};
    if (!bench_wants(b, NULL, "assist"))
        return;
    report_table(&b->report, "assist",
                 "kite in guest mode under the smallest VMM (tests/h), beside bare", assist_fields);
    for (u32 i = 0; i < sizeof names / sizeof *names; i++) {
        const struct workload *w = workload_named(names[i]);
        struct lane lanes[] = {{.engine = b->engine}, {.engine = b->engine, .guest_mode = true}};
        lanes_measure(b, lanes, 2, w);
        report_row(&b->report, w->name,
                   (double[]){lanes[0].seconds * 1e6, lanes[1].seconds * 1e6, lanes[1].ratio},
                   w->what);
    }
}
