// trapeze isa: the manual of the toy ISA, from its tables. Read next: isa/manual.c.
#include "isa/manual.h"
#include "ui/options.h"

#include <getopt.h>
#include <stdio.h>

#define NAMES_MOST 256

static const char usage[] =
    "usage: trapeze isa [NAME...] [--profile t32|holes]\n"
    "       trapeze isa --markdown\n\n"
    "Alone: every instruction, pseudo-instruction, CSR and trap cause, a line each. With a NAME (addi, satp, 0x180,\n"
    "store-page-fault): all that the tables know of it.\n\n"
    "      --markdown      the whole ISA manual, as Markdown\n"
    "      --names         instructions and their operands, separated by a tab, for scripts\n"
    "      --pseudo        the same of the pseudo-instructions\n"
    "      --profile NAME  t32 (default), or holes: with the sensitive unprivileged instructions\n"
    "      --help, --version\n";

enum { OPTION_MARKDOWN = OPTION_OWN, OPTION_NAMES, OPTION_PSEUDO, OPTION_PROFILE };

static const struct option options[] = {
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
        return option_wrong("isa", "a NAME and --%s do not go together", r->what == OPTION_MARKDOWN ? "markdown" : "names");
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

int cmd_isa(int argc, char **argv)
{
    struct request r;
    int status = read_options(argc, argv, &r);
    if (status >= 0)
        return status;
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
