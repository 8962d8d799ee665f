// Whose turn it is. Contracts: hypervisor/turn.h.
// Read next: hypervisor/schedule.c, which chooses among gangs.
#include "hypervisor/turn.h"

struct turn turn_of(struct hw *hw, struct vmm *vmm, mpa gang)
{
    mpa vm_at = gang & ~(PAGE_SIZE - 1); // gangs lie inside their VM's page
    return (struct turn){
        .hw = hw, .vmm = vmm, .vm = hw_page(hw, vm_at), .vm_at = vm_at, .gang = hw_page(hw, gang)};
}

void turn_choose(struct turn *t, u32 vcpu)
{
    t->vcpu = vcpu;
    t->v = &t->vm->vcpus[vcpu];
}

u64 turn_now(const struct turn *t)
{
    return t->vmm->clock == VMM_CLOCK_VIRTUAL ? hart_time(&t->v->state) : hw_now(t->hw);
}

// ---- telling

struct note turn_note(const struct turn *t, enum event_kind kind)
{
    const struct hart_state *s = &t->v->state;
    return (struct note){
        .kind = (u8)kind, .mode = s->mode, .vcpu = (u8)t->vcpu, .vm = t->vm->id, .pc = s->pc};
}

void turn_tell(const struct turn *t, enum event_kind kind, u32 cause, u32 value)
{
    struct note note = turn_note(t, kind);
    note.cause = cause;
    note.value = value;
    hw_note(t->hw, &note);
}

// ---- the VCPUs of a gang

// The round rule when time is the machine's, not the guest's: a VCPU in `wfi` really waits.
static enum round_state round_by_wall(const struct turn *t, struct hart_state *const harts[])
{
    struct gang *g = t->gang;
    u64 now = hw_now(t->hw);
    enum round_state state = ROUND_EMPTY;
    for (u32 i = 0; i < g->count; i++) {
        u32 turn = (g->round.turn + i + !g->round.left) % g->count;
        struct hart_state *s = harts[turn];
        if (s->run == HART_PARKED && hart_awake(s, now))
            s->run = HART_RUNNING;
        if (s->run == HART_RUNNING) {
            if (turn != g->round.turn || !g->round.left)
                g->round = (struct round){turn, ROUND_STEPS};
            return ROUND_RUN;
        }
        state = s->run == HART_PARKED ? ROUND_WAIT : state;
    }
    return state;
}

static u64 first_deadline(const struct turn *t, struct hart_state *const harts[])
{
    u64 first = FOREVER;
    if (t->vmm->clock == VMM_CLOCK_WALL)
        for (u32 i = 0; i < t->gang->count; i++)
            if (harts[i]->run == HART_PARKED && hart_deadline(harts[i]) < first)
                first = hart_deadline(harts[i]);
    return first;
}

enum round_state turn_next(struct turn *t, u64 *until)
{
    struct hart_state *harts[HARTS_MAX];
    turn_choose(t, t->gang->first);
    for (u32 i = 0; i < t->gang->count; i++)
        harts[i] = &t->v[i].state;
    enum round_state state = t->vmm->clock == VMM_CLOCK_VIRTUAL
                                 ? round_next(&t->gang->round, harts, t->gang->count)
                                 : round_by_wall(t, harts);
    if (state == ROUND_RUN)
        turn_choose(t, t->gang->first + t->gang->round.turn);
    *until = first_deadline(t, harts);
    return state;
}
