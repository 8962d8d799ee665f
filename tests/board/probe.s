# What a kernel sees of the board, access by access: test_board.sh compares what this prints on QEMU's virt board with
# what it prints on ours. It carries out the steps of a table, keeps what each one read, and prints all of it at the
# end (the firmware's console is the UART that is being looked at). Only what a kernel may rely on is in the table: no
# numbers that a board is free to choose. The steps for the disk follow in legacy.s or modern.s, which is appended.

    .equ LOAD_BYTE, 0
    .equ LOAD_WORD, 1
    .equ STORE_BYTE, 2
    .equ STORE_WORD, 3
    .equ PENDING, 4              # reads SEIP of sip; address and value are not looked at
    .equ WAIT, 5                 # until a load of the word has one of these bits
    .equ LAST, 6

    .equ UART, 0x10000000
    .equ PLIC, 0x0c000000
    .equ ENABLE, PLIC + 0x2080   # context 1: mode K of hart 0
    .equ THRESHOLD, PLIC + 0x201000
    .equ CLAIM, PLIC + 0x201004
    .equ PUTCHAR, 1              # SBI, legacy

    .text
    .globl _start
_start:
    la sp, stack_end
    la s0, steps
    la s1, results
step:
    lw t0, 0(s0)
    lw t1, 4(s0)
    lw t2, 8(s0)
    li a0, 0
    li t3, LAST
    beq t0, t3, print
    li t3, LOAD_BYTE
    beq t0, t3, load_byte
    li t3, LOAD_WORD
    beq t0, t3, load_word
    li t3, STORE_BYTE
    beq t0, t3, store_byte
    li t3, STORE_WORD
    beq t0, t3, store_word
    li t3, WAIT
    beq t0, t3, wait
    csrr a0, sip
    andi a0, a0, 0x200
    j next
load_byte:
    lbu a0, 0(t1)
    and a0, a0, t2               # of a load, the value is a mask
    j next
load_word:
    lw a0, 0(t1)
    and a0, a0, t2
    j next
store_byte:
    sb t2, 0(t1)
    j next
store_word:
    sw t2, 0(t1)
    j next
wait:
    lw a0, 0(t1)
    and a0, a0, t2
    beqz a0, wait
next:
    sw a0, 0(s1)
    addi s0, s0, 12
    addi s1, s1, 4
    j step

# A line a step: operation, address, value, what was read.
print:
    la s0, steps
    la s1, results
line:
    lw a0, 0(s0)
    li t3, LAST
    beq a0, t3, off
    call put_hex
    lw a0, 4(s0)
    call put_hex
    lw a0, 8(s0)
    call put_hex
    lw a0, 0(s1)
    call put_hex
    li a0, 10
    call put
    addi s0, s0, 12
    addi s1, s1, 4
    j line
off:
    li a7, 0x53525354            # SRST: shutdown, no reason
    li a6, 0
    li a0, 0
    li a1, 0
    ecall

# Eight digits and a blank.
put_hex:
    addi sp, sp, -16
    sw ra, 12(sp)
    sw s2, 8(sp)
    sw s3, 4(sp)
    mv s2, a0
    li s3, 28
digit:
    srl a0, s2, s3
    andi a0, a0, 15
    addi a0, a0, '0'
    li t0, '9'
    ble a0, t0, decimal
    addi a0, a0, 'a' - '9' - 1
decimal:
    call put
    addi s3, s3, -4
    bgez s3, digit
    li a0, ' '
    call put
    lw s3, 4(sp)
    lw s2, 8(sp)
    lw ra, 12(sp)
    addi sp, sp, 16
    ret

put:
    li a7, PUTCHAR
    ecall
    ret

    .bss
    .align 4
results:
    .space 4096
    .space 1024
stack_end:

    .data
    .align 2
steps:
# The UART at rest; its registers keep what they can.
    .word STORE_BYTE, UART + 1, 0
    .word LOAD_BYTE, UART + 5, 0x61
    .word LOAD_BYTE, UART + 2, 0xf
    .word STORE_BYTE, UART + 7, 0x5a
    .word LOAD_BYTE, UART + 7, 0xff
    .word STORE_BYTE, UART + 1, 0xf5
    .word LOAD_BYTE, UART + 1, 0xff
    .word STORE_BYTE, UART + 1, 0
    .word STORE_BYTE, UART + 3, 0x83
    .word STORE_BYTE, UART + 0, 0x34
    .word STORE_BYTE, UART + 1, 0x12
    .word LOAD_BYTE, UART + 0, 0xff
    .word LOAD_BYTE, UART + 1, 0xff
    .word STORE_BYTE, UART + 3, 3
    .word LOAD_BYTE, UART + 1, 0xff
    .word LOAD_BYTE, UART + 3, 0xff
# FIFOs on: IIR shows it.
    .word STORE_BYTE, UART + 2, 7
    .word LOAD_BYTE, UART + 2, 0xff
    .word STORE_BYTE, UART + 2, 0
    .word LOAD_BYTE, UART + 2, 0xff
# Modem lines in loopback, and a byte that comes back.
    .word STORE_BYTE, UART + 4, 0x1a
    .word LOAD_BYTE, UART + 6, 0xf0
    .word STORE_BYTE, UART + 4, 0x15
    .word LOAD_BYTE, UART + 6, 0xf0
    .word STORE_BYTE, UART + 4, 0
    .word LOAD_BYTE, UART + 6, 0xf0
# The transmitter's interrupt: once when it is enabled, and not for storing the same again.
    .word STORE_BYTE, UART + 1, 2
    .word LOAD_BYTE, UART + 2, 0x3f
    .word LOAD_BYTE, UART + 2, 0x3f
    .word STORE_BYTE, UART + 1, 2
    .word LOAD_BYTE, UART + 2, 0x3f
    .word STORE_BYTE, UART + 1, 0
# The PLIC's registers.
    .word STORE_WORD, PLIC + 40, 0xff
    .word LOAD_WORD, PLIC + 40, 0xffffffff
    .word STORE_WORD, PLIC, 1
    .word LOAD_WORD, PLIC, 0xffffffff
    .word STORE_WORD, THRESHOLD, 0xf
    .word LOAD_WORD, THRESHOLD, 0xffffffff
    .word STORE_WORD, ENABLE + 8, 0x80000001
    .word LOAD_WORD, ENABLE + 8, 0xffffffff
    .word STORE_WORD, ENABLE + 8, 0
    .word LOAD_WORD, CLAIM, 0xffffffff
# From the UART through the PLIC to the hart, and back.
    .word STORE_WORD, PLIC + 40, 3
    .word STORE_WORD, ENABLE, 0x400
    .word STORE_WORD, THRESHOLD, 3
    .word PENDING, 0, 0
    .word STORE_BYTE, UART + 1, 2
    .word LOAD_WORD, PLIC + 0x1000, 0xffffffff
    .word PENDING, 0, 0
    .word STORE_WORD, THRESHOLD, 2
    .word PENDING, 0, 0
    .word LOAD_WORD, CLAIM, 0xffffffff
    .word PENDING, 0, 0
    .word LOAD_WORD, PLIC + 0x1000, 0xffffffff
    .word LOAD_WORD, CLAIM, 0xffffffff
    .word LOAD_BYTE, UART + 2, 0x3f
    .word STORE_WORD, CLAIM, 10
    .word PENDING, 0, 0
    .word STORE_BYTE, UART + 1, 0
    .word STORE_BYTE, UART + 1, 2
    .word PENDING, 0, 0
    .word LOAD_WORD, CLAIM, 0xffffffff
    .word STORE_BYTE, UART + 1, 0
    .word STORE_WORD, CLAIM, 10
    .word LOAD_WORD, CLAIM, 0xffffffff
    .word PENDING, 0, 0
