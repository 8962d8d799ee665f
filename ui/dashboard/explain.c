// The command `define`: it explains the selected trap, or one word. Read ui/dashboard/commands.h
// first.
#include "isa/field.h"
#include "isa/isa.h"
#include "scenarios/host/glossary.h"
#include "ui/dashboard/commands.h"
#include "ui/dashboard/csr_table.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

#define FIELDS_TOLD 3   // fields of one name that are explained at once
#define FIELDS_NAMED 12 // and those that are named if there are more

// Adds "name: meaning. " to the text.
static void add_meaning(char *to, size_t size, const char *name, const char *meaning)
{
    size_t length = strlen(to);
    if (length < size)
        snprintf(to + length, size - length, "%s: %s. ", name, meaning);
}

// Adds "sepc holds the pc of the trap; sret goes there. "
static void add_csr(char *to, size_t size, const struct csr_info *csr)
{
    size_t length = strlen(to);
    if (length < size)
        snprintf(to + length, size - length, "%s %s. ", csr->name, csr->meaning);
}

// Returns true if the machine has the register that this field is in.
static bool is_of_machine(const struct isa_field *field, u32 profile)
{
    const struct csr_info *csr = isa_csr_named(field->owner);
    return !csr || !(csr->profile & ~profile);
}

// Adds "sstatus bit 8: SPP keeps ... "
static void add_field(char *to, size_t size, const struct isa_field *field)
{
    char bits[ISA_FIELD_BITS];
    const char *owner = isa_csr_named(field->owner) ? field->owner : "page-table entry";
    size_t length = strlen(to);
    if (length < size)
        snprintf(to + length, size - length, "%s %s: %s ", owner, isa_field_bits(field, bits),
                 field->meaning);
}

// More registers have such a field than there is room to explain, so they are only named.
static void add_owners(char *to, size_t size, const struct isa_field *const *fields, u32 count)
{
    for (u32 i = 0; i < count; i++) {
        size_t length = strlen(to);
        if (length < size)
            snprintf(to + length, size - length, "%s%s",
                     i ? ", " : "several fields: ", fields[i]->path);
    }
    size_t length = strlen(to);
    if (length < size)
        snprintf(to + length, size - length, "; :define %s explains the first. ", fields[0]->path);
}

// Finds the fields of this name. If the machine of the run has some, others do not count.
static u32 find_fields(const char *word, u32 profile, const struct isa_field *fields[FIELDS_NAMED])
{
    u32 count = 0;
    for (int others = 0; others < 2 && !count; others++)
        for (const struct isa_field *f = isa_fields; f->name && count < FIELDS_NAMED; f++)
            if (isa_field_is(f, word) && is_of_machine(f, profile) == !others)
                fields[count++] = f;
    return count;
}

static bool explain_field(const char *word, u32 profile, char *to, size_t size)
{
    const struct isa_field *fields[FIELDS_NAMED];
    u32 count = find_fields(word, profile, fields);
    if (count > FIELDS_TOLD)
        add_owners(to, size, fields, count);
    for (u32 i = 0; i < count && count <= FIELDS_TOLD; i++)
        add_field(to, size, fields[i]);
    return count;
}

// Explains a kind of trap by its name or its letter, as panes 3 and 4 show them.
static bool explain_class(const char *word, char *to, size_t size)
{
    for (int i = 0; i < TRAP_CLASSES; i++) {
        const struct trap_class *class = &trap_classes[i];
        bool is_letter = word[0] == class->letter && !word[1];
        if (!is_letter && strcmp(word, class->name))
            continue;
        add_meaning(to, size, class->name, class->meaning);
        return true;
    }
    return false;
}

// Explains what was done about a trap by the word for it, as pane 3 shows it.
static bool explain_action(const char *word, char *to, size_t size)
{
    const char *meaning = words_action_meaning(word);
    if (*meaning)
        add_meaning(to, size, word, meaning);
    return *meaning;
}

// Explains an instruction, a CSR or its field, a cause, a kind of trap, or a word of trapeze.
// Several things may have one name.
static bool explain_word(const char *word, u32 profile, char *to, size_t size)
{
    const struct csr_info *csr = isa_csr_named(word);
    const struct cause_info *cause = isa_cause_named(word);
    const struct glossary_word *term = glossary_find(word);
    enum insn insn = isa_find(word);
    if (term)
        add_meaning(to, size, term->name, term->meaning);
    if (insn != INSN_ILLEGAL)
        add_meaning(to, size, isa_insns[insn].mnemonic, isa_insns[insn].meaning);
    if (csr)
        add_csr(to, size, csr);
    if (cause)
        add_meaning(to, size, cause->name, cause->meaning);
    bool known = term || insn != INSN_ILLEGAL || csr || cause;
    bool is_field = explain_field(word, profile, to, size);
    // An instruction and a kind of trap may have one name, for example wfi. V is a bit of a
    // page-table entry, and the letter of a kind of trap, too.
    bool is_class = !known && explain_class(word, to, size);
    bool is_action = !known && explain_action(word, to, size);
    return known || is_field || is_class || is_action;
}

// Explains a trap: the instruction and its CSR if it was one, the cause, and what was done.
static void explain_trap(const struct trap_row *row, u32 profile, char *to, size_t size)
{
    const struct cause_info *cause = isa_cause_find(row->note.cause);
    struct decoded d = isa_decode(row->note.insn ? row->note.insn : row->note.addr, profile);
    if (row->class <= TRAP_UNDEFINED && d.insn != INSN_ILLEGAL) {
        const struct csr_info *csr =
            isa_insns[d.insn].class == ISA_BY_CSR ? isa_csr_find((u32)d.imm) : NULL;
        add_meaning(to, size, isa_insns[d.insn].mnemonic, isa_insns[d.insn].meaning);
        if (csr)
            add_csr(to, size, csr);
    }
    if (cause)
        add_meaning(to, size, cause->name, cause->meaning);
    explain_word(words_action(row), profile, to, size);
}

// Of a CSR: its value in pane 2, and what it was before the run moved last.
static void add_change(struct dashboard *d, const char *name)
{
    size_t length = strlen(d->state.note);
    char text[80];
    if (d->now.vcpu.known && length + 1 < sizeof d->state.note &&
        *csr_table_change(&d->now.vcpu, &d->before.vcpu, name, text, sizeof text))
        snprintf(d->state.note + length, sizeof d->state.note - length, "%s", text);
}

// Of a field: its value in pane 2, for example "Here SPP is 1."
static void add_value(struct dashboard *d, const char *word)
{
    const struct isa_field *fields[FIELDS_NAMED];
    u32 value, count = find_fields(word, d->now.profile, fields);
    size_t length = strlen(d->state.note);
    if (count != 1 || !d->now.vcpu.known || length >= sizeof d->state.note ||
        !csr_table_value(&d->now.vcpu, fields[0]->owner, &value))
        return;
    value = (value & isa_field_mask(fields[0])) >> fields[0]->first;
    snprintf(d->state.note + length, sizeof d->state.note - length,
             value < 10 ? "Here %s is %u." : "Here %s is 0x%x.", fields[0]->name, value);
}

unsigned do_explain(struct dashboard *d, const struct binding *b)
{
    char *note = d->state.note;
    const struct trap_row *row = model_trap(&d->now);
    (void)b;
    note[0] = 0;
    if (d->argument[0]) {
        if (!explain_word(d->argument, d->now.profile, note, sizeof d->state.note))
            return dashboard_say(d, "define: the name of an instruction, a CSR or its field, a "
                                    "cause, or a word is wanted");
        if (isa_csr_named(d->argument))
            add_change(d, d->argument);
        else
            add_value(d, d->argument);
    } else if (row) {
        explain_trap(row, d->now.profile, note, sizeof d->state.note);
    } else {
        return dashboard_say(d, "there is no trap to explain; :define WORD explains a word");
    }
    return REFRESH_SCREEN;
}
