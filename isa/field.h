// The fields of the CSRs and of a page-table entry, as rows of isa/field.def. A person looks them
// up; code that works with a field uses the masks of isa/arch.
// Read next: isa/field.def.
#ifndef ISA_FIELD_H
#define ISA_FIELD_H

#include "isa/types.h"

struct isa_field {
    const char *owner;   // the name of a CSR; "pte" for an entry of a page table
    const char *name;    // "SPP"
    const char *path;    // "sstatus.SPP"
    u8 last, first;      // its bits, 31 to 0; `last` is not lower than `first`
    const char *meaning; // whole sentences
};
extern const struct isa_field isa_fields[]; // the last row has a null name
extern const u32 isa_field_count;

#define ISA_FIELD_BITS 16 // "bits 30..22" and the final zero

// Is this the name of the field, alone ("SPP") or behind the name of its owner ("sstatus.SPP")?
// Case does not count, but a name of one letter is a capital: small letters are kinds of traps.
bool isa_field_is(const struct isa_field *field, const char *name);

// The mask of the field's bits.
u32 isa_field_mask(const struct isa_field *field);

// Writes "bit 8" or "bits 30..22" to `to`, which has ISA_FIELD_BITS bytes. Returns `to`.
const char *isa_field_bits(const struct isa_field *field, char *to);

#endif
