# The UART's line status is read.
        li      s7, 0x10000000
1:      lbu     t0, 5(s7)
        addi    s0, s0, -1
        bnez    s0, 1b
        j       off
