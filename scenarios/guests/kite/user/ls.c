// ls: lists the files whose path starts with its argument (without one: all files), with their
// sizes.
#include "scenarios/guests/kite/user/kite.h"

int main(int argc, char **argv)
{
    const char *prefix = argc > 1 ? argv[1] : "/";
    struct file_info info;
    for (u32 i = 0; list(i, &info) == 0; i++)
        if (strncmp(info.name, prefix, strlen(prefix)) == 0)
            printf("%7u %s\n", info.bytes, info.name);
    return 0;
}
