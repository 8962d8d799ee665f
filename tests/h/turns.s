# A small VMM with two guests in guest mode, which take turns by its timer. SPIE is 1 on the way into a guest.
.globl _start
_start:
    la t0, trap
    csrw stvec, t0
    li t0, -1
    la s0, a_save
    la s1, b_save
    la t0, guest_a
    sw t0, 0(s0)
    la t0, guest_b
    sw t0, 0(s1)
    la t0, slices
    sw zero, 0(t0)
    li t0, 0x20
    csrs sie, t0
    li t0, 0x120            # SPP, SPIE
    csrs sstatus, t0
    li t0, 0x80             # SPV
    csrs 0x600, t0
    la tp, a_save
    j enter
enter:
    lw t0, 0(tp)
    csrw sepc, t0
    csrr t0, time
    addi t0, t0, 500
    csrw 0x14d, t0
    csrw 0x15d, zero
    lw s2, 4(tp)
    sret
.balign 4
trap:
    csrr t0, scause
    bgez t0, other
    csrr t0, sepc
    sw t0, 0(tp)
    sw s2, 4(tp)
    la t1, slices
    lw t2, 0(t1)
    addi t2, t2, 1
    sw t2, 0(t1)
    li t3, 50
    beq t2, t3, done
    la t0, a_save
    bne tp, t0, 1f
    la t0, b_save
1:  mv tp, t0
    j enter
other:
    li a0, 'X'
    li a7, 1
    ecall
    j off
done:
    la t0, a_save
    lw a1, 4(t0)
    la t0, b_save
    lw a2, 4(t0)
off:
    li a7, 0x53525354
    li a6, 0
    li a0, 0
    ecall
    j off
guest_a: addi s2, s2, 1
    j guest_a
guest_b: addi s2, s2, 3
    j guest_b
.balign 4
a_save: .word 0, 0
b_save: .word 0, 0
slices: .word 0
