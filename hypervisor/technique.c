// The table of techniques. `trap` is trap-and-emulate: the guest's kernel runs in real U under
// shadow page tables. `assist` is the guest mode of the hypervisor extension, with nested page
// tables: the hart walks two stages. `assist-shadow` is guest mode with shadow page tables.
// Read next: hypervisor/shadow.c.
#include "hypervisor/technique.h"
#include "hypervisor/assist.h"
#include "hypervisor/merged.h"
#include "hypervisor/shadow.h"
#include "hypervisor/shadow_inner.h"
#include "hypervisor/virtual_h.h"

static const struct technique techniques[TECHNIQUES] = {
    [TECHNIQUE_TRAP] = {.use = shadow_use,
                        .fence = shadow_fence,
                        .switched = shadow_switch,
                        .free = shadow_free},
    [TECHNIQUE_ASSIST] = {.use = assist_use,
                          .fence = assist_fence,
                          .switched = assist_switch,
                          .free = assist_free,
                          .guest_mode = true},
    [TECHNIQUE_ASSIST_SHADOW] = {.use = assist_use_shadow,
                                 .fence = shadow_fence,
                                 .switched = shadow_switch,
                                 .free = shadow_free,
                                 .guest_mode = true},
};

// The same for a VM whose harts have the extension themselves (hypervisor/virtual_h.h).
static const struct technique techniques_with_h[TECHNIQUES] = {
    [TECHNIQUE_TRAP] = {.use = shadow_inner_use,
                        .fence = shadow_inner_fence_own,
                        .fence_inner = shadow_inner_fence,
                        .fence_second = shadow_inner_forget,
                        .switched = shadow_switch,
                        .free = shadow_free},
    [TECHNIQUE_ASSIST] = {.use = virtual_h_use,
                          .fence = assist_fence,
                          .fence_inner = merged_fence,
                          .fence_second = merged_forget,
                          .switched = assist_switch,
                          .free = merged_free,
                          .guest_mode = true},
};

const struct technique *technique_of(const struct vm *vm)
{
    return vm->has_h ? &techniques_with_h[vm->technique] : &techniques[vm->technique];
}
