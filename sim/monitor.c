// The side of the machine that a resident monitor sees. The monitor is native code that owns mode K
// and runs guests in U on the machine's harts. It asks for what a VMM in mode K would do with real
// hardware: a timer and `wfi` to wait, and a software interrupt as the kick.
// Read next: sim/core/claims.h.
#include "sim/engine/engine.h"

#include <string.h>

void machine_monitor(struct machine *m, const struct monitor *monitor)
{
    m->monitor = *monitor;
    for (u32 i = 0; i < m->config.harts; i++) {
        struct hart_state *h = &m->hart[i].state;
        h->run = HART_RUNNING;
        // The monitor hears of these two alone: its timer, and a kick by another hart.
        h->sie = IP_SSIP | IP_STIP;
        h->stimecmp = NEVER;
    }
}

void machine_monitor_begins(struct machine *m)
{
    m->begun = m->core.steps;
}

bool machine_has_monitor(const struct machine *m)
{
    return m->monitor.use_hart != NULL;
}

void machine_hold_trap(struct machine *m)
{
    m->hold = machine_has_monitor(m);
    machine_stop(m);
}

// Gives the monitor the trap that was kept back when the machine last stopped. Returns false if
// there is none.
static bool release_held(struct hart *h, struct hart_exit *exit)
{
    if (!h->extra.held.taken)
        return false;
    *exit = h->extra.held;
    exit->paused = false;
    memset(&h->extra.held, 0, sizeof h->extra.held);
    h->state.stimecmp = NEVER;
    return true;
}

// In guest mode the hart is parked by a `wfi` that the VMM allows, or by a trap of the guest
// that changes nothing. The monitor decides what a parked hart waits for. So after a `wfi` the
// guest goes on, and after such a trap the monitor gets the hart back.
static void run_guest(struct hart *h, u64 until)
{
    struct machine *m = h->machine;
    bool waits;
    do {
        m->engine->run(h, until);
        waits = h->state.run == HART_PARKED;
        h->state.run = HART_RUNNING;
        h->report->caught = waits && h->extension.caught;
    } while (waits && !h->report->caught && !m->leave && m->core.steps < until);
}

u64 machine_hart_run(struct machine *m, u32 hart, u64 limit, struct hart_exit *exit)
{
    struct hart *h = &m->hart[hart];
    u64 before = h->state.retired, start = m->core.steps, left = m->end - start;
    if (release_held(h, exit))
        return 0;
    *exit = (struct hart_exit){.paused = true};
    machine_monitor_begins(m);
    if (!h->state.virt)
        h->state.mode = MODE_U;
    if (m->border.on && !border_lets_pass(h))
        return 0;
    h->report = exit;
    run_guest(h, limit < left ? start + limit : m->end);
    h->report = NULL;
    if (m->border.on && !exit->taken)
        border_leave(h, &(struct hart_exit){.pc = h->state.pc});
    // The trap goes to the monitor now, so it no longer keeps the engine from running.
    m->leave &= (u8)~LEAVE_TRAP;
    u64 ran = h->state.retired - before;
    // Each step is an instruction or a trap. So the steps that are left over are traps that the
    // guest took itself.
    exit->own = (u32)(m->core.steps - start - ran - exit->taken);
    if (exit->taken && m->hold) {
        h->extra.held = *exit;
        exit->taken = false; // so the monitor sees a run that was paused
    }
    m->hold = false;
    exit->paused = !exit->taken && !exit->caught && m->core.steps - start < limit;
    if (!exit->paused)
        h->state.stimecmp = NEVER;
    return ran;
}

bool machine_hart_is_busy(const struct machine *m, u32 hart)
{
    return m->hart[hart].report != NULL;
}

void machine_hart_timer(struct machine *m, u32 hart, u64 until)
{
    m->hart[hart].state.stimecmp = until;
}

void machine_hart_idle(struct machine *m, u32 hart, u64 until)
{
    struct hart *h = &m->hart[hart];
    h->state.stimecmp = until;
    h->state.run = HART_PARKED;
    h->extra.waiting = true;
}

bool machine_hart_called(struct machine *m, u32 hart)
{
    bool called = m->hart[hart].extra.called;
    m->hart[hart].extra.called = false;
    return called;
}

u64 machine_hart_now(const struct machine *m, u32 hart)
{
    return hart_time(&m->hart[hart].state);
}

// A function of its own, because its caller seldom needs it and would have to make room for an
// event.
__attribute__((noinline)) static void tell_stay(struct hart *h, const struct vm_path *path,
                                                const struct note *note, struct stay stay, u32 cost)
{
    struct running r;
    note_running(h, &r);
    event_send_stay(h, path, note, stay.ran ? &r.path : NULL, stay, cost);
}

void machine_monitor_tell(struct machine *m, u32 hart, const struct vm_path *path,
                          const struct note *note, u32 cost)
{
    struct hart *h = &m->hart[hart];
    bool wanted = note->kind < EVENT_KINDS && event_wanted(m, note->kind);
    struct stay stay = {0};
    if (wanted)
        stay = hart_stay(h);
    hart_charge(h, CHARGE_VMM, cost);
    // The guest's stay ends here, and what runs from now on belongs to the next one.
    hart_enters_user(h, h->state.retired);
    if (wanted)
        tell_stay(h, path, note, stay, cost);
}

u64 machine_hart_charged(const struct machine *m, u32 hart)
{
    return m->hart[hart].extra.cost;
}

u64 machine_hart_charged_for(const struct machine *m, u32 hart, enum charge what)
{
    return m->hart[hart].extra.charged[what];
}

void machine_hart_owner(struct machine *m, u32 hart, const struct vm_path *path, u32 vcpu)
{
    struct hart_extra *e = &m->hart[hart].extra;
    e->owned = path && path->id[0];
    e->owner = e->owned ? *path : (struct vm_path){0};
    e->owner_vcpu = vcpu;
}

void machine_hart_owner_mode(struct machine *m, u32 hart, u32 virtual_mode, bool virt)
{
    m->hart[hart].extra.owner_mode = (u8)virtual_mode;
    m->hart[hart].extra.owner_virt = virt;
}

void machine_hart_flush(struct machine *m, u32 hart, const u32 *va, const u32 *asid)
{
    tlb_flush(m->hart[hart].tlb, va, asid);
    if (!va && !asid)
        tlb_flush_guest(m->hart[hart].tlb, NULL, NULL, NULL);
}

void machine_hart_flush_guest(struct machine *m, u32 hart, u32 vmid, const u32 *va, const u32 *asid)
{
    tlb_flush_guest(m->hart[hart].tlb, &vmid, va, asid);
}
