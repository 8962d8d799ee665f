// A world is what a run needs: a machine, the VMM on it (or none), and the guests with their
// kernels loaded. It is built in one step from a plan. The plan says what a person would say:
// this image, that much memory, under the VMM or bare. `trapeze boot` and every scenario build
// their machines here. So a guest finds the same memory map and the same device tree, however it
// is started.
//
//     depth 0: bare                      depth 1: under the VMM
//     +--------------------------+       +-----------+-------------+-------------+
//     | the guest's RAM          |       | VMM's own | guest 1     | guest 2 ... |
//     +--------------------------+       +-----------+-------------+-------------+
//     ^ 0x80000000 (BOARD_RAM)           ^ 0x80000000        at most 2 GiB in all
//
// A part of 4 MiB or more starts at a multiple of 4 MiB. A guest may be a VMM with guests of its
// own, and so on: any tree is possible. Such a guest has as much RAM as its guests need
// (scenarios/world/layout.c has the map). The outermost VMM is native code beside the machine,
// or with `t32` the machine's own kernel. The VMMs inside it are always T32 code.
// Read next: scenarios/world/plan.c.
#ifndef SCENARIOS_WORLD_WORLD_H
#define SCENARIOS_WORLD_WORLD_H

#include "hypervisor/config.h"
#include "hypervisor/native/native.h"
#include "hypervisor/native/observe.h"
#include "scenarios/host/status.h"
#include "scenarios/world/vm_index.h"
#include "sim/load/load.h"
#include "sim/machine.h"

#define WORLD_GUESTS_MAX 1024
#define WORLD_ERROR LOAD_ERROR            // bytes that any message of ours fits in
#define WORLD_DEPTH_MAX (EVENT_DEPTH - 1) // VMMs above one another

// ---- the plan

// How a VMM works.
struct vmm_plan {
    u8 policy;    // enum policy
    u8 technique; // enum technique_kind: of its guests, if they do not say it themselves
    u8 scheduler; // enum scheduler
    u32 quantum;  // ticks; 0: QUANTUM_DEFAULT
    // True if its guests that are VMMs may ask it for a whole switch in one call
    // (hypervisor/lend.h).
    bool enlightened;
};

struct guest_plan {
    char name[GUEST_NAME]; // "" becomes "g1", "g2", ...
    const char *image;     // ELF32, flat image, or assembly source (its name ends in .s)
    const char *source;    // assembly source itself, or NULL; messages then call it `image`
    const char *initrd;    // NULL: none; so are the next two
    const char *append;    // boot arguments
    const char *disk;
    u32 ram;      // bytes, a multiple of 4096, 64 KiB at least; 0: 128 MiB
    u32 vcpus;    // 1 to HARTS_MAX; 0: 1
    u32 weight;   // 1 to 1000; 0: 100
    u8 hart;      // all VCPUs run on this hart of the machine, or GUEST_ANY_HART
    u8 technique; // 1 + enum technique_kind; 0: as its VMM says
    bool pinned;  // VCPU i runs on hart i modulo the number of harts
    // The VMM above it. 0: the outermost VMM; otherwise 1 + the index of an earlier guest that
    // is a VMM.
    u32 inside;
    // True if it is a VMM, which works as `vmm` says. Image, source, initrd, append, disk and
    // ram have no meaning then.
    bool is_vmm;
    struct vmm_plan vmm;
    const char *vmm_image; // the file of its code; NULL: the one of trapeze
};

struct world_plan {
    u32 depth; // 0: bare, exactly one guest; 1: a VMM below one guest or more
    bool t32;  // the outermost VMM is T32 code too: the machine's kernel, on one hart
    // At depth 0, ram and harts are computed. At depth 1, `harts` is used (0: 1), and ram 0
    // means as much as is needed.
    struct machine_config machine;
    u32 costs;             // not 0: the preset of costs (costs.h) that the machine charges by
    struct vmm_plan vmm;   // of the outermost VMM
    const char *vmm_image; // with t32: the file of the outermost VMM; NULL: the one of trapeze
    u32 guests;
    struct guest_plan guest[WORLD_GUESTS_MAX];
};
#define QUANTUM_DEFAULT 50000u

// Sets depth 0, machine_config_default, no guests, and GUEST_ANY_HART everywhere.
void world_plan_default(struct world_plan *plan);
// Puts the plan's only guest under `depth` VMMs, one inside another, which all work as plan->vmm
// says. `depth` is 0 (bare) to WORLD_DEPTH_MAX. The guest becomes the last of the list.
void world_plan_chain(struct world_plan *plan, u32 depth);

// ---- the world

struct world_guest {
    char name[GUEST_NAME];
    struct vm_path path; // {} at depth 0; else the way down, each VMM counts its guests from 1
    // The number of its console and disk among the units of the machine. A guest inside a guest
    // uses that guest's unit.
    u32 unit;
    // True if the disk of that unit belongs to it. A VMM that is guest code gives its disk to
    // its first guest.
    bool has_disk;
    u32 ram, vcpus;
    u32 inside; // as in the plan
    u32 like; // the guest whose `loaded` this is: itself, or an earlier guest with the same kernel
    bool is_vmm;
    bool has_h;                // its harts have the hypervisor extension
    mpa ram_at;                // where its RAM lies in the machine's
    struct load_result loaded; // where its parts are, and its symbols
};

struct world {
    struct machine *machine;
    struct native *native; // NULL: bare, or the outermost VMM is T32 code
    u32 depth;             // of the deepest guest: how many VMMs are above it
    bool t32;
    u32 guests;
    struct world_guest guest[WORLD_GUESTS_MAX];
    const struct world_guest *by_name[WORLD_GUESTS_MAX]; // sorted by name
    struct vm_index by_path;                             // numbers them as `guest` does
};

// Builds the world. If that is impossible, returns NULL, with the kind of failure in *why, and a
// message that names file, place and way out. The plan's strings are not kept.
struct world *world_new(const struct world_plan *plan, enum status *why, char *error,
                        size_t error_size);
void world_free(struct world *w);

// The index of the guest with this name ("alice") or path ("g1"), or -1.
int world_guest_find(const struct world *w, const char *name);
int world_guest_at(const struct world *w, const struct vm_path *path);

// Finds the address of a symbol in the guest's image. Returns false if the image has no such
// symbol.
bool world_symbol(const struct world_guest *g, const char *name, gva *address);

// Finds the source line of an instruction, as sim/load/lines.h says. The file's name comes from
// the image, so it cannot be trusted.
bool world_line(struct world *w, u32 guest, gva address, const char **file, u32 *line);

// Types at a guest's console (scenarios/world/input.c): the text comes in as if the guest had
// the console for itself. Returns false if there is no memory.
bool world_type(struct world *w, u32 guest, const void *bytes, size_t count);
// Returns how many bytes the machine gets for this text. On the way, each VMM that is guest code
// and has several guests must also be told for which guest the text is.
size_t world_typed_size(const struct world *w, u32 guest, const void *bytes, size_t count);

// The state of a guest. At depth 0 this is the state of the machine. If a VMM above the guest is
// over, the guest is over, too: VM_FAILED if it was not over before.
struct guest_end {
    enum vm_state state; // VM_OFF, VM_FAILED and VM_STUCK are ends
    u32 code;            // of a failure
    bool wants_reboot;   // it is VM_OFF because it asked to be started again
    enum stuck stuck;    // at depth 0: why it is stuck
    u32 pc;              // where it is stuck
};
struct guest_end world_guest_end(struct world *w, u32 guest);
bool world_guest_is_over(struct world *w, u32 guest);

#endif
