// The techniques by their numbers. `trap` is trap-and-emulate: the guest's kernel runs in real U
// under shadow page tables.
// Read next: hypervisor/shadow.c.
#include "hypervisor/technique.h"
#include "hypervisor/shadow.h"

static const struct technique techniques[TECHNIQUES] = {
    [TECHNIQUE_TRAP] = {shadow_use, shadow_fence, shadow_switch, shadow_free},
};

const struct technique *technique_of(const struct vm *vm)
{
    return &techniques[vm->technique];
}
