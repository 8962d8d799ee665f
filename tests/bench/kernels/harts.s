# HARTS harts compute, each TIMES rounds; hart 0 starts the others by the firmware (HSM) and in the end waits for them.
        li      s7, 1
1:      li      t0, HARTS
        bgeu    s7, t0, 2f
        li      a7, 0x48534d
        li      a6, 0
        mv      a0, s7
        la      a1, other
        li      a2, 0
        ecall
        addi    s7, s7, 1
        j       1b
2:      call    compute
        la      t0, done
        li      t1, HARTS - 1
3:      lw      t2, (t0)
        bne     t2, t1, 3b
        j       off
other:  li      s0, TIMES
        call    compute
        la      t0, done
        li      t1, 1
        amoadd.w zero, t1, (t0)
4:      wfi
        j       4b
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
        .data
done:   .word   0
        .text
