s/credit -= (i32)ticks;/credit -= (i32)t->vmm->quantum;/
