# A fence of one address, whose page nobody uses.
        li      s7, 0xc0000000
1:      sfence.vma s7, zero
        addi    s0, s0, -1
        bnez    s0, 1b
        j       off
