// A walk over the tokens of a flattened device tree (Devicetree Specification 0.4, chapter 5),
// looking for one property by name.
// Read next: scenarios/script/scenario.h.
#include "hypervisor/t32/tree.h"

enum { TREE_MAGIC = 0xd00dfeed, TOKEN_BEGIN = 1, TOKEN_END = 2, TOKEN_PROPERTY = 3, TOKEN_NOP = 4 };

static u32 big_endian(const u8 *at)
{
    return (u32)at[0] << 24 | (u32)at[1] << 16 | (u32)at[2] << 8 | at[3];
}

static bool is_same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static u32 length(const char *text)
{
    u32 n = 0;
    while (text[n])
        n++;
    return n;
}

// The first property of this name, in whatever node.
static const char *find_property(const void *tree, const char *name)
{
    const u8 *base = tree;
    if (!tree || big_endian(base) != TREE_MAGIC)
        return NULL;
    const u8 *at = base + big_endian(base + 8);
    const char *strings = (const char *)base + big_endian(base + 12);
    const u8 *end = base + big_endian(base + 4);
    while (at < end) {
        u32 token = big_endian(at);
        at += 4;
        if (token == TOKEN_BEGIN) {
            at += (length((const char *)at) + 4) & ~3u;
        } else if (token == TOKEN_PROPERTY) {
            u32 size = big_endian(at);
            if (is_same(strings + big_endian(at + 4), name))
                return (const char *)at + 8;
            at += 8 + ((size + 3) & ~3u);
        } else if (token != TOKEN_END && token != TOKEN_NOP) {
            break;
        }
    }
    return NULL;
}

const char *tree_bootargs(const void *tree)
{
    return find_property(tree, "bootargs");
}

// The string is "rv32", a letter for each extension, and then the long names behind underscores.
bool tree_has_hypervisor(const void *tree)
{
    const char *isa = find_property(tree, "riscv,isa");
    for (; isa && *isa && *isa != '_'; isa++)
        if (*isa == 'h')
            return true;
    return false;
}

static bool digit(char c, u32 base, u32 *value)
{
    u32 d = base;
    if (c >= '0' && c <= '9')
        d = (u32)c - '0';
    else if (c >= 'a' && c <= 'f')
        d = (u32)c - 'a' + 10;
    if (d >= base)
        return false;
    *value = *value * base + d;
    return true;
}

bool tree_argument(const char *arguments, const char *name, u32 *value)
{
    for (const char *at = arguments; at && *at; at++) {
        const char *a = at, *n = name;
        while (*n && *a == *n)
            a++, n++;
        if (*n || *a != '=' || (at != arguments && at[-1] != ' '))
            continue;
        a++;
        u32 base = a[0] == '0' && a[1] == 'x' ? 16 : 10;
        a += base == 16 ? 2 : 0;
        *value = 0;
        const char *start = a;
        while (digit(*a, base, value))
            a++;
        return a != start;
    }
    return false;
}
