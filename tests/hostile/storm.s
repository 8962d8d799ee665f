# Traps of every kind, one after another, for ever; half of them from mode U, some inside the trap handler, and a timer
# that is always due.
        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        la      s0, progress
again:  lw      t0, 0(s0)
        addi    t0, t0, 1
        sw      t0, 0(s0)
        ebreak
        .word   0xffffffff
        .word   0
        lw      t0, 1(s0)
        sh      t0, 1(s0)
        li      t1, 0x20000000
        lw      t0, 0(t1)
        sw      t0, 0(t1)
        amoadd.w t0, t0, (t1)
        csrr    t0, 0x7c0
        csrw    time, t0
        li      a7, 0x1234
        ecall
        la      t0, user
        csrw    sepc, t0
        li      t0, 0x100
        csrc    sstatus, t0
        sret
home:   csrw    stimecmp, x0                    # due at once, and again after each handler
        csrw    stimecmph, x0
        li      t0, 0x20
        li      s1, 20
        csrw    sie, t0
        csrsi   sstatus, 2
1:      bgtz    s1, 1b
        csrci   sstatus, 2
        csrw    sie, x0
        csrsi   sip, 2                          # a call to itself
        li      t0, 2
        csrw    sie, t0
        wfi
        csrsi   sstatus, 2
        csrci   sstatus, 2
        csrw    sie, x0
        j       again

        .align  2
trap:   csrr    t5, scause
        bltz    t5, interrupt
        csrr    t6, sepc
        addi    t6, t6, 4
        csrw    sepc, t6
        li      t6, 8
        bne     t5, t6, 1f
        li      t6, 99
        bne     a7, t6, 1f
        la      t6, home
        csrw    sepc, t6
        li      t6, 0x100
        csrs    sstatus, t6
1:      sret
interrupt:
        csrci   sip, 2
        addi    s1, s1, -1
        bgtz    s1, 1f
        csrw    sie, x0                         # else not one instruction would come between two of them, ever
1:      sret

user:   csrr    t0, sstatus
        sret
        wfi
        sfence.vma
        csrw    satp, t0
        csrr    t0, time
        ebreak
        .word   0xffffffff
        li      a7, 1
        ecall
        li      a7, 99
        ecall
        .data
progress: .word 0
bad:    .word   0
