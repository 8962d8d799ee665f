// The text of --help, made from the tables. Read ui/command/table.h first.
// Read next: ui/command/values.c.
#include "ui/command/options.h"

#include <stdio.h>
#include <string.h>

#define PAGE_WIDTH 79
#define HELP_COLUMN 26 // where the meaning of an option begins

// Prints the text from column `at` on, and breaks it between words so that it stays on the page;
// the lines that follow begin at column `indent`.
static void print_wrapped(const char *text, size_t at, size_t indent)
{
    while (*text) {
        size_t word = strcspn(text, " ");
        if (at > indent && at + 1 + word > PAGE_WIDTH) {
            printf("\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            putchar(' ');
            at++;
        }
        printf("%.*s", (int)word, text);
        at += word;
        text += word;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_option(const struct option_row *row)
{
    char form[OPTION_FORM], help[400];
    option_form(row, form, sizeof form);
    snprintf(help, sizeof help, row->normal ? "%s (%s)" : "%s", row->help, row->normal);
    // A form that is too long for its column stands on a line of its own.
    if (strlen(form) + 4 <= HELP_COLUMN)
        printf("  %-*s", HELP_COLUMN - 2, form);
    else
        printf("  %s\n%*s", form, HELP_COLUMN, "");
    print_wrapped(help, HELP_COLUMN, HELP_COLUMN);
}

static void print_options(const struct option_row *rows)
{
    for (; rows->name; rows++)
        print_option(rows);
}

void usage_print(const struct command_row *command)
{
    for (const char *const *use = command->uses; *use; use++)
        printf("%s trapeze %s %s\n", use == command->uses ? "usage:" : "      ", command->name,
               *use);
    putchar('\n');
    print_wrapped(command->text, 0, 0);
    puts("\nOptions (with the normal value in parentheses):");
    print_options(command->options);
    print_options(common_rows);
    puts("\nExamples:");
    for (const struct example *e = command->examples; e->command; e++)
        printf("  %s\n      %s\n", e->command, e->help);
    puts("\nExit status:");
    print_wrapped(command->status, 0, 0);
}
