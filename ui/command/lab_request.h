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

// Is there such a lab, or the folder of a handout? Else says so, and which lab may be meant.
bool lab_request_is_there(const char *command, const char *operand);

// The name of a lab that is near to the word, malloc'ed; NULL if there is none.
char *lab_request_near(const char *word);

// trapeze replay LAB: shows one case of a test. `plain`: in lines of text. Returns an exit status.
int replay_lab(const struct grade_request *r, bool plain);

#endif
