# Has scounteren three bits?
        li   t0, -1
        csrw scounteren, t0
        csrr s0, scounteren
        li   a7, 8
        ecall
