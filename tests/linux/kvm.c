// A VMM in user space, as small as one can be: Linux's KVM runs the guest by the hypervisor
// extension, and this program answers what KVM cannot. The guest is hello
// (scenarios/guests/hello/hello.s), with its own page table, timer and user program. It prints
// through the firmware, and KVM hands those calls to us.
// Source: Documentation/virt/kvm/api.rst of Linux 6.1.
#include "tests/linux/linux.h"

#define KVM_CREATE_VM 0xae01
#define KVM_GET_VCPU_MMAP_SIZE 0xae04
#define KVM_CREATE_VCPU 0xae41
#define KVM_SET_USER_MEMORY_REGION 0x4020ae46
#define KVM_RUN 0xae80
#define KVM_SET_ONE_REG 0x4010aeac
#define KVM_CORE_REGISTER 0x8020000002000000 // of RV32; pc is 0, x1 to x31 follow

enum { KVM_EXIT_SYSTEM_EVENT = 24, KVM_EXIT_RISCV_SBI = 35, SBI_CONSOLE_PUTCHAR = 1 };
enum { DEVICE_MISC = 10, MINOR_KVM = 232, S_IFCHR = 0020000 };
enum { GUEST_RAM = 0x80000000, GUEST_RAM_SIZE = 8 << 20, GUEST_ENTRY = 0x80400000 };
enum { EXITS_MOST = 100000 };

struct kvm_run {
    u8 request_interrupt_window, immediate_exit, padding[6];
    u32 exit_reason;
    u8 unused[20];
    u32 extension, function, argument[6], result[2]; // if the reason is KVM_EXIT_RISCV_SBI
};

struct kvm_memory_region {
    u32 slot, flags;
    u64 guest_address, size, user_address;
};

struct kvm_register {
    u64 id, value_at;
};

extern const u8 hello[], hello_end[]; // tests/linux/hello.S

static long ioctl(long file, u32 request, long argument)
{
    return system_call(SYS_ioctl, file, (long)request, argument, 0, 0, 0);
}

static void set_register(long vcpu, u32 index, u32 value)
{
    struct kvm_register r = {KVM_CORE_REGISTER + index, (u32)&value};
    if (ioctl(vcpu, KVM_SET_ONE_REG, (long)&r))
        print("kvm: a register cannot be set\n");
}

static long make_vm(long device)
{
    u8 *ram = map_memory(GUEST_RAM_SIZE);
    struct kvm_memory_region region = {0, 0, GUEST_RAM, GUEST_RAM_SIZE, (u32)ram};
    long vm = ioctl(device, KVM_CREATE_VM, 0);
    for (const u8 *from = hello; from < hello_end; from++)
        ram[GUEST_ENTRY - GUEST_RAM + (from - hello)] = *from;
    if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, (long)&region))
        print("kvm: the guest's memory cannot be set\n");
    return vm;
}

// Returns false if the guest has ended.
static bool answer(struct kvm_run *run)
{
    switch (run->exit_reason) {
    case KVM_EXIT_RISCV_SBI:
        if (run->extension == SBI_CONSOLE_PUTCHAR) {
            char text[2] = {(char)run->argument[0], 0};
            print(text);
        }
        run->result[0] = 0;
        return true;
    case KVM_EXIT_SYSTEM_EVENT:
        print("kvm: the guest switched itself off\n");
        return false;
    default:
        print("kvm: an exit that is not known, ");
        print_hex(run->exit_reason);
        print("\n");
        return false;
    }
}

void kvm(void)
{
    long device_number = DEVICE_MISC << 8 | MINOR_KVM;
    system_call(SYS_mknodat, AT_FDCWD, (long)"/dev/kvm", S_IFCHR | 0600, device_number, 0, 0);
    long device = system_call(SYS_openat, AT_FDCWD, (long)"/dev/kvm", O_RDWR, 0, 0, 0);
    if (device < 0) {
        print("kvm: there is no /dev/kvm\n");
        return;
    }
    long vm = make_vm(device), vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
    long size = ioctl(device, KVM_GET_VCPU_MMAP_SIZE, 0);
    struct kvm_run *run =
        (void *)system_call(SYS_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    set_register(vcpu, 0, GUEST_ENTRY);
    set_register(vcpu, 10, 0); // a0: the number of the hart
    for (u32 i = 0; i < EXITS_MOST; i++) {
        if (ioctl(vcpu, KVM_RUN, 0)) {
            print("kvm: the guest cannot run\n");
            return;
        }
        if (!answer(run))
            return;
    }
    print("kvm: the guest does not end\n");
}
