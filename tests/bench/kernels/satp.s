# Another address space, a fence, eight pages touched.
        li      s7, 0xc0000000
        mv      t0, s1
        li      t1, 8
1:      sw      s2, (t0)
        addi    s2, s2, 0x400
        addi    t0, t0, 4
        addi    t1, t1, -1
        bnez    t1, 1b
        xor     s6, s5, s6
        mv      t5, s5
        li      s9, 0x1000
2:      xor     t5, t5, s6
        csrw    satp, t5
        sfence.vma
        mv      t0, s7
        li      t1, 8
3:      lw      t3, (t0)
        add     t0, t0, s9
        addi    t1, t1, -1
        bnez    t1, 3b
        addi    s0, s0, -1
        bnez    s0, 2b
        j       off
