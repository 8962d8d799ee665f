# Every hart computes the number of Fibonacci of 15, by calls: 1,973 of them, in blocks of a few instructions.
        j       harts
compute:
        mv      s8, ra
1:      li      a0, 15
        call    fib
        addi    s0, s0, -1
        bnez    s0, 1b
        mv      ra, s8
        ret
fib:    li      a1, 2
        bltu    a0, a1, 2f
        addi    sp, sp, -12
        sw      ra, 8(sp)
        sw      a0, 4(sp)
        addi    a0, a0, -1
        call    fib
        sw      a0, (sp)
        lw      a0, 4(sp)
        addi    a0, a0, -2
        call    fib
        lw      a1, (sp)
        add     a0, a0, a1
        lw      ra, 8(sp)
        addi    sp, sp, 12
2:      ret
