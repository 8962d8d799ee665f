# As pte-change, with the fence that forgets everything.
        li      s7, 0xc0000000
        li      t2, 0x400
1:      xor     s2, s2, t2
        sw      s2, (s1)
        sfence.vma
        lw      t3, (s7)
        addi    s0, s0, -1
        bnez    s0, 1b
        j       off
