# A driver that hates its disk: rings with loops, wild addresses, other people's memory, queues of every size at every
# place, registers of every device written at random.
        .equ    DISK, 0x10001000
        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        li      s0, DISK
        la      s2, ring
        li      s11, 0x9e3779b9
next:   la      s1, progress
        lw      t0, 0(s1)
        addi    t0, t0, 1
        sw      t0, 0(s1)
        sw      x0, 0x70(s0)                    # reset, and a sound beginning
        li      t0, 3
        sw      t0, 0x70(s0)
        li      t0, 4096
        sw      t0, 0x28(s0)
        sw      x0, 0x30(s0)
        li      t0, 8
        sw      t0, 0x38(s0)
        li      t0, 4096
        sw      t0, 0x3c(s0)
        srli    t0, s2, 12
        sw      t0, 0x40(s0)
        li      t0, 7
        sw      t0, 0x70(s0)
        li      s3, 8                           # eight descriptors, mostly random
        mv      s4, s2
1:      call    random
        mv      s5, a0
        call    random
        andi    t0, a0, 3
        bnez    t0, 2f
        mv      s5, s2                          # the ring itself
2:      li      t1, 1
        bne     t0, t1, 2f
        la      s5, buffer
2:      sw      s5, 0(s4)
        sw      x0, 4(s4)
        call    random
        srli    t1, a0, 20
        sw      t1, 8(s4)
        call    random
        li      t1, 0x00070003
        and     t1, a0, t1
        sw      t1, 12(s4)
        addi    s4, s4, 16
        addi    s3, s3, -1
        bnez    s3, 1b
        sw      x0, 0(s4)                       # available: flags, index 4, entries
        li      t0, 0x00040000
        sw      t0, 0(s4)
        call    random
        li      t1, 0x000f0007
        and     t1, a0, t1
        sw      t1, 4(s4)
        sw      a0, 8(s4)
        sw      x0, 0x50(s0)                    # go
        call    random                          # a random register of a random device
        andi    t0, a0, 0xfc
        add     t0, t0, s0
        sw      a0, 0(t0)
        li      t1, 0x0c000000
        srli    t0, a0, 10
        slli    t0, t0, 2
        add     t0, t0, t1
        sw      a0, 0(t0)
        li      t1, 0x10010000
        andi    t0, a0, 0x3c
        add     t0, t0, t1
        sw      a0, 0(t0)
        li      t1, 0x10000000
        andi    t0, a0, 7
        add     t0, t0, t1
        sb      a0, 0(t0)
        li      t1, 0x10000000                  # the UART's line, so that it prints to nobody: loop back
        li      t0, 16
        sb      t0, 4(t1)
        j       next

random: slli    t0, s11, 13
        xor     s11, s11, t0
        srli    t0, s11, 17
        xor     s11, s11, t0
        slli    t0, s11, 5
        xor     s11, s11, t0
        mv      a0, s11
        ret

        .align  2
trap:   csrr    t6, sepc
        addi    t6, t6, 4
        csrw    sepc, t6
        sret

        .data
progress: .word 0
bad:    .word   0
        .align  12
ring:   .space  3 * 4096
buffer: .space  4096
