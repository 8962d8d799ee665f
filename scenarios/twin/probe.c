// A VMM may keep a wrong CSR that its guest never reads. The probe reads it for the guest: both
// machines are saved, a `csrr` for each CSR is written under the guest's pc, the guest runs on for
// a few instructions, and both machines are put back. The loop compares registers as always, so a
// wrong CSR is found as a wrong register.
#include "scenarios/twin/parts.h"

#include <stdlib.h>
#include <string.h>

#define CSRR 0x00002073u     // csrr rd, csr: the CSR's number in bits 31:20, rd in 11:7
#define JUMP_TO_ITSELF 0x6fu // j .
#define REGISTERS 31u        // x1 to x31 each take one CSR
#define BORDERS_MOST 400     // an interrupt handler may run in between
#define STEPS_MOST 2000000

// What is put back.
struct saved {
    struct snapshot *real, **bare;
    struct guest *guest;
    u32 current;
    bool unmapped;
    u64 retired, border;
    struct twin_counts counts;
};

static void drop(struct twin *t, struct saved *s)
{
    for (u32 i = 0; s->bare && i < t->guests; i++)
        snapshot_free(s->bare[i]);
    snapshot_free(s->real);
    free(s->bare);
    free(s->guest);
}

static bool save(struct twin *t, struct saved *s)
{
    *s = (struct saved){.current = t->current,
                        .unmapped = t->unmapped,
                        .retired = t->retired,
                        .border = t->border,
                        .counts = t->counts};
    s->bare = calloc(t->guests, sizeof *s->bare);
    s->guest = calloc(t->guests, sizeof *s->guest);
    s->real = machine_snapshot(t->m);
    bool good = s->bare && s->guest && s->real;
    for (u32 i = 0; good && i < t->guests; i++) {
        s->guest[i] = t->guest[i];
        s->bare[i] = machine_snapshot(t->guest[i].is.bare);
        good = s->bare[i];
    }
    if (!good)
        drop(t, s);
    return good;
}

// The list of fences may have moved while it grew; only how many there are is put back.
static void put_back(struct twin *t, struct saved *s)
{
    machine_restore(t->m, s->real);
    machine_watch_border(t->m, true);
    for (u32 i = 0; i < t->guests; i++) {
        struct guest *g = &t->guest[i];
        machine_restore(g->is.bare, s->bare[i]);
        g->hart = s->guest[i].hart;
        g->left = s->guest[i].left;
        g->exit = s->guest[i].exit;
        g->exits = s->guest[i].exits;
        g->fence_count = s->guest[i].fence_count;
    }
    t->current = s->current;
    t->unmapped = s->unmapped;
    t->retired = s->retired;
    t->border = s->border;
    t->counts = s->counts;
    t->counts.probes++;
    drop(t, s);
}

// Writes the reading program under the pc of both. Returns its length in bytes, or 0 if the page
// has no room for it.
static u32 write_program(struct twin *t, struct guest *g)
{
    u32 program[REGISTERS + 1], count = 0;
    const struct hart_state *bare = guest_bare(g), *real = twin_real(t);
    mpa real_at, bare_at;
    for (u32 i = 0; i < isa_csr_count && count < REGISTERS; i++)
        if (isa_csrs[i].profile == ISA_T32) {
            program[count] = CSRR | (u32)isa_csrs[i].number << 20 | (count + 1) << 7;
            count++;
        }
    program[count] = JUMP_TO_ITSELF;
    if (bare->pc % PAGE_SIZE + 4 * (count + 1) > PAGE_SIZE ||
        sight_walk(t->m, real, VIEW_U, real->pc, ACCESS_FETCH, &real_at) ||
        sight_walk(g->is.bare, bare, sv32_view(bare->mode, bare->sstatus), bare->pc, ACCESS_FETCH,
                   &bare_at))
        return 0;
    bool written = machine_write(t->m, real_at, program, 4 * (count + 1)) &&
                   machine_write(g->is.bare, bare_at, program, 4 * (count + 1));
    return written ? 4 * count : 0;
}

static bool read_all(struct twin *t, struct guest *g)
{
    u32 length = write_program(t, g), end = guest_bare(g)->pc + length;
    u32 guest = t->current;
    u64 begun = machine_steps(t->m);
    for (u32 i = 0; length && i < BORDERS_MOST; i++) {
        if (machine_steps(t->m) - begun > STEPS_MOST || !twin_cross(t, STEPS_MOST))
            break;
        if (t->current == guest && guest_bare(g)->pc == end)
            break;
    }
    t->apart = false;
    return t->state == TWIN_RUNS;
}

bool probe_if_due(struct twin *t, struct guest *g)
{
    struct saved saved;
    u32 every = t->options.probe_every;
    if (g->in_guest_mode)
        return true; // they are on the hart, and are compared at each entry
    if (!every || t->counts.entries % every || guest_bare(g)->mode != MODE_K)
        return true;
    if (!save(t, &saved)) {
        t->state = TWIN_LACKS;
        return false;
    }
    struct twin_options options = t->options;
    t->options.probe_every = 0;
    t->options.rights = false; // the program does not come from the guest
    machine_mute(t->m, true);
    bool same = read_all(t, g);
    machine_mute(t->m, false);
    t->options = options;
    if (same)
        put_back(t, &saved);
    else
        drop(t, &saved);
    return same;
}
