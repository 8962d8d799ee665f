// The life of a playback: opening, playing, typed input, and playing again. Read
// ui/dashboard/playback.h first.
#include "ui/dashboard/playback.h"
#include "ui/terminal/clock.h"
#include "ui/terminal/leave.h"
#include "hypervisor/native/observe.h"
#include "isa/isa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- opening

// A VMM that gives a guest the hypervisor extension by emulation delivers a trap of a guest inside
// that one to whom the extension's hedeleg names.
static bool is_reflected_to_itself(struct playback *p, const struct event *e)
{
    struct observed_vcpu v;
    return traplog_wants_own(p->log, e) && observe_vcpu(p->machine, &e->path, e->note.vcpu, &v) &&
           v.has_h && h_is_delegated(&v.state, &v.extension, e->note.cause);
}

static void on_event(void *context, const struct event *e)
{
    struct playback *p = context;
    traplog_add(p->log, e);
    if (traplog_wants_judgement(e)) {
        struct judgement judged; // later the tables may be others
        judgement_make(&judged, p->machine, e);
        traplog_set_judgement(p->log, e->hart, &judged);
    }
    if (is_reflected_to_itself(p, e))
        traplog_set_own(p->log, e->hart);
    if (traplog_wants_taker(e) && machine_hart(p->machine, e->hart)->virt) {
        struct vm_path taker; // the hart is in its trap handler already
        u32 vcpu;
        observe_hart(p->machine, e->hart, &taker, &vcpu);
        traplog_set_taker(p->log, e->hart, vm_path_length(&taker));
    }
    bool arrived = p->going_back && playback_is_there(p);
    if (!arrived && !(p->stops_at && p->stops_at(p->stops_context, e)))
        return;
    p->stopped = true;
    scenario_pause(p->sc);
}

static void on_built(void *context, struct world *w)
{
    struct playback *p = context;
    p->turns++;
    traplog_reset(p->log);
    p->machine = w->machine;
    p->world_began = scenario_steps(p->sc);
    // The wanted moment, or that of something to be typed again, may be near the beginning of this
    // world.
    if (p->going_back || p->typed_next < p->typed_count)
        scenario_pause(p->sc);
    machine_listen(w->machine, LOG_EVENTS, on_event, p);
    machine_watch(w->machine, p->watch.seen ? &p->watch : NULL);
}

void playback_watch(struct playback *p, const struct watch *w)
{
    bool same = p->watch.seen == w->seen && !memcmp(&p->watch, w, sizeof *w);
    p->watch = *w;
    if (p->machine && !same)
        machine_watch(p->machine, w);
}

static void on_printed(void *context, const char *text)
{
    struct playback *p = context;
    snprintf(p->printed, sizeof p->printed, "%s", text);
}

// To be called when the script hangs, just before the process ends.
static void on_hung(void *context, const char *message)
{
    (void)context;
    (void)message;
    leave_rescue();
}

bool playback_open(struct playback *p, const char *path, const struct scenario_options *options,
                   enum status *why, char *error, size_t error_size)
{
    *p = (struct playback){
        .path = strdup(path), .log = traplog_new(), .watch = p->watch, .past = playback_no_past};
    p->options = (struct scenario_options){.script = options->script,
                                           .seed = options->seed,
                                           .limit = options->limit,
                                           .engine = options->engine,
                                           .costs = options->costs,
                                           .interactive = options->interactive,
                                           .follow = true,
                                           .context = p,
                                           .built = on_built,
                                           .printed = on_printed,
                                           .hung = on_hung};
    *why = STATUS_INTERNAL;
    snprintf(error, error_size, "out of memory");
    if (p->path && p->log)
        p->sc = scenario_open(path, &p->options, why, error, error_size);
    if (p->sc) {
        playback_remember(p);
        return true;
    }
    traplog_free(p->log);
    free(p->path);
    return false;
}

// A student's code is part of the run, so the engine must not turn guest code into code of the
// host. Nobody types.
bool playback_take_lab(struct playback *p, struct lab *lab, char *error, size_t error_size)
{
    enum status why;
    p->options.lab = lab;
    p->options.engine = ENGINE_FAST;
    p->options.interactive = p->options.follow = false;
    struct scenario *sc = scenario_open(p->path, &p->options, &why, error, error_size);
    if (!sc)
        return false;
    past_cut(&p->past, 0);
    scenario_close(p->sc);
    p->sc = sc;
    playback_remember(p);
    return true;
}

void playback_record(struct playback *p, struct recording *recording)
{
    p->options.recording = recording;
    scenario_record(p->sc, recording);
}

void playback_close(struct playback *p)
{
    past_free(&p->past);
    free(p->typed);
    free(p->answers);
    scenario_close(p->sc);
    traplog_free(p->log);
    free(p->path);
}

// ---- typing

static void keep_typed(struct playback *p, struct typed_input typed)
{
    playback_forget_future(p);
    p->typed_count = p->typed_next;
    if (p->typed_count == p->typed_room) {
        u32 room = p->typed_room ? 2 * p->typed_room : 64;
        struct typed_input *grown = realloc(p->typed, room * sizeof *grown);
        if (!grown)
            return; // the guest gets the input, but a run that is taken back will lack it
        p->typed = grown;
        p->typed_room = room;
    }
    typed.generation = scenario_generation(p->sc);
    typed.steps = machine_steps(p->machine);
    typed.waited = machine_waits(p->machine);
    typed.stops = scenario_stops(p->sc);
    p->typed[p->typed_count++] = typed;
    p->typed_next = p->typed_count;
}

void playback_type(struct playback *p, u32 guest, const char *bytes, size_t count)
{
    struct typed_input typed = {.guest = guest};
    typed.count = (u8)(count < sizeof typed.bytes ? count : sizeof typed.bytes);
    memcpy(typed.bytes, bytes, typed.count);
    playback_remember(p); // now, so that a snapshot of this moment does not have the input yet
    keep_typed(p, typed);
    world_type(scenario_world(p->sc), guest, bytes, count);
}

// ---- changes by hand

static void tell_recording(struct playback *p, const struct edit *edit)
{
    char text[80];
    if (p->options.recording)
        recording_fork(p->options.recording, edit_print(edit, text));
}

// Without a change by hand, the run is the scenario's own again.
static void tell_if_original(struct playback *p)
{
    for (u32 i = 0; i < p->typed_count; i++)
        if (p->typed[i].edits)
            return;
    if (p->options.recording)
        recording_fork(p->options.recording, NULL);
}

bool playback_edit(struct playback *p, const struct edit *edit, const char **why)
{
    *why = "there is no machine yet";
    if (!p->machine)
        return false;
    playback_remember(p); // a snapshot of this moment does not have the change yet
    if (!edit_apply(p->machine, edit, why))
        return false;
    keep_typed(p, (struct typed_input){.edits = true, .edit = *edit});
    tell_recording(p, edit);
    return true;
}

const struct typed_input *playback_fork(const struct playback *p)
{
    for (u32 i = 0; i < p->typed_next; i++)
        if (p->typed[i].edits)
            return &p->typed[i];
    return NULL;
}

u32 playback_forget_edits(struct playback *p)
{
    u32 kept = p->typed_next, forgotten = 0;
    for (u32 i = p->typed_next; i < p->typed_count; i++) {
        if (p->typed[i].edits)
            forgotten++;
        else
            p->typed[kept++] = p->typed[i];
    }
    p->typed_count = kept;
    if (forgotten)
        playback_forget_future(p);
    tell_if_original(p);
    return forgotten;
}

static void do_again(struct playback *p, const struct typed_input *t)
{
    const char *why;
    if (!t->edits) {
        world_type(scenario_world(p->sc), t->guest, t->bytes, t->count);
        return;
    }
    // The machine is what it was then, so what could be done then can be done now.
    edit_apply(p->machine, &t->edit, &why);
    tell_recording(p, &t->edit);
}

void playback_edit_again(struct playback *p)
{
    for (; p->machine && p->typed_next < p->typed_count; p->typed_next++) {
        const struct typed_input *t = &p->typed[p->typed_next];
        if (!t->edits || t->generation != scenario_generation(p->sc) ||
            t->steps != machine_steps(p->machine))
            return;
        do_again(p, t);
    }
}

// Types again what was typed at the moment that the run is at now.
static void type_again(struct playback *p)
{
    for (; p->typed_next < p->typed_count; p->typed_next++) {
        const struct typed_input *t = &p->typed[p->typed_next];
        bool now =
            t->generation == scenario_generation(p->sc) && t->steps == machine_steps(p->machine);
        bool waits_again = machine_waits(p->machine) || !t->waited;
        bool too_early = now && (!waits_again || scenario_stops(p->sc) < t->stops);
        if (too_early || (!now && !playback_is_before(p, t)))
            return;
        if (now)
            do_again(p, t);
    }
}

// Returns how many steps there are until something must be typed again; all ones if there is
// nothing more in this world.
static u64 until_typing(const struct playback *p)
{
    const struct typed_input *t = p->typed_next < p->typed_count ? &p->typed[p->typed_next] : NULL;
    if (!t || t->generation != scenario_generation(p->sc))
        return UINT64_MAX;
    u64 steps = t->steps - machine_steps(p->machine);
    return steps ? steps : 1; // the last hart is about to wait, which takes no step
}

enum scenario_status playback_advance(struct playback *p, u64 steps)
{
    if (p->machine && p->typed_next < p->typed_count) {
        type_again(p);
        u64 typing = until_typing(p);
        steps = typing < steps ? typing : steps;
    }
    p->stopped = false;
    enum scenario_status status = scenario_advance(p->sc, steps);
    playback_find_machine(p); // the script may have made another world, or failed to make it
    playback_edit_again(p);
    return status;
}

// ---- stops

void playback_answer(struct playback *p, int choice)
{
    const struct lesson_stop *stop = scenario_stop(p->sc);
    if (!stop)
        return;
    if (stop->number > p->answer_room) {
        u32 room = 2 * stop->number;
        int *answers = realloc(p->answers, room * sizeof *answers);
        if (answers) { // without memory, only going back will lack the answer
            p->answers = answers;
            p->answer_room = room;
        }
    }
    bool again = stop->number <= p->answer_count && p->answers[stop->number - 1] == choice;
    if (!again)
        playback_forget_future(p);
    if (!again && stop->number <= p->answer_room) {
        // A mark in a function of on(...) has a number, but nobody can stop there.
        for (u32 i = p->answer_count; i < stop->number; i++)
            p->answers[i] = -1;
        p->answers[stop->number - 1] = choice;
        p->answer_count = stop->number;
    }
    scenario_answer(p->sc, choice);
}
