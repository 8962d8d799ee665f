s/    return t->vmm->waiting ? .*/    return hw_now(t->hw) + 2 * t->vmm->quantum;/
