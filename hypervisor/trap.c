// Trap dispatch: one table from cause to handler. A handler returns a verdict, which says what
// must be done, and hypervisor/vcpu.c does it.
//
// The most important handler is page_fault. The hart translates by the shadow table, but the
// guest knows only its own table. So the handler asks: would the guest's own table have faulted?
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

// The guest's kernel runs in real U, too. So to the hart an ecall from virtual K is the same as
// one from U. Only the VMM knows that the caller wants the firmware.
static enum verdict ecall(struct turn *t, struct outcome *out)
{
    if (t->v->state.mode == MODE_U)
        return REFLECT;
    if (!t->v->state.virt)
        return firmware_ecall(t, out);
    // This is the kernel of a guest's guest. It calls its own VMM, which is the guest
    // (hypervisor/virtual_h.h).
    out->trap.cause = CAUSE_ECALL_VK;
    return REFLECT;
}

// A VCPU with the hypervisor extension has more privileged instructions and CSRs than others.
// Other VCPUs should not pay for that, so emulate_privileged is compiled into this function.
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
    // In guest mode the hart itself has walked the guest's own table, so the fault is a true
    // one.
    if (!t->plain && t->vm->has_h && t->technique->guest_mode)
        return REFLECT;
    struct sv32_walk walk;
    bool whole = true; // one entry of the shadow may map a superpage of the guest
    if (!t->plain && t->v->state.virt) {
        struct inner_walk inner = shadow_inner_translate(t, address, access);
        walk = inner.walk;
        whole = inner.whole;
    } else {
        walk = gmem_translate(t, address, access);
    }
    if (walk.cause) {
        // The guest's own table faults: this is a true fault. It is an access fault, and not a
        // page fault, if a table of the guest lies where there is no RAM.
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

// A guest of the guest met the fault, so the guest's own second stage decides first.
static enum verdict inner_page_fault(struct turn *t, struct outcome *out, enum access access)
{
    gpa address;
    enum verdict verdict = virtual_h_page_fault(t, out, access, &address);
    return verdict == RESUME ? device_or_fault(t, out, address, access) : verdict;
}

// The second stage maps all RAM of the VM, and nothing else. So the guest accessed a device, or
// an address where there is nothing.
static enum verdict guest_page_fault(struct turn *t, struct outcome *out)
{
    enum access access = access_of[out->trap.cause];
    if (t->v->state.virt)
        return inner_page_fault(t, out, access);
    struct hw_guest_fault fault = hw_guest_fault(t->hw);
    gpa address = fault.htval << 2 | (out->trap.tval & 3); // htval leaves out bits 1:0
    bool beyond = fault.htval >> 30;                       // the board has 32 bits of address
    // If htinst is not 0, the hart itself accessed the address, to read an entry of the guest's
    // page table. Page tables on devices do not work on the bare machine either.
    if (!fault.htinst && !beyond)
        return device_or_fault(t, out, address, access);
    out->trap.cause = sv32_access_fault(access);
    return REFLECT;
}

// The guest's kernel executed `wfi`, or the guest read a counter that the hart does not show to
// guests. If the guest may not execute the instruction, it must see an illegal instruction: a
// guest does not know of the cause CAUSE_VIRTUAL.
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
    // This interrupt belongs to the real hart: a timer that the VMM set, or a device of the
    // machine. The run loop looks around after it anyway. Only a guest with guests of its own
    // has other interrupts.
    return virtual_h_is_interrupt(t, cause) ? REFLECT : RESUME;
}
