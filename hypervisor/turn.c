// Sets whose turn it is, and tells observers about it. Contracts: hypervisor/turn.h.
#include "hypervisor/turn.h"
#include "hypervisor/technique.h"

struct turn turn_new(struct hw *hw, struct vmm *vmm)
{
    return (struct turn){.hw = hw, .vmm = vmm, .slot = &vmm->slots[hw_hart(hw)]};
}

void turn_take_vm(struct turn *t, mpa vm_at)
{
    t->vm_at = vm_at;
    t->vm = hw_page(t->hw, vm_at);
    t->technique = technique_of(t->vm);
    t->map = hw_page_to_read(t->hw, t->vm->map);
    t->vcpus = hw_page(t->hw, t->vm->vcpus_at);
    t->shadows = t->vm->shadows_at ? hw_page(t->hw, t->vm->shadows_at) : NULL;
}

void turn_take_gang(struct turn *t, mpa gang)
{
    turn_take_vm(t, gang & ~(PAGE_SIZE - 1)); // the record of a gang lies inside its VM's page
    t->gang = hw_page(t->hw, gang);
}

void turn_choose(struct turn *t, u32 vcpu)
{
    t->vcpu = vcpu;
    t->v = &t->vcpus[vcpu];
}

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
