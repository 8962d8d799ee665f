// trapeze grade: judges a student's submission to a lab.
// Read next: ui/command/grade_all.c.
#include "scenarios/grade/report.h"
#include "ui/command/lab_request.h"

#include <stdio.h>
#include <stdlib.h>

static int fail(const char *error, enum status why)
{
    fprintf(stderr, "trapeze grade: %s\n", error);
    return (int)why;
}

static int list_labs(void)
{
    struct scenario_entry *list;
    u32 count = lab_list(&list);
    for (u32 i = 0; i < count; i++)
        printf("%-20s %s\n", list[i].path, list[i].title);
    scenario_list_free(list, count);
    return count ? STATUS_DONE : fail("there are no labs here", STATUS_INPUT);
}

static void take_request(const struct command_line *line, struct lab_request *r)
{
    lab_request_take(r, line->operands[0], &line->value[OPTION_GRADE_SUBMISSION],
                     &line->value[OPTION_GRADE_SEED], &line->value[OPTION_GRADE_TRUST]);
}

static int print_instead(const struct command_line *line, enum lab_task task)
{
    char error[LAB_ERROR];
    struct lab_request r;
    take_request(line, &r);
    enum status why = grade_print(r.grade.lab, task, r.grade.seed, error, sizeof error);
    return why == STATUS_DONE ? STATUS_DONE : fail(error, why);
}

static int grade(const struct command_line *line)
{
    const struct option_value *value = line->value;
    struct lab_request request;
    take_request(line, &request);
    struct grade_request r = request.grade;
    r.only = value[OPTION_GRADE_ONLY].text;
    r.tag = value[OPTION_GRADE_TAG].text;
    r.failed = value[OPTION_GRADE_FAILED].text;
    r.timing = value[OPTION_GRADE_TIMING].given;
    r.only_case = (u32)value[OPTION_GRADE_CASE].number;
    if (r.only_case && !r.only)
        return option_wrong("grade", "--case %u: of which test? say --only TEST too",
                            (unsigned)r.only_case);
    const struct report_format *format = report_format_find(value[OPTION_GRADE_FORMAT].text);
    if (format->records && (r.only || r.tag || r.failed))
        return option_wrong("grade",
                            "--format %s is for a grade, and a part of the tests is none; "
                            "take text or json",
                            format->name);
    if (r.timing && !format->times)
        return option_wrong("grade",
                            "--format %s has no place for times; take text, json, junit or "
                            "gradescope",
                            format->name);
    enum status why;
    char error[LAB_ERROR];
    struct grade *g = grade_run(&r, &why, error, sizeof error);
    if (!g)
        return fail(error, why);
    char *text = report_make(format, g);
    bool full = g->earned == g->points;
    free(g);
    if (!text)
        return fail("not enough memory for the report", STATUS_LIMIT);
    fputs(text, stdout);
    free(text);
    return full ? STATUS_DONE : STATUS_FAILED;
}

// Each of these options asks for something else to be printed, or for another part of the tests.
static const u8 contradictions[][2] = {
    {OPTION_GRADE_LIST, OPTION_GRADE_SHEET},   {OPTION_GRADE_LIST, OPTION_GRADE_KEY},
    {OPTION_GRADE_LIST, OPTION_GRADE_FORMAT},  {OPTION_GRADE_LIST, OPTION_GRADE_ONLY},
    {OPTION_GRADE_LIST, OPTION_GRADE_TAG},     {OPTION_GRADE_LIST, OPTION_GRADE_FAILED},
    {OPTION_GRADE_LIST, OPTION_GRADE_TIMING},  {OPTION_GRADE_SHEET, OPTION_GRADE_KEY},
    {OPTION_GRADE_SHEET, OPTION_GRADE_FORMAT}, {OPTION_GRADE_SHEET, OPTION_GRADE_ONLY},
    {OPTION_GRADE_SHEET, OPTION_GRADE_TAG},    {OPTION_GRADE_SHEET, OPTION_GRADE_FAILED},
    {OPTION_GRADE_SHEET, OPTION_GRADE_TIMING}, {OPTION_GRADE_KEY, OPTION_GRADE_FORMAT},
    {OPTION_GRADE_KEY, OPTION_GRADE_ONLY},     {OPTION_GRADE_KEY, OPTION_GRADE_TAG},
    {OPTION_GRADE_KEY, OPTION_GRADE_FAILED},   {OPTION_GRADE_KEY, OPTION_GRADE_TIMING},
};

int cmd_grade(int argc, char **argv)
{
    struct command_line line;
    int status = options_read("grade", argc, argv, &line);
    if (status < 0)
        status = options_contradict("grade", &line, contradictions,
                                    sizeof contradictions / sizeof *contradictions);
    if (status < 0 && line.value[OPTION_GRADE_LIST].given)
        return line.operand_count ? option_wrong("grade", "--list lists all labs; name no lab")
                                  : list_labs();
    if (status < 0)
        status = options_one_operand("grade", &line, "which lab? 'trapeze grade --list' lists them",
                                     "lab");
    if (status >= 0)
        return status;
    if (!lab_request_is_there("grade", line.operands[0]))
        return STATUS_INPUT;
    if (line.value[OPTION_GRADE_SHEET].given)
        return print_instead(&line, LAB_SHEET);
    if (line.value[OPTION_GRADE_KEY].given)
        return print_instead(&line, LAB_KEY);
    return grade(&line);
}
