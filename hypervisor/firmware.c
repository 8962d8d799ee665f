// The VM's firmware: an `ecall` from virtual K. isa/board/firmware.h answers it, for VCPUs as for
// the machine's harts. Read next: hypervisor/trap.c.
#include "isa/board/firmware.h"
#include "hypervisor/device.h"
#include "hypervisor/lend.h"
#include "hypervisor/shadow.h"
#include "hypervisor/trap.h"

// A fence on another VCPU: shadows belong to the VM, not to a VCPU, so whichever it is about they
// are fenced once. Fetches always agree with stores here, so fence.i asks for nothing.
static void remote_fence(void *context, u32 hart, enum fence_kind kind, u32 start, u32 size,
                         u32 asid)
{
    const struct turn *t = context;
    (void)hart;
    if (kind == FENCE_I)
        return;
    const u32 *only = kind == FENCE_VMA_ASID ? &asid : NULL;
    u32 pages = size / PAGE_SIZE + 2;
    if ((!start && !size) || pages > 64) {
        shadow_fence(t->hw, t->vmm, t->vm, NULL, only);
        return;
    }
    for (u32 va = start & ~(PAGE_SIZE - 1); pages--; va += PAGE_SIZE)
        shadow_fence(t->hw, t->vmm, t->vm, &va, only);
}

enum verdict firmware_ecall(const struct turn *t, struct note *trap)
{
    struct hart_state *harts[HARTS_MAX];
    for (u32 i = 0; i < t->vm->vcpu_count; i++)
        harts[i] = &t->vm->vcpus[i].state;
    struct board_wires wires = device_wires(t);
    struct firmware f = {harts,        t->vm->vcpu_count, &t->vm->board, &wires,
                         t->vmm->adue, remote_fence,      (void *)t};
    trap->addr = t->v->state.x[X_A7];
    trap->value = t->v->state.x[X_A6];
    if (t->vmm->enlightened && t->v->state.x[X_A7] == LEND_EXTENSION)
        return lend_call(t);
    bool off = firmware_call(&f, t->vcpu);
    device_lines(t);
    if (off)
        return HALT;
    return t->v->state.run == HART_RUNNING ? ADVANCE : BLOCK;
}
