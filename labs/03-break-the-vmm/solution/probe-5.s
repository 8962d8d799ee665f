# May U execute sret?
        la   t0, trap
        csrw stvec, t0
        la   t0, user
        csrw sepc, t0
        li   t0, 0x100
        csrc sstatus, t0
        sret
user:   sret
        ecall
trap:   csrr s0, scause
        li   a7, 8
        ecall
