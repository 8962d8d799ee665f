# An instruction is overwritten, fence.i, and called.
        la      s7, patch
        li      s8, 0x00150513
        li      t0, 0x00100000
1:      xor     s8, s8, t0
        sw      s8, (s7)
        fence.i
        jalr    s7
        addi    s0, s0, -1
        bnez    s0, 1b
        j       off
        .balign 4096
patch:  nop
        ret
        .balign 4096
