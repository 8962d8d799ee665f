// One request to the virtio block device: a checked chain of buffers in guest memory. Only the
// files of isa/board include this header.
// Read next: isa/board/virtio_block.c.
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

// Does what the chain asks for, and stores the outcome in its last writable byte. Sets *written to
// the number of bytes stored without a gap from the first writable byte on. Returns false if the
// chain lacks its header or room for the outcome, or if a buffer is not in RAM: then the device is
// broken.
bool virtio_block_request(const struct virtio_chain *chain, const struct board_wires *w,
                          u32 *written);

#endif
