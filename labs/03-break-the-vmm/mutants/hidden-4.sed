# isa/arch/csr.c scounteren has one bit only
s/PLAIN(scounteren, SCOUNTEREN_MASK)/PLAIN(scounteren, 1u)/
