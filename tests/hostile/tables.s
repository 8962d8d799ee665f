# Page tables that point at themselves, at each other, at nothing, at other people's memory; changed all the time,
# fenced now and then, and touched, written and executed at random addresses from both modes. Whatever happens, the
# handler goes on with the next round.
        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        la      s0, root
        la      s1, leaf
        li      s11, 0x12345679
        srli    t0, s0, 12
        li      t1, 0x80000000
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma

next:   la      t1, progress
        lw      t0, 0(t1)
        addi    t0, t0, 1
        sw      t0, 0(t1)
        call    random                          # what is written into a table: by two bits
        mv      s2, a0
        call    random
        andi    t0, a0, 3
        bnez    t0, 1f
        srli    s2, s0, 2                       # the root itself, as a table
        ori     s2, s2, 1
        j       put
1:      li      t1, 1
        bne     t0, t1, 1f
        srli    s2, s1, 2                       # the leaf table
        ori     s2, s2, 1
        j       put
1:      li      t1, 2
        bne     t0, t1, put                     # else the random word as it is
        li      t1, 0x3ff                       # a page of 32 MiB, 8 of which are its own, with random flags
        and     t2, s2, t1
        li      t1, 0x007ffc00
        and     s2, s2, t1
        li      t1, 0x20000000
        or      s2, s2, t1
        or      s2, s2, t2
        ori     s2, s2, 0xc1
put:    call    random
        srli    t0, a0, 20                      # an index and which table
        andi    t1, t0, 0x3ff
        li      t2, 0x201                       # not the kernel's own slot
        beq     t1, t2, next
        slli    t1, t1, 2
        srli    t0, t0, 11
        beqz    t0, 1f
        add     t1, t1, s1
        j       2f
1:      add     t1, t1, s0
2:      sw      s2, 0(t1)
        call    random
        mv      s3, a0
        andi    t0, a0, 12
        bnez    t0, 1f
        sfence.vma
1:      sfence.vma s3, x0
        call    random                          # the view: SUM and MXR at random
        li      t1, 0xc0000
        csrc    sstatus, t1
        and     t0, a0, t1
        csrs    sstatus, t0
        andi    s3, s3, -4
        andi    t0, a0, 1
        bnez    t0, inside
touch:  lw      t0, 0(s3)
        sw      t0, 0(s3)
        amoor.w t0, x0, (s3)
        lr.w    t0, (s3)
        sc.w    t0, t0, (s3)
        jr      s3
inside: csrw    sepc, s3                        # from mode U: it runs there, or faults
        li      t0, 0x100
        csrc    sstatus, t0
        csrr    t0, time
        li      t1, 3000
        add     t0, t0, t1
        csrw    stimecmp, t0                    # and not for ever
        csrw    stimecmph, x0
        li      t0, 0x20
        csrw    sie, t0
        sret

random: slli    t0, s11, 13
        xor     s11, s11, t0
        srli    t0, s11, 17
        xor     s11, s11, t0
        slli    t0, s11, 5
        xor     s11, s11, t0
        mv      a0, s11
        ret

        .align  2
trap:   la      s0, root                        # code that was run by chance may have changed any register
        la      s1, leaf
        ori     s11, s11, 1
        csrw    sie, x0
        la      t6, next
        csrw    sepc, t6
        li      t6, 0x100
        csrs    sstatus, t6
        sret

        .data
progress: .word 0
bad:    .word   0
        .align  12
root:   .space  4 * 0x201
        .word   0x201000cf
        .space  4 * 0x1fe
leaf:   .space  4096
