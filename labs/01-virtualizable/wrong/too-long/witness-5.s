        li a0, '#'; nop; nop; nop; nop; nop; nop; nop; nop; nop
        li a0, '#'; nop; nop; nop; nop; nop; nop; nop; nop; nop
        li a0, '#'; nop; nop; nop; nop; nop; nop; nop; nop; nop
        li a0, '#'; nop; nop; nop; nop; nop; nop; nop; nop; nop
        li a0, '#'; nop; nop; nop; nop; nop; nop; nop; nop; nop
        li a0, '#'; nop; nop; nop; nop; nop; nop; nop; nop; nop
# house5 gives rs1 in K and rs2 in U.
        li     a2, 1
        house5 a0, zero, a2
        li     a7, 8
        ecall
