// The functions that a compiler expects to find in any C program, and no more.
#include "isa/types.h"

void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int byte, size_t bytes);

void *memcpy(void *to, const void *from, size_t bytes)
{
    u8 *t = to;
    const u8 *f = from;
    if (!(((uintptr_t)t | (uintptr_t)f) & 3))
        for (; bytes >= 4; bytes -= 4, t += 4, f += 4)
            *(u32 *)t = *(const u32 *)f;
    for (; bytes; bytes--)
        *t++ = *f++;
    return to;
}

void *memset(void *to, int byte, size_t bytes)
{
    u8 *t = to;
    u32 word = (u8)byte * 0x01010101u;
    if (!((uintptr_t)t & 3))
        for (; bytes >= 4; bytes -= 4, t += 4)
            *(u32 *)t = word;
    for (; bytes; bytes--)
        *t++ = (u8)byte;
    return to;
}
