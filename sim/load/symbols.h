// The names of addresses, for people. They come from the symbol table of an ELF file or from our
// assembler. These files cannot be trusted, so a name is cut to SYMBOL_NAME bytes and holds
// printable ASCII only.
#ifndef SIM_LOAD_SYMBOLS_H
#define SIM_LOAD_SYMBOLS_H

#include "isa/types.h"

#define SYMBOL_NAME 64       // with the closing 0
#define SYMBOLS_MOST 100000u // of one image; the rest is left out

struct symbol {
    gva address;
    char *name;
};

struct symbols {
    struct symbol *list; // by address
    u32 count;
    gva low, high; // addresses the image occupies: [low, high)
};

// Appends a symbol; `name` has `length` bytes and needs no closing 0. If the table is full or there
// is no memory, nothing is done, since a name is a convenience.
void symbols_add(struct symbols *s, gva address, const char *name, size_t length);
void symbols_sort(struct symbols *s); // once, when all are added
void symbols_free(struct symbols *s);

// Returns the name of the symbol at or before `address`, and in *offset how far behind the
// symbol the address is. Returns NULL if the address is outside the image, or before the first
// symbol.
const char *symbols_name(const struct symbols *s, gva address, u32 *offset);

// Finds the first symbol of that name. Returns false if there is none.
bool symbols_find(const struct symbols *s, const char *name, gva *address);

#endif
