// Reports for the classrooms of GitHub. Contracts: scenarios/grade/report_parts.h. Sources: the
// schema classroom50/result/v1 of foundation50/classroom50; the autograding reporter of GitHub
// Classroom.
#include "scenarios/grade/report_parts.h"

#include <stdlib.h>
#include <string.h>

// ---- Classroom 50

// Who handed in what is known to the platform alone, which tells its autograder by the environment.
// The schema wants every field, so a field of which the environment says nothing gets a value that
// says so.
struct known {
    const char *field;    // of result.json
    const char *variable; // of the environment, as the platform's runner sets it
    const char *unknown;
};

static const struct known identity[] = {
    {"classroom", "CLASSROOM", "unknown"},
    {"assignment", "ASSIGNMENT", "unknown"},
    {"assignment_type", "ASSIGNMENT_TYPE", "individual"},
    {"owner", "OWNER", "unknown"},
    {"submission", "SUBMISSION_TAG", "submit/unknown"},
    {"commit", "COMMIT_URL", "unknown"},
    {"release", "RELEASE_URL", "unknown"},
    {"review", "REVIEW_URL", "unknown"},
    // When the student committed. labs/classroom50 asks git for it.
    {"datetime", "COMMIT_DATE", "1970-01-01T00:00:00Z"},
    {0},
};

static void add_identity(cJSON *root)
{
    for (const struct known *k = identity; k->field; k++) {
        const char *value = getenv(k->variable);
        cJSON_AddStringToObject(root, k->field, value && *value ? value : k->unknown);
    }
}

void write_classroom50(FILE *to, const struct grade *g)
{
    char line[2 * LAB_TEXT];
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "schema", "classroom50/result/v1");
    add_identity(root);
    cJSON_AddNumberToObject(root, "score", g->earned);
    cJSON_AddNumberToObject(root, "max-score", g->points);
    cJSON *tests = cJSON_AddArrayToObject(root, "tests");
    for (u32 i = 0; i < g->count; i++) {
        const struct grade_test *t = &g->test[i];
        cJSON *test = cJSON_CreateObject();
        cJSON_AddStringToObject(test, "test-name", t->declared.name);
        cJSON_AddBoolToObject(test, "passed", t->status == GRADE_PASS);
        cJSON_AddNumberToObject(test, "score", t->verdict.earned);
        cJSON_AddNumberToObject(test, "max-score", t->declared.points);
        // This platform hides nothing, so what a hidden test found is left out.
        if (t->declared.visibility == LAB_VISIBLE)
            cJSON_AddStringToObject(test, "message", report_line(g, t, line, sizeof line));
        cJSON_AddItemToArray(tests, test);
    }
    report_print_json(to, root);
}

// ---- GitHub Classroom: JSON of version 1, in base64 on one line

static void print_base64(FILE *to, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        u32 three = (u32)(u8)text[i] << 16;
        three |= left > 1 ? (u32)(u8)text[i + 1] << 8 : 0;
        three |= left > 2 ? (u32)(u8)text[i + 2] : 0;
        fputc(digits[three >> 18], to);
        fputc(digits[three >> 12 & 63], to);
        fputc(left > 1 ? digits[three >> 6 & 63] : '=', to);
        fputc(left > 2 ? digits[three & 63] : '=', to);
    }
    fputc('\n', to);
}

void write_classroom(FILE *to, const struct grade *g)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "version", 1);
    cJSON_AddStringToObject(root, "status", g->earned == g->points ? "pass" : "fail");
    cJSON_AddNumberToObject(root, "max_score", g->points);
    cJSON *tests = cJSON_AddArrayToObject(root, "tests");
    for (u32 i = 0; i < g->count; i++) {
        const struct grade_test *t = &g->test[i];
        char line[2 * LAB_TEXT];
        cJSON *test = cJSON_CreateObject();
        cJSON_AddStringToObject(test, "name", t->declared.name);
        cJSON_AddStringToObject(test, "status", t->status == GRADE_PASS ? "pass" : "fail");
        cJSON_AddNumberToObject(test, "score", t->verdict.earned);
        cJSON_AddNumberToObject(test, "line_no", 0);
        cJSON_AddStringToObject(test, "message", report_line(g, t, line, sizeof line));
        cJSON_AddItemToArray(tests, test);
    }
    char *text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    print_base64(to, text ? text : "");
    free(text);
}
