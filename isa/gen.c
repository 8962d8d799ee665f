// A host tool of the build. It reads the patterns of isa.def and prints isa_table.inc, the
// encodings as numbers. It refuses a pattern that does not cover 32 bits, and two rows that could
// both match one word; then the build stops, and the error names the row.
//
// The output has three parts, and a file that includes it defines the macro of the part it wants:
//     ENCODING(name, mnemonic, mask, match, imm, has_rd, has_rs1, has_rs2)   one for each row
//     BUCKET(start)      for each (opcode bits 6:2, funct3) the first of its candidates; the end
//     CANDIDATE(name)    the rows that a word of that bucket may be
// Read next: isa/tables.c.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const char *name, *pattern;
    char mnemonic[32];
    uint32_t mask, match;
    char immediate[64]; // the pattern's immediate words: "imm[11:5] imm[4:0]"
    int has_rd, has_rs1, has_rs2;
};

static struct row rows[] = {
#define INSN(identifier, columns, ...) {.name = #identifier, .pattern = columns},
#include "isa/isa.def"
#undef INSN
};
enum { ROWS = sizeof rows / sizeof *rows };

static const struct {
    const char *word;
    int bits;
} fields[] = {{"rd", 5}, {"rs1", 5},  {"rs2", 5},  {"shamt", 5}, {"uimm", 5}, {"csr", 12},
              {"fm", 4}, {"pred", 4}, {"succ", 4}, {"aq", 1},    {"rl", 1}};

// The names in decode.c of the immediates that a pattern can have.
static const struct {
    const char *words, *kind;
} immediates[] = {
    {"", "NONE"},
    {"imm[11:0]", "I"},
    {"imm[11:5] imm[4:0]", "S"},
    {"imm[12|10:5] imm[4:1|11]", "B"},
    {"imm[31:12]", "U"},
    {"imm[20|10:1|11|19:12]", "J"},
    {"shamt", "SHAMT"},
    {"csr", "CSR"},
};

static _Noreturn void refuse(const struct row *r, const char *why, const char *what)
{
    fprintf(stderr, "isa/isa.def: %s: %s%s\n", r->name, why, what);
    exit(1);
}

// How many bits "imm[20|10:1|11|19:12]" stands for.
static int immediate_bits(const char *word)
{
    int bits = 0, high, low, used;
    const char *p = strchr(word, '[');
    while (p && *p != ']' && *p) {
        p++;
        if (sscanf(p, "%d:%d%n", &high, &low, &used) == 2)
            bits += high - low + 1;
        else if (sscanf(p, "%d%n", &high, &used) == 1)
            bits++;
        else
            return 0;
        p += used;
    }
    return bits;
}

// Adds fixed bits ("0110x", where x matches 0 and 1) and returns how many there are.
static int take_bits(struct row *r, const char *word)
{
    for (const char *p = word; *p; p++) {
        r->mask = r->mask << 1 | (*p != 'x');
        r->match = r->match << 1 | (*p == '1');
    }
    return (int)strlen(word);
}

// Adds a field ("rd", "imm[11:5]"), which matches any bits, and returns how many bits it has.
static int take_field(struct row *r, const char *word)
{
    int bits = strncmp(word, "imm[", 4) ? 0 : immediate_bits(word);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!strcmp(word, fields[i].word))
            bits = fields[i].bits;
    if (bits <= 0 || bits > 20)
        refuse(r, "no such field: ", word);
    r->has_rd |= !strcmp(word, "rd");
    r->has_rs1 |= !strcmp(word, "rs1") || !strcmp(word, "uimm");
    r->has_rs2 |= !strcmp(word, "rs2");
    if (!strncmp(word, "imm[", 4) || !strcmp(word, "shamt") || !strcmp(word, "csr")) {
        strcat(r->immediate, *r->immediate ? " " : "");
        strcat(r->immediate, word);
    }
    r->mask <<= bits;
    r->match <<= bits;
    return bits;
}

static void parse(struct row *r)
{
    char copy[64];
    int bits = 0;
    if (strlen(r->pattern) >= sizeof copy || strlen(r->name) >= sizeof r->mnemonic)
        refuse(r, "too long", "");
    strcpy(copy, r->pattern);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        bits += strspn(word, "01x") == strlen(word) ? take_bits(r, word) : take_field(r, word);
        if (bits > 32)
            break;
    }
    if (bits != 32)
        refuse(r, "its pattern is not 32 bits long", "");
    if ((r->mask & 0x7f) != 0x7f || (r->match & 3) != 3)
        refuse(r, "its opcode is not seven fixed bits that end in 11", "");
    for (size_t i = 0; i <= strlen(r->name); i++)
        r->mnemonic[i] = r->name[i] == '_' ? '.' : r->name[i];
}

static void check_overlaps(void)
{
    for (int i = 0; i < ROWS; i++)
        for (int j = i + 1; j < ROWS; j++) {
            uint32_t both = rows[i].mask & rows[j].mask;
            if ((rows[i].match & both) == (rows[j].match & both))
                refuse(&rows[i], "some words also match ", rows[j].name);
        }
}

static const char *immediate_kind(const struct row *r)
{
    for (size_t i = 0; i < sizeof immediates / sizeof *immediates; i++)
        if (!strcmp(r->immediate, immediates[i].words))
            return immediates[i].kind;
    refuse(r, "decode.c knows no such immediate: ", r->immediate);
}

// Returns 1 if a word with this bucket's opcode and funct3 can match the row.
static int belongs(const struct row *r, uint32_t bucket)
{
    uint32_t mask = 0x707f, word = (bucket & 7) << 12 | bucket >> 3 << 2 | 3;
    return !((r->match ^ word) & r->mask & mask);
}

static void print_buckets(void)
{
    int start = 0;
    printf("#ifdef BUCKET\n");
    for (uint32_t b = 0; b < 256; b++) {
        printf("BUCKET(%d)\n", start);
        for (int i = 0; i < ROWS; i++)
            start += belongs(&rows[i], b);
    }
    printf("BUCKET(%d)\n#endif\n#ifdef CANDIDATE\n", start);
    for (uint32_t b = 0; b < 256; b++)
        for (int i = 0; i < ROWS; i++)
            if (belongs(&rows[i], b))
                printf("CANDIDATE(%s)\n", rows[i].name);
    printf("#endif\n");
}

int main(void)
{
    for (int i = 0; i < ROWS; i++)
        parse(&rows[i]);
    check_overlaps();
    printf("// Made by isa/gen.c from isa/isa.def.\n#ifdef ENCODING\n");
    for (const struct row *r = rows; r < rows + ROWS; r++)
        printf("ENCODING(%s, \"%s\", 0x%08xu, 0x%08xu, %s, %d, %d, %d)\n", r->name, r->mnemonic,
               (unsigned)r->mask, (unsigned)r->match, immediate_kind(r), r->has_rd, r->has_rs1,
               r->has_rs2);
    printf("#endif\n");
    print_buckets();
    return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
