// Arguments of commands. Read ui/dashboard/argument.h first.
#include "ui/dashboard/argument.h"
#include "isa/isa.h"
#include "scenarios/script/scenario.h"
#include "sim/load/symbols.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Opens the prompt with the command in it, so that the person can type the argument.
unsigned dashboard_ask(struct dashboard *d, const struct binding *b, const char *otherwise)
{
    char text[PROMPT_SIZE];
    snprintf(text, sizeof text, "%s %s", b->command, otherwise);
    prompt_open(&d->state.prompt, text);
    return REFRESH_SCREEN;
}

// Commas and underlines between the digits are skipped.
bool argument_number(const char *text, int base, u64 *number)
{
    char digits[PROMPT_SIZE], *end;
    size_t n = 0;
    for (; *text && n + 1 < sizeof digits; text++)
        if (*text != ',' && *text != '_')
            digits[n++] = *text;
    digits[n] = 0;
    errno = 0;
    *number = strtoull(digits, &end, base);
    return isxdigit((unsigned char)digits[0]) && !*end && !errno;
}

static bool read_register(const struct dashboard *d, const char *text, u32 *address)
{
    const struct hart_state *state = &d->now.vcpu.seen.state;
    for (u32 r = 0; r < 32; r++)
        if (!strcmp(text, isa_reg_names[r])) {
            *address = state->x[r];
            return true;
        }
    if (!strcmp(text, "pc"))
        *address = state->pc;
    return !strcmp(text, "pc");
}

// A name is first looked for among the registers, and then among the guest's symbols.
bool argument_name(struct dashboard *d, const char *text, u32 *address)
{
    struct world *w = scenario_world(d->drive.play.sc);
    if (read_register(d, text, address))
        return true;
    for (u32 i = 0; w && i < w->guests; i++)
        if (vm_path_equal(&w->guest[i].path, &d->now.vcpu.path) &&
            symbols_find(&w->guest[i].loaded.symbols, text, address))
            return true;
    return false;
}

// What is no register and no symbol must be a hexadecimal number.
bool argument_address(struct dashboard *d, const char *text, u32 *address)
{
    u64 number;
    if (argument_name(d, text, address))
        return true;
    if (!argument_number(text, 16, &number) || number > UINT32_MAX)
        return false;
    *address = (u32)number;
    return true;
}

const char *argument_word(const char *text, char *word, size_t size)
{
    size_t length = strcspn(text, " ");
    snprintf(word, size, "%.*s", (int)length, text);
    text += length;
    return text + strspn(text, " ");
}
