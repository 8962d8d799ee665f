# Looks for the VMM in its own address space. Each page in turn is mapped to a page of its own, read, written and
# executed there, then unmapped, and must fault for each of the three, with that address; with paging off the places
# where nothing is must fault as well. `bad` counts whatever was not as on a bare machine.
#       first every page of 0x0fe00000 .. 0x101fffff, then a page of each 4 MiB, then pages at random
        .equ    FIRST, 0x0fe00000
        .equ    LAST, 0x10200000

        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        la      s0, root
        la      s1, leaf
        la      s2, page                        # holds `ret`
        li      s11, 0x343fd43d
        li      s10, 1                          # what pages are next
        li      s4, FIRST
off:    li      t0, 0x10000000                  # with paging off: around the kept page there is nothing up to the UART
        bgeu    s4, t0, 1f
        li      s6, 5
        call    refused
        li      t0, 4096
        add     s4, s4, t0
        j       off
1:      li      s4, FIRST
        srli    t0, s0, 12
        li      t1, 0x80000000
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma

next:   la      t1, progress
        lw      t0, 0(t1)
        addi    t0, t0, 1
        sw      t0, 0(t1)
        srli    s7, s4, 22                      # map s4
        li      t0, 0x201
        beq     s7, t0, advance                 # but not the kernel's own 4 MiB
        slli    s7, s7, 2
        add     s7, s7, s0
        srli    t0, s1, 2
        ori     t0, t0, 1
        sw      t0, 0(s7)
        srli    s8, s4, 10
        li      t0, 0xffc
        and     s8, s8, t0
        add     s8, s8, s1
        srli    t0, s2, 2
        ori     t0, t0, 0xcf
        sw      t0, 0(s8)
        sfence.vma s4, x0
        li      s9, 0
        lw      t0, 0(s4)
        lw      t1, 0(s2)
        bne     t0, t1, wrong
        sw      s4, 8(s4)
        lw      t0, 8(s2)
        bne     t0, s4, wrong
        mv      t0, s4
        jalr    t0                              # `ret`
        bnez    s9, wrong                       # nothing of that may have trapped
        sw      x0, 0(s8)                       # unmap
        sfence.vma s4, x0
        li      s6, 13
        call    refused
        sw      x0, 0(s7)
        sfence.vma
        j       advance
wrong:  la      t0, bad
        lw      t1, 0(t0)
        addi    t1, t1, 1
        sw      t1, 0(t0)
        sw      x0, 0(s7)
        sfence.vma
advance:
        li      t0, 1
        bne     s10, t0, 1f
        li      t0, 4096                        # page after page
        add     s4, s4, t0
        li      t0, LAST
        bne     s4, t0, next
        li      s10, 2
        li      s4, 0
        j       next
1:      li      t0, 2
        bne     s10, t0, 1f
        li      t0, 0x00401000                  # a page of each 4 MiB, each time another
        add     s4, s4, t0
        bgeu    s4, t0, next
        li      s10, 3
1:      slli    t0, s11, 13
        xor     s11, s11, t0
        srli    t0, s11, 17
        xor     s11, s11, t0
        slli    t0, s11, 5
        xor     s11, s11, t0
        srli    s4, s11, 12
        slli    s4, s4, 12
        j       next

# Load, store and fetch at s4 fault: a load with cause s6 (13, or 5 with paging off), the others with theirs, each with
# stval = s4.
refused:
        mv      s5, ra
        li      s9, 0
        lw      t0, 0(s4)
        addi    t1, s6, 0
        call    expect
        li      s9, 0
        sw      x0, 0(s4)
        addi    t1, s6, 2
        call    expect
        li      s9, 0
        la      ra, 1f
        jr      s4
1:      li      t1, 12
        li      t0, 13
        beq     s6, t0, 2f
        li      t1, 1
2:      call    expect
        jr      s5
expect: beq     s9, t1, 1f
        la      t0, bad
        lw      t1, 0(t0)
        addi    t1, t1, 1
        sw      t1, 0(t0)
1:      ret

# Leaves the cause in s9 if the address is s4. A fetch that failed goes back to ra; anything else to the next
# instruction.
        .align  2
trap:   csrr    s9, scause
        csrr    t6, stval
        beq     t6, s4, 1f
        li      s9, 99
1:      csrr    t6, sepc
        bne     t6, s4, 1f
        addi    t6, ra, -4
1:      addi    t6, t6, 4
        csrw    sepc, t6
        sret

        .data
progress: .word 0
bad:    .word   0
        .align  12
page:   ret
        .space  4092
root:   .space  4 * 0x201
        .word   0x201000cf
        .space  4 * 0x1fe
leaf:   .space  4096
