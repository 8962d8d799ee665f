# The only way into the kernel. Every trap enters here, on the kernel stack of the process that it interrupted, and
# leaves by a struct trap_frame (trap.h). sscratch says which mode was interrupted: it holds the end of the kernel stack
# while a program runs, and 0 while the kernel runs. Read next: trap.h.

        .equ    FRAME, 144

        .text
        .align  2
        .globl  trap_entry
trap_entry:
        csrrw   sp, sscratch, sp
        bnez    sp, 1f
        csrr    sp, sscratch            # from kernel mode: stay on the same stack
1:      addi    sp, sp, -FRAME
        sw      x1, 4(sp)
        sw      x3, 12(sp)
        sw      x4, 16(sp)
        sw      x5, 20(sp)
        sw      x6, 24(sp)
        sw      x7, 28(sp)
        sw      x8, 32(sp)
        sw      x9, 36(sp)
        sw      x10, 40(sp)
        sw      x11, 44(sp)
        sw      x12, 48(sp)
        sw      x13, 52(sp)
        sw      x14, 56(sp)
        sw      x15, 60(sp)
        sw      x16, 64(sp)
        sw      x17, 68(sp)
        sw      x18, 72(sp)
        sw      x19, 76(sp)
        sw      x20, 80(sp)
        sw      x21, 84(sp)
        sw      x22, 88(sp)
        sw      x23, 92(sp)
        sw      x24, 96(sp)
        sw      x25, 100(sp)
        sw      x26, 104(sp)
        sw      x27, 108(sp)
        sw      x28, 112(sp)
        sw      x29, 116(sp)
        sw      x30, 120(sp)
        sw      x31, 124(sp)
        csrrw   t0, sscratch, zero      # the interrupted sp; 0: the kernel runs now
        sw      t0, 8(sp)
        csrr    t0, sepc
        sw      t0, 128(sp)
        csrr    t0, sstatus
        sw      t0, 132(sp)
        mv      a0, sp
        call    trap

# Leaves the kernel by the frame at sp. A new process starts here.
        .globl  trap_leave
trap_leave:
        lw      t0, 128(sp)
        csrw    sepc, t0
        lw      t0, 132(sp)
        csrw    sstatus, t0
        andi    t0, t0, 0x100           # SPP: does it return to kernel mode?
        bnez    t0, 1f
        addi    t0, sp, FRAME
        csrw    sscratch, t0
1:      lw      x1, 4(sp)
        lw      x3, 12(sp)
        lw      x4, 16(sp)
        lw      x5, 20(sp)
        lw      x6, 24(sp)
        lw      x7, 28(sp)
        lw      x8, 32(sp)
        lw      x9, 36(sp)
        lw      x10, 40(sp)
        lw      x11, 44(sp)
        lw      x12, 48(sp)
        lw      x13, 52(sp)
        lw      x14, 56(sp)
        lw      x15, 60(sp)
        lw      x16, 64(sp)
        lw      x17, 68(sp)
        lw      x18, 72(sp)
        lw      x19, 76(sp)
        lw      x20, 80(sp)
        lw      x21, 84(sp)
        lw      x22, 88(sp)
        lw      x23, 92(sp)
        lw      x24, 96(sp)
        lw      x25, 100(sp)
        lw      x26, 104(sp)
        lw      x27, 108(sp)
        lw      x28, 112(sp)
        lw      x29, 116(sp)
        lw      x30, 120(sp)
        lw      x31, 124(sp)
        lw      sp, 8(sp)
        sret
