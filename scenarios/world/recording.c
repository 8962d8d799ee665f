// Recording and comparing events. The file and its lines: scenarios/world/recording_file.c. Read
// scenarios/world/recording.h first.
// Read next: scenarios/world/recording_file.c.
#include "scenarios/world/recording_parts.h"

#include "sim/state/hash.h"

#include <stdlib.h>
#include <string.h>

struct recording *recording_new(const struct recording_head *head)
{
    struct recording *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->head = *head;
    r->left = true; // until the script comes to its end
    return r;
}

void recording_free(struct recording *r)
{
    if (!r)
        return;
    recording_cut_worlds(r, 0);
    free(r->worlds);
    free(r->answers);
    free(r);
}

const struct recording_head *recording_head(const struct recording *r)
{
    return &r->head;
}

void recording_cut_worlds(struct recording *r, u32 count)
{
    while (r->count > count) {
        struct recorded_world *w = &r->worlds[--r->count];
        free(w->events);
        free(w->inputs);
    }
}

struct recorded_world *recording_add_world(struct recording *r, u64 start)
{
    size_t room = r->room;
    void *worlds = tape_grow(r->worlds, r->count, 1, &room, sizeof *r->worlds);
    if (!worlds)
        return NULL;
    r->worlds = worlds;
    r->room = room;
    r->worlds[r->count] = (struct recorded_world){.start = start};
    return &r->worlds[r->count++];
}

bool recording_add_event(struct recorded_world *w, struct recorded_event event)
{
    void *events = tape_grow(w->events, w->count, 1, &w->room, sizeof *w->events);
    if (!events)
        return false;
    w->events = events;
    w->events[w->count++] = event;
    return true;
}

bool recording_add_input(struct recorded_world *w, struct recorded_input input)
{
    void *inputs = tape_grow(w->inputs, w->input_count, 1, &w->input_room, sizeof *w->inputs);
    if (!inputs)
        return false;
    w->inputs = inputs;
    w->inputs[w->input_count++] = input;
    return true;
}

// ---- hearing

static struct recorded_event brief(const struct event *e)
{
    u64 hash = hash_words(HASH_START, e, sizeof *e);
    return (struct recorded_event){e->note.kind, (u32)(hash ^ hash >> 32)};
}

static bool is_same(const struct recorded_event *a, const struct recorded_event *b)
{
    return a->kind == b->kind && a->hash == b->hash;
}

// The run went back, and another event came this time. What was recorded from here on is forgotten.
static void forget_from(struct recording *r, struct recorded_world *w, u64 number)
{
    recording_cut_worlds(r, r->world);
    r->left = true;
    w->count = number;
    while (w->input_count && w->inputs[w->input_count - 1].event >= number)
        w->input_count--;
}

static void record(struct recording *r, struct recorded_world *w, const struct event *e, u64 number)
{
    bool typed = e->note.kind == EVENT_INPUT && !r->driver_runs;
    struct recorded_event now = brief(e);
    if (number < w->count && is_same(&w->events[number], &now))
        return;
    if (number < w->count)
        forget_from(r, w, number);
    if (typed)
        recording_add_input(w,
                            (struct recorded_input){e->steps, number, e->note.vm, (u8)e->note.value,
                                                    machine_waits(r->machine)});
    if (number == w->count)
        recording_add_event(w, now);
    r->left_at = e->steps;
}

static void differ(struct recording *r, struct recording_difference d)
{
    if (r->difference.what != DIFFERS_NOWHERE)
        return; // the first one is told
    d.world = r->world;
    r->difference = d;
    machine_stop(r->machine);
}

static void compare(struct recording *r, const struct recorded_world *w, const struct event *e,
                    u64 number)
{
    struct recorded_event now = brief(e);
    if (number >= w->count && r->left && r->world == r->count)
        machine_stop(r->machine); // here the person left the run
    else if (number >= w->count)
        differ(r, (struct recording_difference){
                      .what = HAS_MORE_EVENTS, .number = number + 1, .event = *e});
    else if (!is_same(&w->events[number], &now))
        differ(r, (struct recording_difference){.what = DIFFERS_IN_EVENT,
                                                .number = number + 1,
                                                .recorded = w->events[number].kind,
                                                .event = *e});
    else if (r->difference.what == DIFFERS_NOWHERE)
        r->agreed++;
}

static const struct recorded_input *next_input(const struct recording *r)
{
    const struct recorded_world *w = &r->worlds[r->world - 1];
    return r->loaded && r->next_input < w->input_count ? &w->inputs[r->next_input] : NULL;
}

static void hear(void *context, const struct event *e)
{
    struct recording *r = context;
    if (!r->world || r->world > r->count) // there was no memory to record this world
        return;
    struct recorded_world *w = &r->worlds[r->world - 1];
    u64 number = e->seq - w->first;
    if (r->loaded)
        compare(r, w, e, number);
    else
        record(r, w, e, number);
    r->number = number + 1;
    const struct recorded_input *input = next_input(r);
    if (input && !input->waited && input->event == r->number && input->steps == e->steps)
        machine_stop(r->machine); // recording_give_input is to be called now
}

// The present world is over. What an earlier life recorded beyond this end is another future.
static void end_world(struct recording *r)
{
    bool known = r->world && r->world <= r->count;
    if (known && r->number < r->worlds[r->world - 1].count)
        forget_from(r, &r->worlds[r->world - 1], r->number);
}

// Makes a place for a world that begins with this state. If the run went back, and the same world
// begins again, what was recorded of it stays, and is compared.
static void begin_world(struct recording *r, u32 number, u64 start)
{
    end_world(r);
    if (number <= r->count && r->worlds[number - 1].start == start)
        return;
    recording_cut_worlds(r, number - 1);
    r->left = true;
    r->left_at = 0;
    if (number == r->count + 1)
        recording_add_world(r, start);
}

static void compare_start(struct recording *r, u32 number, u64 start)
{
    if (number <= r->count && r->worlds[number - 1].start != start)
        differ(r, (struct recording_difference){.what = DIFFERS_AT_START});
    else if (number > r->count && !r->left) // else the person left the run before it came here
        differ(r, (struct recording_difference){.what = HAS_OTHER_WORLDS});
}

bool recording_world(struct recording *r, u32 number, struct machine *m)
{
    u64 start = machine_hash(m);
    if (!r->loaded)
        begin_world(r, number, start);
    r->world = number;
    r->machine = m;
    r->number = 0;
    r->next_input = 0;
    if (r->loaded)
        compare_start(r, number, start);
    if (number > r->count)
        return r->loaded;
    r->worlds[number - 1].first = machine_events(m);
    machine_listen(m, EVENT_ALL, hear, r);
    return r->loaded;
}

void recording_return(struct recording *r, u32 number, struct machine *m)
{
    bool known = m && number <= r->count;
    r->world = m ? number : 0;
    r->machine = m;
    r->number = known ? machine_events(m) - r->worlds[number - 1].first : 0;
}

void recording_fork(struct recording *r, const char *what)
{
    u64 steps = r->machine ? machine_steps(r->machine) : 0;
    bool later = r->fork_world &&
                 (r->fork_world < r->world || (r->fork_world == r->world && r->fork_steps < steps));
    if (!what)
        r->fork_world = 0;
    if (!what || later)
        return;
    r->fork_world = r->world;
    r->fork_steps = steps;
    snprintf(r->fork, sizeof r->fork, "%s", what);
}

const char *recording_forked(const struct recording *r, u32 *world, u64 *steps)
{
    *world = r->fork_world;
    *steps = r->fork_steps;
    return r->fork_world ? r->fork : NULL;
}

// A person who goes back has still seen what was recorded, so the last moment counts. The script
// may stop before it builds the next machine, so the person may leave while there is none.
void recording_leave(struct recording *r)
{
    u64 steps = r->machine && r->world == r->count ? machine_steps(r->machine) : 0;
    if (!r->loaded && steps > r->left_at)
        r->left_at = steps;
    r->machine = NULL;
}

void recording_over(struct recording *r)
{
    if (r->loaded)
        return;
    end_world(r);
    r->left = false;
}

void recording_driver_runs(struct recording *r, bool runs)
{
    r->driver_runs = runs;
}

// ---- what a person did that changes no event

void recording_keep_marks(struct recording *r, const struct recorded_mark *marks, u32 count)
{
    r->mark_count = count < RECORDING_MARKS ? count : RECORDING_MARKS;
    for (u32 i = 0; i < r->mark_count; i++)
        r->marks[i] = marks[i];
}

void recording_keep_answers(struct recording *r, const int *answers, u32 count)
{
    count = count < RECORDING_STOPS ? count : RECORDING_STOPS;
    int *copy = count ? malloc(count * sizeof *copy) : NULL;
    if (copy)
        memcpy(copy, answers, count * sizeof *copy);
    free(r->answers);
    r->answers = copy;
    r->answer_count = copy ? count : 0;
}

const struct recorded_mark *recording_marks(const struct recording *r, u32 *count)
{
    *count = r->mark_count;
    return r->marks;
}

const int *recording_answers(const struct recording *r, u32 *count)
{
    *count = r->answer_count;
    return r->answers;
}

// ---- replaying

// How many steps there are to where the person left the run. All ones: it is not in this world.
static u64 until_left(const struct recording *r)
{
    u64 steps = machine_steps(r->machine);
    if (!r->left || r->world != r->count)
        return UINT64_MAX;
    return r->left_at > steps ? r->left_at - steps : 1; // an event is still missing
}

bool recording_is_left(const struct recording *r)
{
    if (!r->loaded || !r->left)
        return false;
    if (!r->machine || !r->count)
        return !r->count; // nothing has run yet, and perhaps the person saw nothing run
    if (r->world != r->count)
        return r->world > r->count;
    return r->number >= r->worlds[r->world - 1].count && machine_steps(r->machine) >= r->left_at;
}

// Bytes that came together are given together: the guest is called once for them.
static void give_together(struct recording *r, const struct recorded_input *first)
{
    u8 bytes[64];
    size_t count = 0;
    const struct recorded_input *i = first;
    while (i && count < sizeof bytes && i->steps == first->steps && i->unit == first->unit &&
           i->event == first->event + count) {
        bytes[count++] = i->byte;
        r->next_input++;
        i = next_input(r);
    }
    machine_input(r->machine, first->unit, bytes, count);
}

u64 recording_give_input(struct recording *r)
{
    if (!r->machine || !r->world || r->world > r->count)
        return UINT64_MAX;
    u64 steps = machine_steps(r->machine);
    for (const struct recorded_input *i; (i = next_input(r));) {
        if (i->steps > steps)
            return i->steps - steps;
        // Between two steps a VMM may do several things, and tell of each. The input came after so
        // many of them, or after all of them, when the machine waited.
        if (i->steps == steps &&
            (i->event > r->number || (i->waited && !machine_waits(r->machine))))
            return 1;
        give_together(r, i);
    }
    return until_left(r);
}

// A machine that waits takes no step. So input of a later moment, as a damaged recording may have
// it, would never come.
bool recording_has_input(const struct recording *r)
{
    bool known = r->machine && r->world && r->world <= r->count;
    const struct recorded_input *i = known ? next_input(r) : NULL;
    return i && i->steps <= machine_steps(r->machine) && i->event <= r->number;
}

struct recording_difference recording_difference(struct recording *r, bool over)
{
    bool known = r->world && r->world <= r->count;
    if (!over || r->difference.what != DIFFERS_NOWHERE || !known)
        return r->difference;
    const struct recorded_world *w = &r->worlds[r->world - 1];
    if (r->number < w->count)
        return (struct recording_difference){.what = HAS_FEWER_EVENTS,
                                             .world = r->world,
                                             .number = r->number + 1,
                                             .recorded = w->events[r->number].kind};
    if (r->world < r->count)
        return (struct recording_difference){.what = HAS_OTHER_WORLDS, .world = r->world + 1};
    return r->difference;
}

u64 recording_events(const struct recording *r)
{
    return r->agreed;
}
