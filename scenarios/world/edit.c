// Where a value of a VCPU really is. Read scenarios/world/edit.h first.
#include "scenarios/world/edit.h"
#include "isa/isa.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

// The record of the VCPU: struct hart_state in the memory of the VMM above it.
static bool write_record(struct machine *m, const struct vm_path *path, u32 vcpu, u32 offset,
                         u32 value)
{
    mpa at;
    return observe_record(m, path, vcpu, &at) && machine_write(m, at + offset, &value, 4);
}

static bool is_native(struct machine *m, const struct vm_path *path)
{
    return !vm_path_length(path) && machine_has_monitor(m);
}

// In guest mode the CSRs of a guest are the active ones of the VCPU on which its VMM runs, as its
// registers are.
static bool has_guests_bank(struct machine *m, const struct vm_path *path, u32 vcpu)
{
    struct observed_vcpu v;
    return observe_vcpu(m, path, vcpu, &v) && v.state.virt;
}

// Finds who has the registers of a VCPU, or its CSRs. While it runs under a VMM that is guest code,
// that is the VCPU on which that VMM runs, and so on up to the hart. A native VMM loads them from
// its record before it lets the guest go on. Outside of guest mode every VMM keeps the CSRs.
static bool find_keeper(struct machine *m, struct vm_path *path, u32 *vcpu, bool csrs,
                        const char **why)
{
    for (;;) {
        struct observed_vcpu v;
        *why = "this VCPU does not exist now";
        if (!observe_vcpu(m, path, *vcpu, &v))
            return false;
        *why = "its VMM is busy with this VCPU; step until the guest runs";
        if (v.in_vmm && (!csrs || v.guest_mode))
            return false;
        unsigned depth = vm_path_length(path);
        struct vm_path above = *path;
        if (depth)
            above.id[depth - 1] = 0;
        if (!depth || !v.on_hart || is_native(m, &above))
            return true;
        if (csrs && !has_guests_bank(m, &above, v.host))
            return true;
        *path = above;
        *vcpu = v.host;
    }
}

static bool write_word(struct machine *m, const struct vm_path *path, u32 vcpu, u32 offset,
                       u32 value)
{
    if (vm_path_length(path))
        return write_record(m, path, vcpu, offset, value);
    memcpy((u8 *)machine_hart(m, vcpu) + offset, &value, sizeof value);
    return true;
}

// Register `number`; 32 is the pc.
static bool write_register(struct machine *m, struct vm_path path, u32 vcpu, u32 number, u32 value,
                           const char **why)
{
    u32 offset = number == 32 ? offsetof(struct hart_state, pc) : 4 * number;
    return find_keeper(m, &path, &vcpu, false, why) && write_word(m, &path, vcpu, offset, value);
}

// The CSRs of a guest from which its VMM derives nothing: neither shadow tables nor interrupts.
static const struct {
    u32 number, offset;
} plain_csrs[] = {
    {CSR_stvec, offsetof(struct hart_state, stvec)},
    {CSR_sscratch, offsetof(struct hart_state, sscratch)},
    {CSR_sepc, offsetof(struct hart_state, sepc)},
    {CSR_scause, offsetof(struct hart_state, scause)},
    {CSR_stval, offsetof(struct hart_state, stval)},
};

static bool write_csr(struct machine *m, const struct edit *e, const char **why)
{
    *why = "of a guest under a VMM only stvec, sscratch, sepc, scause and stval can be changed, "
           "since the VMM keeps more than the value of the others";
    if (!vm_path_length(&e->path)) {
        struct hart_state *h = machine_hart(m, e->vcpu), kernel = *h;
        kernel.mode = MODE_K;
        *why = "this CSR cannot be written";
        if (!csr_write(&kernel, e->number, e->value))
            return false;
        kernel.mode = h->mode;
        *h = kernel;
        return true;
    }
    struct vm_path path = e->path;
    u32 vcpu = e->vcpu;
    for (size_t i = 0; i < sizeof plain_csrs / sizeof *plain_csrs; i++)
        if (plain_csrs[i].number == e->number)
            return find_keeper(m, &path, &vcpu, true, why) &&
                   write_word(m, &path, vcpu, plain_csrs[i].offset, e->value);
    return false;
}

static bool write_memory(struct machine *m, const struct edit *e, const char **why)
{
    mpa at[EDIT_BYTES];
    *why = "there is no memory at this address now";
    for (u32 i = 0; i < e->bytes; i++)
        if (!observe_locate(m, &e->path, e->vcpu, e->address + i, &at[i]))
            return false;
    for (u32 i = 0; i < e->bytes; i++)
        machine_write(m, at[i], &e->memory[i], 1);
    return true;
}

bool edit_apply(struct machine *m, const struct edit *e, const char **why)
{
    switch (e->kind) {
    case EDIT_REGISTER:
        return write_register(m, e->path, e->vcpu, e->number, e->value, why);
    case EDIT_PC:
        *why = "a pc is a multiple of 4";
        return e->value % 4 == 0 && write_register(m, e->path, e->vcpu, 32, e->value, why);
    case EDIT_CSR:
        return write_csr(m, e, why);
    default:
        return write_memory(m, e, why);
    }
}

const char *edit_print(const struct edit *e, char *to)
{
    const struct csr_info *csr = isa_csr_find(e->number);
    int n = 0;
    switch (e->kind) {
    case EDIT_REGISTER:
        snprintf(to, 80, "%s = %08x", isa_reg_names[e->number & 31], e->value);
        break;
    case EDIT_PC:
        snprintf(to, 80, "pc = %08x", e->value);
        break;
    case EDIT_CSR:
        snprintf(to, 80, "%s = %08x", csr ? csr->name : "CSR", e->value);
        break;
    default:
        n = snprintf(to, 80, "%08x =", e->address);
        for (u32 i = 0; i < e->bytes && i < EDIT_BYTES; i++)
            n += snprintf(to + n, (size_t)(80 - n), " %02x", e->memory[i]);
    }
    return to;
}
