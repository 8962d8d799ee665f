# Every hart runs one long block: a checksum of 32 words, without a loop.
        j       harts
compute:
        la      a1, data
        li      a0, 1
1:
        lw      a2, 0(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 1
        lw      a2, 4(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 2
        lw      a2, 8(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 3
        lw      a2, 12(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 4
        lw      a2, 16(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 5
        lw      a2, 20(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 6
        lw      a2, 24(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 7
        lw      a2, 28(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 8
        lw      a2, 32(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 9
        lw      a2, 36(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 10
        lw      a2, 40(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 11
        lw      a2, 44(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 12
        lw      a2, 48(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 13
        lw      a2, 52(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 14
        lw      a2, 56(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 15
        lw      a2, 60(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 16
        lw      a2, 64(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 17
        lw      a2, 68(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 18
        lw      a2, 72(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 19
        lw      a2, 76(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 20
        lw      a2, 80(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 21
        lw      a2, 84(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 22
        lw      a2, 88(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 23
        lw      a2, 92(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 24
        lw      a2, 96(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 25
        lw      a2, 100(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 26
        lw      a2, 104(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 27
        lw      a2, 108(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 28
        lw      a2, 112(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 29
        lw      a2, 116(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 30
        lw      a2, 120(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 31
        lw      a2, 124(a1)
        slli    a3, a0, 5
        srli    a4, a0, 27
        or      a0, a3, a4
        xor     a0, a0, a2
        addi    a0, a0, 32
        addi    s0, s0, -1
        bnez    s0, 1b
        ret
