# Every hart takes a lock, adds to what the lock guards, and gives the lock back: a word for each hart. The instructions
# of the extension A are as frequent as in the kernels of real systems: one in some twenty.
        j       harts
compute:
        la      a1, locks
        slli    a2, s11, 6
        add     a1, a1, a2
1:      li      a3, 1
2:      amoswap.w.aq a4, a3, (a1)
        bnez    a4, 2b
        li      a5, 8
        lw      a6, 4(a1)
3:      slli    a7, a6, 1
        add     a6, a7, a5
        addi    a5, a5, -1
        bnez    a5, 3b
        sw      a6, 4(a1)
        amoswap.w.rl zero, zero, (a1)
        addi    s0, s0, -1
        bnez    s0, 1b
        ret
        .bss
        .balign 64
locks:  .space  512
        .text
