// Grading a course: a folder with a folder for each student, graded by several processes at once.
//
//     SUBMISSIONS/ada/answers.txt   --> OUT/ada.json           the whole report, kept
//     SUBMISSIONS/bob/answers.txt   --> OUT/bob.json           and OUT/bob.txt, the same for people
//                                       OUT/summary.csv        a line for each student
//
// A report that is there, of the same lab, submission and seed, is not made again, so a run that
// was interrupted goes on where it stopped. A run that gave no grade never replaces one that did.
#ifndef SCENARIOS_GRADE_COURSE_H
#define SCENARIOS_GRADE_COURSE_H

#include "scenarios/grade/grade.h"
#include "scenarios/host/files.h"

struct course_request {
    const char *lab, *submissions, *out;
    const char *roster; // a file: the first field of each line is a student; NULL: the folders
    const char *secret; // a file: each student's seed follows from it; NULL: all have `seed`
    u64 seed;
    u32 jobs;          // processes at once
    u32 shard, shards; // grade only every shards-th student, from number shard (from 1) on
    bool merge;        // grade nobody: write the summary of all reports that are there
    bool regrade;      // make every report again, and tell in changes.csv whose score changed
    bool similar;      // write similar.csv: which submissions are alike
    bool stats;        // print which tests and messages there are how often
};

struct student {
    char *name;
    u64 seed;
};

// Grades. *graded: how many were. Returns STATUS_DONE; STATUS_INPUT if a folder or a file is wrong
// or the lab has an error; STATUS_LIMIT if somebody could not be graded here.
enum status course_grade(const struct course_request *r, u32 *graded, char *error,
                         size_t error_size);

// ---- student.c

// Who is to be graded, in the order of their names. False and a message: a file or folder is wrong.
bool students_find(const struct course_request *r, struct student **list, u32 *count, char *error,
                   size_t error_size);
void students_free(struct student *list, u32 count);

// ---- summary.c

// Writes summary.csv from the reports, and the statistics to standard output if they are wanted.
// False and a message: it cannot be written.
bool summary_write(const struct course_request *r, const struct student *list, u32 count,
                   char *error, size_t error_size);
// The score in a student's report of this lab; -1: there is none. *same: it is of this submission
// and seed.
double report_score(const struct course_request *r, const struct student *s, u64 lab_hash,
                    u64 submission_hash, bool *same);
// file_out_open for a file of r->out. A link that somebody has put in its place is replaced, and
// what it leads to stays as it is.
bool report_open(struct file_out *out, const char *path, char *error, size_t error_size);
char *report_path(const struct course_request *r, const char *student, const char *ending);
// Did the tests of both run the same number of machine steps, test by test? Two VMMs of which one
// was written anew do not. False as well if one of them has no report, or nothing ran.
bool report_same_run(const struct course_request *r, const struct student *a,
                     const struct student *b);
// A field of a CSV line (RFC 4180).
void csv_field(FILE *to, const char *text);

// ---- similar.c

// Writes similar.csv: the pairs of students whose source files are alike, or whose VMMs ran alike.
// False and a message: it cannot be written.
bool similar_write(const struct course_request *r, const struct lab *lab, const char *lab_folder,
                   const struct student *students, u32 count, char *error, size_t error_size);

#endif
