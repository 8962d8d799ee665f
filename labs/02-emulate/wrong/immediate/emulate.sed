# The immediate forms take rs1 for a register.
s/u32 operand = .*/u32 operand = h->x[rs1], old;/
