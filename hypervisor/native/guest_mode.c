// Guest mode on the machine's harts, for the native backend: which registers of a hart hold what of
// a VCPU (isa/arch/h_extension.h).
// Read next: hypervisor/native/observe.c.
#include "hypervisor/native/guest_mode.h"

// The registers of which guest and VMM each have their own, but for satp. While the hart is
// virtual, those of the guest are the active ones.
static void copy_bank(struct hart_state *to, const struct hart_state *from)
{
    to->mode = from->mode;
    to->sstatus = from->sstatus;
    to->stvec = from->stvec;
    to->sscratch = from->sscratch;
    to->sepc = from->sepc;
    to->scause = from->scause;
    to->stval = from->stval;
    to->scounteren = from->scounteren; // has no bank, and means the guest's while the guest runs
}

// The guest runs a guest of its own, whose interrupts, timer and time it has set.
static void inner_load(struct h_state *h, const struct h_state *inner)
{
    h->hie = inner->hie;
    h->hvip = inner->hvip;
    h->vstimecmp = inner->vstimecmp;
    h->htimedelta += inner->htimedelta;
    h->other.sstatus = inner->other.sstatus & SSTATUS_MXR; // it counts for both stages
}

// With shadows the satp in which the guest believes stays in its record. That on the hart is the
// VMM's, and each access of the guest to it traps.
static bool has_own_satp(const struct hw *hw)
{
    return !hw->shadowed;
}

// The guest's interrupts are those of its own sie and sip, one bit further left. Its time is the
// machine's by the wall clock. By the virtual clock it follows the guest's own instructions, and so
// does the machine's time while the guest runs: between them lies a constant.
void guest_mode_load(struct hw *hw, const struct hart_state *guest)
{
    struct hart_state *real = hw->real;
    struct h_state *h = hw->h;
    copy_bank(real, guest);
    if (has_own_satp(hw))
        real->satp = guest->satp;
    h->hie = guest->sie << 1;
    h->hvip = (guest->sip | (guest->external ? IP_SEIP : 0)) << 1;
    h->vstimecmp = guest->stimecmp;
    h->htimedelta = hw->virtual_clock ? hart_time(guest) - hart_time(real) : 0;
    if (guest->virt)
        inner_load(h, hw->inner);
}

void guest_mode_save(struct hw *hw, struct hart_state *guest)
{
    const struct h_state *h = hw->h;
    copy_bank(guest, hw->real);
    if (has_own_satp(hw))
        guest->satp = hw->real->satp;
    if (guest->virt) {
        hw->inner->hie = h->hie;
        hw->inner->hvip = h->hvip;
        hw->inner->vstimecmp = h->vstimecmp;
    } else {
        guest->sie = h->hie >> 1;
        guest->sip = h->hvip >> 1 & IP_SSIP;
        guest->stimecmp = h->vstimecmp;
    }
}

// ---- hypervisor/hw.h

bool hw_has_guest_mode(struct hw *hw)
{
    return machine_config(hw->m)->profile & ISA_H;
}

// What the guest may do by itself: take its own traps and interrupts, read the time, and set its
// timer. Its `wfi` comes to the VMM, which may have others to run.
void hw_nest(struct hw *hw, u32 hgatp)
{
    struct h_state *h = hw->h;
    u32 name = hw->real->virt ? h->other.sscratch : hw->real->sscratch; // of the VCPU (name_vcpu)
    h_reset(h);
    h->other.sscratch = name;
    h->hedeleg = HEDELEG_ALL;
    h->hideleg = IP_VS;
    h->hcounteren = COUNTEREN_TM;
    h->henvcfgh = HENVCFGH_STCE;
    h->hstatus = HSTATUS_VTW;
    h->hgatp = hgatp;
    hw->inner = NULL;
    hw->shadowed = false;
    hw->real->virt = true;
}

void hw_nest_inner(struct hw *hw, const struct hw_inner *inner)
{
    struct h_state *h = hw->h;
    hw_nest(hw, inner->hgatp);
    h->hstatus |= inner->hstatus;
    h->hedeleg = inner->hedeleg;
    h->hideleg = inner->hideleg;
    h->hcounteren = inner->hcounteren;
    h->henvcfgh = inner->henvcfgh;
    hw->inner = inner->h;
}

// The page faults of a guest are the VMM's, since they may be hidden ones: its shadow lacks what
// the guest's table has.
void hw_nest_shadowed(struct hw *hw, u32 satp)
{
    hw_nest(hw, 0);
    hw->h->hedeleg &= ~HEDELEG_PAGE_FAULTS;
    hw->h->hstatus |= HSTATUS_VTVM;
    hw->shadowed = true;
    hw->real->satp = satp;
}

// The VMM's own registers are zero: no counter can be read in U, and MXR is off.
void guest_mode_end(struct hw *hw)
{
    static const struct hart_state reset;
    struct hart_state *real = hw->real;
    if (!real->virt)
        return;
    real->virt = false;
    copy_bank(real, &reset);
    real->sscratch = hw->h->other.sscratch;
    guest_mode_idle(hw);
}

void guest_mode_idle(struct hw *hw)
{
    if (hw_has_guest_mode(hw))
        hw->h->hie = 0;
}

struct hw_guest_fault hw_guest_fault(struct hw *hw)
{
    return hw->fault;
}

void hw_flush_guest(struct hw *hw, u32 vmid, const gva *va, const u32 *asid)
{
    struct machine *m = hw->m;
    for (u32 hart = 0; hart < machine_config(m)->harts; hart++)
        machine_hart_flush_guest(m, hart, vmid, va, asid);
}
