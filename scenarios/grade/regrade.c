// A regrade: what was there before is kept until all reports are made again. A regrade that is
// interrupted and started again must still know the first scores. So a file stands in OUT while a
// regrade is not finished:
//
//     OUT/regrade-2-of-4   of part 2 of 4, until the merge; a regrade without parts is part 1 of 1
//     OUT/before/ada.json  while that file stands: the report of ada before this regrade began
//
// A regrade that begins removes what an earlier one left in OUT/before. A regrade that goes on
// finds its file, and keeps what is in OUT/before. Contract: scenarios/grade/course_parts.h.
#include "scenarios/grade/course_parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK_FORM "regrade-%u-of-%u"

static char *mark_path(const struct course_request *r)
{
    char name[64];
    snprintf(name, sizeof name, MARK_FORM, (unsigned)r->shard, (unsigned)r->shards);
    return file_join(r->out, name);
}

static char *before_path(const struct course_request *r, const char *student, const char *ending)
{
    char name[256];
    snprintf(name, sizeof name, "before/%.200s%s", student, ending);
    return file_join(r->out, name);
}

static void forget_kept(const struct course_request *r, const char *student, const char *ending)
{
    char *path = before_path(r, student, ending);
    if (path)
        unlink(path);
    free(path);
}

bool regrade_begin(const struct course_request *r, const struct student *list, u32 count,
                   char *error, size_t error_size)
{
    struct file_out out = {0};
    char *mark = mark_path(r);
    snprintf(error, error_size, "not enough memory");
    bool good = mark, goes_on = good && file_exists(mark);
    for (u32 i = 0; good && !goes_on && i < count; i++) {
        if (i % r->shards != r->shard - 1)
            continue;
        forget_kept(r, list[i].name, ".txt");
        forget_kept(r, list[i].name, ".json");
    }
    good = good && (goes_on || (report_open(&out, mark, error, error_size) &&
                                file_out_commit(&out, error, error_size)));
    file_out_discard(&out);
    free(mark);
    return good;
}

static bool copy_report(const char *from, const char *to, char *error, size_t error_size)
{
    struct file_out out = {0};
    size_t size;
    char *text = file_text(from, REPORT_MOST, &size, error, error_size);
    bool good = text && report_open(&out, to, error, error_size) &&
                fwrite(text, 1, size, out.file) == size && file_out_commit(&out, error, error_size);
    file_out_discard(&out);
    free(text);
    return good;
}

bool regrade_keep(const struct course_request *r, const char *path, const char *student,
                  const char *ending, char *error, size_t error_size)
{
    char *folder = file_join(r->out, "before"), *kept = before_path(r, student, ending);
    snprintf(error, error_size, "%s: it cannot be made a folder", folder ? folder : "");
    bool good = folder && kept && (!mkdir(folder, 0777) || errno == EEXIST);
    if (good && file_exists(path) && !file_exists(kept))
        good = copy_report(path, kept, error, error_size);
    free(kept);
    free(folder);
    return good;
}

double regrade_score_before(const struct course_request *r, const struct student *s, double now)
{
    char *folder = file_join(r->out, "before"), *mark = mark_path(r);
    const struct course_request before = {.out = folder};
    bool same, goes_on = folder && mark && file_exists(mark);
    double kept = goes_on ? report_score(&before, s, 0, 0, &same) : -1;
    free(mark);
    free(folder);
    return kept < 0 ? now : kept;
}

static bool is_mark(const char *name)
{
    char again[64];
    unsigned part, parts;
    if (sscanf(name, MARK_FORM, &part, &parts) != 2)
        return false;
    snprintf(again, sizeof again, MARK_FORM, part, parts);
    return !strcmp(name, again);
}

void regrade_end(const struct course_request *r)
{
    DIR *dir = opendir(r->out);
    for (struct dirent *d; dir && (d = readdir(dir));) {
        char *path = is_mark(d->d_name) ? file_join(r->out, d->d_name) : NULL;
        if (path)
            unlink(path);
        free(path);
    }
    if (dir)
        closedir(dir);
}
