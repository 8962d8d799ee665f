// trapeze grade: judges a student's submission to a lab. Read next: scenarios/grade/grade.h,
// labs/README.md.
#include "scenarios/grade/grade.h"
#include "ui/command/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: trapeze grade LAB [OPTIONS]\n"
    "       trapeze grade --list\n"
    "\n"
    "Grades a lab: one of those that come with trapeze, or a folder with a grade.lua.\n"
    "\n"
    "  --submission DIR                what the student handed in (the current folder)\n"
    "  --seed N                        which set of programs (1)\n"
    "  --format text|json|gradescope   of the report (text)\n"
    "  --sheet                         print the work sheet of this seed instead of grading\n"
    "  --key                           print the right answers of this seed instead of grading\n"
    "  --list                          the labs that are there\n"
    "\n"
    "Exit status: 0 full marks; 1 less; 2 usage; 3 no such lab or folder, or the lab's script has "
    "an error.\n";

struct request {
    const char *lab, *submission, *task;
    u64 seed;
    char *(*report)(const struct grade *grade);
    bool list;
};

enum {
    GRADE_SUBMISSION = OPTION_OWN,
    GRADE_SEED,
    GRADE_FORMAT,
    GRADE_SHEET,
    GRADE_KEY,
    GRADE_LIST
};

static bool read_option(struct request *r, int option)
{
    static const char *const formats[] = {"text", "json", "gradescope", NULL};
    static char *(*const reports[])(const struct grade *) = {grade_text, grade_json,
                                                             grade_gradescope};
    int format;
    switch (option) {
    case GRADE_SUBMISSION:
        r->submission = optarg;
        return true;
    case GRADE_SEED:
        return option_number("grade", "--seed", optarg, 1, UINT64_MAX >> 1, &r->seed);
    case GRADE_FORMAT:
        format = option_choice("grade", "--format", optarg, formats);
        r->report = format < 0 ? NULL : reports[format];
        return format >= 0;
    case GRADE_SHEET:
    case GRADE_KEY:
        r->task = option == GRADE_SHEET ? "sheet" : "key";
        return true;
    default:
        return r->list = true;
    }
}

// -1: go on; else the status to leave with.
static int read_options(struct request *r, int argc, char **argv)
{
    static const struct option options[] = {
        {"submission", required_argument, NULL, GRADE_SUBMISSION},
        {"seed", required_argument, NULL, GRADE_SEED},
        {"format", required_argument, NULL, GRADE_FORMAT},
        {"sheet", no_argument, NULL, GRADE_SHEET},
        {"key", no_argument, NULL, GRADE_KEY},
        {"list", no_argument, NULL, GRADE_LIST},
        OPTIONS_COMMON,
        {0},
    };
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option < OPTION_OWN)
            return option_common(option, "grade", usage);
        if (!read_option(r, option))
            return STATUS_USAGE;
    }
    if (r->list)
        return -1;
    if (optind >= argc)
        return option_wrong("grade", "which lab? 'trapeze grade --list' lists them");
    if (optind + 1 < argc)
        return option_wrong("grade", "one lab at a time: '%s' is one too many", argv[optind + 1]);
    r->lab = argv[optind];
    return -1;
}

static int list_labs(void)
{
    struct scenario_entry *list;
    u32 count = grade_labs(&list);
    for (u32 i = 0; i < count; i++)
        printf("%-20s %s\n", list[i].path, list[i].title);
    if (!count)
        fputs("trapeze grade: there are no labs here\n", stderr);
    scenario_list_free(list, count);
    return count ? STATUS_DONE : STATUS_INPUT;
}

static int report(const struct request *r, const struct grade *grade)
{
    if (strcmp(r->task, "grade")) {
        fputs(grade->output, stdout);
        return STATUS_DONE;
    }
    char *text = r->report(grade);
    if (!text) {
        fputs("trapeze grade: not enough memory for the report\n", stderr);
        return STATUS_INTERNAL;
    }
    fputs(text, stdout);
    free(text);
    for (u32 i = 0; i < grade->count; i++)
        if (!grade->tests[i].passed)
            return STATUS_FAILED;
    return STATUS_DONE;
}

int cmd_grade(int argc, char **argv)
{
    struct request r = {.submission = ".", .task = "grade", .seed = 1, .report = grade_text};
    int status = read_options(&r, argc, argv);
    if (status >= 0)
        return status;
    if (r.list)
        return list_labs();
    struct grade grade;
    enum status why;
    char error[WORLD_ERROR];
    bool graded = grade_run(r.lab, r.task, strcmp(r.task, "grade") ? NULL : r.submission, r.seed,
                            &grade, &why, error, sizeof error);
    if (!graded) {
        fprintf(stderr, "trapeze grade: %s\n", error);
        return (int)why;
    }
    status = report(&r, &grade);
    grade_free(&grade);
    return status;
}
