// Eight virtio-mmio slots of 0x1000 bytes. Slot 0 is a block device when the board has a disk; the
// others, and slot 0 without one, are empty: device id 0. The interface is the legacy one, version
// 1, because that is what QEMU's `virt` board has unless told otherwise: a kernel that boots there
// speaks it, whatever else it speaks.
//
//     0x000 MagicValue "virt"         0x030 QueueSel                     0x050 QueueNotify      w
//     0x004 Version 1                 0x034 QueueNumMax  128             0x060 InterruptStatus
//     0x008 DeviceID 2 or 0           0x038 QueueNum         w           0x064 InterruptACK     w
//     0x00c VendorID                  0x03c QueueAlign       w           0x070 Status           r w
//     0x010 HostFeatures              0x040 QueuePFN         r w         0x100 capacity in sectors (64 bits), and the rest
//     0x014 HostFeaturesSel  w        0x020 GuestFeatures    w                 of the block device's configuration
//     0x028 GuestPageSize    w        0x024 GuestFeaturesSel w
//
// One split queue, number 0, at QueuePFN * GuestPageSize:
//
//     +-- descriptors, 16 bytes each ---+-- available: flags idx ring[n] --+-- (to QueueAlign) --+-- used: flags idx ring[n] --+
//     |  address 64 | length | flags next |          guest writes            |                     |        device writes        |
//     +---------------------------------+----------------------------------+---------------------+-----------------------------+
//
// A request is a chain of descriptors: 16 readable bytes (type, 0, 64-bit sector), data, and one
// writable byte for the outcome, cut into descriptors in any way, the readable ones first.
// Everything asked for is done inside the store to QueueNotify.
//
// The guest is not to be trusted. A chain that loops, leaves the table or RAM, mixes directions or
// lacks its header or outcome, and an available index that runs ahead by more than the queue, break
// the device: Status gets DEVICE_NEEDS_RESET (0x40), the configuration interrupt is raised, and
// nothing more is done until the guest resets it. A request beyond the disk, of odd length or over
// 4 MiB gets outcome 1, one of a type unknown outcome 2. Source: Virtio 1.1, sections 2.6 (split
// queues), 4.2.4 (legacy MMIO registers), 5.2 (block device). Read next: pio.h.
#ifndef ISA_BOARD_VIRTIO_H
#define ISA_BOARD_VIRTIO_H

#include "isa/types.h"

struct board_wires;

#define VIRTIO_SLOTS 8
#define VIRTIO_SLOT_SIZE 0x1000u
#define VIRTIO_MAGIC 0x74726976u
#define VIRTIO_VENDOR 0x5a505254u // "TRPZ"
#define VIRTIO_QUEUE_MAX 128
#define VIRTIO_REQUEST_MOST 0x400000u // bytes of data in one request

enum { VIRTIO_NEEDS_RESET = 0x40 };
enum { VIRTIO_BLK_IN = 0, VIRTIO_BLK_OUT = 1, VIRTIO_BLK_FLUSH = 4, VIRTIO_BLK_GET_ID = 8 };
enum { VIRTIO_BLK_OK, VIRTIO_BLK_IOERR, VIRTIO_BLK_UNSUPP };

struct virtio {
    u32 features;      // accepted by the driver: word 0
    u32 device_select; // HostFeaturesSel
    u32 driver_select; // GuestFeaturesSel
    u32 page_size; // GuestPageSize: 1 until set. Outlives a reset through Status, since drivers set
                   // it before they do that
    u32 queue_select, queue_size, queue_align;
    u32 queue_pfn; // 0: no queue
    u32 status;
    u32 interrupt; // bit 0: buffers were used, bit 1: the configuration changed
    u16 seen;      // available entries consumed, modulo 65536
    u16 used;      // used entries produced
};

void virtio_reset(struct virtio *v);

// Any offset in the eight slots. Registers are words; the configuration from 0x100 on may be loaded
// in any aligned size. False: another size, nothing changed.
bool virtio_load(const struct virtio *v, const struct board_wires *w, u32 offset, u32 size,
                 u32 *value);
bool virtio_store(struct virtio *v, const struct board_wires *w, u32 offset, u32 size, u32 value);

bool virtio_interrupt(const struct virtio *v);

#endif
