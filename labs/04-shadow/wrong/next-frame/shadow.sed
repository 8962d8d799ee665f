s/mpa target = gmem_mpa(t->vm, walk->address/mpa target = PAGE_SIZE + gmem_mpa(t->vm, walk->address/
