// The VM's devices. Their pages are never in a shadow, so every access to them faults. The VMM
// then fetches and decodes the instruction, and does it to the VM's own board. This board is the
// same model as the machine's (isa/board).
// Read next: hypervisor/firmware.c.
#include "hypervisor/device.h"
#include "hypervisor/gmem.h"
#include "hypervisor/trap.h"
#include "isa/access.h"

// ---- the board's wires: console and disk go to the hardware, DMA through gmem. DMA ends a
// reservation, as on the bare machine.

static void put_console(void *context, u8 byte)
{
    struct turn *t = context;
    hw_console(t->hw, t->vm->id, byte);
}

static int get_console(void *context)
{
    struct turn *t = context;
    return hw_input(t->hw, t->vm->id);
}

static bool read_memory(void *context, u32 address, void *to, u32 bytes)
{
    struct turn *t = context;
    return gmem_read(t, address, to, bytes);
}

static bool write_memory(void *context, u32 address, const void *from, u32 bytes)
{
    struct turn *t = context;
    hw_end_reservation(t->hw);
    return gmem_write(t, address, from, bytes);
}

static u64 disk_sectors(void *context)
{
    struct turn *t = context;
    return hw_sectors(t->hw, t->vm->id);
}

static bool read_disk(void *context, u64 sector, void *to)
{
    struct turn *t = context;
    hw_end_reservation(t->hw);
    return hw_block(t->hw, t->vm->id, sector, to, false);
}

static bool write_disk(void *context, u64 sector, const void *from)
{
    struct turn *t = context;
    hw_end_reservation(t->hw);
    return hw_block(t->hw, t->vm->id, sector, (void *)from, true);
}

static void power_off(void *context, enum power why, u32 code)
{
    struct turn *t = context;
    t->vm->life = why == POWER_FAILED ? LIFE_FAILED : LIFE_OFF;
    t->vm->power = why;
    t->vm->power_code = code;
}

struct board_wires device_wires(struct turn *t)
{
    return (struct board_wires){t,           put_console,  get_console,
                                read_memory, write_memory, disk_sectors,
                                read_disk,   write_disk,   power_off};
}

// ---- interrupts and input

void device_lines(struct turn *t)
{
    for (u32 i = 0; i < t->vm->vcpu_count; i++)
        t->vcpus[i].state.external = board_external(&t->vm->board, i);
}

void device_input(struct turn *t)
{
    struct board_wires wires = device_wires(t);
    board_input(&t->vm->board, &wires);
    device_lines(t);
}

void device_reset(struct turn *t)
{
    board_reset(&t->vm->board, t->vm->vcpu_count, t->vmm->board);
    device_input(t);
}

// ---- loads and stores

// Finds the access that an instruction makes. Returns false if a device cannot take it: a device
// takes only an aligned load or store, and no AMO, lr.w or sc.w. The address that faulted may be
// another one than the instruction computes (a misaligned access can fault in its second page),
// so the check uses the address that the instruction computes.
static bool find_access(const struct turn *t, struct decoded insn, struct isa_access *access)
{
    *access = isa_access(insn.insn);
    if (access->kind != ISA_ACCESS_LOAD && access->kind != ISA_ACCESS_STORE)
        return false;
    gva address = t->v->state.x[insn.rs1] + (u32)insn.imm;
    return !(address & (access->bytes - 1));
}

bool device_move(struct turn *t, struct isa_access access, gpa address, u32 *value)
{
    struct board *board = &t->vm->board;
    struct board_wires wires = device_wires(t);
    bool done;
    if (access.kind == ISA_ACCESS_STORE)
        done = board_store(board, &wires, address, access.bytes, *value);
    else
        done = board_load(board, &wires, address, access.bytes, value);
    device_lines(t);
    return done;
}

static enum verdict access_device(struct turn *t, struct outcome *out, gpa address)
{
    struct isa_access access;
    u32 *x = t->v->state.x;
    // Some hardware reports the instruction together with the fault, and that saves a walk. On
    // other hardware the VMM fetches the instruction once more. If that fails, another VCPU has
    // changed the page since the VCPU fetched it, so the VCPU simply runs again.
    if (!out->trap.insn && !gmem_fetch(t, &out->trap.insn))
        return RESUME;
    struct decoded insn = isa_decode(out->trap.insn, t->vmm->holes);
    u32 value = x[insn.rs2];
    if (!find_access(t, insn, &access) || !device_move(t, access, address, &value))
        return REFLECT;
    if (access.kind == ISA_ACCESS_LOAD && insn.rd)
        x[insn.rd] = isa_extend(access, value);
    out->trap.tval = address;
    out->note.value = value;
    out->note.size = access.bytes;
    out->note.write = access.kind == ISA_ACCESS_STORE;
    // A store to the test device switches the power off.
    return t->vm->life == LIFE_ON ? ADVANCE : HALT;
}

enum verdict device_or_fault(struct turn *t, struct outcome *out, gpa address, enum access access)
{
    enum verdict verdict = REFLECT;
    if (access != ACCESS_FETCH && board_has(address))
        verdict = access_device(t, out, address);
    if (verdict == REFLECT)
        out->trap.cause = sv32_access_fault(access);
    return verdict;
}
