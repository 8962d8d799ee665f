// The table of targets. Read tests/fuzz/inputs/inputs.h first.
// Read next: tests/fuzz/inputs/replay.c.
#include "tests/fuzz/inputs/inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct input_target targets[] = {
    {"image", try_image},     {"assembly", try_assembly},   {"script", try_script},
    {"answers", try_answers}, {"recording", try_recording}, {"debugger", try_debugger},
    {"keys", try_keys},
};

const struct input_target *input_target_at(u32 index)
{
    return index < sizeof targets / sizeof *targets ? &targets[index] : NULL;
}

const struct input_target *input_target_find(const char *name)
{
    const struct input_target *t;
    for (u32 i = 0; (t = input_target_at(i)) && strcmp(t->name, name);)
        i++;
    return t;
}

int input_file(const u8 *bytes, size_t size, char name[INPUT_NAME])
{
    int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size) {
        perror("tests/fuzz/inputs: a file in memory"); // the host is in trouble, not the reader
        exit(1);
    }
    snprintf(name, INPUT_NAME, "/proc/self/fd/%d", fd);
    return fd;
}
