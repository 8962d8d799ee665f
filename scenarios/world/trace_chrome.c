// Events as a trace for Perfetto. Read scenarios/world/trace_chrome.h first. The format is
// described in "Trace Event Format" of the Chromium project: "X" is a slice with a start and a
// length, "i" an instant, "s" and "f" the ends of an arrow, "C" a counter, "M" the name of a track.
#include "scenarios/world/trace_chrome.h"

#include "isa/isa.h"
#include "scenarios/world/report.h"

#include <inttypes.h>
#include <stdlib.h>

#define COUNT_EVERY 1000 // cycles between two values of a counter
#define NEVER UINT64_MAX

struct on_hart {
    u64 told;             // up to this cycle the hart's track is written
    u64 retired, charged; // of the hart, at that cycle
    struct vm_path ran;   // who got the hart last, and which of its VCPUs
    u8 vcpu;
    // A reflected trap whose arrow has no end yet: it ends where that VCPU runs next.
    bool arrow;
    u64 arrow_from, arrow_id;
    int arrow_to; // the VCPU's track
};

struct trace_chrome {
    FILE *to;
    bool any; // has anything been written? Then a comma comes first
    const struct world *world;
    u32 worlds; // so far: each has two processes of the trace
    u32 named;  // bit h: the track of hart h has its name
    struct on_hart hart[HARTS_MAX];
    u64 arrows;                             // so far, in all worlds
    u64 *blocked;                           // of each VCPU: since when it waits, or NEVER
    u64 exits, count[EVENT_KINDS], counted; // `counted`: the cycle of the last counter
};

// ---- pieces of the format

static u32 harts_process(const struct trace_chrome *t)
{
    return 2 * t->worlds - 1;
}

static u32 vcpus_process(const struct trace_chrome *t)
{
    return 2 * t->worlds;
}

// Begins one object of the list: its kind, track and time. The caller adds what else it needs.
static void begin(struct trace_chrome *t, char kind, u32 process, int track, u64 time)
{
    fprintf(t->to, "%s{\"ph\":\"%c\",\"pid\":%" PRIu32 ",\"tid\":%d,\"ts\":%" PRIu64,
            t->any ? ",\n" : "", kind, process, track, time);
    t->any = true;
}

// A slice without its end: the caller closes it.
static void open_slice(struct trace_chrome *t, u32 process, int track, u64 from, u64 to,
                       const char *name)
{
    begin(t, 'X', process, track, from);
    fprintf(t->to, ",\"dur\":%" PRIu64 ",\"name\":\"%s\"", to - from, name);
}

static void slice(struct trace_chrome *t, u32 process, int track, u64 from, u64 to,
                  const char *name)
{
    open_slice(t, process, track, from, to, name);
    fputc('}', t->to);
}

static void name_track(struct trace_chrome *t, u32 process, int track, const char *name)
{
    begin(t, 'M', process, track, 0);
    fprintf(t->to, ",\"name\":\"thread_name\",\"args\":{\"name\":\"%s\"}}", name);
}

static void name_process(struct trace_chrome *t, u32 process, const char *name)
{
    begin(t, 'M', process, 0, 0);
    fprintf(t->to, ",\"name\":\"process_name\",\"args\":{\"name\":\"%s (world %" PRIu32 ")\"}}",
            name, t->worlds);
}

// ---- tracks

// The track of a VCPU, from 1; 0 if the world has no such VM.
static int track_of(const struct trace_chrome *t, const struct vm_path *path, u32 vcpu)
{
    int guest = world_guest_at(t->world, path);
    return guest < 0 || vcpu >= HARTS_MAX ? 0 : guest * HARTS_MAX + (int)vcpu + 1;
}

static void name_hart(struct trace_chrome *t, u8 hart)
{
    char name[16];
    snprintf(name, sizeof name, "hart %u", hart);
    name_track(t, harts_process(t), hart + 1, name);
    t->named |= 1u << hart;
}

static void name_tracks(struct trace_chrome *t)
{
    char name[80], path[40];
    name_process(t, harts_process(t), "harts");
    name_process(t, vcpus_process(t), "VCPUs");
    for (u32 g = 0; g < t->world->guests; g++) {
        const struct world_guest *guest = &t->world->guest[g];
        vm_path_print(&guest->path, path, sizeof path);
        for (u32 v = 0; v < guest->vcpus; v++) {
            snprintf(name, sizeof name, "%s/v%" PRIu32 " %s", path, v, guest->name);
            name_track(t, vcpus_process(t), track_of(t, &guest->path, v), name);
        }
    }
}

// ---- who runs

// The stretch in which a VM ran, on the hart's track: a slice for it and for each VMM around it.
static void tell_run_on_hart(struct trace_chrome *t, u8 hart, const struct vm_path *path, u64 from,
                             u64 to)
{
    char name[48];
    struct vm_path around = {{0}};
    unsigned length = vm_path_length(path);
    if (!length)
        slice(t, harts_process(t), hart + 1, from, to, t->world->depth ? "L0 vmm" : "m");
    for (unsigned i = 0; i < length; i++) {
        around.id[i] = path->id[i];
        slice(t, harts_process(t), hart + 1, from, to, vm_path_print(&around, name, sizeof name));
    }
}

static void end_arrow(struct trace_chrome *t, struct on_hart *hart, u8 number, u64 time)
{
    begin(t, 's', harts_process(t), number + 1, hart->arrow_from);
    fprintf(t->to, ",\"id\":%" PRIu64 ",\"cat\":\"reflect\",\"name\":\"reflect\"}", hart->arrow_id);
    begin(t, 'f', vcpus_process(t), hart->arrow_to, time);
    fprintf(t->to, ",\"id\":%" PRIu64 ",\"cat\":\"reflect\",\"name\":\"reflect\",\"bp\":\"e\"}",
            hart->arrow_id);
    hart->arrow = false;
}

// The cycles since the last slice that are neither instructions nor costs: the hart was idle.
static u64 idle_cycles(const struct on_hart *hart, const struct event *e)
{
    u64 busy = e->retired - hart->retired + e->charged - hart->charged;
    u64 passed = e->cycle - hart->told;
    return passed > busy ? passed - busy : 0;
}

// A VM had the hart from one cycle to another.
static void tell_vm(struct trace_chrome *t, struct on_hart *hart, const struct event *e, u64 from,
                    u64 to)
{
    struct vm_path path = e->by;
    u8 vcpu = vm_path_equal(&path, &hart->ran) ? hart->vcpu : e->note.vcpu;
    int track = track_of(t, &path, vcpu);
    tell_run_on_hart(t, e->hart, &path, from, to);
    if (track)
        slice(t, vcpus_process(t), track, from, to, "runs");
    if (hart->arrow && hart->arrow_to == track)
        end_arrow(t, hart, e->hart, from);
}

// Tells what the hart did since its last slice: it was idle, then a VMM that is code of the machine
// ran, then the VM that the event names. On a bare machine the kernel itself ran.
static void tell_gap(struct trace_chrome *t, const struct event *e)
{
    struct on_hart *hart = &t->hart[e->hart];
    u64 idle = idle_cycles(hart, e), to = e->cycle - e->cost, ran = (u64)e->ran + e->ran_cost;
    u64 from = hart->told + idle;
    if (idle)
        slice(t, harts_process(t), e->hart + 1, hart->told, from, "idle");
    if (t->world->depth && to - from > ran) {
        slice(t, harts_process(t), e->hart + 1, from, to - ran, "L0 vmm");
        from = to - ran;
    }
    if (to > from)
        tell_vm(t, hart, e, from, to);
    hart->told = to;
}

// Who has the hart from this event on, for events that say so.
static void note_runner(struct on_hart *hart, const struct event *e)
{
    if (e->note.kind != EVENT_SCHEDULE && e->note.kind != EVENT_EXIT)
        return;
    hart->ran = e->path;
    hart->vcpu = e->note.vcpu;
}

// ---- what is done

static void describe(const struct event *e, char *to, size_t size)
{
    char detail[160], escaped[200], unknown[16];
    trace_escape(trace_detail(e, detail, sizeof detail), escaped, sizeof escaped);
    bool caused = trace_has_cause(e->note.kind);
    snprintf(to, size, "%s%s%s%s%s", event_kind_name(e->note.kind), caused ? " " : "",
             caused ? trace_cause(e->note.cause, unknown) : "", *escaped ? ": " : "", escaped);
}

// What a viewer shows of the selected event: the event itself, as in the other forms of a trace.
static void close_event(struct trace_chrome *t, const struct event *e)
{
    char text[TRACE_TEXT];
    fprintf(t->to, ",\"args\":%s}", trace_json(e, text, sizeof text));
}

// A reflected trap: an arrow begins, and ends where the guest's handler begins to run.
static void begin_arrow(struct trace_chrome *t, const struct event *e)
{
    struct on_hart *hart = &t->hart[e->hart];
    int track = track_of(t, &e->path, e->note.vcpu);
    if (e->note.kind != EVENT_REFLECT || e->level || !track)
        return;
    hart->arrow = true;
    hart->arrow_from = e->cycle - e->cost;
    hart->arrow_id = ++t->arrows;
    hart->arrow_to = track;
}

// What the machine or the VMM on it did: a slice as long as its cost.
static void tell_work(struct trace_chrome *t, const struct event *e)
{
    struct on_hart *hart = &t->hart[e->hart];
    char name[300];
    describe(e, name, sizeof name);
    u64 from = e->cycle - e->cost;
    open_slice(t, harts_process(t), e->hart + 1, from, e->cycle, name);
    close_event(t, e);
    hart->told = e->cycle;
    hart->retired = e->retired;
    hart->charged = e->charged;
    note_runner(hart, e);
}

// What costs the hart nothing, or what a VMM that is a guest tells about its own guest.
static void tell_instant(struct trace_chrome *t, const struct event *e)
{
    char name[300];
    int track = track_of(t, &e->path, e->note.vcpu);
    describe(e, name, sizeof name);
    begin(t, 'i', track ? vcpus_process(t) : harts_process(t), track ? track : e->hart + 1,
          e->cycle);
    fprintf(t->to, ",\"s\":\"t\",\"name\":\"%s\"", name);
    close_event(t, e);
}

// A VCPU waits from the event that blocked it to the one that gives it a hart again.
static void tell_wait(struct trace_chrome *t, const struct event *e)
{
    int track = track_of(t, &e->path, e->note.vcpu);
    if (!track)
        return;
    u64 *since = &t->blocked[track - 1];
    if (e->note.kind == EVENT_BLOCK)
        *since = e->cycle;
    if (e->note.kind == EVENT_SCHEDULE && *since != NEVER) {
        if (e->cycle > *since)
            slice(t, vcpus_process(t), track, *since, e->cycle, "waits");
        *since = NEVER;
    }
}

static void tell_counters(struct trace_chrome *t, u64 cycle)
{
    begin(t, 'C', harts_process(t), 0, cycle);
    fprintf(t->to,
            ",\"name\":\"exits\",\"args\":{\"emulate\":%" PRIu64 ",\"fill\":%" PRIu64
            ",\"reflect\":%" PRIu64 ",\"preempt\":%" PRIu64 "}}",
            t->count[EVENT_EMULATE], t->count[EVENT_FILL], t->count[EVENT_REFLECT],
            t->count[EVENT_PREEMPT]);
    t->counted = cycle;
}

void trace_chrome_event(struct trace_chrome *t, const struct event *e)
{
    bool trapped = e->note.kind == EVENT_EXIT || e->note.kind == EVENT_TRAP;
    if (!(t->named & 1u << e->hart))
        name_hart(t, e->hart);
    if (e->cost && (trapped || e->level == 0)) {
        tell_gap(t, e);
        tell_work(t, e);
    } else {
        tell_instant(t, e);
    }
    begin_arrow(t, e);
    tell_wait(t, e);
    if (e->level == 0 && e->note.kind < EVENT_KINDS)
        t->count[e->note.kind]++;
    if (e->level == 0 && e->cycle >= t->counted + COUNT_EVERY)
        tell_counters(t, e->cycle);
}

// ---- the whole

struct trace_chrome *trace_chrome_begin(FILE *to)
{
    struct trace_chrome *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->to = to;
    fputs("{\"displayTimeUnit\":\"ms\",\"otherData\":{\"made by\":\"trapeze\",\"1 us\":\"1 cycle "
          "of the "
          "machine\"},\"traceEvents\":[\n",
          to);
    return t;
}

bool trace_chrome_world(struct trace_chrome *t, const struct world *w)
{
    size_t vcpus = (size_t)w->guests * HARTS_MAX;
    free(t->blocked);
    t->blocked = malloc((vcpus + 1) * sizeof *t->blocked);
    if (!t->blocked)
        return false;
    for (size_t i = 0; i < vcpus; i++)
        t->blocked[i] = NEVER;
    // A new world begins at cycle 0 with nothing counted.
    *t = (struct trace_chrome){.to = t->to,
                               .any = t->any,
                               .world = w,
                               .worlds = t->worlds + 1,
                               .arrows = t->arrows,
                               .blocked = t->blocked};
    name_tracks(t);
    return true;
}

void trace_chrome_end(struct trace_chrome *t)
{
    if (!t)
        return;
    fputs("\n]}\n", t->to);
    free(t->blocked);
    free(t);
}
