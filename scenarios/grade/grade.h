// Grading: the script of a lab (labs/NAME/grade.lua, a scenario that also has submission() and
// `task`) judges a folder. The script runs in a child process whose processor time, memory and
// output are limited, so the grader itself always gets to an end. To the script a submission is
// data: code that a student wrote runs inside the simulated machine only.
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

// Carries out `task`: "grade" judges the folder `submission`, "sheet" prints the exercise, "key"
// prints the right answers. Returns false, with a message and the kind of failure in *why, if there
// is no result: there is no such lab or folder, or the lab's own script has an error.
bool grade_run(const char *lab, const char *task, const char *submission, u64 seed,
               struct grade *grade, enum status *why, char *error, size_t error_size);
void grade_free(struct grade *grade);

// The grade as a report: malloc'ed text that ends with a line end, or NULL if memory is lacking.
char *grade_text(const struct grade *grade);
char *grade_json(const struct grade *grade);
// The results.json of Gradescope's autograder specification.
char *grade_gradescope(const struct grade *grade);

// Lists the labs that trapeze finds, each with its name and title. scenario_list_free frees the
// list.
u32 grade_labs(struct scenario_entry **list);

#endif
