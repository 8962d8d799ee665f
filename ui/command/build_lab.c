// trapeze build: builds a submission to a lab as grading it would.
// Read next: ui/command/compare.c.
#include "ui/command/lab_request.h"

#include <stdio.h>
#include <stdlib.h>

static int build(const struct grade_request *r)
{
    char error[LAB_ERROR];
    struct build *b = malloc(sizeof *b);
    if (!b)
        return STATUS_INTERNAL;
    enum status why = grade_build(r, b, error, sizeof error);
    fputs(b->log, stdout);
    if (why != STATUS_DONE)
        fprintf(stderr, "trapeze build: %s\n", error);
    else
        puts(b->good ? "it builds" : "it does not build");
    if (why == STATUS_DONE && *box_weakness())
        printf("note: %s\n", box_weakness());
    bool good = b->good;
    build_clean(b);
    free(b);
    if (why != STATUS_DONE)
        return (int)why;
    return good ? STATUS_DONE : STATUS_FAILED;
}

int cmd_build(int argc, char **argv)
{
    struct command_line line;
    int status = options_read("build", argc, argv, &line);
    if (status < 0)
        status = options_one_operand("build", &line, "which lab? 'trapeze grade --list' lists them",
                                     "lab");
    if (status >= 0)
        return status;
    if (!lab_request_is_there("build", line.operands[0]))
        return STATUS_INPUT;
    struct lab_request r;
    lab_request_take(&r, line.operands[0], &line.value[OPTION_BUILD_SUBMISSION], NULL,
                     &line.value[OPTION_BUILD_TRUST]);
    return build(&r.grade);
}
