// Pipes: a ring of bytes in a page, with a reading end and a writing end. A reader of an empty
// pipe waits for a writer, and a writer to a full pipe waits for a reader. When the other end
// was closed, reading ends and writing fails.
// Read next: scenarios/guests/kite/kernel/micro.c.
#include "scenarios/guests/kite/abi.h"
#include "scenarios/guests/kite/kernel/files.h"
#include "scenarios/guests/kite/kernel/page.h"
#include "scenarios/guests/kite/kernel/process.h"

#define PIPE_BYTES 2048

struct pipe {
    u32 written, taken;  // bytes since the pipe was made; their difference is in the ring
    bool reader, writer; // is that end open?
    u8 ring[PIPE_BYTES];
};

static i32 pipe_read(struct file *f, u32 to, u32 bytes)
{
    struct pipe *p = f->pipe;
    while (p->written == p->taken && p->writer)
        if (!wait_on(p))
            return INTERRUPTED;
    u32 done = 0;
    while (done < bytes && p->written != p->taken) {
        u32 at = p->taken % PIPE_BYTES, n = p->written - p->taken;
        if (n > PIPE_BYTES - at)
            n = PIPE_BYTES - at;
        if (n > bytes - done)
            n = bytes - done;
        if (!user_write(to + done, p->ring + at, n))
            return BAD_ADDRESS;
        p->taken += n;
        done += n;
    }
    wake(p);
    return (i32)done;
}

static i32 pipe_write(struct file *f, u32 from, u32 bytes)
{
    struct pipe *p = f->pipe;
    for (u32 done = 0; done < bytes;) {
        while (p->written - p->taken == PIPE_BYTES && p->reader)
            if (!wait_on(p))
                return INTERRUPTED;
        if (!p->reader)
            return NO_READER;
        // As much as the ring has room for, lies in one piece, and is asked for.
        u32 at = p->written % PIPE_BYTES, n = PIPE_BYTES - (p->written - p->taken);
        if (n > PIPE_BYTES - at)
            n = PIPE_BYTES - at;
        if (n > bytes - done)
            n = bytes - done;
        if (!user_read(p->ring + at, from + done, n))
            return BAD_ADDRESS;
        p->written += n;
        done += n;
        wake(p);
    }
    return (i32)bytes;
}

static void pipe_end_gone(struct pipe *p)
{
    wake(p);
    if (!p->reader && !p->writer)
        page_drop(p);
}

static void pipe_close_reader(struct file *f)
{
    f->pipe->reader = false;
    pipe_end_gone(f->pipe);
}

static void pipe_close_writer(struct file *f)
{
    f->pipe->writer = false;
    pipe_end_gone(f->pipe);
}

static const struct file_ops reader_ops = {pipe_read, NULL, pipe_close_reader};
static const struct file_ops writer_ops = {NULL, pipe_write, pipe_close_writer};

i32 pipe_new(struct file **reader, struct file **writer)
{
    struct pipe *p = page_new();
    if (!p)
        return NO_MEMORY;
    *reader = file_new(&reader_ops);
    *writer = *reader ? file_new(&writer_ops) : NULL;
    if (!*writer) {
        if (*reader)
            (*reader)->owners = 0; // not file_drop, since this file has no pipe yet
        page_drop(p);
        return TOO_MANY;
    }
    (*reader)->pipe = (*writer)->pipe = p;
    p->reader = p->writer = true;
    return 0;
}
