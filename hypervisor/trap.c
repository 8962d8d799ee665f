// Trap dispatch: one table from cause to handler. A handler says by its verdict what is to be done,
// and hypervisor/vcpu.c does it.
//
// The heart is page_fault. The hart translates by the shadow table, but the guest believes in its
// own. So a fault there asks: would the guest's own table have faulted?
//
//     guest table faults ...................... true fault:   reflect, with the guest's cause
//     it translates, the page is RAM .......... hidden fault: fill the shadow entry, try again
//     it translates, the page is a device ..... emulate the access
//     it translates, there is nothing ......... access fault: reflect that
// Read next: hypervisor/emulate.c.
#include "hypervisor/trap.h"
#include "hypervisor/apart.h"
#include "hypervisor/shadow.h"
#include "hypervisor/shadow_inner.h"
#include "hypervisor/technique.h"
#include "hypervisor/virtual_h.h"

static enum verdict reflect(struct turn *t, struct outcome *out)
{
    (void)t;
    (void)out;
    return REFLECT;
}

// The guest's kernel runs in real U too. So an ecall from virtual K looks to the hart like one from
// U, and only the VMM knows that the caller wants the firmware.
static enum verdict ecall(struct turn *t, struct outcome *out)
{
    if (t->v->state.mode == MODE_U)
        return REFLECT;
    if (!t->v->state.virt)
        return firmware_ecall(t, out);
    // The kernel of a guest's guest calls its VMM, which is the guest (hypervisor/virtual_h.h).
    out->trap.cause = CAUSE_ECALL_VK;
    return REFLECT;
}

// A VCPU with the hypervisor extension has more privileged instructions and CSRs than others. The
// usual one should not pay for that, so emulate_privileged is compiled into this function.
static enum verdict illegal_instruction(struct turn *t, struct outcome *out)
{
    if (!t->plain && t->vm->has_h)
        return virtual_h_instruction(t, out);
    return emulate_privileged(t, out);
}

// ---- page faults

static const u8 access_of[] = {
    [CAUSE_FETCH_PAGE] = ACCESS_FETCH,     [CAUSE_LOAD_PAGE] = ACCESS_READ,
    [CAUSE_STORE_PAGE] = ACCESS_WRITE,     [CAUSE_GUEST_FETCH_PAGE] = ACCESS_FETCH,
    [CAUSE_GUEST_LOAD_PAGE] = ACCESS_READ, [CAUSE_GUEST_STORE_PAGE] = ACCESS_WRITE,
};

static enum verdict page_fault(struct turn *t, struct outcome *out)
{
    gva address = out->trap.tval;
    enum access access = access_of[out->trap.cause];
    // In guest mode the hart has walked the guest's own table.
    if (!t->plain && t->vm->has_h && t->technique->guest_mode)
        return REFLECT;
    struct sv32_walk walk;
    bool whole = true; // may one entry of the shadow map a superpage of the guest?
    if (!t->plain && t->v->state.virt) {
        struct inner_walk inner = shadow_inner_translate(t, address, access);
        walk = inner.walk;
        whole = inner.whole;
    } else {
        walk = gmem_translate(t, address, access);
    }
    if (walk.cause) {
        // A page fault; or an access fault, if a table of the guest lies where there is no RAM.
        out->trap.cause = walk.cause;
        return REFLECT;
    }
    struct mapping ram;
    if (gmem_reach(t, walk.address, access, &ram) != REACHED)
        return device_or_fault(t, out, walk.address, access);
    ram.super = ram.super && whole;
    if (!shadow_fill(t, address, &walk, &ram)) {
        t->vm->life = LIFE_LACK;
        return HALT;
    }
    out->note.value = walk.address;
    return FILL;
}

// ---- exits from guest mode (hypervisor/assist.h)

// A guest of the guest met it, so the guest's own second stage is asked first.
static enum verdict inner_page_fault(struct turn *t, struct outcome *out, enum access access)
{
    gpa address;
    enum verdict verdict = virtual_h_page_fault(t, out, access, &address);
    return verdict == RESUME ? device_or_fault(t, out, address, access) : verdict;
}

// The second stage maps all RAM of the VM, and nothing else. So the guest wanted a device, or it
// wanted what is not there.
static enum verdict guest_page_fault(struct turn *t, struct outcome *out)
{
    enum access access = access_of[out->trap.cause];
    if (t->v->state.virt)
        return inner_page_fault(t, out, access);
    struct hw_guest_fault fault = hw_guest_fault(t->hw);
    gpa address = fault.htval << 2 | (out->trap.tval & 3); // htval leaves out bits 1:0
    bool beyond = fault.htval >> 30;                       // the board has 32 bits of address
    // htinst is not 0 if the hart itself wanted the address: an entry of the guest's page table.
    // Page tables on devices do not work on the bare machine either.
    if (!fault.htinst && !beyond)
        return device_or_fault(t, out, address, access);
    out->trap.cause = sv32_access_fault(access);
    return REFLECT;
}

// The guest's kernel waits, or somebody reads a counter that the hart does not show to guests. What
// the guest may not do is an illegal instruction for it, since it does not know that it is one.
static enum verdict virtual_instruction(struct turn *t, struct outcome *out)
{
    if (t->vm->has_h)
        return virtual_h_instruction(t, out);
    enum verdict verdict = illegal_instruction(t, out);
    if (verdict == REFLECT)
        out->trap.cause = CAUSE_ILLEGAL;
    return verdict;
}

// ---- the table

// By scause. Causes 9 and 11 do not come from guests, and 14 and 16 to 19 do not exist.
static enum verdict (*const handlers[])(struct turn *t, struct outcome *out) = {
    [CAUSE_FETCH_MISALIGNED] = reflect,
    [CAUSE_FETCH_ACCESS] = reflect,
    [CAUSE_ILLEGAL] = illegal_instruction,
    [CAUSE_BREAKPOINT] = reflect,
    [CAUSE_LOAD_MISALIGNED] = reflect,
    [CAUSE_LOAD_ACCESS] = reflect,
    [CAUSE_STORE_MISALIGNED] = reflect,
    [CAUSE_STORE_ACCESS] = reflect,
    [CAUSE_ECALL_U] = ecall,
    [9] = reflect,
    [CAUSE_ECALL_VK] = ecall,
    [11] = reflect,
    [CAUSE_FETCH_PAGE] = page_fault,
    [CAUSE_LOAD_PAGE] = page_fault,
    [14] = reflect,
    [CAUSE_STORE_PAGE] = page_fault,
    [16] = reflect,
    [17] = reflect,
    [18] = reflect,
    [19] = reflect,
    [CAUSE_GUEST_FETCH_PAGE] = guest_page_fault,
    [CAUSE_GUEST_LOAD_PAGE] = guest_page_fault,
    [CAUSE_VIRTUAL] = virtual_instruction,
    [CAUSE_GUEST_STORE_PAGE] = guest_page_fault,
};

enum verdict trap_handle(struct turn *t, struct outcome *out)
{
    u32 cause = out->trap.cause;
    if (cause < sizeof handlers / sizeof *handlers)
        return handlers[cause](t, out);
    if (!(cause & CAUSE_INTERRUPT))
        return REFLECT;
    // An interrupt is the real hart's own: a timer that the VMM set, or a device of the machine.
    // The run loop looks around after it anyway. Only a guest with guests of its own has others.
    return virtual_h_is_interrupt(t, cause) ? REFLECT : RESUME;
}
