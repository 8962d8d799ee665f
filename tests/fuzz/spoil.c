// The faults. Each is a small function on the VMM's record of its guest's VCPU, or on what the VMM
// has built for it. Read tests/fuzz/spoil.h first.
#include "tests/fuzz/spoil.h"

#include "hypervisor/native/window.h"
#include "isa/board/board.h"

#include <string.h>

// What a fault may touch: VCPU 0 as the VMM has it, its VM, and the machine.
struct victim {
    struct machine *m;
    struct vm *vm;
    struct hart_state *s;
};

// ---- the virtual hart

static void spoil_sscratch(struct victim *v)
{
    v->s->sscratch ^= 0x10;
}

static void spoil_sepc(struct victim *v)
{
    v->s->sepc += 4;
}

static void spoil_stval(struct victim *v)
{
    v->s->stval ^= 0x1000;
}

static void spoil_scause(struct victim *v)
{
    v->s->scause ^= 1;
}

// sret must clear SPP; this VMM keeps it.
static void spoil_spp(struct victim *v)
{
    v->s->sstatus |= SSTATUS_SPP;
}

static void spoil_spie(struct victim *v)
{
    v->s->sstatus ^= SSTATUS_SPIE;
}

static void spoil_sum(struct victim *v)
{
    v->s->sstatus ^= SSTATUS_SUM;
}

static void spoil_sie(struct victim *v)
{
    v->s->sie ^= IP_STIP;
}

static void spoil_scounteren(struct victim *v)
{
    v->s->scounteren ^= 1;
}

static void spoil_timer(struct victim *v)
{
    v->s->stimecmp++;
}

static void spoil_count(struct victim *v)
{
    v->s->retired++;
}

static void spoil_register(struct victim *v)
{
    v->s->x[9] ^= 1;
}

static void spoil_pc(struct victim *v)
{
    v->s->pc += 4;
}

// ---- memory and devices

static void spoil_ram(struct victim *v)
{
    struct window machine = window_of_machine(v->m), guest;
    mpa at;
    if (window_inside(&machine, v->vm, &guest) && window_at(v->m, &guest, BOARD_RAM, &at))
        machine_page(v->m, at)[0x123] ^= 1;
}

static void spoil_console(struct victim *v)
{
    machine_output(v->m, 1, '!');
}

// ---- shadow tables

static bool is_leaf(u32 entry)
{
    return (entry & PTE_V) && (entry & (PTE_R | PTE_W | PTE_X));
}

// The root of the table that the VMM has made for its guest: a shadow, or the second stage.
static u32 root_of(struct victim *v)
{
    const struct hart_state *real = machine_hart(v->m, 0);
    const struct h_state *h = machine_hart_extension(v->m, 0);
    return real->virt && (h->hgatp & SATP_MODE) ? h->hgatp : real->satp;
}

// Changes its first small leaf for which `change` has something to change.
static void spoil_leaf(struct victim *v, u32 (*change)(u32 entry))
{
    u32 root = root_of(v);
    if (!(root & SATP_MODE))
        return;
    const u32 *top = (const u32 *)machine_page(v->m, SATP_PPN(root) << PAGE_SHIFT);
    for (u32 i = 0; i < PAGE_SIZE / 4; i++) {
        if (!(top[i] & PTE_V) || is_leaf(top[i]))
            continue;
        u32 *table = (u32 *)machine_page(v->m, PTE_PPN(top[i]) << PAGE_SHIFT);
        for (u32 j = 0; j < PAGE_SIZE / 4; j++)
            if (is_leaf(table[j]) && change(table[j]) != table[j]) {
                table[j] = change(table[j]);
                return;
            }
    }
}

static u32 writable(u32 entry)
{
    return entry | PTE_W | PTE_D;
}

static u32 next_frame(u32 entry)
{
    return entry + (1u << 10);
}

static u32 gone(u32 entry)
{
    (void)entry;
    return 0;
}

static void spoil_right(struct victim *v)
{
    spoil_leaf(v, writable);
}

static void spoil_frame(struct victim *v)
{
    spoil_leaf(v, next_frame);
}

static void spoil_flush(struct victim *v)
{
    spoil_leaf(v, gone);
}

static void (*const spoils[])(struct victim *v) = {
    [FAULT_SSCRATCH] = spoil_sscratch, [FAULT_SEPC] = spoil_sepc,
    [FAULT_STVAL] = spoil_stval,       [FAULT_SCAUSE] = spoil_scause,
    [FAULT_SPP] = spoil_spp,           [FAULT_SPIE] = spoil_spie,
    [FAULT_SUM] = spoil_sum,           [FAULT_SIE] = spoil_sie,
    [FAULT_TIMER] = spoil_timer,       [FAULT_COUNT] = spoil_count,
    [FAULT_REGISTER] = spoil_register, [FAULT_PC] = spoil_pc,
    [FAULT_RAM] = spoil_ram,           [FAULT_CONSOLE] = spoil_console,
    [FAULT_RIGHT] = spoil_right,       [FAULT_FRAME] = spoil_frame,
    [FAULT_UNFLUSHED] = spoil_flush,   [FAULT_SCOUNTEREN] = spoil_scounteren,
};

void spoil(const struct run *r)
{
    const struct vmm *vmm = (const struct vmm *)machine_page(
        r->machine, machine_descriptor(r->machine, &(struct vm_path){{0}}));
    struct victim v = {.m = r->machine, .vm = (struct vm *)machine_page(r->machine, vmm->first_vm)};
    v.s = &((struct vcpu *)machine_page(r->machine, v.vm->vcpus_at))->state;
    spoils[r->configuration->fault](&v);
}
