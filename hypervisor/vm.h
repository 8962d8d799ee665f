// The records of the VMM: itself, its VMs, their VCPUs, and the shadows of their page tables.
// All of them are plain data in machine pages, linked by machine addresses. So a snapshot of the
// machine is a snapshot of the VMM too, and an observer can read the records from outside.
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
// The layout is the same for every compiler, because native/observe.c reads the records of VMMs
// that run as guests. This header is freestanding.
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

// The state of a VM: it lives, or how it ended.
enum vm_life {
    LIFE_ON,
    LIFE_OFF,    // the guest switched its power off
    LIFE_FAILED, // the guest switched its power off and reported a failure
    LIFE_STUCK,  // no VCPU can ever take another step that changes anything (isa/arch/stuck.h)
    LIFE_LACK,   // the VMM has no memory left for the VM's shadow tables
};

// One VCPU: the hart that its guest believes it has. While the VCPU runs, x and pc are on the
// real hart.
struct vcpu {
    struct hart_state state;
    u64 emulated;   // how many of state.retired did not run directly on the hart
    u64 lent_until; // the value of state.retired at which a call of hypervisor/lend.h ends
    gpa lent;  // address of the struct lend, while its kernel, a VMM, runs a guest by such a call;
               // 0: it does not
    mpa vm;    // the VM that the VCPU belongs to
    u32 space; // index of the space that this VCPU used last
    u32 storm_at; // not 0: the last trap changed nothing at all (hypervisor/stuck.h)
    // Its timer by the wall clock (hypervisor/tick.h). The first two fields are values of
    // state.retired.
    u64 tick_at;      // when its timer interrupted the VCPU last
    u64 tick_from;    // when its timer may interrupt the VCPU again
    u32 in_handler;   // the VCPU has not been open to interrupts since tick_at
    u32 inner_on;     // 1 + the hart that last ran its guest (hypervisor/merged.h); 0: none has
    u32 assisted_on;  // 1 + the hart that ran the VCPU last in guest mode; 0: none has
    gpa nacl;         // the memory that the VCPU shares with the VMM (hypervisor/nacl.h); 0: none
    struct h_state h; // of a VM with the hypervisor extension (hypervisor/virtual_h.h)
    // This room makes eight VCPUs fill a page.
    u8 room[PAGE_SIZE / HARTS_MAX - sizeof(struct hart_state) - sizeof(struct h_state) - 64];
};

_Static_assert(sizeof(struct vcpu) == PAGE_SIZE / HARTS_MAX, "eight VCPUs are a page");

// VCPUs [first, first + count) of one VM. They take turns on one hart by the round rule.
struct gang {
    u8 first, count;
    u8 state; // enum gang_state
    u8 hart;  // the only hart that may run the gang, or GUEST_ANY_HART
    u32 weight;
    i32 credit; // ticks that the gang may still use in this accounting period
    struct round round;
    mpa next;        // in the ready queue: the address of the next gang, 0 at the end
    u64 wake;        // for a gang that waits: the time at which it is due, or FOREVER
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

// A guest address space, with its shadows.
struct space {
    u32 satp; // the guest's own satp; 0: paging is off, and then all views are the same
    u32 used; // the value of `stamp` when the space was chosen last: the smallest is dropped first;
              // 0: the slot is free
    struct shadow shadows[VIEWS]; // in guest mode only shadows[VIEW_K], which serves all views
};

#define SPACES 12

// What trap-and-emulate keeps of a VM: its shadows. A VM that sleeps, or that lost its shadows
// to another VM, has none. A VM with the hypervisor extension has a set of shadows for itself,
// and another one for each second stage of its guests (hypervisor/shadow_inner.h). The sets form
// a list. The set in force stands first, and the set that was in force longest ago stands last.
struct shadows {
    u32 stamp; // counts choices of a space
    struct space spaces[SPACES];
    u32 second; // 0: the VM's own set; otherwise the number of a second stage
                // (hypervisor/shadow_inner.h)
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

// The shadow in force on a hart, and everything that the choice depends on. As long as these
// values stay the same, the choice stays the same (shadow_use). In guest mode `status` does not
// matter. With two stages there is no shadow: `at` is then the VCPU, and the other fields do not
// matter.
struct shadow_choice {
    mpa at; // of the struct shadow; with two stages, of the struct vcpu
    mpa vm;
    u32 satp, status; // of the VCPU: its satp, and its mode with the bits of sstatus that determine
                      // its view
    u32 epoch;
};

// Returns the machine address of a VM's gang number `index`.
static inline mpa gang_address(mpa vm_at, u32 index)
{
    return vm_at + (u32)offsetof(struct vm, gangs) + index * (u32)sizeof(struct gang);
}

// The owner of the translations that the hart remembers under the VMID of merged tables.
struct inner_choice {
    mpa root, vcpu;
};

// Returns the extension of a VCPU, or NULL if its VM has none.
static inline struct h_state *vcpu_extension(const struct vm *vm, struct vcpu *v)
{
    return vm->has_h ? &v->h : NULL;
}

// How far a VCPU has come in its turn (hypervisor/clock.h).
struct pace {
    u32 rest;    // for a turn that was paused: the rest of the limit; 0: the turn was not paused
    u32 ticks;   // how many ticks the VCPU may use
    u32 left;    // how many of them are left (virtual clock)
    u32 grace;   // how many more fills can each give one tick more (wall clock)
    u64 retired; // what the VCPU had retired when its turn began
};

// Returns the machine address of a VM's VCPU number `index`.
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
    u64 since;          // by the wall clock: hw_now when the gang was charged last
    struct pace paused; // a turn that was paused in the middle of hw_run (rest is not 0)
};

#define VM_INDEX 4 // pages. So a VMM has at most 4,096 VMs
#define VM_INDEX_EACH (PAGE_SIZE / 4)

struct vmm {
    u32 magic, version;
    mpa first_vm, last_vm; // the list of its VMs, in the order of their ids
    u32 vms, vcpus;        // how many of them there have been
    mpa index[VM_INDEX]; // pages with the addresses of the VMs: entry n - 1 is VM n; 0: there is no
                         // page yet
    u8 policy, scheduler, clock, harts; // these four and the next eight are as in struct vmm_config
    u8 adue, holes, off_when_idle, enlightened;
    struct board_options board;
    u8 unused[2];
    u32 quantum;
    u32 house;
    u32 alive;                   // VMs that are still on
    mpa ready_first, ready_last; // the queue of gangs that can run
    mpa waiting;                 // the gang that is due first; 0: no gang waits for a time
    mpa oldest, newest; // the list of VMs that have shadows: if memory is short, the oldest loses
                        // its shadows first
    mpa memory, marks;  // the VMM's own memory, and the marks of its pages (hypervisor/page.h)
    mpa fresh, end;     // pages that were never used
    mpa free;           // the list of freed pages, linked through their first word
    u32 generation;     // the present generation of real ASIDs
    u32 shadow_epoch;   // counts, from 1, the events that end a shadow_choice (shadow_end_epoch)
    u16 next_asid;
    u16 failures; // VMs whose end was not LIFE_OFF
    struct hart_slot slots[HARTS_MAX];
};

_Static_assert(sizeof(struct vmm) <= PAGE_SIZE, "a VMM is a page");
_Static_assert(sizeof(struct vm) <= PAGE_SIZE, "a VM is a page");
_Static_assert(sizeof(struct shadows) <= PAGE_SIZE, "its shadows are a page");

#endif
