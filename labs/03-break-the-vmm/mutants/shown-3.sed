# isa/arch/csr.c U may read counters whatever scounteren says
s/return !is_privileged(number) && (h->scounteren.*$/return !is_privileged(number);/
