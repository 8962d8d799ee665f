// The table of fields, and how a person's word finds its row. Read isa/field.h first.
// Read next: isa/gen.c.
#include "isa/field.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const struct isa_field isa_fields[] = {
#define FIELD(owner, name, last, first, meaning) \
    {#owner, #name, #owner "." #name, last, first, meaning},
#include "isa/field.def"
#undef FIELD
    {0},
};
const u32 isa_field_count = sizeof isa_fields / sizeof *isa_fields - 1;

bool isa_field_is(const struct isa_field *field, const char *name)
{
    if (!field->name[1] && !strcasecmp(name, field->name))
        return !strcmp(name, field->name);
    return !strcasecmp(name, field->name) || !strcasecmp(name, field->path);
}

u32 isa_field_mask(const struct isa_field *field)
{
    u32 up_to_last = UINT32_MAX >> (31 - field->last);
    return up_to_last & UINT32_MAX << field->first;
}

const char *isa_field_bits(const struct isa_field *field, char *to)
{
    if (field->last == field->first)
        snprintf(to, ISA_FIELD_BITS, "bit %u", field->first);
    else
        snprintf(to, ISA_FIELD_BITS, "bits %u..%u", field->last, field->first);
    return to;
}
