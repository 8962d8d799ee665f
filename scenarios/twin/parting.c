// Which instruction made the difference? Both machines go back to where they started, run again to
// the border before the difference, and then go step by step. A machine is deterministic, so the
// second life is the first one. Contracts: scenarios/twin/parts.h.
#include "scenarios/twin/parts.h"

#include <inttypes.h>
#include <string.h>

// Brings both machines to just after this border. Returns false if they came to another end this
// time, which would be an error of ours.
static bool rerun(struct twin *t, u64 border)
{
    machine_mute(t->m, true); // what happens again was heard before
    struct twin_counts counts = t->counts;
    twin_restart(t);
    t->rerun_to = border;
    t->state = TWIN_RUNS;
    t->apart = false;
    while (t->border < border && twin_cross(t, UINT64_MAX))
        ;
    t->counts = counts;
    return t->border == border;
}

// What was known before stays what is known.
static bool keep(struct twin *t, const struct twin_difference *known)
{
    t->difference = *known;
    t->state = TWIN_DIFFERS;
    return false;
}

// ---- single steps

// The machine with the VMM takes one step of its guest, or its guest leaves U.
static void step_real(struct twin *t)
{
    u64 steps = machine_steps(t->m);
    do
        machine_run(t->m, 1); // it may first end at the border, with no step taken
    while (machine_steps(t->m) == steps && machine_border(t->m)->kind == BORDER_ENTERED);
}

static u32 word_of(struct machine *m, mpa at)
{
    u32 word = 0;
    machine_read(m, at, &word, sizeof word);
    return word;
}

static bool differs_in_word(struct twin *t, const struct guest *g, u32 offset)
{
    char expected[64], happened[64];
    u32 bare = word_of(g->is.bare, BOARD_RAM + offset), real = word_of(t->m, g->is.ram_at + offset);
    if (bare == real)
        return false;
    snprintf(expected, sizeof expected, "the word at 0x%08" PRIx32 " is 0x%08" PRIx32,
             BOARD_RAM + offset, bare);
    snprintf(happened, sizeof happened, "it is 0x%08" PRIx32, real);
    differs(t, expected, happened);
    return true;
}

// Both are at the border where the guest enters U, and agree. Goes on until they do not.
static bool step_apart(struct twin *t, struct guest *g, const struct word_watch *watch)
{
    const struct hart_state *bare = guest_bare(g), *real = twin_real(t);
    for (;;) {
        struct hart_state before = *bare;
        u64 retired = real->retired;
        where_at(t, bare, g->is.bare);
        step_real(t);
        machine_run(g->is.bare, 1);
        bool real_ran = real->retired != retired, bare_ran = bare->retired != before.retired;
        bool left = machine_border(t->m)->kind == BORDER_LEFT;
        if (real_ran && !bare_ran)
            return differs(t, cause_name(bare->scause), "the instruction is carried out");
        if (!real_ran && left)
            return false; // the guest has left U, and there was no difference this time
        if (bare->pc != real->pc || memcmp(bare->x, real->x, sizeof bare->x))
            return differs_in_registers(t, bare, real, real->pc);
        if (watch && differs_in_word(t, g, watch->offset))
            return false;
    }
}

// ---- what the others ask for

bool parting_find(struct twin *t, struct guest *g)
{
    struct twin_difference known = t->difference;
    bool there = rerun(t, t->border - 1);
    if (there)
        step_apart(t, g, NULL);
    return t->state == TWIN_DIFFERS ? false : keep(t, &known);
}

bool parting_find_word(struct twin *t, u32 guest, u32 offset)
{
    struct guest *g = &t->guest[guest];
    struct word_watch watch = {.guest = guest, .offset = offset, .on = true};
    struct twin_counts counts = t->counts;
    struct twin_difference known = t->difference;
    machine_mute(t->m, true);
    twin_restart(t);
    t->watch = watch;
    t->rerun_to = UINT64_MAX;
    t->state = TWIN_RUNS;
    while (!t->watch.found && twin_cross(t, UINT64_MAX))
        ;
    t->counts = counts;
    t->watch.on = false;
    if (!t->watch.found)
        return keep(t, &known);
    t->current = guest;
    // Where the guest enters, the VMM has done it; where it leaves, one of the guest's own stores.
    if (t->entered) {
        where_after_exit(t, g);
        differs_in_word(t, g, offset);
    } else if (rerun(t, t->border - 1)) {
        t->current = guest;
        step_apart(t, g, &watch);
    }
    return t->state == TWIN_DIFFERS ? false : keep(t, &known);
}
