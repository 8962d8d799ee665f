# isa/arch/csr.c scounteren has one bit only
s/#define SCOUNTEREN_MASK 7u/#define SCOUNTEREN_MASK 1u/
