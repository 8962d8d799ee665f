# What every kernel here begins with: paging, then `body`, which does something TIMES (s0) times and jumps to `off`.
#
#     0x10000000  the UART's superpage            0xc0000000  `leaves`: a table of 4 KiB pages, empty
#     0x80000000  64 MiB of RAM where it is       0x00400000  the kernel's 4 MiB again, for mode U
#
#     s1 = leaves   s2 = PTE of the first page of `data`, K R W   s5 = satp
#     s6 = another satp: the same tables copied, ASID 1
        .globl  _start
_start: mv      s11, a0                 # the hart
        la      t0, root
        li      t1, 0x200000cf          # 0x80000000, V R W X A D
        li      t2, 16
        li      t3, 2048
        add     t3, t3, t0
1:      sw      t1, (t3)
        li      t4, 0x100000
        add     t1, t1, t4
        addi    t3, t3, 4
        addi    t2, t2, -1
        bnez    t2, 1b
        li      t1, 0x201000df          # 0x80400000, V R W X U A D
        sw      t1, 4(t0)
        li      t1, 0x040000c7          # 0x10000000, V R W A D
        sw      t1, 256(t0)
        la      t1, leaves
        srli    t1, t1, 2
        ori     t1, t1, 1
        li      t2, 3072
        add     t2, t2, t0
        sw      t1, (t2)
        la      s3, root
        la      s4, root2
        li      t1, 1024
2:      lw      t2, (s3)
        sw      t2, (s4)
        addi    s3, s3, 4
        addi    s4, s4, 4
        addi    t1, t1, -1
        bnez    t1, 2b
        la      s5, root
        srli    s5, s5, 12
        li      t1, 0x80000000
        or      s5, s5, t1
        la      s6, root2
        srli    s6, s6, 12
        or      s6, s6, t1
        li      t1, 0x400000
        or      s6, s6, t1
        csrw    satp, s5
        sfence.vma
        la      s1, leaves
        la      s2, data
        srli    s2, s2, 2
        ori     s2, s2, 0xc7
        li      s0, TIMES
        j       body

off:    li      a7, 0x53525354          # SRST: well
        li      a6, 0
        li      a0, 0
        li      a1, 0
        ecall
        j       .

# Goes on at t1 in mode U, by its other address; traps come to t0.
to_user:
        csrw    stvec, t0
        mv      t0, t1
        li      t1, 0x80000000
        add     t0, t0, t1
        csrw    sepc, t0
        li      t0, 0x100
        csrc    sstatus, t0
        sret

        .bss
        .balign 4096
root:   .space  4096
root2:  .space  4096
leaves: .space  4096
data:   .space  262144                  # 64 pages
        .text
