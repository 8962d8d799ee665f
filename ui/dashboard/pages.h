// One address walked through the tables of every level: the guest's own table, the shadow that each
// VMM in between keeps of the table inside it, and the shadow that the hart walks. With it goes a
// map of the whole address space. Plain data, gathered by pages_gather.
//
//      gva --guest's table--> gpa of the guest      --the VMM's memory map--> ...
//      gva --shadow of L1---> gpa of the VMM's guest
//      gva --shadow of L0---> mpa, a machine address
//
// In guest mode with two stages L0 keeps no shadow. The hart walks the guest's own table. The
// addresses in that table are guest physical, so the hart translates each of them by the VM's
// memory map (the second stage): the address of each entry, and at the end the address of the
// page.
//
//      gva --guest's table, each entry by the second stage--> gpa --second stage--> mpa
// Read next: ui/dashboard/page_words.h.
#ifndef UI_DASHBOARD_PAGES_H
#define UI_DASHBOARD_PAGES_H

#include "hypervisor/native/observe.h"
#include "ui/dashboard/entry.h"

#define PAGES_SLOTS 1024 // superpages of 4 MiB in the address space

// The second stage: how one guest physical address was translated.
struct stage_walk {
    u32 reads; // how many entries were read: 0 (this stage was not asked), 1 (a piece of 4 MiB) or
               // 2
    u32 entry; // the last of them
    bool mapped; // this entry maps the address
    u64 gpa;     // the address to translate
    mpa at;      // the result, if `mapped`
};

// The walk in one table.
struct table_walk {
    bool known;          // false: the VCPU is on no hart, so no table of this level is in force
    bool paging;         // false: addresses are not translated at this level
    struct vm_path path; // whose physical memory the table is in; {}: the machine's
    u32 satp;
    u32 entries;  // how many were read: 0, 1 or 2
    u32 index[2]; // the index of each of these entries in its table; the root's entry is the first
    u32 entry[2]; // their words
    u8 bad;       // enum entry_refusal: the last entry is of no use for any access
    bool leaf;    // the last entry maps the address
    u32 leaf_entry; // that entry
    u64 physical;   // where the address leads, if `leaf`
    bool own_modes; // the hart asks it in the guest's own modes. Otherwise the guest is
                    // deprivileged, and whatever mode it believes to be in, the hart asks in mode U
    // Only in guest mode, and only for the table that the hart walks:
    bool two_stages;
    struct stage_walk second[2]; // how the address of each entry was translated
    struct stage_walk page;      // how the address of the page itself was translated
};

// Returns how many entries of both stages the hart reads: at most 8.
u32 pages_reads(const struct table_walk *walk);

// What is at a physical address of a VM, or of the machine.
enum page_place { PLACE_MEMORY, PLACE_DEVICE, PLACE_EMPTY };

// What the tables have in a piece of 4 MiB of the address space. A guest that has paging off has no
// table; each address means itself then.
enum slot {
    SLOT_GUEST = 1,  // the guest's table maps a page that is no device
    SLOT_SHADOW = 2, // the shadow that the hart walks maps a page
    SLOT_DEVICE = 4, // the guest's table maps a page of a device
};

struct page_tables {
    bool known;
    u32 address;
    bool merged; // L0 makes the second stage from its own memory map and from that of a VMM inside
                 // a VM
    u32 walks;   // [0] is the guest's own table, the last one the table that the hart walks
    struct table_walk walk[EVENT_DEPTH + 1];
    enum view view; // who asks now: the guest's mode, SUM and MXR
    bool adue;      // hardware sets A and D
    u32 ram;        // bytes of memory that the guest has at BOARD_RAM
    // If the guest's own table maps the address, or has paging off:
    u64 physical;     // the guest physical address
    u8 place;         // enum page_place: what is there
    bool other_place; // the hart's table maps the address to another place than the guest's table

    u8 slot[PAGES_SLOTS]; // enum slot, combined by |
    // The piece of 4 MiB around `address`, in pages of 4 KiB.
    struct {
        u32 memory, device, empty; // that the guest's table maps, by what is there
        u32 shadow;                // that the hart's table maps, if there is a shadow
        const char *device_name;   // of the first of these devices
        bool several_devices;      // there are others than that one
    } here;
};

// Returns true if the next entry to read is where there is no memory.
bool pages_table_is_lost(const struct table_walk *walk);

// Returns true if the guest's own table maps the address, or if paging is off.
bool pages_guest_maps(const struct page_tables *p);

struct vcpu_model;

// Returns what is at this physical address of a VM with `ram` bytes of RAM. The range must lie
// in one page.
enum page_place pages_place(u32 ram, u64 physical, u32 bytes);

// Walks `address` in the table of this satp, which is in the physical memory of that VM ({}: of the
// machine).
struct table_walk pages_walk(struct machine *m, const struct vm_path *memory, u32 satp,
                             u32 address);
// Adds to the walk in the hart's table the second stage, whose root is at `root`.
void pages_walk_stages(struct table_walk *w, struct machine *m, mpa root, u32 address);
// Returns the level whose table the hart walks while it runs the VM of this path: 0 for the
// machine's own table, which is a shadow of L0. With two stages it is a table in the memory of a
// VM.
unsigned pages_hart_level(struct machine *m, const struct vm_path *path, bool two_stages);

// Reads the physical memory of a VM ({}: of the machine). Returns false if any byte is no memory.
bool pages_read(struct machine *m, const struct vm_path *memory, u64 address, void *to, u32 bytes);

// Returns true if the hart runs this VM in the modes that the VM believes to be in: it and all VMs
// around it run in guest mode.
bool pages_has_own_modes(struct machine *m, const struct vm_path *path);

// Walks `address` for this VCPU. The map of the address space stays empty.
void pages_gather(struct page_tables *p, struct machine *m, const struct vcpu_model *v,
                  u32 address);

// Fills in the map by the walks that pages_gather has made (ui/dashboard/page_map.c).
void pages_map(struct page_tables *p, struct machine *m);

#endif
