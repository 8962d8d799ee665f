// The techniques by their numbers. `trap` is trap-and-emulate: the guest's kernel runs in real U
// under shadow page tables. `assist` is the guest mode of the hypervisor extension, with nested
// page tables: the hart walks two stages. `assist-shadow` is guest mode with shadow page tables.
// Read next: hypervisor/shadow.c.
#include "hypervisor/technique.h"
#include "hypervisor/assist.h"
#include "hypervisor/merged.h"
#include "hypervisor/shadow.h"
#include "hypervisor/virtual_h.h"

static const struct technique techniques[TECHNIQUES] = {
    [TECHNIQUE_TRAP] = {shadow_use, shadow_fence, shadow_switch, shadow_free, false},
    [TECHNIQUE_ASSIST] = {assist_use, assist_fence, assist_switch, assist_free, true},
    [TECHNIQUE_ASSIST_SHADOW] = {assist_use_shadow, shadow_fence, shadow_switch, shadow_free, true},
};

// `assist` for a VM whose harts have the extension themselves.
static const struct technique assist_with_h = {virtual_h_use, assist_fence, assist_switch,
                                               merged_free, true};

const struct technique *technique_of(const struct vm *vm)
{
    if (vm->has_h)
        return &assist_with_h;
    return &techniques[vm->technique];
}
