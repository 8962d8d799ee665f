// Names of places and of constants. A hash table finds them, and its rows stay in the order in
// which the names were first mentioned. Local labels are numbers that may be defined any number of
// times: 1b is the nearest 1: above, 1f the nearest below.
// Read next: isa/asm/emit.c.
#include "isa/asm/parts.h"

#include <stdlib.h>
#include <string.h>

static u32 hash(struct name name)
{
    u32 h = 2166136261u; // FNV-1a
    for (u32 i = 0; i < name.length; i++)
        h = (h ^ (u8)name.at[i]) * 16777619u;
    return h;
}

// The slot where the name is, or the empty one where it goes.
static u32 *find_slot(struct symbols *s, struct name name)
{
    u32 i = hash(name) & (s->slot_count - 1);
    while (s->slots[i]) {
        const struct symbol *row = &s->rows[s->slots[i] - 1];
        if (row->length == name.length && !memcmp(row->name, name.at, name.length))
            break;
        i = (i + 1) & (s->slot_count - 1);
    }
    return &s->slots[i];
}

// Keeps the table at most half full.
static bool grow_slots(struct assembler *as)
{
    struct symbols *s = &as->symbols;
    if ((s->count + 1) * 2 <= s->slot_count)
        return true;
    u32 *slots = calloc(s->slot_count ? s->slot_count * 2 : 256, sizeof *slots);
    if (!slots) {
        as->failed = true;
        return false;
    }
    free(s->slots);
    s->slots = slots;
    s->slot_count = s->slot_count ? s->slot_count * 2 : 256;
    for (u32 i = 0; i < s->count; i++)
        *find_slot(s, (struct name){s->rows[i].name, s->rows[i].length}) = i + 1;
    return true;
}

struct symbol *symbol_get(struct assembler *as, struct name name)
{
    struct symbols *s = &as->symbols;
    if (!grow_slots(as) || !source_grow(as, &s->rows, s->count, &s->room, sizeof *s->rows))
        return NULL;
    u32 *slot = find_slot(s, name);
    if (!*slot) {
        s->rows[s->count++] =
            (struct symbol){.name = name.at, .length = name.length, .value.section = ABSOLUTE};
        *slot = s->count;
    }
    return &s->rows[*slot - 1];
}

bool symbol_define(struct assembler *as, struct name name, struct value value, bool is_label)
{
    struct symbol *symbol = symbol_get(as, name);
    if (!symbol)
        return false;
    if (is_label && as->pass != SIZES)
        return true; // a label stays where SIZES found it
    if (symbol->line && (is_label || symbol->is_label))
        return source_error(as, name.at, "'%.*s' is already defined in line %u",
                            (int)(name.length > 60 ? 60 : name.length), name.at,
                            (unsigned)symbol->line);
    symbol->line = as->line;
    symbol->is_label = is_label;
    symbol->value = value;
    return true;
}

struct value here(const struct assembler *as)
{
    return settled(as, (struct value){as->sections[as->section].end, as->section, true});
}

struct value settled(const struct assembler *as, struct value v)
{
    if (as->pass != SIZES && v.section != ABSOLUTE) {
        v.number += as->sections[v.section].base;
        v.section = ABSOLUTE;
    }
    return v;
}

// SIZES notes the definition. The later passes only count how many definitions they have passed,
// and so they know which ones are above and which below.
bool local_define(struct assembler *as, struct name name)
{
    struct cursor c = {as, name.at, name.at + name.length, 0};
    i64 number;
    if (!take_number(&c, &number))
        return false;
    if (number >= LOCALS_MAX)
        return source_error(as, name.at, "local labels go from 0: to %d:", LOCALS_MAX - 1);
    u32 index = as->locals_passed++;
    if (as->pass == SIZES) {
        if (!source_grow(as, &as->locals, as->local_count, &as->local_room, sizeof *as->locals))
            return false;
        as->locals[as->local_count++] = (struct local){0, here(as)};
        u32 above = as->local_above[number];
        *(above ? &as->locals[above - 1].next : &as->local_first[number]) = index + 1;
    }
    as->local_above[number] = index + 1;
    return true;
}

struct value local_value(struct assembler *as, u32 number, bool forward)
{
    u32 found = as->local_above[number];
    if (forward)
        found = found ? as->locals[found - 1].next : as->local_first[number];
    return found ? settled(as, as->locals[found - 1].value) : (struct value){.section = ABSOLUTE};
}
