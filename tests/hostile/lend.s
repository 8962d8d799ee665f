# Calls of a VMM that asks for a whole switch (hypervisor/lend.h), with garbage in each field: records and registers
# at wild addresses, limits of 0 and of 2^32 - 1, page tables that are none. The inner guest calls, too, and forges
# what the VMM below has to remember.
        .text
        .globl  _start
_start: la      t0, trap
        csrw    stvec, t0
        la      t0, root
        srli    t0, t0, 12
        li      t1, 0x80000000
        or      s0, t0, t1
        csrw    satp, s0
        sfence.vma
next:   la      s1, progress                    # no register is known here
        lw      t0, 0(s1)
        addi    t0, t0, 1
        sw      t0, 0(s1)
        la      s2, lend
        la      s4, registers
        la      t0, seed
        lw      s11, 0(t0)
        li      s3, 11                          # every field is garbage
        mv      t1, s2
1:      call    random
        sw      a0, 0(t1)
        addi    t1, t1, 4
        addi    s3, s3, -1
        bnez    s3, 1b
        li      s3, 33                          # and every register, pc too
        mv      t1, s4
2:      call    random
        sw      a0, 0(t1)
        addi    t1, t1, 4
        addi    s3, s3, -1
        bnez    s3, 2b
        call    random                          # then some of it is mended
        mv      s5, a0
        andi    t0, s5, 7
        beqz    t0, 3f
        sw      s4, 0(s2)                       # registers that are there
3:      andi    t0, s5, 0x38
        beqz    t0, 4f
        la      t1, inner_root                  # a table that maps the program for the inner guest
        srli    t1, t1, 12
        sw      t1, 4(s2)
4:      andi    t0, s5, 0x1c0
        beqz    t0, 5f
        la      t1, inner                       # code that is there
        sw      t1, 128(s4)
5:      slli    t0, s5, 20
        srli    t0, t0, 20                      # a limit from 0 to 4095
        andi    t1, s5, 0x200
        beqz    t1, 6f
        li      t0, -1
6:      sw      t0, 8(s2)
        andi    t0, s5, 0x400
        bnez    t0, 7f
        li      t0, end - 64                    # registers that run over the end of its memory
        sw      t0, 0(s2)
7:      la      t0, seed
        sw      s11, 0(t0)
        mv      a0, s2
        li      t0, 0x3800
        and     t0, s5, t0
        bnez    t0, 8f
        call    random                          # a record that is anywhere
8:      srli    a6, s5, 30                      # functions 0 to 3, mostly 1
        andi    a6, a6, 1
        ori     a6, a6, 1
        li      t0, 0x1c000
        and     t0, s5, t0
        bnez    t0, 9f
        srli    a6, s5, 30
9:      li      a7, 0x09747a70
        ecall
        j       next

# The inner guest. It makes the call itself, forges the record of the call that it is in, and traps.
inner:  la      a0, lend
        li      a6, 1
        li      a7, 0x09747a70
        la      t0, seed
        lw      s11, 0(t0)
        call    random
        andi    t1, a0, 4
        beqz    t1, 1f
        la      t0, lend
        sw      a0, 28(t0)                      # own_sp
        andi    t1, a0, 8
        beqz    t1, 1f
        sw      a0, 32(t0)                      # own_pc
        andi    t1, a0, 16
        beqz    t1, 1f
        sw      a0, 0(t0)                       # where its registers go
        andi    t1, a0, 32
        beqz    t1, 1f
        sw      x0, 36(t0)                      # own_satp: its VMM goes on without paging
1:      andi    t1, s11, 64
        beqz    t1, 2f
        csrw    satp, x0
2:      la      a0, lend
        ecall
        j       inner

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
seed:   .word   0x2545f491
lend:   .space  44
registers: .space 132
        .equ    end, 0x80800000
        .align  12
root:   .space  4 * 0x201
        .word   0x201000cf
        .space  4 * 0x1fe
inner_root: .space 4 * 0x201
        .word   0x201000df
        .space  4 * 0x1fe
