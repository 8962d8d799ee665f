// The command `break` makes a breakpoint of what a person types. One table has the forms that
// begin with a word of their own. Read ui/dashboard/stops.h first.
#include "ui/dashboard/argument.h"
#include "ui/dashboard/commands.h"
#include "ui/dashboard/filter_check.h"
#include "isa/isa.h"

#include <stdio.h>
#include <string.h>

#define BYTES_USUAL 4
#define BYTES_MOST 4096

// The result of reading the text. `said` tells what the breakpoint does, or what is wrong.
struct reading {
    struct dashboard *dashboard;
    struct breakpoint point;
    char said[160];
};

static bool say(struct reading *r, const char *text)
{
    snprintf(r->said, sizeof r->said, "%s", text);
    return true;
}

static bool refuse(struct reading *r, const char *text)
{
    return !say(r, text);
}

// "ADDRESS", or "ADDRESS BYTES": memory of the VCPU that pane 2 shows, as it is mapped now.
static bool read_memory(struct reading *r, const char *text)
{
    const struct vcpu_model *v = &r->dashboard->now.vcpu;
    struct machine *m = r->dashboard->drive.play.machine;
    char word[FILTER_SIZE];
    u64 bytes = BYTES_USUAL;
    u32 address;
    const char *rest = argument_word(text, word, sizeof word);
    if (!argument_address(r->dashboard, word, &address))
        return refuse(r, "break: a symbol, a register or a hexadecimal address is wanted");
    if (*rest && (!argument_number(rest, 10, &bytes) || !bytes || bytes > BYTES_MOST))
        return refuse(r, "break: behind the address stands a number of bytes, 1 to 4096");
    if (!observe_locate(m, &v->path, v->index, address, &r->point.at) ||
        !machine_ram_has(m, r->point.at, (u32)bytes))
        return refuse(r, "break: there is no memory at this address now");
    r->point.bytes = (u32)bytes;
    snprintf(r->said, sizeof r->said, "c stops before %s of the %u bytes at %08x",
             r->point.kind == BREAK_STORE ? "a store to one" : "an access to one", r->point.bytes,
             address);
    return true;
}

static bool read_store(struct reading *r, const char *text)
{
    r->point.kind = BREAK_STORE;
    return read_memory(r, text);
}

static bool read_access(struct reading *r, const char *text)
{
    r->point.kind = BREAK_ACCESS;
    return read_memory(r, text);
}

static bool read_csr(struct reading *r, const char *text)
{
    const struct csr_info *csr = isa_csr_named(text);
    if (!csr)
        return refuse(r, "break: behind `write` stands the name of a CSR, for example satp");
    r->point.kind = BREAK_CSR;
    r->point.csr = csr->number;
    snprintf(r->said, sizeof r->said, "c stops before an instruction that writes %s", csr->name);
    return true;
}

static bool read_lua(struct reading *r, const char *text)
{
    char error[PREDICATE_ERROR];
    r->point.kind = BREAK_LUA;
    r->point.predicate = predicate_new(text, error);
    if (!r->point.predicate) {
        snprintf(r->said, sizeof r->said, "break: %.120s", error);
        return false;
    }
    return say(r, "c stops before an event for which this holds; e has its fields");
}

static bool read_pc(struct reading *r)
{
    char path[40];
    r->point.kind = BREAK_PC;
    if (r->point.pc % 4)
        return refuse(r, "break: no instruction stands there: the address of an instruction is a "
                         "multiple of 4");
    snprintf(r->said, sizeof r->said, "c stops when %s comes to %08x; pane 9 lists the breakpoints",
             vm_path_print(&r->point.path, path, sizeof path), r->point.pc);
    return true;
}

static bool read_trap(struct reading *r, const char *text)
{
    struct world *w = scenario_world(r->dashboard->drive.play.sc);
    char problem[FILTER_PROBLEM];
    r->point.kind = BREAK_TRAP;
    if (!filter_check(text, w, problem)) {
        snprintf(r->said, sizeof r->said, "break: no symbol, and %s", problem);
        return false;
    }
    snprintf(r->said, sizeof r->said,
             "c stops before a trap with these words; no symbol is named %.40s", text);
    return true;
}

// An address has at least four digits. So "a" and "satp" are words of a trap, although "a" could
// be a number.
static bool is_pc(struct reading *r, const char *text)
{
    bool is_short = strlen(text) < 4 && !argument_name(r->dashboard, text, &r->point.pc);
    return !is_short && argument_address(r->dashboard, text, &r->point.pc);
}

static bool read_text(struct reading *r)
{
    static const struct {
        const char *word;
        bool (*read)(struct reading *r, const char *rest);
    } forms[] = {
        {"store", read_store}, {"access", read_access}, {"write", read_csr}, {"lua", read_lua}};
    char word[FILTER_SIZE];
    // The whole text: the breakpoint keeps only its beginning, for the list.
    const char *text = r->dashboard->argument, *rest = argument_word(text, word, sizeof word);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (!strcmp(word, forms[i].word) && *rest)
            return forms[i].read(r, rest);
    if (is_pc(r, text))
        return read_pc(r);
    if (!strcmp(text, "lua"))
        return refuse(r, "break: behind `lua` stands an expression, for example e.cost > 1000");
    return read_trap(r, text);
}

unsigned do_break(struct dashboard *d, const struct binding *b)
{
    struct reading r = {.dashboard = d, .point.path = d->now.vcpu.path};
    if (!d->argument[0])
        return dashboard_ask(d, b, "");
    if (!scenario_world(d->drive.play.sc)) // without a world there are no symbols and addresses
        return dashboard_say(d, "break: there is no machine yet; go to its first trap (the key t, "
                                "or the command trap)");
    snprintf(r.point.text, sizeof r.point.text, "%.*s", FILTER_SIZE - 1, d->argument);
    if (!read_text(&r))
        return dashboard_say(d, r.said);
    if (!stops_add_breakpoint(&d->drive.stops, &r.point)) {
        predicate_free(r.point.predicate);
        return dashboard_say(d, "there are too many breakpoints; Del removes one in pane 9");
    }
    drive_look_out(&d->drive);
    return REFRESH_MODEL | dashboard_say(d, r.said);
}
