# Does a store to a page whose D bit is clear trap?
        la   t0, trap
        csrw stvec, t0
        li   t0, 0x201000cf         # 0x80400000, for the code
        li   t1, 0x80500804
        sw   t0, 0(t1)
        li   s0, 0x80500000
        li   t0, 0x80080500
        li   t1, 0x20140401         # a table for 0x40000000
        sw   t1, 1024(s0)
        li   t1, 0x20144047         # its first page: V, R, W, A, and no D
        li   t2, 0x80501000
        sw   t1, 0(t2)
        csrw satp, t0
        sfence.vma
        li   t1, 0x40000000
        lw   s1, 0(t1)
        sw   t1, 0(t1)
        li   s2, 1                  # not reached
trap:   csrr s3, scause
        li   a7, 8
        ecall
