# Where the monitor of monitor.c starts, and its way into and out of the guest.
        .section .text.start, "ax"
        .globl  _start
_start: la      sp, stack_end
        tail    monitor

        .text
        .align  2
        .globl  trap_entry
trap_entry:
        csrw    sscratch, x31
        la      x31, guest_x
        sw      x1, 4(x31)
        sw      x2, 8(x31)
        sw      x3, 12(x31)
        sw      x4, 16(x31)
        sw      x5, 20(x31)
        sw      x6, 24(x31)
        sw      x7, 28(x31)
        sw      x8, 32(x31)
        sw      x9, 36(x31)
        sw      x10, 40(x31)
        sw      x11, 44(x31)
        sw      x12, 48(x31)
        sw      x13, 52(x31)
        sw      x14, 56(x31)
        sw      x15, 60(x31)
        sw      x16, 64(x31)
        sw      x17, 68(x31)
        sw      x18, 72(x31)
        sw      x19, 76(x31)
        sw      x20, 80(x31)
        sw      x21, 84(x31)
        sw      x22, 88(x31)
        sw      x23, 92(x31)
        sw      x24, 96(x31)
        sw      x25, 100(x31)
        sw      x26, 104(x31)
        sw      x27, 108(x31)
        sw      x28, 112(x31)
        sw      x29, 116(x31)
        sw      x30, 120(x31)
        csrr    t0, sscratch
        sw      t0, 124(x31)
        la      sp, stack_end
        mv      a0, x31
        tail    trap

# void enter(u32 *x): into the guest with these registers
        .globl  enter
enter:  mv      x31, a0
        lw      x1, 4(x31)
        lw      x2, 8(x31)
        lw      x3, 12(x31)
        lw      x4, 16(x31)
        lw      x5, 20(x31)
        lw      x6, 24(x31)
        lw      x7, 28(x31)
        lw      x8, 32(x31)
        lw      x9, 36(x31)
        lw      x10, 40(x31)
        lw      x11, 44(x31)
        lw      x12, 48(x31)
        lw      x13, 52(x31)
        lw      x14, 56(x31)
        lw      x15, 60(x31)
        lw      x16, 64(x31)
        lw      x17, 68(x31)
        lw      x18, 72(x31)
        lw      x19, 76(x31)
        lw      x20, 80(x31)
        lw      x21, 84(x31)
        lw      x22, 88(x31)
        lw      x23, 92(x31)
        lw      x24, 96(x31)
        lw      x25, 100(x31)
        lw      x26, 104(x31)
        lw      x27, 108(x31)
        lw      x28, 112(x31)
        lw      x29, 116(x31)
        lw      x30, 120(x31)
        lw      x31, 124(x31)
        sret

        .section .rodata
        .globl  kite, kite_end
        .align  4
kite:   .incbin "kite.bin"
kite_end:
        .section .noinit, "aw", @nobits
        .align  4
        .space  4096
stack_end:
