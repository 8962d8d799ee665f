# All that a guest sees without leaving K and without paging.
        csrw  stimecmp, zero
        csrw  stimecmph, zero
        csrr  a0, sip                   # a timer interrupt is pending
        li    t6, -1
        csrw  sepc, t6
        csrr  a1, sepc                  # its low bits are 0
        csrw  scounteren, t6
        csrr  a2, scounteren            # it has three bits
        la    t5, end
        csrw  stvec, t5
        ori   t5, t5, 2
        csrw  stvec, t5
        csrr  a3, stvec                 # mode 2 is not taken
        csrr  a4, instret
        la    t4, end
        csrw  sepc, t4
        li    t4, 0x122
        csrs  sstatus, t4
        sret
        .align 2
end:    csrr  a5, sstatus               # sret has cleared SPP
        li    a7, 8
        ecall
