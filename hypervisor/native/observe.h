// Looking into a run without touching it: which VMs there are at every level, their VCPUs as their
// guests believe them to be, and their memory. The observer reads the records of each VMM
// (hypervisor/vm.h), level by level. Whatever it reads below the machine may be hostile data. It is
// host code. At depth 0 the machine itself is the only entry, with an empty path.
#ifndef HYPERVISOR_NATIVE_OBSERVE_H
#define HYPERVISOR_NATIVE_OBSERVE_H

#include "isa/arch/h_extension.h"
#include "sim/machine.h"

enum vm_state { VM_RUNNING, VM_READY, VM_WAITING, VM_OFF, VM_FAILED, VM_STUCK, VM_STATES };
const char *vm_state_name(unsigned state); // "RUN", "RDY", "WFI", "OFF", "FAIL", "STUCK"

struct observed_vm {
    struct vm_path path;
    char name[16];
    enum vm_state state;
    u32 vcpus;
    u32 ram; // bytes at BOARD_RAM
    u32 power_code;
    bool wants_reboot; // it is off because it asked to be started again
    bool is_vmm;       // has announced a descriptor of its own
    u8 technique;      // enum technique_kind: how its VMM runs it
    u64 exits;         // taken by its VMM for it
    u64 retired;       // by its VCPUs, directly or emulated
    u64 direct;        // of those, run directly on the hart
};

struct observed_vcpu {
    // What the guest sees; of path {} the hart itself. While the VCPU runs under a VMM that is
    // guest code, x and pc come from the hart, and `retired` is as of its last exit.
    struct hart_state state;
    struct h_state extension; // of a VCPU that has the hypervisor extension, else zeros
    bool has_h;               // it has the extension
    u64 time;                 // its `time`
    bool on_hart;             // it, or a guest of its own, is what `real` runs now
    // The VMM above it, or one further out, has the hart and is busy with this VCPU: `state` may be
    // half written.
    bool in_vmm;
    bool guest_mode; // it, or a VM around it, runs in guest mode
    // In guest mode the hart may translate what the table of real.satp says by a second stage. If
    // not, the table of real.satp is a shadow. The root of that stage is 0 if it is not known now:
    // the one that L0 merges for a guest of a guest is known while that guest is on the hart.
    bool two_stages;
    mpa second_stage;
    u32 hart;
    u32 host; // the VCPU of the VM above on which it runs
    // The hart as it is while this VCPU runs, so that satp is the shadow's; at depth 0 the same as
    // `state`.
    struct hart_state real;
    // In guest mode the hart has two banks of CSRs. `real` has the guest's; here are the VMM's.
    struct hart_state vmm_bank;
};

// Lists the VMs depth first, the machine before all. Returns how many there are, which may be more
// than `most`; only `most` are filled in.
u32 observe_vms(struct machine *m, struct observed_vm *list, u32 most);
bool observe_vm(struct machine *m, const struct vm_path *path, struct observed_vm *vm);
bool observe_vcpu(struct machine *m, const struct vm_path *path, u32 vcpu, struct observed_vcpu *v);
// Finds where in the machine's RAM the VMM above a VCPU keeps the VCPU's struct hart_state.
// Returns false if there is no such VCPU, or if it is a hart itself.
bool observe_record(struct machine *m, const struct vm_path *path, u32 vcpu, mpa *at);
// Finds whose instructions this hart runs now: the deepest VCPU that is on it. An empty path
// stands for the machine's own kernel, or for no VM if the VMM is native.
void observe_hart(struct machine *m, u32 hart, struct vm_path *path, u32 *vcpu);

// Reads a VM's physical memory. Returns false if any byte is not its RAM; then *to is of no use.
bool observe_read(struct machine *m, const struct vm_path *path, gpa address, void *to, u32 bytes);
// Reads a VM's virtual memory by the VCPU's present page table. Access rights are not checked.
bool observe_read_virtual(struct machine *m, const struct vm_path *path, u32 vcpu, gva address,
                          void *to, u32 bytes);
// Finds where in the machine's RAM the byte at this virtual address lies, by the same table.
// Returns false if the address is not mapped, or not to RAM.
bool observe_locate(struct machine *m, const struct vm_path *path, u32 vcpu, gva address, mpa *at);
// The same for its physical address.
bool observe_locate_physical(struct machine *m, const struct vm_path *path, gpa address, mpa *at);
// A hash of a VM's whole RAM: pages never written count as zero, so bare and virtual agree.
u64 observe_ram_hash(struct machine *m, const struct vm_path *path);

#endif
