// The techniques by their numbers. `trap` is trap-and-emulate: the guest's kernel runs in real U
// under shadow page tables. `assist` is the guest mode of the hypervisor extension.
// Read next: hypervisor/shadow.c.
#include "hypervisor/technique.h"
#include "hypervisor/assist.h"
#include "hypervisor/shadow.h"

static const struct technique techniques[TECHNIQUES] = {
    [TECHNIQUE_TRAP] = {shadow_use, shadow_fence, shadow_switch, shadow_free, false},
    [TECHNIQUE_ASSIST] = {assist_use, assist_fence, assist_switch, assist_free, true},
};

const struct technique *technique_of(const struct vm *vm)
{
    return &techniques[vm->technique];
}
