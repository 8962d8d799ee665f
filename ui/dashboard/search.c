// Plays the run once more, stretch by stretch. ui/dashboard/search_find.c handles what is seen
// there. Read ui/dashboard/search.h first.
#include "ui/dashboard/search_parts.h"

#include "ui/terminal/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A chunk is played between two looks at the clock. Where every other instruction changes what is
// asked for, a step takes a thousand times as long as elsewhere, so chunks follow the time.
#define CHUNK_LEAST 1000   // steps
#define CHUNK_MOST 1000000 // steps
#define CHUNK_TIME 4       // milliseconds

// If only the last time is asked for, a part that takes so long is cut in two.
#define PART_TIME 30     // milliseconds
#define PART_LEAST 20000 // steps: a shorter part is searched whole
#define CHUNK_SLOW 32000 // steps: where the chunks are larger, nothing is reported

// ---- a stretch

static const struct past_moment *begin_of(const struct search *s, u32 stretch)
{
    return &s->play->past.moment[stretch];
}

static const struct past_moment *end_of(const struct search *s, u32 stretch)
{
    const struct past *past = &s->play->past;
    bool more = stretch + 1 < past_until(past, s->here.steps, s->here.resumes);
    return more ? &past->moment[stretch + 1] : &s->here;
}

// Returns true if what is asked for can have happened between these two moments.
static bool is_possible(const struct search *s, const struct past_moment *a,
                        const struct past_moment *b)
{
    const struct inquiry *q = &s->inquiry;
    bool same_world = search_noted(a)->generation == search_noted(b)->generation;
    if (a->steps == b->steps)
        return false;
    if (q->kind == SEARCH_TRAPS)
        return !same_world || search_noted(a)->open_row ||
               search_noted(a)->traps != search_noted(b)->traps;
    if (q->kind != SEARCH_MEMORY)
        return true;
    if (search_noted(b)->generation != search_noted(&s->here)->generation)
        return false;
    for (u32 i = 0; same_world && i < q->ranges; i++)
        if (!scenario_snapshot_same_page(a->snapshot, b->snapshot, q->range[i].at))
            return true;
    return !same_world;
}

// Chooses the next stretch in which there may be a result. Returns false if there is none.
static bool next_stretch(struct search *s)
{
    u32 count = past_until(&s->play->past, s->here.steps, s->here.resumes);
    do {
        s->stretch += s->last ? -1u : 1;
        if (s->stretch >= count)
            return false;
    } while (!is_possible(s, begin_of(s, s->stretch), end_of(s, s->stretch)));
    s->end = end_of(s, s->stretch)->steps;
    return true;
}

// The last chunk took so many milliseconds: chooses the size of the next one.
static void fit_chunk(struct search *s, u64 milliseconds)
{
    if (milliseconds < CHUNK_TIME && s->chunk < CHUNK_MOST)
        s->chunk *= 2;
    else if (milliseconds > 2 * CHUNK_TIME && s->chunk > CHUNK_LEAST)
        s->chunk /= 2;
}

// Plays on by a chunk, but not beyond this number of steps.
static void play_chunk(struct search *s, u64 until)
{
    struct playback *p = s->play;
    u64 at = scenario_steps(p->sc), start = host_milliseconds();
    if (scenario_state(p->sc) == SCENARIO_STOPPED)
        playback_answer_again(p);
    scenario_stand_between(p->sc, true);
    u64 steps = s->alone ? 1 : s->chunk;
    bool whole = !s->alone;
    playback_advance(p, until - at < steps ? until - at : steps);
    scenario_stand_between(p->sc, false);
    u64 took = host_milliseconds() - start;
    s->spent += took;
    // A chunk that ended early, since the step behind it is played alone, says nothing of its size.
    if (whole && !s->alone)
        fit_chunk(s, took);
}

// ---- the parts of a stretch
//
// Where a value changes at every third instruction, a stretch of a second takes minutes to search,
// and a person who asks for the last change waits for one row. As soon as the search proves slow,
// the rest of the stretch is cut in the middle. The run gets there at full speed.
//
//     stretch |--searched--|----- searched second -----|----- searched first -----| end
//                          cut                       middle
//
// The second half may be cut again, and so on.

static void drop_parts(struct search *s, u32 kept)
{
    while (s->parts > kept)
        playback_moment_free(&s->part[--s->parts]);
}

// Begins a part, or a stretch that is not cut. The run is there.
static void begin_part(struct search *s)
{
    s->spent = 0;
    s->chunk = CHUNK_LEAST;
    s->found_before = s->found->total;
    search_watch(s);
    search_look_round(s);
}

// Returns true if a part can begin here: the value is there to be seen.
static bool is_clear(const struct search *s)
{
    u32 value;
    return !search_has_value(s) || !s->play->machine || search_value(s, &value);
}

static bool wants_cut(const struct search *s)
{
    bool slow = s->found->total > s->found_before || s->chunk <= CHUNK_SLOW;
    u64 at = scenario_steps(s->play->sc);
    return s->last && !s->uncut && slow && s->spent >= PART_TIME && s->end > at + PART_LEAST &&
           s->parts + 2 <= SEARCH_PARTS && is_clear(s);
}

static void unwatch(struct search *s)
{
    s->alone = false;
    s->play->stops_at = NULL;
    playback_watch(s->play, &(struct watch){0});
}

// Cuts the rest of the part: its first half begins here. If a row was found, nobody needs the parts
// before it.
static void cut(struct search *s)
{
    u64 at = scenario_steps(s->play->sc);
    bool found = s->found->total > s->found_before;
    drop_parts(s, found || !s->parts ? 0 : s->parts - 1);
    if (!playback_moment(s->play, &s->part[s->parts])) {
        s->uncut = true;
        return;
    }
    s->parts++;
    s->middle = at + (s->end - at) / 2;
    s->chunk = CHUNK_LEAST;
    unwatch(s);
}

// Plays on towards the middle by a chunk. If no part can begin there, the middle is a little later.
// Returns false if the run cannot come back to the part before the middle.
static bool go_to_middle(struct search *s)
{
    u64 at = scenario_steps(s->play->sc);
    bool there = at >= s->middle && is_clear(s);
    if (!there && at < s->end && !playback_is_over(s->play)) {
        play_chunk(s, at < s->middle ? s->middle : at + 1);
        return true;
    }
    s->middle = 0;
    if (there && at < s->end && playback_moment(s->play, &s->part[s->parts]))
        s->parts++;
    else if (!playback_return(s->play, &s->part[s->parts - 1]))
        return false;
    else
        s->uncut = true;
    begin_part(s);
    return true;
}

// ---- playing

// Plays on in the stretch by a chunk. Returns false at the end of the stretch, or of its part.
static bool play_on(struct search *s)
{
    struct playback *p = s->play;
    u64 at = scenario_steps(p->sc);
    if (s->middle)
        return go_to_middle(s);
    if (at >= s->end || playback_is_over(p))
        return false;
    play_chunk(s, s->end);
    s->searched += scenario_steps(p->sc) - at;
    search_look_after(s);
    if (wants_cut(s))
        cut(s);
    return scenario_steps(p->sc) < s->end;
}

// ---- coming and going

// Gives the run to the search, for a while.
static bool come(struct search *s)
{
    bool goes_on = s->there.snapshot;
    if (s->middle)
        unwatch(s);
    if (!playback_return(s->play, goes_on ? &s->there : begin_of(s, s->stretch)))
        return false;
    if (s->middle)
        return true;
    search_watch(s);
    if (goes_on && s->inquiry.kind == SEARCH_BREAKPOINTS)
        lookout_begin(&s->lookout);
    else if (!goes_on)
        search_look_round(s);
    return true;
}

// The person gets the run back, as it was.
static void go(struct search *s)
{
    s->play->stops_at = s->stops_at;
    s->play->stops_context = s->stops_context;
    s->play->wanted = s->wanted;
    playback_watch(s->play, &s->watch);
    playback_return(s->play, &s->here);
}

// ---- the life of a search

struct search *search_begin(struct playback *p, const struct inquiry *inquiry,
                            const struct stops *stops, bool last, char *error, size_t error_size)
{
    struct search *s = calloc(1, sizeof *s);
    if (s)
        *s = (struct search){.play = p,
                             .inquiry = *inquiry,
                             .stops = *stops,
                             .last = last,
                             .chunk = CHUNK_LEAST,
                             .wanted = p->wanted,
                             .watch = p->watch,
                             .stops_at = p->stops_at,
                             .stops_context = p->stops_context,
                             .found = calloc(1, sizeof *s->found)};
    if (!s || !s->found || !playback_moment(p, &s->here)) {
        snprintf(error, error_size, "out of memory");
        if (s)
            free(s->found);
        free(s);
        return NULL;
    }
    memcpy(s->found->title, inquiry->title, sizeof s->found->title);
    s->stretch = last ? past_until(&p->past, s->here.steps, s->here.resumes) : -1u;
    s->over = !next_stretch(s);
    return s;
}

// To be called when the following stretch has been searched. It begins with this value.
static void remember_next(struct search *s, const struct past_moment *begin)
{
    u32 value;
    s->next_known = search_has_value(s) && playback_return(s->play, begin) && s->play->machine &&
                    search_value(s, &value);
    if (s->next_known)
        s->next_value = value;
}

// To be called at the end of a part. Goes to the part before it. Returns false if the search is
// complete, or if the run cannot go there.
static bool end_part(struct search *s)
{
    struct past_moment *begin = &s->part[s->parts - 1];
    s->end = begin->steps;
    s->uncut = false;
    remember_next(s, begin);
    drop_parts(s, s->parts - 1);
    if (!playback_return(s->play, &s->part[s->parts - 1]))
        return false;
    begin_part(s);
    return true;
}

// To be called at the end of the stretch, or of its part. Returns false if the search is complete,
// too.
static bool end_stretch(struct search *s)
{
    const struct past_moment *begin = begin_of(s, s->stretch), *end = end_of(s, s->stretch);
    search_settle(s);
    if (s->last && s->found->total > s->found_before)
        return false;
    if (s->parts > 1)
        return end_part(s);
    if ((s->last && s->found->total) || !next_stretch(s))
        return false;
    if (begin_of(s, s->stretch) == end)
        return true; // the run stands there already
    remember_next(s, begin);
    drop_parts(s, 0);
    s->uncut = false;
    if (!playback_return(s->play, begin_of(s, s->stretch)))
        return false;
    begin_part(s);
    return true;
}

bool search_go_on(struct search *s, int milliseconds)
{
    u64 start = host_milliseconds();
    if (s->over || !come(s)) {
        s->found->whole = true;
        return false;
    }
    // Each call searches at least one chunk, even on a host that takes long to come to the place.
    do
        s->over = !play_on(s) && !end_stretch(s);
    while (!s->over && host_milliseconds() - start < (u64)milliseconds);
    playback_moment_free(&s->there);
    s->over = s->over || !playback_moment(s->play, &s->there);
    go(s);
    s->found->whole = s->over;
    if (s->over && s->last)
        findings_keep_last(s->found);
    return !s->over;
}

u32 search_percent(const struct search *s)
{
    u64 all = s->here.steps;
    return all && s->searched < all ? (u32)(s->searched * 100 / all) : 100;
}

struct findings *search_take(struct search *s)
{
    struct findings *found = s->found;
    s->found = NULL;
    return found;
}

void search_moment(const struct search *s, u32 *generation, u64 *steps)
{
    *generation = search_noted(&s->here)->generation;
    *steps = s->here.steps;
}

void search_end(struct search *s)
{
    if (!s)
        return;
    playback_moment_free(&s->here);
    playback_moment_free(&s->there);
    drop_parts(s, 0);
    free(s->found);
    free(s);
}
