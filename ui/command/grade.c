// trapeze grade: judges a student's submission to a lab. Read next: scenarios/grade/grade.h,
// labs/README.md.
#include "scenarios/grade/grade.h"
#include "ui/command/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request {
    const char *lab, *submission;
    const char *task; // what the lab's script is to do: "grade", "sheet" or "key"
    u64 seed;
    char *(*report)(const struct grade *grade);
};

// Returns -1 if there is a lab to run, else the exit status.
static int take_request(const struct command_line *line, struct request *r)
{
    // in the order of word_formats
    static char *(*const reports[])(const struct grade *) = {grade_text, grade_json,
                                                             grade_gradescope};
    const struct option_value *value = line->value;
    int status =
        options_one_operand("grade", line, "which lab? 'trapeze grade --list' lists them", "lab");
    if (status >= 0)
        return status;
    *r = (struct request){
        .lab = line->operands[0],
        .submission = value[OPTION_GRADE_SUBMISSION].text,
        .task = "grade",
        .seed = value[OPTION_GRADE_SEED].number,
        .report = reports[value[OPTION_GRADE_FORMAT].number],
    };
    if (value[OPTION_GRADE_SHEET].given)
        r->task = "sheet";
    if (value[OPTION_GRADE_KEY].given)
        r->task = "key";
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
    struct command_line line;
    struct request r;
    int status = options_read("grade", argc, argv, &line);
    if (status < 0 && line.value[OPTION_GRADE_LIST].given)
        return list_labs();
    if (status < 0)
        status = take_request(&line, &r);
    if (status >= 0)
        return status;
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
