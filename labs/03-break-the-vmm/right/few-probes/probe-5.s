# A program in U tries what it must not do. The handler adds up the causes.
        la    t0, handler
        csrw  stvec, t0
        csrwi scounteren, 1
        la    t0, user
        csrw  sepc, t0
        li    t0, 0x100
        csrc  sstatus, t0
        sret
handler:
        csrr  t1, scause
        slli  s1, s1, 4
        add   s1, s1, t1
        li    t2, 8
        beq   t1, t2, off
        csrr  t1, sepc
        addi  t1, t1, 4
        csrw  sepc, t1
        sret
off:    li    a7, 8
        ecall
user:   rdtime s2
        rdinstret s3
        wfi
        sfence.vma
        csrr  s4, sscratch
        ecall
