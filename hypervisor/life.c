// The start of the VMM and of its VMs, from the configuration, and the end of a VM.
// Read next: hypervisor/config.h.
#include "hypervisor/life.h"
#include "hypervisor/device.h"
#include "hypervisor/map.h"
#include "hypervisor/page.h"
#include "hypervisor/schedule.h"
#include "hypervisor/technique.h"
#include "hypervisor/vmm.h"

// ---- the start

static void start_gangs(struct turn *t, const struct guest_config *c)
{
    struct vm *vm = t->vm;
    vm->gang_count = c->pinned ? c->vcpus : 1;
    for (u32 i = 0; i < vm->gang_count; i++) {
        struct gang *g = &vm->gangs[i];
        g->first = i;
        g->count = c->pinned ? 1 : c->vcpus;
        g->hart = c->pinned ? i % t->vmm->harts : c->hart;
        g->weight = c->weight;
        round_reset(&g->round);
        schedule_ready(t, gang_address(t->vm_at, i));
    }
}

// The VCPUs start as on a board after power-on: VCPU 0 runs, and its kernel starts the other
// VCPUs by calls of the firmware.
static void start_vcpus(struct turn *t, const struct guest_config *c)
{
    for (u32 i = 0; i < c->vcpus; i++) {
        turn_choose(t, i);
        t->v->vm = t->vm_at;
        hart_reset(&t->v->state, c->entry, i, c->device_tree);
        h_reset(&t->v->h);
        // The kernel starts the other VCPUs by the firmware (SBI HSM).
        t->v->state.run = i ? HART_STOPPED : HART_RUNNING;
    }
}

// Returns the place for the address of the VM with this id, or NULL if there is no page for it.
static mpa *index_entry(struct turn *t, u32 id)
{
    u32 page = (id - 1) / VM_INDEX_EACH;
    if (page >= VM_INDEX)
        return NULL;
    mpa *at = &t->vmm->index[page];
    if (!*at)
        *at = page_alloc(t);
    return *at ? (mpa *)hw_page(t->hw, *at) + (id - 1) % VM_INDEX_EACH : NULL;
}

// The records of the VCPUs stand at the end of the VM's own page if they fit behind its record,
// else in a page of their own. Returns 0 if there is no page.
static mpa room_for_vcpus(struct turn *t, mpa vm_at, u32 vcpus)
{
    u32 bytes = vcpus * (u32)sizeof(struct vcpu);
    return bytes <= PAGE_SIZE - sizeof(struct vm) ? vm_at + PAGE_SIZE - bytes : page_alloc(t);
}

// Returns a root for the memory map, which maps nothing yet. Hardware that walks the map needs
// four pages (hypervisor/map.h).
static mpa room_for_map(struct turn *t, u32 technique)
{
    return technique == TECHNIQUE_ASSIST ? page_alloc_four(t) : page_alloc(t);
}

// Gives a new VM its pages. Returns false if there are not enough.
static bool take_pages(struct turn *t, const struct guest_config *c)
{
    mpa *entry = index_entry(t, t->vmm->vms + 1);
    mpa vm_at = page_alloc(t);
    mpa vcpus_at = vm_at ? room_for_vcpus(t, vm_at, c->vcpus) : 0;
    mpa map = room_for_map(t, c->technique);
    if (!entry || !vcpus_at || !map)
        return false;
    *entry = vm_at;
    struct vm *vm = hw_page(t->hw, vm_at);
    vm->vcpus_at = vcpus_at;
    vm->map = map;
    turn_take_vm(t, vm_at);
    return true;
}

// The new VM becomes the last of the list.
static void append_vm(struct turn *t)
{
    mpa *link = &t->vmm->first_vm;
    if (t->vmm->last_vm)
        link = &((struct vm *)hw_page(t->hw, t->vmm->last_vm))->next;
    *link = t->vmm->last_vm = t->vm_at;
}

bool life_begin(struct turn *t, const struct guest_config *c)
{
    if (technique_has_guest_mode(c->technique) && !hw_has_guest_mode(t->hw))
        return false;
    if (!take_pages(t, c) || !map_ram(t, BOARD_RAM, c->ram_at, c->ram_size))
        return false;
    struct vm *vm = t->vm;
    vm->id = ++t->vmm->vms;
    vm->vcpu_count = c->vcpus;
    vm->first_vcpu = t->vmm->vcpus;
    t->vmm->vcpus += c->vcpus;
    for (u32 i = 0; i < GUEST_NAME - 1; i++)
        vm->name[i] = c->name[i];
    vm->technique = c->technique;
    vm->has_h = c->has_h;
    vm->ram_size = c->ram_size;
    append_vm(t);
    start_vcpus(t, c);
    device_reset(t);
    start_gangs(t, c);
    t->vmm->alive++;
    return true;
}

static struct vmm vmm_of(const struct vmm_config *c)
{
    return (struct vmm){
        .magic = VMM_MAGIC,
        .version = VMM_VERSION,
        .policy = c->policy,
        .scheduler = c->scheduler,
        .clock = c->clock,
        .harts = c->harts,
        .adue = c->adue,
        .holes = c->holes,
        .off_when_idle = c->off_when_idle,
        .enlightened = c->enlightened,
        .quantum = c->quantum,
        .house = c->house,
        .board = {c->virtio, c->disk_slot},
        .generation = 1,
        .shadow_epoch = 1,
        .next_asid = 1,
    };
}

mpa vmm_start(struct hw *hw)
{
    const struct vmm_config *c = hw_config(hw);
    struct turn t = turn_new(hw, hw_page(hw, c->memory_at));
    *t.vmm = vmm_of(c);
    if (!page_start(t.vmm, c->memory_at, c->memory_size))
        return 0;
    for (u32 i = 0; i < c->guests; i++)
        if (!life_begin(&t, &c->guest[i]))
            return 0;
    return c->memory_at;
}

// ---- the end

// Switches the machine off. If the machine had one guest, it reports what this guest reported.
static void power_off(struct turn *t)
{
    const struct vmm *vmm = t->vmm;
    u32 why = vmm->failures ? POWER_FAILED : POWER_OFF, code = 0;
    if (vmm->vms == 1) {
        code = t->vm->power_code;
        if (t->vm->life <= LIFE_FAILED)
            why = t->vm->power;
    }
    hw_off(t->hw, why, code);
}

void life_end(struct turn *t)
{
    turn_tell(t, EVENT_KILL, 0, t->vm->life);
    schedule_remove(t, t->vm_at);
    t->technique->free(t, t->vm);
    t->vmm->failures += t->vm->life != LIFE_OFF;
    t->vmm->alive--;
    if (!t->vmm->alive && t->vmm->off_when_idle)
        power_off(t);
}
