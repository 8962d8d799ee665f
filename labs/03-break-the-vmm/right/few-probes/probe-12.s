# Is a fence of one address about the whole superpage? RAM ends in the middle of this one (6 MiB).
        li   t0, 0x201000cf         # 0x80400000, for the code
        li   t1, 0x80500804
        sw   t0, 0(t1)
        li   s0, 0x80500000
        li   t1, 0x201000c3         # the same once more at 0x40000000, to be read
        sw   t1, 1024(s0)
        li   t0, 0x80402000
        sw   t1, 0(t0)
        li   t0, 0x80080500
        csrw satp, t0
        sfence.vma
        li   s1, 0x40002000
        li   s2, 0x40001000
        lw   s3, 0(s1)
        lw   s4, 0(s2)
        li   t1, 0x200000c3         # and now 0x80000000
        sw   t1, 1024(s0)
        sfence.vma s2
        lw   s5, 0(s1)
        li   a7, 8
        ecall
