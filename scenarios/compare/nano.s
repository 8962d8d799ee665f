# nano: one operation, again and again, in a kernel that does nothing else. `trapeze compare` puts two things around
# this text: TIMES, how often the operation is done, and at the end `work`, a jump to one of the loops below (do_csr,
# ...). It runs the kernel with TIMES and with twice as many. What the second run needs more is the operation alone,
# because everything else is the same in both.
#
# In every loop s0 counts down. The registers from s1 on belong to the loop.
        .equ    SBI_RESET, 0x53525354
        .equ    USER, 0x00400000                # where the user program runs
        .equ    PAGE, 0x00800000                # the page that pgfault and ptemod map
        .equ    DEVICE, 0x10001000              # the first virtio slot; its first word is constant

        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0

# Two tables of small pages: `low` for USER, `high` for PAGE. An entry is the address >> 2 plus flags.
        la      t1, low
        la      t0, user
        srli    t0, t0, 2
        ori     t0, t0, 0x5b                    # A U X R V
        sw      t0, 0(t1)
        la      t2, root
        srli    t1, t1, 2
        ori     t1, t1, 1                       # V alone: a pointer to the next table
        sw      t1, 4(t2)                       # slot 1: from 0x00400000 on
        la      t1, high
        srli    t1, t1, 2
        ori     t1, t1, 1
        sw      t1, 8(t2)                       # slot 2: from 0x00800000 on
        srli    t2, t2, 12
        li      t0, 0x80000000                  # satp: mode Sv32, the root's page number
        or      s1, t2, t0
        csrw    satp, s1
        sfence.vma
        li      s0, TIMES
        call    work

off:    li      a7, SBI_RESET
        li      a6, 0
        li      a0, 0
        li      a1, 0
        ecall

# ---- the operations

# A CSR that only K may touch: on hardware one instruction, under a VMM a trap.
do_csr: csrw    sscratch, s0
        addi    s0, s0, -1
        bnez    s0, do_csr
        ret

# Another address space, as at a context switch: the ASID changes in every round.
do_satp:
        li      s2, 0x00400000                  # the lowest bit of the ASID
1:      xor     s1, s1, s2
        csrw    satp, s1
        addi    s0, s0, -1
        bnez    s0, 1b
        ret

# The kernel says that it has changed the entry for one page.
do_fence:
        li      s2, PAGE
1:      sfence.vma s2, zero
        addi    s0, s0, -1
        bnez    s0, 1b
        ret

# The first touch of a page: the load faults, the handler maps the page, and the load runs again. Then the kernel takes
# the page away, so that the next round faults as well.
do_pgfault:
        li      s2, PAGE
        la      s3, high
1:      lw      t0, 0(s2)
        sw      zero, 0(s3)
        sfence.vma s2, zero
        addi    s0, s0, -1
        bnez    s0, 1b
        ret

# An entry that was valid names another page now. Nothing faults on hardware.
do_ptemod:
        li      s2, PAGE
        la      s3, high
        la      s4, frame
        srli    s4, s4, 2
        ori     s4, s4, 0xc7                    # D A W R V
1:      xori    s4, s4, 0x400                   # the page beside it: bit 10 is the lowest of the page number
        sw      s4, 0(s3)
        sfence.vma s2, zero
        lw      t0, 0(s2)
        addi    s0, s0, -1
        bnez    s0, 1b
        ret

# A call and a return. No VMM should ever notice them.
do_callret:
        mv      s2, ra
1:      call    2f
        addi    s0, s0, -1
        bnez    s0, 1b
        jr      s2
2:      ret

# A load from a device.
do_device:
        li      s2, DEVICE
1:      lw      t0, 0(s2)
        addi    s0, s0, -1
        bnez    s0, 1b
        ret

# What time is it?
do_time:
        rdtime  t0
        addi    s0, s0, -1
        bnez    s0, do_time
        ret

# Down to mode U. The user program makes s0 system calls, and the last one does not come back.
do_syscall:
        li      t0, USER
        csrw    sepc, t0
        li      t0, 0x100
        csrc    sstatus, t0                     # SPP = 0: sret goes to mode U
        sret

# ---- traps

        .align  2
trap:   csrr    t0, scause
        li      t1, 13                          # a load page fault: pgfault wants its page
        beq     t0, t1, map
        beqz    s0, off                         # an ecall from mode U, and it was the last one
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        sret

map:    la      t0, frame
        srli    t0, t0, 2
        ori     t0, t0, 0xc7
        la      t1, high
        sw      t0, 0(t1)
        sret

# The user program, alone on its page.
        .align  12
user:   addi    s0, s0, -1
        ecall
        j       user

        .data
        .align  12
root:   .space  4 * 0x40
        .word   0x040000c7                      # slot 0x40: 0x10000000, the devices, a superpage, D A W R V
        .space  4 * 0x1c0
        .word   0x201000cf                      # slot 0x201: 0x80400000, this program, a superpage, D A X W R V
        .space  4 * 0x1fe
low:    .space  4096
high:   .space  4096
        .align  13                              # two pages that differ in the lowest bit of the page number
frame:  .space  8192
        .text
