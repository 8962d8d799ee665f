// Where the VMM image starts, in mode K with paging off: a0 = hart, a1 = device tree. Only hart 0 comes here.
.section .text.start, "ax"
.globl start
start:
    la sp, stack_top
    la t0, bss_start
    la t1, bss_end
0:  bgeu t0, t1, 1f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 0b
1:  mv a0, a1
    call vmm_main
2:  wfi
    j 2b

.section .bss.stack, "aw", @nobits
.balign 16
    .zero 8192
stack_top:
