# A VMM that means harm: the hypervisor extension with random registers, and both stages of random page tables that lie
# in the memory of its guest, which stores to them. Half of their entries lead to other people's memory, to devices or
# nowhere. It loads and stores through them, fences whatever there is, and starts its guest anywhere. Where a hart lacks
# the extension, each of these instructions is a trap.
#
#       0x80000000      playground: what the guest can reach of this RAM; tables, and a piece of code in each page
#       0x80400000      this program, which no entry of a table leads to
#
# The words stand for instructions that only a machine with the extension can assemble.
        .equ    PAGES, 1024             # of the playground
        .equ    RFENCE, 0x52464e43
        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        li      t0, 0x20                # the timer ends what its guest goes on with
        csrw    sie, t0
        li      s1, 0x80000000
        li      s2, PAGES
1:      la      t0, guest               # the code of the guest, once for each page
        la      t1, guest_end
        mv      t2, s1
2:      lw      t3, 0(t0)
        sw      t3, 0(t2)
        addi    t0, t0, 4
        addi    t2, t2, 4
        bltu    t0, t1, 2b
        li      t0, 0x1000
        add     s1, s1, t0
        addi    s2, s2, -1
        bnez    s2, 1b

next:   la      s1, in_guest            # no register is known here
        sw      x0, 0(s1)
        csrw    0x604, x0               # hie
        la      s1, progress
        lw      t0, 0(s1)
        addi    t0, t0, 1
        sw      t0, 0(s1)
        la      t0, seed
        lw      s11, 0(t0)

# Tables: the second stage, the first stage, and a table for each to point to.
        call    random
        li      t0, 0x3fc000
        and     s2, a0, t0              # where the root of the second stage is: 16 KiB of the playground
        li      t0, 0x80000000
        or      s2, s2, t0
        li      s4, 40                  # some of the 4096 entries
1:      call    random
        srli    s5, a0, 18
        andi    s5, s5, -4
        call    entry
        add     t0, s2, s5
        sw      a0, 0(t0)
        addi    s4, s4, -1
        bnez    s4, 1b
        call    entry
        li      t0, 0x800               # mostly the guest's RAM is where it was, too
        add     t0, t0, s2
        sw      a0, 0(t0)
        call    random
        andi    t1, a0, 3
        beqz    t1, 2f
        li      t1, 0x200000df
        sw      t1, 0(t0)
2:      srli    t0, s2, 12              # hgatp: bare, or this root with one of four VMIDs
        srli    t1, a0, 3
        andi    t1, t1, 3
        slli    t1, t1, 22
        or      t0, t0, t1
        andi    t1, a0, 4
        beqz    t1, 3f
        li      t1, 0x80000000
        or      t0, t0, t1
3:      csrw    0x680, t0
        call    entry                   # vsatp: mostly bare; else its root is anywhere
        srli    t0, a0, 10
        call    random
        srli    t1, s11, 10
        and     t1, t1, a0
        slli    t1, t1, 31
        or      t0, t0, t1
        csrw    0x280, t0

# Every other register of the extension.
        call    random
        csrw    0x602, a0               # hedeleg
        call    random
        slli    t1, a0, 3
        srai    t1, t1, 31              # hideleg: in half of the rounds the guest keeps its interrupts
        or      t1, t1, a0
        csrw    0x603, t1
        call    random
        csrw    0x605, a0               # htimedelta
        csrw    0x615, a0
        call    random
        csrw    0x606, a0               # hcounteren
        csrw    0x60a, a0               # henvcfg
        csrw    0x61a, a0
        call    random
        csrw    0x643, a0               # htval
        csrw    0x64a, a0               # htinst
        call    random
        csrw    0x645, a0               # hvip
        csrw    0x607, a0               # hgeie
        call    random
        csrw    0x200, a0               # vsstatus
        csrw    0x204, a0               # vsie
        call    address
        csrw    0x205, a0               # vstvec
        csrw    0x240, a0               # vsscratch
        call    random
        csrw    0x241, a0               # vsepc
        csrw    0x242, a0               # vscause
        call    random
        csrw    0x24d, a0               # vstimecmp
        csrw    0x25d, x0

# Loads, stores and fetches by the guest's translation, and fences.
        call    address
        mv      t0, a0
        .word   0x6802c373              # hlv.w t1, (t0)
        .word   0x6a62c073              # hsv.w t1, (t0)
        call    address
        mv      t0, a0
        .word   0x6432c373              # hlvx.hu t1, (t0)
        .word   0x6262c073              # hsv.b t1, (t0)
        call    random
        mv      t1, a0
        andi    t2, a0, 7
        bnez    t2, 4f
        .word   0x22000073              # hfence.vvma
        .word   0x62000073              # hfence.gvma
4:      .word   0x22628073              # hfence.vvma t0, t1
        .word   0x62628073              # hfence.gvma t0, t1
        andi    t2, a0, 0x700
        bnez    t2, 5f
        call    random                  # remote fences of harts that may not exist, wherever they are
        mv      a3, a0
        mv      a2, t0
        mv      a4, t1
        li      a1, 0
        andi    a0, t1, 3
        srli    a6, t1, 29
        li      a7, RFENCE
        ecall

# And off, with random registers.
5:      call    random
        srli    t1, a0, 20
        csrr    t0, time
        add     t0, t0, t1
        csrw    stimecmph, x0
        csrw    stimecmp, t0
        call    address
        mv      s6, a0
        call    address
        mv      s7, a0
        call    random
        li      t0, 0x3ff000            # mostly there is code: it begins a page of the playground
        and     t0, a0, t0
        li      t1, 0x80000000
        or      t0, t0, t1
        andi    t1, a0, 7
        bnez    t1, 6f
        mv      t0, a0
6:      csrw    sepc, t0
        call    random
        mv      s8, a0
        la      t0, seed
        sw      s11, 0(t0)
        la      t0, in_guest
        li      t1, 1
        sw      t1, 0(t0)
        andi    t1, a0, 0x30            # hie, in one of four rounds: such a guest is looked at after each instruction
        bnez    t1, 7f
        csrw    0x604, a0
7:      ori     a0, a0, 0x80            # hstatus: SPV. Without the extension the round ends here
        csrw    0x600, a0
        li      t0, 0x100
        csrc    sstatus, t0
        and     t0, t0, a0
        csrs    sstatus, t0
        sret

# What the guest does: it stores anywhere, reads the tables of its VMM, changes its own satp, fences and calls.
guest:  lw      a0, 0(s6)
        sw      s8, 0(s7)
        csrw    satp, s8
        sfence.vma
        sw      a0, 4(s7)
        li      a7, 0x10
        ecall
        wfi
        sret
guest_end:

# An entry of a table: R, W, X, U and so on by chance; half of them lead to the playground.
entry:  mv      s10, ra
        call    random
        andi    t0, a0, 0x200
        beqz    t0, 1f
        li      t0, 0x000ffcff
        and     a0, a0, t0
        li      t0, 0x20000000
        or      a0, a0, t0
        j       2f
1:      srli    t0, a0, 20              # elsewhere, but for the 4 MiB of this program
        li      t1, 0x201
        bne     t0, t1, 2f
        li      t1, 0x00100000
        xor     a0, a0, t1
2:      jr      s10

# An address: three of four are words of the guest's RAM.
address: mv     s10, ra
        call    random
        andi    t0, a0, 3
        beqz    t0, 1f
        li      t0, 0x3ffffc
        and     a0, a0, t0
        li      t0, 0x80000000
        or      a0, a0, t0
1:      jr      s10

random: slli    t0, s11, 13
        xor     s11, s11, t0
        srli    t0, s11, 17
        xor     s11, s11, t0
        slli    t0, s11, 5
        xor     s11, s11, t0
        mv      a0, s11
        ret

# A trap of the guest begins the next round. One of the VMM itself skips the instruction.
        .align  2
trap:   csrw    sscratch, t6
        la      t6, in_guest
        sw      t5, 4(t6)
        lw      t5, 0(t6)
        bnez    t5, next
        csrr    t5, sepc
        addi    t5, t5, 4
        csrw    sepc, t5
        lw      t5, 4(t6)
        csrr    t6, sscratch
        sret

        .data
progress: .word 0
bad:    .word   0
seed:   .word   0x6c8e9cf5
in_guest: .word 0, 0                    # the second word keeps t5
