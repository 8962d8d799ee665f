// Draws a program: the frame around a body of random pieces.
#include "scenarios/random/gen.h"

_Static_assert(sizeof((struct program *)0)->small_pages == 2 * SPACES_MOST, "one for each space");

static const struct block_kind *const groups[] = {blocks_compute, blocks_memory, blocks_system,
                                                  blocks_device, blocks_wide};

// The blocks of a wide program have no weight in any other, so they change nothing of what a seed
// draws there.
static u32 weight_of(const struct program *p, const struct block_kind *kind, bool wide)
{
    return (p->portable && !kind->portable) || (wide && !p->wide) ? 0 : kind->weight;
}

// The kind at `at` of the weights laid end to end.
static const struct block_kind *kind_at(const struct program *p, u32 at, u32 *total)
{
    *total = 0;
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++)
        for (const struct block_kind *kind = groups[g]; kind->name; kind++) {
            *total += weight_of(p, kind, groups[g] == blocks_wide);
            if (at < *total)
                return kind;
        }
    return NULL;
}

static void write_block(struct program *p, u32 number, u32 weights)
{
    u32 unused;
    const struct block_kind *kind = kind_at(p, rng_below(&p->rng, weights), &unused);
    piece_begin(p, kind->name, false, kind->whole);
    piece_line(p, "    la s11, end%u", number);
    kind->write(p);
    piece_line(p, "end%u:", number);
    piece_end(p);
}

// A way to end that is not a power-off: rare, and whole, so that shrinking keeps or drops it.
static void write_stuck_end(struct program *p)
{
    static const char *const ends[] = {
        "    csrw sie, zero\n    wfi",                            // nothing can wake it
        "    li t0, 0x02000000\n    csrw stvec, t0\n    .word 0", // a trap handler that cannot be
                                                                  // fetched
        "    li a7, 0x48534d\n    li a6, 1\n    ecall",           // the last hart stops itself
    };
    piece_begin(p, "an end without power-off", false, true);
    gen_to_kernel(p);
    piece_line(p, "%s", RNG_PICK(&p->rng, ends));
    piece_end(p);
}

#define BLOCKS_LEAST 4u
#define BLOCKS_MORE 60u      // at most so many more
#define BLOCKS_MORE_SHORT 8u // in a short program

static void write_hart(struct program *p, u32 weights)
{
    frame_head(p);
    u32 more = rng_below(&p->rng, p->is_short ? BLOCKS_MORE_SHORT : BLOCKS_MORE);
    u32 blocks = BLOCKS_LEAST + more;
    for (u32 i = 0; i < blocks; i++)
        write_block(p, i + 1000 * p->hart, weights);
    if (!p->portable && p->harts == 1 && rng_percent(&p->rng, 3))
        write_stuck_end(p);
    frame_end(p);
}

// RAM that ends within a superpage, a VMM that is short of pages, time that is soon beyond 32 bits:
// each of it now and then.
static void choose_memory(struct program *p)
{
    struct rng *r = &p->rng;
    p->options.ram = LAYOUT_RAM;
    if (!p->portable && rng_percent(r, 30))
        p->options.ram = LAYOUT_RAM_LEAST +
                         PAGE_SIZE * rng_below(r, (LAYOUT_RAM - LAYOUT_RAM_LEAST) / PAGE_SIZE);
    p->options.vmm_pages = rng_percent(r, 25) ? 11 + rng_below(r, 10) : 0;
    p->options.late = rng_percent(r, 25) ? 1 + rng_below(r, 0x480000) : 0;
}

// The virtio disk: its interface, and its slot. They are drawn apart from all else, so the rest of
// a program does not depend on them.
static void choose_disk(struct program *p)
{
    struct rng r = {~p->seed};
    p->options.virtio = rng_percent(&r, 50) ? VIRTIO_MODERN : VIRTIO_LEGACY;
    p->options.disk_slot = rng_percent(&r, 50) ? 0 : (u8)rng_below(&r, VIRTIO_SLOTS);
}

// RAM above 8 MiB, which may end within a superpage; up to four harts.
static void widen(struct program *p)
{
    struct rng *r = &p->rng;
    p->options.ram =
        LAYOUT_RAM + PAGE_SIZE * rng_below(r, (LAYOUT_RAM_WIDE - LAYOUT_RAM) / PAGE_SIZE);
    if (rng_percent(r, 30))
        p->options.ram &= ~(MEGAPAGE_SIZE - 1);
    p->options.misaligned_emulate = rng_percent(r, 50);
    p->options.harts = p->harts = 1 + (rng_percent(r, 60) ? 0 : rng_below(r, LAYOUT_HARTS));
    p->spaces = p->harts > 2 ? p->harts + 1 : SPACES;
}

void gen_program(struct program *p, u64 seed, enum program_kind kind)
{
    u32 weights;
    bool portable = kind == PROGRAM_PORTABLE;
    *p = (struct program){.seed = seed,
                          .portable = portable,
                          .wide = kind == PROGRAM_WIDE,
                          .is_short = kind == PROGRAM_SHORT,
                          .spaces = SPACES,
                          .rng = {seed}};
    p->options.adue = portable || rng_percent(&p->rng, 15); // QEMU's board has both
    p->options.misaligned_emulate = portable || rng_percent(&p->rng, 15);
    kind_at(p, ~0u, &weights);
    p->harts = !portable && rng_percent(&p->rng, 20) ? LAYOUT_HARTS_USUAL : 1;
    p->options.harts = p->harts;
    choose_memory(p);
    choose_disk(p);
    if (p->wide)
        widen(p);
    for (p->hart = 0; p->hart < p->harts; p->hart++)
        write_hart(p, weights);
    tables_write(p);
    frame_tail(p);
}
