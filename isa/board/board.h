// The board that a kernel sees: memory map, device models and firmware, as plain data and
// functions. The machine has one board, and the VMM gives each of its VMs another. There is only
// one model of a board, so a guest meets the same devices at every depth. The model is QEMU's
// `virt` board, as far as it goes, so that one kernel image runs there too.
//
//     0x00100000  test device     power off: store 0x5555 (pass), or code << 16 | 0x3333 (fail)
//     0x0c000000  PLIC            the context of hart h in mode K is 2h+1
//     0x10000000  ns16550a UART   irq 10
//     0x10001000  virtio-mmio     8 slots of 0x1000, irq 1 to 8; one of them, usually slot 0, has
//                                 the block device, the others are empty (device id 0)
//     0x10010000  PIO disk        irq 11; deliberately old-fashioned: a word at a time
//     0x80000000  RAM             64 KiB to 2 GiB; kernels are loaded at 0x80400000, or at
//                                 0x80000000 if RAM ends before that
//
// Freestanding, and no host pointers inside the state. What a board is wired to (console, disk,
// memory) comes with each call as a struct board_wires.
// Read next: isa/board/windows.def.
#ifndef ISA_BOARD_BOARD_H
#define ISA_BOARD_BOARD_H

#include "isa/board/pio.h"
#include "isa/board/plic.h"
#include "isa/board/uart.h"
#include "isa/board/virtio.h"
#include "isa/types.h"

#define BOARD_RAM 0x80000000u
#define BOARD_KERNEL 0x80400000u
#define BOARD_RAM_MIN 0x00010000u
#define BOARD_RAM_MAX 0x80000000u
#define BOARD_SECTOR 512u

// Where the devices are, and which sources they are to the PLIC. virtio has VIRTIO_SLOTS windows of
// VIRTIO_SLOT_SIZE.
#define BOARD_TEST 0x00100000u
#define BOARD_TEST_SIZE 0x1000u
#define BOARD_PLIC 0x0c000000u
#define BOARD_PLIC_SIZE 0x00600000u
#define BOARD_UART 0x10000000u
#define BOARD_UART_SIZE 0x100u
#define BOARD_VIRTIO 0x10001000u
#define BOARD_PIO 0x10010000u
#define BOARD_PIO_SIZE 0x1000u
enum { BOARD_IRQ_VIRTIO = 1, BOARD_IRQ_UART = 10, BOARD_IRQ_PIO = 11 };

// The commands of the test device: the low half of a word that is stored at its base.
enum { TEST_PASS = 0x5555, TEST_FAIL = 0x3333, TEST_RESET = 0x7777 };

// What a board may have in one way or another.
struct board_options {
    u8 virtio; // enum virtio_version; 0 stands for the legacy interface
    // Where the virtio block device is: 0 to VIRTIO_SLOTS - 1. QEMU puts a disk that names no bus
    // into slot 7. Kernels that know one address only know that of slot 0, as a rule, since
    // bus=virtio-mmio-bus.0 stands in most QEMU commands.
    u8 disk_slot;
};

struct board {
    struct board_options options;
    struct uart uart;
    struct plic plic;
    struct virtio virtio;
    struct pio pio;
    u32 harts;
};

// Why the power went off. The firmware (SRST) and the test device can switch it off.
enum power { POWER_ON, POWER_OFF, POWER_FAILED, POWER_REBOOT };

// The other side of the board: whoever owns it gives these functions with every call. Each function
// gets `context`. Addresses are physical addresses as the board's kernel sees them. memory_write,
// disk_read and disk_write end the LR/SC reservations of the board's harts.
struct board_wires {
    void *context;
    void (*console_put)(void *context, u8 byte);
    int (*console_get)(void *context); // the next input byte; -1: there is none now
    // DMA. Both return false, and move nothing, if not all of the range is RAM.
    bool (*memory_read)(void *context, u32 address, void *to, u32 bytes);
    bool (*memory_write)(void *context, u32 address, const void *from, u32 bytes);
    u64 (*disk_sectors)(void *context); // 0: no disk
    bool (*disk_read)(void *context, u64 sector, void *to);
    bool (*disk_write)(void *context, u64 sector, const void *from);
    void (*power_off)(void *context, enum power why, u32 code);
};

// Puts all devices into their state after power-on. Takes no input from the console: board_input
// and accesses to the UART do that.
void board_reset(struct board *b, u32 harts, struct board_options options);

// Returns true if there is a device at this address (any byte of the windows above).
bool board_has(u32 address);
// The name of a device that has a window in these bytes: "UART". If several devices have one there,
// it is any of them; NULL: none has.
const char *board_device_in(u32 address, u32 bytes);

// An aligned access of 1, 2 or 4 bytes. Returns false for an access fault, if there is no device or
// the register cannot be accessed in this size; then nothing has changed. Everything that a store
// starts, DMA included, is finished when board_store returns, and its interrupt is pending.
bool board_load(struct board *b, const struct board_wires *w, u32 address, u32 size, u32 *value);
bool board_store(struct board *b, const struct board_wires *w, u32 address, u32 size, u32 value);

// To be called when console input may have arrived: fills the UART's receive register and raises
// its interrupt.
void board_input(struct board *b, const struct board_wires *w);

// The next input byte for the firmware's console calls, in the order in which a driver of the UART
// would get it. -1: there is none.
int board_receive(struct board *b, const struct board_wires *w);

// The level of a hart's external interrupt line, which the owner copies to hart_state.external. The
// line may change with every access and every input.
bool board_external(const struct board *b, u32 hart);

#endif
