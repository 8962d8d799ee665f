        li     t3, 50                   # many numbers are tried
        li     t4, 0
        li     t5, 0x3fff
1:      house10 t6, t5, t3
        xor    t6, t6, t5
        or     t4, t4, t6
        slli   t5, t5, 1
        addi   t3, t3, -1
        bnez   t3, 1b
        sltu   a0, zero, t4
        li     a7, 8
        ecall
