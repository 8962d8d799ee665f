// Eight virtio-mmio slots of 0x1000 bytes. Slot 0 is a block device if the board has a disk. The
// other slots are empty, and so is slot 0 without a disk: an empty slot has device id 0. (The board
// can put the device into another slot: isa/board/board.h.) The interface is the legacy one,
// version 1, or the modern one, version 2. QEMU's `virt` board has the legacy one unless it is told
// otherwise, so that is the usual one here.
//
//     0x000 MagicValue "virt"        0x030 QueueSel        w    0x060 InterruptStatus
//     0x004 Version 1 or 2           0x034 QueueNumMax  128     0x064 InterruptACK     w
//     0x008 DeviceID 2 or 0          0x038 QueueNum        w    0x070 Status           r w
//     0x00c VendorID "QEMU"          0x050 QueueNotify     w    0x100 the block device's
//     0x010 DeviceFeatures           0x020 DriverFeatures  w          configuration: capacity in
//     0x014 DeviceFeaturesSel  w     0x024 DriverFeaturesSel w        sectors (64 bits), and more
//
//     version 1                      version 2
//     0x028 GuestPageSize      w     0x044 QueueReady      r w  0x0b0 SHMLen   all ones: there is
//     0x03c QueueAlign         w     0x080 QueueDesc       w    0x0b8 SHMBase  no such region
//     0x040 QueuePFN         r w     0x090 QueueDriver     w    0x0fc ConfigGeneration 0
//                                    0x0a0 QueueDevice     w
//
// There is one split queue, number 0. In version 1 it is one piece at QueuePFN * GuestPageSize; in
// version 2 each of its three parts has an address of its own, of 64 bits (low word first):
//
//     +-- descriptors, 16 bytes each -----+-- available ring ---+-------+-- used ring ---------+
//     | address 64 | length | flags, next | flags, idx, ring[n] | (pad) | flags, idx, ring[n]  |
//     +-----------------------------------+---------------------+-------+----------------------+
//        the guest writes                    the guest writes             the device writes; it
//                                                                         starts at QueueAlign
//
// A request is a chain of descriptors: 16 readable bytes (type, 0, 64-bit sector), data, and one
// writable byte for the outcome. They may be cut into descriptors in any way, the readable ones
// first. All requests are done inside the store to QueueNotify.
//
// The guest is not to be trusted. These things break the device: a chain that loops, that leaves
// the table or RAM, that mixes directions, that names a table of its own (INDIRECT, which is not
// offered), or that lacks its header or its outcome; and an available index that runs ahead by more
// than the queue. A broken device sets DEVICE_NEEDS_RESET in Status, raises the configuration
// interrupt, and does nothing more until the guest resets it. A request beyond the disk, of a
// length that is not whole sectors, or over 4 MiB has outcome 1; a request of an unknown type has
// outcome 2.
//
// In version 2 the device takes FEATURES_OK from a driver that has accepted VERSION_1 and nothing
// that was not offered; else the bit stays 0. It serves no request before the driver has set
// FEATURES_OK, QueueReady and DRIVER_OK.
//
// Source: Virtio 1.1, sections 2.6 (split queues), 3.1 (initialization), 4.2.2 (MMIO registers),
// 4.2.4 (those of the legacy interface), 5.2 (block device); 1.2, section 4.2.2 (shared memory).
// Read next: isa/board/virtio.c.
#ifndef ISA_BOARD_VIRTIO_H
#define ISA_BOARD_VIRTIO_H

#include "isa/types.h"

struct board_wires;

#define VIRTIO_SLOTS 8
#define VIRTIO_SLOT_SIZE 0x1000u
#define VIRTIO_MAGIC 0x74726976u
#define VIRTIO_VENDOR 0x554d4551u // "QEMU": kernels look for it
#define VIRTIO_BLOCK_DEVICE 2u    // the device id
#define VIRTIO_QUEUE_MAX 128
#define VIRTIO_REQUEST_MOST 0x400000u // bytes of data in one request

// The value of the register Version.
enum virtio_version { VIRTIO_LEGACY = 1, VIRTIO_MODERN = 2 };

enum virtio_register {
    VIRTIO_REG_MAGIC = 0x000,
    VIRTIO_REG_VERSION = 0x004,
    VIRTIO_REG_DEVICE = 0x008,
    VIRTIO_REG_VENDOR = 0x00c,
    VIRTIO_REG_HOST_FEATURES = 0x010,
    VIRTIO_REG_HOST_SELECT = 0x014,
    VIRTIO_REG_GUEST_FEATURES = 0x020,
    VIRTIO_REG_GUEST_SELECT = 0x024,
    VIRTIO_REG_PAGE_SIZE = 0x028,
    VIRTIO_REG_QUEUE_SELECT = 0x030,
    VIRTIO_REG_QUEUE_MAX = 0x034,
    VIRTIO_REG_QUEUE_SIZE = 0x038,
    VIRTIO_REG_QUEUE_ALIGN = 0x03c,
    VIRTIO_REG_QUEUE_PFN = 0x040,
    VIRTIO_REG_QUEUE_READY = 0x044,
    VIRTIO_REG_NOTIFY = 0x050,
    VIRTIO_REG_INTERRUPT = 0x060,
    VIRTIO_REG_ACKNOWLEDGE = 0x064,
    VIRTIO_REG_STATUS = 0x070,
    VIRTIO_REG_DESCRIPTORS = 0x080, // QueueDesc; the high word of each address is 4 further on
    VIRTIO_REG_AVAILABLE = 0x090,   // QueueDriver
    VIRTIO_REG_USED = 0x0a0,        // QueueDevice
    VIRTIO_REG_SHARED_LENGTH = 0x0b0,
    VIRTIO_REG_SHARED_BASE = 0x0b8,
    VIRTIO_REG_CONFIG = 0x100,
};

enum {
    VIRTIO_ACKNOWLEDGED = 1,
    VIRTIO_DRIVER = 2,
    VIRTIO_DRIVER_OK = 4,
    VIRTIO_FEATURES_OK = 8,
    VIRTIO_NEEDS_RESET = 0x40
};
#define VIRTIO_FEATURE_VERSION_1 1u // bit 0 of the second word of features
enum { VIRTIO_DESC_NEXT = 1, VIRTIO_DESC_WRITE = 2, VIRTIO_DESC_INDIRECT = 4 };
enum { VIRTIO_BLK_IN = 0, VIRTIO_BLK_OUT = 1, VIRTIO_BLK_FLUSH = 4, VIRTIO_BLK_GET_ID = 8 };
enum { VIRTIO_BLK_OK, VIRTIO_BLK_IOERR, VIRTIO_BLK_UNSUPP };

enum virtio_queue_part { VIRTIO_DESCRIPTORS, VIRTIO_AVAILABLE, VIRTIO_USED, VIRTIO_PARTS };

struct virtio {
    u32 version;       // enum virtio_version, which no reset by the driver changes
    u32 features;      // accepted by the driver: word 0
    u32 features_high; // word 1; version 2
    u32 device_select; // HostFeaturesSel
    u32 driver_select; // GuestFeaturesSel
    // GuestPageSize: 1 until it is set. A reset through Status keeps it, since drivers set the page
    // size first and reset the device afterwards.
    u32 page_size;
    u32 queue_select, queue_size, queue_align;
    u32 queue_pfn; // version 1; 0: no queue
    struct {
        u32 low, high;
    } part[VIRTIO_PARTS]; // version 2: their addresses
    u32 queue_ready;      // version 2
    u32 status;
    u32 interrupt; // bit 0: buffers were used; bit 1: the configuration changed
    u16 seen;      // available entries consumed, modulo 65536
    u16 used;      // used entries produced, modulo 65536
};

// The state after power-on. The owner has set v->version, which stays.
void virtio_reset(struct virtio *v);

// Accesses at any offset in the eight slots. Registers are words; the configuration, from 0x100 on,
// may be loaded in any aligned size. Return false, and change nothing, for another size.
bool virtio_load(const struct virtio *v, const struct board_wires *w, u32 offset, u32 size,
                 u32 *value);
bool virtio_store(struct virtio *v, const struct board_wires *w, u32 offset, u32 size, u32 value);

bool virtio_interrupt(const struct virtio *v);

#endif
