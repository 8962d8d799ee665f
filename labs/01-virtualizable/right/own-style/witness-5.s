        la     sp, stack
        li     s10, 7
        li     s11, 9
        sw     s10, 0(sp)
        house5 s9, s10, s11
        lw     s8, 0(sp)
        bne    s9, s8, virtual
        mv     a0, zero
        j      out
virtual:
        li     a0, 1
out:    li     a7, 8
        ecall
        .data
stack:  .word  0
