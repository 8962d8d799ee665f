// Grading: a lab's script (labs/NAME/lab.lua) judges what a student handed in. The script first
// declares its tests. Then each test runs in a child process of its own, with its own limit in
// machine steps:
//
//     parent   fork --> child: declares                     which tests are there?
//              fork --> child: runs test 1 --> its verdict  a test that never ends, or crashes,
//              fork --> child: runs test 2 --> its verdict  loses its own points and no others
//              ...
//
// A child shares one struct lab with its parent and has nothing else to say. Limits of the host
// (time, memory) are far away; if one strikes, there is no grade, because a slow host must not cost
// points.
// Read next: scenarios/twin/twin.h.
#ifndef SCENARIOS_GRADE_GRADE_H
#define SCENARIOS_GRADE_GRADE_H

#include "scenarios/grade/build.h"
#include "scenarios/script/lab.h"
#include "scenarios/script/scenario.h"

enum grade_status { GRADE_PASS, GRADE_PARTIAL, GRADE_FAIL, GRADE_BLOCKED };
extern const char *const grade_statuses[]; // "pass", "partial", "fail", "blocked"

struct grade_test {
    struct lab_test declared;
    struct lab_verdict verdict;
    enum grade_status status;
    double seconds; // that the test took on this host
};

struct grade {
    char lab[LAB_NAME], title[LAB_TEXT];
    u64 seed;
    u32 points, earned; // of the tests that ran
    bool whole;         // all tests ran, all cases of them: this is a grade
    bool timed;         // reports tell test[].seconds, which differ from run to run
    u64 lab_hash, submission_hash;
    bool builds;                     // the submission is no code, or it builds
    char log[4096];                  // why it does not build
    char toolchain[BUILD_TOOLCHAIN]; // with which it was built; "": it is no code
    const char *box;                 // what the box of the compiler lacks; "": nothing, or no code
    u32 count;
    struct grade_test test[LAB_TESTS_MAX];
};

struct grade_request {
    const char *lab;        // a name, or a folder with a lab.lua
    const char *submission; // the folder
    u64 seed;
    // Which tests run. A test that is chosen brings those with it that it comes after. What is NULL
    // chooses nothing; if nothing chooses, all tests run, and only that is a grade.
    const char *only;   // the test of this name
    const char *tag;    // the tests that have this tag
    const char *failed; // a report in JSON: the tests that did not pass there
    u32 only_case;      // of `only`; 0: all
    bool trust;         // build without a box where the host has none
    bool timing;        // reports tell how long each test took
};

// Grades. Returns NULL if there is no grade: STATUS_USAGE (there is no such test), STATUS_INPUT
// (there is no such lab or folder, or lab.lua has an error), STATUS_LIMIT (a limit of the host
// struck) or STATUS_INTERNAL, with a message. The caller frees it with free().
struct grade *grade_run(const struct grade_request *r, enum status *why, char *error,
                        size_t error_size);

// Builds a submission as grading it would, and runs no test. b->log says what the compiler said.
// Returns as build_run does; STATUS_USAGE if the lab has nothing to build.
enum status grade_build(const struct grade_request *r, struct build *b, char *error,
                        size_t error_size);

// Prints the exercise (LAB_SHEET) or the right answers (LAB_KEY) of a seed to standard output.
// Returns the exit status, after a message in `error` if that is not STATUS_DONE.
enum status grade_print(const char *lab, enum lab_task task, u64 seed, char *error,
                        size_t error_size);

// Finds the lab's script (malloc'ed, also if the rest fails) and learns what it declares.
// Returns false, with a message in `error`, if there is no such lab or submission, or if the
// script has an error.
bool grade_open(const struct grade_request *r, char **script, struct lab *lab, enum status *why,
                char *error, size_t error_size);

// ---- one case, to be looked at (replay.c)

struct grade_replay {
    char *script;
    u64 seed;
    u32 test;
    // What scenario_open takes as options.lab, for the task LAB_REPLAY.
    struct lab lab;
    struct build build; // of the submission; replay_clean removes it
    bool passed;
    struct lab_verdict verdict;
    u64 moment; // scenario_steps at the scene of the failure; 0: there is none, so at the end
};

// Builds the submission and runs the case: r->only_case of the test r->only, or with 0 the first
// that fails. Returns NULL and a message as grade_run does; STATUS_FAILED: it does not build.
struct grade_replay *replay_prepare(const struct grade_request *r, enum status *why, char *error,
                                    size_t error_size);
void replay_clean(struct grade_replay *p);

// ---- which tests run (select.c)

// Marks the tests that the request chooses, and the tests that must pass before them. Returns
// false, with a message in `error`, if no test is chosen (STATUS_USAGE) or the report cannot be
// read (STATUS_INPUT).
bool select_tests(const struct grade *g, const struct grade_request *r, bool wanted[LAB_TESTS_MAX],
                  enum status *why, char *error, size_t error_size);
// Returns true if the test has the case r->only_case. Otherwise `error` says that the test has
// fewer cases.
bool select_has_case(const struct lab_test *t, const struct grade_request *r, char *error,
                     size_t error_size);
// The number of the test of this name, from 0; g->count: there is none.
u32 select_find(const struct grade *g, const char *name);

// ---- labs (labs.c)

// Returns the path of the lab's script, malloc'ed. Returns NULL, with a message in `error`, if
// there is no such lab.
char *lab_find(const char *name, char *error, size_t error_size);
// The labs that come with trapeze. scenario_list_free frees the list.
u32 lab_list(struct scenario_entry **list);
// Reads a student's handout: a folder with the lab's name in the file `lab` and the student's
// seed in the file `seed` (labs/handout). Returns false if this folder is no handout.
bool lab_handout(const char *folder, char name[LAB_NAME], u64 *seed);
// Returns true if the grader may read the folder and the files that the lab names in it. A file
// that is missing, or that is no plain file, is the student's mistake and counts as readable. If
// the host does not let the grader read a file, returns false, with a message in `error`.
bool lab_can_read(const char *folder, const struct lab *declared, char *error, size_t error_size);
// A hash of all that decides a grade: the lab's own files, or the files handed in.
u64 lab_hash_folder(const char *folder, const struct lab *declared);

// ---- the child (child.c)

// Runs the script for one task in a child process. *lab says what is wanted, and becomes what
// the child made of it. Returns false, with a message in `error`, if a limit of the host was
// met, or if the child did not end normally.
bool child_run(const char *script, struct lab *lab, u64 seed, enum status *why, char *error,
               size_t error_size);

#endif
