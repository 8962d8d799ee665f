// `monitor COMMAND`: what trapeze has to say beside the packets of gdb. Read ui/gdb/session.h
// first.
#include "isa/manual.h"
#include "scenarios/host/glossary.h"
#include "ui/gdb/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void list_vms(struct session *s, FILE *to)
{
    struct observed_vm vm;
    char path[40];
    for (u32 g = 0; g < s->world->guests; g++) {
        const struct vm_path *p = &s->world->guest[g].path;
        vm_path_print(p, path, sizeof path);
        if (observe_vm(s->world->machine, p, &vm))
            fprintf(to, "%-8s %-12s %-5s %10" PRIu64 " instructions %8" PRIu64 " exits\n", path,
                    s->world->guest[g].name, vm_state_name(vm.state), vm.retired, vm.exits);
        else
            fprintf(to, "%-8s %-12s is not there yet\n", path, s->world->guest[g].name);
    }
}

static void go_to(struct session *s, const char *number, FILE *to)
{
    char *end;
    u64 steps = strtoull(number, &end, 0);
    u64 first = s->motion.past.moment[0].steps;
    if (end == number || *end || steps < first || steps > s->motion.past.furthest)
        fprintf(to, "goto wants a number from %" PRIu64 " to %" PRIu64 "\n", first,
                s->motion.past.furthest);
    else
        motion_go(&s->motion, steps);
}

// `monitor guest`, with nothing behind it, only tells.
static void choose_guest(struct session *s, const char *name, FILE *to)
{
    char path[40];
    int *only = &s->motion.only;
    int guest = world_guest_find(s->world, name);
    if (!strcmp(name, "all"))
        *only = EVERY_GUEST;
    else if (guest >= 0)
        *only = guest;
    else if (*name)
        fprintf(to, "there is no guest '%.40s'; `monitor vms` lists them\n", name);
    if (*only == EVERY_GUEST)
        fputs("breakpoints and watchpoints halt every guest\n", to);
    else
        fprintf(to, "breakpoints and watchpoints halt only %s %s\n",
                vm_path_print(&s->world->guest[*only].path, path, sizeof path),
                s->world->guest[*only].name);
}

static void define(const char *name, FILE *to)
{
    const struct glossary_word *word = glossary_find(name);
    if (word)
        fprintf(to, "%s: %s.\n", word->name, word->meaning);
    if (!manual_entry(to, name) && !word)
        fputs("define wants the name of an instruction, a CSR or its field, a cause, or a word\n",
              to);
}

static void run_monitor(struct session *s, const char *command, FILE *to)
{
    if (!strcmp(command, "vms"))
        list_vms(s, to);
    else if (!strncmp(command, "goto ", 5))
        go_to(s, command + 5, to);
    else if (!strcmp(command, "guest") || !strncmp(command, "guest ", 6))
        choose_guest(s, command + 5 + strspn(command + 5, " "), to);
    else if (!strncmp(command, "define ", 7))
        define(command + 7 + strspn(command + 7, " "), to);
    else if (strcmp(command, "steps"))
        fputs(
            "monitor vms         the VMs, and what they have done\n"
            "monitor steps       how many machine steps the run is old\n"
            "monitor guest NAME  breakpoints and watchpoints halt only this guest; all: every one\n"
            "monitor goto STEPS  go to another moment; `stepi` and the like then show it\n"
            "monitor define NAME say what an instruction, a CSR, its field, a cause or a word is\n",
            to);
    fprintf(to, "%" PRIu64 " machine steps\n", machine_steps(s->world->machine));
}

// The answer, which may be longer than a packet: all parts of it but the last go in packets "O".
static void tell(struct session *s, const char *said, size_t size)
{
    bool goes_on = true;
    for (; goes_on && size > BYTES_MOST; said += BYTES_MOST, size -= BYTES_MOST) {
        *s->answer = 'O';
        packet_bytes(s->answer + 1, said, BYTES_MOST);
        goes_on = packet_send(&s->line, s->answer);
    }
    packet_bytes(s->answer, said, goes_on ? size : 0);
}

void session_monitor(struct session *s, const char *text)
{
    char command[128], *said = NULL;
    size_t size = 0;
    int count = packet_text(text, command, sizeof command - 1);
    FILE *to = count < 0 ? NULL : open_memstream(&said, &size);
    if (!to) {
        session_answer(s, "E01");
        return;
    }
    command[count] = 0;
    run_monitor(s, command, to);
    fclose(to);
    tell(s, said, size);
    free(said);
}
