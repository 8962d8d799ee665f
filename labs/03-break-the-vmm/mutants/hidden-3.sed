# isa/arch/csr.c stvec takes a mode that is reserved
s/^        if (!(value & 2))$/        if (true)/
