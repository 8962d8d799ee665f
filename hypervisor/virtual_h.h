// Virtual H: a guest has the hypervisor extension itself, so a VMM inside the guest may run guests
// of its own in guest mode. Each VCPU of such a VM has a struct h_state, and the VMM does to that
// state what hardware would do, by the functions of isa/arch/h_extension.h.
//
// By `trap` the hart is in real U all the time, and each trap is an exit: all is emulated, and
// translation is in hypervisor/shadow_inner.h. By `assist` the hart does most of the work:
//
//     the VCPU            runs on the hart as     the hart delegates     other exits
//     V = 0, no trap of   a guest without the     traps, interrupts      h*, vs*, hlv, hfence
//       its guest noted   extension
//     V = 0, one noted    the same                interrupts             sret and traps, too
//     V = 1: it runs      V = 1, with the merged  what the guest's       what hardware would give
//       its guest         table (merged.h)        hedeleg, hideleg say   to the guest's VMM
//
// Every trap that a kernel takes writes hstatus (SPV and GVA), htval and htinst. If these are 0 and
// the trap comes from V = 0, it writes 0 there again, so the hart may take it by itself. If they
// are not 0, a trap of the guest's guest is noted there, and the VMM has to see what overwrites it.
// While they are 0, `sret` cannot enter V = 1 either. So a kernel that never uses the extension has
// no more exits than one without it.
//
// What the guest's hart would wait for besides, the VMM waits for in its place: while V = 1 the
// timer and the interrupts of the guest itself are the VMM's to watch.
// Read next: hypervisor/virtual_h.c.
#ifndef HYPERVISOR_VIRTUAL_H_H
#define HYPERVISOR_VIRTUAL_H_H

#include "hypervisor/technique.h"
#include "hypervisor/trap.h"

// ---- virtual_h.c: exits

// The VCPU executed what the hart does not allow: by `assist` an instruction or a CSR of the
// extension, `wfi`, a counter; by `trap` all that is privileged.
enum verdict virtual_h_instruction(struct turn *t, struct outcome *out);

// The VCPU runs its guest, and the hart met a guest page fault. Fills the merged table, or says
// which fault this is for the guest's VMM. *address is set if the guest's second stage led to a
// place that is not RAM; then the verdict is RESUME, and the caller goes on.
enum verdict virtual_h_page_fault(struct turn *t, struct outcome *out, enum access access,
                                  gpa *address);

// Is this an interrupt for the guest's guest that the guest's VMM did not delegate?
bool virtual_h_is_interrupt(const struct turn *t, u32 cause);

// The VCPU takes a trap. Returns false if that changed nothing at all.
bool virtual_h_trap(struct turn *t, u32 cause, u32 tval);

// hw_run has returned: the VCPU took traps without the VMM.
void virtual_h_took_traps(struct turn *t);

// ---- virtual_h_run.c: from one exit to the next

// The operation `use` of a technique (hypervisor/technique.h).
bool virtual_h_use(struct turn *t);
// The interrupt that the VMM must inject now, or 0. In guest mode the hart delivers others itself.
u32 virtual_h_interrupt(const struct turn *t, u64 now);
// Must the VMM watch for interrupts of the VCPU? In guest mode the hart delivers by itself what may
// come in V = 0, unless the guest keeps an interrupt of its own guest. A VCPU that seldom uses the
// extension is nearly always there.
static inline bool virtual_h_is_watched(const struct turn *t)
{
    const struct h_state *h = &t->v->h;
    return !t->technique->guest_mode || t->v->state.virt || (h->hie & ~h->hideleg);
}
// How many instructions a VCPU that is watched may retire before there may be one: at most `limit`.
u32 virtual_h_limit(const struct turn *t, u64 now, u32 limit);
// The guest of the VCPU was caught in its own trap handler. The VCPU waits as a hart would.
void virtual_h_caught(struct turn *t);

#endif
