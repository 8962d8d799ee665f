# For kernels that all harts run: hart 0 starts the others by the firmware (HSM), each hart calls `compute` with its
# rounds in s0 (TIMES), and hart 0 waits for the others in the end. If SLICE is not 0, a timer interrupts each hart
# after so many instructions again and again.
        .data
done:   .word   0
        .text
harts:  call    start_timer
        li      s7, 1
1:      li      t0, HARTS
        bgeu    s7, t0, 2f
        li      a7, 0x48534d
        li      a6, 0
        mv      a0, s7
        la      a1, other
        li      a2, 0
        ecall
        addi    s7, s7, 1
        j       1b
2:      la      sp, stacks + 1024
        call    compute
        csrw    sie, zero
        la      t0, done
        li      t1, HARTS - 1
3:      lw      t2, (t0)
        bne     t2, t1, 3b
        j       off

other:  slli    sp, a0, 10
        la      t0, stacks + 1024
        add     sp, sp, t0
        call    start_timer
        li      s0, TIMES
        call    compute
        csrw    sie, zero
        la      t0, done
        li      t1, 1
        amoadd.w zero, t1, (t0)
4:      wfi
        j       4b

start_timer:
        li      t0, SLICE
        beqz    t0, 5f
        la      t1, tick
        csrw    stvec, t1
        csrr    t1, time
        add     t0, t0, t1
        csrw    stimecmp, t0
        csrw    stimecmph, zero
        li      t0, 0x20
        csrw    sie, t0
        csrsi   sstatus, 2
5:      ret

        .balign 4
tick:   csrw    sscratch, t0
        csrr    t0, stimecmp
        addi    t0, t0, SLICE
        csrw    stimecmp, t0
        csrr    t0, sscratch
        sret

        .bss
        .balign 16
stacks: .space  8192                    # 1 KiB for each hart
        .text
