# Does a fence make a change of a page table count?
        li   t0, 0x201000cf         # 0x80400000, for the code
        li   t1, 0x80500804
        sw   t0, 0(t1)
        li   s0, 0x80500000
        li   t0, 0x80080500
        li   t1, 0x201000c3         # 0x40000000 means 0x80400000
        sw   t1, 1024(s0)
        csrw satp, t0
        sfence.vma
        li   t2, 0x40000000
        lw   s1, 0(t2)
        li   t1, 0x200000c3         # and now 0x80000000
        li   t3, 0x80500400
        la   t4, over
        csrw stvec, t4
        csrw satp, x0
        sw   t1, 0(t3)
        csrw satp, t0
        sfence.vma
        lw   s2, 0(t2)
over:   nop
        li   a7, 8
        ecall
