# Does sret clear SPP?
        la   t0, next
        csrw sepc, t0
        li   t0, 0x100
        csrs sstatus, t0
        sret
next:   csrr s0, sstatus
        li   a7, 8
        ecall
