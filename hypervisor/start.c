// Making the VMM and its VMs from the configuration.
// Read next: hypervisor/vmm.c.
#include "hypervisor/device.h"
#include "hypervisor/page.h"
#include "hypervisor/schedule.h"
#include "hypervisor/turn.h"
#include "hypervisor/vmm.h"

static void start_gangs(struct hw *hw, struct vmm *vmm, mpa vm_at, const struct guest_config *c)
{
    struct vm *vm = hw_page(hw, vm_at);
    vm->gang_count = c->pinned ? c->vcpus : 1;
    for (u32 i = 0; i < vm->gang_count; i++) {
        struct gang *g = &vm->gangs[i];
        g->first = i;
        g->count = c->pinned ? 1 : c->vcpus;
        g->hart = c->pinned ? i % vmm->harts : c->hart;
        g->weight = c->weight;
        round_reset(&g->round);
        schedule_ready(hw, vmm, gang_address(vm_at, i));
    }
}

static bool start_vm(struct hw *hw, struct vmm *vmm, const struct guest_config *c, mpa *link)
{
    mpa vm_at = page_alloc(hw, vmm);
    if (!vm_at)
        return false;
    struct vm *vm = hw_page(hw, vm_at);
    vm->id = ++vmm->vms;
    vm->vcpu_count = c->vcpus;
    for (u32 i = 0; i < GUEST_NAME - 1; i++)
        vm->name[i] = c->name[i];
    vm->ram_at = c->ram_at;
    vm->ram_size = c->ram_size;
    *link = vm_at;
    struct turn t = {.hw = hw, .vmm = vmm, .vm = vm, .vm_at = vm_at};
    for (u32 i = 0; i < c->vcpus; i++) {
        turn_choose(&t, i);
        hart_reset(&t.v->state, c->entry, i, c->device_tree);
        t.v->state.run = i ? HART_STOPPED : HART_RUNNING;
    }
    device_reset(&t);
    start_gangs(hw, vmm, vm_at, c);
    vmm->alive++;
    return true;
}

mpa vmm_start(struct hw *hw)
{
    const struct vmm_config *c = hw_config(hw);
    struct vmm *vmm = hw_page(hw, c->memory_at);
    *vmm = (struct vmm){
        .magic = VMM_MAGIC,
        .version = VMM_VERSION,
        .policy = c->policy,
        .scheduler = c->scheduler,
        .clock = c->clock,
        .harts = c->harts,
        .adue = c->adue,
        .holes = c->holes,
        .off_when_idle = c->off_when_idle,
        .enlightened = c->enlightened,
        .quantum = c->quantum,
        .generation = 1,
        .changes = 1,
        .next_asid = 1,
    };
    if (!page_start(vmm, c->memory_at, c->memory_size))
        return 0;
    mpa *link = &vmm->first_vm;
    for (u32 i = 0; i < c->guests; i++) {
        if (!start_vm(hw, vmm, &c->guest[i], link))
            return 0;
        link = &((struct vm *)hw_page(hw, *link))->next;
    }
    return c->memory_at;
}
