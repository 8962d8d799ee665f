// What the commands grade, build and replay have in common: which lab, which submission, which
// seed.
#ifndef UI_COMMAND_LAB_REQUEST_H
#define UI_COMMAND_LAB_REQUEST_H

#include "scenarios/grade/grade.h"
#include "ui/command/options.h"

struct lab_request {
    struct grade_request grade;
    char name[LAB_NAME]; // of the lab, if a handout says it
};

// Takes the operand, --submission, and --seed (NULL: the command has none). In the folder of a
// handout, lab and seed are those of the handout, and the submission is that folder, unless an
// option says another one.
void lab_request_take(struct lab_request *r, const char *operand,
                      const struct option_value *submission, const struct option_value *seed,
                      const struct option_value *trust);

// trapeze replay LAB: shows one case of a test. `plain`: in lines of text. Returns an exit status.
int replay_lab(const struct grade_request *r, bool plain);

#endif
