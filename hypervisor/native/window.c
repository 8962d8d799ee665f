// From an address in a VM to the machine, one memory map after the other. Contracts:
// hypervisor/native/window.h.
// Read next: hypervisor/t32/trampoline.S.
#include "hypervisor/native/window.h"

struct window window_of_machine(const struct machine *m)
{
    return (struct window){.size = machine_config(m)->ram};
}

bool window_inside(const struct window *host, const struct vm *vm, struct window *inner)
{
    if (host->maps == EVENT_DEPTH || vm->ram_size > BOARD_RAM_MAX)
        return false;
    *inner = *host;
    inner->map[inner->maps++] = vm->map;
    inner->size = vm->ram_size;
    return true;
}

// One step outwards: what the innermost map says of an address, which is an address in the memory
// of the VMM that keeps this map. Returns false if there is nothing. It does what gmem_reach of
// hypervisor/gmem.c does, for a reader who trusts nothing.
static bool step_out(struct machine *m, const struct window *w, gpa address, gpa *found)
{
    struct window host = *w;
    gpa root = host.map[--host.maps];
    u32 entry, inside = MEGAPAGE_SIZE - 1;
    if (!window_read(m, &host, root + (address >> 22) * 4, &entry, 4))
        return false;
    if ((entry & (PTE_V | PTE_R)) == PTE_V) {
        gpa table = PTE_PPN(entry) << PAGE_SHIFT;
        inside = PAGE_SIZE - 1;
        if (!window_read(m, &host, table + (address >> PAGE_SHIFT & 0x3ff) * 4, &entry, 4))
            return false;
    }
    *found = (PTE_PPN(entry) << PAGE_SHIFT & ~inside) | (address & inside);
    return (entry & (PTE_V | PTE_R)) == (PTE_V | PTE_R);
}

bool window_at(struct machine *m, const struct window *w, gpa address, mpa *at)
{
    struct window way = *w;
    for (*at = address; way.maps; way.maps--)
        if (!step_out(m, &way, *at, at))
            return false;
    return machine_ram_has(m, *at, 1);
}

// Page by page: neighbours in the window need not be neighbours in the machine. The copy reads
// tables by step_out, which copies words of the window outside. So this ends at the machine.
bool window_read(struct machine *m, const struct window *w, gpa address, void *to, u32 bytes)
{
    for (u32 n; bytes; bytes -= n, address += n, to = (u8 *)to + n) {
        u32 left = PAGE_SIZE - address % PAGE_SIZE;
        mpa at;
        n = bytes < left ? bytes : left;
        if (!window_at(m, w, address, &at) || !machine_read(m, at, to, n))
            return false;
    }
    return true;
}
