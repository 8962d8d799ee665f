# Looks for the VMM at every page of the address space: 2^20 of them, each by load, store and fetch.
#
#       pass 0  mapped, each 4 MiB by one superpage: the guest's own frame must be there, and a store land in it
#       pass 1  unmapped: each access must fault, with that address
#       pass 2  mapped, by a table of small pages
#       pass 3  paging off: each access must fault, where the board has nothing
#
# The frames are the first 4 MiB of RAM, the kernel stands behind them. When those 8 MiB are looked at it sees frames
# and itself 1 GiB higher. `progress` counts 4 MiB regions, `bad` whatever was not as on a bare machine.
        .equ    WINDOW, 0x80000000              # the frames' own address
        .equ    HIGHER, 0x40000000
        .equ    PAGING_OFF, 3
        .equ    LEAF, 0xcf                      # D A X W R V

# s0 root and s3 window, where the kernel sees them now; s1 root entry of the table of small pages, s2 of a superpage;
# s4 page, s5 its number in its 4 MiB, s6 where a trap leads, s7 root entry, s8 the frame in the window, s9 what stood
# in the root entry, s10 region, s11 pass
        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        la      s0, root
        li      s3, WINDOW
        la      t4, leaf
        srli    s1, t4, 2
        ori     s1, s1, 1
        srli    s2, s3, 2
        addi    s2, s2, LEAF
        li      t0, 0x100000                    # what is mapped always: the first 8 MiB of RAM, twice
        add     t0, t0, s2
        li      t1, 0x800
        add     t1, t1, s0
        sw      s2, 0(t1)
        sw      t0, 4(t1)
        sw      s2, 0x400(t1)
        sw      t0, 0x404(t1)
        li      s5, 1024
        li      t3, 4096
        li      t1, 0x00008067                  # ret
        mv      t2, s2                          # entry of the first frame
        mv      t0, s3
        li      t5, 0
1:      sw      t1, 0(t0)                       # a frame: ret, its number, a word to write
        sw      t5, 4(t0)
        sw      t2, 0(t4)
        add     t0, t0, t3
        addi    t2, t2, 0x400
        addi    t4, t4, 4
        addi    t5, t5, 1
        bne     t5, s5, 1b
        li      s11, 0
pass:   li      t0, PAGING_OFF
        beq     s11, t0, 1f
        srli    t1, s0, 12                      # paging on
        li      t0, 0x80000000
        or      t1, t1, t0
        csrw    satp, t1
1:      sfence.vma
        li      s10, 0
2:      srli    t0, s3, 22                      # all but what the kernel needs itself
        beq     s10, t0, 3f
        addi    t0, t0, 1
        beq     s10, t0, 3f
        call    region
3:      addi    s10, s10, 1
        li      t0, 1024
        bne     s10, t0, 2b
        li      t0, PAGING_OFF
        beq     s11, t0, 4f
        li      a0, HIGHER                      # from higher up also those 8 MiB
        call    move
        li      s10, WINDOW >> 22
        call    region
        addi    s10, s10, 1
        call    region
        li      a0, -HIGHER
        call    move
        csrw    satp, x0
4:      addi    s11, s11, 1
        andi    s11, s11, 3
        j       pass

# The kernel goes on a0 bytes higher.
move:   add     s0, s0, a0
        add     s3, s3, a0
        add     ra, ra, a0
        la      t0, 1f
        add     t0, t0, a0
        jr      t0
1:      la      t0, trap
        csrw    stvec, t0
        ret

# Looks at region s10 as the pass wants it.
region: mv      sp, ra
        la      t1, progress
        lw      t0, 0(t1)
        addi    t0, t0, 1
        sw      t0, 0(t1)
        slli    s4, s10, 22
        slli    s7, s10, 2
        add     s7, s7, s0
        lw      s9, 0(s7)                       # to be put back
        andi    t0, s11, 1
        bnez    t0, nothing
        mv      t1, s2
        beqz    s11, 1f
        mv      t1, s1
1:      sw      t1, 0(s7)
        sfence.vma
        mv      s8, s3
        li      s5, 0
        la      s6, wrong
        li      t3, 4096
        li      t4, 1024
2:      lw      t0, 4(s4)
        bne     t0, s5, wrong
        sw      s4, 8(s4)
        lw      t0, 8(s8)
        bne     t0, s4, wrong
        jalr    s4                              # `ret`
        add     s4, s4, t3
        add     s8, s8, t3
        addi    s5, s5, 1
        bne     s5, t4, 2b
        j       leave
wrong:  la      t1, bad
        lw      t0, 0(t1)
        addi    t0, t0, 1
        sw      t0, 0(t1)
leave:  sw      s9, 0(s7)
        sfence.vma
        jr      sp

# Nothing may be there: load, store and fetch fault. What the trap's CSRs say is looked at for one page in sixteen, and
# for all near the top of what a board's devices may use, where a VMM is likely to hide.
nothing:
        li      t4, 13                          # cause of the load
        li      t0, PAGING_OFF
        bne     s11, t0, 1f
        li      t4, 5
        la      t0, board                       # paging off: not where the board has something
        add     t0, t0, s10
        lbu     t0, 0(t0)
        bnez    t0, leave
1:      sw      x0, 0(s7)
        sfence.vma
        li      s5, 0
2:      la      s6, 3f
        lw      t0, 0(s4)
        j       wrong
3:      mv      t1, t4
        jal     expect
        la      s6, 4f
        sw      x0, 0(s4)
        j       wrong
4:      addi    t1, t4, 2
        jal     expect
        la      s6, 5f
        la      ra, wrong
        jr      s4
5:      addi    t1, t4, -1                      # 12, but of an access fault 1
        andi    t0, t1, 8
        bnez    t0, 6f
        li      t1, 1
6:      jal     expect
        li      t0, 4096
        add     s4, s4, t0
        addi    s5, s5, 1
        li      t0, 1024
        bne     s5, t0, 2b
        j       leave
expect: andi    t0, s5, 15
        beqz    t0, 1f
        addi    t0, s10, -0x3f
        bnez    t0, 2f
1:      csrr    t0, scause
        bne     t0, t1, wrong
        csrr    t0, stval
        bne     t0, s4, wrong
2:      ret

        .align  2
trap:   jr      s6

        .data
progress: .word 0
bad:    .word   0
board:  .byte   1                               # the 4 MiB of the test device,
        .space  0x2f
        .byte   1, 1                            # the PLIC,
        .space  0x0e
        .byte   1                               # UART and disks,
        .space  0x1bf
        .byte   1, 1                            # RAM
        .space  0x1fe
        .align  12
root:   .space  4096
leaf:   .space  4096
