// The file of a recording. Its lines: scenarios/world/recording.h. A file is hostile until it is
// read: each line is checked, and a message says which one is wrong.
// Read next: scenarios/grade/report.h.
#include "scenarios/world/recording_parts.h"

#include "scenarios/host/files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TITLE "trapeze recording 1"
#define LINE_MOST 1200

// ---- writing

static void write_head(FILE *f, const struct recording_head *h)
{
    fprintf(f,
            TITLE "\nversion %s\nscenario %s\nsource %016" PRIx64 "\nseed %" PRIu64
                  "\nlimit %" PRIu64 "\ninteractive %d\n",
            h->version, h->scenario, h->source, h->seed, h->limit, h->interactive);
}

static void write_world(FILE *f, const struct recorded_world *w)
{
    size_t input = 0;
    fprintf(f, "world %016" PRIx64 "\n", w->start);
    for (size_t i = 0; i < w->count; i++) {
        for (; input < w->input_count && w->inputs[input].event == i; input++)
            fprintf(f, "%c %" PRIu64 " %" PRIu32 " %02x\n", w->inputs[input].waited ? 'w' : 'i',
                    w->inputs[input].steps, w->inputs[input].unit, w->inputs[input].byte);
        fprintf(f, "%c%08" PRIx32 "\n", 'a' + w->events[i].kind, w->events[i].hash);
    }
}

// What stands between the head and the first world.
static void write_doings(FILE *f, const struct recording *r)
{
    if (r->fork_world)
        fprintf(f, "fork %" PRIu32 " %" PRIu64 " %s\n", r->fork_world, r->fork_steps, r->fork);
    for (u32 i = 0; i < r->mark_count; i++)
        fprintf(f, "bookmark %" PRIu32 " %" PRIu64 " %" PRIu32 " %s\n", r->marks[i].generation,
                r->marks[i].steps, r->marks[i].stop, r->marks[i].name);
    for (u32 i = 0; i < r->answer_count; i++)
        fprintf(f, "answer %" PRIu32 " %d\n", i + 1, r->answers[i]);
    if (r->left)
        fprintf(f, "left %" PRIu64 "\n", r->left_at);
}

bool recording_save(struct recording *r, const char *path, char *error)
{
    struct file_out out;
    if (!file_out_open(&out, path, error, RECORDING_ERROR))
        return false;
    write_head(out.file, &r->head);
    write_doings(out.file, r);
    for (u32 i = 0; i < r->count; i++)
        write_world(out.file, &r->worlds[i]);
    fprintf(out.file, "end\n");
    return file_out_commit(&out, error, RECORDING_ERROR);
}

// ---- reading

struct reader {
    FILE *file;
    const char *path;
    char *error;
    char line[LINE_MOST];
    u32 number;
};

static bool wrong(const struct reader *in, const char *what)
{
    snprintf(in->error, RECORDING_ERROR,
             "%s:%" PRIu32 ": %s; record the run again with trapeze run --record", in->path,
             in->number, what);
    return false;
}

// Reads the next line, without its end. Returns false if there is none, or if it is too long.
static bool next_line(struct reader *in)
{
    in->number++;
    if (!fgets(in->line, sizeof in->line, in->file))
        return false;
    size_t length = strcspn(in->line, "\n");
    bool whole = in->line[length] == '\n';
    in->line[length] = 0;
    return whole;
}

// "key value": the value of the next line.
static const char *field(struct reader *in, const char *key)
{
    size_t length = strlen(key);
    if (!next_line(in) || strncmp(in->line, key, length) || in->line[length] != ' ')
        return NULL;
    return in->line + length + 1;
}

static bool number(const char *text, int base, u64 *value)
{
    char *end;
    if (!text || !*text || *text == '-')
        return false;
    errno = 0;
    *value = strtoull(text, &end, base);
    return !errno && !*end;
}

static bool read_head(struct reader *in, struct recording_head *h)
{
    const char *text;
    u64 interactive = 0;
    if (!next_line(in) || strcmp(in->line, TITLE))
        return wrong(in, "this is no recording: its first line is not \"" TITLE "\"");
    if (!(text = field(in, "version")) || strlen(text) >= sizeof h->version)
        return wrong(in, "the line \"version ...\" is wanted here");
    strcpy(h->version, text);
    if (!(text = field(in, "scenario")) || strlen(text) >= sizeof h->scenario)
        return wrong(in, "the line \"scenario PATH\" is wanted here");
    strcpy(h->scenario, text);
    if (!number(field(in, "source"), 16, &h->source) || !number(field(in, "seed"), 10, &h->seed) ||
        !number(field(in, "limit"), 10, &h->limit) ||
        !number(field(in, "interactive"), 10, &interactive))
        return wrong(in, "one of the lines source, seed, limit and interactive is wanted here");
    h->interactive = interactive;
    return true;
}

static bool read_input(struct reader *in, struct recorded_world *w)
{
    struct recorded_input i = {.event = w->count, .waited = in->line[0] == 'w'};
    unsigned byte;
    int end = 0;
    if (sscanf(in->line + 1, " %" SCNu64 " %" SCNu32 " %2x%n", &i.steps, &i.unit, &byte, &end) !=
            3 ||
        in->line[1 + end])
        return wrong(in, "an input is \"i STEPS UNIT BYTE\" or \"w STEPS UNIT BYTE\"");
    i.byte = (u8)byte;
    return recording_add_input(w, i) || wrong(in, "there is no memory for it");
}

static bool read_event(struct reader *in, struct recorded_world *w)
{
    u64 hash;
    u32 kind = (u32)(in->line[0] - 'a');
    if (kind >= EVENT_KINDS || strlen(in->line) != 9 || !number(in->line + 1, 16, &hash))
        return wrong(in, "an event is a letter and eight hexadecimal digits");
    return recording_add_event(w, (struct recorded_event){(u8)kind, (u32)hash}) ||
           wrong(in, "there is no memory for it");
}

static bool text_is_unprintable(const char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            return true;
    return false;
}

// "NUMBER STEPS TEXT". Returns the text, of 1 to `most` bytes; NULL: this is something else.
static const char *read_moment(const char *line, u32 *number, u64 *steps, size_t most)
{
    int at = 0;
    bool good = sscanf(line, "%" SCNu32 " %" SCNu64 " %n", number, steps, &at) == 2 && at &&
                line[at] && strlen(line + at) <= most;
    return good ? line + at : NULL;
}

static bool read_fork(struct reader *in, const char *line, struct recording *r)
{
    const char *what = read_moment(line, &r->fork_world, &r->fork_steps, sizeof r->fork - 1);
    if (!what || text_is_unprintable(what))
        return wrong(in, "a fork is \"fork WORLD STEPS WHAT\"");
    strcpy(r->fork, what);
    return true;
}

static bool read_bookmark(struct reader *in, const char *line, struct recording *r)
{
    struct recorded_mark *m = &r->marks[r->mark_count];
    if (r->mark_count == RECORDING_MARKS)
        return wrong(in, "there are too many bookmarks");
    int at = 0;
    const char *stop = read_moment(line, &m->generation, &m->steps, sizeof m->name + 10);
    if (!stop || sscanf(stop, "%" SCNu32 " %n", &m->stop, &at) != 1 || !at || !stop[at] ||
        strlen(stop + at) >= sizeof m->name)
        return wrong(in, "a bookmark is \"bookmark GENERATION STEPS STOP NAME\"");
    strcpy(m->name, stop + at);
    r->mark_count++;
    return true;
}

// The stops come in their order, from 1.
static bool read_answer(struct reader *in, const char *line, struct recording *r)
{
    u32 stop;
    int choice, end = 0;
    bool good = sscanf(line, "%" SCNu32 " %d%n", &stop, &choice, &end) == 2 && !line[end];
    if (!good || stop != r->answer_count + 1 || stop > RECORDING_STOPS || choice < -1)
        return wrong(in, "an answer is \"answer STOP CHOICE\", and the stops count from 1");
    int *more = realloc(r->answers, stop * sizeof *more);
    if (!more)
        return wrong(in, "there is no memory for it");
    r->answers = more;
    r->answers[r->answer_count++] = choice;
    return true;
}

static bool read_left(struct reader *in, const char *line, struct recording *r)
{
    r->left = number(line, 10, &r->left_at);
    return r->left || wrong(in, "where the person left is \"left STEPS\"");
}

static const struct {
    const char *word; // that the line begins with
    bool (*read)(struct reader *in, const char *line, struct recording *r);
} doings[] = {
    {"fork ", read_fork},
    {"bookmark ", read_bookmark},
    {"answer ", read_answer},
    {"left ", read_left},
};

// A line in front of the first world.
static bool read_doing(struct reader *in, struct recording *r)
{
    for (size_t i = 0; i < sizeof doings / sizeof *doings; i++) {
        size_t length = strlen(doings[i].word);
        if (!strncmp(in->line, doings[i].word, length))
            return doings[i].read(in, in->line + length, r);
    }
    return wrong(in, "the line \"world HASH\" is wanted first");
}

static bool read_worlds(struct reader *in, struct recording *r)
{
    struct recorded_world *w = NULL;
    u64 start;
    while (next_line(in)) {
        if (!strcmp(in->line, "end"))
            return true;
        if (!strncmp(in->line, "world ", 6)) {
            if (!number(in->line + 6, 16, &start) || !(w = recording_add_world(r, start)))
                return wrong(in, "a world is \"world HASH\"");
            continue;
        }
        bool input = strchr("iw", in->line[0]) && in->line[1] == ' ', good;
        if (!w)
            good = read_doing(in, r);
        else
            good = input ? read_input(in, w) : read_event(in, w);
        if (!good)
            return false;
    }
    return wrong(in, "the recording ends too early: the line \"end\" is missing");
}

struct recording *recording_load(const char *path, char *error)
{
    struct reader in = {.file = fopen(path, "r"), .path = path, .error = error};
    if (!in.file) {
        snprintf(error, RECORDING_ERROR, "%s: cannot read it: %s; check the name and the folder",
                 path, file_why_not(path));
        return NULL;
    }
    struct recording *r = recording_new(&(struct recording_head){0});
    if (r)
        r->left = false; // unless a line says so
    bool good = r ? read_head(&in, &r->head) && read_worlds(&in, r)
                  : wrong(&in, "there is no memory for it");
    fclose(in.file);
    if (good) {
        r->loaded = true;
        return r;
    }
    recording_free(r);
    return NULL;
}
