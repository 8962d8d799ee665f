# A VMM that opens its interrupts in its trap handler. The second trap is its own, and SPV is 0 after it.
# STATUS: what sstatus is on the way into the guest, SPIE or not.
.globl _start
_start:
    la t0, trap
    csrw stvec, t0
    li t0, 0x20
    csrs sie, t0
    li t0, STATUS
    csrs sstatus, t0
    li t0, 0x80
    csrs 0x600, t0
    la t0, guest
    csrw sepc, t0
    li s5, 0
    csrr t0, time
    addi t0, t0, 300
    csrw 0x14d, t0
    csrw 0x15d, zero
    sret
.balign 4
trap:
    bnez s5, second
    li s5, 1
    li t1, 20
1:  addi t1, t1, -1
    bnez t1, 1b
    csrsi sstatus, 2
    nop
    nop
    j resume
.balign 4
second:
    addi s5, s5, 1
    csrr s6, sepc
    csrr s7, sstatus
    csrr s9, scause
    la t0, resume
    csrw sepc, t0
    li t0, -1
    csrw 0x14d, t0
    csrw 0x15d, t0
    sret
resume:
    csrr s8, 0x600
    csrr s10, sepc
    li a7, 0x53525354
    li a6, 0
    li a0, 0
    li a1, 0
    ecall
guest: addi s2, s2, 1
    j guest
