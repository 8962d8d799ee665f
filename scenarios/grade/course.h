// Grading a course: a folder with a folder for each student, graded by several processes at once.
//
//     SUBMISSIONS/ada/answers.txt   --> OUT/ada.json           the whole report, kept
//     SUBMISSIONS/bob/answers.txt   --> OUT/bob.json           and OUT/bob.txt, the same for people
//                                       OUT/summary.csv        a line for each student
//
// A report that is there, of the same lab, submission and seed, is not made again, so a run that
// was interrupted goes on where it stopped. A run that gave no grade never replaces one that did.
// A report that is made again (`regrade`) leaves the earlier one in OUT/before, which stays the
// same however often the regrade is interrupted.
#ifndef SCENARIOS_GRADE_COURSE_H
#define SCENARIOS_GRADE_COURSE_H

#include "scenarios/grade/grade.h"
#include "scenarios/host/files.h"

#define COURSE_JOBS_MOST 256
#define REPORT_MOST (4u << 20) // bytes of a report

struct course_request {
    const char *lab, *submissions, *out;
    // A CSV file: the first field of each line is a student. A first line that begins with
    // "student" is a heading. NULL: the folders are the students.
    const char *roster;
    const char *secret; // a file: each student's seed follows from it; NULL: all have `seed`
    u64 seed;
    u32 jobs;          // processes at once, at most COURSE_JOBS_MOST
    u32 shard, shards; // grade only every shards-th student, from number shard (from 1) on
    bool merge;        // grade nobody: write the summary of all parts
    bool regrade;      // make every report again, and tell in changes.csv whose score changed
    bool similar;      // write similar.csv: which submissions are alike
    bool stats;        // print the statistics
};

struct student {
    char *name;
    u64 seed;
};

// Grades. *graded: how many were. Returns STATUS_DONE; STATUS_INPUT if a folder or a file is wrong
// or the lab has an error; STATUS_LIMIT if somebody could not be graded here, or if a part is
// missing that was to be merged.
enum status course_grade(const struct course_request *r, u32 *graded, char *error,
                         size_t error_size);

// ---- student.c

// Who is to be graded, in the order of their names. False and a message: a file or folder is wrong.
bool students_find(const struct course_request *r, struct student **list, u32 *count, char *error,
                   size_t error_size);
// Has the student handed in a folder? A link is none: it could lead to somebody else's.
bool student_has_folder(const struct course_request *r, const char *name);
void students_free(struct student *list, u32 count);

// ---- summary.c

// Writes summary.csv from the reports. stale[i]: the report of list[i] is not of what that student
// has handed in now. False and a message: it cannot be written.
bool summary_write(const struct course_request *r, const struct student *list, u32 count,
                   const bool *stale, char *error, size_t error_size);
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

// ---- statistics.c

// Prints how many students pass each test, and for which reasons most of them lost points. The
// lab's folder has expected.txt, with words of the mistakes that the lab knows; it may be missing.
void statistics_print(const struct course_request *r, const struct student *list, u32 count,
                      const char *lab_folder);

// ---- part.c

// Writes which scores are no longer those of before (-1: there was none): to changes.csv, or for a
// shard to the file that says that this part has come to its end. False and a message: it cannot be
// written.
bool changes_write(const struct course_request *r, const struct student *students, u32 count,
                   const double *before, char *error, size_t error_size);
// Have all parts of a course come to their end? Also true if there are no parts. False and a
// message that says which are missing.
bool parts_are_whole(const struct course_request *r, char *error, size_t error_size);
// Writes changes.csv from the files of the parts, if they made reports again. False and a message:
// it cannot be written.
bool parts_merge_changes(const struct course_request *r, const struct student *students, u32 count,
                         char *error, size_t error_size);
// Removes the files of the parts, which have done their work.
void parts_remove(const struct course_request *r);

// ---- similar.c

// Writes similar.csv: the pairs of students whose source files are alike, or whose VMMs ran alike.
// False and a message: it cannot be written.
bool similar_write(const struct course_request *r, const struct lab *lab, const char *lab_folder,
                   const struct student *students, u32 count, char *error, size_t error_size);

#endif
