// Grading a course: a folder with a folder for each student, graded by several processes at once.
//
//     SUBMISSIONS/ada/answers.txt   --> OUT/ada.json           the whole report, kept
//     SUBMISSIONS/bob/answers.txt   --> OUT/bob.json           and OUT/bob.txt, the same for people
//                                       OUT/summary.csv        a line for each student
//
// If there is a report of the same lab, submission and seed already, it is not made again. So a
// run that was interrupted goes on where it stopped. A run that gave no grade never replaces a
// report that has one. With `regrade` every report is made again, and the earlier reports stay
// in OUT/before. They stay the same however often the regrade is interrupted.
#ifndef SCENARIOS_GRADE_COURSE_H
#define SCENARIOS_GRADE_COURSE_H

#include "scenarios/grade/grade.h"
#include "scenarios/host/files.h"

#define COURSE_JOBS_MOST 256
#define REPORT_MOST (4u << 20) // bytes of a report

struct course_request {
    const char *lab, *submissions, *out;
    // A CSV file: the first field of each line is the name of a student. A first line that
    // begins with "student" is a heading. NULL: each folder stands for a student.
    const char *roster;
    const char *secret; // a file from which each student's seed follows; NULL: all have `seed`
    u64 seed;
    u32 jobs;          // how many processes run at once: at most COURSE_JOBS_MOST
    u32 shard, shards; // grade only every shards-th student, from number shard (from 1) on
    bool merge;        // grade nobody: write the summary of all parts
    bool regrade;      // make every report again, and tell in changes.csv whose score changed
    bool similar;      // write similar.csv: which submissions are similar
    bool stats;        // print the statistics
};

struct student {
    char *name;
    u64 seed;
};

// Grades the course. *graded becomes the number of students that were graded. Returns
// STATUS_DONE; STATUS_INPUT if a folder or a file is wrong, or if the lab has an error;
// STATUS_LIMIT if a student could not be graded on this host, or if a part that was to be merged
// is missing.
enum status course_grade(const struct course_request *r, u32 *graded, char *error,
                         size_t error_size);

// ---- student.c

// Finds the students to grade, in the order of their names. Returns false, with a message in
// `error`, if a file or folder is wrong.
bool students_find(const struct course_request *r, struct student **list, u32 *count, char *error,
                   size_t error_size);
// Returns true if the student has handed in a folder. A link does not count, because it could
// lead to the folder of another student.
bool student_has_folder(const struct course_request *r, const char *name);
void students_free(struct student *list, u32 count);

// ---- summary.c

// Writes summary.csv from the reports. stale[i] is true if the report of list[i] belongs to an
// earlier submission of that student. Returns false, with a message in `error`, if the file
// cannot be written.
bool summary_write(const struct course_request *r, const struct student *list, u32 count,
                   const bool *stale, char *error, size_t error_size);
// Returns the score in a student's report of this lab; -1 if there is no report. *same becomes
// true if the report is of this submission and seed.
double report_score(const struct course_request *r, const struct student *s, u64 lab_hash,
                    u64 submission_hash, bool *same);
// Opens a file of r->out, as file_out_open does. If the path is a link, the new file replaces
// the link, and the file that the link leads to stays as it is.
bool report_open(struct file_out *out, const char *path, char *error, size_t error_size);
char *report_path(const struct course_request *r, const char *student, const char *ending);
// Returns true if the tests of both students ran the same number of machine steps, test by test.
// Two VMMs that were written independently differ in that. Returns false, too, if a student has
// no report, or if nothing ran.
bool report_same_run(const struct course_request *r, const struct student *a,
                     const struct student *b);

// ---- statistics.c

// Prints how many students pass each test, and for which reasons most of them lost points. The
// lab's folder has expected.txt, with words of the mistakes that the lab knows; it may be missing.
void statistics_print(const struct course_request *r, const struct student *list, u32 count,
                      const char *lab_folder);

// ---- part.c

// Writes which scores have changed since `before` (-1: there was no score). Writes them to
// changes.csv, or for a shard to the file that says that this part is complete. Returns false,
// with a message in `error`, if that file cannot be written.
bool changes_write(const struct course_request *r, const struct student *students, u32 count,
                   const double *before, char *error, size_t error_size);
// Returns true if all parts of a course are complete, or if there are no parts. Otherwise a
// message in `error` says which parts are missing.
bool parts_are_whole(const struct course_request *r, char *error, size_t error_size);
// Writes changes.csv from the files of the parts, if the parts made reports again. Returns
// false, with a message in `error`, if it cannot be written.
bool parts_merge_changes(const struct course_request *r, const struct student *students, u32 count,
                         char *error, size_t error_size);
// Removes the files of the parts, which are no longer needed.
void parts_remove(const struct course_request *r);

// ---- similar.c

// Writes similar.csv: the pairs of students whose source files are similar, or whose VMMs made
// similar runs. Returns false, with a message in `error`, if it cannot be written.
bool similar_write(const struct course_request *r, const struct lab *lab, const char *lab_folder,
                   const struct student *students, u32 count, char *error, size_t error_size);

#endif
