// A turn: the VMM deals with one VCPU on one hart, from the choice of that VCPU until another
// choice is due. The struct turn says whose turn it is. Every function of the core gets it as its
// first argument `t`; what else a function works on follows.
//
//   hw, vmm         always
//   vm .. gang       once the scheduler has chosen a gang (turn_take_gang)
//   v, vcpu         once the VCPU of that gang is chosen (turn_choose)
//   ticks, left,
//   grace           while the VCPU runs (hypervisor/clock.h)
//
// A turn is never stored: its pointers come from hw_page and end with it.
// Read next: hypervisor/vmm.c.
#ifndef HYPERVISOR_TURN_H
#define HYPERVISOR_TURN_H

#include "hypervisor/vm.h"

struct turn {
    struct hw *hw;
    struct vmm *vmm;
    struct vm *vm;
    mpa vm_at; // where *vm is
    struct vcpu *vcpus;
    struct shadows *shadows; // NULL: the VM has none now
    struct gang *gang;
    struct vcpu *v;
    u32 vcpu;    // v is vcpus[vcpu]
    u32 ticks;   // how many ticks the VCPU may use
    u32 left;    // how many of them are left (virtual clock)
    u32 rest;    // by the wall clock: what is left of the limit of a paused turn, else 0
    u32 grace;   // how many fills may still be followed by one tick more (wall clock)
    u64 retired; // by the VCPU when its turn began
    u64 since;   // by the wall clock: the time from which on its gang pays
};

// Makes it the turn of this VM: its gang and its VCPU are still to be chosen.
void turn_take_vm(struct turn *t, mpa vm_at);
// Makes it the turn of this gang. The VCPU is still to be chosen.
void turn_take_gang(struct turn *t, mpa gang);
// Chooses the vcpu-th VCPU of the VM.
void turn_choose(struct turn *t, u32 vcpu);

// What the VMM knows of the hart that it runs on.
static inline struct hart_slot *turn_slot(const struct turn *t)
{
    return &t->vmm->slots[hw_hart(t->hw)];
}

// The record of a gang at a machine address.
static inline struct gang *gang_at(const struct turn *t, mpa gang)
{
    return hw_page(t->hw, gang);
}

// A note about the VCPU as it is now, for observers.
struct note turn_note(const struct turn *t, enum event_kind kind);
// The plainest way to tell one.
void turn_tell(const struct turn *t, enum event_kind kind, u32 cause, u32 value);

#endif
