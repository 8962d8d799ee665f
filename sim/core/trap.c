// Traps: a bare kernel enters its handler; a resident monitor, which owns mode K, gets a
// description. And the firmware, which answers an ecall from K.
// Read next: sim/core/tlb.h.
#include "sim/core/core.h"

// The rare halves stay out of the frequent ones, which then save no registers for them.
#define NOINLINE __attribute__((noinline))

static struct note note_of(const struct hart *h, enum event_kind kind, u32 cause, u32 tval,
                           u32 insn)
{
    return (struct note){.kind = (u8)kind,
                         .mode = h->state.mode,
                         .cause = cause,
                         .pc = h->state.pc,
                         .addr = tval,
                         .insn = insn};
}

static struct hart_exit exit_of(const struct hart *h, u32 cause, u32 tval, u32 insn)
{
    struct hart_exit exit = {
        .taken = true, .cause = cause, .tval = tval, .pc = h->state.pc, .insn = insn};
    if (h_is_guest_page_fault(cause)) {
        exit.htval = (u32)(h->fault.gpa >> 2);
        exit.htinst = h->fault.htinst;
    }
    return exit;
}

// A trap of a guest that changes nothing parks the hart (isa/arch/h_extension.h). One of the VMM is
// the machine's affair, as without the extension.
void trap_enter_with_h(struct hart *h, u32 cause, u32 tval)
{
    bool guest = h->state.virt || h->access_as != ACCESS_AS_ITSELF;
    struct h_trap trap = h_trap_of(cause, tval, guest, h->fault.gpa, h->fault.htinst);
    if (h_trap_enter(&h->state, &h->extension, &trap))
        return;
    if (h->extension.caught)
        h->state.run = HART_PARKED;
    else
        trap_changed_nothing(h);
}

// Describes a trap that is about to be taken. It belongs to the deepest VM that runs. Returns true
// if that VM is deprivileged, so that no trap of it can go to its own kernel.
static bool begin_event(struct event *e, const struct hart *h, u32 cause, u32 tval, u32 insn)
{
    struct running r;
    note_running(h, &r);
    unsigned depth = vm_path_length(&r.path);
    bool of_csr = (cause == CAUSE_ILLEGAL || cause == CAUSE_VIRTUAL) && isa_is_csr(insn);
    u32 value = 0;
    if (of_csr)
        value = csr_operand(&h->state, insn);
    else if (h_is_guest_page_fault(cause))
        value = (u32)(h->fault.gpa >> 2); // htval
    e->path = e->by = r.path;
    e->note = (struct note){.kind = EVENT_EXIT,
                            .mode = depth ? r.mode : h->state.mode,
                            .vcpu = depth ? r.vcpu : 0,
                            .vm = depth ? r.path.id[depth - 1] : 0,
                            .cause = cause,
                            .pc = h->state.pc,
                            .addr = tval,
                            .value = value,
                            .insn = insn};
    return r.deprivileged;
}

// A trap that a kernel on the hart takes, bare or in guest mode, with somebody who listens.
NOINLINE static void enter_and_tell(struct hart *h, u32 cause, u32 tval, u32 insn)
{
    struct event e;
    bool own = trap_is_delegated(h, cause);
    struct stay stay = own ? (struct stay){0} : hart_stay(h);
    u32 cost = trap_cost(h, cause);
    bool deprivileged = begin_event(&e, h, cause, tval, insn);
    // Where a VM runs, the kernel is a VMM, and the trap an exit. But a VM in guest mode takes its
    // own traps itself, unless it is a VMM that runs a deprivileged VM: then this is an exit of the
    // latter. The hart stays in guest mode all the same.
    if ((own && !deprivileged) || !e.path.id[0])
        e.note.kind = EVENT_TRAP;
    h->machine->core.seq++;
    trap_enter_charged(h, cause, tval);
    event_post(h, &e, stay, cost);
}

NOINLINE static void tell_exit(struct hart *h, const struct hart_exit *t, struct stay stay,
                               u32 cost)
{
    struct event e;
    begin_event(&e, h, t->cause, t->tval, t->insn);
    event_post(h, &e, stay, cost);
}

// The whole round trip of an exit to a monitor. Its code does not run on the hart, so its accesses
// to the guest's registers are charged here by their number.
static u32 round_trip_cost(const struct costs *costs)
{
    return costs->trap + costs->exit + COSTS_RECORDS * costs->record + costs->entry + costs->sret;
}

// Takes the hart out of the guest. The way back into the guest is charged here, too, so it does not
// matter how often the monitor is called in between.
NOINLINE static void exit_to_monitor(struct hart *h, u32 cause, u32 tval, u32 insn)
{
    struct machine *m = h->machine;
    u32 cost = round_trip_cost(&m->config.costs);
    *h->report = exit_of(h, cause, tval, insn);
    struct stay stay = hart_stay(h);
    m->leave |= LEAVE_TRAP;
    hart_charge(h, CHARGE_TRAP, cost);
    hart_enters_user(h, h->state.retired);
    if (cause == CAUSE_SOFTWARE)
        h->state.sip &= ~IP_SSIP; // this was the kick, which is now delivered
    if (event_wanted(m, EVENT_EXIT))
        tell_exit(h, h->report, stay, cost);
}

static void take(struct hart *h, u32 cause, u32 tval, u32 insn)
{
    if (trap_is_reported(h, cause))
        exit_to_monitor(h, cause, tval, insn);
    else
        enter_and_tell(h, cause, tval, insn);
}

NOINLINE static void take_at_border(struct hart *h, u32 cause, u32 tval, u32 insn)
{
    struct hart_exit exit = exit_of(h, cause, tval, insn);
    bool leaves = (h->report || hart_runs_guest(h)) && !trap_is_delegated(h, cause);
    take(h, cause, tval, insn);
    if (leaves)
        border_leave(h, &exit);
}

void trap_take_openly(struct hart *h, u32 cause, u32 tval, u32 insn)
{
    h->machine->core.steps++;
    if (h->machine->border.on)
        take_at_border(h, cause, tval, insn);
    else
        take(h, cause, tval, insn);
}

void trap_take(struct hart *h, u32 cause, u32 tval, u32 insn)
{
    if (!trap_take_quietly(h, cause, tval))
        trap_take_openly(h, cause, tval, insn);
}

bool trap_firmware(struct hart *h, u32 insn)
{
    struct machine *m = h->machine;
    u32 cost = m->config.costs.firmware;
    struct note note = note_of(h, EVENT_FIRMWARE, CAUSE_ECALL_K, h->state.x[X_A7], insn);
    note.value = h->state.x[X_A6];
    hart_charge(h, CHARGE_DEVICE, cost);
    bool off = firmware_call(&m->firmware, h->number);
    harts_see_lines(m);
    if (event_wanted(m, EVENT_FIRMWARE)) // what the call did has told its own events before
        event_send(h, NULL, &note, cost);
    return !off && h->state.run != HART_STOPPED;
}
