// Virtual H: the guest's harts have the hypervisor extension, so a VMM inside the guest may run
// guests of its own in guest mode. Each VCPU of such a VM has a struct h_state. The VMM does to
// this state what hardware would do, by the functions of isa/arch/h_extension.h.
//
// With the technique `trap` the hart is in real U all the time, and each trap is an exit. The
// VMM emulates everything, and hypervisor/shadow_inner.h does the translation. With `assist` the
// hart does most of the work:
//
//     the VCPU            runs on the hart as     the hart delegates     other exits
//     V = 0, no trap of   a guest without the     traps, interrupts      h*, vs*, hlv, hfence
//       its guest noted   extension
//     V = 0, one noted    the same                interrupts             sret and traps, too
//     V = 1: it runs      V = 1, with the merged  what the guest's       what hardware would give
//       its guest         table (merged.h)        hedeleg, hideleg say   to the guest's VMM
//
// Every trap that a kernel takes writes hstatus (SPV and GVA), htval and htinst. If these are 0,
// a trap from V = 0 writes 0 there again, so the hart may take the trap by itself. If they are
// not 0, they note a trap of the guest's guest, and the VMM must see the trap that overwrites
// them. While they are 0, `sret` cannot enter V = 1 either. So a kernel that never uses the
// extension has no more exits than a kernel without it.
//
// What the guest's hart would wait for besides, the VMM waits for in its place: while V = 1 the
// timer and the interrupts of the guest itself are the VMM's to watch.
// Read next: hypervisor/virtual_h.c.
#ifndef HYPERVISOR_VIRTUAL_H_H
#define HYPERVISOR_VIRTUAL_H_H

#include "hypervisor/technique.h"
#include "hypervisor/trap.h"

// ---- virtual_h.c: exits

// To be called when the VCPU executed an instruction that the hart does not allow: with `assist`
// an instruction or a CSR of the extension, `wfi`, or a counter; with `trap` any privileged
// instruction.
enum verdict virtual_h_instruction(struct turn *t, struct outcome *out);

// To be called when the VCPU runs its guest, and the hart met a guest page fault. Fills the
// merged table, or finds out which fault this is for the guest's VMM. If the guest's second
// stage led to an address that is not RAM, sets *address and returns RESUME, and the caller goes
// on.
enum verdict virtual_h_page_fault(struct turn *t, struct outcome *out, enum access access,
                                  gpa *address);

// Returns true if this is an interrupt for the guest's guest that the guest's VMM did not
// delegate.
bool virtual_h_is_interrupt(const struct turn *t, u32 cause);

// Makes the VCPU take a trap. Returns false if the trap changed nothing at all.
bool virtual_h_trap(struct turn *t, u32 cause, u32 tval);

// To be called when hw_run has returned and the VCPU took traps without the VMM.
void virtual_h_took_traps(struct turn *t);

// ---- virtual_h_run.c: from one exit to the next

// The operation `use` of a technique (hypervisor/technique.h).
bool virtual_h_use(struct turn *t);
// Returns the interrupt that the VMM must inject now, or 0. In guest mode the hart delivers all
// others itself.
u32 virtual_h_interrupt(const struct turn *t, u64 now);
// Returns true if the VMM must watch for interrupts of the VCPU. In guest mode the hart delivers
// by itself what may come in V = 0, unless the guest keeps an interrupt of its own guest. A VCPU
// that seldom uses the extension is nearly always in that state.
static inline bool virtual_h_is_watched(const struct turn *t)
{
    const struct h_state *h = &t->v->h;
    return !t->technique->guest_mode || t->v->state.virt || (h->hie & ~h->hideleg);
}
// Returns how many instructions a watched VCPU may retire before an interrupt may come: at most
// `limit`.
u32 virtual_h_limit(const struct turn *t, u64 now, u32 limit);
// To be called when the guest of the VCPU was caught in its own trap handler. The VCPU then
// waits as a hart would.
void virtual_h_caught(struct turn *t);

#endif
