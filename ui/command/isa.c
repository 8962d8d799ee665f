// trapeze isa: the manual of the toy ISA, made from its tables.
// Read next: ui/command/lab_request.c.
#include "isa/manual.h"
#include "sim/classify.h"
#include "ui/command/options.h"

#include <stdio.h>

static int unknown(const char *name)
{
    const char *names[MANUAL_NAMES + 1] = {0};
    manual_all_names(names, MANUAL_NAMES);
    const char *near = option_near(name, names);
    if (near)
        return option_wrong("isa", "T32 has no '%.40s'; did you mean '%s'?", name, near);
    return option_wrong("isa", "T32 has no instruction, CSR, field or cause '%.40s'", name);
}

// ---- --classify

// How the instruction is sensitive, as the experiment found.
static const char *measured(const struct classified *row)
{
    if (row->control)
        return "control";
    return row->behaviour ? "behaviour" : "no";
}

// A hole is a sensitive instruction that runs in U without a trap, so that a VMM never sees it.
// Theorem 1 asks that there is none.
static bool is_hole(const struct classified *row)
{
    return (row->control || row->behaviour) && !row->privileged && !row->traps_u;
}

static const char *remark(const struct classified *row)
{
    if (!row->agrees)
        return "   DISAGREES";
    return is_hole(row) ? "   a hole" : "";
}

static void print_rows(const struct classified *rows, u32 count)
{
    printf("%-18s %-6s %-6s %-10s %-10s %s\n", "instruction", "in U", "in K", "privileged",
           "sensitive", "the tables say");
    for (const struct classified *row = rows; row < rows + count; row++)
        printf("%-18s %-6s %-6s %-10s %-10s %s%s\n", row->name, row->traps_u ? "traps" : "runs",
               row->traps_k ? "traps" : "runs", row->privileged ? "yes" : "no", measured(row),
               isa_class_name[row->claimed], remark(row));
}

static void print_summary(const struct classified *rows, u32 count)
{
    u32 holes = 0;
    for (u32 i = 0; i < count; i++)
        holes += is_hole(&rows[i]);
    puts("\nThis experiment cannot decide about instructions that depend on resources. A "
         "reservation of\n"
         "lr.w can be lost to whoever else runs, and a program must expect that anyway. The "
         "counters "
         "show\n"
         "how much time others took; scounteren is 0 here, so they trap in U.");
    if (holes)
        printf("\n%u sensitive instructions are not privileged. The condition of theorem 1 fails "
               "(it is sufficient, not necessary):\n"
               "trap-and-emulate alone cannot virtualize this machine.\n",
               (unsigned)holes);
    else
        puts("\nEvery sensitive instruction is privileged, or traps by its nature. By theorem 1 of "
             "Popek\n"
             "and Goldberg a virtual machine monitor can be built by trap-and-emulate.");
}

static int print_classes(u32 profile)
{
    struct classified rows[CLASSIFIED_MOST];
    char error[160];
    u32 wrong = 0, count = classify(profile, rows, error, sizeof error);
    if (!count) {
        fprintf(stderr, "trapeze isa: %s\n", error);
        return STATUS_INTERNAL;
    }
    print_rows(rows, count);
    print_summary(rows, count);
    for (u32 i = 0; i < count; i++)
        wrong += !rows[i].agrees;
    if (wrong)
        printf("\n%u rows disagree with the tables.\n", (unsigned)wrong);
    return wrong ? STATUS_FAILED : STATUS_DONE;
}

// ---- entry

static int print_entries(char **names, int count)
{
    for (int i = 0; i < count; i++) {
        if (i)
            putchar('\n');
        if (!manual_entry(stdout, names[i]))
            return unknown(names[i]);
    }
    return STATUS_DONE;
}

int cmd_isa(int argc, char **argv)
{
    struct command_line line;
    int status = options_read("isa", argc, argv, &line);
    if (status >= 0)
        return status;
    const struct option_value *value = line.value;
    u32 profile = value[OPTION_ISA_PROFILE].number;
    bool whole = value[OPTION_ISA_CLASSIFY].given || value[OPTION_ISA_MARKDOWN].given ||
                 value[OPTION_ISA_NAMES].given || value[OPTION_ISA_PSEUDO].given;
    if (whole && line.operand_count)
        return option_wrong("isa", "--classify, --markdown, --names and --pseudo take no NAME");
    if (value[OPTION_ISA_CLASSIFY].given && (profile & ISA_HOUSE))
        return option_wrong("isa", "to find the classes of a house's instructions is the exercise "
                                   "of the lab 01-virtualizable");
    if (value[OPTION_ISA_CLASSIFY].given)
        return print_classes(profile);
    if (value[OPTION_ISA_MARKDOWN].given)
        manual_markdown(stdout);
    else if (whole)
        manual_names(stdout, profile, value[OPTION_ISA_PSEUDO].given);
    else if (!line.operand_count)
        manual_list(stdout, profile);
    return print_entries(line.operands, line.operand_count);
}
