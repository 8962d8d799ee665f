// Grading: a lab's script (labs/NAME/grade.lua, a scenario with submission() and `task`) judges a
// folder. It runs in a child process with limits on processor time, memory and output, so whatever
// happens to it, there is a result. A submission is data to it; no code of a student's runs outside
// the simulated machine.
//
//     parent:  fork -------------------------- reads at most so much, waits at most so long --> struct grade --> text, JSON
//                 \-- child: limits, scenario_open, scenario_advance ... --> JSON through a pipe
#ifndef SCENARIOS_GRADE_GRADE_H
#define SCENARIOS_GRADE_GRADE_H

#include "scenarios/script/scenario.h"

struct grade_test {
    char *name, *message;
    double points, earned;
    bool passed;
};

struct grade {
    struct grade_test *tests;
    u32 count;
    double points, earned;
    double seconds; // of the host
    char *output;   // what the script printed
    char *title;
};

// task: "grade" (submission: the folder), "sheet" or "key". False, and a message with the kind of
// failure in *why, if there is no result: no such lab, the folder is none, or the lab's own script
// has an error.
bool grade_run(const char *lab, const char *task, const char *submission, u64 seed,
               struct grade *grade, enum status *why, char *error, size_t error_size);
void grade_free(struct grade *grade);

// Reports, malloc'ed, closed by a line end. NULL: out of memory.
char *grade_text(const struct grade *grade);
char *grade_json(const struct grade *grade);
char *grade_gradescope(
    const struct grade *grade); // results.json of Gradescope's autograder specification

// The labs there are: name and title. Freed with scenario_list_free.
u32 grade_labs(struct scenario_entry **list);

#endif
