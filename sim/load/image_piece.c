// The pieces of an image, each checked before it is taken: it lies in RAM and overlaps no other.
#include "sim/load/image.h"
#include "isa/board/board.h"

gpa image_kernel_base(u32 ram)
{
    return ram > BOARD_KERNEL - BOARD_RAM ? BOARD_KERNEL : BOARD_RAM;
}

static bool overlap(const struct piece *a, const struct piece *b)
{
    return a->at < b->at + (u64)b->memory && b->at < a->at + (u64)a->memory;
}

bool image_add(struct image *image, const struct piece *piece, const char *what, u32 ram,
               const struct complaint *c)
{
    u64 end = piece->at + (u64)piece->memory, ram_end = BOARD_RAM + (u64)ram;
    if (piece->memory > ram)
        return complain(c,
                        "%s takes %u bytes of memory, but RAM has %u; give the guest more (--ram), "
                        "in a script with ram",
                        what, piece->memory, ram);
    if (piece->at < BOARD_RAM || end > ram_end)
        return complain(c,
                        "%s, 0x%08x to 0x%08llx, is not in RAM, 0x%08x to 0x%08llx; link it at "
                        "0x%08x or give the guest more RAM (--ram), in a script with ram",
                        what, piece->at, (unsigned long long)end, BOARD_RAM,
                        (unsigned long long)ram_end, image_kernel_base(ram));
    for (u32 i = 0; i < image->pieces; i++)
        if (overlap(piece, &image->piece[i]))
            return complain(c,
                            "%s, 0x%08x to 0x%08llx, overlaps another segment, 0x%08x to 0x%08llx; "
                            "look at the linker script",
                            what, piece->at, (unsigned long long)end, image->piece[i].at,
                            (unsigned long long)image->piece[i].at + image->piece[i].memory);
    if (image->pieces == IMAGE_PIECES)
        return complain(c, "it has more than %d segments to load; link it with fewer",
                        IMAGE_PIECES);
    image->piece[image->pieces++] = *piece;
    return true;
}
