// Reads the options of a command by its table. getopt_long finds them; their values are checked
// here. Read ui/command/options.h first.
// Read next: ui/command/output.c.
#include "ui/command/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

// getopt_long returns ROW_BASE + i for row i of the command's table, and COMMON_BASE + i for row i
// of the common one. Both lie above every letter.
enum { ROW_BASE = 256, COMMON_BASE = ROW_BASE + OPTIONS_MOST };

// getopt_long's two descriptions of one table.
struct getopt_tables {
    struct option words[OPTIONS_MOST + 4];
    char letters[2 * OPTIONS_MOST + 8];
};

static void add_rows(struct getopt_tables *to, const struct option_row *rows, int base)
{
    size_t words = 0, letters = strlen(to->letters);
    while (to->words[words].name)
        words++;
    for (int i = 0; rows[i].name; i++) {
        bool has_value = rows[i].kind != OPTION_FLAG;
        to->words[words++] = (struct option){
            rows[i].name, has_value ? required_argument : no_argument, NULL, base + i};
        if (rows[i].letter)
            to->letters[letters++] = rows[i].letter;
        if (rows[i].letter && has_value)
            to->letters[letters++] = ':';
    }
}

// The row that getopt_long's answer stands for; a letter is looked up. -1: none, it was an error.
static int row_of(const struct option_row *rows, int base, int answer)
{
    if (answer >= base && answer < base + OPTIONS_MOST)
        return answer - base;
    for (int i = 0; rows[i].name; i++)
        if (rows[i].letter && rows[i].letter == answer)
            return i;
    return -1;
}

// Takes the text as the value of an option. Returns false after a message.
static bool take_value(const char *command, const struct option_row *row, const char *text,
                       struct option_value *value)
{
    char option[40];
    int choice;
    snprintf(option, sizeof option, "--%s", row->name);
    value->text = text;
    switch (row->kind) {
    case OPTION_NUMBER:
        return option_number(command, option, text, row->least, row->most, &value->number);
    case OPTION_SIZE:
        return option_size(command, option, text, row->least, row->most, &value->number);
    case OPTION_CHOICE:
        choice = option_choice(command, option, text, row->choices);
        value->number = choice < 0 ? 0 : (u64)choice;
        return choice >= 0;
    case OPTION_PROFILE:
        return option_profile(command, option, text, &value->number);
    default: // any text, file name or flag is right here; whoever opens the file finds out more
        return true;
    }
}

// A normal value is read by the same code as one that a person gives: there is one syntax.
static bool take_normal_values(const struct command_row *command, struct command_line *line)
{
    for (int i = 0; command->options[i].name; i++) {
        const struct option_row *row = &command->options[i];
        if (row->normal && !take_value(command->name, row, row->normal, &line->value[i]))
            return false;
    }
    return true;
}

// Answers --help, --version, and an option that getopt_long does not know: it has printed why.
static int answer_common(const struct command_row *command, int row)
{
    if (row == COMMON_HELP) {
        usage_print(command);
        return STATUS_DONE;
    }
    if (row == COMMON_VERSION) {
        puts("trapeze " TRAPEZE_VERSION);
        return STATUS_DONE;
    }
    fprintf(stderr, "try: trapeze %s --help\n", command->name);
    return STATUS_USAGE;
}

int options_read(const char *name, int argc, char **argv, struct command_line *line)
{
    const struct command_row *command = command_find(name);
    struct getopt_tables tables = {0};
    add_rows(&tables, command->options, ROW_BASE);
    add_rows(&tables, common_rows, COMMON_BASE);
    memset(line, 0, sizeof *line);
    if (!take_normal_values(command, line))
        return STATUS_INTERNAL;
    for (int answer;
         (answer = getopt_long(argc, argv, tables.letters, tables.words, NULL)) != -1;) {
        int i = row_of(command->options, ROW_BASE, answer);
        if (i < 0)
            return answer_common(command, row_of(common_rows, COMMON_BASE, answer));
        if (!take_value(name, &command->options[i], optarg, &line->value[i]))
            return STATUS_USAGE;
        line->value[i].given = true;
    }
    line->operands = argv + optind;
    line->operand_count = argc - optind;
    return -1;
}

int options_one_operand(const char *command, const struct command_line *line, const char *which,
                        const char *noun)
{
    if (!line->operand_count)
        return option_wrong(command, "%s", which);
    if (line->operand_count > 1)
        return option_wrong(command, "one %s at a time: '%s' is one too many", noun,
                            line->operands[1]);
    return -1;
}

int options_exclude(const char *command, const struct command_line *line, const char *name,
                    const u8 *excluded, size_t count)
{
    const struct option_row *options = command_find(command)->options;
    for (size_t i = 0; i < count; i++)
        if (line->value[excluded[i]].given)
            return option_wrong(command, "--%s and --%s cannot be combined; leave one out", name,
                                options[excluded[i]].name);
    return -1;
}

int options_contradict(const char *command, const struct command_line *line, const u8 pairs[][2],
                       size_t count)
{
    const struct option_row *options = command_find(command)->options;
    int status = -1;
    for (size_t i = 0; i < count && status < 0; i++)
        if (line->value[pairs[i][0]].given)
            status = options_exclude(command, line, options[pairs[i][0]].name, &pairs[i][1], 1);
    return status;
}
