// The native backend: hw.h in terms of sim/machine.h. The VMM core is linked into the simulator,
// and gets the traps of real mode K without executing an instruction of the machine. What its work
// would cost is charged by the machine's cost table, event by event as the core tells them.
// Read next: hypervisor/native/guest_mode.c.
#include "hypervisor/native/guest_mode.h"
#include "hypervisor/native/native.h"
#include "hypervisor/vmm.h"
#include "isa/board/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- running guests

// The VMM's own sscratch holds the address of the VCPU whose registers are on the hart, as the
// sscratch of a kernel holds the address of its process. If another VCPU ran last, its LR/SC
// reservation ends.
static void name_vcpu(struct hw *hw, const struct hart_state *guest)
{
    mpa at = BOARD_RAM + (u32)((const u8 *)guest - machine_ram(hw->m));
    u32 *own = hw->real->virt ? &hw->h->other.sscratch : &hw->real->sscratch;
    if (*own != at)
        machine_hart_drop_reservation(hw->m, hw->hart);
    *own = at;
}

static void load_hart(struct hw *hw, const struct hart_state *guest)
{
    struct hart_state *real = hw->real;
    name_vcpu(hw, guest);
    memcpy(real->x, guest->x, sizeof real->x);
    real->pc = guest->pc;
    if (real->virt)
        guest_mode_load(hw, guest);
}

static void save_hart(struct hw *hw, struct hart_state *guest)
{
    const struct hart_state *real = hw->real;
    memcpy(guest->x, real->x, sizeof guest->x);
    guest->pc = real->pc;
    if (real->virt)
        guest_mode_save(hw, guest);
}

void hw_run(struct hw *hw, struct hart_state *guest, u32 limit, struct hw_exit *exit)
{
    struct machine *m = hw->m;
    *exit = (struct hw_exit){0};
    if (!hw->budget)
        return;
    exit->paused = machine_leaving(m);
    if (exit->paused)
        return;
    load_hart(hw, guest);
    machine_hart_owner_mode(m, hw->hart, guest->mode, guest->virt);
    struct hart_exit trap;
    // By the wall clock one instruction may take many ticks, so `limit` alone would come too late.
    // A run that was paused has its timer still.
    if (!hw->virtual_clock && hw->real->stimecmp == UINT64_MAX)
        machine_hart_timer(m, hw->hart, hw_now(hw) + limit);
    u64 before = machine_steps(m);
    u64 ran = machine_hart_run(m, hw->hart, limit < hw->budget ? limit : hw->budget, &trap);
    save_hart(hw, guest);
    u64 steps = machine_steps(m) - before;
    hw->budget -= steps < hw->budget ? steps : hw->budget;
    exit->ran = (u32)ran;
    exit->own = trap.own;
    exit->took = trap.own && hw->inner;
    exit->caught = trap.caught;
    exit->paused = trap.paused;
    exit->trapped = trap.taken;
    if (trap.taken)
        exit->trap = (struct trap){trap.cause, trap.tval, trap.insn};
    hw->fault = (struct hw_guest_fault){trap.htval, trap.htinst};
}

void hw_end_reservation(struct hw *hw)
{
    machine_hart_drop_reservation(hw->m, hw->hart);
}

void hw_root(struct hw *hw, u32 satp)
{
    guest_mode_end(hw);
    hw->real->satp = satp;
}

// The guest traps to native code, which needs no page of the guest's address space.
struct hw_trampoline hw_trampoline(struct hw *hw)
{
    (void)hw;
    return (struct hw_trampoline){0};
}

void hw_move_trampoline(struct hw *hw, gva busy, gva also_busy)
{
    (void)hw;
    (void)busy;
    (void)also_busy;
}

// Guest mode without a second stage has VMID 0, and its ASIDs are real ones.
static void hart_flush(struct machine *m, u32 hart, u32 asid, const gva *va)
{
    const u32 *named = asid ? &asid : NULL;
    machine_hart_flush(m, hart, va, named);
    if (machine_config(m)->profile & ISA_H)
        machine_hart_flush_guest(m, hart, 0, va, named);
}

void hw_flush(struct hw *hw, u32 asid, const gva *va)
{
    struct machine *m = hw->m;
    for (u32 hart = 0; hart < machine_config(m)->harts; hart++)
        hart_flush(m, hart, asid, va);
}

// ---- memory, time, harts

void *hw_page(struct hw *hw, mpa address)
{
    u32 inside = address & (PAGE_SIZE - 1);
    return machine_page(hw->m, address - inside) + inside;
}

const void *hw_page_to_read(struct hw *hw, mpa address)
{
    return machine_ram(hw->m) + (address - BOARD_RAM);
}

u64 hw_now(struct hw *hw)
{
    return machine_hart_now(hw->m, hw->hart);
}

void hw_idle(struct hw *hw, u64 until)
{
    guest_mode_idle(hw);
    hw->idle = true;
    machine_hart_idle(hw->m, hw->hart, until);
}

void hw_kick(struct hw *hw, u32 hart)
{
    machine_hart_kick(hw->m, hart);
}

u32 hw_hart(struct hw *hw)
{
    return hw->hart;
}

// ---- consoles, disks, power: unit n of the machine serves VM n

void hw_console(struct hw *hw, u32 vm, u8 byte)
{
    struct vm_path path = {{(u16)vm}};
    struct note note = {.kind = EVENT_CONSOLE, .vm = (u16)vm, .value = byte};
    machine_output(hw->m, vm, byte);
    machine_tell(hw->m, hw->hart, &path, &note, 0);
}

int hw_input(struct hw *hw, u32 vm)
{
    return machine_input_next(hw->m, vm);
}

bool hw_input_came(struct hw *hw)
{
    return machine_hart_called(hw->m, hw->hart);
}

u64 hw_sectors(struct hw *hw, u32 vm)
{
    return machine_disk_sectors(hw->m, vm);
}

bool hw_block(struct hw *hw, u32 vm, u64 sector, void *bytes, bool write)
{
    struct machine *m = hw->m;
    return write ? machine_disk_write(m, vm, sector, bytes)
                 : machine_disk_read(m, vm, sector, bytes);
}

void hw_off(struct hw *hw, u32 why, u32 code)
{
    machine_power_off(hw->m, why, code);
}

const struct vmm_config *hw_config(struct hw *hw)
{
    return hw->native->config;
}

// ---- events

static u32 cost_of(const struct costs *costs, u32 kind)
{
    switch (kind) {
    case EVENT_EMULATE:
        return costs->emulate;
    case EVENT_FILL:
        return costs->fill;
    case EVENT_REFLECT:
        return costs->reflect;
    case EVENT_INJECT:
        return costs->inject;
    case EVENT_SCHEDULE:
        return costs->schedule;
    }
    return 0;
}

void hw_note(struct hw *hw, const struct note *note)
{
    struct machine *m = hw->m;
    u32 cost = cost_of(&machine_config(m)->costs, note->kind);
    struct vm_path path = {{note->vm}};
    machine_monitor_tell(m, hw->hart, &path, note, cost);
    if (note->kind == EVENT_SCHEDULE)
        machine_hart_owner(m, hw->hart, &path, note->vcpu);
}

// ---- the monitor

// The machine calls this with a budget of steps for one hart.
static void take_turns(void *context, u32 hart, u64 steps)
{
    struct native *n = context;
    struct hw *hw = &n->hw[hart];
    hw->budget = steps;
    hw->idle = false;
    while (hw->budget && !hw->idle && !machine_leaving(hw->m)) {
        machine_monitor_begins(hw->m);
        vmm_turn(hw, n->vmm);
    }
}

// ---- life

static bool complain(char *error, size_t size, const char *text, const char *name)
{
    snprintf(error, size, "VMM: %s%s%s", name ? name : "", name ? ": " : "", text);
    return false;
}

static bool check_guest(struct machine *m, const struct guest_config *g, char *error, size_t size)
{
    if (g->ram_at % PAGE_SIZE || g->ram_size % PAGE_SIZE || g->ram_size < BOARD_RAM_MIN ||
        !machine_ram_has(m, g->ram_at, g->ram_size))
        return complain(error, size, "its RAM is not a page-aligned part of the machine's",
                        g->name);
    if (g->vcpus < 1 || g->vcpus > HARTS_MAX)
        return complain(error, size, "a guest has 1 to 8 VCPUs", g->name);
    if (technique_has_guest_mode(g->technique) && !(machine_config(m)->profile & ISA_H))
        return complain(error, size,
                        "the machine has no hypervisor extension to assist the VMM; give it "
                        "profile h, or take technique trap",
                        g->name);
    if (g->weight < 1 || g->weight > 1000)
        return complain(error, size, "a weight is 1 to 1000", g->name);
    if (g->hart != GUEST_ANY_HART && g->hart >= machine_config(m)->harts)
        return complain(error, size,
                        "it is bound to a hart that the machine does not have; they count "
                        "from 0",
                        g->name);
    return true;
}

static bool check(struct machine *m, const struct vmm_config *c, char *error, size_t size)
{
    if (c->memory_at % PAGE_SIZE || c->memory_size < PAGE_SIZE ||
        !machine_ram_has(m, c->memory_at, c->memory_size))
        return complain(error, size, "its memory is not a page-aligned part of the machine's",
                        NULL);
    if (c->quantum < 100 || c->quantum > 1000000)
        return complain(error, size, "the quantum is 100 to 1,000,000 ticks", NULL);
    if (c->harts != machine_config(m)->harts)
        return complain(error, size, "it must be given every hart of the machine", NULL);
    for (u32 i = 0; i < c->guests; i++)
        if (!check_guest(m, &c->guest[i], error, size))
            return false;
    return true;
}

// While the VMM owns mode K, a hart's own CSRs stay as here: no counter can be read in U, and no
// timer is set. The hart itself is in U for ever.
static void own_hart(struct machine *m, u32 hart)
{
    hart_reset(machine_hart(m, hart), 0, 0, 0);
    machine_hart(m, hart)->scounteren = 0;
    machine_hart(m, hart)->mode = MODE_U;
    machine_hart_owner(m, hart, NULL, 0);
}

struct native *native_new(struct machine *m, const struct vmm_config *config, char *error,
                          size_t error_size)
{
    if (!check(m, config, error, error_size))
        return NULL;
    size_t bytes = sizeof *config + config->guests * sizeof config->guest[0];
    struct native *n = calloc(1, sizeof *n);
    if (n)
        n->config = malloc(bytes);
    if (!n || !n->config) {
        free(n);
        complain(error, error_size, "out of memory", NULL);
        return NULL;
    }
    memcpy(n->config, config, bytes);
    for (u32 hart = 0; hart < config->harts; hart++) {
        n->hw[hart] = (struct hw){.native = n,
                                  .m = m,
                                  .hart = hart,
                                  .real = machine_hart(m, hart),
                                  .h = machine_hart_extension(m, hart),
                                  .virtual_clock = config->clock == VMM_CLOCK_VIRTUAL};
        own_hart(m, hart);
    }
    n->vmm = vmm_start(&n->hw[0]);
    if (!n->vmm) {
        complain(error, error_size, "its memory is too small for so many guests", NULL);
        native_free(n);
        return NULL;
    }
    machine_announce(m, n->vmm);
    machine_monitor(m, &(struct monitor){n, take_turns});
    return n;
}

void native_free(struct native *n)
{
    if (!n)
        return;
    free(n->config);
    free(n);
}

// So many guests have all the room for shadows that they may want. If there are more, a VCPU that
// runs evicts the shadows of one that waits.
#define GUESTS_WITH_ROOM 16u

// Each VM has four pages: itself, its VCPUs, the root of its memory map, and the table for that end
// of its RAM that is less than 4 MiB. A guest with room gets 33 pages for its struct shadows, roots
// and common tables, and one for each 128 pages of its RAM. Any other gets one page.
u32 native_memory_need(u32 guests, u32 ram_each)
{
    u32 with_room = guests < GUESTS_WITH_ROOM ? guests : GUESTS_WITH_ROOM;
    u32 shadows = with_room * (33 + ram_each / 128 / PAGE_SIZE) + (guests - with_room);
    u32 pages = 2 + 4 * guests + shadows; // struct vmm and an index page, VMs, shadows
    return (pages + pages * 4 / PAGE_SIZE) * PAGE_SIZE;
}
