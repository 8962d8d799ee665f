# The firmware is asked for the version of its interface (SBI base, function 0).
1:      li      a7, 0x10
        li      a6, 0
        ecall
        addi    s0, s0, -1
        bnez    s0, 1b
        j       off
