// The rules by which a scheduler chooses: a table, so that another rule is another row.
#ifndef HYPERVISOR_RULES_H
#define HYPERVISOR_RULES_H

#include "hypervisor/turn.h"

struct schedule_rule {
    // Takes the next gang for this hart out of the ready queue. Returns 0 if there is none.
    mpa (*take)(struct turn *t);
    // Returns how many ticks the gang may run if other gangs want the hart too.
    u32 (*slice)(const struct vmm *vmm, const struct gang *g);
    // Charges the gang for ticks that other gangs could have had.
    void (*charge)(struct gang *g, u32 ticks);
};

// The rule of this VMM, by vmm->scheduler (enum scheduler of hypervisor/config.h).
const struct schedule_rule *rule_of(const struct vmm *vmm);

#endif
