// Booting with a twin: is the guest's life under the VMM the life it has bare? Contract:
// ui/command/boot_twin.h.
// Read next: ui/command/build_lab.c.
#include "ui/command/boot_twin.h"

#include "scenarios/twin/pair.h"
#include "ui/terminal/terminal.h"

#include <inttypes.h>
#include <stdio.h>

#define CHUNK_STEPS 200000 // between two looks at the keyboard
#define PROBE_EVERY 1024   // entries between two readings of all CSRs

struct watched {
    struct twin_pair *pair;
    struct terminal *terminal;
    u32 guest; // among those that have a twin
};

static void put_console(void *context, const struct event *e)
{
    const struct watched *w = context;
    const struct world *world = w->pair->world;
    if (vm_path_equal(&e->path, &world->guest[w->pair->guest[w->guest]].path))
        putchar((int)(e->note.value & 0xff));
}

// Returns false if the person wants to leave.
static bool feed(struct watched *w, int wait_ms)
{
    u8 bytes[4096];
    int n;
    while ((n = terminal_read(w->terminal, bytes, sizeof bytes, wait_ms)) > 0) {
        twin_type(w->pair->twin, w->guest, bytes, (size_t)n);
        wait_ms = 0;
    }
    if (n == TERMINAL_CLOSED)
        machine_input_interactive(w->pair->world->machine, false);
    return n != TERMINAL_LEAVE;
}

static enum twin_state run(struct watched *w, u64 limit)
{
    struct machine *m = w->pair->world->machine;
    enum twin_state state = TWIN_RUNS;
    bool on = feed(w, 0);
    while (on && (state == TWIN_RUNS || state == TWIN_WAITS) && !ferror(stdout)) {
        if (limit && machine_steps(m) >= limit)
            break;
        u64 left = limit ? limit - machine_steps(m) : CHUNK_STEPS;
        state = twin_run(w->pair->twin, left < CHUNK_STEPS ? left : CHUNK_STEPS);
        fflush(stdout);
        if (state == TWIN_RUNS || state == TWIN_WAITS)
            on = feed(w, state == TWIN_WAITS ? 1000 : 0);
    }
    return state;
}

static int tell_difference(const struct watched *w)
{
    const struct twin_difference *d = twin_difference(w->pair->twin);
    const char *name = w->pair->world->guest[w->pair->guest[d->guest]].name;
    fprintf(stderr,
            "trapeze boot: %s does not live as on the bare machine\n"
            "   where     %s\n"
            "   expected  %s\n"
            "   happened  %s\n"
            "   step      %" PRIu64 "\n",
            name, d->where, d->expected, d->happened, d->steps);
    return STATUS_FAILED;
}

static int tell_same(const struct watched *w)
{
    struct twin_counts c = twin_counts(w->pair->twin);
    fprintf(stderr,
            "trapeze boot: the guest lived as on the bare machine: %" PRIu64
            " exits agree; %" PRIu64 " instructions ran directly, and the VMM did %" PRIu64
            " that need no VMM; %" PRIu64 " page-table entries and %" PRIu64
            " times all CSRs were compared\n",
            c.exits, c.direct, c.innocuous, c.leaves, c.probes);
    return STATUS_DONE;
}

static int judge(const struct watched *w, enum twin_state state)
{
    switch (state) {
    case TWIN_DIFFERS:
        return tell_difference(w);
    case TWIN_SAME:
        return tell_same(w);
    case TWIN_LACKS:
        fputs("trapeze boot: not enough memory for the twin\n", stderr);
        return STATUS_INTERNAL;
    default:
        fputs("trapeze boot: the run was ended before the guest came to its end; there was no "
              "difference so far\n",
              stderr);
        return STATUS_LIMIT;
    }
}

int boot_twin(const struct world_plan *plan, u32 guest, u64 limit)
{
    enum status why;
    char error[WORLD_ERROR];
    struct twin_options options = {.rights = true, .probe_every = PROBE_EVERY};
    struct watched w = {.pair = twin_pair_new(plan, &options, &why, error, sizeof error)};
    if (!w.pair) {
        fprintf(stderr, "trapeze boot: %s\n", error);
        return (int)why;
    }
    for (u32 i = 0; i < w.pair->guests; i++)
        if (w.pair->guest[i] == guest)
            w.guest = i;
    struct machine *m = w.pair->world->machine;
    machine_listen(m, EVENT_BIT(EVENT_CONSOLE), put_console, &w);
    w.terminal = terminal_open(error, sizeof error);
    int status = STATUS_INTERNAL;
    if (w.terminal) {
        machine_input_interactive(m, terminal_is_interactive(w.terminal));
        enum twin_state state = run(&w, limit);
        terminal_close(w.terminal);
        status = judge(&w, state);
    } else {
        fprintf(stderr, "trapeze boot: %s\n", error);
    }
    twin_pair_free(w.pair);
    return status;
}
