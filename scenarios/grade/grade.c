// Grading in a child process. Read scenarios/grade/grade.h first; the reports are
// scenarios/grade/report.c.
#include "scenarios/grade/grade.h"

#include "scenarios/host/files.h"
#include "scenarios/host/folder.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CPU_SECONDS 60             // the child's
#define WALL_SECONDS 120           // until the parent ends it
#define ADDRESS_SPACE (6ull << 30) // bytes
#define RESULT_MAX (4u << 20)      // bytes of JSON
#define STEPS_MAX 2000000000u      // machine steps of all its worlds
#define CHUNK_STEPS 1000000

// ---- the child

struct output {
    char *text;
    size_t size;
};

static void printed(void *context, const char *text)
{
    struct output *o = context;
    size_t n = strlen(text);
    char *more = realloc(o->text, o->size + n + 2);
    if (!more)
        return;
    o->text = more;
    memcpy(o->text + o->size, text, n);
    o->size += n;
    o->text[o->size++] = '\n';
    o->text[o->size] = 0;
}

static void limit(int resource, rlim_t value)
{
    struct rlimit l = {.rlim_cur = value, .rlim_max = value};
    setrlimit(resource, &l);
}

static void set_limits(void)
{
    limit(RLIMIT_CPU, CPU_SECONDS);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);  // it has nothing to write but its pipe
#ifndef __SANITIZE_ADDRESS__ // whose shadow memory is larger than any limit
    limit(RLIMIT_AS, ADDRESS_SPACE);
#endif
}

static cJSON *result_json(const struct scenario *sc, const struct output *output)
{
    const struct scenario_check *checks;
    u32 count = scenario_checks(sc, &checks);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "title", scenario_title(sc));
    cJSON_AddStringToObject(root, "error", scenario_error(sc));
    cJSON_AddNumberToObject(root, "state", scenario_state(sc));
    cJSON_AddStringToObject(root, "output", output->text ? output->text : "");
    cJSON *tests = cJSON_AddArrayToObject(root, "tests");
    for (u32 i = 0; i < count; i++) {
        cJSON *test = cJSON_CreateObject();
        cJSON_AddStringToObject(test, "name", checks[i].name);
        cJSON_AddStringToObject(test, "message", checks[i].message);
        cJSON_AddNumberToObject(test, "points", checks[i].points);
        cJSON_AddNumberToObject(test, "earned", checks[i].earned);
        cJSON_AddBoolToObject(test, "passed", checks[i].passed);
        cJSON_AddItemToArray(tests, test);
    }
    return root;
}

static void write_all(int fd, const char *text, size_t size)
{
    while (size) {
        ssize_t n = write(fd, text, size);
        if (n <= 0)
            return;
        text += n;
        size -= (size_t)n;
    }
}

// Runs the lab's script and writes its result to `to`. Returns the child's exit status.
static int grade_here(const char *script, const struct scenario_options *wanted, int to)
{
    struct output output = {0};
    struct scenario_options options = *wanted;
    char error[WORLD_ERROR];
    enum status why = STATUS_INTERNAL;
    options.context = &output;
    options.printed = printed;
    struct scenario *sc = scenario_open(script, &options, &why, error, sizeof error);
    if (!sc) {
        cJSON *root = cJSON_CreateObject();
        cJSON_AddStringToObject(root, "error", error);
        char *text = cJSON_PrintUnformatted(root);
        write_all(to, text ? text : "", text ? strlen(text) : 0);
        cJSON_Delete(root);
        free(text);
        return (int)why;
    }
    while (scenario_advance(sc, CHUNK_STEPS) == SCENARIO_RUNNING)
        ;
    cJSON *root = result_json(sc, &output);
    char *text = cJSON_PrintUnformatted(root);
    write_all(to, text ? text : "", text ? strlen(text) : 0);
    cJSON_Delete(root);
    free(text);
    free(output.text);
    scenario_close(sc);
    return STATUS_DONE;
}

// ---- the parent

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// All that comes through the pipe, at most RESULT_MAX bytes and until the deadline; malloc'ed,
// NULL: out of memory.
static char *read_result(int from, double deadline)
{
    char *text = malloc(RESULT_MAX + 1);
    size_t size = 0;
    while (text && size < RESULT_MAX) {
        struct pollfd pipe = {.fd = from, .events = POLLIN};
        double left = deadline - seconds_now();
        int ready = left > 0 ? poll(&pipe, 1, (int)(left * 1000) + 1) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        ssize_t n = ready > 0 ? read(from, text + size, RESULT_MAX - size) : 0;
        if (n <= 0)
            break;
        size += (size_t)n;
    }
    if (text)
        text[size] = 0;
    return text;
}

static void tell_death(int status, char *error, size_t error_size)
{
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
        snprintf(error, error_size, "the lab's script was stopped: it took more than %d s",
                 CPU_SECONDS);
    else if (WIFSIGNALED(status))
        snprintf(error, error_size, "the lab's script ended with signal %d", WTERMSIG(status));
    else
        snprintf(error, error_size, "the lab's script gave no result (status %d)",
                 WEXITSTATUS(status));
}

static char *text_of(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return strdup(text ? text : "");
}

static double number_of(const cJSON *object, const char *key)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(number) ? number->valuedouble : 0;
}

static void take_tests(const cJSON *tests, struct grade *grade)
{
    grade->tests = calloc((size_t)cJSON_GetArraySize(tests) + 1, sizeof *grade->tests);
    const cJSON *test;
    if (!grade->tests)
        return;
    cJSON_ArrayForEach(test, tests)
    {
        struct grade_test *t = &grade->tests[grade->count++];
        t->name = text_of(test, "name");
        t->message = text_of(test, "message");
        t->points = number_of(test, "points");
        t->earned = number_of(test, "earned");
        t->passed = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(test, "passed"));
        grade->points += t->points;
        grade->earned += t->earned;
    }
}

// The child's JSON as a grade. False: it tells of an error instead.
static bool take_result(const char *text, struct grade *grade, enum status *why, char *error,
                        size_t error_size)
{
    cJSON *root = cJSON_Parse(text);
    if (!root)
        return false;
    char *told = text_of(root, "error");
    bool limited = number_of(root, "state") == SCENARIO_LIMIT;
    bool good = told && !*told && !limited;
    if (!good) {
        *why = limited ? STATUS_LIMIT : STATUS_INPUT;
        snprintf(error, error_size, "%s",
                 limited ? "the lab's programs ran for too many steps"
                 : told  ? told
                         : "not enough memory");
    } else {
        grade->title = text_of(root, "title");
        grade->output = text_of(root, "output");
        take_tests(cJSON_GetObjectItemCaseSensitive(root, "tests"), grade);
        good = grade->tests;
    }
    free(told);
    cJSON_Delete(root);
    return good;
}

// Starts the child. Its end of the pipe is closed here.
static pid_t start(const char *script, const struct scenario_options *options, int *from)
{
    int ends[2];
    if (pipe(ends))
        return -1;
    fflush(NULL); // or the child would write what is buffered once more
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        signal(SIGPIPE, SIG_IGN);
        set_limits();
        int status = grade_here(script, options, ends[1]);
        close(ends[1]);
        _exit(status);
    }
    close(ends[1]);
    *from = ends[0];
    if (child < 0)
        close(ends[0]);
    return child;
}

static bool run_child(const char *script, const struct scenario_options *options,
                      struct grade *grade, enum status *why, char *error, size_t error_size)
{
    double begun = seconds_now();
    int from, status = 0;
    pid_t child = start(script, options, &from);
    *why = STATUS_INTERNAL;
    if (child < 0) {
        snprintf(error, error_size, "no process can be started: %s", strerror(errno));
        return false;
    }
    char *text = read_result(from, begun + WALL_SECONDS);
    close(from);
    if (seconds_now() > begun + WALL_SECONDS)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    grade->seconds = seconds_now() - begun;
    *error = 0;
    bool good = text && take_result(text, grade, why, error, error_size);
    if (!good && !*error)
        tell_death(status, error, error_size);
    free(text);
    return good;
}

// The lab's script: of a folder that is named, or of one of ours.
static char *find_script(const char *lab, char *error, size_t error_size)
{
    char *labs = strchr(lab, '/') ? NULL : folder_labs();
    char *folder = labs ? file_join(labs, lab) : strdup(lab);
    char *script = folder ? file_join(folder, "grade.lua") : NULL;
    if (script && !file_is_regular(script)) {
        free(script);
        script = file_join(lab, "grade.lua");
    }
    free(labs);
    free(folder);
    if (script && file_is_regular(script))
        return script;
    snprintf(error, error_size,
             "%s: there is no such lab (no grade.lua); 'trapeze grade --list' lists them", lab);
    free(script);
    return NULL;
}

bool grade_run(const char *lab, const char *task, const char *submission, u64 seed,
               struct grade *grade, enum status *why, char *error, size_t error_size)
{
    struct stat about;
    *grade = (struct grade){0};
    *why = STATUS_INPUT;
    if (submission && (stat(submission, &about) || !S_ISDIR(about.st_mode))) {
        snprintf(error, error_size,
                 "%s: there is no such folder; --submission names the folder with the answers",
                 submission);
        return false;
    }
    char *script = find_script(lab, error, error_size);
    if (!script)
        return false;
    struct scenario_options options = {
        .seed = seed, .limit = STEPS_MAX, .task = task, .submission = submission};
    bool good = run_child(script, &options, grade, why, error, error_size);
    free(script);
    if (!good)
        grade_free(grade);
    return good;
}

void grade_free(struct grade *grade)
{
    for (u32 i = 0; i < grade->count; i++) {
        free(grade->tests[i].name);
        free(grade->tests[i].message);
    }
    free(grade->tests);
    free(grade->output);
    free(grade->title);
    *grade = (struct grade){0};
}

// ---- the list

u32 grade_labs(struct scenario_entry **list)
{
    u32 count = 0;
    struct dirent **names = NULL;
    char *folder = folder_labs();
    int found = folder ? scandir(folder, &names, NULL, alphasort) : 0;
    *list = found > 0 ? calloc((size_t)found, sizeof **list) : NULL;
    for (int i = 0; i < found; i++) {
        char error[WORLD_ERROR];
        struct scenario_entry *e = *list ? &(*list)[count] : NULL;
        char *lab = file_join(folder, names[i]->d_name);
        char *script = lab ? file_join(lab, "grade.lua") : NULL;
        if (e && *names[i]->d_name != '.' && script && file_is_regular(script) &&
            scenario_read_header(script, &e->title, &e->description, error, sizeof error)) {
            e->path = strdup(names[i]->d_name);
            count++;
        }
        free(lab);
        free(script);
        free(names[i]);
    }
    free(names);
    free(folder);
    return count;
}
