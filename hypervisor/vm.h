// What the VMM keeps: itself, its VMs, their VCPUs, the shadows of their page tables. All of it is
// plain data in machine pages, linked by machine addresses, so a snapshot of the machine is a
// snapshot of the VMM, and an observer can read it from outside.
//
//      struct vmm (a page) ---first_vm---> struct vm (a page) ---next---> struct vm (the next page) ---> ...
//                                            |  |  |  |
//                                            |  |  |  +-- board: the devices it believes to have
//                                            |  |  +-- spaces[]: for each satp lately used, a shadow table for each view
//                                            |  +-- gangs[]: VCPUs that take turns on one hart; what the scheduler schedules
//                                            +-- vcpus[]: each the whole state of a hart as its guest sees it
//
// Freestanding. Fixed layout: the same for every compiler (hypervisor/native/observe.c reads the
// records of VMMs that run as guests). Read next: hypervisor/vmm.c (the loop), trap.c (what an exit
// means), shadow.c.
#ifndef HYPERVISOR_VM_H
#define HYPERVISOR_VM_H

#include "hypervisor/config.h"
#include "hypervisor/hw.h"
#include "isa/arch/hart.h"
#include "isa/arch/round.h"
#include "isa/arch/sv32.h"
#include "isa/board/board.h"

#define VMM_MAGIC 0x4d4d5654u // "TVMM"
#define VMM_VERSION 5u
#define FOREVER (~(u64)0)

enum vm_life {
    LIFE_ON,
    LIFE_OFF,    // it switched its power off
    LIFE_FAILED, // it switched off with a failure
    LIFE_STUCK,  // it can never take another step that changes anything
    LIFE_LACK,   // the VMM has no memory left for its shadow tables
};

// One VCPU: the hart its guest believes to have. x and pc are on the real hart while it runs.
struct vcpu {
    struct hart_state state;
    u64 emulated;   // of state.retired, those that did not run directly on the hart
    u32 space;      // index of the space it used last: where to look first
    gpa lent;       // not 0: its kernel is a VMM and runs a guest on it. Where the struct lend is
                    // (hypervisor/lend.h)
    u64 lent_until; // what state.retired may become in that
    u32 caught; // not 0: its last trap changed nothing, when the VM's VCPUs had retired this less 1
                // (low word)
    u32 unused;
};

// VCPUs [first, first + count) of one VM that take turns on one hart by the round rule.
struct gang {
    u8 first, count;
    u8 state; // enum gang_state
    u8 hart;  // the only hart it may use, or GUEST_ANY_HART
    u32 weight;
    i32 credit; // ticks it may still use in this accounting period
    struct round round;
    mpa next;        // in the ready queue: address of the next gang, 0 at the end
    u64 wake;        // when waiting: the time it is due (wall clock), or FOREVER
    mpa child, prev; // with next, its place among those that wait for a time (hypervisor/waiting.h)
};

enum gang_state { GANG_READY, GANG_RUNNING, GANG_WAITING, GANG_GONE };

// A shadow page table: what the hart really translates by while one guest table is in force for one
// view of it (enum view).
struct shadow {
    u32 satp; // the real one: mode, an ASID used for no other shadow within a generation, root. 0:
              // not made yet
    u32 generation; // an ASID of an older generation than the VMM's is no longer good
    u32 ready; // the VMM's count of changes when all was well with it: while that lasts it can be
               // used as it is
};

static inline mpa shadow_root(const struct shadow *s)
{
    return SATP_PPN(s->satp) << PAGE_SHIFT;
}

// A guest address space that is remembered, with its shadows.
struct space {
    u32 satp; // the guest's: mode, ASID, root; 0: paging off (all views are the same then)
    u32 used; // when it was last chosen; the least is the first to go; 0: this slot is free
    struct shadow shadows[VIEWS];
};

#define SPACES 12

struct vm {
    // What observers read.
    u16 id; // 1, 2, ...
    u8 life;
    u8 vcpu_count;
    char name[GUEST_NAME];
    mpa ram_at; // its RAM is this much of the machine's, at BOARD_RAM of its own
    u32 ram_size;
    mpa next;
    u32 power, power_code; // enum power, and the code it gave
    u64 exits;
    // What the VMM needs besides.
    u32 gang_count;
    u32 stamp;        // counts choices of a space
    mpa older, newer; // among the VMs that have shadows, by when they last chose one
    struct vcpu vcpus[HARTS_MAX];
    struct gang gangs[HARTS_MAX];
    struct space spaces[SPACES];
    struct board board;
};

// What the scheduler knows of one real hart.
struct hart_slot {
    mpa gang; // running, or 0
    mpa vcpu; // whose VCPU was the last to run
    struct {  // the shadow in force; while all by which it was chosen is the same, using it again
              // costs nothing
        mpa vm;
        u32 offset; // of the struct shadow in it
        u32 satp, status,
            changes; // of the VCPU: satp, and mode with what of sstatus makes its view
    } shadow;
    u32 slice; // ticks the gang has left
    u64 since; // hw_now when it was last charged (wall clock)
};

struct vmm {
    u32 magic, version;
    mpa first_vm; // the records of its VMs are consecutive pages, in the order of their ids
    u32 vms;
    u8 policy, scheduler, clock, harts;
    u8 adue, holes, off_when_idle, enlightened;
    u32 quantum;
    u32 alive;                   // VMs still on
    mpa ready_first, ready_last; // queue of gangs
    mpa waiting;                 // the gang that is due first; 0: none waits for a time
    mpa oldest,
        newest; // of the VMs that have shadows: who is the first to lose them when memory is short
    mpa memory, marks; // its own memory, and the marks of the pages there (hypervisor/page.h)
    mpa fresh, end;    // pages never used yet
    mpa free;          // list of freed pages, linked through their first word
    u32 generation;    // of real ASIDs
    u32 changes;       // counts whatever may make a shadow unfit for use, from 1: see shadow_use
    u16 next_asid;
    u16 failures; // VMs that ended otherwise than by POWER_OFF
    struct hart_slot slots[HARTS_MAX];
};

_Static_assert(sizeof(struct vmm) <= PAGE_SIZE, "a VMM is a page");
_Static_assert(sizeof(struct vm) <= PAGE_SIZE, "a VM is a page");

// Whose turn it is: handed from function to function while one exit is dealt with. Never stored;
// the pointers end with the turn.
struct turn {
    struct hw *hw;
    struct vmm *vmm;
    struct vm *vm;
    mpa vm_at; // where *vm is
    struct gang *gang;
    struct vcpu *v;
    u32 vcpu; // v is the vcpu-th of vm
};

// What came of an exit. Handlers return it; only the run loop acts on it, and it tells observers
// every one.
enum verdict {
    RESUME,  // the exit was for the VMM's own sake: go on at the same pc
    FILL,    // a hidden fault: the shadow has the entry now, try again
    ADVANCE, // emulated: the instruction is done, counts as retired, go on behind it
    JUMP,    // emulated, and pc is already where it should be (sret)
    REFLECT, // the trap is the guest's own: deliver it
    BLOCK,   // emulated `wfi` (or HSM stop): done, go on behind it, but not now
    HALT,    // the guest switched itself off: pc stays
};

#endif
