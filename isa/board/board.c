// The board of board.h: it finds the device that an address belongs to, and carries the devices'
// interrupt lines to the PLIC.
// Read next: isa/board/window.c.
#include "isa/board/board.h"

static bool test_window_load(struct board *b, const struct board_wires *w, u32 offset, u32 size,
                             u32 *value)
{
    (void)b, (void)w, (void)offset;
    *value = 0;
    return size >= 2;
}

// The low half of the word is the command, the high half is the exit code of a failure. Other words
// do nothing.
static bool test_window_store(struct board *b, const struct board_wires *w, u32 offset, u32 size,
                              u32 value)
{
    (void)b;
    if (size < 2)
        return false;
    if (offset)
        return true;
    switch (value & 0xffff) {
    case TEST_PASS:
        w->power_off(w->context, POWER_OFF, 0);
        break;
    case TEST_FAIL:
        w->power_off(w->context, POWER_FAILED, value >> 16);
        break;
    case TEST_RESET:
        w->power_off(w->context, POWER_REBOOT, 0);
        break;
    default:
        break;
    }
    return true;
}

// The devices' own functions differ in what they need. These give them one form for the table
// below.

static bool plic_window_load(struct board *b, const struct board_wires *w, u32 offset, u32 size,
                             u32 *value)
{
    (void)w;
    return plic_load(&b->plic, offset, size, value);
}

static bool plic_window_store(struct board *b, const struct board_wires *w, u32 offset, u32 size,
                              u32 value)
{
    (void)w;
    return plic_store(&b->plic, offset, size, value);
}

static bool uart_window_load(struct board *b, const struct board_wires *w, u32 offset, u32 size,
                             u32 *value)
{
    return uart_load(&b->uart, w, offset, size, value);
}

static bool uart_window_store(struct board *b, const struct board_wires *w, u32 offset, u32 size,
                              u32 value)
{
    return uart_store(&b->uart, w, offset, size, value);
}

// The model of the device always finds its disk in slot 0. If the board has it in another slot, the
// two change places on the way.
static u32 virtio_offset(const struct board *b, u32 offset)
{
    u32 slot = offset / VIRTIO_SLOT_SIZE, inside = offset % VIRTIO_SLOT_SIZE;
    if (slot == b->options.disk_slot)
        slot = 0;
    else if (slot == 0)
        slot = b->options.disk_slot;
    return slot * VIRTIO_SLOT_SIZE + inside;
}

static bool virtio_window_load(struct board *b, const struct board_wires *w, u32 offset, u32 size,
                               u32 *value)
{
    return virtio_load(&b->virtio, w, virtio_offset(b, offset), size, value);
}

static bool virtio_window_store(struct board *b, const struct board_wires *w, u32 offset, u32 size,
                                u32 value)
{
    return virtio_store(&b->virtio, w, virtio_offset(b, offset), size, value);
}

static bool pio_window_load(struct board *b, const struct board_wires *w, u32 offset, u32 size,
                            u32 *value)
{
    return pio_load(&b->pio, w, offset, size, value);
}

static bool pio_window_store(struct board *b, const struct board_wires *w, u32 offset, u32 size,
                             u32 value)
{
    return pio_store(&b->pio, w, offset, size, value);
}

struct window {
    u32 base, size;
    bool (*load)(struct board *b, const struct board_wires *w, u32 offset, u32 size, u32 *value);
    bool (*store)(struct board *b, const struct board_wires *w, u32 offset, u32 size, u32 value);
};

static const struct window windows[] = {
#define WINDOW(device, base, size, name) {base, size, device##_window_load, device##_window_store},
#include "isa/board/windows.def"
#undef WINDOW
};

static const struct window *find(u32 address)
{
    for (u32 i = 0; i < sizeof windows / sizeof *windows; i++)
        if (address - windows[i].base < windows[i].size)
            return &windows[i];
    return NULL;
}

bool board_has(u32 address)
{
    return find(address) != NULL;
}

// Interrupt lines are levels, so they are looked at after everything that may have changed one.
static void update_lines(struct board *b)
{
    plic_line(&b->plic, BOARD_IRQ_UART, uart_interrupt(&b->uart));
    plic_line(&b->plic, BOARD_IRQ_VIRTIO + b->options.disk_slot, virtio_interrupt(&b->virtio));
    plic_line(&b->plic, BOARD_IRQ_PIO, pio_interrupt(&b->pio));
}

void board_reset(struct board *b, u32 harts, struct board_options options)
{
    *b = (struct board){.harts = harts, .options = options};
    b->virtio.version = options.virtio ? options.virtio : VIRTIO_LEGACY;
    uart_reset(&b->uart);
    plic_reset(&b->plic);
    virtio_reset(&b->virtio);
    pio_reset(&b->pio);
}

bool board_load(struct board *b, const struct board_wires *w, u32 address, u32 size, u32 *value)
{
    const struct window *at = find(address);
    if (!at || !at->load(b, w, address - at->base, size, value))
        return false;
    update_lines(b);
    return true;
}

bool board_store(struct board *b, const struct board_wires *w, u32 address, u32 size, u32 value)
{
    const struct window *at = find(address);
    if (!at || !at->store(b, w, address - at->base, size, value))
        return false;
    update_lines(b);
    return true;
}

void board_input(struct board *b, const struct board_wires *w)
{
    uart_input(&b->uart, w);
    update_lines(b);
}

int board_receive(struct board *b, const struct board_wires *w)
{
    int byte = uart_receive(&b->uart, w);
    update_lines(b);
    return byte;
}

bool board_external(const struct board *b, u32 hart)
{
    return plic_external(&b->plic, hart);
}
