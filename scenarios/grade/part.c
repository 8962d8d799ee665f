// A course that is graded in parts, by several processes or machines. Each part that has come to
// its end leaves a file, and whoever merges the parts sees by these files whether all have run:
//
//     --shard 2/4  writes  OUT/part-2-of-4.csv   whose score it changed, as in changes.csv
//     --merge      reads   OUT/part-*-of-4.csv   and removes them when all four are there
//
// Contract: scenarios/grade/course.h.
#include "scenarios/grade/course.h"

#include "scenarios/grade/csv.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PART_FORM "part-%u-of-%u.csv"
#define PART_MOST (64u << 20) // bytes of a part's file
#define CHANGES "changes.csv"
#define SHOWN_MOST 8 // numbers of parts in a message

struct part {
    unsigned number, of;
};

struct part_list {
    struct part *part; // in rising order of `of`, then of `number`
    size_t count;
};

static char *part_path(const struct course_request *r, u32 number, u32 of)
{
    char name[64];
    snprintf(name, sizeof name, PART_FORM, (unsigned)number, (unsigned)of);
    return file_join(r->out, name);
}

// ---- which parts there are

static int compare(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    if (x->of != y->of)
        return x->of < y->of ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static bool is_part(const char *name, struct part *part)
{
    char again[64];
    if (sscanf(name, PART_FORM, &part->number, &part->of) != 2)
        return false;
    snprintf(again, sizeof again, PART_FORM, part->number, part->of);
    return !strcmp(name, again) && part->number && part->number <= part->of;
}

static bool find_parts(const struct course_request *r, struct part_list *list)
{
    DIR *dir = opendir(r->out);
    size_t room = 0;
    bool good = dir;
    *list = (struct part_list){0};
    for (struct dirent *d; good && (d = readdir(dir));) {
        struct part part;
        if (!is_part(d->d_name, &part))
            continue;
        if (list->count == room) {
            room = room ? 2 * room : 16;
            struct part *more = realloc(list->part, room * sizeof *more);
            good = more;
            list->part = more ? more : list->part;
        }
        if (good)
            list->part[list->count++] = part;
    }
    if (dir)
        closedir(dir);
    if (list->count)
        qsort(list->part, list->count, sizeof *list->part, compare);
    return good;
}

// Names the numbers that are not in a run of parts of one division. `count` of them are there.
static void tell_missing(const struct part *first, size_t count, char *error, size_t size)
{
    unsigned of = first->of, shown = 0;
    size_t used = (size_t)snprintf(error, size, "of %u parts, these are missing:", of), i = 0;
    for (unsigned number = 1; number <= of && shown < SHOWN_MOST; number++) {
        if (i < count && first[i].number == number) {
            i++;
            continue;
        }
        used += (size_t)snprintf(error + used, size - used, shown ? ", %u" : " %u", number);
        shown++;
    }
    if (of - count > shown)
        used += (size_t)snprintf(error + used, size - used, " and %zu more", of - count - shown);
    snprintf(error + used, size - used, "; run them (--shard %s/%u), and then merge again",
             shown == 1 ? "K" : "each K", of);
}

// The parts may be left over from several divisions, of 8 and then of 4. One whole division is
// enough.
static bool is_whole(const struct part_list *list, char *error, size_t size)
{
    size_t best = 0, best_count = 0;
    for (size_t i = 0, n; i < list->count; i += n) {
        for (n = 1; i + n < list->count && list->part[i + n].of == list->part[i].of;)
            n++;
        if (n == list->part[i].of)
            return true;
        if (n > best_count) {
            best = i;
            best_count = n;
        }
    }
    if (list->count)
        tell_missing(&list->part[best], best_count, error, size);
    return !list->count;
}

bool parts_are_whole(const struct course_request *r, char *error, size_t error_size)
{
    struct part_list list;
    snprintf(error, error_size, "%s: the folder cannot be read", r->out);
    bool good = find_parts(r, &list) && is_whole(&list, error, error_size);
    free(list.part);
    return good;
}

// ---- what changed

static void write_rows(FILE *to, const struct course_request *r, const struct student *students,
                       u32 count, const double *before)
{
    fputs("student,before,after\n", to);
    for (u32 i = 0; i < count; i++) {
        bool same;
        double after = report_score(r, &students[i], 0, 0, &same);
        if (before[i] < 0 || after == before[i])
            continue;
        csv_field(to, students[i].name);
        fprintf(to, ",%g,%g\n", before[i], after);
    }
}

bool changes_write(const struct course_request *r, const struct student *students, u32 count,
                   const double *before, char *error, size_t error_size)
{
    struct file_out out = {0};
    bool is_part = r->shards > 1;
    char *path = is_part ? part_path(r, r->shard, r->shards) : file_join(r->out, CHANGES);
    bool good = path && report_open(&out, path, error, error_size);
    if (good && r->regrade)
        write_rows(out.file, r, students, count, before);
    good = good && file_out_commit(&out, error, error_size);
    file_out_discard(&out);
    free(path);
    return good;
}

// ---- what changed in all parts

// The text of a part's file; NULL: it cannot be read.
static char *read_part(const struct course_request *r, const struct part *part)
{
    char error[512];
    size_t size;
    char *path = part_path(r, part->number, part->of);
    char *text = path ? file_text(path, PART_MOST, &size, error, sizeof error) : NULL;
    free(path);
    return text;
}

// The line that begins with this text; NULL: there is none.
static const char *line_of(const char *text, const char *beginning)
{
    size_t length = strlen(beginning);
    while (*text && strncmp(text, beginning, length)) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return *text ? text : NULL;
}

// Copies the line of one student from the part that has it.
static void copy_row(FILE *to, const struct student *s, char *const texts[], size_t count)
{
    char *beginning = NULL;
    size_t size;
    FILE *name = open_memstream(&beginning, &size);
    if (!name)
        return;
    csv_field(name, s->name);
    fputc(',', name);
    fclose(name);
    for (size_t i = 0; beginning && i < count; i++) {
        const char *line = texts[i] ? line_of(texts[i], beginning) : NULL;
        if (line)
            fprintf(to, "%.*s\n", (int)strcspn(line, "\n"), line);
    }
    free(beginning);
}

static bool join_changes(const struct course_request *r, const struct student *students, u32 count,
                         char *const texts[], size_t parts, char *error, size_t error_size)
{
    struct file_out out = {0};
    char *path = file_join(r->out, CHANGES);
    bool good = path && report_open(&out, path, error, error_size);
    if (good) {
        fputs("student,before,after\n", out.file);
        for (u32 i = 0; i < count; i++)
            copy_row(out.file, &students[i], texts, parts);
        good = file_out_commit(&out, error, error_size);
    }
    file_out_discard(&out);
    free(path);
    return good;
}

bool parts_merge_changes(const struct course_request *r, const struct student *students, u32 count,
                         char *error, size_t error_size)
{
    struct part_list list;
    bool regraded = false, good = find_parts(r, &list);
    char **texts = calloc(list.count + 1, sizeof *texts);
    snprintf(error, error_size, "%s: the parts cannot be read", r->out);
    good = good && texts;
    for (size_t i = 0; good && i < list.count; i++) {
        texts[i] = read_part(r, &list.part[i]);
        good = texts[i];
        // A part that made no report again has not even a header.
        regraded = regraded || (good && *texts[i]);
    }
    if (good && regraded)
        good = join_changes(r, students, count, texts, list.count, error, error_size);
    for (size_t i = 0; texts && i < list.count; i++)
        free(texts[i]);
    free(texts);
    free(list.part);
    return good;
}

void parts_remove(const struct course_request *r)
{
    struct part_list list;
    find_parts(r, &list);
    for (size_t i = 0; i < list.count; i++) {
        char *path = part_path(r, list.part[i].number, list.part[i].of);
        if (path)
            unlink(path);
        free(path);
    }
    free(list.part);
}
