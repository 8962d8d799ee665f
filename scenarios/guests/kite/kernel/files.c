// Open files and descriptors. Each kind of file is a row of operations.
// Read next: scenarios/guests/kite/kernel/pipe.c.
#include "scenarios/guests/kite/kernel/files.h"
#include "scenarios/guests/kite/abi.h"
#include "scenarios/guests/kite/kernel/console.h"
#include "scenarios/guests/kite/kernel/kernel.h"
#include "scenarios/guests/kite/kernel/process.h"
#include "scenarios/guests/kite/kernel/volume.h"
#include "scenarios/guests/kite/volume.h"

#define FILES 64
#define CHUNK 256 // bytes that pass through the kernel stack at a time

static struct file table[FILES];

struct file *file_new(const struct file_ops *ops)
{
    for (u32 i = 0; i < FILES; i++)
        if (table[i].owners == 0) {
            table[i] = (struct file){.ops = ops, .owners = 1};
            return &table[i];
        }
    return NULL;
}

struct file *file_share(struct file *f)
{
    f->owners++;
    return f;
}

void file_drop(struct file *f)
{
    if (--f->owners == 0 && f->ops->close)
        f->ops->close(f);
}

// ---- the console

static i32 console_file_read(struct file *f, u32 to, u32 bytes)
{
    (void)f;
    return console_read(to, bytes);
}

static i32 console_file_write(struct file *f, u32 from, u32 bytes)
{
    (void)f;
    u8 chunk[CHUNK];
    for (u32 at = 0, n; at < bytes; at += n) {
        n = bytes - at < CHUNK ? bytes - at : CHUNK;
        if (!user_read(chunk, from + at, n))
            return at > 0 ? (i32)at : BAD_ADDRESS;
        for (u32 i = 0; i < n; i++)
            console_put(chunk[i]);
    }
    return (i32)bytes;
}

static const struct file_ops console_ops = {console_file_read, console_file_write, NULL};

struct file *file_console(void)
{
    return file_new(&console_ops);
}

// ---- files of the volume

static i32 volume_file_read(struct file *f, u32 to, u32 bytes)
{
    u8 chunk[CHUNK];
    u32 rest = f->bytes - f->at, done = 0;
    if (bytes > rest)
        bytes = rest;
    for (u32 n; done < bytes; done += n, f->at += n) {
        n = bytes - done < CHUNK ? bytes - done : CHUNK;
        if (!volume_read(f->start + f->at, chunk, n) || !user_write(to + done, chunk, n))
            return done > 0 ? (i32)done : BAD_ADDRESS;
    }
    return (i32)done;
}

static const struct file_ops volume_ops = {volume_file_read, NULL, NULL};

i32 file_open(const char *path, struct file **file)
{
    struct volume_entry entry;
    if (!volume_find(path, &entry))
        return NOT_FOUND;
    *file = file_new(&volume_ops);
    if (!*file)
        return TOO_MANY;
    (*file)->start = entry.start;
    (*file)->bytes = entry.bytes;
    return 0;
}

// ---- descriptors

struct file *descriptor(u32 fd)
{
    return fd < FILES_EACH ? current()->files[fd] : NULL;
}

i32 descriptor_new(struct file *f)
{
    for (u32 fd = 0; fd < FILES_EACH; fd++)
        if (!current()->files[fd]) {
            current()->files[fd] = f;
            return (i32)fd;
        }
    file_drop(f);
    return TOO_MANY;
}

i32 descriptor_close(u32 fd)
{
    struct file *f = descriptor(fd);
    if (!f)
        return BAD_FILE;
    current()->files[fd] = NULL;
    file_drop(f);
    return 0;
}
