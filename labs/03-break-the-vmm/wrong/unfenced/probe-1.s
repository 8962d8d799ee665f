# Changes an entry, and uses it without sfence.vma: hardware may use the old one or the new one.
        li   t0, 0x201000cf
        li   t1, 0x80500804
        sw   t0, 0(t1)
        li   s0, 0x80500000
        li   t1, 0x201000c3
        sw   t1, 1024(s0)
        li   t0, 0x80080500
        csrw satp, t0
        sfence.vma
        li   s1, 0x40000000
        lw   s2, 0(s1)
        li   t1, 0x200000c3
        sw   t1, 1024(s0)
        csrw satp, t0
        lw   s3, 0(s1)
        li   a7, 8
        ecall
