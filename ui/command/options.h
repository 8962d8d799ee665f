// What every command of trapeze does alike: exit statuses, numbers and sizes on the command line,
// and the messages when they are wrong. Data goes to stdout, messages to stderr; a message names
// the option, what was given, and what would have been right.
//
// A command is `int cmd_name(int argc, char **argv)`; argv[0] is "trapeze name", so getopt_long's
// own messages name the command. It returns an exit status. It accepts --help (usage on stdout,
// status 0) and --version. Read next: ui/main.c.
#ifndef UI_COMMAND_OPTIONS_H
#define UI_COMMAND_OPTIONS_H

#include "isa/types.h"
#include "scenarios/host/status.h"

#define TRAPEZE_VERSION "0.1"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help; // one line
};

int cmd_asm(int argc, char **argv);
int cmd_dis(int argc, char **argv);
int cmd_isa(int argc, char **argv);
int cmd_words(int argc, char **argv);
int cmd_boot(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_grade(int argc, char **argv);

// Values for long options that have no letter; a command's own start at OPTION_OWN.
enum { OPTION_HELP = 256, OPTION_VERSION, OPTION_OWN };
// The rows of a getopt_long table that every command has.
#define OPTIONS_COMMON                               \
    {"help", no_argument, NULL, OPTION_HELP},        \
    {                                                \
        "version", no_argument, NULL, OPTION_VERSION \
    }

// Answers --help, --version and what getopt_long found wrong (it has printed its message): prints,
// and returns the status to leave with.
int option_common(int option, const char *command, const char *usage);

// "12", "0x1f", "1_000_000": a number from least to most. False: a message was printed.
bool option_number(const char *command, const char *option, const char *text, u64 least, u64 most,
                   u64 *value);

// "4096", "64K", "128M", "1G": bytes (K, M, G are powers of 1024). False: a message was printed.
bool option_size(const char *command, const char *option, const char *text, u64 least, u64 most,
                 u64 *value);

// One of `names` (closed by NULL): its index, or -1 and a message that lists them.
int option_choice(const char *command, const char *option, const char *text,
                  const char *const names[]);

// "trapeze boot: MESSAGE" and "try: trapeze boot --help" on stderr; returns STATUS_USAGE.
int option_wrong(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// The name among `names` (closed by NULL) that differs least from `word`, or NULL if none is near.
const char *option_near(const char *word, const char *const names[]);

#endif
