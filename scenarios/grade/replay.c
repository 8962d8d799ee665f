// One case of a test, made ready to be looked at: the submission is built, and the case runs once
// in a child, where its limits hold. Then whoever shows the case opens the lab's script himself.
// Contract: scenarios/grade/grade.h.
#include "scenarios/grade/grade.h"

#include <stdlib.h>
#include <string.h>

// ---- what is to be replayed

static bool find_test(struct grade_replay *p, const struct grade_request *r, enum status *why,
                      char *error, size_t size)
{
    *why = STATUS_USAGE;
    for (u32 i = 0; i < p->lab.tests; i++) {
        if (strcmp(p->lab.test[i].name, r->only))
            continue;
        p->test = i;
        return select_has_case(&p->lab.test[i], r, error, size);
    }
    snprintf(error, size, "%s: there is no test '%s' in this lab", r->lab, r->only);
    return false;
}

static bool build(struct grade_replay *p, const struct grade_request *r, enum status *why,
                  char *error, size_t size)
{
    if (!*p->lab.build)
        return true;
    *why = build_run(&p->lab, r->submission, r->trust, &p->build, error, size);
    if (*why != STATUS_DONE || p->build.good)
        return *why == STATUS_DONE;
    *why = STATUS_FAILED;
    snprintf(error, size, "the submission does not build:\n%.3900s", p->build.log);
    return false;
}

// ---- running it in a child

static bool run(struct grade_replay *p, const struct grade_request *r, enum lab_task task,
                u32 only_case, enum status *why, char *error, size_t size)
{
    p->lab = (struct lab){
        .task = task, .wanted = p->test, .only_case = only_case, .submission = r->submission};
    if (*p->build.folder)
        snprintf(p->lab.built, sizeof p->lab.built, "%s", p->build.image);
    return child_run(p->script, &p->lab, r->seed, why, error, size);
}

// The case that is asked for; else the first that fails, or the first of all.
static bool choose_case(struct grade_replay *p, const struct grade_request *r, u32 *number,
                        enum status *why, char *error, size_t size)
{
    *number = r->only_case;
    if (*number)
        return true;
    if (!run(p, r, LAB_TEST, 0, why, error, size))
        return false;
    *number = p->lab.verdict.failed_case ? p->lab.verdict.failed_case : 1;
    return true;
}

static bool prepare(struct grade_replay *p, const struct grade_request *r, enum status *why,
                    char *error, size_t size)
{
    u32 number;
    p->seed = r->seed;
    if (!grade_open(r, &p->script, &p->lab, why, error, size) ||
        !find_test(p, r, why, error, size) || !build(p, r, why, error, size) ||
        !choose_case(p, r, &number, why, error, size) ||
        !run(p, r, LAB_REPLAY, number, why, error, size))
        return false;
    p->verdict = p->lab.verdict;
    p->passed = !p->verdict.failed_case;
    p->moment = p->lab.moment;
    return true;
}

struct grade_replay *replay_prepare(const struct grade_request *r, enum status *why, char *error,
                                    size_t error_size)
{
    struct grade_replay *p = calloc(1, sizeof *p);
    if (!p) {
        *why = STATUS_LIMIT;
        snprintf(error, error_size, "not enough memory for a replay");
        return NULL;
    }
    if (prepare(p, r, why, error, error_size))
        return p;
    replay_clean(p);
    return NULL;
}

void replay_clean(struct grade_replay *p)
{
    build_clean(&p->build);
    free(p->script);
    free(p);
}
