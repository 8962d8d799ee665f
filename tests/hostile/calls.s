# Fences of every form and every firmware call there is, with random arguments: addresses outside its memory, ranges
# that wrap, harts that do not exist, buffers in devices and in other people's memory.
        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        la      t0, root
        srli    t0, t0, 12
        li      t1, 0x80000000
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        li      s11, 0x41c64e6d
next:   la      s1, progress
        lw      t0, 0(s1)
        addi    t0, t0, 1
        sw      t0, 0(s1)
        call    random
        mv      s2, a0
        call    random
        mv      s3, a0
        sfence.vma
        sfence.vma s2, x0
        sfence.vma x0, s3
        sfence.vma s2, s3
        lw      t0, 0(s1)                       # and its own pages must still be there
        la      t1, calls                       # a call from the list
        call    random
        andi    t0, a0, 15
        slli    t0, t0, 3
        add     t1, t1, t0
        lw      a7, 0(t1)
        lw      a6, 4(t1)
        call    random
        mv      s4, a0
        call    random
        mv      s5, a0
        call    random
        mv      a2, a0
        call    random
        mv      a3, a0
        mv      a0, s4
        mv      a1, s5
        li      a4, -1
        ecall
        li      a7, 0x4442434e                  # writing a little from anywhere
        li      a6, 0
        andi    a0, s3, 15
        mv      a1, s2
        li      a2, 0
        ecall
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
calls:  .word   0x52464e43, 0, 0x52464e43, 1, 0x52464e43, 2, 0x52464e43, 3
        .word   0x735049, 0, 0x48534d, 0, 0x48534d, 2, 0x48534d, 3
        .word   0x4442434e, 1, 0x4442434e, 7, 0x10, 3, 0x54494d45, 0
        .word   4, 0, 5, 0, 6, 0, 0x53525354, 5
        .align  12
root:   .space  4 * 0x201
        .word   0x201000cf
        .space  4 * 0x1fe
