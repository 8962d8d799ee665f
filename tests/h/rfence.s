# Remote fences of a guest's translations (SBI RFENCE, functions 3 to 6). Hart 1 reads a word by hlv.w and says what it
# found. Hart 0 changes the entry by which hart 1 has read it, has the firmware fence hart 1, and asks again. A hart
# that was not fenced may go on with the old entry. Prints AB BA AB BA: for each function the word before and after, or
# ! where the firmware answers an error.
        .equ    PUT, 1
        .equ    OFF, 8
        .equ    RFENCE, 0x52464e43
        .equ    HSM, 0x48534d
        .equ    ALL, 0xdf               # D A U X W R V
        .equ    ADDRESS, 0x400000       # entry 1 of the root, entry 0 of the table

        .text
        .globl  _start
_start: la      sp, stack_end
        la      t0, wrong               # any trap is wrong
        csrw    stvec, t0
        la      s0, table
        la      t0, root
        srli    t1, s0, 12
        slli    t1, t1, 10
        ori     t1, t1, 1
        sw      t1, 4(t0)
        la      a0, page_a
        call    map
        li      a7, HSM                 # hart 1 at `reader`
        li      a6, 0
        li      a0, 1
        la      a1, reader
        li      a2, 0
        ecall
        bnez    a0, wrong

        call    second_stage
        la      a0, page_b
        li      a1, 4                   # hfence.gvma of every VMID
        call    change
        la      a0, page_a
        li      a1, 3                   # of one VMID
        call    change
        call    first_stage
        la      a0, page_b
        li      a1, 6                   # hfence.vvma of every ASID
        call    change
        la      a0, page_a
        li      a1, 5                   # of one ASID
        call    change
        j       stop

wrong:  li      a0, '!'
        li      a7, PUT
        ecall
stop:   li      a0, '\n'
        li      a7, PUT
        ecall
        li      a7, OFF
        ecall

# The one entry of the table leads to the page at a0.
map:    srli    a0, a0, 12
        slli    a0, a0, 10
        ori     a0, a0, ALL
        sw      a0, 0(s0)
        ret

# Hart 1 is to read through one stage or the other.
second_stage:
        li      t0, 1
        j       1f
first_stage:
        li      t0, 2
1:      la      t1, stage
        sw      t0, 0(t1)
        ret

# Prints what hart 1 reads, makes the entry lead to a0, fences by function a1, and prints what hart 1 reads then.
change: addi    sp, sp, -12
        sw      ra, 0(sp)
        sw      a0, 4(sp)
        sw      a1, 8(sp)
        call    ask
        lw      a0, 4(sp)
        call    map
        lw      a6, 8(sp)
        li      a7, RFENCE
        li      a0, 2                   # hart 1
        li      a1, 0
        li      a2, ADDRESS
        li      a3, 0x1000
        li      a4, 0                   # VMID or ASID
        ecall
        bnez    a0, wrong
        call    ask
        li      a0, ' '
        li      a7, PUT
        ecall
        lw      ra, 0(sp)
        addi    sp, sp, 12
        ret

# Has hart 1 read once, and prints that.
ask:    la      t0, turn
        li      t1, 1
        sw      t1, 0(t0)
1:      lw      t1, 0(t0)
        bnez    t1, 1b
        la      t0, found
        lw      a0, 0(t0)
        li      a7, PUT
        ecall
        ret

# Hart 1. It keeps its registers from one reading to the next, so that nothing but a fence makes it forget.
reader: la      t0, wrong
        csrw    stvec, t0
        li      s3, 0                   # the stage that is set up
wait:   la      t0, turn
        lw      t1, 0(t0)
        beqz    t1, wait
        la      t0, stage
        lw      t1, 0(t0)
        beq     t1, s3, read
        mv      s3, t1
        la      t0, root
        srli    t0, t0, 12
        li      t2, 0x80000000          # Sv32 and Sv32x4 alike: the mode, and VMID or ASID 0
        or      t0, t0, t2
        csrw    hgatp, zero
        csrw    vsatp, zero
        li      t2, 1
        bne     t1, t2, 1f
        csrw    hgatp, t0
        j       2f
1:      csrw    vsatp, t0
2:      hfence.vvma zero, zero
        hfence.gvma zero, zero
read:   li      t0, ADDRESS
        hlv.w   t1, (t0)
        la      t0, found
        sw      t1, 0(t0)
        fence
        la      t0, turn
        sw      zero, 0(t0)
        j       wait

        .data
        .balign 4
turn:   .word   0                       # 1: hart 1 is to read
stage:  .word   0
found:  .word   0
        .balign 16384
root:   .zero   16384
table:  .zero   4096
page_a: .word   'A'
        .balign 4096
page_b: .word   'B'
        .balign 4096
stack:  .zero   1024
stack_end:
