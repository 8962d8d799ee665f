// Collects the words that can stand behind a command. One table says which words a command
// takes. Read ui/dashboard/completion.h first.
#include "ui/dashboard/completion.h"
#include "isa/field.h"
#include "isa/isa.h"
#include "scenarios/host/glossary.h"
#include "ui/dashboard/keys.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

// The words that begin as the person typed.
struct fitting {
    const char *typed;
    size_t length;
    u32 count;
    char agreed[PROMPT_SIZE]; // the letters with which all of them begin
    char list[PROMPT_OFFERS]; // a space before each; the last ones may be missing
};

static void add(struct fitting *f, const char *word)
{
    if (!*word || strncmp(word, f->typed, f->length) != 0)
        return;
    if (!f->count++)
        snprintf(f->agreed, sizeof f->agreed, "%s", word);
    size_t same = 0, used = strlen(f->list);
    while (f->agreed[same] && f->agreed[same] == word[same])
        same++;
    f->agreed[same] = 0;
    if (used + strlen(word) + 2 <= sizeof f->list)
        snprintf(f->list + used, sizeof f->list - used, " %s", word);
}

// ---- sources of words

static void add_registers(struct fitting *f, struct dashboard *d)
{
    (void)d;
    for (u32 i = 1; i < 32; i++)
        add(f, isa_reg_names[i]);
    add(f, "pc");
}

static void add_csrs(struct fitting *f, struct dashboard *d)
{
    for (const struct csr_info *csr = isa_csrs; csr->name; csr++)
        if (!csr->profile || csr->profile & d->now.profile)
            add(f, csr->name);
}

static void add_symbols(struct fitting *f, struct dashboard *d)
{
    struct world *w = scenario_world(d->drive.play.sc);
    for (u32 i = 0; w && i < w->guests; i++) {
        const struct symbols *s = &w->guest[i].loaded.symbols;
        for (u32 k = 0; vm_path_equal(&w->guest[i].path, &d->now.vcpu.path) && k < s->count; k++)
            add(f, s->list[k].name);
    }
}

static void add_vms(struct fitting *f, struct dashboard *d)
{
    struct world *w = scenario_world(d->drive.play.sc);
    char path[40];
    for (u32 i = 0; w && i < w->guests; i++)
        if (vm_path_length(&w->guest[i].path)) // a filter has no word for the bare machine
            add(f, vm_path_print(&w->guest[i].path, path, sizeof path));
}

static void add_classes(struct fitting *f, struct dashboard *d)
{
    const char *action;
    (void)d;
    for (int i = 0; i < TRAP_CLASSES; i++)
        add(f, trap_classes[i].name);
    for (u32 i = 0; (action = words_action_at(i)); i++)
        add(f, action);
}

static void add_bookmarks(struct fitting *f, struct dashboard *d)
{
    for (u32 i = 0; i < d->drive.stops.bookmarks; i++)
        add(f, d->drive.stops.bookmark[i].name);
}

static void add_meanings(struct fitting *f, struct dashboard *d)
{
    const struct glossary_word *word;
    (void)d;
    for (size_t i = 0; (word = glossary_at(i)); i++)
        add(f, word->name);
    for (size_t i = 0; i < INSN_COUNT; i++)
        add(f, isa_insns[i].mnemonic);
    for (const struct cause_info *cause = isa_causes; cause->name; cause++)
        add(f, cause->name);
    for (const struct isa_field *field = isa_fields; field->name; field++)
        add(f, field->path);
}

static void add_themes(struct fitting *f, struct dashboard *d)
{
    (void)d;
    for (int i = 0; i < THEMES; i++)
        add(f, theme_names[i]);
}

// ---- which command takes which words

typedef void source(struct fitting *f, struct dashboard *d);

enum extent {
    FIRST_WORD, // only the first word behind the command, or behind the form, is completed
    EACH_WORD,
    WHOLE, // it is one name, which may have spaces in it
};

static const struct taker {
    u8 action;        // enum action
    u8 extent;        // which part of the argument is completed: enum extent
    const char *form; // a word of the command's own that stands before, or ""
    source *source[6];
} takers[] = {
    {ACTION_BREAK, FIRST_WORD, "store", {add_symbols, add_registers}},
    {ACTION_BREAK, FIRST_WORD, "access", {add_symbols, add_registers}},
    {ACTION_BREAK, FIRST_WORD, "write", {add_csrs}},
    {ACTION_BREAK, FIRST_WORD, "lua", {NULL}},
    {ACTION_BREAK, EACH_WORD, "", {add_symbols, add_classes, add_vms, add_csrs}},
    {ACTION_HISTORY, EACH_WORD, "traps", {add_classes, add_vms, add_csrs}},
    {ACTION_HISTORY, FIRST_WORD, "pte", {add_symbols, add_registers}},
    {ACTION_HISTORY, FIRST_WORD, "page", {add_symbols, add_registers}},
    {ACTION_HISTORY, FIRST_WORD, "word", {add_symbols, add_registers}},
    {ACTION_HISTORY, FIRST_WORD, "", {add_registers, add_csrs, add_symbols}},
    {ACTION_SET, FIRST_WORD, "word", {add_symbols, add_registers}},
    {ACTION_SET, FIRST_WORD, "", {add_registers, add_csrs, add_symbols}},
    {ACTION_GOTO, FIRST_WORD, "cycle", {NULL}},
    {ACTION_GOTO, FIRST_WORD, "", {NULL}},
    {ACTION_ADDRESS, FIRST_WORD, "", {add_symbols, add_registers}},
    {ACTION_FILTER, EACH_WORD, "", {add_classes, add_vms, add_csrs}},
    {ACTION_FIND, EACH_WORD, "", {add_classes, add_vms, add_csrs}},
    {ACTION_STOP_AT, EACH_WORD, "", {add_classes, add_vms, add_csrs}},
    {ACTION_JUMP, WHOLE, "", {add_bookmarks}},
    {ACTION_EXPLAIN, WHOLE, "", {add_csrs, add_meanings}},
    {ACTION_THEME, FIRST_WORD, "", {add_themes}},
};

#define TAKERS (sizeof takers / sizeof *takers)

// The action of the command in the prompt. Both commands that ask for changes read the same words.
static int action_of(const char *text)
{
    char name[PROMPT_SIZE];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, " "), text);
    const struct binding *b = keys_command(name);
    int action = b ? b->action : ACTION_GROUP;
    return action == ACTION_LAST_CHANGE ? ACTION_HISTORY : action;
}

// Finds the row of the command, and of its form if one is typed. Moves *rest behind the form.
static const struct taker *taker_of(int action, const char **rest)
{
    size_t length = strcspn(*rest, " ");
    for (size_t i = 0; i < TAKERS; i++) {
        const struct taker *t = &takers[i];
        bool formed = (*rest)[length] && strlen(t->form) == length;
        if (t->action != action)
            continue;
        if (formed && !strncmp(t->form, *rest, length)) {
            *rest += length + 1;
            return t;
        }
        if (!*t->form)
            return t;
    }
    return NULL;
}

static void collect(struct dashboard *d, struct fitting *f)
{
    const char *text = d->state.prompt.text, *space = strchr(text, ' ');
    const char *rest = space ? space + 1 : "", *last = space ? strrchr(text, ' ') + 1 : "";
    int action = action_of(text);
    const struct taker *t = space ? taker_of(action, &rest) : NULL;
    *f = (struct fitting){.typed = ""};
    if (!t || (t->extent == FIRST_WORD && last != rest))
        return;
    f->typed = t->extent == WHOLE ? rest : last;
    f->typed += t->extent == EACH_WORD && *f->typed == '!'; // "!fill": all traps but those
    f->length = strlen(f->typed);
    for (size_t i = 0; f->typed == space + 1 && i < TAKERS; i++)
        if (takers[i].action == action)
            add(f, takers[i].form);
    for (size_t i = 0; t->source[i]; i++)
        t->source[i](f, d);
}

void completion_offer(struct dashboard *d)
{
    struct fitting f;
    collect(d, &f);
    snprintf(d->state.prompt.offers, sizeof d->state.prompt.offers, "%s", f.list);
}

void completion_complete(struct dashboard *d)
{
    struct prompt *p = &d->state.prompt;
    struct fitting f;
    collect(d, &f);
    if (!f.count)
        return;
    size_t at = (size_t)(f.typed - p->text);
    if (at + strlen(f.agreed) < sizeof p->text)
        snprintf(p->text + at, sizeof p->text - at, "%s", f.agreed);
}
