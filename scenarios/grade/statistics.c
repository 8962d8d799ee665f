// What the reports of a course have in common: how many students pass each test, for which reasons
// points are lost, and whose reasons the lab's own wrong submissions do not have.
// Contract: scenarios/grade/course.h.
#include "scenarios/grade/course_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define REASONS_MAX 4096
#define SHOWN_MOST 10 // reasons, and students, that are printed
#define EXPECTED_MOST (1u << 20)

// How many students lost points in a test for the same reason.
struct reason {
    char text[LAB_TEXT + LAB_NAME];
    u32 count;
};

// How many students have each status in a test.
struct outcome {
    char name[LAB_NAME];
    u32 count[GRADE_BLOCKED + 1];
};

struct statistics {
    struct outcome outcome[LAB_TESTS_MAX];
    struct reason reason[REASONS_MAX];
    u32 outcomes, reasons, students;
};

// ---- tests

static struct outcome *outcome_of(struct statistics *s, const char *name)
{
    u32 i = 0;
    while (i < s->outcomes && strcmp(s->outcome[i].name, name))
        i++;
    if (i == LAB_TESTS_MAX)
        return NULL;
    if (i == s->outcomes)
        snprintf(s->outcome[s->outcomes++].name, LAB_NAME, "%s", name);
    return &s->outcome[i];
}

static void count_outcome(struct statistics *s, const cJSON *test)
{
    struct outcome *outcome = outcome_of(s, report_text(test, "name"));
    for (int i = 0; outcome && i <= GRADE_BLOCKED; i++)
        outcome->count[i] += !strcmp(report_text(test, "status"), grade_statuses[i]);
}

static void print_outcomes(const struct statistics *s)
{
    printf("%" PRIu32 " students are graded; so many pass each test:\n", s->students);
    puts("   pass  partial   fail  blocked");
    for (u32 i = 0; i < s->outcomes; i++) {
        const struct outcome *o = &s->outcome[i];
        const char *all = "";
        if (o->count[GRADE_PASS] == s->students)
            all = " (everybody passes)";
        else if (!o->count[GRADE_PASS])
            all = " (nobody passes)";
        printf("%7" PRIu32 "%9" PRIu32 "%7" PRIu32 "%9" PRIu32 "  %s%s\n", o->count[GRADE_PASS],
               o->count[GRADE_PARTIAL], o->count[GRADE_FAIL], o->count[GRADE_BLOCKED], o->name,
               all);
    }
}

// ---- reasons

// Messages name lines and addresses, which differ from student to student. Digits become one #.
static void squeeze(const char *from, char *to, size_t room)
{
    size_t n = 0;
    for (; *from && n + 1 < room; from++) {
        bool digit = *from >= '0' && *from <= '9';
        if (!digit)
            to[n++] = *from;
        else if (!n || to[n - 1] != '#')
            to[n++] = '#';
    }
    to[n] = 0;
}

static void count_reason(struct statistics *s, const cJSON *test)
{
    char message[LAB_TEXT], text[sizeof s->reason->text];
    const char *words = report_text(test, "message");
    if (!strcmp(report_text(test, "status"), grade_statuses[GRADE_PASS]))
        return;
    squeeze(*words ? words : report_text(test, "happened"), message, sizeof message);
    snprintf(text, sizeof text, "%.60s: %.780s", report_text(test, "name"), message);
    u32 i = 0;
    while (i < s->reasons && strcmp(s->reason[i].text, text))
        i++;
    if (i == REASONS_MAX)
        return;
    if (i == s->reasons)
        snprintf(s->reason[s->reasons++].text, sizeof text, "%s", text);
    s->reason[i].count++;
}

static int compare_reasons(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->text, y->text);
}

static void print_reasons(struct statistics *s)
{
    if (!s->reasons)
        return;
    qsort(s->reason, s->reasons, sizeof *s->reason, compare_reasons);
    puts("so many lost points for the same reason:");
    for (u32 i = 0; i < s->reasons && i < SHOWN_MOST; i++)
        printf("%7" PRIu32 "  %s\n", s->reason[i].count, s->reason[i].text);
}

// ---- mistakes that the lab does not know

// Does the report have the words of a line of expected.txt: "wrong/NAME POINTS WORDS"?
static bool is_expected(const char *expected, const char *report)
{
    for (const char *line = expected; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        char text[LAB_TEXT], words[LAB_TEXT];
        int at = 0;
        snprintf(text, sizeof text, "%.*s", (int)strcspn(line, "\n"), line);
        if (*text == '#' || sscanf(text, "%*s %*u %n", &at) < 0 || !at || !text[at])
            continue;
        squeeze(text + at, words, sizeof words);
        if (strstr(report, words))
            return true;
    }
    return false;
}

// Returns true if it is a report of less than full marks that has none of the words of the lab's
// wrong submissions.
static bool is_new_mistake(const struct course_request *r, const struct student *s,
                           const char *expected)
{
    char error[512];
    size_t size;
    cJSON *report = course_report(r, s);
    const cJSON *score = cJSON_GetObjectItemCaseSensitive(report, "score");
    const cJSON *most = cJSON_GetObjectItemCaseSensitive(report, "max_score");
    bool less = score && most && score->valuedouble < most->valuedouble;
    cJSON_Delete(report);
    char *path = less ? report_path(r, s->name, ".txt") : NULL;
    char *text = path ? file_text(path, REPORT_MOST, &size, error, sizeof error) : NULL;
    if (text)
        squeeze(text, text, size + 1);
    bool is_new = text && !is_expected(expected, text);
    free(text);
    free(path);
    return is_new;
}

static void print_new_mistakes(const struct course_request *r, const struct student *list,
                               u32 count, const char *lab_folder)
{
    char error[512];
    size_t size;
    u32 found = 0;
    char *path = file_join(lab_folder, "expected.txt");
    char *expected = path ? file_text(path, EXPECTED_MOST, &size, error, sizeof error) : NULL;
    for (u32 i = 0; expected && i < count; i++) {
        if (!is_new_mistake(r, &list[i], expected))
            continue;
        if (!found++)
            puts("the lab's own wrong submissions do not have the mistakes of these students:");
        if (found <= SHOWN_MOST)
            printf("         %s\n", list[i].name);
    }
    if (found > SHOWN_MOST)
        printf("         and %" PRIu32 " more\n", found - SHOWN_MOST);
    free(expected);
    free(path);
}

// ---- all of it

void statistics_print(const struct course_request *r, const struct student *list, u32 count,
                      const char *lab_folder)
{
    struct statistics *s = calloc(1, sizeof *s);
    for (u32 i = 0; s && i < count; i++) {
        cJSON *report = course_report(r, &list[i]);
        const cJSON *test;
        s->students += report != NULL;
        cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(report, "tests"))
        {
            count_outcome(s, test);
            count_reason(s, test);
        }
        cJSON_Delete(report);
    }
    if (s) {
        print_outcomes(s);
        print_reasons(s);
        print_new_mistakes(r, list, count, lab_folder);
    }
    free(s);
}
