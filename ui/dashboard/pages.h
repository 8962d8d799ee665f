// One address walked through the tables of every level: the guest's own table, the shadow that each
// VMM in between keeps of the table inside it, and the shadow that the hart walks. With it goes a
// map of the whole address space. Plain data, gathered by pages_gather.
//
//      gva --guest's table--> gpa of the guest      --the VMM's memory map--> ...
//      gva --shadow of L1---> gpa of the VMM's guest
//      gva --shadow of L0---> mpa, a machine address
//
// In guest mode with two stages there is no shadow of L0. The hart walks the table of the guest,
// and by the VM's memory map (the second stage) it translates where each entry of that table is,
// and where the page is in the end.
//
//      gva --guest's table, each entry by the second stage--> gpa --second stage--> mpa
// Read next: ui/dashboard/source.h.
#ifndef UI_DASHBOARD_PAGES_H
#define UI_DASHBOARD_PAGES_H

#include "hypervisor/native/observe.h"

#define PAGES_SLOTS 1024 // superpages of 4 MiB in the address space

// The second stage: how one guest physical address was translated.
struct stage_walk {
    u32 reads;   // entries that were read: 0 (it was not asked), 1 (a piece of 4 MiB) or 2
    u32 entry;   // the last of them
    bool mapped; // it maps the address
    u64 gpa;     // what was looked for
    mpa at;      // where it is, if `mapped`
};

// The walk in one table.
struct table_walk {
    bool known;          // false: the VCPU is on no hart, so no table of this level is in force
    bool paging;         // false: addresses are not translated at this level
    struct vm_path path; // whose physical memory the table is in; {}: the machine's
    u32 satp;
    u32 entries;    // how many were read: 0, 1 or 2
    u32 index[2];   // of these entries in their tables, the root's first
    u32 entry[2];   // their words
    bool leaf;      // the last entry maps the address
    u32 leaf_entry; // that entry
    u64 physical;   // where the address leads, if `leaf`
    // In guest mode, of the table that the hart walks.
    bool two_stages;
    struct stage_walk second[2]; // by which each entry was reached
    struct stage_walk page;      // by which the page itself was
};

// How many entries of both stages the hart reads: up to 8.
u32 pages_reads(const struct table_walk *walk);

enum slot { SLOT_NOTHING, SLOT_GUEST, SLOT_SHADOW, SLOT_BOTH };

struct page_tables {
    bool known;
    u32 address;
    bool merged; // the second stage is one that L0 makes of its own and of that of a VMM in a VM
    u32 walks;   // [0] is the guest's own table, the last one the table that the hart walks
    struct table_walk walk[EVENT_DEPTH + 1];
    u8 slot[PAGES_SLOTS]; // enum slot: which tables have something in this slot
};

struct vcpu_model;

// Walks `address` for this VCPU.
void pages_gather(struct page_tables *p, struct machine *m, const struct vcpu_model *v,
                  u32 address);

#endif
