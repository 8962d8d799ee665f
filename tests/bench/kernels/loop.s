# Every hart computes in one loop of one block.
        j       harts
compute:
        li      a0, 1
        la      a1, data
5:      li      a2, 64
6:      slli    a3, a0, 13
        xor     a0, a0, a3
        srli    a3, a0, 17
        xor     a0, a0, a3
        andi    a3, a0, 0x7fc
        add     a3, a3, a1
        lw      a4, (a3)
        add     a0, a0, a4
        addi    a2, a2, -1
        bnez    a2, 6b
        addi    s0, s0, -1
        bnez    s0, 5b
        ret
