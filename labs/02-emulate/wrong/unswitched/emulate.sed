# The VMM does not hear of a write of satp.
s/^        t->technique->switched(t);/        (void)t;/
