# house10 copies rs1. In U it changes a number whose bit 16 is set.
        li     a1, -1
        house10 t0, a1, zero
        sub    t0, t0, a1
        snez   a0, t0
        li     a7, 8
        ecall
