// Which lab a person means. Contract: ui/command/lab_request.h.
// Read next: ui/command/near.c.
#include "ui/command/lab_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *lab_request_near(const char *word)
{
    struct scenario_entry *list;
    u32 count = lab_list(&list);
    const char **names = calloc(count + 1, sizeof *names);
    for (u32 i = 0; names && i < count; i++)
        names[i] = list[i].path;
    const char *near = names ? option_near(word, names) : NULL;
    char *copy = near ? strdup(near) : NULL;
    free(names);
    scenario_list_free(list, count);
    return copy;
}

bool lab_request_is_there(const char *command, const char *operand)
{
    char name[LAB_NAME], error[LAB_ERROR];
    u64 seed;
    char *script = lab_find(operand, error, sizeof error);
    bool there = script || lab_handout(operand, name, &seed);
    free(script);
    char *near = there ? NULL : lab_request_near(operand);
    if (near)
        fprintf(stderr, "trapeze %s: %s: there is no such lab; did you mean '%s'?\n", command,
                operand, near);
    else if (!there)
        fprintf(stderr, "trapeze %s: %s\n", command, error);
    free(near);
    return there;
}

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
