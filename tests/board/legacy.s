# Appended to probe.s: virtio-mmio, version 1. A block device is in slot 0, and nothing in slot 1.
    .equ VIRTIO, 0x10001000
    .word LOAD_WORD, VIRTIO + 0x00, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x04, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x08, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x0c, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x1000, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x1004, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x1008, 0xffffffff
    .word STORE_WORD, VIRTIO + 0x70, 0
    .word STORE_WORD, VIRTIO + 0x70, 3
    .word LOAD_WORD, VIRTIO + 0x70, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x10, 0x244         # FLUSH BLK_SIZE SEG_MAX
    .word STORE_WORD, VIRTIO + 0x30, 1            # no such queue
    .word LOAD_WORD, VIRTIO + 0x40, 0xffffffff
    .word STORE_WORD, VIRTIO + 0x30, 0
    .word LOAD_WORD, VIRTIO + 0x40, 0xffffffff
    .word STORE_WORD, VIRTIO + 0x28, 4096
    .word STORE_WORD, VIRTIO + 0x38, 8
    .word STORE_WORD, VIRTIO + 0x3c, 4096
    .word STORE_WORD, VIRTIO + 0x40, 0x80001
    .word LOAD_WORD, VIRTIO + 0x40, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x60, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x100, 0xffffffff   # capacity
    .word LOAD_WORD, VIRTIO + 0x104, 0xffffffff
    .word LOAD_BYTE, VIRTIO + 0x101, 0xff
    .word LOAD_WORD, VIRTIO + 0x114, 0xffffffff   # blk_size
    .word STORE_WORD, VIRTIO + 0x70, 0
    .word LOAD_WORD, VIRTIO + 0x70, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x40, 0xffffffff
# A word other than the three does not switch off.
    .word STORE_WORD, 0x00100000, 0x1234
    .word LAST, 0, 0
