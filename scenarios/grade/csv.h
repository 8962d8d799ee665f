// CSV files, as RFC 4180 describes them: a record is a line, and commas separate its fields. A
// field that has a comma, a quote or a line end in it stands in quotes, and each quote in it is
// doubled:
//
//     ada,Ada Lovelace                  ada | Ada Lovelace
//     "o""brien, max",Max O'Brien       o"brien, max | Max O'Brien
//
// The reader also accepts what spreadsheets write: semicolons instead of commas, a byte order
// mark, and lines that end with \r\n.
#ifndef SCENARIOS_GRADE_CSV_H
#define SCENARIOS_GRADE_CSV_H

#include "isa/types.h"

#include <stdio.h>

// The state of a reader. The reader changes the text, because fields are taken in place.
struct csv {
    char *at;
    u32 line;          // the line of the record that csv_record read last, from 1
    u32 lines;         // how many lines were read
    const char *wrong; // NULL, or what is wrong in that record
};

void csv_begin(struct csv *c, char *text);
// Reads a record. Returns its first field. Returns NULL if there are no more records, or if the
// record is wrong, and c->wrong says why.
char *csv_record(struct csv *c);

// Writes a field. Bytes that are no characters become visible text. A field that a spreadsheet
// would read as a formula gets an apostrophe at its beginning. Of a long text only the first
// 1024 bytes are kept.
void csv_field(FILE *to, const char *text);

#endif
