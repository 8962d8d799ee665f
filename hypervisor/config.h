// Says which guests a VMM runs, and how. The builder of the machine makes this record
// (scenarios/, or the loader of a VMM that is a guest itself), and the VMM reads the record
// once, when it starts. The layout is the same for every compiler, and it holds no pointers. The
// RAM of each guest lies in machine memory at `ram_at`, and the builder has loaded it already:
// kernel, device tree, initrd.
// Read next: hypervisor/device.c.
#ifndef HYPERVISOR_CONFIG_H
#define HYPERVISOR_CONFIG_H

#include "isa/types.h"

enum policy {
    // The shadows behave as a TLB without ASIDs does: every satp write and every sfence.vma
    // drops all shadows of the VM.
    POLICY_DROP_ALL,
    // The VMM keeps shadows across satp writes. An sfence.vma drops the entries that it names.
    POLICY_CACHED,
};

// How the VCPUs of a VM run (hypervisor/technique.h).
enum technique_kind {
    TECHNIQUE_TRAP,   // trap-and-emulate, with shadow page tables
    TECHNIQUE_ASSIST, // guest mode of the hypervisor extension, with two stages of translation
    TECHNIQUE_ASSIST_SHADOW, // guest mode with one stage: shadow page tables
    TECHNIQUES
};

// Returns true if the hart itself runs the guest's kernel, in guest mode.
static inline bool technique_has_guest_mode(u32 technique)
{
    return technique == TECHNIQUE_ASSIST || technique == TECHNIQUE_ASSIST_SHADOW;
}

enum scheduler {
    SCHEDULER_ROUND_ROBIN,
    SCHEDULER_WEIGHTED, // by credit: each gang gets a share of the harts in proportion to its
                        // weight
};

enum vmm_clock { VMM_CLOCK_VIRTUAL, VMM_CLOCK_WALL };

#define GUEST_NAME 16
#define GUEST_ANY_HART 0xff

struct guest_config {
    char name[GUEST_NAME]; // closed by 0
    mpa ram_at;            // multiple of 4096. Superpages need a multiple of 4 MiB
    u32 ram_size;          // bytes, multiple of 4096
    gpa entry;             // the address at which VCPU 0 starts
    gpa device_tree;       // its a1
    u32 weight;            // 1 to 1000; the usual weight is 100
    u8 vcpus;              // 1 to HARTS_MAX
    u8 hart;               // the hart that runs all VCPUs of the guest; GUEST_ANY_HART: any hart
    u8 pinned;    // VCPU i runs on hart i modulo the number of harts. `hart` has no meaning then
    u8 technique; // enum technique_kind
    u8 has_h;     // its harts have the hypervisor extension; not with TECHNIQUE_ASSIST_SHADOW
    u8 unused[3];
};

// A VMM that is guest code has one console for all its guests. If there are several guests, input
// is for the guest that was named last. A guest is named by two bytes: CONSOLE_CHOOSE and the
// guest's number (1 to 32). CONSOLE_CHOOSE twice stands for that byte itself.
#define CONSOLE_CHOOSE 0x1e

struct vmm_config {
    mpa memory_at; // the VMM's own pages: descriptor, VM records, shadow tables. Page-aligned
    u32 memory_size;
    u32 quantum;  // ticks that a VCPU runs before the turn of another VCPU: 100 to 1,000,000
    u8 policy;    // enum policy
    u8 scheduler; // enum scheduler
    u8 clock;     // enum vmm_clock
    u8 harts;
    u8 adue, holes;   // options of the machine that the VMs must have too
    u8 off_when_idle; // switch the machine off when the last guest is off
    u8 enlightened;   // guests that are VMMs may use hypervisor/lend.h
    u8 virtio;        // enum virtio_version of their boards
    u8 disk_slot;     // the virtio slot of their disks
    u8 unused[2];
    u32 house; // the profile of a machine of the kind `house`; 0 for any other machine
    u32 guests;
    struct guest_config guest[];
};

#endif
