// All tests of a lab, one after another. Contract: scenarios/grade/grade.h.
#include "scenarios/grade/grade.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

const char *const grade_statuses[] = {"pass", "partial", "fail", "blocked"};

// ---- what is asked for

static bool is_folder(const char *path, char *error, size_t size)
{
    struct stat about;
    if (!stat(path, &about) && S_ISDIR(about.st_mode))
        return true;
    snprintf(error, size,
             "%s: there is no such folder; --submission names the folder with the answers", path);
    return false;
}

// The title is the first comment line of the script, its folder's name names the lab.
static void name_lab(struct grade *g, const char *script)
{
    char error[WORLD_ERROR], *title = NULL, *description = NULL;
    char *folder = strdup(script);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash) {
        *slash = 0;
        const char *base = strrchr(folder, '/');
        snprintf(g->lab, sizeof g->lab, "%.63s", base ? base + 1 : folder);
        g->lab_hash = lab_hash_folder(folder, NULL);
    }
    if (scenario_read_header(script, &title, &description, error, sizeof error) && title)
        snprintf(g->title, sizeof g->title, "%.500s", title);
    free(title);
    free(description);
    free(folder);
}

static bool declare(const char *script, struct lab *lab, u64 seed, enum status *why, char *error,
                    size_t size)
{
    *lab = (struct lab){.task = LAB_DECLARE};
    if (!child_run(script, lab, seed, why, error, size))
        return false;
    u32 sum = 0;
    for (u32 i = 0; i < lab->tests; i++)
        sum += lab->test[i].points;
    *why = STATUS_INPUT;
    if (lab->declared && sum == lab->points)
        return true;
    snprintf(error, size,
             lab->declared ? "%s: its tests are worth %" PRIu32 " points, and lab{} says %" PRIu32
                           : "%s: it has no lab{...}",
             script, sum, lab->points);
    return false;
}

// ---- the tests

static void judge(struct grade_test *t, const struct lab *lab)
{
    t->verdict = lab->verdict;
    if (lab->over_limit) {
        const char *where = lab->verdict.where; // the last exit, if a VMM ran
        t->verdict = (struct lab_verdict){.failed_case = lab->only_case ? lab->only_case : 1};
        snprintf(t->verdict.message, sizeof t->verdict.message,
                 "it does not end: the programs ran for more than %" PRIu64
                 " machine steps%s%.200s",
                 t->declared.limit, *where ? ", " : "", where);
    }
    if (t->verdict.earned == t->declared.points)
        t->status = GRADE_PASS;
    else
        t->status = t->verdict.earned ? GRADE_PARTIAL : GRADE_FAIL;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool run_test(struct grade *g, u32 index, const char *script, const struct grade_request *r,
                     const char *built, struct lab *lab, enum status *why, char *error, size_t size)
{
    struct grade_test *t = &g->test[index];
    const char *after = t->declared.after;
    if (*after && g->test[select_find(g, after)].status != GRADE_PASS) {
        t->status = GRADE_BLOCKED;
        char needed[64]; // a copy, since the message and the name lie in one record
        snprintf(needed, sizeof needed, "%s", after);
        snprintf(t->verdict.message, sizeof t->verdict.message, "needs: %s", needed);
        return true;
    }
    bool only = r->only && !strcmp(r->only, t->declared.name);
    *lab = (struct lab){.task = LAB_TEST,
                        .wanted = index,
                        .only_case = only ? r->only_case : 0,
                        .submission = r->submission};
    snprintf(lab->built, sizeof lab->built, "%s", built);
    double began = seconds_now();
    if (!child_run(script, lab, r->seed, why, error, size))
        return false;
    t->seconds = seconds_now() - began;
    judge(t, lab);
    return true;
}

static bool run_tests(struct grade *g, const char *script, const struct grade_request *r,
                      const char *built, struct lab *lab, enum status *why, char *error,
                      size_t size)
{
    u32 kept = 0;
    bool wanted[LAB_TESTS_MAX];
    if (!select_tests(g, r, wanted, why, error, size))
        return false;
    for (u32 i = 0; i < g->count; i++)
        if (wanted[i] && !run_test(g, i, script, r, built, lab, why, error, size))
            return false;
    // Those that did not run are in no report.
    for (u32 i = 0; i < g->count; i++) {
        if (!wanted[i])
            continue;
        g->test[kept] = g->test[i];
        g->points += g->test[kept].declared.points;
        g->earned += g->test[kept++].verdict.earned;
    }
    g->count = kept;
    g->whole = !r->only && !r->tag && !r->failed;
    return true;
}

// A submission that does not build gets a report, too: no points, and what the compiler said.
static void block_all(struct grade *g, const struct build *b)
{
    snprintf(g->log, sizeof g->log, "%.4000s", b->log);
    for (u32 i = 0; i < g->count; i++) {
        g->test[i].status = GRADE_BLOCKED;
        g->points += g->test[i].declared.points;
        snprintf(g->test[i].verdict.message, sizeof g->test[i].verdict.message,
                 "needs: a submission that builds");
    }
    g->whole = true;
}

static bool build_and_run(struct grade *g, const char *script, const struct grade_request *r,
                          struct lab *lab, enum status *why, char *error, size_t size)
{
    struct build *b = calloc(1, sizeof *b);
    if (!b) {
        *why = STATUS_LIMIT;
        snprintf(error, size, "not graded: not enough memory");
        return false;
    }
    *why = build_run(lab, r->submission, r->trust, b, error, size);
    bool good = *why == STATUS_DONE;
    g->builds = b->good;
    g->box = box_weakness();
    memcpy(g->toolchain, b->toolchain, sizeof g->toolchain);
    if (good && !b->good)
        block_all(g, b);
    else if (good)
        good = run_tests(g, script, r, b->image, lab, why, error, size);
    build_clean(b);
    free(b);
    return good;
}

static bool grade_lab(struct grade *g, const char *script, const struct grade_request *r,
                      struct lab *lab, enum status *why, char *error, size_t size)
{
    g->seed = r->seed;
    g->timed = r->timing;
    g->box = "";
    g->submission_hash = lab_hash_folder(r->submission, lab);
    g->count = lab->tests;
    for (u32 i = 0; i < g->count; i++)
        g->test[i].declared = lab->test[i];
    bool wanted[LAB_TESTS_MAX]; // what is asked for is looked at before anything is built
    if (!select_tests(g, r, wanted, why, error, size))
        return false;
    *why = STATUS_LIMIT;
    if (!lab_can_read(r->submission, lab, error, size))
        return false;
    if (*lab->build)
        return build_and_run(g, script, r, lab, why, error, size);
    g->builds = true;
    return run_tests(g, script, r, "", lab, why, error, size);
}

bool grade_open(const struct grade_request *r, char **script, struct lab *lab, enum status *why,
                char *error, size_t error_size)
{
    *why = STATUS_INPUT;
    *script = NULL;
    return is_folder(r->submission, error, error_size) &&
           (*script = lab_find(r->lab, error, error_size)) &&
           declare(*script, lab, r->seed, why, error, error_size);
}

struct grade *grade_run(const struct grade_request *r, enum status *why, char *error,
                        size_t error_size)
{
    char *script = NULL;
    struct grade *g = calloc(1, sizeof *g);
    struct lab *lab = malloc(sizeof *lab); // too large for the stack
    *why = STATUS_LIMIT;
    snprintf(error, error_size, "not graded: not enough memory");
    bool good = g && lab && grade_open(r, &script, lab, why, error, error_size);
    if (good) {
        name_lab(g, script);
        good = grade_lab(g, script, r, lab, why, error, error_size);
    }
    free(lab);
    free(script);
    if (good)
        return g;
    free(g);
    return NULL;
}

enum status grade_build(const struct grade_request *r, struct build *b, char *error,
                        size_t error_size)
{
    char *script = NULL;
    enum status why = STATUS_LIMIT;
    struct lab *lab = malloc(sizeof *lab);
    *b = (struct build){.good = false};
    snprintf(error, error_size, "not enough memory");
    bool good = lab && grade_open(r, &script, lab, &why, error, error_size);
    if (good && !*lab->build) {
        snprintf(error, error_size, "%s: this lab has nothing to build", r->lab);
        why = STATUS_USAGE;
    } else if (good && !lab_can_read(r->submission, lab, error, error_size)) {
        why = STATUS_LIMIT;
    } else if (good) {
        why = build_run(lab, r->submission, r->trust, b, error, error_size);
    }
    free(lab);
    free(script);
    return why;
}

enum status grade_print(const char *name, enum lab_task task, u64 seed, char *error,
                        size_t error_size)
{
    enum status why = STATUS_INPUT;
    char *script = lab_find(name, error, error_size);
    struct lab *lab = calloc(1, sizeof *lab);
    bool good = script && lab;
    if (good) {
        lab->task = task;
        good = child_run(script, lab, seed, &why, error, error_size);
    }
    if (good)
        fwrite(lab->output, 1, lab->printed, stdout);
    free(lab);
    free(script);
    return good ? STATUS_DONE : why;
}
