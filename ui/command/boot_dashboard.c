// The text of a scenario from a plan, and the dashboard on it. Read ui/command/boot_dashboard.h
// first.
// Read next: ui/command/boot_twin.c.
#include "scenarios/world/costs.h"
#include "ui/command/boot_dashboard.h"

#include "ui/film/order.h"
#include "ui/dashboard/dashboard.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A Lua string. Lua reads \ddd as a byte, so any text a person gives comes back as it was.
static void put_string(FILE *f, const char *text)
{
    putc('"', f);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\' || iscntrl((unsigned char)*c))
            fprintf(f, "\\%03u", (unsigned)(unsigned char)*c);
        else
            putc(*c, f);
    }
    putc('"', f);
}

static void put_field(FILE *f, const char *key, const char *text)
{
    if (!text)
        return;
    fprintf(f, ",\n    %s = ", key);
    put_string(f, text);
}

// A comment of one line.
static void put_comment(FILE *f, const char *text)
{
    for (const char *c = text; *c; c++)
        putc(iscntrl((unsigned char)*c) ? '?' : *c, f);
}

static void put_head(FILE *f, const struct world_plan *plan, const char *image)
{
    u32 vmms = plan->depth + plan->guests - 1;
    fputs("-- ", f);
    put_comment(f, image);
    if (vmms == 0)
        fputs(", bare\n", f);
    else
        fprintf(f, ", under %u VMM%s\n", (unsigned)vmms, vmms > 1 ? "s, one inside another" : "");
    fputs("-- trapeze boot --dashboard has written this scenario. A scenario of your own begins "
          "like\n"
          "-- this: scenarios/README.md explains the language.\n",
          f);
}

static void put_machine(FILE *f, const struct machine_config *m, const char *profile)
{
    fprintf(f, "machine { clock = \"%s\", profile = \"%s\"", word_clocks[m->clock], profile);
    if (m->adue)
        fputs(", adue = true", f);
    if (m->misaligned_emulate)
        fputs(", misaligned = \"emulate\"", f);
    if (m->board.virtio > VIRTIO_LEGACY)
        fprintf(f, ", virtio = \"%s\"", word_virtio[m->board.virtio - VIRTIO_LEGACY]);
    if (m->board.disk_slot)
        fprintf(f, ", disk_slot = %u", m->board.disk_slot);
    fputs(" }\n", f);
}

// What all VMMs of a chain have in common.
static void put_policy(FILE *f, const struct vmm_plan *vmm)
{
    fprintf(f, "policy = \"%s\"", word_policies[vmm->policy]);
    if (vmm->technique)
        fprintf(f, ", technique = \"%s\"", word_techniques[vmm->technique]);
    if (vmm->enlightened)
        fputs(", enlightened = true", f);
}

static void put_vmms(FILE *f, const struct world_plan *plan)
{
    if (plan->depth == 0)
        return;
    fprintf(f, "vmm { code = \"%s\", ", word_vmms[plan->t32]);
    put_policy(f, &plan->vmm);
    if (plan->costs)
        fprintf(f, ", costs = \"%s\"", costs_names[plan->costs]);
    fputs(" }\n", f);
    for (u32 i = 0; i + 1 < plan->guests; i++) {
        const struct guest_plan *g = &plan->guest[i];
        fprintf(f, "local %s = vmm { name = \"%s\", ", g->name, g->name);
        if (g->inside)
            fprintf(f, "inside = %s, ", plan->guest[g->inside - 1].name);
        put_policy(f, &g->vmm);
        fputs(" }\n", f);
    }
}

// A name for the guest: that of its file, without folder and ending.
static void name_guest(const char *image, char name[GUEST_NAME])
{
    const char *slash = strrchr(image, '/'), *from = slash ? slash + 1 : image;
    size_t n = 0;
    for (; *from && *from != '.' && n < GUEST_NAME - 1; from++)
        if (isalnum((unsigned char)*from) || *from == '-' || *from == '_')
            name[n++] = *from;
    strcpy(name + n, n ? "" : "guest");
}

static void put_guest(FILE *f, const struct world_plan *plan, const char *image)
{
    const struct guest_plan *g = &plan->guest[plan->guests - 1];
    char name[GUEST_NAME];
    name_guest(image, name);
    fprintf(f, "local guest = guest { name = \"%s\"", name);
    if (g->inside)
        fprintf(f, ", inside = %s", plan->guest[g->inside - 1].name);
    put_field(f, "image", g->image);
    fprintf(f, ",\n    ram = %u, vcpus = %u", (unsigned)g->ram, (unsigned)g->vcpus);
    put_field(f, "initrd", g->initrd);
    put_field(f, "append", g->append);
    put_field(f, "disk", g->disk);
    fputs(" }\n", f);
}

// The text of the scenario. `image` and `profile` are what the person called them. malloc'ed; NULL:
// out of memory.
static char *script_of(const struct world_plan *plan, const char *image, const char *profile)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    if (!f)
        return NULL;
    put_head(f, plan, image);
    put_machine(f, &plan->machine, profile);
    put_vmms(f, plan);
    put_guest(f, plan, image);
    fputs("\nlocal how = run()\n"
          "local status, code = guest:status()\n"
          "check(\"the guest can always go on\", how ~= \"stuck\")\n"
          "check(\"the guest reports no failure\", function()\n"
          "    return status ~= \"FAIL\", \"its failure code is \" .. code\n"
          "end)\n",
          f);
    if (fclose(f) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

// ---- the options

// Options that need a run from its start to its end, whereas a person goes back and forth here.
static const u8 excluded[] = {OPTION_BOOT_STATE, OPTION_BOOT_STATS, OPTION_BOOT_TRACE,
                              OPTION_BOOT_GDB, OPTION_BOOT_TWIN};

static int check_options(const struct command_line *line)
{
    const char *why;
    int status = options_exclude("boot", line, "dashboard", excluded, sizeof excluded);
    if (status >= 0)
        return status;
    if (screen_possible(&why))
        return STATUS_DONE;
    return option_wrong("boot", "--dashboard needs a terminal, and %s; leave --dashboard out", why);
}

static struct dashboard_options options_of(const struct option_value *value)
{
    return (struct dashboard_options){
        .seed = value[OPTION_BOOT_SEED].number,
        .limit = value[OPTION_BOOT_LIMIT].number,
        .engine = (enum engine_choice)value[OPTION_BOOT_ENGINE].number,
        .colour = (enum colour)value[OPTION_BOOT_COLOR].number,
        .theme = (enum theme)value[OPTION_BOOT_THEME].number,
        .ascii = value[OPTION_BOOT_ASCII].given,
        .paused = value[OPTION_BOOT_PAUSED].given,
    };
}

// Tries to build the world. If that fails, the person reads why before the dashboard takes the
// terminal.
static int try_to_build(const struct world_plan *plan)
{
    char error[WORLD_ERROR];
    enum status why;
    struct world *w = world_new(plan, &why, error, sizeof error);
    if (!w) {
        fprintf(stderr, "trapeze boot: %s\n", error);
        return (int)why;
    }
    world_free(w);
    return STATUS_DONE;
}

int boot_dashboard(const struct world_plan *plan, const struct command_line *line)
{
    struct dashboard_options options = options_of(line->value);
    int status = check_options(line);
    if (status == STATUS_DONE)
        status = try_to_build(plan);
    if (status != STATUS_DONE)
        return status;
    char *script = script_of(plan, line->operands[0], line->value[OPTION_BOOT_PROFILE].text);
    if (!script) {
        fputs("trapeze boot: not enough memory\n", stderr);
        return STATUS_INTERNAL;
    }
    options.script = script;
    options.film = film_of_order;
    status = dashboard_run(line->operands[0], &options);
    free(script);
    return status;
}
