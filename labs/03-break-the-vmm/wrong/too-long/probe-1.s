        li a0, '#'; nop; nop; nop; nop; nop; nop; nop; nop; nop
        li a0, '#'; nop; nop; nop; nop; nop; nop; nop; nop; nop
        li a0, '#'; nop; nop; nop; nop; nop; nop; nop; nop; nop
        li a0, '#'; nop; nop; nop; nop; nop; nop; nop; nop; nop
        nop
# Does sepc drop its two low bits?
        li   t0, 0x80400003
        csrw sepc, t0
        csrr s0, sepc
        li   a7, 8
        ecall
