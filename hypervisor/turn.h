// A turn: whose it is, what time it is there, what to tell of it; and whose turn it is next within
// a gang.
#ifndef HYPERVISOR_TURN_H
#define HYPERVISOR_TURN_H

#include "hypervisor/vm.h"

// The record of a turn of this gang; which VCPU is still to be chosen.
struct turn turn_of(struct hw *hw, struct vmm *vmm, mpa gang);
void turn_choose(struct turn *t, u32 vcpu); // the vcpu-th of the VM

// `time` as the VCPU would read it.
u64 turn_now(const struct turn *t);

// A note about the VCPU as it is now, and the plainest way to tell one.
struct note turn_note(const struct turn *t, enum event_kind kind);
void turn_tell(const struct turn *t, enum event_kind kind, u32 cause, u32 value);

// Picks the VCPU of the gang whose turn it is. ROUND_RUN: t->v is it. ROUND_WAIT: all wait in
// `wfi`, the first deadline is in *until. ROUND_EMPTY: none is started.
enum round_state turn_next(struct turn *t, u64 *until);

#endif
