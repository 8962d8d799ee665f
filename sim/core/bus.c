// What a program's access meets: a translation, then RAM, a device of the board, or nothing. And
// the wires of the board, by which devices and firmware reach RAM, console and disk.
// Read next: sim/core/memory.c.
#include "sim/core/core.h"

#include <string.h>

// ---- fetch

u32 bus_fetch(struct hart *h, gva va, u32 *word)
{
    mpa physical;
    u32 cause = mmu_translate(h, va, ACCESS_FETCH, &physical);
    if (cause)
        return cause;
    // No device holds instructions.
    if (!machine_ram_has(h->machine, physical, 4))
        return CAUSE_FETCH_ACCESS;
    if (watch_has_code(h->machine, &h->state, physical))
        watch_code(h, physical);
    *word = memory_load(h->machine, physical, 4);
    return 0;
}

// ---- devices

static void tell_device(struct hart *h, mpa address, u32 size, u32 value, bool write)
{
    u32 cost = h->machine->config.costs.device;
    // The access may have raised or lowered the device's interrupt line. The harts see this before
    // their next instruction.
    hart_charge(h, CHARGE_DEVICE, cost);
    harts_see_lines(h->machine);
    if (!event_wanted(h->machine, EVENT_DEVICE))
        return;
    struct note note = {.kind = EVENT_DEVICE,
                        .mode = h->state.mode,
                        .size = (u8)size,
                        .write = write,
                        .pc = h->state.pc,
                        .addr = address,
                        .value = value};
    event_send(h, NULL, &note, cost);
}

static u32 load_physical(struct hart *h, mpa address, u32 size, u32 *value)
{
    struct machine *m = h->machine;
    if (machine_ram_has(m, address, size)) {
        watch_read(m, address, size);
        *value = memory_load(m, address, size);
        return 0;
    }
    // hlvx reads code, and no device holds instructions.
    if (h->access_as == ACCESS_AS_GUEST_CODE)
        return CAUSE_LOAD_ACCESS;
    // Neither RAM nor a device: nothing answers at this address.
    if (!board_load(&m->core.board, &m->wires, address, size, value))
        return CAUSE_LOAD_ACCESS;
    tell_device(h, address, size, *value, false);
    return 0;
}

static u32 store_physical(struct hart *h, mpa address, u32 size, u32 value)
{
    struct machine *m = h->machine;
    if (machine_ram_has(m, address, size)) {
        memory_store(m, address, size, value);
        return 0;
    }
    if (!board_store(&m->core.board, &m->wires, address, size, value))
        return CAUSE_STORE_ACCESS;
    tell_device(h, address, size, value, true);
    return 0;
}

// ---- misaligned accesses, where the firmware carries them out: byte by byte, in RAM only. Both
// pages are translated and checked first, so a fault leaves nothing half done. stval is the first
// byte that cannot be reached.

struct span {
    mpa first;  // the physical address of the first byte
    mpa second; // of the first byte in the next page, if the access gets there
    u32 here;   // how many bytes lie before the end of the first page
};

static u32 find_span(struct hart *h, gva va, u32 size, enum access access, struct span *span,
                     gva *tval)
{
    u32 room = PAGE_SIZE - va % PAGE_SIZE;
    span->here = size < room ? size : room;
    *tval = va;
    u32 cause = mmu_translate(h, va, access, &span->first);
    if (cause)
        return cause;
    if (!machine_ram_has(h->machine, span->first, span->here))
        return sv32_access_fault(access);
    // The access ends in the page in which it began.
    if (span->here == size)
        return 0;
    *tval = va + span->here;
    cause = mmu_translate(h, *tval, access, &span->second);
    if (cause)
        return cause;
    if (!machine_ram_has(h->machine, span->second, size - span->here))
        return sv32_access_fault(access);
    return 0;
}

static mpa span_byte(const struct span *span, u32 i)
{
    return i < span->here ? span->first + i : span->second + (i - span->here);
}

static u32 load_misaligned(struct hart *h, gva va, u32 size, u32 *value, gva *tval)
{
    struct span span;
    if (!h->machine->config.misaligned_emulate)
        return CAUSE_LOAD_MISALIGNED;
    u32 cause = find_span(h, va, size, ACCESS_READ, &span, tval);
    if (cause)
        return cause;
    *value = 0;
    watch_read(h->machine, span.first, span.here);
    if (span.here < size)
        watch_read(h->machine, span.second, size - span.here);
    for (u32 i = 0; i < size; i++)
        *value |= memory_load(h->machine, span_byte(&span, i), 1) << (8 * i);
    return 0;
}

static u32 store_misaligned(struct hart *h, gva va, u32 size, u32 value, gva *tval)
{
    struct span span;
    if (!h->machine->config.misaligned_emulate)
        return CAUSE_STORE_MISALIGNED;
    u32 cause = find_span(h, va, size, ACCESS_WRITE, &span, tval);
    if (cause)
        return cause;
    for (u32 i = 0; i < size; i++)
        memory_store(h->machine, span_byte(&span, i), 1, value >> (8 * i));
    return 0;
}

// ---- loads, stores, atomics

u32 bus_load(struct hart *h, gva va, u32 size, u32 *value, gva *tval)
{
    mpa physical;
    *tval = va;
    if (va & (size - 1))
        return load_misaligned(h, va, size, value, tval);
    u32 cause = mmu_translate(h, va, ACCESS_READ, &physical);
    return cause ? cause : load_physical(h, physical, size, value);
}

u32 bus_store(struct hart *h, gva va, u32 size, u32 value, gva *tval)
{
    mpa physical;
    *tval = va;
    if (va & (size - 1))
        return store_misaligned(h, va, size, value, tval);
    u32 cause = mmu_translate(h, va, ACCESS_WRITE, &physical);
    return cause ? cause : store_physical(h, physical, size, value);
}

u32 bus_atomic(struct hart *h, gva va, enum access access, mpa *physical)
{
    // Misaligned comes before every page fault, and the firmware never carries out an atomic.
    if (va & 3)
        return access == ACCESS_READ ? CAUSE_LOAD_MISALIGNED : CAUSE_STORE_MISALIGNED;
    u32 cause = mmu_translate(h, va, access, physical);
    if (cause)
        return cause;
    // A device takes no atomic access.
    if (!machine_ram_has(h->machine, *physical, 4))
        return sv32_access_fault(access);
    if (access == ACCESS_READ)
        watch_read(h->machine, *physical, 4);
    return 0;
}

// ---- the board's wires: unit 0, RAM, power

static void console_put(void *context, u8 byte)
{
    machine_output(context, 0, byte);
}

static int console_get(void *context)
{
    return machine_input_next(context, 0);
}

static bool memory_read(void *context, u32 address, void *to, u32 bytes)
{
    return machine_read(context, address, to, bytes);
}

// DMA ends every reservation, whatever its address is. So does the transfer of a sector: the kernel
// may move it word by word, but a VMM may carry that out by DMA, and both must end the same way.
static bool memory_write(void *context, u32 address, const void *from, u32 bytes)
{
    harts_drop_reservations(context);
    return machine_write(context, address, from, bytes);
}

static u64 disk_sectors(void *context)
{
    return machine_disk_sectors(context, 0);
}

static bool disk_read(void *context, u64 sector, void *to)
{
    harts_drop_reservations(context);
    return machine_disk_read(context, 0, sector, to);
}

static bool disk_write(void *context, u64 sector, const void *from)
{
    harts_drop_reservations(context);
    return machine_disk_write(context, 0, sector, from);
}

static void power_off(void *context, enum power why, u32 code)
{
    machine_power_off(context, why, code);
}

// A fence that one hart asks another for.
struct remote_fence {
    struct tlb *tlb; // of the other hart
    enum fence_kind kind;
    u32 vmid; // in hgatp of the hart that asks: fences of the first stage are for it
};

static void fence_one(void *context, const u32 *address, const u32 *asid)
{
    const struct remote_fence *f = context;
    switch (f->kind) {
    case FENCE_GUEST_PHYSICAL:
    case FENCE_GUEST_PHYSICAL_VMID:
        tlb_flush_guest(f->tlb, asid, NULL, NULL);
        break;
    case FENCE_GUEST_VMA:
    case FENCE_GUEST_VMA_ASID:
        tlb_flush_guest(f->tlb, &f->vmid, address, asid);
        break;
    default:
        tlb_flush(f->tlb, address, asid);
        break;
    }
}

static void remote_fence(void *context, u32 hart, enum fence_kind kind, u32 start, u32 size,
                         u32 asid)
{
    struct machine *m = context;
    // The VMID is that of the hart that asks, which is the one whose turn it is.
    u32 hgatp = m->hart[m->current].extension.hgatp;
    struct remote_fence f = {m->hart[hart].tlb, kind, HGATP_VMID(hgatp)};
    firmware_fence(kind, start, size, asid, fence_one, &f);
}

void bus_wire(struct machine *m)
{
    m->wires = (struct board_wires){m,           console_put,  console_get,
                                    memory_read, memory_write, disk_sectors,
                                    disk_read,   disk_write,   power_off};
    m->firmware = (struct firmware){
        .harts = m->states,
        .count = m->config.harts,
        .board = &m->core.board,
        .wires = &m->wires,
        .adue = m->config.adue,
        .h = m->config.profile & ISA_H,
        .fence = remote_fence,
        .context = m,
    };
}
