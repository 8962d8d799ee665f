// One request to the virtio block device: a checked chain of buffers in guest memory. Inside
// isa/board only.
#ifndef ISA_BOARD_VIRTIO_BLOCK_H
#define ISA_BOARD_VIRTIO_BLOCK_H

#include "isa/board/virtio.h"

struct virtio_part {
    u32 address, bytes; // guest physical; may be outside RAM
};

struct virtio_chain {
    u32 count, readable;                // parts; the readable ones come first
    u32 readable_bytes, writable_bytes; // their sums
    struct virtio_part part[VIRTIO_QUEUE_MAX];
};

// Does what the chain asks for and stores its outcome in the last writable byte. *written: bytes
// stored, without a gap from the first writable one. False: no header, no room for the outcome, or
// a buffer outside RAM; the queue is broken.
bool virtio_block_request(const struct virtio_chain *chain, const struct board_wires *w,
                          u32 *written);

#endif
