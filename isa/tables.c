// The tables of isa.def, csr.def, cause.def and format.def as arrays, and how to look something up
// in them. Freestanding.
// Read next: isa/profile.c.
#include "isa/isa.h"

// What the columns MODE and ACCESS become in the structs.
enum { PRIVILEGED_U = false, PRIVILEGED_K = true, READ_ONLY_RW = false, READ_ONLY_RO = true };

const struct insn_info isa_insns[INSN_COUNT] = {
    [INSN_ILLEGAL] = {.mnemonic = "illegal", .pattern = "", .meaning = "not an instruction"},
#define INSN(name, columns, form, inprofile, mode, access, inclass, text)              \
    [INSN_##name].pattern = columns, [INSN_##name].meaning = text,                     \
    [INSN_##name].format = ISA_FORMAT_##form, [INSN_##name].profile = ISA_##inprofile, \
    [INSN_##name].class = ISA_##inclass, [INSN_##name].privileged = PRIVILEGED_##mode,
#include "isa/isa.def"
#undef INSN
#define ENCODING(name, text, maskbits, matchbits, ...) \
    [INSN_##name].mnemonic = text, [INSN_##name].mask = maskbits, [INSN_##name].match = matchbits,
#include "isa_table.inc"
#undef ENCODING
};

const char *const isa_format_syntax[ISA_FORMATS] = {
#define FORMAT(name, syntax) [ISA_FORMAT_##name] = syntax,
#include "isa/format.def"
#undef FORMAT
};

const char *const isa_class_name[ISA_CLASSES] = {
    [ISA_INNOCUOUS] = "innocuous",
    [ISA_TRAPPING] = "trapping",
    [ISA_CONTROL] = "control-sensitive",
    [ISA_BEHAVIOUR] = "behaviour-sensitive",
    [ISA_RESOURCE] = "resource-dependent",
    [ISA_BY_CSR] = "by CSR",
    [ISA_BY_SEED] = "by seed",
};

const struct csr_info isa_csrs[] = {
#define CSR(number, name, profile, mode, access, class, meaning, choices)       \
    {number, ISA_##profile, ISA_##class, PRIVILEGED_##mode, READ_ONLY_##access, \
     #name,  meaning,       choices},
#include "isa/csr.def"
#undef CSR
    {0},
};
const u32 isa_csr_count = sizeof isa_csrs / sizeof *isa_csrs - 1;

const struct cause_info isa_causes[] = {
#define CAUSE(number, interrupt, profile, identifier, name, meaning) \
    {CAUSE_##identifier, ISA_##profile, name, meaning},
#include "isa/cause.def"
#undef CAUSE
    {0},
};
const u32 isa_cause_count = sizeof isa_causes / sizeof *isa_causes - 1;

const char *const isa_reg_names[32] = {
    "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
    "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
    "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};

static bool is_same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

// The same, but '_' in `name` may stand for '.'.
static bool is_mnemonic(const char *mnemonic, const char *name)
{
    while (*mnemonic && (*mnemonic == *name || (*mnemonic == '.' && *name == '_')))
        mnemonic++, name++;
    return *mnemonic == *name;
}

enum insn isa_find(const char *mnemonic)
{
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++)
        if (is_mnemonic(isa_insns[i].mnemonic, mnemonic))
            return i;
    return INSN_ILLEGAL;
}

const struct csr_info *isa_csr_find(u32 number)
{
    for (const struct csr_info *c = isa_csrs; c->name; c++)
        if (c->number == number)
            return c;
    return NULL;
}

const struct csr_info *isa_csr_named(const char *name)
{
    for (const struct csr_info *c = isa_csrs; c->name; c++)
        if (is_same(c->name, name))
            return c;
    return NULL;
}

const struct cause_info *isa_cause_find(u32 cause)
{
    for (const struct cause_info *c = isa_causes; c->name; c++)
        if (c->cause == cause)
            return c;
    return NULL;
}

const struct cause_info *isa_cause_named(const char *name)
{
    for (const struct cause_info *c = isa_causes; c->name; c++)
        if (is_same(c->name, name))
            return c;
    return NULL;
}
