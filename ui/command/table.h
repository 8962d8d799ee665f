// The command line of trapeze as data. Each command is one row of a table, and so is each of its
// options. The parser (options.c), the text of --help (usage.c), the manual page and the
// completions of bash and zsh (gen.c) all read these tables, so that they cannot disagree.
// Read next: ui/command/table.c.
#ifndef UI_COMMAND_TABLE_H
#define UI_COMMAND_TABLE_H

#include "isa/types.h"

#define OPTIONS_MOST 32 // options that one command can have

// What a command names besides its options. A shell completes each kind in its own way.
enum operand {
    OPERAND_SCENARIO, // a Lua file, or the name of a scenario that comes with trapeze
    OPERAND_IMAGE,    // a file with a kernel, or the name of a guest that comes with trapeze
    OPERAND_LAB,      // a folder with a lab.lua, or the name of a lab that comes with trapeze
    OPERAND_FILE,
    OPERAND_WORD, // a word that no file has
};

enum option_kind {
    OPTION_FLAG, // stands alone
    OPTION_TEXT,
    OPTION_FILE,
    OPTION_FOLDER,
    OPTION_NUMBER,  // "12", "0x1f", "1_000_000"
    OPTION_SIZE,    // "4096", "64K", "128M", "1G": bytes; K, M and G are powers of 1024
    OPTION_CHOICE,  // one of the words in `choices`
    OPTION_PROFILE, // "t32", "holes", "h", "house:42"
};

struct option_row {
    const char *name; // "depth" is given as --depth; NULL closes the table
    char letter;      // 'o' is also given as -o; 0: the option has no letter
    enum option_kind kind;
    const char *value;          // what the value is called in --help: "N", "FILE"
    const char *const *choices; // closed by NULL
    u64 least, most;            // of a number or a size, both included
    const char *normal;         // the value when the option is not given; NULL: it then has none
    const char *help;
};

struct example {
    const char *command; // a line for the shell
    const char *help;
};

struct command_row {
    const char *name;        // "boot"; NULL closes the table
    const char *summary;     // a line of `trapeze --help`
    const char *const *uses; // "IMAGE [OPTIONS]", ..., closed by NULL
    const char *text;        // what the command does, in sentences
    enum operand operand;
    const struct option_row *options;
    const struct example *examples; // closed by a NULL command
    const char *status;             // what the exit status means
};

// The rows of all commands; --help and --version, which every command has.
extern const struct command_row command_rows[];
extern const struct option_row common_rows[];
const struct command_row *command_find(const char *name); // NULL: there is none of that name

// "--depth N", "--vmm native|t32", "-o, --output FILE". Returns `to`.
char *option_form(const struct option_row *row, char *to, size_t size);
#define OPTION_FORM 120 // bytes that every form fits in

// The place of each option in its command's table.
enum {
    OPTION_RUN_PLAIN,
    OPTION_RUN_HEADLESS,
    OPTION_RUN_SEED,
    OPTION_RUN_LIMIT,
    OPTION_RUN_ENGINE,
    OPTION_RUN_PAUSED,
    OPTION_RUN_COLOR,
    OPTION_RUN_THEME,
    OPTION_RUN_ASCII,
    OPTION_RUN_TRACE,
    OPTION_RUN_CAST,
    OPTION_RUN_HTML,
    OPTION_RUN_SIZE,
    OPTION_RUN_RECORD
};
enum {
    OPTION_REPLAY_SCENARIO,
    OPTION_REPLAY_ENGINE,
    OPTION_REPLAY_SUBMISSION,
    OPTION_REPLAY_SEED,
    OPTION_REPLAY_TEST,
    OPTION_REPLAY_CASE,
    OPTION_REPLAY_PLAIN,
    OPTION_REPLAY_TRUST
};
enum {
    OPTION_BOOT_DEPTH,
    OPTION_BOOT_VMM,
    OPTION_BOOT_RAM,
    OPTION_BOOT_HARTS,
    OPTION_BOOT_INITRD,
    OPTION_BOOT_APPEND,
    OPTION_BOOT_DISK,
    OPTION_BOOT_LIMIT,
    OPTION_BOOT_STATE,
    OPTION_BOOT_STATS,
    OPTION_BOOT_TRACE,
    OPTION_BOOT_GDB,
    OPTION_BOOT_PROFILE,
    OPTION_BOOT_CLOCK,
    OPTION_BOOT_TECHNIQUE,
    OPTION_BOOT_POLICY,
    OPTION_BOOT_COSTS,
    OPTION_BOOT_ENGINE,
    OPTION_BOOT_SEED,
    OPTION_BOOT_ADUE,
    OPTION_BOOT_ENLIGHTENED,
    OPTION_BOOT_MISALIGNED,
    OPTION_BOOT_TWIN,
    OPTION_BOOT_DASHBOARD,
    OPTION_BOOT_PAUSED,
    OPTION_BOOT_COLOR,
    OPTION_BOOT_THEME,
    OPTION_BOOT_ASCII,
};
enum { OPTION_COMPARE_COSTS, OPTION_COMPARE_ONLY, OPTION_COMPARE_JSON, OPTION_COMPARE_CSV };
enum {
    OPTION_GRADE_SUBMISSION,
    OPTION_GRADE_SEED,
    OPTION_GRADE_FORMAT,
    OPTION_GRADE_SHEET,
    OPTION_GRADE_KEY,
    OPTION_GRADE_LIST,
    OPTION_GRADE_ONLY,
    OPTION_GRADE_TAG,
    OPTION_GRADE_FAILED,
    OPTION_GRADE_CASE,
    OPTION_GRADE_TRUST
};
enum {
    OPTION_ALL_SUBMISSIONS,
    OPTION_ALL_OUT,
    OPTION_ALL_ROSTER,
    OPTION_ALL_SECRET,
    OPTION_ALL_SEED,
    OPTION_ALL_JOBS,
    OPTION_ALL_SHARD,
    OPTION_ALL_MERGE,
    OPTION_ALL_REGRADE,
    OPTION_ALL_SIMILAR,
    OPTION_ALL_EXPLAIN,
    OPTION_ALL_STATS,
    OPTION_ALL_SEEDS
};
enum { OPTION_BUILD_SUBMISSION, OPTION_BUILD_TRUST };
enum { OPTION_ASM_OUTPUT, OPTION_ASM_FLAT, OPTION_ASM_AT, OPTION_ASM_PROFILE, OPTION_ASM_LIST };
enum { OPTION_DIS_AT, OPTION_DIS_FLAT, OPTION_DIS_PROFILE };
enum {
    OPTION_ISA_CLASSIFY,
    OPTION_ISA_MARKDOWN,
    OPTION_ISA_NAMES,
    OPTION_ISA_PSEUDO,
    OPTION_ISA_PROFILE
};
enum { COMMON_HELP, COMMON_VERSION };

// The words of choices, in the order of the enum that each stands for.
extern const char *const word_vmms[];     // native, t32
extern const char *const word_profiles[]; // as isa_profile_parse reads them
extern const char *const word_clocks[];   // enum clock
extern const char *const word_techniques[]; // enum technique_kind
extern const char *const word_policies[]; // enum policy
extern const char *const word_costs[];    // costs_names of scenarios/world/costs.h
extern const char *const word_engines[];  // enum engine_choice
extern const char *const word_traps[];    // trap, emulate
extern const char *const word_colours[];  // enum colour
extern const char *const word_themes[];   // enum theme
extern const char *const word_formats[];  // report_formats of scenarios/grade/report.h

#endif
