// Running a VM with hardware assistance. Picture: hypervisor/assist.h.
//
// The hart remembers translations of a VM under its VMID. A VMID has 7 bits, so a VMM with more VMs
// than that gives one VMID to several, and then every switch of VMs forgets first.
// Read next: hypervisor/shadow_room.c.
#include "hypervisor/assist.h"
#include "hypervisor/shadow.h"

#define VMIDS 127u // 0 is not used

static u32 vmid_of(const struct vm *vm)
{
    return 1 + (vm->id - 1u) % VMIDS;
}

// A VCPU of the VM may have fenced on another hart what this one remembers. VCPUs that are pinned
// to harts, each a gang of its own, do not wander.
static bool has_wandered(const struct turn *t)
{
    return t->vm->gang_count == 1 && t->vm->assisted_on != 1 + hw_hart(t->hw);
}

u32 assist_hgatp(struct turn *t)
{
    u32 vmid = vmid_of(t->vm);
    // Where VMs share VMIDs, another VM with the same one may have run here.
    if (has_wandered(t) || t->vmm->vms > VMIDS)
        hw_flush_guest(t->hw, vmid, NULL, NULL);
    t->vm->assisted_on = (u8)(1 + hw_hart(t->hw));
    return HGATP_MAKE(vmid, t->vm->map);
}

bool assist_use(struct turn *t)
{
    if (t->slot->shadow.vm == t->vm_at && !has_wandered(t))
        return true; // nothing that the hart needs to know changes from one exit to the next
    hw_nest(t->hw, assist_hgatp(t));
    t->slot->shadow = (struct shadow_choice){.vm = t->vm_at};
    return true;
}

// The guest fences its own hart by itself. This is a fence on other VCPUs, by the firmware.
void assist_fence(struct turn *t, const gva *address, const u32 *asid)
{
    hw_flush_guest(t->hw, vmid_of(t->vm), address, asid);
}

// The second stage does not depend on the guest's satp.
void assist_switch(struct turn *t)
{
    (void)t;
}

// The second stage is the VM's memory map, which is not a cache. There is nothing to give back.
void assist_free(struct turn *t, struct vm *vm)
{
    (void)t;
    (void)vm;
}

// ---- shadows in guest mode

// As shadow_use. But a change of the guest's mode, of SUM or of MXR changes nothing for the VMM.
bool assist_use_shadow(struct turn *t)
{
    const struct shadow_choice *last = &t->slot->shadow;
    if (last->vm == t->vm_at && last->satp == t->v->state.satp &&
        last->epoch == t->vmm->shadow_epoch)
        return true;
    return shadow_choose(t);
}
