# isa/arch/csr.c stvec takes a mode that is reserved
/case CSR_stvec:/,/return true/s/if (!(value & 2))/if (true)/
