// A grade in writing: for a person, for a program, for Gradescope. Read scenarios/grade/grade.h
// first.
#include "scenarios/grade/grade.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *grade_text(const struct grade *grade)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    if (!to)
        return NULL;
    fputs(grade->output, to);
    for (u32 i = 0; i < grade->count; i++) {
        const struct grade_test *t = &grade->tests[i];
        fprintf(to, "%5g of %-4g %s%s%s\n", t->earned, t->points, t->name, *t->message ? ": " : "",
                t->message);
    }
    if (grade->count)
        fprintf(to, "%5g of %-4g %s\n", grade->earned, grade->points, grade->title);
    fclose(to);
    return text;
}

static char *print(cJSON *root)
{
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    size_t size = text ? strlen(text) : 0;
    char *closed = text ? realloc(text, size + 2) : NULL;
    if (!closed) {
        free(text);
        return NULL;
    }
    strcpy(closed + size, "\n");
    return closed;
}

char *grade_json(const struct grade *grade)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "title", grade->title);
    cJSON_AddNumberToObject(root, "earned", grade->earned);
    cJSON_AddNumberToObject(root, "points", grade->points);
    cJSON *tests = cJSON_AddArrayToObject(root, "tests");
    for (u32 i = 0; i < grade->count; i++) {
        cJSON *test = cJSON_CreateObject();
        cJSON_AddStringToObject(test, "name", grade->tests[i].name);
        cJSON_AddNumberToObject(test, "earned", grade->tests[i].earned);
        cJSON_AddNumberToObject(test, "points", grade->tests[i].points);
        cJSON_AddBoolToObject(test, "passed", grade->tests[i].passed);
        cJSON_AddStringToObject(test, "message", grade->tests[i].message);
        cJSON_AddItemToArray(tests, test);
    }
    cJSON_AddStringToObject(root, "output", grade->output);
    return print(root);
}

char *grade_gradescope(const struct grade *grade)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "score", grade->earned);
    cJSON_AddNumberToObject(root, "execution_time", grade->seconds);
    cJSON_AddStringToObject(root, "output", grade->output);
    cJSON_AddStringToObject(root, "output_format", "text");
    cJSON_AddStringToObject(root, "visibility", "visible");
    cJSON *tests = cJSON_AddArrayToObject(root, "tests");
    for (u32 i = 0; i < grade->count; i++) {
        const struct grade_test *t = &grade->tests[i];
        cJSON *test = cJSON_CreateObject();
        cJSON_AddNumberToObject(test, "score", t->earned);
        cJSON_AddNumberToObject(test, "max_score", t->points);
        cJSON_AddStringToObject(test, "status", t->passed ? "passed" : "failed");
        cJSON_AddStringToObject(test, "name", t->name);
        cJSON_AddStringToObject(test, "name_format", "text");
        cJSON_AddStringToObject(test, "output", t->message);
        cJSON_AddStringToObject(test, "output_format", "text");
        cJSON_AddItemToArray(tests, test);
    }
    return print(root);
}
