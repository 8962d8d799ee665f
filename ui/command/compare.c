// trapeze compare: the same work under several kinds of virtual machine, as a table. What is run
// and how it is counted is scenarios/compare's.
// Read next: ui/command/dis.c.
#include "scenarios/compare/compare.h"
#include "scenarios/world/costs.h"
#include "ui/command/options.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KINDS_MOST 32

struct comparison {
    struct command_line line;
    const struct compare_kind *kinds[KINDS_MOST];
    u32 count;
    const struct compare_workload *only; // NULL: every workload
    u32 costs;                           // the index of its name
    cJSON *rows;                         // with --json
};

// ---- what to compare

static int unknown(const char *what, const char *word, const char *const names[])
{
    const char *near = option_near(word, names);
    fprintf(stderr, "trapeze compare: there is no %s '%s'%s%s%s; there are:", what, word,
            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    for (; *names; names++)
        fprintf(stderr, " %s", *names);
    fputc('\n', stderr);
    return STATUS_USAGE;
}

// Without a KIND, all of them. Bare is always first, since everything else is compared with it.
static int choose_kinds(struct comparison *c)
{
    const char *names[KINDS_MOST + 1] = {0};
    bool wanted[KINDS_MOST] = {true};
    for (u32 i = 0; compare_kinds[i].name; i++)
        names[i] = compare_kinds[i].name;
    for (int word = 0; word < c->line.operand_count; word++) {
        u32 i = 0;
        while (names[i] && strcmp(names[i], c->line.operands[word]))
            i++;
        if (!names[i])
            return unknown("kind", c->line.operands[word], names);
        wanted[i] = true;
    }
    for (u32 i = 0; names[i]; i++)
        if (wanted[i] || !c->line.operand_count)
            c->kinds[c->count++] = &compare_kinds[i];
    return -1;
}

static int choose_workload(struct comparison *c)
{
    const char *word = c->line.value[OPTION_COMPARE_ONLY].text;
    const char *names[KINDS_MOST + 1] = {0};
    if (!word)
        return -1;
    for (u32 i = 0; compare_workloads[i].name; i++) {
        names[i] = compare_workloads[i].name;
        if (!strcmp(names[i], word))
            c->only = &compare_workloads[i];
    }
    return c->only ? -1 : unknown("workload", word, names);
}

static int read_options(struct comparison *c, int argc, char **argv)
{
    const struct option_value *value = c->line.value;
    int status = options_read("compare", argc, argv, &c->line);
    if (status < 0 && value[OPTION_COMPARE_JSON].given && value[OPTION_COMPARE_CSV].given)
        return option_wrong("compare", "--json and --csv are two forms of one output; name one");
    if (status < 0)
        status = choose_kinds(c);
    if (status < 0)
        status = choose_workload(c);
    c->costs = (u32)value[OPTION_COMPARE_COSTS].number;
    return status;
}

// ---- what there is

static void list(void)
{
    puts("Kinds of virtual machine:");
    for (const struct compare_kind *kind = compare_kinds; kind->name; kind++)
        printf("  %-16s %s: %s\n", kind->name, kind->chapter, kind->what);
    puts("Workloads:");
    for (const struct compare_workload *w = compare_workloads; w->name; w++)
        printf("  %-16s %s\n", w->name, w->what);
    puts("Costs of a switch, in cycles (into the guest, out of it, one access to its record):");
    for (const struct cost_preset *p = cost_presets; p->name; p++)
        if (p->year)
            printf("  %-16s %u %u %u: %s, %u\n", p->name, p->entry, p->exit, p->record,
                   p->processor, p->year);
        else
            printf("  %-16s %s\n", p->name, p->processor);
}

// ---- how it is shown: three forms of the same rows

static double machine_part(const struct compare_result *r)
{
    return r->traps + r->walks + r->devices;
}

// A large number needs no digits after the point.
static const char *with_point(char text[24], double number)
{
    snprintf(text, 24, number < 999.95 ? "%.1f" : "%.0f", number);
    return text;
}

static void print_share(double of, const struct compare_result *r, int width)
{
    printf(" %*.0f%%", width - 1, r->cycles > 0 ? 100 * of / r->cycles : 0);
}

static void print_text(const struct compare_kind *kind, const struct compare_result *r, double bare)
{
    char times[24], exits[24];
    if (*r->cannot) {
        printf("%-16s %9s %6s %7s %5s %4s %5s %5s %4s %5s    -\n", kind->name, "-", "-", "-", "-",
               "-", "-", "-", "-", "-");
        return;
    }
    printf("%-16s %9.0f %6s %7s", kind->name, r->cycles, with_point(times, r->cycles / bare),
           with_point(exits, r->exits));
    print_share(r->guest, r, 5);
    print_share(r->vmm, r, 4);
    print_share(r->traps, r, 5);
    print_share(r->walks, r, 5);
    print_share(r->devices, r, 4);
    printf(" %4" PRIu64 "K %4s\n", r->vmm_bytes / 1024, r->same ? "yes" : "NO");
}

// Each workload is a table of its own, with the kinds as its rows.
static void print_table(const struct comparison *c, const struct compare_workload *w,
                        const struct compare_result *result)
{
    printf("%s%s: %s\n", w == compare_workloads || c->only ? "" : "\n", w->name, w->what);
    printf("%-16s %9s %6s %7s %5s %4s %5s %5s %4s %5s %s\n", "kind", "cycles", "x bare", "exits",
           "guest", "VMM", "traps", "walks", "I/O", "mem", "same");
    for (u32 i = 0; i < c->count; i++)
        print_text(c->kinds[i], &result[i], result[0].cycles);
    for (u32 i = 0; i < c->count; i++)
        if (*result[i].cannot)
            printf("- %s: %s\n", c->kinds[i]->name, result[i].cannot);
}

static void print_csv(const struct compare_workload *w, const struct compare_kind *kind,
                      const struct compare_result *r, double bare)
{
    if (*r->cannot) {
        printf("%s,%s,-,-,-,-,-,-,-,-,-,-,-\n", w->name, kind->name);
        return;
    }
    printf("%s,%s,%.2f,%.3f,%.3f,%.2f,%.2f,%.2f,%" PRIu64 ",%s,%.2f,%.2f,%.2f\n", w->name,
           kind->name, r->cycles, r->cycles / bare, r->exits, r->guest, r->vmm, machine_part(r),
           r->vmm_bytes, r->same ? "yes" : "no", r->traps, r->walks, r->devices);
}

static void add_json(cJSON *rows, const struct compare_workload *w, const struct compare_kind *kind,
                     const struct compare_result *r, double bare)
{
    cJSON *row = cJSON_CreateObject();
    cJSON_AddItemToArray(rows, row);
    cJSON_AddStringToObject(row, "workload", w->name);
    cJSON_AddStringToObject(row, "kind", kind->name);
    if (*r->cannot) {
        cJSON_AddStringToObject(row, "cannot", r->cannot);
        return;
    }
    cJSON_AddNumberToObject(row, "cycles", r->cycles);
    cJSON_AddNumberToObject(row, "times_bare", r->cycles / bare);
    cJSON_AddNumberToObject(row, "exits", r->exits);
    cJSON_AddNumberToObject(row, "guest", r->guest);
    cJSON_AddNumberToObject(row, "vmm", r->vmm);
    cJSON_AddNumberToObject(row, "machine", machine_part(r));
    cJSON_AddNumberToObject(row, "traps", r->traps);
    cJSON_AddNumberToObject(row, "walks", r->walks);
    cJSON_AddNumberToObject(row, "devices", r->devices);
    cJSON_AddNumberToObject(row, "vmm_bytes", (double)r->vmm_bytes);
    cJSON_AddBoolToObject(row, "same", r->same);
}

static void show(struct comparison *c, const struct compare_workload *w,
                 const struct compare_result *result)
{
    double bare = result[0].cycles; // bare is always the first
    bool csv = c->line.value[OPTION_COMPARE_CSV].given;
    for (u32 i = 0; i < c->count; i++)
        if (c->rows)
            add_json(c->rows, w, c->kinds[i], &result[i], bare);
        else if (csv)
            print_csv(w, c->kinds[i], &result[i], bare);
    if (!c->rows && !csv)
        print_table(c, w, result);
    fflush(stdout);
}

static void begin(struct comparison *c)
{
    if (c->line.value[OPTION_COMPARE_JSON].given)
        c->rows = cJSON_CreateArray();
    else if (c->line.value[OPTION_COMPARE_CSV].given)
        puts("workload,kind,cycles,times_bare,exits,guest,vmm,machine,vmm_bytes,same,traps,walks,"
             "devices");
}

static void end(struct comparison *c)
{
    char *text = c->rows ? cJSON_Print(c->rows) : NULL;
    if (text)
        puts(text);
    free(text);
    cJSON_Delete(c->rows);
}

// ---- the command

static int compare(struct comparison *c)
{
    char error[WORLD_ERROR];
    struct compare_result result[KINDS_MOST];
    bool all_same = true;
    for (const struct compare_workload *w = compare_workloads; w->name; w++) {
        if (c->only && w != c->only)
            continue;
        if (!compare_run(w, c->kinds, c->count, c->costs, result, error, sizeof error)) {
            fprintf(stderr, "trapeze compare: %s\n", error);
            return STATUS_INTERNAL;
        }
        show(c, w, result);
        for (u32 i = 0; i < c->count; i++)
            all_same &= result[i].same || *result[i].cannot;
    }
    return all_same ? STATUS_DONE : STATUS_FAILED;
}

int cmd_compare(int argc, char **argv)
{
    struct comparison c = {0};
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    if (c.line.value[OPTION_COMPARE_LIST].given) {
        list();
        return STATUS_DONE;
    }
    begin(&c);
    status = compare(&c);
    end(&c);
    return status;
}
