# A small VMM that keeps its guest's timer interrupt for itself (hideleg = 0). While it is not on the hart, that
# interrupt becomes due.
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        li      t0, 0x40            # hie: the guest's timer
        csrw    hie, t0
        li      t0, -1              # henvcfgh: the guest has a timer of its own
        csrw    henvcfgh, t0
        csrr    t0, time
        li      t1, 3000
        add     t0, t0, t1
        csrw    vstimecmp, t0
        csrw    vstimecmph, x0
        li      t0, 0x180           # hstatus: SPV, SPVP
        csrw    hstatus, t0
        li      t0, 0x100           # sstatus: SPP
        csrw    sstatus, t0
        la      t0, inner
        csrw    sepc, t0
        sret
inner:  addi    s1, s1, 1
        j       inner
        .align  2
trap:   addi    s0, s0, 1
        li      t1, 60
        beq     s0, t1, off
        csrr    t2, time
        li      t3, 3000
        add     t2, t2, t3
        csrw    vstimecmp, t2
        sret
off:    li      a7, 8
        ecall
