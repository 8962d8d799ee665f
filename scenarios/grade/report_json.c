// Reports that are JSON. Contracts: scenarios/grade/report_parts.h. Sources: Gradescope's
// autograder specification; PrairieLearn's documentation of external grading.
#include "scenarios/grade/report_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void report_print_json(FILE *to, cJSON *root)
{
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    fprintf(to, "%s\n", text ? text : "");
    free(text);
}

// 64 bits are more than a number of JSON keeps exact.
static void add_hash(cJSON *object, const char *key, u64 hash)
{
    char text[20];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    cJSON_AddStringToObject(object, key, text);
}

// cJSON writes a number of 16 digits with 15 if the difference is small. A seed is exact or wrong.
static void add_seed(cJSON *object, u64 seed)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, seed);
    cJSON_AddRawToObject(object, "seed", text);
}

static void add_seconds(cJSON *object, const char *key, double seconds)
{
    char text[REPORT_SECONDS];
    cJSON_AddRawToObject(object, key, report_seconds(seconds, text));
}

// ---- json

static void add_if(cJSON *object, const char *key, const char *text)
{
    if (*text)
        cJSON_AddStringToObject(object, key, text);
}

// Commas and blanks part the tags of a test.
static void add_tags(cJSON *test, const char *list)
{
    cJSON *tags = *list ? cJSON_AddArrayToObject(test, "tags") : NULL;
    while (*(list += strspn(list, ", "))) {
        char tag[LAB_NAME];
        size_t length = strcspn(list, ", ");
        snprintf(tag, sizeof tag, "%.*s", (int)length, list);
        cJSON_AddItemToArray(tags, cJSON_CreateString(tag));
        list += length;
    }
}

static void add_scene(cJSON *test, const struct lab_scene *scene)
{
    if (!scene->there)
        return;
    cJSON *event = cJSON_AddObjectToObject(test, "event");
    cJSON_AddNumberToObject(event, "seq", (double)scene->seq);
    cJSON_AddNumberToObject(event, "step", (double)scene->step);
    cJSON_AddNumberToObject(event, "pc", scene->pc);
    add_if(event, "guest", scene->guest);
    add_if(event, "source", scene->source);
    cJSON *traps = cJSON_AddArrayToObject(test, "traps");
    for (u32 i = 0; i < scene->traps; i++)
        cJSON_AddItemToArray(traps, cJSON_CreateString(scene->trap[i]));
}

static cJSON *test_json(const struct grade *g, u32 index)
{
    char replay[LAB_TEXT];
    const struct grade_test *t = &g->test[index];
    cJSON *test = cJSON_CreateObject();
    cJSON_AddStringToObject(test, "name", t->declared.name);
    cJSON_AddNumberToObject(test, "number", index + 1);
    cJSON_AddNumberToObject(test, "score", t->verdict.earned);
    cJSON_AddNumberToObject(test, "max_score", t->declared.points);
    cJSON_AddStringToObject(test, "status", grade_statuses[t->status]);
    cJSON_AddStringToObject(test, "visibility", lab_visibilities[t->declared.visibility]);
    add_tags(test, t->declared.tags);
    cJSON_AddNumberToObject(test, "steps", (double)t->verdict.steps);
    if (g->timed)
        add_seconds(test, "seconds", t->seconds);
    cJSON_AddNumberToObject(test, "cases", t->declared.cases);
    if (t->verdict.failed_case)
        cJSON_AddNumberToObject(test, "failed_case", t->verdict.failed_case);
    add_if(test, "message", t->verdict.message);
    add_if(test, "expected", t->verdict.expected);
    add_if(test, "happened", t->verdict.happened);
    add_if(test, "where", t->verdict.where);
    add_scene(test, &t->verdict.scene);
    if (t->verdict.failed_case)
        cJSON_AddStringToObject(test, "replay", report_replay(g, t, replay, sizeof replay));
    return test;
}

void write_json(FILE *to, const struct grade *g)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "schema", "trapeze-grade/1");
    cJSON_AddStringToObject(root, "lab", g->lab);
    cJSON_AddStringToObject(root, "title", g->title);
    add_hash(root, "lab_hash", g->lab_hash);
    add_hash(root, "submission_hash", g->submission_hash);
    add_seed(root, g->seed);
    add_if(root, "toolchain", g->toolchain);
    cJSON_AddBoolToObject(root, "whole", g->whole);
    cJSON_AddNumberToObject(root, "score", g->earned);
    cJSON_AddNumberToObject(root, "max_score", g->points);
    if (g->timed)
        add_seconds(root, "seconds", report_all_seconds(g));
    cJSON *build = cJSON_AddObjectToObject(root, "build");
    cJSON_AddBoolToObject(build, "ok", g->builds);
    cJSON_AddStringToObject(build, "log", g->log);
    add_if(build, "box", g->box);
    cJSON *tests = cJSON_AddArrayToObject(root, "tests");
    for (u32 i = 0; i < g->count; i++)
        cJSON_AddItemToArray(tests, test_json(g, i));
    report_print_json(to, root);
}

// ---- Gradescope

static cJSON *gradescope_test(const struct grade *g, u32 index)
{
    char text[REPORT_TEXT], number[16];
    const struct grade_test *t = &g->test[index];
    cJSON *test = cJSON_CreateObject();
    snprintf(number, sizeof number, "%" PRIu32, index + 1);
    cJSON_AddNumberToObject(test, "score", t->verdict.earned);
    cJSON_AddNumberToObject(test, "max_score", t->declared.points);
    cJSON_AddStringToObject(test, "status", t->status == GRADE_PASS ? "passed" : "failed");
    cJSON_AddStringToObject(test, "name", t->declared.name);
    cJSON_AddStringToObject(test, "number", number);
    cJSON_AddStringToObject(test, "output", report_words(g, t, text, sizeof text));
    add_tags(test, t->declared.tags);
    cJSON_AddStringToObject(test, "visibility", lab_visibilities[t->declared.visibility]);
    return test;
}

// All text is plain text. Without saying so, Gradescope would take the output for HTML.
void write_gradescope(FILE *to, const struct grade *g)
{
    char output[LAB_TEXT + 200 + sizeof g->log];
    u32 waiting = report_points_waiting(g);
    cJSON *root = cJSON_CreateObject();
    snprintf(output, sizeof output,
             waiting ? "%s, seed %" PRIu64 ". %" PRIu32 " points are not shown yet."
                     : "%s, seed %" PRIu64 ".",
             g->title, g->seed, waiting);
    if (!g->builds)
        snprintf(output + strlen(output), sizeof output - strlen(output),
                 " The submission does not build:\n%s", g->log);
    cJSON_AddNumberToObject(root, "score", g->earned);
    if (g->timed)
        add_seconds(root, "execution_time", report_all_seconds(g));
    cJSON_AddStringToObject(root, "output", output);
    cJSON_AddStringToObject(root, "output_format", "text");
    cJSON_AddStringToObject(root, "test_output_format", "text");
    cJSON_AddStringToObject(root, "test_name_format", "text");
    cJSON_AddStringToObject(root, "visibility", "visible");
    cJSON_AddStringToObject(root, "stdout_visibility", "hidden");
    cJSON *extra = cJSON_AddObjectToObject(root, "extra_data");
    add_hash(extra, "lab_hash", g->lab_hash);
    add_hash(extra, "submission_hash", g->submission_hash);
    add_if(extra, "box", g->box);
    cJSON *tests = cJSON_AddArrayToObject(root, "tests");
    for (u32 i = 0; i < g->count; i++)
        cJSON_AddItemToArray(tests, gradescope_test(g, i));
    report_print_json(to, root);
}

// ---- PrairieLearn: a score is from 0 to 1

void write_prairielearn(FILE *to, const struct grade *g)
{
    char text[REPORT_TEXT];
    cJSON *root = cJSON_CreateObject();
    cJSON_AddBoolToObject(root, "gradable", true);
    cJSON_AddNumberToObject(root, "score", g->points ? (double)g->earned / g->points : 0);
    cJSON_AddStringToObject(root, "message", g->title);
    add_if(root, "output", g->log);
    cJSON *tests = cJSON_AddArrayToObject(root, "tests");
    for (u32 i = 0; i < g->count; i++) {
        const struct grade_test *t = &g->test[i];
        cJSON *test = cJSON_CreateObject();
        cJSON_AddStringToObject(test, "name", t->declared.name);
        cJSON_AddNumberToObject(test, "points", t->verdict.earned);
        cJSON_AddNumberToObject(test, "max_points", t->declared.points);
        cJSON_AddStringToObject(test, "message", report_words(g, t, text, sizeof text));
        cJSON_AddItemToArray(tests, test);
    }
    report_print_json(to, root);
}
