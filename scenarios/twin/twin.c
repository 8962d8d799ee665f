// The twin's life: it goes from border to border, probes now and then, hands out console input, and
// compares what the guests end in. Contract: scenarios/twin/twin.h.
#include "scenarios/twin/parts.h"

#include "sim/watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_TO_END 64 // by then a guest that its VMM has ended must have ended by itself, too

// ---- the end

static bool differs_at_end(struct twin *t, const char *expected, const char *happened)
{
    snprintf(t->difference.where, sizeof t->difference.where, "at the end");
    return differs(t, expected, happened);
}

static bool compare_ram(struct twin *t, u32 guest)
{
    const struct guest *g = &t->guest[guest];
    u8 real[PAGE_SIZE], bare[PAGE_SIZE];
    for (u32 offset = 0; offset < g->is.ram; offset += PAGE_SIZE) {
        if (!machine_page_used(t->m, g->is.ram_at + offset) &&
            !machine_page_used(g->is.bare, BOARD_RAM + offset))
            continue;
        machine_read(t->m, g->is.ram_at + offset, real, sizeof real);
        machine_read(g->is.bare, BOARD_RAM + offset, bare, sizeof bare);
        for (u32 i = 0; i < PAGE_SIZE; i += 4)
            if (memcmp(real + i, bare + i, 4)) {
                differs_at_end(t, "the same RAM", "RAM differs");
                return parting_find_word(t, guest, offset + i);
            }
    }
    return true;
}

// A guest that has the disk of its unit has left the same on it. A bare machine has unit 0 alone.
static bool compare_disk(struct twin *t, u32 guest)
{
    const struct guest *g = &t->guest[guest];
    u64 sectors = machine_disk_sectors(g->is.bare, 0);
    if (machine_disk_sectors(t->m, g->is.unit) != sectors)
        return true;
    for (u64 i = 0; i < sectors; i++) {
        u8 real[BOARD_SECTOR], bare[BOARD_SECTOR];
        char expected[64], happened[64];
        machine_disk_read(t->m, g->is.unit, i, real);
        machine_disk_read(g->is.bare, 0, i, bare);
        if (!memcmp(real, bare, sizeof real))
            continue;
        u32 at = 0;
        while (real[at] == bare[at])
            at++;
        snprintf(expected, sizeof expected, "byte %" PRIu32 " of sector %" PRIu64 " is 0x%02x", at,
                 i, bare[at]);
        snprintf(happened, sizeof happened, "on the disk it is 0x%02x", real[at]);
        return differs_at_end(t, expected, happened);
    }
    return true;
}

// Runs the bare machine to its end, for a few steps at most, and counts those steps. Interrupts are
// left out, and so are the traps that a guest in guest mode takes by itself.
static enum stop run_to_end(struct guest *g, u64 *taken)
{
    enum stop stop = STOP_STEPS;
    *taken = 0;
    for (u32 i = 0; i < STEPS_TO_END && stop != STOP_POWER && stop != STOP_STUCK; i++) {
        u64 before = machine_steps(g->is.bare);
        g->hart = machine_turn(g->is.bare);
        bool interrupted = sight_interrupt(g->is.bare, g->hart);
        u64 retired = guest_bare(g)->retired;
        stop = machine_run(g->is.bare, 1);
        if (!interrupted && (!g->in_guest_mode || guest_bare(g)->retired != retired))
            *taken += machine_steps(g->is.bare) - before;
    }
    return stop;
}

static bool differs_too_early(struct twin *t, u64 taken)
{
    char expected[TWIN_TEXT], happened[TWIN_TEXT];
    snprintf(expected, sizeof expected,
             "the guest comes to its end after %" PRIu64 " steps more, traps included", taken);
    snprintf(happened, sizeof happened, "the VMM has ended it after %" PRIu64, t->exits_alone);
    return differs_at_end(t, expected, happened);
}

// Whoever is stuck has an end that only the bare machine can name: a VMM reports it as a failure.
static bool compare_end(struct twin *t, u32 guest)
{
    struct guest *g = &t->guest[guest];
    u32 bare_code, real_code;
    char expected[64], happened[64];
    t->current = guest;
    u64 taken;
    enum stop stop = run_to_end(g, &taken);
    enum power real = machine_power(t->m, &real_code), bare = machine_power(g->is.bare, &bare_code);
    if (stop != STOP_POWER && stop != STOP_STUCK)
        return differs_at_end(t, "the guest goes on", "the VMM has ended it");
    // An exit is the reason for one step of the guest: the instruction that the VMM emulates, or
    // its trap. So a guest that has more steps left than it had exits was ended too early.
    if (t->guests == 1 && taken > t->exits_alone)
        return differs_too_early(t, taken);
    if (t->guests > 1 || (stop == STOP_STUCK && real != POWER_OFF))
        return true;
    if (real == bare && real_code == bare_code)
        return true;
    snprintf(expected, sizeof expected, "power-off %u with code %" PRIu32, bare, bare_code);
    snprintf(happened, sizeof happened, "power-off %u with code %" PRIu32, real, real_code);
    return differs_at_end(t, expected, happened);
}

static void finish(struct twin *t)
{
    for (u32 i = 0; i < t->guests; i++)
        if (!compare_end(t, i) || !follow_console(t, &t->guest[i]) || !compare_disk(t, i) ||
            !compare_ram(t, i))
            return;
    t->state = TWIN_SAME;
}

// ---- input

static void give_input(struct twin *t, struct guest *g)
{
    machine_input(t->m, g->is.unit, g->typed, g->typed_count);
    machine_input(g->is.bare, 0, g->typed, g->typed_count);
    g->typed_count = 0;
}

// Every guest waits for a key. The bare machines come to wait, too, and then all of them may go on.
static void wait_for_input(struct twin *t)
{
    bool any = false;
    for (u32 i = 0; i < t->guests; i++) {
        machine_input_interactive(t->guest[i].is.bare, true);
        machine_run(t->guest[i].is.bare, STEPS_TO_END);
        any = any || t->guest[i].typed_count;
        if (t->guest[i].typed_count)
            give_input(t, &t->guest[i]);
    }
    t->current = NOBODY;
    t->state = any ? TWIN_RUNS : TWIN_WAITS;
}

// ---- running

static void end_of_run(struct twin *t)
{
    if (t->stop == STOP_INPUT)
        wait_for_input(t);
    else if (t->stop == STOP_POWER || t->stop == STOP_STUCK)
        finish(t);
}

static void after_crossing(struct twin *t)
{
    struct guest *g = twin_current(t);
    if (!g || !t->entered)
        return;
    if (g->typed_count)
        give_input(t, g);
    probe_if_due(t, g);
}

enum twin_state twin_run(struct twin *t, u64 steps)
{
    u64 begun = machine_steps(t->m);
    if (t->state == TWIN_WAITS)
        t->state = TWIN_RUNS;
    while (t->state == TWIN_RUNS && machine_steps(t->m) - begun < steps) {
        bool crossed = twin_cross(t, steps - (machine_steps(t->m) - begun));
        bool asked = t->stop == STOP_ASKED && machine_border(t->m)->kind == BORDER_NONE;
        if (t->apart)
            parting_find(t, twin_current(t));
        else if (!crossed && t->state == TWIN_RUNS)
            end_of_run(t);
        else if (t->state == TWIN_RUNS)
            after_crossing(t);
        if (asked)
            break; // somebody who listens wants to look
    }
    return t->state;
}

bool twin_type(struct twin *t, u32 guest, const void *bytes, size_t count)
{
    struct guest *g = &t->guest[guest];
    u8 *more = realloc(g->typed, g->typed_count + count);
    if (!more)
        return false;
    memcpy(more + g->typed_count, bytes, count);
    g->typed = more;
    g->typed_count += count;
    return true;
}

// ---- life

static void see_kernel_code(void *context, const struct watched *w)
{
    struct twin *t = context;
    t->in_kernel = true;
    t->kernel_at = w->address;
    machine_stop(t->m);
}

// From here on the twin hears if the VMM executes what lies in its guests' memory.
static void watch_guests(struct twin *t)
{
    mpa first = UINT32_MAX, last = 0;
    for (u32 i = 0; i < t->guests; i++) {
        const struct twin_guest *g = &t->guest[i].is;
        first = g->ram_at < first ? g->ram_at : first;
        last = g->ram_at + (g->ram - 1) > last ? g->ram_at + (g->ram - 1) : last;
    }
    machine_watch(t->m, &(struct watch){.kernel_code = first,
                                        .kernel_code_bytes = last - first + 1,
                                        .seen = see_kernel_code,
                                        .context = t});
}

static bool start(struct twin *t, const struct twin_guest *guests)
{
    t->guest = calloc(t->guests, sizeof *t->guest);
    t->table = calloc(machine_config(t->m)->ram >> PAGE_SHIFT, sizeof *t->table);
    t->start = machine_snapshot(t->m);
    if (!t->guest || !t->table || !t->start)
        return false;
    for (u32 i = 0; i < t->guests; i++) {
        t->guest[i].is = guests[i];
        t->guest[i].start = machine_snapshot(guests[i].bare);
        if (!t->guest[i].start)
            return false;
    }
    machine_watch_border(t->m, true);
    watch_guests(t);
    return true;
}

struct twin *twin_new(struct machine *machine, const struct twin_guest *guests, u32 count,
                      const struct twin_options *options)
{
    struct twin *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    *t = (struct twin){.m = machine, .options = *options, .guests = count, .current = NOBODY};
    t->retired = twin_real(t)->retired;
    if (start(t, guests))
        return t;
    twin_free(t);
    return NULL;
}

void twin_free(struct twin *t)
{
    if (!t)
        return;
    machine_watch_border(t->m, false);
    machine_watch(t->m, NULL);
    if (t->table)
        rights_forget(t);
    for (u32 i = 0; t->guest && i < t->guests; i++) {
        snapshot_free(t->guest[i].start);
        free(t->guest[i].fences);
        free(t->guest[i].typed);
    }
    snapshot_free(t->start);
    free(t->guest);
    free(t->table);
    free(t);
}

const struct twin_difference *twin_difference(const struct twin *t)
{
    return t->state == TWIN_DIFFERS ? &t->difference : NULL;
}

struct twin_counts twin_counts(const struct twin *t)
{
    return t->counts;
}
