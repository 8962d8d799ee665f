// The rules by which a scheduler chooses: a table, so that another rule is another row.
#ifndef HYPERVISOR_RULES_H
#define HYPERVISOR_RULES_H

#include "hypervisor/turn.h"

struct schedule_rule {
    // Takes the next gang for this hart out of the ready queue; 0: there is none.
    mpa (*take)(struct turn *t);
    // How many ticks the gang may run where others want the hart too.
    u32 (*slice)(const struct vmm *vmm, const struct gang *g);
    // A gang used so many ticks that others could have had.
    void (*charge)(struct gang *g, u32 ticks);
};

// The rule of this VMM, by vmm->scheduler (enum scheduler of hypervisor/config.h).
const struct schedule_rule *rule_of(const struct vmm *vmm);

#endif
