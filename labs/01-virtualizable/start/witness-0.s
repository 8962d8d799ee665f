# A witness of the hole house0. Rename this file if your hole is another one. At its end a0 is 0 on the bare machine,
# and 1 under a VMM.
        li      a0, 0                   # your test comes here
        li      a7, 8
        ecall
