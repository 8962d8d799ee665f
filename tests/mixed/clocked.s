# Every hart of this kernel counts, and its own timer interrupts it 40 times. The last of the harts to be done switches
# the power off.
        .globl  _start
_start: la      s2, left
        bnez    a0, work            # hart 0 starts the others
        li      s3, 1
next:   mv      a0, s3
        la      a1, _start
        li      a2, 0
        li      a6, 0
        li      a7, 0x48534d        # HSM, hart_start
        ecall
        bnez    a0, work            # there are no more harts
        li      t0, 1
        amoadd.w x0, t0, (s2)
        addi    s3, s3, 1
        j       next
work:   la      t0, trap
        csrw    stvec, t0
        csrr    t0, time
        addi    t0, t0, 2000
        csrw    stimecmp, t0
        csrw    stimecmph, x0
        li      t0, 0x20
        csrw    sie, t0
        csrsi   sstatus, 2
count:  addi    s1, s1, 1
        j       count
        .align  2
trap:   addi    s0, s0, 1
        li      t1, 40
        beq     s0, t1, done
        csrr    t0, time
        addi    t0, t0, 2000
        csrw    stimecmp, t0
        sret
done:   li      t0, -1
        amoadd.w t1, t0, (s2)
        li      t0, 1
        beq     t1, t0, off
        li      a6, 1
        li      a7, 0x48534d        # HSM, hart_stop
        ecall
off:    li      a7, 8
        ecall
        .align  2
left:   .word   1
