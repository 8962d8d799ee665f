// Bytes and strings: the functions that C programs expect to find. The compiler itself calls the
// mem functions.
// Read next: scenarios/guests/kite/user/sh.c.
#include "scenarios/guests/kite/kernel/kernel.h"

// Copies word by word if both sides are aligned, since pages are copied and cleared all the
// time.
void *memcpy(void *to, const void *from, size_t bytes)
{
    u8 *t = to;
    const u8 *f = from;
    if ((((uintptr_t)t | (uintptr_t)f) & 3) == 0)
        for (; bytes >= 16; bytes -= 16, t += 16, f += 16) {
            u32 a = ((const u32 *)f)[0], b = ((const u32 *)f)[1], c = ((const u32 *)f)[2],
                d = ((const u32 *)f)[3];
            ((u32 *)t)[0] = a;
            ((u32 *)t)[1] = b;
            ((u32 *)t)[2] = c;
            ((u32 *)t)[3] = d;
        }
    while (bytes--)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
    u8 *t = to;
    const u8 *f = from;
    if (t <= f || t >= f + bytes)
        return memcpy(to, from, bytes);
    while (bytes--)
        t[bytes] = f[bytes];
    return to;
}

void *memset(void *to, int byte, size_t bytes)
{
    u8 *t = to;
    u32 word = (u8)byte * 0x01010101u;
    for (; bytes > 0 && ((uintptr_t)t & 3); bytes--)
        *t++ = (u8)byte;
    for (; bytes >= 16; bytes -= 16, t += 16) {
        u32 *w = (u32 *)t;
        w[0] = w[1] = w[2] = w[3] = word;
    }
    while (bytes--)
        *t++ = (u8)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
    const u8 *x = a, *y = b;
    for (; bytes > 0; bytes--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    for (; *a && *a == *b; a++, b++)
        ;
    return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n > 0 && *a && *a == *b; n--, a++, b++)
        ;
    return n == 0 ? 0 : (u8)*a - (u8)*b;
}

void text_copy(char *to, const char *from, size_t size)
{
    size_t n = strlen(from);
    if (n >= size)
        n = size - 1;
    memcpy(to, from, n);
    to[n] = 0;
}
