// Which lab a person means. Contract: ui/command/lab_request.h.
// Read next: ui/command/options.c.
#include "ui/command/lab_request.h"

void lab_request_take(struct lab_request *r, const char *operand,
                      const struct option_value *submission, const struct option_value *seed,
                      const struct option_value *trust)
{
    u64 own_seed;
    bool handout = lab_handout(operand, r->name, &own_seed);
    r->grade = (struct grade_request){
        .lab = operand, .submission = submission->text, .seed = 1, .trust = trust->given};
    if (seed)
        r->grade.seed = seed->number;
    if (!handout)
        return;
    r->grade.lab = r->name;
    if (!submission->given)
        r->grade.submission = operand;
    if (!seed || !seed->given)
        r->grade.seed = own_seed;
}
