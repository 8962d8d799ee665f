// The reports of a course as one table, and what they have in common. Everything is read from the
// reports, so the summary is the same whoever made them and in which order.
// Contract: scenarios/grade/course.h.
#include "scenarios/grade/course.h"

#include "scenarios/grade/csv.h"

#include <cjson/cJSON.h>
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

static cJSON *read_report(const struct course_request *r, const struct student *s)
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

static const char *text_of(const cJSON *object, const char *key)
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
    return !strcmp(text_of(report, key), text);
}

double report_score(const struct course_request *r, const struct student *s, u64 lab_hash,
                    u64 submission_hash, bool *same)
{
    cJSON *report = read_report(r, s);
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
    cJSON *first = read_report(r, a), *second = read_report(r, b);
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
        if (*text_of(test, "message"))
            return text_of(test, "message");
        if (*text_of(test, "happened"))
            return text_of(test, "happened");
    }
    return "";
}

static void write_header(FILE *to, const cJSON *tests)
{
    fputs("student,seed,score,max_score,status,message,submission", to);
    const cJSON *test;
    cJSON_ArrayForEach(test, tests)
    {
        fputc(',', to);
        csv_field(to, text_of(test, "name"));
    }
    fputc('\n', to);
}

static void write_row(FILE *to, const struct student *s, const cJSON *report, bool handed_in)
{
    csv_field(to, s->name);
    if (!report) {
        fprintf(to, ",%" PRIu64 ",,,%s,,\n", s->seed, handed_in ? "not graded" : "not handed in");
        return;
    }
    const cJSON *test, *tests = cJSON_GetObjectItemCaseSensitive(report, "tests");
    fprintf(to, ",%" PRIu64 ",%g,%g,graded,", s->seed, number_of(report, "score"),
            number_of(report, "max_score"));
    csv_field(to, first_message(tests));
    fprintf(to, ",%s", text_of(report, "submission_hash"));
    cJSON_ArrayForEach(test, tests) fprintf(to, ",%g", number_of(test, "score"));
    fputc('\n', to);
}

// ---- statistics

struct tally {
    char text[LAB_TEXT + LAB_NAME];
    u32 count;
};
#define TALLIES_MAX 4096
#define TALLIES_SHOWN 10

static void count_text(struct tally *tallies, u32 *count, const char *test, const char *message)
{
    char text[sizeof tallies->text];
    snprintf(text, sizeof text, "%.60s: %.780s", test, message);
    u32 i = 0;
    while (i < *count && strcmp(tallies[i].text, text))
        i++;
    if (i == TALLIES_MAX)
        return;
    if (i == *count)
        tallies[(*count)++] = (struct tally){.count = 0};
    snprintf(tallies[i].text, sizeof tallies[i].text, "%s", text);
    tallies[i].count++;
}

static int compare_tallies(const void *a, const void *b)
{
    const struct tally *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->text, y->text);
}

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

static void count_report(const cJSON *report, struct tally *tallies, u32 *count)
{
    const cJSON *test;
    char message[LAB_TEXT];
    cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(report, "tests"))
    {
        const char *words = text_of(test, "message");
        if (!strcmp(text_of(test, "status"), "pass"))
            continue;
        squeeze(*words ? words : text_of(test, "happened"), message, sizeof message);
        count_text(tallies, count, text_of(test, "name"), message);
    }
}

static void print_tallies(struct tally *tallies, u32 count, u32 students)
{
    if (count)
        qsort(tallies, count, sizeof *tallies, compare_tallies);
    printf("of %" PRIu32 " students, so many lost points for the same reason:\n", students);
    for (u32 i = 0; i < count && i < TALLIES_SHOWN; i++)
        printf("%5" PRIu32 "  %s\n", tallies[i].count, tallies[i].text);
}

// ---- all of it

static bool write_table(const struct course_request *r, const struct student *list, u32 count,
                        FILE *to, struct tally *tallies)
{
    u32 tally_count = 0, graded = 0;
    bool headed = false;
    for (u32 i = 0; i < count && !headed; i++) {
        cJSON *report = read_report(r, &list[i]);
        if (report)
            write_header(to, cJSON_GetObjectItemCaseSensitive(report, "tests"));
        headed = report;
        cJSON_Delete(report);
    }
    if (!headed)
        write_header(to, NULL);
    for (u32 i = 0; i < count; i++) {
        cJSON *report = read_report(r, &list[i]);
        write_row(to, &list[i], report, student_has_folder(r, list[i].name));
        if (report)
            count_report(report, tallies, &tally_count);
        graded += report != NULL;
        cJSON_Delete(report);
    }
    if (r->stats)
        print_tallies(tallies, tally_count, graded);
    return !ferror(to);
}

bool summary_write(const struct course_request *r, const struct student *list, u32 count,
                   char *error, size_t error_size)
{
    struct file_out out = {0};
    char *path = file_join(r->out, "summary.csv");
    struct tally *tallies = malloc(TALLIES_MAX * sizeof *tallies);
    bool good = path && tallies && report_open(&out, path, error, error_size);
    if (good)
        good = write_table(r, list, count, out.file, tallies) &&
               file_out_commit(&out, error, error_size);
    file_out_discard(&out);
    free(tallies);
    free(path);
    return good;
}
