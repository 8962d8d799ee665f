// What the requests to the block device do: read, write, flush, tell the device's name. Data moves
// sector by sector between the disk and a cursor over the chain's buffers.
// Read next: isa/board/pio.h.
#include "isa/board/virtio_block.h"
#include "isa/board/board.h"

#define HEADER 16u
#define ID_BYTES 20u

// A position in a chain. It moves forward over the readable or over the writable parts.
struct cursor {
    const struct virtio_chain *chain;
    const struct board_wires *wires;
    u32 part, end; // the parts that are left: [part, end)
    u32 offset;    // how much of the first of them was used
};

struct request {
    const struct board_wires *wires;
    struct cursor from, to; // data in the readable and in the writable buffers
    u32 type;
    u64 sector;
    u32 out, in;  // bytes of data in the readable and in the writable buffers
    u32 moved;    // bytes stored to the writable buffers
    bool outside; // a buffer was not in RAM
};

// Takes the next piece of the chain, at most `bytes` long, that lies in one buffer: sets *address
// and returns the length of the piece, 0 at the end of the chain.
static u32 cursor_piece(struct cursor *c, u32 bytes, u32 *address)
{
    while (c->part < c->end && c->offset == c->chain->part[c->part].bytes) {
        c->part++;
        c->offset = 0;
    }
    if (c->part == c->end)
        return 0;
    u32 left = c->chain->part[c->part].bytes - c->offset;
    u32 piece = bytes < left ? bytes : left;
    *address = c->chain->part[c->part].address + c->offset;
    c->offset += piece;
    return piece;
}

static void cursor_skip(struct cursor *c, u32 bytes)
{
    u32 address, piece;
    for (; bytes && (piece = cursor_piece(c, bytes, &address)); bytes -= piece)
        ;
}

static bool cursor_read(struct cursor *c, u8 *to, u32 bytes)
{
    while (bytes) {
        u32 address, piece = cursor_piece(c, bytes, &address);
        if (!piece || !c->wires->memory_read(c->wires->context, address, to, piece))
            return false;
        to += piece;
        bytes -= piece;
    }
    return true;
}

static bool cursor_write(struct cursor *c, const u8 *from, u32 bytes)
{
    while (bytes) {
        u32 address, piece = cursor_piece(c, bytes, &address);
        if (!piece || !c->wires->memory_write(c->wires->context, address, from, piece))
            return false;
        from += piece;
        bytes -= piece;
    }
    return true;
}

// Whole sectors, all of them on the disk, and not more of them than one store may take.
static bool is_transfer_possible(const struct request *r, u32 bytes)
{
    u64 sectors = r->wires->disk_sectors(r->wires->context);
    u32 count = bytes / BOARD_SECTOR;
    return bytes % BOARD_SECTOR == 0 && bytes <= VIRTIO_REQUEST_MOST && r->sector <= sectors &&
           count <= sectors - r->sector;
}

static u8 do_in(struct request *r)
{
    u8 sector[BOARD_SECTOR];
    if (!is_transfer_possible(r, r->in))
        return VIRTIO_BLK_IOERR;
    for (; r->moved < r->in; r->moved += BOARD_SECTOR, r->sector++) {
        if (!r->wires->disk_read(r->wires->context, r->sector, sector))
            return VIRTIO_BLK_IOERR;
        if (!cursor_write(&r->to, sector, BOARD_SECTOR)) {
            r->outside = true;
            return VIRTIO_BLK_IOERR;
        }
    }
    return VIRTIO_BLK_OK;
}

static u8 do_out(struct request *r)
{
    u8 sector[BOARD_SECTOR];
    if (!is_transfer_possible(r, r->out))
        return VIRTIO_BLK_IOERR;
    for (u32 done = 0; done < r->out; done += BOARD_SECTOR, r->sector++) {
        if (!cursor_read(&r->from, sector, BOARD_SECTOR)) {
            r->outside = true;
            return VIRTIO_BLK_IOERR;
        }
        if (!r->wires->disk_write(r->wires->context, r->sector, sector))
            return VIRTIO_BLK_IOERR;
    }
    return VIRTIO_BLK_OK;
}

static u8 do_flush(struct request *r)
{
    (void)r; // a write is on the disk already when its request is done
    return VIRTIO_BLK_OK;
}

static u8 do_get_id(struct request *r)
{
    static const u8 id[ID_BYTES] = "trapeze";
    u32 bytes = r->in < ID_BYTES ? r->in : ID_BYTES;
    r->outside = !cursor_write(&r->to, id, bytes);
    r->moved = bytes;
    return VIRTIO_BLK_OK;
}

static const struct {
    u32 type;
    u8 (*run)(struct request *r);
} types[] = {
    {VIRTIO_BLK_IN, do_in},
    {VIRTIO_BLK_OUT, do_out},
    {VIRTIO_BLK_FLUSH, do_flush},
    {VIRTIO_BLK_GET_ID, do_get_id},
};

static u8 run(struct request *r)
{
    for (u32 i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].type == r->type)
            return types[i].run(r);
    return VIRTIO_BLK_UNSUPP;
}

bool virtio_block_request(const struct virtio_chain *chain, const struct board_wires *w,
                          u32 *written)
{
    u32 header[HEADER / 4];
    struct request r = {
        .wires = w,
        .from = {chain, w, 0, chain->readable, 0},
        .to = {chain, w, chain->readable, chain->count, 0},
    };
    if (chain->readable_bytes < HEADER || chain->writable_bytes < 1 ||
        !cursor_read(&r.from, (u8 *)header, HEADER))
        return false;
    r.type = header[0];
    r.sector = header[2] | (u64)header[3] << 32;
    r.out = chain->readable_bytes - HEADER;
    r.in = chain->writable_bytes - 1;

    // The outcome goes into the last writable byte, behind the data.
    struct cursor last = r.to;
    cursor_skip(&last, r.in);
    u8 outcome = run(&r);
    if (r.outside || !cursor_write(&last, &outcome, 1))
        return false;
    *written = r.moved == r.in ? r.in + 1 : r.moved;
    return true;
}
