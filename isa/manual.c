// Entries and lists of the manual, printed from the tables.
// Read next: isa/manual_markdown.c.
#include "isa/manual.h"
#include "isa/field.h"
#include "isa/pseudo.h"

#include <stdlib.h>
#include <string.h>

// ---- names

// Copies a name to `to`, with the dots that pseudo.def writes as '_'.
static const char *dotted(const char *name, char *to, size_t size)
{
    size_t i = 0;
    for (; name[i] && i + 1 < size; i++)
        to[i] = name[i] == '_' ? '.' : name[i];
    to[i] = 0;
    return to;
}

// Returns true if it is a pseudo-instruction of the assembler, in these profiles.
static bool is_assembled(const struct pseudo *row, u32 profile)
{
    return row->use != PSEUDO_DIS && !(isa_insns[row->insn].profile & ~profile);
}

// ---- what a pseudo-instruction stands for

static bool is_word(const char *word, size_t length, const char *text)
{
    return length == strlen(text) && !memcmp(word, text, length);
}

// One word of the instruction's syntax. If the row fixes that field, its value is printed instead.
static void print_field(FILE *out, const struct pseudo *row, const char *word, size_t length)
{
    bool is_csr = is_word(word, length, "csr");
    bool is_number = is_csr || is_word(word, length, "imm");
    const struct csr_info *csr = is_csr ? isa_csr_find((u32)row->imm) : NULL;
    i32 fixed = is_number ? row->imm : PSEUDO_ANY;
    if (is_word(word, length, "rd"))
        fixed = row->rd;
    else if (is_word(word, length, "rs1"))
        fixed = row->rs1;
    else if (is_word(word, length, "rs2"))
        fixed = row->rs2;
    if (row->insn == INSN_fence) // without operands: all before all
        fprintf(out, "iorw");
    else if (fixed == PSEUDO_ANY)
        fprintf(out, "%.*s", (int)length, word);
    else if (!is_number)
        fprintf(out, "%s", isa_reg_names[fixed & 31]);
    else if (csr)
        fprintf(out, "%s", csr->name);
    else
        fprintf(out, "%d", (int)fixed);
}

static void print_expansion(FILE *out, const struct pseudo *row)
{
    const char *p = isa_format_syntax[isa_insns[row->insn].format];
    fprintf(out, "%s%s", isa_insns[row->insn].mnemonic, *p ? " " : "");
    while (*p) {
        size_t length = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789");
        if (length)
            print_field(out, row, p, length);
        else
            fputc(p[length++], out);
        p += length;
    }
}

// ---- one line each

static void list_instructions(FILE *out, u32 profile)
{
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++) {
        const struct insn_info *info = &isa_insns[i];
        if (info->profile & ~profile)
            continue;
        fprintf(out, "  %-10s %-17s %s  %s\n", info->mnemonic, isa_format_syntax[info->format],
                info->privileged ? "K" : " ", info->meaning);
    }
}

// The pseudo-instructions that become two instructions. isa/asm/insn.c makes them.
static const struct {
    const char *written, *stands_for;
} wide[] = {
    {"li rd, number", "lui and addi, or one of them"},
    {"la rd, symbol", "auipc, addi (lla is the same)"},
    {"call symbol", "auipc, jalr through ra"},
    {"tail symbol", "auipc, jalr through t1"},
    {"lw rd, symbol", "auipc, lw; every load"},
    {"sw rs2, symbol, rt", "auipc into rt, sw; every store"},
};
enum { WIDE = sizeof wide / sizeof *wide };

void manual_pseudo_rows(FILE *out)
{
    char name[24];
    for (const struct pseudo *row = isa_pseudos; row->name; row++) {
        if (!is_assembled(row, ISA_T32))
            continue;
        fprintf(out, "| `%s%s%s` | `", dotted(row->name, name, sizeof name),
                *row->syntax ? " " : "", row->syntax);
        print_expansion(out, row);
        fputs("` |\n", out);
    }
    for (int i = 0; i < WIDE; i++)
        fprintf(out, "| `%s` | %s |\n", wide[i].written, wide[i].stands_for);
}

static void list_pseudos(FILE *out, u32 profile)
{
    char name[24];
    for (const struct pseudo *row = isa_pseudos; row->name; row++) {
        if (!is_assembled(row, profile))
            continue;
        fprintf(out, "  %-10s %-17s    ", dotted(row->name, name, sizeof name), row->syntax);
        print_expansion(out, row);
        fputc('\n', out);
    }
    for (int i = 0; i < WIDE; i++)
        fprintf(out, "  %-28s    %s\n", wide[i].written, wide[i].stands_for);
}

void manual_list(FILE *out, u32 profile)
{
    fputs("Instructions (K: illegal in U)", out);
    if (profile)
        fprintf(out, ", profile `%s`", isa_profile_name(profile));
    fputc('\n', out);
    list_instructions(out, profile);
    fputs("\nPseudo-instructions\n", out);
    list_pseudos(out, profile);
    fputs("\nControl and status registers\n", out);
    for (const struct csr_info *c = isa_csrs; c->name; c++)
        if (!(c->profile & ~profile))
            fprintf(out, "  0x%03x %-11s %s %s  %s\n", c->number, c->name,
                    c->privileged ? "K" : "U", c->read_only ? "RO" : "RW", c->meaning);
    fputs("\nTrap causes\n", out);
    for (const struct cause_info *c = isa_causes; c->name; c++)
        if (!(c->profile & ~profile))
            fprintf(out, "  %08x %-18s  %s\n", (unsigned)c->cause, c->name, c->meaning);
    fputs("\ntrapeze isa NAME says more about one of them; trapeze isa --markdown prints the whole "
          "manual.\n",
          out);
}

// ---- one entry

static const char *const class_says[ISA_CLASSES] = {
    [ISA_INNOCUOUS] =
        "innocuous: it does the same in both modes, so a monitor lets it run directly",
    [ISA_TRAPPING] = "trapping: its purpose is to trap, so a monitor always sees it",
    [ISA_CONTROL] = "control-sensitive: it changes what a monitor must own",
    [ISA_BEHAVIOUR] = "behaviour-sensitive: its result tells the real mode or the real machine",
    [ISA_RESOURCE] = "resource-dependent: its result depends on what others do at the same time",
    [ISA_BY_CSR] = "by CSR: it has the class of the CSR that it names",
    [ISA_BY_SEED] = "by seed: it has the class of what the seed of the machine has drawn for it",
};

static const char *modes_of(const struct insn_info *info)
{
    if (info->class == ISA_BY_SEED)
        return "those that the seed of the machine says";
    return info->privileged ? "K; in U an illegal instruction" : "U and K";
}

static bool print_instruction(FILE *out, const char *name)
{
    char other[24];
    const struct insn_info *info = &isa_insns[isa_find(name)];
    if (info == isa_insns)
        return false;
    fprintf(out, "%s %s\n    %s\n\n", info->mnemonic, isa_format_syntax[info->format],
            info->meaning);
    fprintf(out, "    bits 31..0  %s\n    mask        %08x\n    match       %08x\n", info->pattern,
            (unsigned)info->mask, (unsigned)info->match);
    bool ours = info->profile == ISA_HOLES || info->profile == ISA_HOUSE;
    fprintf(out, "    profile     %s%s\n", isa_profile_name(info->profile),
            ours ? " (not in any RISC-V)" : "");
    fprintf(out, "    mode        %s\n", modes_of(info));
    fprintf(out, "    class       %s\n", class_says[info->class]);
    for (const struct pseudo *row = isa_pseudos; row->name; row++)
        if (&isa_insns[row->insn] == info && is_assembled(row, ISA_PROFILES))
            fprintf(out, "    also        %s %s\n", dotted(row->name, other, sizeof other),
                    row->syntax);
    return true;
}

static bool print_pseudos(FILE *out, const char *name)
{
    char text[24];
    bool found = false;
    for (const struct pseudo *row = isa_pseudos; row->name; row++) {
        if (strcmp(dotted(row->name, text, sizeof text), name) || !is_assembled(row, ISA_PROFILES))
            continue;
        fprintf(out, "%s %s\n    is ", text, row->syntax);
        print_expansion(out, row);
        fputc('\n', out);
        found = true;
    }
    return found;
}

// The fields of one CSR, a line each.
static void list_fields(FILE *out, const char *owner)
{
    char bits[ISA_FIELD_BITS];
    for (const struct isa_field *f = isa_fields; f->name; f++)
        if (!strcmp(f->owner, owner))
            fprintf(out, "    %-11s %-11s %s\n", f->name, isa_field_bits(f, bits), f->meaning);
}

// Several CSRs may have a field of this name. Each of them is printed.
static bool print_fields(FILE *out, const char *name)
{
    char bits[ISA_FIELD_BITS];
    bool found = false;
    for (const struct isa_field *f = isa_fields; f->name; f++) {
        if (!isa_field_is(f, name))
            continue;
        bool is_csr = isa_csr_named(f->owner);
        fprintf(out, "%s%s, %s of %s\n    %s\n", found ? "\n" : "", f->path,
                isa_field_bits(f, bits), is_csr ? f->owner : "an entry of a page table",
                f->meaning);
        found = true;
    }
    return found;
}

static bool print_csr(FILE *out, const char *name)
{
    char *end;
    unsigned long number = strtoul(name, &end, 16);
    const struct csr_info *c = isa_csr_named(name);
    if (!c && !strncmp(name, "0x", 2) && !*end && number <= UINT32_MAX)
        c = isa_csr_find((u32)number);
    if (!c)
        return false;
    fprintf(out, "%s, CSR 0x%03x\n    %s\n\n", c->name, c->number, c->meaning);
    if (*c->choices)
        fprintf(out, "    T32 chooses %s\n", c->choices);
    fprintf(out, "    profile     %s\n", isa_profile_name(c->profile));
    fprintf(out, "    mode        %s\n",
            c->privileged ? "K; in U an illegal instruction" : "K; U where scounteren says so");
    fprintf(out, "    access      %s\n",
            c->read_only ? "read-only: a write is an illegal instruction" : "read and write");
    fprintf(out, "    class       %s\n", class_says[c->class]);
    list_fields(out, c->name);
    return true;
}

static bool print_cause(FILE *out, const char *name)
{
    const struct cause_info *c = isa_cause_named(name);
    if (!c)
        return false;
    fprintf(out, "%s, scause 0x%08x\n    %s\n\n    kind        %s\n", c->name, (unsigned)c->cause,
            c->meaning, c->cause >> 31 ? "interrupt" : "exception");
    return true;
}

bool manual_entry(FILE *out, const char *name)
{
    return print_instruction(out, name) || print_pseudos(out, name) || print_csr(out, name) ||
           print_cause(out, name) || print_fields(out, name);
}

// ---- names

void manual_names(FILE *out, u32 profile, bool pseudo)
{
    char name[24];
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT && !pseudo; i++)
        if (!(isa_insns[i].profile & ~profile))
            fprintf(out, "%s\t%s\n", isa_insns[i].mnemonic, isa_format_syntax[isa_insns[i].format]);
    for (const struct pseudo *row = isa_pseudos; row->name && pseudo; row++)
        if (is_assembled(row, profile))
            fprintf(out, "%s\t%s\n", dotted(row->name, name, sizeof name), row->syntax);
}

size_t manual_all_names(const char **names, size_t most)
{
    size_t count = 0;
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT && count < most; i++)
        names[count++] = isa_insns[i].mnemonic;
    for (const struct csr_info *c = isa_csrs; c->name && count < most; c++)
        names[count++] = c->name;
    for (const struct cause_info *c = isa_causes; c->name && count < most; c++)
        names[count++] = c->name;
    for (const struct isa_field *f = isa_fields; f->name && count < most; f++)
        names[count++] = f->path;
    return count;
}
