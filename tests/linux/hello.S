# The guest of tests/linux/kvm.c: the bytes of hello, as they lie in memory from its entry on.
        .data
        .globl  hello, hello_end
hello:  .incbin HELLO
hello_end:
