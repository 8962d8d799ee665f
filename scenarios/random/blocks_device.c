// Blocks that touch devices: registers of every kind of device with every size of access, and
// requests that make sense. Addresses are physical; they are mapped for K, as a rule, in each
// address space.
#include "scenarios/random/gen.h"

#define UART 0x10000000u
#define PLIC 0x0c000000u
#define PIO 0x10010000u

static const char *const loads[] = {"lw", "lb", "lbu", "lh", "lhu"};
static const char *const stores[] = {"sw", "sb", "sh"};

// Some accesses around a base. `usual`: the size that the device is made for, an index into both
// lists.
static void registers(struct program *p, u32 base, u32 size, u32 usual, bool write)
{
    struct rng *r = &p->rng;
    if (rng_percent(r, 80))
        gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x", base);
    for (u32 n = 1 + rng_below(r, 4); n; n--) {
        u32 offset = rng_below(r, size);
        offset = usual == 0 && rng_percent(r, 90) ? offset & ~3u : offset;
        if (write && rng_percent(r, 50))
            piece_line(p, "    %s @s, %u(t0)",
                       rng_percent(r, 85) ? stores[usual] : RNG_PICK(r, stores), offset);
        else
            piece_line(p, "    %s @0, %u(t0)",
                       rng_percent(r, 85) ? loads[usual] : RNG_PICK(r, loads), offset);
    }
}

static void uart(struct program *p)
{
    registers(p, UART, 8, 1, true);
}

static void uart_talks(struct program *p)
{
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x\n    li t1, %u\n    sb t1, 0(t0)\n    lbu @r, 5(t0)", UART,
               rng_below(&p->rng, 256));
    if (rng_percent(&p->rng, 50))
        piece_line(p, "    lbu @r, 0(t0)");
}

static void plic(struct program *p)
{
    static const u32 parts[] = {0,        0x28,     0x1000,   0x2080, 0x2000,  0x201000,
                                0x200000, 0x3ff000, 0x202000, 0x2180, 0x203000};
    registers(p, PLIC + RNG_PICK(&p->rng, parts), 64, 0, true);
}

// The transmitter's interrupt, through the PLIC, to the hart; claimed and completed, or left
// pending.
static void external_interrupt(struct program *p)
{
    struct rng *r = &p->rng;
    u32 hart = rng_percent(r, 80) ? p->hart : rng_below(r, p->harts); // whose context it is sent to
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x\n    li t1, %u\n    sw t1, 40(t0)", PLIC, rng_below(r, 4));
    piece_line(p, "    li t0, 0x%x\n    li t1, 0x400\n    sw t1, 0(t0)",
               PLIC + 0x2080 + 0x100 * hart);
    piece_line(p, "    li t0, 0x%x\n    li t1, %u\n    sb t1, 1(t0)", UART, rng_below(r, 4));
    piece_line(p, "    li t1, 0x200\n    csrs sie, t1");
    if (rng_percent(r, 70))
        piece_line(p, "    csrsi sstatus, 2");
    piece_line(p, "    csrr x%u, sip", gen_register(p));
    if (rng_percent(r, 60))
        piece_line(p, "    li t0, 0x%x\n    lw t1, 4(t0)\n    sw t1, 4(t0)\n    sw zero, 0(t0)",
                   PLIC + 0x201000 + 0x2000 * hart);
}

static void pio(struct program *p)
{
    registers(p, PIO, 32, 0, true);
}

// A sector through the data port; that it moves ends a reservation, though the port writes no
// memory.
static void pio_command(struct program *p)
{
    struct rng *r = &p->rng;
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x\n    li t1, %u\n    sw t1, 8(t0)", PIO, rng_below(r, 10));
    piece_line(p, "    li t1, 0x%x\n    lr.w t2, (t1)\n    li t2, %u\n    sw t2, 12(t0)",
               LAYOUT_DATA + 0x300, 1 + rng_below(r, 2));
    if (rng_percent(r, 30))
        piece_line(p, "    li t2, 128\n1:  sw t2, 20(t0)\n    addi t2, t2, -1\n    bnez t2, 1b");
    piece_line(p, "    sc.w @r, t0, (t1)\n    lw @r, 20(t0)\n    lw @r, 16(t0)");
}

static u32 slot_at(u32 slot)
{
    return BOARD_VIRTIO + slot * VIRTIO_SLOT_SIZE;
}

// All registers but those that start a transfer with addresses of chance.
static void virtio(struct program *p)
{
    u32 slot = rng_percent(&p->rng, 80) ? p->options.disk_slot : rng_below(&p->rng, VIRTIO_SLOTS);
    registers(p, slot_at(slot), 0x100, 0, false);
    if (rng_percent(&p->rng, 30))
        piece_line(p, "    li t1, %u\n    sw t1, 0x70(t0)\n    sw t1, 0x64(t0)",
                   rng_below(&p->rng, 16));
}

// What a driver writes before it uses the queue. Legacy (version 1) and modern (version 2)
// registers are both written: a device heeds its own.
static const struct {
    u32 at, value;
} queue_setup[] = {
    {0x70, 0},
    {0x70, 1},
    {0x70, 3},
    {0x24, 0},
    {0x20, 0},
    {0x24, 1},
    {0x20, 1},
    {0x70, 11},
    {0x30, 0},
    {0x38, 4},
    {0x28, 4096},
    {0x3c, 4096},
    {0x40, LAYOUT_QUEUE >> 12},
    {0x80, LAYOUT_QUEUE},
    {0x84, 0},
    {0x90, LAYOUT_QUEUE + 64},
    {0x94, 0},
    {0xa0, LAYOUT_QUEUE + 4096},
    {0xa4, 0},
    {0x44, 1},
    {0x70, 15},
};

// A queue of four descriptors and one request, to the disk wherever it is.
static void virtio_queue(struct program *p)
{
    struct rng *r = &p->rng;
    const u32 header = LAYOUT_QUEUE + 0x400, status = LAYOUT_QUEUE + 0x420,
              data = rng_percent(r, 90) ? LAYOUT_DATA + 0x1000 * rng_below(r, LAYOUT_DATA_PAGES)
                                        : BOARD_RAM + p->options.ram -
                                              4 * (1 + rng_below(r, 127)); // across its end
    const u32 type = RNG_PICK(r, ((u32[]){0, 1, 4, 8, 77})),
              length = rng_percent(r, 80) ? 512 : rng_below(r, 1024);
    const u32 sector = rng_percent(r, 80) ? rng_below(r, 4) : gen_value(p);
    const struct {
        u32 at, value;
    } memory[] = {
        {0, header},   {8, 16},       {12, 1 | 1 << 16},
        {16, data},    {24, length},  {28, (type == 1 ? 1 : 3) | 2 << 16},
        {32, status},  {40, 1},       {44, 2},
        {0x400, type}, {0x404, 0},    {0x408, sector},
        {0x40c, 0},    {0x420, 0xff}, {68, 0},
        {64, 1 << 16},
    };
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x", slot_at(p->options.disk_slot));
    for (size_t i = 0; i < sizeof queue_setup / sizeof *queue_setup; i++)
        piece_line(p, "    li t1, 0x%x\n    sw t1, 0x%x(t0)", queue_setup[i].value,
                   queue_setup[i].at);
    piece_line(p, "    li t2, 0x%x", LAYOUT_QUEUE);
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        if (rng_percent(r, 98))
            piece_line(p, "    li t1, 0x%x\n    sw t1, 0x%x(t2)", memory[i].value, memory[i].at);
    bool reserve = rng_percent(r, 30); // DMA ends a reservation of what it writes
    if (reserve)
        piece_line(p, "    li t1, 0x%x\n    lr.w t2, (t1)",
                   data + (rng_percent(r, 50) ? 0 : 0x300));
    piece_line(p, "    sw zero, 0x50(t0)");
    if (reserve)
        piece_line(p, "    sc.w x%u, t0, (t1)", 8 + rng_below(r, 19));
    piece_line(p, "    li t2, 0x%x\n    lw @r, 0x60(t0)\n    lw @r, 0x420(t2)", LAYOUT_QUEUE);
}

const struct block_kind blocks_device[] = {
    {"UART registers", 2, false, true, uart},
    {"UART output", 2, false, true, uart_talks},
    {"PLIC registers", 2, false, true, plic},
    {"external interrupt", 3, false, true, external_interrupt},
    {"PIO disk registers", 2, false, true, pio},
    {"virtio registers", 2, false, true, virtio},
    {"PIO disk command", 1, false, true, pio_command},
    {"virtio request", 1, false, true, virtio_queue},
    {0},
};
