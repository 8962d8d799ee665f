// Open files: the console, a file of the volume, an end of a pipe. All descriptors that fork or
// dup made of one file share its struct file.
#ifndef KITE_FILES_H
#define KITE_FILES_H

#include "isa/types.h"

#define FILES_EACH 16 // descriptors of a process

struct file;
struct pipe;

struct file_ops {
    // Both return how many bytes were moved, or an error of abi.h. `to` and `from` are
    // addresses of the current program.
    i32 (*read)(struct file *f, u32 to, u32 bytes);
    i32 (*write)(struct file *f, u32 from, u32 bytes);
    void (*close)(struct file *f); // called when the last owner has dropped the file
};

struct file {
    const struct file_ops *ops;
    u32 owners; // 0: a free slot
    struct pipe *pipe;
    u32 start, bytes, at; // its bytes in the volume, and how many were read
};

struct file *file_new(const struct file_ops *ops); // NULL: too many files are open
struct file *file_share(struct file *f);
void file_drop(struct file *f);

struct file *file_console(void);
i32 file_open(const char *path, struct file **file);
i32 pipe_new(struct file **reader, struct file **writer); // pipe.c

// Descriptors of the current process.
struct file *descriptor(u32 fd);    // NULL: not open
i32 descriptor_new(struct file *f); // the caller's share is used up, even on failure
i32 descriptor_close(u32 fd);

#endif
