# May K read a user's page only while SUM is set?
        la   t0, trap
        csrw stvec, t0
        li   t0, 0x201000cf         # 0x80400000, for the code
        li   t1, 0x80500804
        sw   t0, 0(t1)
        li   s0, 0x80500000
        li   t0, 0x80080500
        li   t1, 0x201000d3         # 0x40000000 is a user's: V, R, U, A, D
        sw   t1, 1024(s0)
        csrw satp, t0
        sfence.vma
        li   t1, 0x40000
        li   t2, 0x40000000
        csrs sstatus, t1
        lw   s1, 0(t2)
        csrc sstatus, t1
        lw   s2, 4(t2)
        li   s3, 1                  # not reached
trap:   csrr s4, scause
        li   a7, 8
        ecall
