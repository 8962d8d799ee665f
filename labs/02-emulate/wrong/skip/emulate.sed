# A trap is delivered with sepc behind the instruction.
s/h->sepc = h->pc;/h->sepc = h->pc + 4;/
