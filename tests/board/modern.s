# Appended to probe.s: virtio-mmio, version 2. A block device is in slot 7, and nothing in slot 0.
    .equ EMPTY, 0x10001000
    .equ VIRTIO, 0x10008000
    .word LOAD_WORD, EMPTY + 0x00, 0xffffffff
    .word LOAD_WORD, EMPTY + 0x04, 0xffffffff
    .word LOAD_WORD, EMPTY + 0x08, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x00, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x04, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x08, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x0c, 0xffffffff
    .word STORE_WORD, VIRTIO + 0x70, 0
    .word STORE_WORD, VIRTIO + 0x70, 3
    .word LOAD_WORD, VIRTIO + 0x70, 0xffffffff
# Features: what both offer, and VERSION_1.
    .word LOAD_WORD, VIRTIO + 0x10, 0x08000244    # ANY_LAYOUT FLUSH BLK_SIZE SEG_MAX
    .word STORE_WORD, VIRTIO + 0x14, 1
    .word LOAD_WORD, VIRTIO + 0x10, 1
    .word STORE_WORD, VIRTIO + 0x24, 0
    .word STORE_WORD, VIRTIO + 0x20, 0x244
    .word STORE_WORD, VIRTIO + 0x24, 1
    .word STORE_WORD, VIRTIO + 0x20, 1
    .word STORE_WORD, VIRTIO + 0x70, 11
    .word LOAD_WORD, VIRTIO + 0x70, 0xffffffff
# The queue's registers.
    .word STORE_WORD, VIRTIO + 0x30, 1            # no such queue
    .word LOAD_WORD, VIRTIO + 0x34, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x44, 0xffffffff
    .word STORE_WORD, VIRTIO + 0x30, 0
    .word LOAD_WORD, VIRTIO + 0x44, 0xffffffff
    .word STORE_WORD, VIRTIO + 0x38, 8
    .word STORE_WORD, VIRTIO + 0x80, 0x80600000
    .word STORE_WORD, VIRTIO + 0x84, 0
    .word STORE_WORD, VIRTIO + 0x90, 0x80601000
    .word STORE_WORD, VIRTIO + 0x94, 0
    .word STORE_WORD, VIRTIO + 0xa0, 0x80602000
    .word STORE_WORD, VIRTIO + 0xa4, 0
    .word LOAD_WORD, VIRTIO + 0x80, 0xffffffff
    .word STORE_WORD, VIRTIO + 0x44, 1
    .word LOAD_WORD, VIRTIO + 0x44, 0xffffffff
    .word STORE_WORD, VIRTIO + 0x70, 15
    .word LOAD_WORD, VIRTIO + 0x70, 0xffffffff
# The legacy interface's registers are not there.
    .word LOAD_WORD, VIRTIO + 0x40, 0xffffffff
    .word STORE_WORD, VIRTIO + 0x40, 0x80600
    .word LOAD_WORD, VIRTIO + 0x40, 0xffffffff
# A request that reads sector 0: a chain of three descriptors.
    .word STORE_WORD, 0x80600000, 0x80603000
    .word STORE_WORD, 0x80600008, 16
    .word STORE_WORD, 0x8060000c, 0x00010001
    .word STORE_WORD, 0x80600010, 0x80604000
    .word STORE_WORD, 0x80600018, 512
    .word STORE_WORD, 0x8060001c, 0x00020003
    .word STORE_WORD, 0x80600020, 0x80603010
    .word STORE_WORD, 0x80600028, 1
    .word STORE_WORD, 0x8060002c, 2
    .word STORE_WORD, 0x80603010, 0xff
    .word STORE_WORD, 0x80604000, 0x12345678
    .word STORE_WORD, 0x80601000, 0x00010000
    .word STORE_WORD, VIRTIO + 0x50, 0
    .word WAIT, VIRTIO + 0x60, 1
    .word LOAD_WORD, VIRTIO + 0x60, 0xffffffff
    .word LOAD_WORD, 0x80602000, 0xffffffff
    .word LOAD_WORD, 0x80602004, 0xffffffff
    .word LOAD_WORD, 0x80603010, 0xffffffff
    .word LOAD_WORD, 0x80604000, 0xffffffff
    .word STORE_WORD, VIRTIO + 0x64, 1
    .word LOAD_WORD, VIRTIO + 0x60, 0xffffffff
# The configuration, its generation, and shared memory, of which there is none.
    .word LOAD_WORD, VIRTIO + 0x100, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x104, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x114, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0xfc, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0xb0, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0xb4, 0xffffffff
    .word STORE_WORD, VIRTIO + 0x70, 0
    .word LOAD_WORD, VIRTIO + 0x70, 0xffffffff
    .word LOAD_WORD, VIRTIO + 0x44, 0xffffffff
    .word LAST, 0, 0
