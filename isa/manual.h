// The manual of T32, printed from the tables. Host only.
#ifndef ISA_MANUAL_H
#define ISA_MANUAL_H

#include "isa/types.h"

#include <stdio.h>

// Every instruction, pseudo-instruction, CSR and trap cause, a line each; the profile `holes` only
// if asked for.
void manual_list(FILE *out, bool holes);

// What the tables know of one name: an instruction ("lr.w"), pseudo-instruction, CSR ("satp" or
// "0x180"), or cause
// ("store-page-fault"). False: there is no such name, and nothing was printed.
bool manual_entry(FILE *out, const char *name);

// The names that have an entry, pseudo-instructions left out; at most `most`. Returns how many.
size_t manual_all_names(const char **names, size_t most);

// "mnemonic<TAB>syntax" for every instruction, for scripts; with `pseudo` the pseudo-instructions
// of one instruction instead.
void manual_names(FILE *out, bool holes, bool pseudo);

// The pseudo-instructions as rows of a Markdown table with two columns.
void manual_pseudo_rows(FILE *out);

// The whole manual as Markdown.
void manual_markdown(FILE *out);

#endif
