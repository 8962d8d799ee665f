// Text from scripts and guests, made fit for a terminal. Read scenarios/script/text.h first.
// Read next: scenarios/host/status.h.
#include "scenarios/script/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// How long the first byte of a UTF-8 sequence says that the sequence is; 0: it is no first byte.
static size_t length_said(unsigned char first)
{
    if (first >= 0xf0 && first < 0xf5)
        return 4;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    return 0;
}

static bool is_surrogate(u32 code)
{
    return code >= 0xd800 && code < 0xe000;
}

// Marks that make a terminal write the rest of the line from right to left.
static bool turns_direction(u32 code)
{
    return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

// The length of the valid and printable UTF-8 sequence at p, or 0.
static size_t printable(const unsigned char *p, size_t left)
{
    // The least code that needs so many bytes. Codes 80 to 9f, below a0, are control characters.
    static const u32 least[] = {[2] = 0xa0, [3] = 0x800, [4] = 0x10000};
    if (*p == '\n' || *p == '\t' || (*p >= 0x20 && *p < 0x7f))
        return 1;
    size_t n = length_said(*p);
    if (!n || n > left)
        return 0;
    u32 code = *p & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3fu);
    }
    bool valid = code >= least[n] && code <= 0x10ffff && !is_surrogate(code);
    return valid && !turns_direction(code) ? n : 0;
}

size_t text_clean(const char *from, size_t size, char *to, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < size && n + 5 < room;) {
        size_t length = printable((const unsigned char *)from + i, size - i);
        if (length) {
            memcpy(to + n, from + i, length);
            n += length;
            i += length;
        } else {
            n += (size_t)snprintf(to + n, room - n, "\\x%02x", (unsigned char)from[i++]);
        }
    }
    if (room)
        to[n] = 0;
    return n;
}
