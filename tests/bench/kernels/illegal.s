# An instruction that U may not execute, emulated: read through the program's own mapping (SUM), decoded, its result put
# into the saved registers. It is `csrr rd, sstatus`; that it reads as 0 is this kernel's idea of it.
        la      sp, stack
        csrw    sscratch, sp
        la      t0, handler
        la      t1, user
        j       to_user
handle: li      t0, 2
        bne     a2, t0, off
        li      t0, 0x40000             # SUM
        csrs    sstatus, t0
        lw      t1, (a1)
        csrc    sstatus, t0
        andi    t2, t1, 0x7f            # SYSTEM?
        li      t3, 0x73
        bne     t2, t3, off
        srli    t2, t1, 12              # csrrs?
        andi    t2, t2, 7
        li      t3, 2
        bne     t2, t3, off
        srli    t2, t1, 20              # of sstatus?
        li      t3, 0x100
        bne     t2, t3, off
        srli    t2, t1, 15              # that writes nothing?
        andi    t2, t2, 31
        bnez    t2, off
        srli    t2, t1, 7
        andi    t2, t2, 31
        beqz    t2, 1f
        slli    t2, t2, 2
        add     t2, t2, a0
        sw      zero, (t2)
1:      addi    a1, a1, 4
        sw      a1, 128(a0)
        ret
user:   csrr    a0, sstatus
        addi    s0, s0, -1
        bnez    s0, user
        ebreak
