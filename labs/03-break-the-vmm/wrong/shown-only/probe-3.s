# May U read a counter that scounteren hides?
        la   t0, trap
        csrw stvec, t0
        csrw scounteren, x0
        la   t0, user
        csrw sepc, t0
        li   t0, 0x100
        csrc sstatus, t0
        sret
user:   rdinstret t1
        li   s1, 1              # not reached
        ecall
trap:   csrr s0, scause
        csrr s2, sepc
        li   a7, 8
        ecall
