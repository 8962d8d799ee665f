# The file system inside the image of the kernel. ../mkfs.c makes it.
        .section .rodata
        .globl  embedded_volume, embedded_volume_end
        .align  4
embedded_volume:
        .incbin "kite.fs"
embedded_volume_end:
        .byte   0
