# The file system that the kernel brings along: built by ../mkfs.c.
        .section .rodata
        .globl  embedded_volume, embedded_volume_end
        .align  4
embedded_volume:
        .incbin "kite.fs"
embedded_volume_end:
        .byte   0
