s/return !around \&\& gmem_has(t->vm, super, MEGAPAGE_SIZE) \&\&/return !around \&\&/
