# Does sip show a timer interrupt that is pending?
        csrw stimecmp, x0
        csrw stimecmph, x0
        csrr s0, sip
        li   a7, 8
        ecall
