# Where every program starts. exec has set a0 = number of arguments, a1 = argv, and sp.
        .section .text.start, "ax"
        .globl  _start
_start: call    main
        li      a7, 0                   # exit(main's result)
        ecall
