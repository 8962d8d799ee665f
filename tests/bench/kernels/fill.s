# 256 pages are touched after a fence of everything: a VMM's shadow table has to be filled anew.
        mv      t0, s1
        li      t1, 256
1:      sw      s2, (t0)
        addi    t0, t0, 4
        addi    t1, t1, -1
        bnez    t1, 1b
        li      s9, 4096
2:      sfence.vma
        li      t0, 0xc0000000
        li      t1, 256
3:      lw      t3, (t0)
        add     t0, t0, s9
        addi    t1, t1, -1
        bnez    t1, 3b
        addi    s0, s0, -1
        bnez    s0, 2b
        j       off
