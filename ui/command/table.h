// The command line of trapeze as data. Each command is one row of a table, and so is each of its
// options. The parser (options.c), the text of --help (usage.c), the manual page and the
// completions of bash and zsh (gen.c) all read these tables, so that they cannot disagree.
// Read next: ui/command/options/asm.def.
#ifndef UI_COMMAND_TABLE_H
#define UI_COMMAND_TABLE_H

#include "isa/types.h"

#define OPTIONS_MOST 48 // options that one command can have

// The kind of operand that a command takes. A shell completes each kind in its own way.
enum operand {
    OPERAND_SCENARIO, // a Lua file, or the name of a scenario that comes with trapeze
    OPERAND_IMAGE,    // a file with a kernel, or the name of a guest that comes with trapeze
    OPERAND_LAB,      // a folder with a lab.lua, or the name of a lab that comes with trapeze
    OPERAND_FILE,
    OPERAND_WORD, // a word that names no file
};

enum option_kind {
    OPTION_FLAG, // has no value
    OPTION_TEXT,
    OPTION_FILE,
    OPTION_FOLDER,
    OPTION_NUMBER,  // "12", "0x1f", "1_000_000"
    OPTION_SIZE,    // "4096", "64K", "128M", "1G": bytes; K, M and G are powers of 1024
    OPTION_CHOICE,  // one of the words in `choices`
    OPTION_PROFILE, // "t32", "holes", "h", "house:42"
};

struct option_row {
    const char *name; // "depth" is given as --depth; a row with NULL closes the table
    char letter;      // 'o' is also given as -o; 0: the option has no letter
    enum option_kind kind;
    const char *value;          // the name of the value in --help: "N", "FILE"
    const char *const *choices; // closed by NULL
    u64 least, most;            // the limits of a number or a size, both included
    const char *normal; // the value if the option is not given; NULL: there is no such value
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

// The rows of all commands, and the rows of --help and --version, which every command has.
extern const struct command_row command_rows[];
extern const struct option_row common_rows[];
const struct command_row *command_find(const char *name); // NULL: no command has this name

// Writes how an option is given: "--depth N", "--vmm native|t32", "-o, --output FILE". Returns
// `to`.
char *option_form(const struct option_row *row, char *to, size_t size);
#define OPTION_FORM 120 // bytes; every such text fits in this size

// The place of each option in its command's table: OPTION_RUN_SEED for the row SEED of run.def.
enum {
#define OPTION(place, ...) OPTION_RUN_##place,
#include "ui/command/options/run.def"
#undef OPTION
};
enum {
#define OPTION(place, ...) OPTION_REPLAY_##place,
#include "ui/command/options/replay.def"
#undef OPTION
};
enum {
#define OPTION(place, ...) OPTION_BOOT_##place,
#include "ui/command/options/boot.def"
#undef OPTION
};
enum {
#define OPTION(place, ...) OPTION_COMPARE_##place,
#include "ui/command/options/compare.def"
#undef OPTION
};
enum {
#define OPTION(place, ...) OPTION_GRADE_##place,
#include "ui/command/options/grade.def"
#undef OPTION
};
enum {
#define OPTION(place, ...) OPTION_ALL_##place,
#include "ui/command/options/grade_all.def"
#undef OPTION
};
enum {
#define OPTION(place, ...) OPTION_BUILD_##place,
#include "ui/command/options/build.def"
#undef OPTION
};
enum {
#define OPTION(place, ...) OPTION_ASM_##place,
#include "ui/command/options/asm.def"
#undef OPTION
};
enum {
#define OPTION(place, ...) OPTION_DIS_##place,
#include "ui/command/options/dis.def"
#undef OPTION
};
enum {
#define OPTION(place, ...) OPTION_ISA_##place,
#include "ui/command/options/isa.def"
#undef OPTION
};
enum { COMMON_HELP, COMMON_VERSION };

// The words of choices, in the order of the enum that each stands for.
extern const char *const word_vmms[];       // native, t32
extern const char *const word_profiles[];   // as isa_profile_parse reads them
extern const char *const word_clocks[];     // enum clock
extern const char *const word_techniques[]; // enum technique_kind
extern const char *const word_policies[];   // enum policy
extern const char *const word_costs[];      // costs_names of scenarios/world/costs.h
extern const char *const word_engines[];    // enum engine_choice
extern const char *const word_virtio[];     // enum virtio_version, from VIRTIO_LEGACY on
extern const char *const word_traps[];      // trap, emulate
extern const char *const word_colours[];    // enum colour
extern const char *const word_themes[];     // enum theme
extern const char *const word_formats[];    // report_formats of scenarios/grade/report.h

#endif
