# house1 writes sscratch in K. In U the write is lost.
        csrw   sscratch, zero
        li     a1, 1
        house1 zero, a1, zero
        csrr   t0, sscratch
        seqz   a0, t0
        li     a7, 8
        ecall
