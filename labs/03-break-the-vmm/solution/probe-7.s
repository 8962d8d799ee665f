# Does stvec refuse a mode that is reserved?
        li   t0, 0x80400002
        csrw stvec, t0
        csrr s0, stvec
        li   a7, 8
        ecall
