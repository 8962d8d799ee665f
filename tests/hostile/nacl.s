# The calls of SBI NACL (hypervisor/nacl.h) with garbage in the shared memory: registers, fences of every kind, and
# guests of its own that are begun anywhere. Where nobody offers the calls, they are refused.
        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        li      t0, 0x20                        # the timer ends what its own guest goes on with
        csrw    sie, t0
next:   la      s1, progress                    # no register is known here
        lw      t0, 0(s1)
        addi    t0, t0, 1
        sw      t0, 0(s1)
        la      t0, seed
        lw      s11, 0(t0)
        la      s2, shared
        li      s3, 48                          # some words of the 2048 are garbage
1:      call    random
        slli    t1, a0, 21
        srli    t1, t1, 19
        add     t1, t1, s2
        call    random
        sw      a0, 0(t1)
        addi    s3, s3, -1
        bnez    s3, 1b
        call    random
        mv      s5, a0
        csrr    t0, time
        srli    t1, s5, 20
        add     t0, t0, t1
        csrw    stimecmph, x0
        csrw    stimecmp, t0
        csrw    sepc, s11
        andi    t0, s5, 3
        beqz    t0, 2f
        la      t0, next                        # its guest may run the same program
        csrw    sepc, t0
2:      li      t1, 0x100
        csrc    sstatus, t1
        andi    t0, s5, 4
        beqz    t0, 3f
        csrs    sstatus, t1
3:      mv      a0, s2                          # sharing: mostly of what is there
        li      a1, 0
        li      a2, 0
        andi    t0, s5, 0xf0
        bnez    t0, 4f
        mv      a0, s11                         # a wild address
        andi    t0, s5, 0x100
        beqz    t0, 4f
        li      a0, end - 4096                  # memory that ends too early
        andi    t0, s5, 0x200
        beqz    t0, 4f
        mv      a1, s11
        mv      a2, s5
4:      li      a6, 1
        li      a7, 0x4e41434c
        ecall
        mv      a0, s11                         # a register, then a fence, by any number, or all
        li      a6, 2
        ecall
        li      a0, -1
        ecall
        srli    a0, s5, 25
        li      a6, 3
        ecall
        li      a0, -1
        ecall
        andi    a0, s5, 7                       # a feature
        li      a6, 0
        ecall
        la      t0, seed
        sw      s11, 0(t0)
        li      t0, hedeleg                     # its guest's traps stay its own
        add     t0, t0, s2
        sw      x0, 0(t0)
        sw      x0, 4(t0)
        li      t0, dirty
        add     t0, t0, s2
        lw      t1, 0(t0)
        ori     t1, t1, 0xc
        sw      t1, 0(t0)
        li      a6, 4                           # and sret, with everything
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
trap:   j       next                            # whatever it was

        .data
progress: .word 0
bad:    .word   0
seed:   .word   0x5bd1e995
        .equ    end, 0x80800000
        .equ    hedeleg, 0x1000 + 4 * 0x102     # of the CSR space; hideleg stands behind it
        .equ    dirty, 0xf80 + 0x102 / 32 * 4   # the word with the bits of both
        .align  12
shared: .space  0x2000
