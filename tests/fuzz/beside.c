// A program and its twin. Read tests/fuzz/beside.h first, then tests/fuzz/spoil.h.
#include "tests/fuzz/beside.h"

#include "scenarios/twin/twin.h"
#include "tests/fuzz/spoil.h"
#include "tests/fuzz/tower.h"

#include <inttypes.h>
#include <stdlib.h>

#define PROBE_EVERY 64  // entries
#define SPOIL_EVERY 512 // steps between two faults

static void take_difference(struct run *r, const struct twin_difference *d)
{
    snprintf(r->broken, sizeof r->broken, "%.80s; expected %.70s, happened %.70s", d->where,
             d->expected, d->happened);
}

static u64 chunk_of(const struct run *r)
{
    return r->configuration->fault ? SPOIL_EVERY : UINT64_MAX;
}

static enum twin_state run_twin(struct run *r, struct twin *t, u64 limit)
{
    enum twin_state state = TWIN_RUNS;
    while (state == TWIN_RUNS && machine_steps(r->machine) < limit) {
        u64 left = limit - machine_steps(r->machine), chunk = chunk_of(r);
        state = twin_run(t, left < chunk ? left : chunk);
        if (state == TWIN_RUNS && r->configuration->fault)
            spoil(r);
    }
    return state;
}

enum stop beside_run(struct run *r, const struct asm_image *image, struct run_options options,
                     u64 limit)
{
    static const struct configuration alone = {.name = "bare beside it", .engine = ENGINE_FAST};
    struct run bare = {.configuration = &alone, .harts = options.harts, .ram = options.ram};
    if (!tower_build(&bare, image, options)) {
        snprintf(r->broken, sizeof r->broken, "%.200s", bare.broken);
        machine_free(bare.machine);
        return STOP_STEPS;
    }
    struct twin_guest guest = {r->program_at, options.ram, r->unit, bare.machine};
    struct twin_options how = {
        .nested = r->configuration->depth > 1, .rights = true, .probe_every = PROBE_EVERY};
    struct twin *t = twin_new(r->machine, &guest, 1, &how);
    if (!t)
        abort();
    enum twin_state state = run_twin(r, t, limit);
    if (twin_difference(t))
        take_difference(r, twin_difference(t));
    struct twin_counts counts = twin_counts(t);
    r->checks = counts.leaves;
    if (counts.innocuous && !r->broken[0])
        snprintf(r->broken, sizeof r->broken, "the VMM did %" PRIu64 " instructions that need none",
                 counts.innocuous);
    twin_free(t);
    machine_free(bare.machine);
    return state == TWIN_SAME ? STOP_POWER : STOP_STEPS;
}
