// Which guests a VMM runs, and how: made by whoever builds the machine (scenarios/, or the loader
// of a VMM that is a guest itself), read once when the VMM starts. Fixed layout, no pointers. RAM
// of the guests lies in the VMM's own (machine) memory at `ram_at`, already loaded: kernel, device
// tree, initrd.
#ifndef HYPERVISOR_CONFIG_H
#define HYPERVISOR_CONFIG_H

#include "isa/types.h"

enum policy {
    POLICY_DROP_ALL, // a virtual TLB: every satp write and sfence.vma drops the VM's shadows
    POLICY_CACHED, // shadow roots are kept across satp writes; sfence.vma invalidates what it names
};

enum scheduler {
    SCHEDULER_ROUND_ROBIN,
    SCHEDULER_WEIGHTED, // credit: shares of the harts in proportion to weight
};

enum vmm_clock { VMM_CLOCK_VIRTUAL, VMM_CLOCK_WALL };

#define GUEST_NAME 16
#define GUEST_ANY_HART 0xff

struct guest_config {
    char name[GUEST_NAME]; // closed by 0
    mpa ram_at;            // multiple of 4096; of 4 MiB, if superpages are to be mapped as such
    u32 ram_size;          // bytes, multiple of 4096
    gpa entry;             // where VCPU 0 starts
    gpa device_tree;       // its a1
    u32 weight;            // 1 to 1000, 100 is the usual one
    u8 vcpus;              // 1 to HARTS_MAX
    u8 hart;               // all VCPUs on this hart; GUEST_ANY_HART: any hart
    u8 pinned; // VCPU i on hart i modulo the number of harts (`hart` is then not looked at)
    u8 unused;
};

// A VMM that is guest code has one console for all its guests. If there are several, what comes in
// is for the one that was named last: CONSOLE_CHOOSE and the guest's number (1 to 32) as a byte.
// CONSOLE_CHOOSE twice is that byte itself.
#define CONSOLE_CHOOSE 0x1e

struct vmm_config {
    mpa memory_at; // the VMM's own pages: descriptor, VM records, shadow tables. Page-aligned
    u32 memory_size;
    u32 quantum;  // ticks a VCPU runs before another's turn: 100 to 1,000,000
    u8 policy;    // enum policy
    u8 scheduler; // enum scheduler
    u8 clock;     // enum vmm_clock
    u8 harts;
    u8 adue, holes;   // options of the machine that the VMs are to have too
    u8 off_when_idle; // switch the machine off when the last guest is off
    u8 enlightened;   // guests that are VMMs may ask for a whole switch in one call
                      // (hypervisor/lend.h)
    u32 guests;
    struct guest_config guest[];
};

#endif
