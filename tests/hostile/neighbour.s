# The well-behaved guest beside the hostile ones: pages, timer interrupts, system calls and arithmetic, in an order
# that depends on nothing but itself, so that it must end in the same state whoever is beside it. It prints its
# checksum's letters and switches off.
        .equ    ROUNDS, 3000
        .equ    WINDOW, 0x0ffe0000              # 32 pages that move between its own frames, next to where a VMM likes
                                                # to hide

        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        la      t0, window                      # the window's table
        srli    t0, t0, 2
        ori     t0, t0, 1
        la      t1, root
        sw      t0, 0x0fc(t1)                   # slot 0x3f: 0x0fc00000
        srli    t1, t1, 12
        li      t0, 0x80000000
        or      t1, t1, t0
        csrw    satp, t1
        sfence.vma
        li      t0, 0x20
        csrw    sie, t0
        csrr    t0, time
        addi    t0, t0, 500
        csrw    stimecmph, x0
        csrw    stimecmp, t0
        csrsi   sstatus, 2
        li      s0, 0                           # rounds
        li      s1, 1                           # checksum
        li      s5, 0
        la      s2, window
        addi    s2, s2, 0x780                   # entry 0x1e0: WINDOW
        la      s3, frames
        li      s4, WINDOW

round:  andi    t0, s0, 31                      # page: round mod 32; frame: checksum mod 8
        slli    t1, t0, 2
        add     t1, t1, s2
        andi    t2, s1, 7
        slli    t2, t2, 12
        add     t2, t2, s3
        srli    t2, t2, 2
        ori     t2, t2, 0xc7                    # D A W R V
        sw      t2, 0(t1)
        slli    t0, t0, 12
        add     t0, t0, s4
        sfence.vma t0, x0
        lw      t3, 16(t0)
        add     s1, s1, t3
        li      t4, 1103515245
        mul     s1, s1, t4
        addi    s1, s1, 1235
        sw      s1, 16(t0)
        csrr    t3, instret
        xor     s1, s1, t3
        andi    t3, s0, 7
        bnez    t3, 1f
        la      t3, user                        # a visit to mode U
        csrw    sepc, t3
        li      t3, 0x100
        csrc    sstatus, t3
        li      t3, 0x40000                     # and SUM another time each visit
        xor     s5, s5, t3
        csrc    sstatus, t3
        csrs    sstatus, s5
        sret
back:
1:      addi    s0, s0, 1
        li      t0, ROUNDS
        blt     s0, t0, round

        li      t1, 8                           # print eight letters
1:      andi    a0, s1, 15
        addi    a0, a0, 'a'
        srli    s1, s1, 4
        li      a7, 1
        ecall
        addi    t1, t1, -1
        bnez    t1, 1b
        li      a7, 0x53525354
        li      a6, 0
        li      a0, 0
        li      a1, 0
        ecall

        .align  2
trap:   csrr    t5, scause
        bltz    t5, timer
        addi    t5, t5, -13                     # its one fault: the user program is in no U page, so it ends at its
                                                # first fetch
        la      t6, back
        csrw    sepc, t6
        li      t6, 0x100
        csrs    sstatus, t6
        add     s1, s1, t5
        sret
timer:  csrr    t5, time
        addi    t5, t5, 700
        csrw    stimecmp, t5
        csrr    t6, sepc
        add     s1, s1, t6
        sret

user:   addi    s1, s1, 3
        ecall

        .data
        .align  12
root:   .space  4 * 0x201
        .word   0x201000cf                      # 0x80400000: itself
        .space  4 * 0x1fe
window: .space  4096
frames: .space  8 * 4096
