# sepc is written, and sret goes there.
        la      t0, 1f
        li      t1, 0x100               # SPP: to K
1:      csrs    sstatus, t1
        csrw    sepc, t0
        addi    s0, s0, -1
        beqz    s0, off
        sret
