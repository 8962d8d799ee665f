# isa/arch/csr.c instret is one too high
s/^        \*value = (u32)h->retired;/        *value = (u32)h->retired + 1;/
