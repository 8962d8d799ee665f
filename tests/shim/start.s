# The firmware's doors: reset, traps into mode M, and the way out to the kernel. Read next: shim.c.

        .equ    STACK, 4096             # bytes for each hart; shim.c has the same number of harts
        .equ    FRAME, 64               # 16 words: what a C function may change

        .section .text.start, "ax"
        .globl  _start
_start:                                 # every hart: a0 = its number, a1 = device tree
        la      sp, stacks
        li      t0, STACK
        addi    t1, a0, 1
        mul     t0, t0, t1
        add     sp, sp, t0
        csrw    mscratch, sp            # where a trap finds this hart's stack again
        la      t0, trap_entry
        csrw    mtvec, t0
        tail    shim_start

# A trap from the kernel. Only what C may change is saved: the rest is C's to keep.
        .align  2
trap_entry:
        csrrw   sp, mscratch, sp
        addi    sp, sp, -FRAME
        sw      ra, 0(sp)
        sw      t0, 4(sp)
        sw      t1, 8(sp)
        sw      t2, 12(sp)
        sw      t3, 16(sp)
        sw      t4, 20(sp)
        sw      t5, 24(sp)
        sw      t6, 28(sp)
        sw      a0, 32(sp)
        sw      a1, 36(sp)
        sw      a2, 40(sp)
        sw      a3, 44(sp)
        sw      a4, 48(sp)
        sw      a5, 52(sp)
        sw      a6, 56(sp)
        sw      a7, 60(sp)
        addi    a0, sp, 32              # a0 to a7, as an array
        call    shim_trap
        lw      ra, 0(sp)
        lw      t0, 4(sp)
        lw      t1, 8(sp)
        lw      t2, 12(sp)
        lw      t3, 16(sp)
        lw      t4, 20(sp)
        lw      t5, 24(sp)
        lw      t6, 28(sp)
        lw      a0, 32(sp)
        lw      a1, 36(sp)
        lw      a2, 40(sp)
        lw      a3, 44(sp)
        lw      a4, 48(sp)
        lw      a5, 52(sp)
        lw      a6, 56(sp)
        lw      a7, 60(sp)
        addi    sp, sp, FRAME
        csrrw   sp, mscratch, sp
        mret

# void shim_enter(u32 hart, u32 opaque, u32 stack): to the address in mepc, the stack left clean for the next trap.
        .globl  shim_enter
shim_enter:
        csrw    mscratch, a2
        mret

        .bss
        .align  4
        .globl  stacks
stacks: .space  8 * STACK
