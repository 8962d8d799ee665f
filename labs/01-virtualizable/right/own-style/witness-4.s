        li     s0, 0x55
        csrw   sscratch, s0
        house4 s1, s2, s2
        csrw   sscratch, zero
        house4 s3, s2, s2
        beq    s1, s3, 1f
        li     a0, 0
        j      2f
1:      addi   a0, zero, 1
2:      addi   a7, zero, 8
        ecall
