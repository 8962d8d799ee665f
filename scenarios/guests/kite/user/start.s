# Where every program starts: a0 = number of arguments, a1 = argv, sp = stack, as exec left them.
        .section .text.start, "ax"
        .globl  _start
_start: call    main
        li      a7, 0                   # exit(main's result)
        ecall
