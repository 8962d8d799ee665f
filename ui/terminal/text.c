// Numbers and harmless text. Read ui/terminal/text.h first.
#include "ui/terminal/text.h"
#include "ui/terminal/cells.h"

#include <stdio.h>
#include <string.h>

const char *text_grouped(u64 number, char *to)
{
    char digits[TEXT_NUMBER];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    char *p = to;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            *p++ = ',';
        *p++ = digits[i];
    }
    *p = 0;
    return to;
}

const char *text_short(u64 number, char *to)
{
    static const char units[] = "kMGTPE";
    if (number < 10000) {
        snprintf(to, TEXT_NUMBER, "%u", (unsigned)number);
        return to;
    }
    u64 unit = 1000;
    int i = 0;
    for (; number / unit >= 1000 && units[i + 1]; i++)
        unit *= 1000;
    u64 whole = number / unit, tenth = number % unit / (unit / 10);
    if (whole < 100)
        snprintf(to, TEXT_NUMBER, "%u.%u%c", (unsigned)whole, (unsigned)tenth, units[i]);
    else
        snprintf(to, TEXT_NUMBER, "%u%c", (unsigned)whole, units[i]);
    return to;
}

size_t text_columns(const char *text)
{
    size_t columns = 0;
    while (glyph_next(&text))
        columns++;
    return columns;
}

bool text_is_harmless(u32 glyph)
{
    static const struct {
        u32 first, last;
    } ranges[] = {
        {0x20, 0x7e},     {0xa1, 0xac},
        {0xae, 0x2ff}, // ASCII and Latin, without the soft hyphen
        {0x370, 0x377},   {0x384, 0x386},
        {0x388, 0x38a},   {0x38e, 0x3a1}, // Greek
        {0x3a3, 0x482},   {0x48a, 0x52f}, // Greek, Cyrillic without combining marks
        {0x2010, 0x2015}, {0x2018, 0x201f},
        {0x2020, 0x2022}, {0x2026, 0x2026}, // dashes, quotes, signs
        {0x2190, 0x2193}, {0x2500, 0x257f},
        {0x2580, 0x259f}, {0x25a0, 0x25a1}, // arrows, boxes, blocks
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (glyph >= ranges[i].first && glyph <= ranges[i].last)
            return true;
    return false;
}

char *text_harmless(const char *from, size_t count, char *to, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < count && n + 5 <= size;) {
        char piece[5] = {0}; // the decoder stops at the 0, so it never reads beyond `count`
        memcpy(piece, from + i, count - i < 4 ? count - i : 4);
        const char *p = piece;
        u32 glyph = glyph_next(&p);
        i += p > piece ? (size_t)(p - piece) : 1;
        if (glyph < ' ' || glyph == 0x7f)
            glyph = ' ';
        n += glyph_utf8(text_is_harmless(glyph) ? glyph : '?', to + n);
    }
    to[n] = 0;
    return to;
}
