// The VM's devices. Their pages are never in a shadow, so every access faults; the instruction is
// fetched, decoded, and done to the VM's own board, which is the same model that the machine has
// (isa/board). Read next: hypervisor/firmware.c.
#include "hypervisor/device.h"
#include "hypervisor/gmem.h"
#include "hypervisor/trap.h"
#include "isa/access.h"

// ---- the board's wires: console and disk go to the hardware, DMA through gmem

static void put_console(void *context, u8 byte)
{
    const struct turn *t = context;
    hw_console(t->hw, t->vm->id, byte);
}

static int get_console(void *context)
{
    const struct turn *t = context;
    return hw_input(t->hw, t->vm->id);
}

static bool read_memory(void *context, u32 address, void *to, u32 bytes)
{
    const struct turn *t = context;
    return gmem_read(t->hw, t->vm, address, to, bytes);
}

static bool write_memory(void *context, u32 address, const void *from, u32 bytes)
{
    const struct turn *t = context;
    hw_unreserve(t->hw);
    return gmem_write(t->hw, t->vm, address, from, bytes);
}

static u64 disk_sectors(void *context)
{
    const struct turn *t = context;
    return hw_sectors(t->hw, t->vm->id);
}

static bool read_disk(void *context, u64 sector, void *to)
{
    const struct turn *t = context;
    hw_unreserve(t->hw);
    return hw_block(t->hw, t->vm->id, sector, to, false);
}

static bool write_disk(void *context, u64 sector, const void *from)
{
    const struct turn *t = context;
    hw_unreserve(t->hw);
    return hw_block(t->hw, t->vm->id, sector, (void *)from, true);
}

static void power_off(void *context, enum power why, u32 code)
{
    const struct turn *t = context;
    t->vm->life = why == POWER_FAILED ? LIFE_FAILED : LIFE_OFF;
    t->vm->power = why;
    t->vm->power_code = code;
}

struct board_wires device_wires(const struct turn *t)
{
    return (struct board_wires){(void *)t,    put_console, get_console, read_memory, write_memory,
                                disk_sectors, read_disk,   write_disk,  power_off};
}

// ---- interrupts and input

void device_lines(const struct turn *t)
{
    for (u32 i = 0; i < t->vm->vcpu_count; i++)
        t->vm->vcpus[i].state.external = board_external(&t->vm->board, i);
}

void device_input(const struct turn *t)
{
    struct board_wires wires = device_wires(t);
    board_input(&t->vm->board, &wires);
    device_lines(t);
}

void device_reset(const struct turn *t)
{
    board_reset(&t->vm->board, t->vm->vcpu_count);
    device_input(t);
}

// ---- loads and stores

static bool access_board(const struct turn *t, struct isa_access access, gpa address, u32 *value)
{
    struct board_wires wires = device_wires(t);
    bool done = access.kind == ISA_ACCESS_STORE
                    ? board_store(&t->vm->board, &wires, address, access.bytes, *value)
                    : board_load(&t->vm->board, &wires, address, access.bytes, value);
    device_lines(t);
    return done;
}

enum verdict device_access(const struct turn *t, struct note *trap, gpa address)
{
    // The fetch cannot fail for a VCPU that just executed it, but for another that rewrote the page
    // since: then simply let it run again.
    if (!gmem_fetch(t, &trap->insn))
        return RESUME;
    struct decoded insn = isa_decode(trap->insn, t->vmm->holes);
    struct isa_access access = isa_access(insn.insn);
    bool store = access.kind == ISA_ACCESS_STORE;
    u32 *x = t->v->state.x, value = x[insn.rs2];
    // What is misaligned may have begun in RAM, on the page before: its own address tells, not the
    // fault's.
    // No device takes an AMO, lr.w or sc.w.
    if ((access.kind != ISA_ACCESS_LOAD && !store) ||
        ((x[insn.rs1] + (u32)insn.imm) & (access.bytes - 1)))
        return REFLECT;
    if (!access_board(t, access, address, &value))
        return REFLECT;
    if (!store && insn.rd)
        x[insn.rd] = isa_extend(access, value);
    trap->addr = address;
    trap->value = value;
    trap->size = access.bytes;
    trap->write = store;
    return t->vm->life == LIFE_ON ? ADVANCE : HALT;
}
