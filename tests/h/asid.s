# Two harts use one ASID for two address spaces. On the bare machine each hart has a TLB of its own, so each finds its
# own frame at `shared`. Whoever lets two VCPUs share a hart must keep it so.
        .equ    shared, 0x40000000
        .globl  _start
_start:
        la      t0, wrong
        csrw    stvec, t0
        li      a7, 0x48534d        # HSM: start hart 1
        li      a6, 0
        li      a0, 1
        la      a1, other
        ecall
        la      s0, root0
        li      s1, 0x20200000      # the frame 80800000
        li      s2, 1               # what this hart writes there
        jal     ra, space
1:      la      t0, done            # wait for the other hart
        lw      t1, 0(t0)
        beqz    t1, 1b
        li      a1, 0
off:    li      a7, 0x53525354      # SRST: power off
        li      a6, 0
        li      a0, 0
        ecall

other:  la      t0, wrong
        csrw    stvec, t0
        la      s0, root1
        li      s1, 0x20300000      # the frame 80c00000
        li      s2, 2
        jal     ra, space
        la      t0, done
        li      t1, 1
        sw      t1, 0(t0)
1:      wfi
        j       1b

# Makes the address space of root s0, and reads there long enough for many turns of the harts.
space:  ori     t0, s1, 0xc7        # shared -> the frame
        sw      t0, 0x400(s0)
        li      t0, 0x201000cf      # 80400000 -> itself
        li      t1, 0x804
        add     t1, t1, s0
        sw      t0, 0(t1)
        srli    t0, s0, 12
        li      t1, 0x81400000      # Sv32, ASID 5
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        li      t0, shared
        sw      s2, 0(t0)
        li      t1, 20000
1:      lw      t2, 0(t0)
        bne     t2, s2, wrong
        addi    t1, t1, -1
        bnez    t1, 1b
        ret

        .balign 4
wrong:  li      a1, 1
        j       off

        .data
        .balign 4096
root0:  .space  4096
root1:  .space  4096
done:   .word   0
