// The processes that grade a course. Contract: scenarios/grade/course.h.
#include "scenarios/grade/course_parts.h"

#include "scenarios/grade/csv.h"
#include "scenarios/grade/report.h"
#include "scenarios/host/process.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAMES_SHOWN 8 // in a message

// ---- one student, in a process of its own

static bool write_report(const struct course_request *r, const struct student *s,
                         const struct grade *g, const char *format, const char *ending)
{
    struct file_out out = {0};
    char error[512] = "not enough memory";
    char *path = report_path(r, s->name, ending);
    char *text = report_make(report_format_find(format), g);
    bool good = path && text &&
                (!r->regrade || regrade_keep(r, path, s->name, ending, error, sizeof error)) &&
                report_open(&out, path, error, sizeof error) && fputs(text, out.file) >= 0 &&
                file_out_commit(&out, error, sizeof error);
    if (!good)
        fprintf(stderr, "trapeze grade-all: %s: the report cannot be written: %s\n", s->name,
                error);
    file_out_discard(&out);
    free(text);
    free(path);
    return good;
}

static enum status grade_student(const struct course_request *r, const struct student *s,
                                 const char *folder)
{
    enum status why = STATUS_DONE;
    char error[LAB_ERROR];
    struct grade_request request = {.lab = r->lab, .submission = folder, .seed = s->seed};
    struct grade *g = grade_run(&request, &why, error, sizeof error);
    if (!g) {
        fprintf(stderr, "trapeze grade-all: %s: %s\n", s->name, error);
        return why;
    }
    // The JSON is what the next run looks for, so it is written last.
    bool good = write_report(r, s, g, "text", ".txt") && write_report(r, s, g, "json", ".json");
    free(g);
    return good ? STATUS_DONE : STATUS_LIMIT;
}

// ---- who is to be graded now

struct worker {
    pid_t process;
    u32 student;
};

struct course {
    const struct course_request *r;
    const struct student *list;
    u32 count, graded;
    u64 lab_hash;
    struct lab *lab; // what the lab declares
    char *folder;    // of the lab
    double *before;  // the scores that there were; -1: none
    struct worker worker[COURSE_JOBS_MOST];
    u32 running;
    enum status status;
};

static char *folder_of(const struct course *c, u32 index)
{
    return file_join(c->r->submissions, c->list[index].name);
}

// Returns true if the student has handed in something that has no report yet. *score is the
// score of the present report, if the student has handed in anything.
static bool is_ungraded(const struct course *c, u32 index, bool *there, double *score)
{
    bool same = false;
    const struct student *s = &c->list[index];
    char *folder = folder_of(c, index);
    *there = folder && student_has_folder(c->r, s->name);
    if (*there)
        *score = report_score(c->r, s, c->lab_hash, lab_hash_folder(folder, c->lab), &same);
    free(folder);
    return *there && !same;
}

static bool is_due(const struct course *c, u32 index)
{
    bool there;
    if (index % c->r->shards != c->r->shard - 1)
        return false;
    bool ungraded = is_ungraded(c, index, &there, &c->before[index]);
    return ungraded || (there && c->r->regrade);
}

// Removes the process from those that run. Returns its student; count: it is none of them.
static u32 take_worker(struct course *c, pid_t process)
{
    for (u32 i = 0; i < c->running; i++) {
        if (c->worker[i].process != process)
            continue;
        u32 student = c->worker[i].student;
        c->worker[i] = c->worker[--c->running];
        return student;
    }
    return c->count;
}

static void take_one(struct course *c)
{
    int status;
    pid_t process = wait(&status);
    u32 student = process > 0 ? take_worker(c, process) : c->count;
    if (student == c->count)
        return;
    enum status ended = STATUS_LIMIT; // somebody killed it, or memory is short
    if (WIFEXITED(status))
        ended = (enum status)WEXITSTATUS(status);
    else
        fprintf(stderr, "trapeze grade-all: %s: not graded: the process ended with signal %d\n",
                c->list[student].name, WTERMSIG(status));
    if (ended == STATUS_DONE)
        c->graded++;
    else
        c->status = ended;
}

static void start_one(struct course *c, u32 index)
{
    pid_t child = process_fork();
    if (child == 0) {
        char *folder = folder_of(c, index);
        _exit(folder ? (int)grade_student(c->r, &c->list[index], folder) : STATUS_LIMIT);
    }
    if (child > 0) {
        c->worker[c->running++] = (struct worker){child, index};
        return;
    }
    fprintf(stderr, "trapeze grade-all: %s: not graded: no process can be started: %s\n",
            c->list[index].name, strerror(errno));
    c->status = STATUS_LIMIT;
}

static void grade_all(struct course *c)
{
    for (u32 i = 0; i < c->count; i++) {
        if (!is_due(c, i))
            continue;
        if (c->r->regrade)
            c->before[i] = regrade_score_before(c->r, &c->list[i], c->before[i]);
        while (c->running >= c->r->jobs)
            take_one(c);
        start_one(c, i);
    }
    while (c->running)
        take_one(c);
}

// ---- parts

// Names the students who have handed in something that has no report. Returns false, with these
// names in `error`, if there is such a student.
static bool is_everybody_graded(struct course *c, char *error, size_t size)
{
    size_t used = 0;
    u32 missing = 0;
    char names[600] = "";
    for (u32 i = 0; i < c->count; i++) {
        if (!is_due(c, i))
            continue;
        if (missing++ < NAMES_SHOWN)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%.60s", used ? ", " : "",
                                     c->list[i].name);
    }
    snprintf(error, size,
             "%s%s: what they handed in is not graded yet (%" PRIu32 " in all); grade them, and "
             "then merge again",
             names, missing > NAMES_SHOWN ? " and others" : "", missing);
    return !missing;
}

static enum status merge(struct course *c, char *error, size_t size)
{
    if (!parts_are_whole(c->r, error, size) || !is_everybody_graded(c, error, size))
        return STATUS_LIMIT;
    if (!parts_merge_changes(c->r, c->list, c->count, error, size))
        return STATUS_INPUT;
    parts_remove(c->r);
    regrade_end(c->r);
    return STATUS_DONE;
}

// ---- all of it

// The lab's own error is told once, before anybody is graded.
static bool learn_lab(struct course *c, enum status *why, char *error, size_t size)
{
    char *script = lab_find(c->r->lab, error, size);
    *why = STATUS_INPUT;
    c->lab->task = LAB_DECLARE;
    bool good = script && child_run(script, c->lab, 1, why, error, size);
    char *slash = good ? strrchr(script, '/') : NULL;
    if (slash) {
        *slash = 0;
        c->lab_hash = lab_hash_folder(script, NULL);
        c->folder = script;
        script = NULL;
    }
    free(script);
    return good;
}

static bool is_same_folder(const char *a, const char *b)
{
    struct stat x, y;
    return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

// Reports among the submissions would be taken for a student's, and students could write there.
static bool is_apart(const struct course_request *r, char *error, size_t size)
{
    char *copy = strdup(r->out);
    bool apart = copy && !is_same_folder(r->out, r->submissions) &&
                 !is_same_folder(dirname(copy), r->submissions);
    free(copy);
    if (!apart)
        snprintf(error, size,
                 "%s: the reports cannot go among the submissions; name another folder with --out",
                 r->out);
    return apart;
}

static bool make_out(const struct course_request *r, char *error, size_t size)
{
    struct stat about;
    if (!is_apart(r, error, size))
        return false;
    // Several shards may begin at once, and only one of them can make the folder.
    int failed = r->merge || !mkdir(r->out, 0777) ? 0 : errno;
    bool there = !stat(r->out, &about) && S_ISDIR(about.st_mode);
    if (there && !access(r->out, W_OK | X_OK))
        return true;
    if (there)
        snprintf(error, size, "%s: nothing can be written there: %s", r->out, strerror(errno));
    else if (r->merge)
        snprintf(error, size, "%s: there is no such folder; --merge reads reports that are there",
                 r->out);
    else
        snprintf(error, size, "%s: it cannot be made a folder: %s", r->out, strerror(failed));
    return false;
}

static bool write_summary(const struct course *c, char *error, size_t size)
{
    bool there, *stale = calloc(c->count + 1, sizeof *stale);
    double score;
    for (u32 i = 0; stale && i < c->count; i++)
        stale[i] = is_ungraded(c, i, &there, &score);
    snprintf(error, size, "not enough memory for the summary");
    bool good = stale && summary_write(c->r, c->list, c->count, stale, error, size);
    free(stale);
    return good;
}

// A shard knows only of its own students, so what concerns all is left to the merge.
static bool write_summaries(const struct course *c, char *error, size_t size)
{
    const struct course_request *r = c->r;
    if (r->shards > 1)
        return changes_write(r, c->list, c->count, c->before, error, size);
    if (r->stats)
        statistics_print(r, c->list, c->count, c->folder);
    return write_summary(c, error, size) &&
           (!r->similar || similar_write(r, c->lab, c->folder, c->list, c->count, error, size)) &&
           (!r->regrade || changes_write(r, c->list, c->count, c->before, error, size));
}

static enum status run(struct course *c, char *error, size_t size)
{
    enum status why;
    if (!learn_lab(c, &why, error, size))
        return why;
    if (!make_out(c->r, error, size))
        return STATUS_INPUT;
    if (c->r->regrade && !regrade_begin(c->r, c->list, c->count, error, size))
        return STATUS_INPUT;
    if (!c->r->merge)
        grade_all(c);
    if (!write_summaries(c, error, size))
        return STATUS_INPUT;
    if (c->r->merge)
        return merge(c, error, size);
    if (c->r->shards == 1)
        parts_remove(c->r);
    if (c->r->shards == 1 && c->r->regrade && c->status == STATUS_DONE)
        regrade_end(c->r);
    snprintf(error, size, "somebody could not be graded here; the messages above say who");
    return c->status;
}

enum status course_grade(const struct course_request *r, u32 *graded, char *error,
                         size_t error_size)
{
    struct student *list = NULL;
    struct course c = {.r = r};
    enum status status = STATUS_INPUT;
    if (students_find(r, &list, &c.count, error, error_size)) {
        c.list = list;
        c.lab = calloc(1, sizeof *c.lab);
        c.before = calloc(c.count + 1, sizeof *c.before);
        for (u32 i = 0; c.before && i < c.count; i++)
            c.before[i] = -1;
        status = c.lab && c.before ? run(&c, error, error_size) : STATUS_LIMIT;
    }
    *graded = c.graded;
    free(c.before);
    free(c.folder);
    free(c.lab);
    students_free(list, c.count);
    return status;
}
