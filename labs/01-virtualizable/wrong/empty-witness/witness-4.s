# house4 shows sscratch: the real one, which a guest's csrw does not change.
        csrw   sscratch, zero
        house4 t0, zero, zero
        li     t2, 0xff
        csrw   sscratch, t2
        house4 t1, zero, zero
        sub    t0, t0, t1
        seqz   a0, t0
        li     a7, 8
        ecall
