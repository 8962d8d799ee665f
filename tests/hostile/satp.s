# A satp write in every other instruction: 16 roots, every ASID, paging off with any root; stale entries are left
# behind, and fences are rare. A store through one space must be seen through every other.
        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        la      s0, roots
        li      s11, 0x2545f491
        li      t0, 16                          # each root maps the kernel's 4 MiB, and slot 1 by a table of its own
        mv      t1, s0
        li      t2, 0x201000cf
        li      t3, 0x804
1:      add     t4, t1, t3
        sw      t2, 0(t4)
        srli    t4, s0, 2
        ori     t4, t4, 1
        sw      t4, 4(t1)                       # slot 1: the first root, as a table
        li      t4, 4096
        add     t1, t1, t4
        addi    t0, t0, -1
        bnez    t0, 1b

next:   la      s1, progress
        lw      t0, 0(s1)
        addi    t0, t0, 1
        sw      t0, 0(s1)
        mv      s2, t0
        li      s3, 8
1:      call    random
        li      t1, 0x7fc00000
        and     t1, t1, a0                      # a random ASID
        andi    t2, a0, 15                      # a random root
        slli    t2, t2, 12
        add     t2, t2, s0
        srli    t2, t2, 12
        or      t1, t1, t2
        li      t2, 0x80000000
        or      t1, t1, t2
        csrw    satp, t1
        lw      t0, 0(s1)
        bne     t0, s2, wrong
        call    random
        srli    t0, a0, 28
        beqz    t0, 2f
        csrw    satp, a0                        # a random root and ASID, but bare: the next fetch is by it
        j       3f
2:      sfence.vma
3:      addi    s3, s3, -1
        bnez    s3, 1b
        j       next
wrong:  la      t0, bad
        li      t1, 1
        sw      t1, 0(t0)
        j       next

random: slli    t0, s11, 13
        xor     s11, s11, t0
        srli    t0, s11, 17
        xor     s11, s11, t0
        slli    t0, s11, 5
        xor     s11, s11, t0
        mv      a0, s11
        li      t0, 0x7fffffff                  # the mode bit is the caller's to set
        and     a0, a0, t0
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
roots:  .space  16 * 4096
