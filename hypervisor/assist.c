// Running a VM with hardware assistance. Picture: hypervisor/assist.h.
//
// The hart remembers translations under a VMID. Each VCPU believes that it has a hart of its
// own, with a TLB of its own: two VCPUs of one VM may use the same ASID for two address spaces.
// So each VCPU has a VMID. A VMID has 7 bits, and a VMM with more VCPUs than that gives one VMID
// to several of them. In that case every switch between VCPUs forgets the translations first.
// Read next: hypervisor/shadow_room.c.
#include "hypervisor/assist.h"
#include "hypervisor/apart.h"
#include "hypervisor/shadow.h"

#define VMIDS (VMID_OF_MERGED - 1) // from 1 on

static u32 vmid_of(const struct turn *t)
{
    return 1 + (t->vm->first_vcpu + t->vcpu) % VMIDS;
}

// The VCPU may have executed a fence on another hart, and this hart still remembers older
// translations.
static bool has_wandered(const struct turn *t)
{
    return t->v->assisted_on != 1 + hw_hart(t->hw);
}

u32 assist_hgatp(struct turn *t)
{
    u32 vmid = vmid_of(t);
    // If VCPUs share VMIDs, another VCPU with the same VMID may have run here.
    if (has_wandered(t) || t->vmm->vcpus > VMIDS)
        hw_flush_guest(t->hw, vmid, NULL, NULL);
    t->v->assisted_on = 1 + hw_hart(t->hw);
    return HGATP_MAKE(vmid, t->vm->map);
}

APART static void enter_guest_mode(struct turn *t, mpa vcpu)
{
    hw_nest(t->hw, assist_hgatp(t));
    t->slot->shadow = (struct shadow_choice){.at = vcpu};
}

bool assist_use(struct turn *t)
{
    const struct shadow_choice *last = &t->slot->shadow;
    mpa vcpu = vcpu_address(t->vm, t->vcpu);
    // What the hart needs to know does not change from one exit to the next.
    if (last->at == vcpu && (t->vmm->harts == 1 || !has_wandered(t)))
        return true;
    enter_guest_mode(t, vcpu);
    return true;
}

// The guest's own sfence.vma is no exit. This function does a fence for another VCPU, which the
// guest asks of the firmware.
void assist_fence(struct turn *t, const gva *address, const u32 *asid)
{
    hw_flush_guest(t->hw, vmid_of(t), address, asid);
}

// The second stage does not depend on the guest's satp.
void assist_switch(struct turn *t)
{
    (void)t;
}

// The second stage is the VM's memory map, which is no cache. So there is nothing to give back.
void assist_free(struct turn *t, struct vm *vm)
{
    (void)t;
    (void)vm;
}

// ---- shadows in guest mode

// Does the same as shadow_use, but a change of the guest's mode, of SUM or of MXR changes
// nothing for the VMM.
bool assist_use_shadow(struct turn *t)
{
    const struct shadow_choice *last = &t->slot->shadow;
    if (last->vm == t->vm_at && last->satp == t->v->state.satp &&
        last->epoch == t->vmm->shadow_epoch)
        return true;
    return shadow_choose(t);
}
