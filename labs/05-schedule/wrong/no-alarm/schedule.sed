s/    return t->vmm->waiting ? .*/    (void)t;\n    return FOREVER;/
