// cat: prints files, or its input.
#include "scenarios/guests/kite/user/kite.h"

static int copy(i32 fd)
{
    char bytes[512];
    i32 n;
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        write(1, bytes, (u32)n);
    return n < 0;
}

int main(int argc, char **argv)
{
    int failed = argc < 2 ? copy(0) : 0;
    for (int i = 1; i < argc; i++) {
        i32 fd = open(argv[i]);
        if (fd < 0) {
            fprintf(2, "cat: %s: no such file\n", argv[i]);
            failed = 1;
            continue;
        }
        failed |= copy(fd);
        close(fd);
    }
    return failed;
}
