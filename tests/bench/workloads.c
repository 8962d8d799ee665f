// What runs. Compute: programs of kite, in U under Sv32. Traps: kernels of a few lines, in K with paging on, that do
// one thing TIMES times; the operation's own instructions are part of it. Read next: measure.c.
#include "tests/bench/bench.h"

#include <stddef.h>

// Superpages: RAM where it is, the same again at 0x00400000 for U, devices where they are; and 4 KiB pages at
// 0xc0000000.
const char workload_prologue[] =
    " .globl _start\n _start:\n"
    " la t0, root\n li t1, 0x200000cf\n li t2, 16\n li t3, 2048\n add t3, t3, t0\n"
    " 1: sw t1, (t3)\n li t4, 0x100000\n add t1, t1, t4\n addi t3, t3, 4\n addi t2, t2, -1\n bnez t2, 1b\n"
    " li t1, 0x201000df\n sw t1, 4(t0)\n"                                                            // U: 0x00400000
    " li t1, 0x040000c7\n sw t1, 256(t0)\n"                                                          // the UART
    " la t1, leaves\n srli t1, t1, 2\n ori t1, t1, 1\n li t2, 3072\n add t2, t2, t0\n sw t1, (t2)\n" // 0xc0000000
    " la s3, root\n la s4, root2\n li t1, 1024\n"
    " 2: lw t2, (s3)\n sw t2, (s4)\n addi s3, s3, 4\n addi s4, s4, 4\n addi t1, t1, -1\n bnez t1, 2b\n"
    " la s5, root\n srli s5, s5, 12\n li t1, 0x80000000\n or s5, s5, t1\n"                // s5: satp
    " la s6, root2\n srli s6, s6, 12\n or s6, s6, t1\n li t1, 0x400000\n or s6, s6, t1\n" // s6: another, ASID 1
    " csrw satp, s5\n sfence.vma\n"
    " la s1, leaves\n la s2, data\n srli s2, s2, 2\n ori s2, s2, 0xc7\n li s0, TIMES\n j body\n"
    " off: li a7, 0x53525354\n li a6, 0\n li a0, 0\n li a1, 0\n ecall\n j .\n"
    " .bss\n .balign 4096\n root: .space 4096\n root2: .space 4096\n leaves: .space 4096\n data: .space 32768\n .text\n"
    " body:\n";

// Enters U at `user`, seen through the alias; t0 is lost.
#define TO_USER                                                                                                        \
    " la t0, handler\n csrw stvec, t0\n la t0, user\n li t1, 0x80000000\n add t0, t0, t1\n"                            \
    " csrw sepc, t0\n li t0, 0x100\n csrc sstatus, t0\n sret\n"

const struct workload workloads[] = {
    {"fib", "calls", GROUP_COMPUTE, "bench fib", NULL, 20},
    {"sieve", "stores with a stride", GROUP_COMPUTE, "bench sieve", NULL, 20},
    {"qsort", "a sort", GROUP_COMPUTE, "bench qsort", NULL, 20},
    {"crc", "bits of a checksum", GROUP_COMPUTE, "bench crc", NULL, 10},
    {"matmul", "a product of matrices", GROUP_COMPUTE, "bench matmul", NULL, 20},
    {"interpreter", "a loop over bytecode", GROUP_COMPUTE, "bench interpreter", NULL, 20},
    {"stream", "a copy of large arrays", GROUP_COMPUTE, "bench stream", NULL, 20},
    {"chase", "a chain of pointers", GROUP_COMPUTE, "bench chase", NULL, 20},
    {"ecall", "a system call that does nothing", GROUP_TRAP, NULL,
     TO_USER " .balign 4\n handler: csrr t1, scause\n li t2, 8\n bne t1, t2, off\n"
             " csrr t0, sepc\n addi t0, t0, 4\n csrw sepc, t0\n sret\n"
             " user: ecall\n addi s0, s0, -1\n bnez s0, user\n ebreak\n",
     20000},
    {"syscall", "kite's getpid: all registers saved, C", GROUP_TRAP, "traps ecall", NULL, 5000},
    {"illegal", "a CSR read in U, decoded and emulated", GROUP_TRAP, NULL,
     TO_USER " .balign 4\n handler: csrrw sp, sscratch, sp\n csrr t1, scause\n li t2, 2\n bne t1, t2, off\n"
             " csrr t0, sepc\n li t1, 0x80000000\n or t0, t0, t1\n lw t2, (t0)\n srli t3, t2, 7\n andi t3, t3, 31\n"
             " andi t4, t2, 0x7f\n li t5, 0x73\n bne t4, t5, off\n srli t4, t2, 20\n li t5, 0x100\n bne t4, t5, off\n"
             " li t4, 10\n bne t3, t4, off\n csrr a0, sstatus\n csrr t0, sepc\n addi t0, t0, 4\n csrw sepc, t0\n"
             " csrrw sp, sscratch, sp\n sret\n"
             " user: csrr a0, sstatus\n addi s0, s0, -1\n bnez s0, user\n ebreak\n",
     20000},
    {"page-fault", "a page is touched, mapped, unmapped", GROUP_TRAP, NULL,
     " la t0, handler\n csrw stvec, t0\n li s7, 0xc0000000\n"
     " 1: lw t3, (s7)\n sw zero, (s1)\n sfence.vma s7, zero\n addi s0, s0, -1\n bnez s0, 1b\n j off\n"
     " .balign 4\n handler: csrr t0, scause\n li t1, 13\n bne t0, t1, off\n csrr t0, stval\n"
     " bne t0, s7, off\n sw s2, (s1)\n sfence.vma t0, zero\n sret\n",
     20000},
    {"pte-change", "a PTE is written, its address fenced and touched", GROUP_TRAP, NULL,
     " li s7, 0xc0000000\n li t2, 0x400\n"
     " 1: xor s2, s2, t2\n sw s2, (s1)\n sfence.vma s7, zero\n lw t3, (s7)\n addi s0, s0, -1\n bnez s0, 1b\n j off\n",
     50000},
    {"satp", "another address space, a fence of it, 8 touches", GROUP_TRAP, NULL,
     " li s7, 0xc0000000\n mv t0, s1\n li t1, 8\n 2: sw s2, (t0)\n addi s2, s2, 0x400\n addi t0, t0, 4\n"
     " addi t1, t1, -1\n bnez t1, 2b\n xor s6, s5, s6\n mv t5, s5\n li s9, 0x1000\n"
     " 1: xor t5, t5, s6\n csrw satp, t5\n sfence.vma\n mv t0, s7\n li t1, 8\n"
     " 3: lw t3, (t0)\n add t0, t0, s9\n addi t1, t1, -1\n bnez t1, 3b\n addi s0, s0, -1\n bnez s0, 1b\n j off\n",
     10000},
    {"csr", "csrrw on sscratch", GROUP_TRAP, NULL,
     " 1: csrrw t0, sscratch, t1\n addi s0, s0, -1\n bnez s0, 1b\n j off\n", 100000},
    {"code-write", "code is written, fence.i, called", GROUP_TRAP, NULL,
     " la s7, patch\n li s8, 0x00150513\n li t0, 0x00100000\n"
     " 1: xor s8, s8, t0\n sw s8, (s7)\n fence.i\n jalr s7\n addi s0, s0, -1\n bnez s0, 1b\n j off\n"
     " .balign 4096\n patch: nop\n ret\n .balign 4096\n",
     50000},
    {"mmio-read", "a register of the UART", GROUP_TRAP, NULL,
     " li s7, 0x10000000\n 1: lbu t0, 5(s7)\n addi s0, s0, -1\n bnez s0, 1b\n j off\n", 50000},
    {NULL, NULL, 0, NULL, NULL, 0},
};
