// Shadows of two stages. Picture and contracts: hypervisor/shadow_inner.h.
// Read next: hypervisor/hw.h.
#include "hypervisor/shadow_inner.h"
#include "hypervisor/apart.h"
#include "hypervisor/shadow_room.h"

// ---- second stages

#define SECOND_INNER 1u
#define SECOND_MXR 2u

static u32 second_of(const struct vcpu *v)
{
    if (!v->state.virt)
        return 0;
    u32 mxr = v->h.other.sstatus & SSTATUS_MXR ? SECOND_MXR : 0;
    return v->h.hgatp | mxr | SECOND_INNER;
}

bool shadow_inner_use(struct turn *t)
{
    u32 second = second_of(t->v);
    u32 now = t->shadows ? t->shadows->second : 0;
    if (now != second && !shadow_choose_set(t, second))
        return false;
    // The hart may have used a shadow of another set before, and its satp may have the same
    // value.
    struct shadow_choice *last = &t->slot->shadow;
    if ((last->at & ~(PAGE_SIZE - 1)) != t->vm->shadows_at)
        *last = (struct shadow_choice){0};
    return shadow_use(t);
}

// ---- fences

// Does a fence in one set after the other. `wanted` tells which sets the fence concerns.
static void fence_sets(struct turn *t, bool (*wanted)(const struct turn *t, u32 second),
                       const gva *address, const u32 *asid)
{
    struct shadows *in_force = t->shadows, *set;
    for (mpa at = t->vm->shadows_at; at; at = set->next) {
        set = hw_page(t->hw, at);
        t->shadows = set;
        if (wanted(t, set->second))
            shadow_fence(t, address, asid);
    }
    t->shadows = in_force;
}

static bool is_own(const struct turn *t, u32 second)
{
    (void)t;
    return !second;
}

static bool is_of_vmid(u32 second, u32 vmid)
{
    return second && HGATP_VMID(second) == vmid;
}

static bool has_present_vmid(const struct turn *t, u32 second)
{
    return is_of_vmid(second, HGATP_VMID(t->v->h.hgatp));
}

void shadow_inner_fence_own(struct turn *t, const gva *address, const u32 *asid)
{
    fence_sets(t, is_own, address, asid);
}

void shadow_inner_fence(struct turn *t, const gva *address, const u32 *asid)
{
    fence_sets(t, has_present_vmid, address, asid);
}

// Any entry of a shadow may come from an entry of the second stage that has changed.
void shadow_inner_forget(struct turn *t, const u32 *vmid)
{
    struct shadows *set;
    for (mpa at = t->vm->shadows_at; at; at = set->next) {
        set = hw_page(t->hw, at);
        if (vmid ? is_of_vmid(set->second, *vmid) : set->second != 0)
            shadow_drop_set(t, set);
    }
}

// ---- page faults

APART struct inner_walk shadow_inner_translate(struct turn *t, gva address, enum access access)
{
    const struct hart_state *s = &t->v->state;
    struct sv32_memory memory = gmem_words(t);
    struct h_access who = h_access_of(s, &t->v->h, access);
    struct h_walk walk = h_translate(&memory, &who, address, t->vmm->adue);
    // A guest page fault tells the guest's VMM where the second stage failed.
    t->fault.gpa = walk.gpa;
    t->fault.htinst = walk.htinst;
    // If the first stage is off, an address means itself, as inside a superpage.
    bool large = walk.large || !(s->satp & SATP_MODE);
    return (struct inner_walk){.walk = {.cause = walk.cause,
                                        .address = walk.address,
                                        .level = large ? 1 : 0,
                                        .rights = walk.rights},
                               .whole = walk.large_second};
}
