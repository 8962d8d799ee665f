// trapeze grade-all: grades the submissions of a whole course.
// Read next: ui/command/isa.c.
#include "scenarios/grade/course.h"
#include "scenarios/grade/csv.h"
#include "ui/command/lab_request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Reads a part such as "2/8", the second of eight parts. Returns false after a message.
static bool read_shard(const char *text, struct course_request *r)
{
    unsigned part, parts;
    char rest;
    r->shard = r->shards = 1;
    if (!text)
        return true;
    if (sscanf(text, "%7u/%7u%c", &part, &parts, &rest) != 2 || !part || part > parts) {
        option_wrong("grade-all", "--shard %s: K/N is wanted, as in 2/8", text);
        return false;
    }
    r->shard = part;
    r->shards = parts;
    return true;
}

static int print_seeds(const struct course_request *r)
{
    struct student *list;
    u32 count;
    char error[LAB_ERROR];
    if (!r->submissions && !r->roster)
        return option_wrong("grade-all", "--seeds: of whom? name --roster or --submissions");
    bool good = students_find(r, &list, &count, error, sizeof error);
    for (u32 i = 0; good && i < count; i++) {
        csv_field(stdout, list[i].name);
        printf(",%" PRIu64 "\n", list[i].seed);
    }
    students_free(list, count);
    if (!good)
        fprintf(stderr, "trapeze grade-all: %s\n", error);
    return good ? STATUS_DONE : STATUS_INPUT;
}

// Shows a test of one student, with the seed that the course has for that student.
static int explain(const struct course_request *r, const char *student, const char *test)
{
    struct student *list;
    u32 count, i = 0;
    char error[LAB_ERROR];
    if (!r->submissions)
        return option_wrong("grade-all", "--explain: where? name --submissions FOLDER, too");
    bool good = students_find(r, &list, &count, error, sizeof error);
    while (good && i < count && strcmp(list[i].name, student))
        i++;
    if (good && i == count)
        snprintf(error, sizeof error, "there is no student '%s'", student);
    char *folder = good && i < count ? file_join(r->submissions, student) : NULL;
    struct grade_request one = {
        .lab = r->lab, .submission = folder, .seed = folder ? list[i].seed : 0, .only = test};
    int status = folder ? replay_lab(&one, false) : STATUS_INPUT;
    if (!folder)
        fprintf(stderr, "trapeze grade-all: %s\n", error);
    free(folder);
    students_free(list, count);
    return status;
}

// Nothing is told if nobody was looked at, because a file or a folder is wrong.
static void tell_graded(const struct course_request *r, enum status ended, u32 graded)
{
    if (ended == STATUS_INPUT && !graded)
        return;
    fprintf(stderr, "trapeze grade-all: %u graded now", (unsigned)graded);
    if (ended != STATUS_INPUT && r->shards == 1)
        fprintf(stderr, "; the scores are in %s/summary.csv", r->out);
    fputc('\n', stderr);
}

// What one option asks for, the other one cannot give.
static const u8 contradictions[][2] = {
    {OPTION_ALL_SEEDS, OPTION_ALL_EXPLAIN},   {OPTION_ALL_SEEDS, OPTION_ALL_MERGE},
    {OPTION_ALL_SEEDS, OPTION_ALL_SHARD},     {OPTION_ALL_SEEDS, OPTION_ALL_REGRADE},
    {OPTION_ALL_SEEDS, OPTION_ALL_SIMILAR},   {OPTION_ALL_SEEDS, OPTION_ALL_STATS},
    {OPTION_ALL_EXPLAIN, OPTION_ALL_MERGE},   {OPTION_ALL_EXPLAIN, OPTION_ALL_SHARD},
    {OPTION_ALL_EXPLAIN, OPTION_ALL_REGRADE}, {OPTION_ALL_EXPLAIN, OPTION_ALL_SIMILAR},
    {OPTION_ALL_EXPLAIN, OPTION_ALL_STATS},   {OPTION_ALL_MERGE, OPTION_ALL_SHARD},
    {OPTION_ALL_MERGE, OPTION_ALL_REGRADE},   {OPTION_ALL_SHARD, OPTION_ALL_SIMILAR},
    {OPTION_ALL_SHARD, OPTION_ALL_STATS},     {OPTION_ALL_SECRET, OPTION_ALL_SEED},
};

int cmd_grade_all(int argc, char **argv)
{
    struct command_line line;
    const struct option_value *value = line.value;
    int status = options_read("grade-all", argc, argv, &line);
    if (status < 0)
        status = options_contradict("grade-all", &line, contradictions,
                                    sizeof contradictions / sizeof *contradictions);
    const char *student = status < 0 ? value[OPTION_ALL_EXPLAIN].text : NULL;
    bool names_test = student && line.operand_count == 2;
    if (status < 0 && student && !names_test)
        return option_wrong("grade-all",
                            "--explain %s: a lab and a test are wanted, as in 'trapeze "
                            "grade-all LAB TEST --explain STUDENT'",
                            student);
    if (status < 0 && !student)
        status = options_one_operand("grade-all", &line,
                                     "which lab? 'trapeze grade --list' lists them", "lab");
    if (status >= 0)
        return status;
    struct course_request r = {
        .lab = line.operands[0],
        .submissions = value[OPTION_ALL_SUBMISSIONS].text,
        .out = value[OPTION_ALL_OUT].text,
        .roster = value[OPTION_ALL_ROSTER].text,
        .secret = value[OPTION_ALL_SECRET].text,
        .seed = value[OPTION_ALL_SEED].number,
        .jobs = (u32)value[OPTION_ALL_JOBS].number,
        .merge = value[OPTION_ALL_MERGE].given,
        .regrade = value[OPTION_ALL_REGRADE].given,
        .similar = value[OPTION_ALL_SIMILAR].given,
        .stats = value[OPTION_ALL_STATS].given,
    };
    if (student)
        return explain(&r, student, line.operands[1]);
    if (value[OPTION_ALL_SEEDS].given)
        return print_seeds(&r);
    if (!r.submissions || !r.out)
        return option_wrong("grade-all", "--submissions FOLDER and --out FOLDER are wanted");
    if (!read_shard(value[OPTION_ALL_SHARD].text, &r))
        return STATUS_USAGE;
    u32 graded;
    char error[LAB_ERROR];
    enum status ended = course_grade(&r, &graded, error, sizeof error);
    tell_graded(&r, ended, graded);
    if (ended != STATUS_DONE)
        fprintf(stderr, "trapeze grade-all: %s\n", error);
    return (int)ended;
}
