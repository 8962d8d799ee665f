# isa/arch/csr.c sip does not show a timer interrupt that is pending
s/^        \*value = hart_pending(h, now);/        *value = h->sip;/
