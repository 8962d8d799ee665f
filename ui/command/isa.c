// trapeze isa: the manual of the toy ISA, from its tables.
// Read next: isa/manual.c.
#include "isa/manual.h"
#include "sim/classify.h"
#include "ui/command/options.h"

#include <getopt.h>
#include <stdio.h>

#define NAMES_MOST 256

static const char usage[] =
    "usage: trapeze isa [NAME...] [--profile t32|holes]\n"
    "       trapeze isa --classify [--profile t32|holes]\n"
    "       trapeze isa --markdown\n\n"
    "Alone: every instruction, pseudo-instruction, CSR and trap cause, a line each. With a NAME "
    "(addi, satp, 0x180,\n"
    "store-page-fault): all that the tables know of it.\n\n"
    "      --classify      runs each instruction in both modes, as Popek and Goldberg define their "
    "classes, and "
    "compares\n"
    "                      with the tables; status 1 if they disagree\n"
    "      --markdown      the whole ISA manual, as Markdown\n"
    "      --names         instructions and their operands, separated by a tab, for scripts\n"
    "      --pseudo        the same of the pseudo-instructions\n"
    "      --profile NAME  t32 (default), or holes: with the sensitive unprivileged instructions\n"
    "      --help, --version\n";

enum { OPTION_CLASSIFY = OPTION_OWN, OPTION_MARKDOWN, OPTION_NAMES, OPTION_PSEUDO, OPTION_PROFILE };

static const struct option options[] = {
    {"classify", no_argument, NULL, OPTION_CLASSIFY},
    {"markdown", no_argument, NULL, OPTION_MARKDOWN},
    {"names", no_argument, NULL, OPTION_NAMES},
    {"pseudo", no_argument, NULL, OPTION_PSEUDO},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    OPTIONS_COMMON,
    {0},
};

struct request {
    int what; // 0, or the option that says what to print
    bool holes;
};

static int read_options(int argc, char **argv, struct request *r)
{
    static const char *const profiles[] = {"t32", "holes", NULL};
    int option, choice;
    *r = (struct request){0};
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case OPTION_CLASSIFY:
        case OPTION_MARKDOWN:
        case OPTION_NAMES:
        case OPTION_PSEUDO:
            r->what = option;
            break;
        case OPTION_PROFILE:
            if ((choice = option_choice("isa", "--profile", optarg, profiles)) < 0)
                return STATUS_USAGE;
            r->holes = choice == 1;
            break;
        default:
            return option_common(option, "isa", usage);
        }
    }
    if (r->what && optind < argc)
        return option_wrong("isa", "--classify, --markdown, --names and --pseudo take no NAME");
    return -1;
}

static int unknown(const char *name)
{
    const char *names[NAMES_MOST + 1] = {0};
    manual_all_names(names, NAMES_MOST);
    const char *near = option_near(name, names);
    if (near)
        return option_wrong("isa", "T32 has no '%.40s'; did you mean '%s'?", name, near);
    return option_wrong("isa", "T32 has no instruction, CSR or cause '%.40s'", name);
}

// ---- --classify

// "control-sensitive" and so on, as measured.
static const char *measured(const struct classified *row)
{
    return row->control ? "control" : row->behaviour ? "behaviour" : "no";
}

// A sensitive instruction that a monitor would not see: theorem 1 asks for none of them.
static bool is_hole(const struct classified *row)
{
    return (row->control || row->behaviour) && !row->privileged && !row->traps_u;
}

static void print_rows(const struct classified *rows, u32 count)
{
    printf("%-18s %-6s %-6s %-10s %-10s %s\n", "instruction", "in U", "in K", "privileged",
           "sensitive", "the tables say");
    for (const struct classified *row = rows; row < rows + count; row++)
        printf("%-18s %-6s %-6s %-10s %-10s %s%s\n", row->name, row->traps_u ? "traps" : "runs",
               row->traps_k ? "traps" : "runs", row->privileged ? "yes" : "no", measured(row),
               isa_class_name[row->claimed],
               !row->agrees   ? "   DISAGREES"
               : is_hole(row) ? "   a hole"
                              : "");
}

static void print_summary(const struct classified *rows, u32 count)
{
    u32 holes = 0;
    for (u32 i = 0; i < count; i++)
        holes += is_hole(&rows[i]);
    puts("\nResource-dependent, so not for this experiment to decide: lr.w and sc.w, because a "
         "reservation may be lost "
         "to whoever else\n"
         "runs (a program must expect that anyway); the counters, because they show how much time "
         "others took "
         "(scounteren is 0 here,\n"
         "so they trap in U).");
    if (holes)
        printf("\n%u sensitive instructions are not privileged. The condition of theorem 1 fails "
               "(it is sufficient, "
               "not necessary):\n"
               "trap-and-emulate alone cannot virtualize this machine.\n",
               (unsigned)holes);
    else
        puts("\nEvery sensitive instruction is privileged, or traps by its nature. By theorem 1 of "
             "Popek and Goldberg "
             "a virtual machine\n"
             "monitor can be built by trap-and-emulate.");
}

static int print_classes(bool holes)
{
    struct classified rows[CLASSIFIED_MOST];
    char error[160];
    u32 wrong = 0, count = classify(holes, rows, error, sizeof error);
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

int cmd_isa(int argc, char **argv)
{
    struct request r;
    int status = read_options(argc, argv, &r);
    if (status >= 0)
        return status;
    if (r.what == OPTION_CLASSIFY)
        return print_classes(r.holes);
    if (r.what == OPTION_MARKDOWN)
        manual_markdown(stdout);
    else if (r.what)
        manual_names(stdout, r.holes, r.what == OPTION_PSEUDO);
    else if (optind == argc)
        manual_list(stdout, r.holes);
    for (int i = optind; i < argc; i++) {
        if (i > optind)
            putchar('\n');
        if (!manual_entry(stdout, argv[i]))
            return unknown(argv[i]);
    }
    return STATUS_DONE;
}
