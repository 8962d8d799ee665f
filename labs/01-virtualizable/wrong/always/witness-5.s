        li     a0, 1
        li     a7, 8
        ecall
