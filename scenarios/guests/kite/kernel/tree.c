// The device tree, by which the boot loader describes the machine. It is a blob of big-endian
// tokens, and the kernel wants four facts of it. It is not trusted more than any other input:
// every offset is checked. Source: Devicetree Specification 0.4, chapter 5.
// Read next: scenarios/guests/kite/kernel/page.h.
#include "scenarios/guests/kite/kernel/board.h"
#include "scenarios/guests/kite/kernel/kernel.h"

enum {
    TREE_MAGIC = (int)0xd00dfeed,
    TOKEN_BEGIN = 1,
    TOKEN_END = 2,
    TOKEN_PROPERTY = 3,
    TOKEN_NOP = 4
};
enum { BYTES_MAX = 1 << 20, HEADER_BYTES = 40 };

struct reader {
    const u8 *structs, *strings;
    u32 at, structs_bytes, strings_bytes;
};

struct property {
    const char *node, *name;
    const u8 *value;
    u32 bytes;
};

static u32 big_endian(const u8 *p)
{
    return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

// A number of one or two cells. Of two cells the low one counts, since this is a 32-bit machine.
static u32 number(const u8 *value, u32 bytes)
{
    if (bytes >= 8)
        return big_endian(value + 4);
    return bytes >= 4 ? big_endian(value) : 0;
}

static bool next_word(struct reader *r, u32 *word)
{
    if (r->at + 4 > r->structs_bytes)
        return false;
    *word = big_endian(r->structs + r->at);
    r->at += 4;
    return true;
}

// The string at this place if it ends inside its block, or NULL.
static const char *string_in(const u8 *block, u32 bytes, u32 at)
{
    for (u32 i = at; i < bytes; i++)
        if (block[i] == 0)
            return (const char *)block + at;
    return NULL;
}

static bool node_is(const char *node, const char *name)
{
    size_t n = strlen(name);
    return strncmp(node, name, n) == 0 && (node[n] == 0 || node[n] == '@');
}

static void take(struct boot *boot, const struct property *p)
{
    if (node_is(p->node, "memory") && strcmp(p->name, "reg") == 0 && p->bytes >= 16 &&
        boot->ram_end == 0) {
        u32 start = number(p->value, 8), bytes = number(p->value + 8, 8);
        // RAM of 2 GiB ends at 2^32, which is no number of 32 bits.
        boot->ram_end = bytes > RAM_LIMIT - start ? RAM_LIMIT : start + bytes;
    }
    if (!node_is(p->node, "chosen"))
        return;
    if (strcmp(p->name, "bootargs") == 0 && p->bytes > 0 && p->value[p->bytes - 1] == 0)
        text_copy(boot->arguments, (const char *)p->value, sizeof boot->arguments);
    if (strcmp(p->name, "linux,initrd-start") == 0)
        boot->initrd_start = number(p->value, p->bytes);
    if (strcmp(p->name, "linux,initrd-end") == 0)
        boot->initrd_end = number(p->value, p->bytes);
}

static bool read_property(struct reader *r, struct property *p)
{
    u32 name;
    if (!next_word(r, &p->bytes) || !next_word(r, &name) || p->bytes > r->structs_bytes - r->at)
        return false;
    p->value = r->structs + r->at;
    p->name = string_in(r->strings, r->strings_bytes, name);
    r->at += (p->bytes + 3) & ~3u;
    return p->name != NULL;
}

static bool walk(struct reader *r, struct boot *boot)
{
    const char *node = "";
    for (u32 depth = 0, token; next_word(r, &token);) {
        if (token == TOKEN_BEGIN) {
            node = string_in(r->structs, r->structs_bytes, r->at);
            if (!node)
                return false;
            r->at += ((u32)strlen(node) + 4) & ~3u;
            depth++;
        } else if (token == TOKEN_PROPERTY) {
            // Only children of the root matter: /memory and /chosen.
            struct property p = {.node = depth == 2 ? node : ""};
            if (!read_property(r, &p))
                return false;
            take(boot, &p);
        } else if (token == TOKEN_END) {
            node = ""; // the properties of a node come before its children
            if (--depth == 0)
                return true;
        } else if (token != TOKEN_NOP) {
            return false;
        }
    }
    return false;
}

bool tree_read(u32 address, struct boot *boot)
{
    const u8 *blob = (const u8 *)address;
    if (address < RAM_START || (address & 3) || big_endian(blob) != (u32)TREE_MAGIC)
        return false;
    u32 bytes = big_endian(blob + 4), structs = big_endian(blob + 8),
        strings = big_endian(blob + 12);
    u32 strings_bytes = big_endian(blob + 32), structs_bytes = big_endian(blob + 36);
    if (bytes < HEADER_BYTES || bytes > BYTES_MAX || structs > bytes ||
        structs_bytes > bytes - structs || strings > bytes || strings_bytes > bytes - strings)
        return false;
    struct reader reader = {blob + structs, blob + strings, 0, structs_bytes, strings_bytes};
    boot->tree_start = address;
    boot->tree_end = address + bytes;
    return walk(&reader, boot) && boot->ram_end != 0;
}
