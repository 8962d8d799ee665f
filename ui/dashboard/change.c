// The commands `set` and `original`. With `set` a person changes a register, a CSR or a word of
// memory of the VCPU in pane 2, so the history forks. `original` takes such changes away again.
// Read scenarios/world/edit.h first.
#include "ui/dashboard/argument.h"
#include "ui/dashboard/commands.h"
#include "isa/isa.h"

#include <stdio.h>
#include <string.h>

static bool read_register(struct edit *e, const char *name)
{
    e->kind = EDIT_REGISTER;
    for (e->number = 1; e->number < 32; e->number++)
        if (!strcmp(name, isa_reg_names[e->number]))
            return true;
    return false;
}

static bool read_csr(struct edit *e, const char *name)
{
    const struct csr_info *csr = isa_csr_named(name);
    if (!csr)
        return false;
    e->kind = EDIT_CSR;
    e->number = csr->number;
    return true;
}

static bool read_pc(struct edit *e, const char *name)
{
    e->kind = EDIT_PC;
    return !strcmp(name, "pc");
}

// A word of memory: its bytes are in the order of the machine, the lowest first.
static bool read_memory(struct dashboard *d, struct edit *e, const char *name)
{
    e->kind = EDIT_MEMORY;
    e->bytes = 4;
    for (u32 i = 0; i < 4; i++)
        e->memory[i] = (u8)(e->value >> (8 * i));
    return argument_address(d, name, &e->address);
}

unsigned do_set(struct dashboard *d, const struct binding *b)
{
    char name[PROMPT_SIZE], text[80], said[160];
    const char *rest = argument_word(d->argument, name, sizeof name), *why;
    struct edit e = {.path = d->now.vcpu.path, .vcpu = d->now.vcpu.index};
    u64 value;
    if (!d->argument[0])
        return dashboard_ask(d, b, "");
    if (!strcmp(name, "word")) // so that a register can name an address, too
        rest = argument_word(rest, name, sizeof name);
    bool word = !strncmp(d->argument, "word ", 5);
    if (!argument_number(rest, 16, &value) || value > UINT32_MAX)
        return dashboard_say(d, "set: a name and a hexadecimal value are wanted: :set a0 1f");
    e.value = (u32)value;
    bool known = (!word && (read_register(&e, name) || read_pc(&e, name) || read_csr(&e, name))) ||
                 read_memory(d, &e, name);
    if (!known)
        return dashboard_say(d, "set: a register, pc, a CSR, a symbol or an address is wanted");
    if (!playback_edit(&d->drive.play, &e, &why)) {
        snprintf(said, sizeof said, "set: %s", why);
        return dashboard_say(d, said);
    }
    snprintf(said, sizeof said, "%s: from here on this is another run than the scenario's",
             edit_print(&e, text));
    return REFRESH_MODEL | dashboard_say(d, said);
}

unsigned do_original(struct dashboard *d, const struct binding *b)
{
    char said[160];
    u32 count = playback_forget_edits(&d->drive.play);
    (void)b;
    if (!count && playback_fork(&d->drive.play))
        return dashboard_say(d, "go back to a moment before the change first; then :original takes "
                                "the change away");
    if (!count)
        return dashboard_say(d, "nothing was changed by hand from this moment on");
    snprintf(said, sizeof said,
             count == 1 ? "%u change by hand is taken away, and the run goes on without it"
                        : "%u changes by hand are taken away, and the run goes on without them",
             count);
    return REFRESH_MODEL | dashboard_say(d, said);
}
