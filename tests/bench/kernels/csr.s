# A CSR is read and written.
1:      csrrw   t0, sscratch, t1
        addi    s0, s0, -1
        bnez    s0, 1b
        j       off
