// Which tests of a lab run. A person may choose tests by name, by tag, or those that failed last
// time. Contract: scenarios/grade/grade.h.
#include "scenarios/grade/grade.h"

#include "scenarios/host/files.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_MOST (4u << 20) // bytes of an earlier report

u32 select_find(const struct grade *g, const char *name)
{
    u32 i = 0;
    while (i < g->count && strcmp(g->test[i].declared.name, name))
        i++;
    return i;
}

// ---- by tag

// Returns true if the tag is in the list, whose tags are separated by commas and blanks.
static bool has_tag(const char *list, const char *tag)
{
    size_t length = strlen(tag);
    while (*list) {
        list += strspn(list, ", ");
        size_t word = strcspn(list, ", ");
        if (word == length && !strncmp(list, tag, length))
            return true;
        list += word;
    }
    return false;
}

// ---- by an earlier report

static bool has_failed(const cJSON *report, const char *name)
{
    const cJSON *test;
    cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(report, "tests"))
    {
        const char *other = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(test, "name"));
        const char *status = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(test, "status"));
        if (other && status && !strcmp(other, name))
            return strcmp(status, "pass");
    }
    return false;
}

static cJSON *read_report(const char *path, char *error, size_t error_size)
{
    size_t size;
    char *text = file_text(path, REPORT_MOST, &size, error, error_size);
    cJSON *report = text ? cJSON_Parse(text) : NULL;
    const char *schema = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(report, "schema"));
    if (text && (!schema || strcmp(schema, "trapeze-grade/1"))) {
        snprintf(error, error_size, "%s: it is no report of 'trapeze grade --format json'", path);
        cJSON_Delete(report);
        report = NULL;
    }
    free(text);
    return report;
}

// ---- all of it

static bool is_chosen(const struct lab_test *t, const struct grade_request *r, const cJSON *report)
{
    return (!r->only || !strcmp(t->name, r->only)) && (!r->tag || has_tag(t->tags, r->tag)) &&
           (!r->failed || has_failed(report, t->name));
}

// A test runs only after the one that it names, so that one runs, too. It stands before this one in
// the file, which is why one pass from the end to the beginning reaches all of them.
static void add_needed(const struct grade *g, bool wanted[LAB_TESTS_MAX])
{
    for (u32 i = g->count; i-- > 0;) {
        const char *after = g->test[i].declared.after;
        if (wanted[i] && *after)
            wanted[select_find(g, after)] = true;
    }
}

bool select_has_case(const struct lab_test *t, const struct grade_request *r, char *error,
                     size_t error_size)
{
    if (r->only_case <= t->cases)
        return true;
    if (t->cases == 1)
        snprintf(error, error_size, "%s: test '%s' has one case", r->lab, t->name);
    else
        snprintf(error, error_size, "%s: test '%s' has %u cases", r->lab, t->name,
                 (unsigned)t->cases);
    return false;
}

// Returns true if the wanted case exists. A test that does not exist has no wrong case.
static bool has_case(const struct grade *g, const struct grade_request *r, char *error,
                     size_t error_size)
{
    u32 i = r->only ? select_find(g, r->only) : g->count;
    return i == g->count || select_has_case(&g->test[i].declared, r, error, error_size);
}

bool select_tests(const struct grade *g, const struct grade_request *r, bool wanted[LAB_TESTS_MAX],
                  enum status *why, char *error, size_t error_size)
{
    cJSON *report = NULL;
    *why = STATUS_INPUT;
    if (r->failed && !(report = read_report(r->failed, error, error_size)))
        return false;
    *why = STATUS_USAGE;
    if (!has_case(g, r, error, error_size)) {
        cJSON_Delete(report);
        return false;
    }
    bool any = false;
    for (u32 i = 0; i < g->count; i++) {
        wanted[i] = is_chosen(&g->test[i].declared, r, report);
        any = any || wanted[i];
    }
    cJSON_Delete(report);
    add_needed(g, wanted);
    if (!any && r->only && select_find(g, r->only) == g->count)
        snprintf(error, error_size, "%s: there is no test '%s' in this lab", r->lab, r->only);
    else if (!any && r->tag)
        snprintf(error, error_size, "%s: no test that is asked for has the tag '%s'", r->lab,
                 r->tag);
    else if (!any)
        snprintf(error, error_size, "%s: no test that is asked for failed in that report", r->lab);
    return any;
}
