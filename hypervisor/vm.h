// What the VMM keeps: itself, its VMs, their VCPUs, and the shadows of their page tables. All of it
// is plain data in machine pages, linked by machine addresses. So a snapshot of the machine is a
// snapshot of the VMM too, and an observer can read it from outside.
//
//   struct vmm (a page) --first_vm--> struct vm (a page) --next--> struct vm (a page) ...
//         |  index, by the VM's id -----^ |
//                                         +-- gangs[]     VCPUs that take turns on one hart
//                                         +-- board       the devices that the guest believes in
//                                         |
//                                         +-- map         a page table: which machine page
//                                         |               stands behind each page of its RAM
//                                         +-- vcpus_at    its struct vcpu: each the whole state
//                                         |               of a hart as its guest sees it
//                                         +-- shadows_at  a page, struct shadows: guest tables
//                                                         lately used, each with its shadows
//
// The layout is the same for every compiler, since native/observe.c reads the records of VMMs that
// run as guests. Freestanding.
// Read next: hypervisor/turn.h.
#ifndef HYPERVISOR_VM_H
#define HYPERVISOR_VM_H

#include "hypervisor/config.h"
#include "hypervisor/hw.h"
#include "isa/arch/hart.h"
#include "isa/arch/round.h"
#include "isa/arch/sv32.h"
#include "isa/board/board.h"

#define VMM_MAGIC 0x4d4d5654u // "TVMM"
#define VMM_VERSION 9u
#define FOREVER (~(u64)0)

// Does a VM still live, and if not, how did it end?
enum vm_life {
    LIFE_ON,
    LIFE_OFF,    // the guest switched its power off
    LIFE_FAILED, // the guest switched its power off and reported a failure
    LIFE_STUCK,  // no VCPU can ever take another step that changes anything (isa/arch/stuck.h)
    LIFE_LACK,   // the VMM has no memory left for the VM's shadow tables
};

// One VCPU: the hart that its guest believes to have. While the VCPU runs, x and pc are on the real
// hart.
struct vcpu {
    struct hart_state state;
    u64 emulated;   // of state.retired: instructions that did not run directly on the hart
    u64 lent_until; // what state.retired may become during a call of hypervisor/lend.h
    gpa lent;       // not 0: its kernel is a VMM that runs a guest by such a call
    mpa vm;         // the VM that has this VCPU
    u32 space;      // index of the space that this VCPU used last
    u32 storm_at;   // not 0: its last trap changed nothing at all (hypervisor/stuck.h)
    // Its timer, by the wall clock (hypervisor/tick.h), in terms of state.retired.
    u64 tick_at;      // when its timer interrupted it last
    u64 tick_from;    // when its timer may interrupt it again
    u32 in_handler;   // it has not been open to interrupts since tick_at
    u32 inner_on;     // 1 + the hart that last ran its guest (hypervisor/merged.h); 0: none has
    u32 assisted_on;  // 1 + the hart that ran it last in guest mode; 0: none has
    gpa nacl;         // the memory that it shares with the VMM (hypervisor/nacl.h); 0: none
    struct h_state h; // of a VM with the hypervisor extension (hypervisor/virtual_h.h)
    // So that eight VCPUs are a page, whatever else a hart may come to have.
    u8 room[PAGE_SIZE / HARTS_MAX - sizeof(struct hart_state) - sizeof(struct h_state) - 64];
};

_Static_assert(sizeof(struct vcpu) == PAGE_SIZE / HARTS_MAX, "eight VCPUs are a page");

// VCPUs [first, first + count) of one VM. They take turns on one hart by the round rule.
struct gang {
    u8 first, count;
    u8 state; // enum gang_state
    u8 hart;  // the only hart that the gang may use, or GUEST_ANY_HART
    u32 weight;
    i32 credit; // ticks that the gang may still use in this accounting period
    struct round round;
    mpa next;        // in the ready queue: the address of the next gang, 0 at the end
    u64 wake;        // of a gang that waits: the time when it is due, or FOREVER
    mpa child, prev; // with next: its place among the gangs that wait (hypervisor/waiting.h)
};

enum gang_state { GANG_READY, GANG_RUNNING, GANG_WAITING, GANG_GONE };

// A shadow page table: the real hart translates by it while one guest table is in force for one
// view (enum view) of that table.
struct shadow {
    u32 satp;       // the real satp: mode, root, and an ASID of its own; 0: not made yet
    u32 generation; // the VMM's generation of ASIDs in which this shadow got its ASID
    u32 epoch;      // the VMM's shadow_epoch in which this shadow was last made ready for use
};

static inline mpa shadow_root(const struct shadow *s)
{
    return SATP_PPN(s->satp) << PAGE_SHIFT;
}

// A guest address space that the VMM remembers, with its shadows.
struct space {
    u32 satp; // the guest's own satp; 0: paging is off, and then all views are the same
    u32 used; // when the space was last chosen: the least goes first; 0: this slot is free
    struct shadow shadows[VIEWS]; // in guest mode only that of VIEW_K, which serves all views
};

#define SPACES 12

// What trap-and-emulate keeps of a VM: its shadows. A VM that sleeps, or that was evicted, has
// none. A VM with the hypervisor extension has a set of shadows for itself, and another one for
// each second stage of its guests (hypervisor/shadow_inner.h). The sets are a list. The set in
// force stands first, and the one that was in force longest ago stands last.
struct shadows {
    u32 stamp; // counts choices of a space
    struct space spaces[SPACES];
    u32 second; // 0: the VM's own set; else which second stage (hypervisor/shadow_inner.h)
    mpa next;   // the next set of the list; 0: this is the last one
};

#define SHADOW_SETS 5 // of one VM

// The second stage of a guest, with the root of the merged table for it (hypervisor/merged.h).
struct merged_space {
    u32 hgatp;
    u32 used; // when the space was last chosen: the least goes first; 0: never
    mpa root; // 16 KiB; 0: it has none yet
};

#define MERGED_SPACES 4

// What `assist` keeps of a VM that runs guests of its own by the hypervisor extension.
struct merged {
    u32 stamp;  // counts choices of a space
    u32 tables; // below the roots
    struct merged_space spaces[MERGED_SPACES];
};

struct vm {
    // What observers read.
    u16 id;  // 1, 2, ...
    u8 life; // enum vm_life
    u8 vcpu_count;
    char name[GUEST_NAME];
    mpa map;      // the root of its memory map (hypervisor/map.h)
    u32 ram_size; // bytes, from BOARD_RAM on
    mpa next;
    mpa vcpus_at;          // vcpu_count of struct vcpu
    u32 power, power_code; // enum power, and the code that the guest gave
    u64 exits;
    // What the VMM needs besides.
    u8 technique;     // enum technique_kind
    u8 has_h;         // its harts have the hypervisor extension (hypervisor/virtual_h.h)
    mpa shadows_at;   // its struct shadows, the first of a list; 0: it has none now
    mpa merged_at;    // its struct merged; 0: it has none now
    mpa older, newer; // its neighbours among the VMs that have shadows, by their last choice
    u32 first_vcpu;   // how many VCPUs there are in the VMs that began before it
    u32 gang_count;
    struct gang gangs[HARTS_MAX];
    struct board board;
};

// The shadow in force on a hart, and all by which it was chosen. While these are the same as they
// were, the choice is the same too (shadow_use). In guest mode `status` does not count. With two
// stages there is no shadow: `at` is the VCPU then, and the rest does not count.
struct shadow_choice {
    mpa at; // of the struct shadow; with two stages, of the struct vcpu
    mpa vm;
    u32 satp, status; // of the VCPU: satp, and mode with the bits of sstatus that make its view
    u32 epoch;
};

// The machine address of a VM's index-th gang.
static inline mpa gang_address(mpa vm_at, u32 index)
{
    return vm_at + (u32)offsetof(struct vm, gangs) + index * (u32)sizeof(struct gang);
}

// Whose translations the hart remembers under the VMID of merged tables.
struct inner_choice {
    mpa root, vcpu;
};

// The extension of a VCPU. NULL: its VM has none.
static inline struct h_state *vcpu_extension(const struct vm *vm, struct vcpu *v)
{
    return vm->has_h ? &v->h : NULL;
}

// How far a VCPU has come in its turn (hypervisor/clock.h).
struct pace {
    u32 rest;    // of a turn that was paused: what is left of the limit; 0: it was not
    u32 ticks;   // how many ticks the VCPU may use
    u32 left;    // how many of them are left (virtual clock)
    u32 grace;   // how many fills may still be followed by one tick more (wall clock)
    u64 retired; // by the VCPU when its turn began
};

// The machine address of a VM's index-th VCPU.
static inline mpa vcpu_address(const struct vm *vm, u32 index)
{
    return vm->vcpus_at + index * (u32)sizeof(struct vcpu);
}

// What the VMM knows of one real hart.
struct hart_slot {
    mpa gang; // the gang that has this hart, or 0
    mpa vcpu; // the VCPU that ran last
    struct shadow_choice shadow;
    struct inner_choice inner;
    u32 slice;          // ticks that the gang may still use
    u64 since;          // by the wall clock: hw_now when the gang was last charged
    struct pace paused; // a turn that was paused in the middle of hw_run (rest is not 0)
};

#define VM_INDEX 4 // pages, so a VMM has at most 4,096 VMs
#define VM_INDEX_EACH (PAGE_SIZE / 4)

struct vmm {
    u32 magic, version;
    mpa first_vm, last_vm; // the list of its VMs, in the order of their ids
    u32 vms, vcpus;        // how many of them there have been
    mpa index[VM_INDEX];   // pages of the addresses of its VMs, by id: VM n is entry n - 1; 0: no
                           // page
    u8 policy, scheduler, clock, harts; // of struct vmm_config, as are the next eight
    u8 adue, holes, off_when_idle, enlightened;
    struct board_options board;
    u8 unused[2];
    u32 quantum;
    u32 house;
    u32 alive;                   // VMs that are still on
    mpa ready_first, ready_last; // the queue of gangs that can run
    mpa waiting;                 // the gang that is due first; 0: no gang waits for a time
    mpa oldest, newest; // VMs that have shadows: if memory is short, the oldest loses them first
    mpa memory, marks;  // the VMM's own memory, and the marks of its pages (hypervisor/page.h)
    mpa fresh, end;     // pages that were never used
    mpa free;           // the list of freed pages, linked through their first word
    u32 generation;     // of real ASIDs
    u32 shadow_epoch;   // counts, from 1, the events that end a shadow_choice (shadow_end_epoch)
    u16 next_asid;
    u16 failures; // VMs whose end was not LIFE_OFF
    struct hart_slot slots[HARTS_MAX];
};

_Static_assert(sizeof(struct vmm) <= PAGE_SIZE, "a VMM is a page");
_Static_assert(sizeof(struct vm) <= PAGE_SIZE, "a VM is a page");
_Static_assert(sizeof(struct shadows) <= PAGE_SIZE, "its shadows are a page");

#endif
