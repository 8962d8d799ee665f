// wc: counts lines, words and bytes of its input or of a file.
#include "scenarios/guests/kite/user/kite.h"

int main(int argc, char **argv)
{
    i32 fd = argc > 1 ? open(argv[1]) : 0;
    if (fd < 0) {
        fprintf(2, "wc: %s: no such file\n", argv[1]);
        return 1;
    }
    char bytes[512];
    u32 lines = 0, words = 0, total = 0;
    bool in_word = false;
    for (i32 n; (n = read(fd, bytes, sizeof bytes)) > 0; total += (u32)n)
        for (i32 i = 0; i < n; i++) {
            bool space = bytes[i] == ' ' || bytes[i] == '\n' || bytes[i] == '\t';
            lines += bytes[i] == '\n';
            words += !space && !in_word;
            in_word = !space;
        }
    printf("%u %u %u\n", lines, words, total);
    return 0;
}
