// What the commands grade, build and replay share: they all need a lab, a submission and a seed.
#ifndef UI_COMMAND_LAB_REQUEST_H
#define UI_COMMAND_LAB_REQUEST_H

#include "scenarios/grade/grade.h"
#include "ui/command/options.h"

struct lab_request {
    struct grade_request grade;
    char name[LAB_NAME]; // the name of the lab, if a handout tells it
};

// Takes the operand, --submission, --seed (NULL if the command has no such option) and --trust.
// In the folder of a handout, the handout tells the lab and the seed, and the folder is the
// submission. Each option that is given replaces what the handout tells.
void lab_request_take(struct lab_request *r, const char *operand,
                      const struct option_value *submission, const struct option_value *seed,
                      const struct option_value *trust);

// Returns true if there is such a lab, or if the operand is the folder of a handout. Otherwise
// prints a message, which also names a lab with a similar name.
bool lab_request_is_there(const char *command, const char *operand);

// Returns the name of a lab whose name differs least from this word, malloc'ed; NULL if there is
// no similar name.
char *lab_request_near(const char *word);

// trapeze replay LAB: shows one case of a test. If `plain` is true, shows it as lines of text.
// Returns an exit status.
int replay_lab(const struct grade_request *r, bool plain);

#endif
