# What ends an LR/SC reservation besides SC: DMA and disk transfers do, a load from a device does not. Prints the
# result of an SC (1: it failed) behind a virtio request, behind a PIO disk command, and behind a load of a device
# register: 110, at every depth.

    .equ VIRTIO, 0x10001000
    .equ PIO, 0x10010000
    .equ QUEUE, 0x80001000       # 8 descriptors, available ring behind them, used ring on the next page
    .equ REQUEST, 0x80004000

    .text
    .globl _start
_start:
    li s0, VIRTIO
    li t0, 4096
    sw t0, 0x28(s0)              # GuestPageSize
    li t0, 8
    sw t0, 0x38(s0)              # QueueNum
    li t0, QUEUE / 4096
    sw t0, 0x40(s0)              # QueuePFN

    li t1, QUEUE                 # a chain of two: a flush request, its outcome
    li t2, REQUEST
    sw t2, 0(t1)
    li t0, 16
    sw t0, 8(t1)
    li t0, 0x10001               # then descriptor 1
    sw t0, 12(t1)
    addi t0, t2, 64
    sw t0, 16(t1)
    li t0, 1
    sw t0, 24(t1)
    li t0, 2                     # writable
    sw t0, 28(t1)
    li t0, 4                     # flush
    sw t0, 0(t2)
    li t0, 0x10000               # one request is available
    sw t0, 128(t1)

    la s2, word
    li s3, PIO
    li s4, 1                     # READ, of sector 0
    lr.w t0, (s2)
    sw zero, 0x50(s0)            # QueueNotify
    sc.w a0, t0, (s2)
    call print
    lr.w t0, (s2)
    sw s4, 0x0c(s3)              # COMMAND
    sc.w a0, t0, (s2)
    call print
    lr.w t0, (s2)
    lw t1, 0x10(s3)              # STATUS
    sc.w a0, t0, (s2)
    call print
    li a7, 8
    ecall

print:
    addi a0, a0, '0'
    li a7, 1
    ecall
    ret

    .data
    .align 2
word:
    .word 0
