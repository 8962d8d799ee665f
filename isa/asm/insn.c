// One instruction. Several rows of isa.def and pseudo.def may have its name: the row whose operands
// fit is taken. A few pseudo-instructions become two instructions and are functions here. All words
// are made by isa_encode.
// Read next: isa/asm/asm.c.
#include "isa/asm/parts.h"
#include "isa/pseudo.h"

#include <string.h>

// ---- one instruction

static bool emit_decoded(struct cursor *c, const char *at, struct decoded d, u32 extra)
{
    return emit_word(c->as, at, isa_encode(d) | extra);
}

// Is this the name in `text`, where '_' stands for '.'?
static bool is_mnemonic(struct name name, const char *text)
{
    for (u32 i = 0; i < name.length; i++)
        if (name.at[i] != (text[i] == '_' ? '.' : text[i]))
            return false;
    return !text[name.length];
}

static enum insn find_instruction(struct name name, u32 profile)
{
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++)
        if (is_named(name, isa_insns[i].mnemonic) && !(isa_insns[i].profile & ~profile))
            return i;
    return INSN_ILLEGAL;
}

// Emits the instruction that a row stands for: fields that the row fixes, and operands for the
// rest. `extra` has bits outside the decoded fields, and the operands may add to them.
static bool emit_row(struct cursor *c, struct name name, const struct operands *list,
                     const struct pseudo *row, u32 extra)
{
    struct decoded d = {.insn = row->insn};
    d.rd = row->rd == PSEUDO_ANY ? 0 : (u8)row->rd;
    d.rs1 = row->rs1 == PSEUDO_ANY ? 0 : (u8)row->rs1;
    d.rs2 = row->rs2 == PSEUDO_ANY ? 0 : (u8)row->rs2;
    d.imm = row->imm == PSEUDO_ANY ? 0 : row->imm;
    return operands_read(row->syntax, list, &d, &extra) && emit_decoded(c, name.at, d, extra);
}

// The forms that one name can have: the instruction itself, as a row in which no field is fixed,
// and the pseudo-instructions of that name.
#define FORMS_MAX 8
struct forms {
    struct pseudo row[FORMS_MAX];
    u32 count;
};

static void find_forms(struct name name, enum insn insn, u32 profile, struct forms *forms)
{
    forms->count = 0;
    if (insn != INSN_ILLEGAL)
        forms->row[forms->count++] =
            (struct pseudo){.syntax = isa_format_syntax[isa_insns[insn].format],
                            .insn = (u8)insn,
                            .rd = PSEUDO_ANY,
                            .rs1 = PSEUDO_ANY,
                            .rs2 = PSEUDO_ANY,
                            .imm = PSEUDO_ANY};
    for (const struct pseudo *row = isa_pseudos; row->name && forms->count < FORMS_MAX; row++)
        if (row->use != PSEUDO_DIS && is_mnemonic(name, row->name) &&
            !(isa_insns[row->insn].profile & ~profile))
            forms->row[forms->count++] = *row;
}

static u32 count_operands(const char *syntax)
{
    u32 count = *syntax != 0;
    for (; *syntax; syntax++)
        count += *syntax == ',';
    return count;
}

// Emits by the form that fits the operands. If none fits, the first form with as many operands is
// tried all the same: it will report which operand is wrong.
static bool emit_form(struct cursor *c, struct name name, const struct operands *list,
                      const struct forms *forms, u32 extra)
{
    const struct pseudo *end = forms->row + forms->count;
    for (const struct pseudo *row = forms->row; row < end; row++)
        if (operands_fit(row->syntax, list))
            return emit_row(c, name, list, row, extra);
    for (const struct pseudo *row = forms->row; row < end; row++)
        if (count_operands(row->syntax) == list->count)
            return emit_row(c, name, list, row, extra);
    return source_error(c->as, name.at, "the operands do not fit; it is written: %.*s %s",
                        (int)name.length, name.at, forms->row[0].syntax);
}

// amoadd.w.aqrl and the like: cuts the suffix off the name if the rest is an atomic instruction,
// and sets *order to the bits aq and rl.
static enum insn find_ordered(struct name *name, u32 profile, u32 *order)
{
    static const struct {
        const char *text;
        u32 bits;
    } orders[] = {{".aqrl", 3u << 25}, {".aq", 2u << 25}, {".rl", 1u << 25}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        u32 length = (u32)strlen(orders[i].text);
        if (name->length <= length ||
            memcmp(name->at + name->length - length, orders[i].text, length))
            continue;
        struct name rest = {name->at, name->length - length};
        enum insn insn = find_instruction(rest, profile);
        if (isa_insns[insn].format != ISA_FORMAT_AMO && isa_insns[insn].format != ISA_FORMAT_LR)
            return INSN_ILLEGAL;
        *order = orders[i].bits;
        return insn;
    }
    return INSN_ILLEGAL;
}

// ---- pseudo-instructions of one or two instructions

static struct decoded upper(enum insn insn, u8 rd, u32 value)
{
    return (struct decoded){
        .insn = (u8)insn, .rd = rd, .imm = (i32)((value + 0x800u) & 0xfffff000u)};
}

static i32 lower(u32 value)
{
    return (i32)((value & 0xfffu) ^ 0x800u) - 0x800;
}

// Emits two instructions: an auipc that puts the upper part of the distance from the pc into
// `scratch`, and `second`, whose immediate is the lower part.
static bool emit_pair(struct cursor *c, const char *at, u8 scratch, struct value v,
                      struct decoded second)
{
    u32 distance = v.known ? (u32)v.number - (u32)here(c->as).number : 0;
    second.imm = lower(distance);
    return emit_decoded(c, at, upper(INSN_auipc, scratch, distance), 0) &&
           emit_decoded(c, at, second, 0);
}

static bool read_whole(struct cursor operand, struct value *v)
{
    return take_expression(&operand, v) && expect_end(&operand);
}

// How many instructions this li takes. It is decided in SIZES, where a number that is not known yet
// takes two, and remembered: a later pass must not make the section shorter.
static bool li_size(struct assembler *as, struct value v, u32 *size)
{
    if (as->pass != SIZES) {
        *size = as->li_sizes[as->li_passed++];
        return true;
    }
    bool is_known = v.known && v.section == ABSOLUTE;
    u32 n = (u32)v.number;
    bool is_one = is_known && ((i32)n == lower(n) || lower(n) == 0);
    *size = is_one ? 1 : 2;
    if (!source_grow(as, &as->li_sizes, as->li_count, &as->li_room, 1))
        return false;
    as->li_sizes[as->li_count++] = (u8)*size;
    return true;
}

static bool emit_li(struct cursor *c, struct name name, const struct operands *list)
{
    struct value v;
    u32 size;
    u8 rd;
    if (!operand_register(list->each[0], &rd) || !read_whole(list->each[1], &v) ||
        !check_range(c->as, list->each[1].at, v, -0x80000000LL, 0xffffffffLL) ||
        !li_size(c->as, v, &size))
        return false;
    u32 n = v.known ? (u32)v.number : 0;
    struct decoded add = {.insn = INSN_addi, .rd = rd, .rs1 = size == 2 ? rd : 0, .imm = lower(n)};
    if (size == 1 && (i32)n == lower(n))
        return emit_decoded(c, name.at, add, 0);
    return emit_decoded(c, name.at, upper(INSN_lui, rd, n), 0) &&
           (size == 1 || emit_decoded(c, name.at, add, 0));
}

static bool emit_la(struct cursor *c, struct name name, const struct operands *list)
{
    struct value v;
    u8 rd;
    if (!operand_register(list->each[0], &rd) || !read_whole(list->each[1], &v))
        return false;
    return emit_pair(c, name.at, rd, v, (struct decoded){.insn = INSN_addi, .rd = rd, .rs1 = rd});
}

static bool emit_call(struct cursor *c, struct name name, const struct operands *list)
{
    struct value v;
    bool is_call = is_named(name, "call");
    u8 link = is_call ? X_RA : X_ZERO;
    u8 scratch = is_call ? X_RA : X_T1; // the calling convention lets a tail call change t1
    if (!read_whole(list->each[0], &v))
        return false;
    return emit_pair(c, name.at, scratch, v,
                     (struct decoded){.insn = INSN_jalr, .rd = link, .rs1 = scratch});
}

static const struct {
    const char *name, *syntax;
    u32 count;
    bool (*emit)(struct cursor *c, struct name name, const struct operands *list);
} wide[] = {
    {"li", "rd, number", 2, emit_li},  {"la", "rd, symbol", 2, emit_la},
    {"lla", "rd, symbol", 2, emit_la}, {"call", "symbol", 1, emit_call},
    {"tail", "symbol", 1, emit_call},
};

static bool emit_wide(struct cursor *c, struct name name, const struct operands *list, size_t row)
{
    if (list->count == wide[row].count)
        return wide[row].emit(c, name, list);
    return source_error(c->as, name.at, "it is written: %s %s", wide[row].name, wide[row].syntax);
}

// A load or store of a symbol: "lw rd, symbol" uses rd for the address, "sw rs2, symbol, scratch"
// the scratch register. *done says whether the statement has this form at all; only then anything
// was emitted or reported.
static bool emit_access(struct cursor *c, struct name name, const struct operands *list,
                        enum insn insn, bool *done)
{
    bool load = isa_insns[insn].format == ISA_FORMAT_LOAD && insn != INSN_jalr;
    bool store = isa_insns[insn].format == ISA_FORMAT_STORE;
    struct decoded d = {.insn = (u8)insn};
    struct value v;
    *done = (load && list->count == 2 && !operand_is_indirect(list->each[1])) ||
            (store && list->count == 3);
    if (!*done || !operand_register(list->each[0], load ? &d.rd : &d.rs2) ||
        !read_whole(list->each[1], &v))
        return false;
    d.rs1 = d.rd;
    if (store && !operand_register(list->each[2], &d.rs1))
        return false;
    return emit_pair(c, name.at, d.rs1, v, d);
}

// ---- the name

static const char *near_name(struct name name, u32 profile)
{
    u32 least = 3, distance = 99;
    const char *near = directive_near(name, &distance);
    least = distance < least ? distance : least;
    near = distance < 3 ? near : NULL;
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++)
        if ((distance = name_distance(name, isa_insns[i].mnemonic)) < least &&
            !(isa_insns[i].profile & ~profile))
            near = isa_insns[i].mnemonic, least = distance;
    for (const struct pseudo *row = isa_pseudos; row->name; row++)
        if (!(isa_insns[row->insn].profile & ~profile) &&
            (distance = name_distance(name, row->name)) < least)
            near = row->name, least = distance;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if ((distance = name_distance(name, wide[i].name)) < least)
            near = wide[i].name, least = distance;
    return least < name.length ? near : NULL;
}

static bool unknown(struct cursor *c, struct name name)
{
    // Only errors that will be printed are worth the search: a file of noise has very many.
    bool is_told = c->as->error_count < ASM_ERRORS_MAX;
    const char *near = is_told ? near_name(name, c->as->profile) : NULL;
    const char *mark = near ? strchr(near, '_') : NULL; // pseudo.def writes '_' for '.'
    int length = (int)(name.length > 40 ? 40 : name.length);
    enum insn other = find_instruction(name, ISA_PROFILES);
    if (other != INSN_ILLEGAL)
        return source_error(c->as, name.at, "'%.*s' is an instruction of the profile `%s` only",
                            length, name.at, isa_profile_name(isa_insns[other].profile));
    if (near && mark)
        return source_error(c->as, name.at, "unknown instruction '%.*s'; did you mean '%.*s.%s'?",
                            length, name.at, (int)(mark - near), near, mark + 1);
    if (near)
        return source_error(c->as, name.at, "unknown instruction '%.*s'; did you mean '%s'?",
                            length, name.at, near);
    return source_error(c->as, name.at, "unknown instruction '%.*s'", length, name.at);
}

bool instruction(struct cursor *c, struct name name)
{
    struct operands list;
    struct forms forms;
    u32 order = 0;
    bool done;
    if (!operands_split(c, &list))
        return false;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (is_named(name, wide[i].name))
            return emit_wide(c, name, &list, (size_t)i);
    enum insn insn = find_instruction(name, c->as->profile);
    if (insn == INSN_ILLEGAL)
        insn = find_ordered(&name, c->as->profile, &order);
    if (insn == INSN_fence && !list.count)
        order = 0xffu << 20; // all before all: iorw, iorw
    find_forms(name, insn, c->as->profile, &forms);
    if (!forms.count)
        return unknown(c, name);
    bool emitted = emit_access(c, name, &list, insn, &done);
    return done ? emitted : emit_form(c, name, &list, &forms, order);
}
