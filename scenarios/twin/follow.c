// The bare machine follows. Each time the VMM enters its guest, the bare machine first takes the
// steps that the VMM took for the guest; each time the guest leaves U, the bare one runs as many
// instructions as the guest ran. Contracts: scenarios/twin/parts.h.
#include "isa/arch/trap.h"
#include "scenarios/twin/parts.h"

#include <inttypes.h>
#include <string.h>

// At most two steps are usual: an instruction that was emulated, then an interrupt that was
// delivered. A few more may come where a trap handler itself traps.
#define STEPS_HIDDEN 8

// Where the traps of a guest in guest mode go, only its CSRs tell.
static bool differ_in_csrs(struct twin *t, const struct csr_difference *d)
{
    char expected[64], happened[64];
    snprintf(expected, sizeof expected, "%s = 0x%08" PRIx32, d->name, d->bare);
    snprintf(happened, sizeof happened, "%s = 0x%08" PRIx32, d->name, d->real);
    return differs(t, expected, happened);
}

static bool agree(const struct hart_state *bare, const struct hart_state *real, gva real_pc)
{
    return bare->pc == real_pc && !memcmp(bare->x, real->x, sizeof bare->x);
}

// ---- one step of the bare machine

// A fence is remembered when the guest executes it. An instruction that needed no VMM is counted:
// the VMM must have carried it out itself, since it did not run in U.
static bool step_bare(struct twin *t, struct guest *g)
{
    struct hart_state before = *guest_bare(g);
    struct decoded d;
    bool interrupted = sight_interrupt(g->is.bare, g->hart);
    bool fetched = !interrupted && sight_insn(g->is.bare, &before, &d);
    if (fetched && !fences_note(g, &before, &d)) {
        t->state = TWIN_LACKS;
        return false;
    }
    bool innocuous = fetched && sight_is_innocuous(g->is.bare, &before, &d);
    machine_run(g->is.bare, 1);
    if (innocuous && guest_bare(g)->retired != before.retired)
        t->counts.innocuous++;
    return true;
}

// ---- a step that cannot be seen

// Returns true if the bare hart's access would fault, or would go to no RAM. The page fault that
// the VMM got was then the guest's own. Otherwise the VMM has just filled an entry.
static bool is_true_fault(const struct guest *g, enum access access)
{
    const struct hart_state *h = guest_bare(g);
    mpa to;
    return sight_walk(g->is.bare, h, sv32_view(h->mode, h->sstatus), g->exit.tval, access, &to) ||
           !machine_ram_has(g->is.bare, to, 1);
}

// Of a page fault the VMM may make nothing but an entry, or room for one. It may also be the fault
// that happens at the first instruction of its own handler, which leaves pc as it was.
static bool hides_a_fault(const struct guest *g, enum access access)
{
    const struct hart_state *h = guest_bare(g);
    return trap_handler_of(h->stvec, g->exit.cause) == h->pc && is_true_fault(g, access);
}

// Returns true if the VMM took a step for the guest that leaves pc and the registers as they
// were. An sret may return to itself, and a trap may happen at the first instruction of its own
// handler. The bare machine must take that step before the two can agree.
static bool hides_a_step(const struct guest *g)
{
    if (!g->left || guest_bare(g)->pc != g->exit.pc)
        return false;
    switch (g->exit.cause) {
    case CAUSE_FETCH_PAGE:
    case CAUSE_FETCH_ACCESS:
        return hides_a_fault(g, ACCESS_FETCH);
    case CAUSE_LOAD_PAGE:
    case CAUSE_LOAD_ACCESS:
        return hides_a_fault(g, ACCESS_READ);
    case CAUSE_STORE_PAGE:
    case CAUSE_STORE_ACCESS:
        return hides_a_fault(g, ACCESS_WRITE);
    case CAUSE_GUEST_FETCH_PAGE:
    case CAUSE_GUEST_LOAD_PAGE:
    case CAUSE_GUEST_STORE_PAGE:
        return false; // a device moves pc, and a fault changes CSRs; else a VMM fills its table
    default:          // an instruction that is to be emulated, or a trap that is the guest's own
        return !(g->exit.cause & CAUSE_INTERRUPT);
    }
}

// ---- entering and leaving

static bool is_over(const struct guest *g)
{
    return machine_power(g->is.bare, NULL) != POWER_ON || machine_stuck(g->is.bare, NULL);
}

bool follow_enter(struct twin *t, struct guest *g)
{
    const struct hart_state *real = twin_real(t);
    struct hart_state after_one = {0};
    struct csr_difference csr = {0}, found = {0};
    g->hart = machine_turn(g->is.bare);
    bool hidden = hides_a_step(g), ended = is_over(g);
    for (u32 k = 0; k <= STEPS_HIDDEN && !is_over(g); k++) {
        if (k && !step_bare(t, g))
            return false;
        g->hart = machine_turn(g->is.bare);
        if (g->in_guest_mode)
            csr = guest_mode_compare(t, g);
        bool same = agree(guest_bare(g), real, real->pc);
        if (same && !found.name)
            found = csr;
        if ((k || !hidden) && same && !csr.name) {
            t->counts.probes += g->in_guest_mode;
            g->left = false;
            t->exits_alone = 0;
            return true;
        }
        if (k <= 1) {
            after_one = *guest_bare(g);
            ended = is_over(g);
        }
    }
    // What the bare machine does first is what the VMM should have done.
    where_after_exit(t, g);
    if (ended)
        return differs(t, "the guest has come to its end", "it goes on");
    if (found.name)
        return differ_in_csrs(t, &found);
    return differs_in_registers(t, &after_one, real, real->pc);
}

// In guest mode a guest takes traps by itself. They are steps, too, but no instruction retires. The
// last of them may come after the last instruction.
static void run_with_traps(struct twin *t, struct guest *g, u64 ran, gva pc)
{
    const struct hart_state *bare = guest_bare(g);
    u64 end = bare->retired + ran, steps;
    do {
        steps = machine_steps(g->is.bare);
        if (bare->retired < end)
            machine_run(g->is.bare, end - bare->retired);
    } while (bare->retired < end && machine_steps(g->is.bare) != steps);
    for (u32 k = 0; k < STEPS_HIDDEN && bare->retired == end; k++)
        if (!agree(bare, twin_real(t), pc))
            machine_run(g->is.bare, 1);
}

bool follow_leave(struct twin *t, struct guest *g, u64 ran, gva pc)
{
    const struct hart_state *bare = guest_bare(g);
    u64 before = bare->retired;
    t->counts.direct += ran;
    if (g->in_guest_mode)
        run_with_traps(t, g, ran, pc);
    else if (ran)
        machine_run(g->is.bare, ran);
    if (bare->retired - before == ran && agree(bare, twin_real(t), pc))
        return true;
    t->apart = true; // which instruction it was, parting.c finds out
    where_at(t, bare, g->is.bare);
    return differs_in_registers(t, bare, twin_real(t), pc);
}

bool follow_console(struct twin *t, const struct guest *g)
{
    u64 bare = machine_output_count(g->is.bare, 0), real = machine_output_count(t->m, g->is.unit);
    char expected[64], happened[64];
    if (t->options.no_console)
        return true;
    if (bare == real && machine_output_hash(g->is.bare, 0) == machine_output_hash(t->m, g->is.unit))
        return true;
    snprintf(expected, sizeof expected, "%" PRIu64 " bytes of console output so far", bare);
    snprintf(happened, sizeof happened, "%" PRIu64 " bytes, or other ones", real);
    where_after_exit(t, g);
    return differs(t, expected, happened);
}
