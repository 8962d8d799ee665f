# Reads a word by a page table of its own, under the ASID that NUMBER says, again and again. It finds its own word, and
# never that of another guest which has the same address and the same ASID. If INSIDE is 1, the reader is a guest of
# this kernel, and a timer brings the kernel back.
        .equ    word, 0x40000000
        .globl  _start
_start: la      t0, wrong
        csrw    stvec, t0
        la      s0, root
        li      t0, 0x201000cf      # 80400000 -> itself
        li      t1, 0x804
        add     t1, t1, s0
        sw      t0, 0(t1)
        la      t1, table
        srli    t0, t1, 2
        ori     t0, t0, 1
        sw      t0, 0x400(s0)
        la      t2, frame           # word -> frame
        srli    t0, t2, 2
        ori     t0, t0, 0xcf
        sw      t0, 0(t1)
        li      s1, 0x1000 + INSIDE
        sw      s1, 0(t2)
        srli    t0, s0, 12
        li      t1, 0x80000000 + (NUMBER << 22)
        or      s2, t0, t1
        li      s3, 100             # interrupts, or readings by thousands
        li      t0, INSIDE
        bnez    t0, vmm
        csrw    satp, s2
        sfence.vma
        li      t1, 1000
        mul     s3, s3, t1
        jal     ra, read
        li      a1, 0
off:    li      a7, 0x53525354      # SRST: power off
        li      a6, 0
        li      a0, 0
        ecall
        .align  2
wrong:  li      a1, 1
        j       off

# Reads s3 times.
read:   li      t0, word
1:      lw      t1, 0(t0)
        bne     t1, s1, wrong
        addi    s3, s3, -1
        bnez    s3, 1b
        ret

vmm:    la      t0, trap
        csrw    stvec, t0
        csrw    vsatp, s2
        hfence.vvma zero, zero
        hfence.gvma zero, zero
        li      t0, 0x20            # sie: the timer
        csrw    sie, t0
        li      t0, 0x120           # sstatus: SPP, SPIE
        csrw    sstatus, t0
        li      t0, 0x180           # hstatus: SPV, SPVP
        csrw    hstatus, t0
        la      t0, inner
        csrw    sepc, t0
        csrw    stimecmph, zero
again:  csrr    t2, time
        addi    t2, t2, 1000
        csrw    stimecmp, t2
        sret
        .align  2
trap:   csrr    t2, scause
        bgez    t2, wrong
        addi    s3, s3, -1
        bnez    s3, again
        li      a1, 0
        j       off
inner:  li      t0, word
1:      lw      t1, 0(t0)
        beq     t1, s1, 1b
        ebreak

        .data
        .balign 4096
root:   .space  4096
table:  .space  4096
frame:  .space  4096
