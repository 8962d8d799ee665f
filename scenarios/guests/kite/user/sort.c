// sort: sorts the lines of its input.
#include "scenarios/guests/kite/user/kite.h"

#define LINE 256
#define LINES 1024

// A heap sort: no recursion, no bad input.
static void sift(char **lines, u32 at, u32 count)
{
    for (u32 child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && strcmp(lines[child], lines[child + 1]) < 0)
            child++;
        if (strcmp(lines[at], lines[child]) >= 0)
            return;
        char *line = lines[at];
        lines[at] = lines[child];
        lines[child] = line;
    }
}

static void sort(char **lines, u32 count)
{
    for (u32 i = count / 2; i-- > 0;)
        sift(lines, i, count);
    for (u32 end = count; end-- > 1;) {
        char *line = lines[0];
        lines[0] = lines[end];
        lines[end] = line;
        sift(lines, 0, end);
    }
}

int main(void)
{
    static char *lines[LINES];
    char line[LINE];
    u32 count = 0;
    for (i32 n; count < LINES && (n = read_line(0, line, sizeof line)) >= 0; count++) {
        lines[count] = sbrk(n + 1);
        if (!lines[count])
            return 1;
        memcpy(lines[count], line, (size_t)n + 1);
    }
    sort(lines, count);
    for (u32 i = 0; i < count; i++)
        printf("%s\n", lines[i]);
    return 0;
}
