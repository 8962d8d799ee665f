// How a command reads its options, and what all commands do alike. Data goes to standard output and
// messages go to standard error. A message names the option, what was given, and what is right.
//
// A command is `int cmd_name(int argc, char **argv)`, where argv[0] is "trapeze name". It returns
// an exit status. Its options are rows of ui/command/table.h; options_read checks them all, so that
// the command only takes their values:
//
//     struct command_line line;
//     int status = options_read("boot", argc, argv, &line);
//     if (status >= 0)
//         return status;
//     depth = (u32)line.value[OPTION_BOOT_DEPTH].number;
// Read next: ui/command/output.h.
#ifndef UI_COMMAND_OPTIONS_H
#define UI_COMMAND_OPTIONS_H

#include "scenarios/host/status.h"
#include "ui/command/table.h"

#define TRAPEZE_VERSION "0.1"

int cmd_asm(int argc, char **argv);
int cmd_dis(int argc, char **argv);
int cmd_isa(int argc, char **argv);
int cmd_words(int argc, char **argv);
int cmd_boot(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_grade(int argc, char **argv);
int cmd_grade_all(int argc, char **argv);
int cmd_build(int argc, char **argv);

// The value of one option: the value that is given, or else the `normal` value of the table.
struct option_value {
    bool given;
    const char *text; // NULL if the option is not given and the table has no normal value
    u64 number;       // the value of a number or a size; the index of the word of a choice
};

struct command_line {
    struct option_value value[OPTIONS_MOST]; // in the order of the command's table
    char **operands;                         // the words that are no options
    int operand_count;
};

// Reads the command line into `line`. Returns -1 if the command goes on. Any other result is the
// exit status: the person asked for --help or --version, or an option is wrong and a message
// says how.
int options_read(const char *command, int argc, char **argv, struct command_line *line);

// Checks that there is exactly one operand. If there is none, the message is `which`, for
// example "which image?". If there are several, the message uses `noun`, for example "image".
// Returns -1, or the exit status.
int options_one_operand(const char *command, const struct command_line *line, const char *which,
                        const char *noun);

// Checks that none of these options (`excluded` holds their numbers in the command's table) is
// given together with the option `--name`. Returns -1, or the exit status after a message.
int options_exclude(const char *command, const struct command_line *line, const char *name,
                    const u8 *excluded, size_t count);

// Checks that no pair of options (their numbers in the command's table) is given together.
// Returns -1, or the exit status after a message.
int options_contradict(const char *command, const struct command_line *line, const u8 pairs[][2],
                       size_t count);

// ---- values (values.c)

// Reads a number from least to most: "12", "0x1f", "1_000_000". Returns false after a message.
bool option_number(const char *command, const char *option, const char *text, u64 least, u64 most,
                   u64 *value);

// Reads a number of bytes: "4096", "64K", "128M", "1G"; K, M and G are powers of 1024. Returns
// false after a message.
bool option_size(const char *command, const char *option, const char *text, u64 least, u64 most,
                 u64 *value);

// Returns the index of the text among `names`, a list that NULL closes. Returns -1 after a
// message that lists the names.
int option_choice(const char *command, const char *option, const char *text,
                  const char *const names[]);

// Reads a profile (isa_profile_parse). Returns false after a message.
bool option_profile(const char *command, const char *option, const char *text, u64 *profile);

// Prints "trapeze boot: MESSAGE" and "try: trapeze boot --help" to stderr. Returns STATUS_USAGE.
int option_wrong(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Returns the name among `names` (a list that NULL closes) that differs least from `word`.
// Returns NULL if no name is similar.
const char *option_near(const char *word, const char *const names[]);

// ---- help (usage.c)

// Prints what `trapeze COMMAND --help` shows.
void usage_print(const struct command_row *command);

#endif
