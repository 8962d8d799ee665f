// From border to border: what is compared where the guest enters U, and where it leaves.
// Contracts: scenarios/twin/parts.h.
#include "scenarios/twin/parts.h"

#include <inttypes.h>
#include <stdio.h>

struct guest *twin_current(struct twin *t)
{
    return t->current == NOBODY ? NULL : &t->guest[t->current];
}

// ---- the guest enters U

static u32 owner_of(const struct twin *t, mpa at)
{
    for (u32 i = 0; i < t->guests; i++)
        if (at >= t->guest[i].is.ram_at && at - t->guest[i].is.ram_at < t->guest[i].is.ram)
            return i;
    return NOBODY;
}

static void look_at_word(struct twin *t)
{
    const struct guest *g = &t->guest[t->watch.guest];
    u32 bare = 0, real = 0;
    machine_read(g->is.bare, BOARD_RAM + t->watch.offset, &bare, 4);
    machine_read(t->m, g->is.ram_at + t->watch.offset, &real, 4);
    t->watch.found = bare != real;
}

// What can be compared here beside the registers.
static bool compare_more(struct twin *t, struct guest *g)
{
    if (t->rerun_to) {
        if (t->watch.on && t->watch.guest == t->current)
            look_at_word(t);
        return true;
    }
    if (!follow_console(t, g))
        return false;
    if (!t->options.rights)
        return true;
    if (g->in_guest_mode && !guest_mode_is_shadowed(t))
        return guest_mode_memory_holds(t, g);
    return rights_hold(t, g);
}

// Whose memory does the next instruction lie in? In guest mode a guest may run on even where it has
// mapped nothing: it takes that page fault by itself. Then its page table says whose it is.
static u32 find_owner(struct twin *t)
{
    const struct hart_state *real = twin_real(t);
    enum view view;
    mpa at;
    gva pc = guest_mode_first_pc(t, &view);
    u32 cause = sight_walk(t->m, real, view, pc, ACCESS_FETCH, &at);
    // One shadow serves U and K there. The hart may still know an entry for K where the shadow has
    // one for U, as long as the guest has not fenced its change.
    if (cause && guest_mode_is_shadowed(t))
        cause = sight_walk(t->m, real, view == VIEW_U ? VIEW_K : VIEW_U, pc, ACCESS_FETCH, &at);
    if (guest_mode_has_own_fault(t, cause))
        cause = sight_walk_root(t->m, real, &at);
    t->unmapped = cause;
    return cause ? NOBODY : owner_of(t, at);
}

static bool enter(struct twin *t)
{
    const struct hart_state *real = twin_real(t);
    t->counts.entries++;
    t->retired = real->retired;
    t->entered_at = real->pc;
    t->current = find_owner(t);
    if (t->current != NOBODY)
        twin_current(t)->in_guest_mode = real->virt;
    if (t->current != NOBODY)
        return follow_enter(t, twin_current(t)) && compare_more(t, twin_current(t));
    if (t->unmapped || t->options.nested)
        return true; // nothing can run there; or it is a VMM inside, which has no twin
    where_at(t, real, t->m);
    return differs(t, "code of a guest", "what runs in U lies in nobody's memory");
}

// ---- the guest leaves U

// With no trap taken, a native VMM has stopped the hart because the guest's turn is over.
static bool leave(struct twin *t, const struct hart_exit *exit)
{
    struct guest *g = twin_current(t);
    u64 ran = twin_real(t)->retired - t->retired;
    t->retired = twin_real(t)->retired;
    t->counts.all_exits += exit->taken;
    t->exits_alone += exit->taken;
    if (!g && t->unmapped && ran) {
        where_at(t, twin_real(t), t->m);
        return differs(t, "a fetch page fault, for the real table maps nothing here",
                       "the hart ran on by what its TLB had kept");
    }
    if (!g)
        return true;
    if (!follow_leave(t, g, ran, exit->pc))
        return false;
    if (t->watch.on && t->watch.guest == t->current)
        look_at_word(t);
    if (exit->taken) {
        g->left = true;
        g->exit = *exit;
        g->exits++;
        t->counts.exits++;
    }
    return true;
}

// ---- crossing

// The VMM's own code lies outside of its guests' memory. Whoever executes their code in mode K lets
// them do what only a VMM may do, and hides what they did from the border.
static bool runs_in_kernel(struct twin *t)
{
    char happened[TWIN_TEXT];
    snprintf(happened, sizeof happened,
             "the hart executes the word at machine address 0x%08" PRIx32 " in mode K",
             t->kernel_at);
    where_at(t, twin_real(t), t->m);
    return differs(t, "the code of a guest runs in mode U alone", happened);
}

bool twin_cross(struct twin *t, u64 steps)
{
    t->stop = machine_run(t->m, steps);
    const struct border *border = machine_border(t->m);
    // The exit by which a guest switches its power off is a border, too; the next run says so.
    if (t->in_kernel && !t->rerun_to)
        return runs_in_kernel(t);
    bool at_border = border->kind != BORDER_NONE;
    t->entered = at_border && border->kind == BORDER_ENTERED;
    if (!at_border)
        return t->stop == STOP_STEPS || t->stop == STOP_ASKED;
    t->border++;
    bool followed = t->entered || leave(t, &border->exit);
    return followed && (!t->entered || enter(t));
}

void twin_restart(struct twin *t)
{
    machine_restore(t->m, t->start);
    machine_watch_border(t->m, true);
    for (u32 i = 0; i < t->guests; i++) {
        machine_restore(t->guest[i].is.bare, t->guest[i].start);
        t->guest[i].left = false;
        t->guest[i].in_guest_mode = false;
        t->guest[i].exits = 0;
        t->guest[i].fence_count = 0;
    }
    t->current = NOBODY;
    t->unmapped = false;
    t->retired = twin_real(t)->retired;
    t->border = 0;
    t->exits_alone = 0;
}
