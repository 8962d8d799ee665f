// trapeze replay: runs again what was recorded, compares every event, and says where the first one
// differs and why that might be. Read scenarios/world/recording.h first.
// Read next: ui/command/replay_lab.c.
#include "ui/command/replay.h"

#include "scenarios/host/files.h"
#include "scenarios/script/lesson.h"
#include "scenarios/world/report.h"
#include "sim/state/hash.h"
#include "ui/command/lab_request.h"
#include "ui/command/near.h"
#include "ui/command/reports.h"
#include "ui/command/run_film.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK_STEPS 1000000

// Computes the hash of a scenario's text. Returns false if the text cannot be read.
static bool hash_source(const char *path, u64 *hash)
{
    char error[WORLD_ERROR];
    size_t size;
    char *text = file_text(path, SCENARIO_SOURCE_MAX, &size, error, sizeof error);
    if (!text)
        return false;
    *hash = hash_bytes(HASH_START, text, size);
    free(text);
    return true;
}

struct recording *recording_of_run(const char *path, u64 seed, u64 limit, bool interactive)
{
    struct recording_head head = {
        .version = TRAPEZE_VERSION, .seed = seed, .limit = limit, .interactive = interactive};
    if (strlen(path) >= sizeof head.scenario || !hash_source(path, &head.source))
        return NULL;
    strcpy(head.scenario, path);
    return recording_new(&head);
}

// ---- running again

struct replay {
    struct recording *recording;
    const struct recording_head *head;
    const char *file; // of the recording
    char *path;       // of the scenario
    bool edited;
};

// What the person answered at this stop; -1: nothing, or the person left there.
static int answer_again(const struct recording *r, const struct lesson_stop *stop)
{
    u32 count;
    const int *answers = recording_answers(r, &count);
    return stop->number <= count ? answers[stop->number - 1] : -1;
}

enum scenario_status replay_run(struct recording *r, struct scenario *sc)
{
    enum scenario_status status = SCENARIO_RUNNING;
    while (status == SCENARIO_RUNNING || status == SCENARIO_WAITING || status == SCENARIO_STOPPED) {
        u64 steps = recording_give_input(r);
        if (status == SCENARIO_STOPPED)
            scenario_answer(sc, answer_again(r, scenario_stop(sc)));
        status = scenario_advance(sc, steps < CHUNK_STEPS ? steps : CHUNK_STEPS);
        if (recording_is_left(r))
            break;
        if (status == SCENARIO_WAITING && !recording_has_input(r))
            break;
        if (recording_difference(r, false).what != DIFFERS_NOWHERE)
            break;
    }
    return status;
}

// ---- telling

// Says so if a person has changed the recorded run by hand.
static void tell_fork(const struct replay *r)
{
    u32 world;
    u64 steps;
    const char *what = recording_forked(r->recording, &world, &steps);
    if (what)
        printf("replay: at step %" PRIu64 " of world %" PRIu32
               " the recorded run was changed by hand (%s); a replay does not repeat that\n",
               steps, world, what);
}

static const char *reason(const struct replay *r, const struct recording_difference *d)
{
    u32 world;
    u64 steps;
    if (recording_forked(r->recording, &world, &steps))
        return "the recorded run was changed by hand";
    if (r->edited)
        return "the scenario's file has been changed since";
    if (strcmp(r->head->version, TRAPEZE_VERSION))
        return "another version of trapeze made the recording";
    if (d->what == DIFFERS_AT_START)
        return "a kernel, an initrd or a disk that the scenario names has been changed since, or "
               "trapeze itself";
    return "nothing that the recording tells of has been changed, so trapeze itself must have been";
}

static void tell_difference(const struct replay *r, const struct recording_difference *d)
{
    char line[TRACE_TEXT];
    printf("replay: not the same run: ");
    switch (d->what) {
    case DIFFERS_AT_START:
        printf("world %" PRIu32 " is another one at its start\n", d->world);
        break;
    case DIFFERS_IN_EVENT:
        printf("in world %" PRIu32 " event %" PRIu64 " differs, at step %" PRIu64 "\n", d->world,
               d->number, d->event.steps);
        printf("recorded: %s\n", event_kind_name(d->recorded));
        printf("now:      %s\n", trace_line(&d->event, line, sizeof line));
        break;
    case HAS_MORE_EVENTS:
        printf("in world %" PRIu32 " the recording ends before event %" PRIu64 ", at step %" PRIu64
               "\n",
               d->world, d->number, d->event.steps);
        printf("now:      %s\n", trace_line(&d->event, line, sizeof line));
        break;
    case HAS_FEWER_EVENTS:
        printf("in world %" PRIu32 " event %" PRIu64 " did not come again\n", d->world, d->number);
        printf("recorded: %s\n", event_kind_name(d->recorded));
        break;
    default:
        printf("one of the two runs has no world %" PRIu32 "\n", d->world);
        break;
    }
    printf("why: %s\n", reason(r, d));
}

static bool tell_whether_same(const struct replay *r)
{
    struct recording_difference d = recording_difference(r->recording, true);
    if (d.what != DIFFERS_NOWHERE)
        tell_difference(r, &d);
    return d.what == DIFFERS_NOWHERE;
}

static int compare_run(struct replay *r, enum engine_choice engine)
{
    struct scenario_options options = {.seed = r->head->seed,
                                       .limit = r->head->limit,
                                       .engine = engine,
                                       .interactive = r->head->interactive,
                                       .follow = r->head->interactive,
                                       .recording = r->recording};
    char error[WORLD_ERROR];
    enum status why = STATUS_INTERNAL;
    struct scenario *sc = scenario_open(r->path, &options, &why, error, sizeof error);
    if (!sc) {
        fprintf(stderr, "trapeze replay: %s\n", error);
        return (int)why;
    }
    bool failed = replay_run(r->recording, sc) == SCENARIO_FAILED;
    bool same = tell_whether_same(r);
    if (same && failed)
        fprintf(stderr, "trapeze replay: %s\n", scenario_error(sc));
    printf("replay: %" PRIu64 " events are the same as recorded\n", recording_events(r->recording));
    if (same && recording_is_left(r->recording))
        printf("replay: here the person left the run, before the script came to its end\n");
    scenario_close(sc);
    return same ? STATUS_DONE : STATUS_FAILED;
}

// ---- a film of it

static int film_run_again(struct replay *r, const struct option_value *value)
{
    const struct film_files files = {.cast = value[OPTION_REPLAY_CAST].text,
                                     .html = value[OPTION_REPLAY_HTML].text,
                                     .size = value[OPTION_REPLAY_SIZE].text};
    const struct report_path paths[] = {{"--cast", files.cast}, {"--html", files.html}};
    const struct dashboard_options options = {
        .seed = r->head->seed,
        .limit = r->head->limit,
        .engine = (enum engine_choice)value[OPTION_REPLAY_ENGINE].number,
        .recording = r->recording};
    if (!reports_are_apart("replay", paths, 2) ||
        !reports_spare("replay", paths, 2, r->path, "the scenario") ||
        !reports_spare("replay", paths, 2, r->file, "the recording"))
        return STATUS_USAGE;
    int status = run_film("replay", r->path, &options, &files);
    if (status == STATUS_USAGE || status == STATUS_INPUT)
        return status;
    return tell_whether_same(r) ? STATUS_DONE : STATUS_FAILED;
}

// ---- the command

static int replay(struct replay *r, const struct option_value *value)
{
    u64 source;
    const char *name = value[OPTION_REPLAY_SCENARIO].text;
    r->path = scenario_find(name ? name : r->head->scenario);
    if (!r->path || !hash_source(r->path, &source)) {
        fprintf(stderr,
                "trapeze replay: %s: the scenario of this recording is not there; say where it is "
                "with --scenario\n",
                name ? name : r->head->scenario);
        return STATUS_INPUT;
    }
    tell_fork(r);
    r->edited = source != r->head->source;
    if (r->edited)
        printf("replay: %s has been changed since the recording\n", r->path);
    if (value[OPTION_REPLAY_CAST].given || value[OPTION_REPLAY_HTML].given)
        return film_run_again(r, value);
    return compare_run(r, (enum engine_choice)value[OPTION_REPLAY_ENGINE].number);
}

// The name of a lab, or of a file beside the file that is not there, which is near to the word.
// malloc'ed; NULL: there is none.
static char *near_operand(const char *word)
{
    const char *slash = strrchr(word, '/');
    char *lab = lab_request_near(word);
    if (lab || !slash)
        return lab ? lab : near_file(".", word, "");
    char *folder = strndup(word, (size_t)(slash + 1 - word)); // with its slash
    char *file = folder ? near_file(folder, slash + 1, "") : NULL;
    char *near = NULL;
    if (file && asprintf(&near, "%s%s", folder, file) < 0)
        near = NULL;
    free(file);
    free(folder);
    return near;
}

// A folder, or a file that is not there, cannot be meant as a recording. Says so, if a near name
// may be meant.
static bool is_a_mistake(const char *word)
{
    struct stat about;
    bool is_there = !stat(word, &about);
    if (is_there && S_ISDIR(about.st_mode)) {
        fprintf(stderr,
                "trapeze replay: %s: this folder is no lab and no handout; name a lab, or a file "
                "that trapeze run --record made\n",
                word);
        return true;
    }
    char *near = is_there ? NULL : near_operand(word);
    if (near)
        fprintf(stderr,
                "trapeze replay: %s: there is no such recording or lab; did you mean '%s'?\n", word,
                near);
    bool found = near;
    free(near);
    return found;
}

static int replay_recording(struct command_line *line)
{
    if (is_a_mistake(line->operands[0]))
        return STATUS_INPUT;
    char error[RECORDING_ERROR];
    struct replay r = {.file = line->operands[0],
                       .recording = recording_load(line->operands[0], error)};
    if (!r.recording) {
        fprintf(stderr, "trapeze replay: %s\n", error);
        return STATUS_INPUT;
    }
    r.head = recording_head(r.recording);
    int status = replay(&r, line->value);
    free(r.path);
    recording_free(r.recording);
    return status;
}

// A test is named for a lab alone, and a recording is a file, which no lab is.
static bool is_of_a_lab(const struct command_line *line)
{
    char name[LAB_NAME], error[LAB_ERROR];
    u64 seed;
    if (line->value[OPTION_REPLAY_TEST].given || lab_handout(line->operands[0], name, &seed))
        return true;
    char *script = lab_find(line->operands[0], error, sizeof error);
    free(script);
    return script;
}

static int replay_test(struct command_line *line)
{
    const struct option_value *value = line->value;
    struct lab_request r;
    if (value[OPTION_REPLAY_CAST].given || value[OPTION_REPLAY_HTML].given)
        return option_wrong("replay", "--cast and --html make films of recordings, not of labs");
    lab_request_take(&r, line->operands[0], &value[OPTION_REPLAY_SUBMISSION],
                     &value[OPTION_REPLAY_SEED], &value[OPTION_REPLAY_TRUST]);
    r.grade.only = value[OPTION_REPLAY_TEST].text;
    r.grade.only_case = (u32)value[OPTION_REPLAY_CASE].number;
    if (!r.grade.only)
        return option_wrong("replay", "%s: this is a lab, so say which test with --test",
                            line->operands[0]);
    return replay_lab(&r.grade, value[OPTION_REPLAY_PLAIN].given);
}

int cmd_replay(int argc, char **argv)
{
    struct command_line line;
    int status = options_read("replay", argc, argv, &line);
    if (status < 0)
        status = options_one_operand("replay", &line,
                                     "which recording, or which lab? trapeze run --record makes a "
                                     "recording, and trapeze grade --list lists the labs",
                                     "recording or lab");
    if (status >= 0)
        return status;
    return is_of_a_lab(&line) ? replay_test(&line) : replay_recording(&line);
}
