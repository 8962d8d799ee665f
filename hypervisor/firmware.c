// The VM's firmware: it answers an `ecall` from virtual K. isa/board/firmware.h has the calls,
// for VCPUs as for the machine's harts.
// Read next: hypervisor/stuck.c.
#include "isa/board/firmware.h"
#include "hypervisor/device.h"
#include "hypervisor/lend.h"
#include "hypervisor/nacl.h"
#include "hypervisor/technique.h"
#include "hypervisor/trap.h"

static void fence_one(void *context, const u32 *address, const u32 *asid)
{
    struct turn *t = context;
    t->technique->fence(t, address, asid);
}

// Fences of a guest's guests.
static void fence_inner(void *context, const u32 *address, const u32 *asid)
{
    struct turn *t = context;
    t->technique->fence_inner(t, address, asid);
}

static void fence_second_stage(void *context, const u32 *address, const u32 *vmid)
{
    struct turn *t = context;
    (void)address; // a fence may always forget more
    t->technique->fence_second(t, vmid);
}

// Does a fence for another VCPU, by the satp of that VCPU. A fence on translations of a guest's
// guest uses the second stage of the VCPU that calls.
static void remote_fence(void *context, u32 hart, enum fence_kind kind, u32 start, u32 size,
                         u32 asid)
{
    static void (*const fences[])(void *context, const u32 *address, const u32 *asid) = {
        [FENCE_I] = fence_one,
        [FENCE_VMA] = fence_one,
        [FENCE_VMA_ASID] = fence_one,
        [FENCE_GUEST_PHYSICAL] = fence_second_stage,
        [FENCE_GUEST_PHYSICAL_VMID] = fence_second_stage,
        [FENCE_GUEST_VMA] = fence_inner,
        [FENCE_GUEST_VMA_ASID] = fence_inner,
    };
    struct turn *t = context;
    u32 caller = t->vcpu;
    if (kind < FENCE_GUEST_PHYSICAL)
        turn_choose(t, hart);
    firmware_fence(kind, start, size, asid, fences[kind], t);
    turn_choose(t, caller);
}

static enum verdict call(struct turn *t)
{
    struct hart_state *harts[HARTS_MAX];
    for (u32 i = 0; i < t->vm->vcpu_count; i++)
        harts[i] = &t->vcpus[i].state;
    struct board_wires wires = device_wires(t);
    struct firmware firmware = {.harts = harts,
                                .count = t->vm->vcpu_count,
                                .board = &t->vm->board,
                                .wires = &wires,
                                .adue = t->vmm->adue,
                                .h = t->vm->has_h,
                                .also = nacl_is_offered(t) ? SBI_NACL : 0,
                                .fence = remote_fence,
                                .context = t};
    bool off = firmware_call(&firmware, t->vcpu);
    device_lines(t); // a console call may have taken the byte for which the UART interrupts
    if (off)
        return HALT;
    if (t->v->state.run == HART_RUNNING)
        return ADVANCE;
    t->v->nacl = 0; // a hart that is stopped shares no memory
    return BLOCK;
}

enum verdict firmware_ecall(struct turn *t, struct outcome *out)
{
    u32 extension = t->v->state.x[X_A7];
    out->trap.tval = extension;
    out->note.value = t->v->state.x[X_A6];
    // These two extensions are for guests that are VMMs themselves.
    if (t->vmm->enlightened && extension == LEND_EXTENSION)
        return lend_call(t);
    if (extension == SBI_NACL && nacl_is_offered(t))
        return nacl_call(t);
    return call(t);
}
