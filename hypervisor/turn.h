// A turn is the time in which the VMM deals with one VCPU on one hart, from the choice of that
// VCPU until another choice is due. The struct turn says whose turn it is. It is the first
// argument `t` of every function of the core; other arguments say what else a function works on.
//
//   hw, vmm, slot   always
//   vm .. gang       once the scheduler has chosen a gang (turn_take_gang)
//   v, vcpu         once the VCPU of that gang is chosen (turn_choose)
//   pace, plain     while the VCPU runs (hypervisor/clock.h)
//
// A turn is never stored, because its pointers come from hw_page and are not valid after it.
// Read next: hypervisor/vmm.c.
#ifndef HYPERVISOR_TURN_H
#define HYPERVISOR_TURN_H

#include "hypervisor/vm.h"

struct technique;

// What a guest page fault reports besides cause and tval, for a VCPU with the hypervisor
// extension.
struct turn_fault {
    u64 gpa;
    u32 htinst;
    bool as_guest; // the access was made by hlv or an instruction of its kind
};

struct turn {
    struct hw *hw;
    struct vmm *vmm;
    struct hart_slot *slot; // what the VMM knows of the present hart
    struct vm *vm;
    mpa vm_at;                         // where *vm is
    const struct technique *technique; // how the VM runs (hypervisor/technique.h)
    const u32 *map;                    // the root of its memory map (hypervisor/map.h)
    struct vcpu *vcpus;
    struct shadows *shadows; // NULL: the VM has none now
    struct gang *gang;
    struct vcpu *v;
    u32 vcpu; // v is vcpus[vcpu]
    struct pace pace;
    bool plain; // the usual VCPU: alone in its VM, virtual clock, without the extension
    struct turn_fault fault; // of the trap that the VMM is about to reflect
    u64 since;               // by the wall clock: the gang pays for the time from here on
};

// Returns a turn on this hart. VM, gang and VCPU are still to be chosen.
struct turn turn_new(struct hw *hw, struct vmm *vmm);

// Makes it the turn of this VM: its gang and its VCPU are still to be chosen.
void turn_take_vm(struct turn *t, mpa vm_at);
// Makes it the turn of this gang. The VCPU is still to be chosen.
void turn_take_gang(struct turn *t, mpa gang);
// Chooses the vcpu-th VCPU of the VM.
void turn_choose(struct turn *t, u32 vcpu);

// The record of a gang at a machine address.
static inline struct gang *gang_at(const struct turn *t, mpa gang)
{
    return hw_page(t->hw, gang);
}

// Returns a note about the present state of the VCPU, for observers.
struct note turn_note(const struct turn *t, enum event_kind kind);
// Tells observers such a note, with this cause and this value.
void turn_tell(const struct turn *t, enum event_kind kind, u32 cause, u32 value);

#endif
