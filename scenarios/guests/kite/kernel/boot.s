# Where the kernel starts, and where it switches from one process to another. Read next: main.c.

        .section .text.start, "ax"
        .globl  _start
_start: la      sp, boot_stack_end      # a0 = hart, a1 = device tree: kernel_main gets both
        la      t0, kernel_bss
        la      t1, kernel_bss_end
1:      sw      zero, 0(t0)
        addi    t0, t0, 4
        bltu    t0, t1, 1b
        tail    kernel_main

# void context_switch(struct context *from, const struct context *to): leaves one kernel stack and continues on another,
# behind the context_switch that left that one. Registers that every C function may change need not be kept. The sc.w
# stores nothing, since there was no lr.w of this address. It only ends a reservation of the old process: the next
# instruction of the new process might be a sc.w, which must fail.
        .text
        .globl  context_switch
context_switch:
        addi    t0, sp, -16
        sc.w    zero, zero, (t0)
        sw      ra, 0(a0)
        sw      sp, 4(a0)
        sw      s0, 8(a0)
        sw      s1, 12(a0)
        sw      s2, 16(a0)
        sw      s3, 20(a0)
        sw      s4, 24(a0)
        sw      s5, 28(a0)
        sw      s6, 32(a0)
        sw      s7, 36(a0)
        sw      s8, 40(a0)
        sw      s9, 44(a0)
        sw      s10, 48(a0)
        sw      s11, 52(a0)
        lw      ra, 0(a1)
        lw      sp, 4(a1)
        lw      s0, 8(a1)
        lw      s1, 12(a1)
        lw      s2, 16(a1)
        lw      s3, 20(a1)
        lw      s4, 24(a1)
        lw      s5, 28(a1)
        lw      s6, 32(a1)
        lw      s7, 36(a1)
        lw      s8, 40(a1)
        lw      s9, 44(a1)
        lw      s10, 48(a1)
        lw      s11, 52(a1)
        ret

        .section .noinit, "aw", @nobits
        .align  4
        .space  8192                    # later the stack of process 0, the idle process
boot_stack_end:
        .globl  process_stacks
process_stacks:                         # 8 KiB for each of 32 processes; nothing clears them
        .space  32 * 8192
