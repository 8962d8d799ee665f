// trapeze, the program: finds the command that the first word names, and runs it. Each command is a
// file of ui/command/. Without a word, the program opens the menu of scenarios.
// Read next: tests/suite.h.
#include "ui/command/options.h"
#include "ui/command/output.h"
#include "ui/dashboard/menu.h"
#include "ui/film/order.h"
#include "ui/terminal/screen.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define COMMANDS_MOST 16

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {{"run", cmd_run},
                {"replay", cmd_replay},
                {"boot", cmd_boot},
                {"grade", cmd_grade},
                {"grade-all", cmd_grade_all},
                {"build", cmd_build},
                {"asm", cmd_asm},
                {"dis", cmd_dis},
                {"compare", cmd_compare},
                {"isa", cmd_isa},
                {"words", cmd_words},
                {0}};

static void print_usage(FILE *to)
{
    fputs("trapeze: a trap-and-emulate hypervisor that you can watch\n\n"
          "usage: trapeze                     choose a scenario from a menu\n"
          "       trapeze COMMAND [OPTIONS]   trapeze COMMAND --help says more\n\n",
          to);
    for (const struct command_row *row = command_rows; row->name; row++)
        fprintf(to, "  %-9s %s\n", row->name, row->summary);
    fputs("\nExit status: 0 done or passed, 1 a check or the guest failed, 2 wrong usage, 3 bad "
          "input,\n4 limit reached, 70 our own error.\n",
          to);
}

static int unknown(const char *word)
{
    const char *names[COMMANDS_MOST + 1] = {0};
    for (size_t i = 0; command_rows[i].name; i++)
        names[i] = command_rows[i].name;
    const char *near = option_near(word, names);
    fprintf(stderr, "trapeze: there is no command '%.40s'", word);
    if (near)
        fprintf(stderr, "; did you mean '%s'?", near);
    fputs("\ntry: trapeze --help\n", stderr);
    return STATUS_USAGE;
}

// Runs what the words ask for. The first word becomes the name by which getopt_long, and whoever
// tells an error of the whole program, begin their messages.
static int run(int argc, char **argv, char *name, size_t name_size)
{
    if (argc < 2)
        return menu_run(film_of_order);
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
        snprintf(name, name_size, "trapeze %s", word);
        argv[1] = name;
        return c->run(argc - 1, argv + 1);
    }
    return unknown(word);
}

int main(int argc, char **argv)
{
    char name[32] = "trapeze";
    output_begin();
    int status = output_end(name, run(argc, argv, name, sizeof name));
    if (screen_signal())
        raise(screen_signal());
    return status;
}
