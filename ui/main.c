// trapeze, the program: finds the command in the table below and runs it. Each command is a file of
// its own (ui/cmd_*.c); alone on a terminal it opens the menu of scenarios. Read next:
// ui/command/options.h, then the command you care for, then ui/dashboard/dashboard.h.
#include "ui/dashboard/menu.h"
#include "ui/command/options.h"

#include <stdio.h>
#include <string.h>

#define COMMANDS_MOST 16

static const struct command commands[] = {
    {"run", cmd_run, "run a scenario"},
    {"boot", cmd_boot, "run a kernel image, bare or under the VMM"},
    {"grade", cmd_grade, "grade a lab, or print its work sheet"},
    {"asm", cmd_asm, "assemble a file to an ELF or flat image"},
    {"dis", cmd_dis, "disassemble a file, or words"},
    {"isa", cmd_isa, "the manual of the toy ISA"},
    {"words", cmd_words, "what the words of trapeze mean"},
    {0},
};

static void print_usage(FILE *to)
{
    fputs("trapeze: a trap-and-emulate hypervisor you can watch\n\n"
          "usage: trapeze                     choose a scenario from a menu\n"
          "       trapeze COMMAND [OPTIONS]   trapeze COMMAND --help says more\n\n",
          to);
    for (const struct command *c = commands; c->name; c++)
        fprintf(to, "  %-6s %s\n", c->name, c->help);
    fputs("\nExit status: 0 done or passed, 1 a check or the guest failed, 2 usage, 3 bad input, 4 "
          "limit reached, 70 "
          "our own error.\n",
          to);
}

static int unknown(const char *word)
{
    const char *names[COMMANDS_MOST + 1] = {0};
    for (size_t i = 0; commands[i].name; i++)
        names[i] = commands[i].name;
    const char *near = option_near(word, names);
    fprintf(stderr, "trapeze: there is no command '%.40s'", word);
    if (near)
        fprintf(stderr, "; did you mean '%s'?", near);
    fputs("\ntry: trapeze --help\n", stderr);
    return STATUS_USAGE;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return menu_run();
    const char *word = argv[1];
    if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
        print_usage(stdout);
        return STATUS_DONE;
    }
    if (!strcmp(word, "--version")) {
        puts("trapeze " TRAPEZE_VERSION);
        return STATUS_DONE;
    }
    for (const struct command *c = commands; c->name; c++) {
        if (strcmp(word, c->name))
            continue;
        char name[32];
        snprintf(name, sizeof name, "trapeze %s", word);
        argv[1] = name;
        return c->run(argc - 1, argv + 1);
    }
    return unknown(word);
}
