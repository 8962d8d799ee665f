# Two harts and the firmware between them: start, fence, interrupt, stop and start again. Prints BCD, or ! where an
# answer is wrong.
        .equ    PUT, 1
        .equ    BASE, 0x10
        .equ    IPI, 0x735049
        .equ    RFENCE, 0x52464e43
        .equ    HSM, 0x48534d
        .equ    RESET, 0x53525354
        .equ    NOBODY, 0x12345678              # an extension that there is not

        .text
        .globl  _start
_start: la      t0, wrong                       # any trap is wrong
        csrw    stvec, t0
        li      a7, BASE                        # probe: 0
        li      a6, 3
        li      a0, NOBODY
        ecall
        mv      s1, a1
        li      a7, NOBODY                      # call: -2
        ecall
        sub     s1, s1, a0

        li      a7, HSM                         # start hart 1 at `second`, with 'B'
        li      a6, 0
        li      a0, 1
        la      a1, second
        li      a2, 'B'
        ecall
        bnez    a0, wrong
        li      s2, 1
        call    wait_for_flag
        li      a7, RFENCE                      # sfence.vma on every hart, everywhere
        li      a6, 1
        li      a0, 0
        li      a1, -1
        li      a2, 0
        li      a3, 0
        ecall
        bnez    a0, wrong
        li      a7, IPI                         # wake hart 1
        li      a6, 0
        li      a0, 2
        li      a1, 0
        ecall
        bnez    a0, wrong
        li      s2, 2
        call    wait_for_flag
1:      li      a7, HSM                         # until it has stopped
        li      a6, 2
        li      a0, 1
        ecall
        li      t0, 1
        bne     a1, t0, 1b
        addi    a0, s1, 'A'                     # 'C', if unknown things are answered as they should be
        li      a7, PUT
        ecall
        li      a7, HSM                         # start it again, at `third`, with 'D'
        li      a6, 0
        li      a0, 1
        la      a1, third
        li      a2, 'D'
        ecall
        bnez    a0, wrong
1:      j       1b

wait_for_flag:                                  # until flag is s2
        la      t0, flag
        lw      t0, 0(t0)
        bne     t0, s2, wait_for_flag
        ret

second: mv      s0, a1                          # a0 = hart, a1 = what hart_start was given
        la      s1, flag
        li      t0, 2
        csrw    sie, t0
        li      t0, 1
        sw      t0, 0(s1)
1:      wfi
        csrr    t0, sip
        andi    t0, t0, 2
        beqz    t0, 1b
        mv      a0, s0
        li      a7, PUT
        ecall
        li      t0, 2
        sw      t0, 0(s1)
        li      a7, HSM
        li      a6, 1
        ecall                                   # stop: does not come back
wrong:  li      a0, '!'
        li      a7, PUT
        ecall
        li      a1, 1
        j       off

third:  mv      a0, a1
        li      a7, PUT
        ecall
        li      a0, '\n'
        ecall
        li      a1, 0
off:    li      a7, RESET
        li      a6, 0
        li      a0, 0
        ecall

        .data
flag:   .word   0
