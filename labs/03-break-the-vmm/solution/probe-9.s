# How many instructions were there?
        nop
        rdinstret s0
        li   a7, 8
        ecall
