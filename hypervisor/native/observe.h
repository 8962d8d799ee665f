// Looking into a run without touching it: which VMs there are at every level, their VCPUs as their
// guests believe them to be, their memory. It reads each VMM's descriptor (hypervisor/vm.h) level
// by level; all it finds below the machine is treated as hostile data. Host-side. At depth 0 the
// machine itself is the only entry, with an empty path.
#ifndef HYPERVISOR_NATIVE_OBSERVE_H
#define HYPERVISOR_NATIVE_OBSERVE_H

#include "isa/arch/sv32.h"
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
    bool is_vmm; // has announced a descriptor of its own
    u64 exits;   // taken by its VMM for it
    u64 retired; // by its VCPUs, directly or emulated
    u64 direct;  // of those, run directly on the hart
};

struct observed_vcpu {
    struct hart_state
        state; // virtual: what the guest sees. Of path {}: the hart itself. While it runs under a
               // VMM that is guest code, x and pc are the hart's; `retired` is as of its last exit
    u64 time;  // its `time`
    bool on_hart; // it, or a guest of its own, is what `real` runs now
    bool in_vmm;  // no: the VMM above it, or one further out, has that hart and is busy with it;
                  // `state` may be half written
    u32 hart;
    u32 host;               // the VCPU of the VM above that it has
    struct hart_state real; // the hart as it is while this VCPU runs (satp: the shadow root); at
                            // depth 0 the same as `state`
};

// Depth first, the machine first. Returns how many there are (may exceed `most`; only `most` are
// filled in).
u32 observe_vms(struct machine *m, struct observed_vm *list, u32 most);
bool observe_vm(struct machine *m, const struct vm_path *path, struct observed_vm *vm);
bool observe_vcpu(struct machine *m, const struct vm_path *path, u32 vcpu, struct observed_vcpu *v);
// Whose instructions this hart runs now: the deepest VCPU that is on it. An empty path is the
// machine's own kernel, or nobody where the VMM is native.
void observe_hart(struct machine *m, u32 hart, struct vm_path *path, u32 *vcpu);

// A VM's physical memory. False (nothing read) if any byte is not its RAM.
bool observe_read(struct machine *m, const struct vm_path *path, gpa address, void *to, u32 bytes);
// Its virtual memory, as the VCPU would read it now in its mode (fetch permission is not asked
// for).
bool observe_read_virtual(struct machine *m, const struct vm_path *path, u32 vcpu, gva address,
                          void *to, u32 bytes);
// A hash of a VM's whole RAM: pages never written count as zero, so bare and virtual agree.
u64 observe_ram_hash(struct machine *m, const struct vm_path *path);

#endif
