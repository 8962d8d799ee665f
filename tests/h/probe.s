# Asks a machine with the hypervisor extension what it does, case by case, and prints the answers. Each row below is a
# case: a few instructions, executed in some mode under some controls. What they trap with is printed, so two machines
# can be compared line by line (tests/test_h_qemu.sh adds the rows).
#
# A row is 11 words: flags, hedeleg, hcounteren, scounteren, henvcfgh, hstatus, vsstatus, a1, and three instructions.
# Flags: bit 0 mode K, bit 1 a guest (V = 1), bit 2 the guest's own translation is on.

        .equ    SPV, 0x80
        .equ    PUTCHAR, 1
        .equ    ALL, 0xdf               # D A U X W R V
        .equ    KERNEL, 0xcf            # the same without U
        .equ    LEAVES, 1024

        .text
        .globl  _start
_start: la      sp, stack_end
        la      s0, rows
        la      s1, code
        li      s2, 0                   # the number of the row
        la      t0, trap
        csrw    stvec, t0
        csrw    sie, zero
        call    make_tables
        la      t0, g_root
        srli    t0, t0, 12
        li      t1, 0x80400000          # mode Sv32x4, VMID 1
        or      t0, t0, t1
        csrw    hgatp, t0

next:   la      t0, guest_handler
        csrw    vstvec, t0              # a case may have changed it
        lw      t0, 0(s0)
        li      t1, -1
        beq     t0, t1, done
        lw      t1, 4(s0)
        csrw    hedeleg, t1
        lw      t1, 8(s0)
        csrw    hcounteren, t1
        lw      t1, 12(s0)
        csrw    scounteren, t1
        lw      t1, 16(s0)
        csrw    henvcfgh, t1
        lw      t1, 24(s0)
        csrw    vsstatus, t1
        csrw    htval, zero
        csrw    htinst, zero
        li      t1, 0x100               # SPP: the mode that sret goes to
        csrc    sstatus, t1
        andi    t2, t0, 1
        slli    t2, t2, 8
        csrs    sstatus, t2
        lw      t1, 20(s0)
        andi    t2, t0, 2
        slli    t2, t2, 6               # bit 1 to SPV
        or      t1, t1, t2
        csrw    hstatus, t1
        csrw    vsatp, zero
        andi    t2, t0, 4
        beqz    t2, 1f
        la      t1, user_root
        andi    t2, t0, 1
        beqz    t2, 2f
        la      t1, kernel_root
2:      srli    t1, t1, 12
        li      t2, 0x80000000
        or      t1, t1, t2
        csrw    vsatp, t1
1:      lw      t1, 32(s0)
        sw      t1, 0(s1)
        lw      t1, 36(s0)
        sw      t1, 4(s1)
        lw      t1, 40(s0)
        sw      t1, 8(s1)
        li      t1, 0x73                # a case ends with an ecall; in the VMM's own K with an ebreak
        li      t2, 1
        bne     t0, t2, 3f
        li      t1, 0x100073
3:      sw      t1, 12(s1)
        fence.i
        hfence.gvma
        hfence.vvma
        lw      a1, 28(s0)
        li      a0, 0
        li      a2, 0x12345678
        csrw    sepc, s1
        sret

# Prints: row, scause, stval, htval, htinst, hstatus, sepc - code, a0. stval of ebreak is the choice of the machine.
        .align  2
trap:   csrr    s3, scause
        csrr    s4, stval
        csrr    s5, htval
        csrr    s6, htinst
        csrr    s7, hstatus
        csrr    s8, sepc
        mv      s9, a0
        sub     s8, s8, s1
        li      t0, 3
        bne     s3, t0, 1f
        li      s4, 0
1:      mv      a0, s2
        call    hex
        mv      a0, s3
        call    hex
        mv      a0, s4
        call    hex
        mv      a0, s5
        call    hex
        mv      a0, s6
        call    hex
        mv      a0, s7
        call    hex
        mv      a0, s8
        call    hex
        mv      a0, s9
        call    hex
        li      a0, 10
        li      a7, PUTCHAR
        ecall
        addi    s0, s0, 44
        addi    s2, s2, 1
        j       next

done:   li      a7, 0x53525354
        li      a6, 0
        li      a0, 0
        li      a1, 0
        ecall

# Prints a0 as eight digits and a blank.
hex:    mv      t0, a0
        li      t1, 28
        li      a7, PUTCHAR
1:      srl     a0, t0, t1
        andi    a0, a0, 15
        addi    a0, a0, 48
        li      t2, 58
        blt     a0, t2, 2f
        addi    a0, a0, 39
2:      ecall
        addi    t1, t1, -4
        bgez    t1, 1b
        li      a0, 32
        ecall
        ret

# The second stage maps the program's 4 MiB to itself, with some special pages (P0 to P3). The guest's tables map them
# to themselves too, and lead elsewhere in the first megapages.
make_tables:
        la      t0, g_leaf
        li      t1, 0x20100000 + ALL    # 0x80400000 >> 2
        li      t2, LEAVES
1:      sw      t1, 0(t0)
        addi    t1, t1, 0x400
        addi    t0, t0, 4
        addi    t2, t2, -1
        bnez    t2, 1b
        la      t0, g_leaf
        sw      zero, 0x400(t0)         # P0, 0x80500000: nothing
        li      t1, 0x20140400 + 0xd3
        sw      t1, 0x404(t0)           # P1, 0x80501000: R only
        li      t1, 0x20140800 + 0xd9
        sw      t1, 0x408(t0)           # P2, 0x80502000: X only
        li      t1, 0x20140c00 + 0xcf
        sw      t1, 0x40c(t0)           # P3, 0x80503000: not U
        srli    t0, t0, 2
        ori     t0, t0, 1
        la      t1, g_root
        li      t2, 0x804               # 0x201 * 4
        add     t1, t1, t2
        sw      t0, 0(t1)

        la      t0, kernel_root
        li      t3, KERNEL
        mv      t4, ra
        call    make_guest
        la      t0, user_root
        li      t3, ALL
        call    make_guest
        jr      t4

# t0: the root; t3: the flags of its leaves.
make_guest:
        li      t2, 0x804
        add     t1, t0, t2
        li      t2, 0x20100000          # 0x80400000: itself
        or      t2, t2, t3
        sw      t2, 0(t1)
        li      t2, 0x20140001          # 0x00400000: a table in P0, where the second stage has nothing
        sw      t2, 4(t0)
        sw      zero, 8(t0)             # 0x00800000: nothing
        li      t2, 0x00300000          # 0x00c00000: itself, where the second stage has nothing
        or      t2, t2, t3
        sw      t2, 12(t0)
        li      t2, 0x20100000 + 0xd9   # 0x01000000: the program, X only
        and     t2, t2, t3
        li      t1, 0x20100000
        or      t2, t2, t1
        sw      t2, 16(t0)
        ret

        .balign 4096
code:   .word   0, 0, 0
        .word   0                       # what ends a case
# Where a delegated trap of a guest goes: it reports its cause to the VMM.
        .align  2
guest_handler:
        csrr    a0, scause
        csrr    a1, stval
        ecall

        .data
        .balign 4096
data:   .word   0x11223344, 0x55667788, 0x99aabbcc, 0xddeeff00
        .bss
        .balign 16384
g_root: .space  16384
g_leaf: .space  4096
kernel_root: .space 4096
user_root:   .space 4096
        .space  4096
stack_end:
        .data
        .balign 4
