// The reports of a course as one table. Everything is read from the
// reports, so the summary is the same whoever made them and in which order.
// Contract: scenarios/grade/course.h.
#include "scenarios/grade/course_parts.h"

#include "scenarios/grade/csv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *report_path(const struct course_request *r, const char *student, const char *ending)
{
    char name[256];
    snprintf(name, sizeof name, "%.200s%s", student, ending);
    return file_join(r->out, name);
}

bool report_open(struct file_out *out, const char *path, char *error, size_t error_size)
{
    struct stat about;
    if (!lstat(path, &about) && S_ISLNK(about.st_mode))
        unlink(path);
    return file_out_open(out, path, error, error_size);
}

// ---- one report

cJSON *course_report(const struct course_request *r, const struct student *s)
{
    char error[512];
    size_t size;
    char *path = report_path(r, s->name, ".json");
    char *text = path ? file_text(path, REPORT_MOST, &size, error, sizeof error) : NULL;
    cJSON *report = text ? cJSON_Parse(text) : NULL;
    free(path);
    free(text);
    return report;
}

const char *report_text(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text ? text : "";
}

static double number_of(const cJSON *object, const char *key)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(number) ? number->valuedouble : 0;
}

static bool has_hash(const cJSON *report, const char *key, u64 hash)
{
    char text[20];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    return !strcmp(report_text(report, key), text);
}

double report_score(const struct course_request *r, const struct student *s, u64 lab_hash,
                    u64 submission_hash, bool *same)
{
    cJSON *report = course_report(r, s);
    double score = report ? number_of(report, "score") : -1;
    *same = report && has_hash(report, "lab_hash", lab_hash) &&
            has_hash(report, "submission_hash", submission_hash) &&
            number_of(report, "seed") == (double)s->seed;
    cJSON_Delete(report);
    return score;
}

bool report_same_run(const struct course_request *r, const struct student *a,
                     const struct student *b)
{
    cJSON *first = course_report(r, a), *second = course_report(r, b);
    const cJSON *x = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(first, "tests"), 0);
    const cJSON *y = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(second, "tests"), 0);
    bool same = x && y, ran = false;
    for (; same && x && y; x = x->next, y = y->next) {
        same = number_of(x, "steps") == number_of(y, "steps");
        ran = ran || number_of(x, "steps") > 0;
    }
    cJSON_Delete(first);
    cJSON_Delete(second);
    return same && ran;
}

// ---- the table

static const char *first_message(const cJSON *tests)
{
    const cJSON *test;
    cJSON_ArrayForEach(test, tests)
    {
        if (*report_text(test, "message"))
            return report_text(test, "message");
        if (*report_text(test, "happened"))
            return report_text(test, "happened");
    }
    return "";
}

static void write_header(FILE *to, const cJSON *tests)
{
    fputs("student,seed,score,max_score,status,message,submission,lab", to);
    const cJSON *test;
    cJSON_ArrayForEach(test, tests)
    {
        fputc(',', to);
        csv_field(to, report_text(test, "name"));
    }
    fputc('\n', to);
}

static void write_row(FILE *to, const struct student *s, const cJSON *report, bool is_stale)
{
    const cJSON *test, *tests = cJSON_GetObjectItemCaseSensitive(report, "tests");
    csv_field(to, s->name);
    fprintf(to, ",%" PRIu64 ",%g,%g,%s,", s->seed, number_of(report, "score"),
            number_of(report, "max_score"), is_stale ? "graded earlier" : "graded");
    csv_field(to, first_message(tests));
    fprintf(to, ",%s,%s", report_text(report, "submission_hash"), report_text(report, "lab_hash"));
    cJSON_ArrayForEach(test, tests) fprintf(to, ",%g", number_of(test, "score"));
    fputc('\n', to);
}

// A student without a report. The line has as many fields as all others.
static void write_empty_row(FILE *to, const struct course_request *r, const struct student *s,
                            int tests)
{
    const char *status = student_has_folder(r, s->name) ? "not graded" : "not handed in";
    csv_field(to, s->name);
    fprintf(to, ",%" PRIu64 ",,,%s,,,", s->seed, status);
    for (int i = 0; i < tests; i++)
        fputc(',', to);
    fputc('\n', to);
}

// ---- all of it

// Writes the lines of all students. The first report says which tests there are.
static bool write_table(const struct course_request *r, const struct student *list, u32 count,
                        const bool *stale, FILE *to)
{
    cJSON *first = NULL;
    for (u32 i = 0; i < count && !first; i++)
        first = course_report(r, &list[i]);
    const cJSON *tests = cJSON_GetObjectItemCaseSensitive(first, "tests");
    write_header(to, tests);
    for (u32 i = 0; i < count; i++) {
        cJSON *report = course_report(r, &list[i]);
        if (report)
            write_row(to, &list[i], report, stale[i]);
        else
            write_empty_row(to, r, &list[i], cJSON_GetArraySize(tests));
        cJSON_Delete(report);
    }
    cJSON_Delete(first);
    return !ferror(to);
}

bool summary_write(const struct course_request *r, const struct student *list, u32 count,
                   const bool *stale, char *error, size_t error_size)
{
    struct file_out out = {0};
    char *path = file_join(r->out, "summary.csv");
    bool good = path && report_open(&out, path, error, error_size) &&
                write_table(r, list, count, stale, out.file) &&
                file_out_commit(&out, error, error_size);
    file_out_discard(&out);
    free(path);
    return good;
}
