// The manual of T32, printed from the tables. Host only.
// Read next: isa/manual.c.
#ifndef ISA_MANUAL_H
#define ISA_MANUAL_H

#include "isa/types.h"

#include <stdio.h>

// Prints every instruction, pseudo-instruction, CSR and trap cause that a machine with the mask
// `profile` (enum isa_profile) has, one on each line.
void manual_list(FILE *out, u32 profile);

// Prints what the tables know of one name: an instruction ("lr.w"), a pseudo-instruction, a CSR
// ("satp" or "0x180"), a cause ("store-page-fault"), or a field of a CSR ("sstatus.SPP" or "spp").
// Returns false, and prints nothing, if there is no such name.
bool manual_entry(FILE *out, const char *name);

// Lists at most `most` of the names that have an entry, without the pseudo-instructions. Returns
// how many it listed.
size_t manual_all_names(const char **names, size_t most);
#define MANUAL_NAMES 512 // there are fewer names than that

// Prints "mnemonic<TAB>syntax" for every instruction, for scripts. With `pseudo` it prints those
// pseudo-instructions instead that become one instruction.
void manual_names(FILE *out, u32 profile, bool pseudo);

// Prints the pseudo-instructions as rows of a Markdown table with two columns.
void manual_pseudo_rows(FILE *out);

// Prints the whole manual as Markdown.
void manual_markdown(FILE *out);

#endif
