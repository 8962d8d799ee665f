// Where bytes go: every instruction and every directive ends here. In the passes before the last an
// emitted byte only moves the end of its section; the last pass keeps the byte.
// Read next: isa/asm/expr.c.
#include "isa/asm/parts.h"

#include <string.h>

#define BSS_MAX 0x20000000u // bytes; .bss takes no room in a file, so it may be larger

static bool has_room(struct assembler *as, const char *at, i64 count)
{
    u32 most = as->section == BSS ? BSS_MAX : ASM_SECTION_MAX;
    if (count <= (i64)most - as->sections[as->section].end)
        return true;
    return source_error(as, at, "this section grows over %u MiB", most >> 20);
}

// Moves the section's end. In the pass BYTES there is only as much room as SIZES asked for. A
// statement cannot need more, since every pass runs the same code; if it did, the layout would be
// wrong, so this is checked.
static bool advance(struct assembler *as, const char *at, i64 count)
{
    struct section *s = &as->sections[as->section];
    if (!has_room(as, at, count))
        return false;
    if (as->pass == BYTES && count > (i64)s->size - s->end)
        return source_error(as, at, "this statement grew between the passes");
    s->end += (u32)count;
    return true;
}

static bool refuse_in_bss(struct assembler *as)
{
    return source_error(as, as->statement, ".bss holds only zeros: use .space here, or .data");
}

bool emit(struct assembler *as, const void *bytes, u32 count)
{
    struct section *s = &as->sections[as->section];
    if (as->section == BSS)
        return refuse_in_bss(as);
    if (!advance(as, as->statement, count))
        return false;
    if (as->pass == BYTES)
        memcpy(s->bytes + s->end - count, bytes, count);
    return true;
}

bool emit_fill(struct assembler *as, const char *at, i64 count, u8 byte)
{
    struct section *s = &as->sections[as->section];
    if (as->section == BSS && byte)
        return refuse_in_bss(as);
    if (!advance(as, at, count))
        return false;
    if (as->pass == BYTES && byte)
        memset(s->bytes + s->end - count, byte, (size_t)count);
    return true;
}

bool emit_word(struct assembler *as, const char *at, u32 word)
{
    u8 bytes[4] = {(u8)word, (u8)(word >> 8), (u8)(word >> 16), (u8)(word >> 24)};
    if (as->sections[as->section].end & 3)
        return source_error(as, at,
                            "an instruction must be at a multiple of 4; put .balign 4 before it");
    if (as->pass == BYTES) {
        if (!source_grow(as, &as->lines, as->line_count, &as->line_room, sizeof *as->lines))
            return false;
        as->lines[as->line_count++] = (struct asm_line){(u32)here(as).number, as->line};
    }
    return emit(as, bytes, sizeof bytes);
}
