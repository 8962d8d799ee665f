// The tables of commands and options. The options of a command are the rows of its file in
// ui/command/options/. A new option is a row there, and the line of the command that uses its
// value. Read ui/command/table.h first.
// Read next: ui/command/options.h.
#include "ui/command/table.h"

#include "isa/arch/round.h"
#include "isa/board/board.h"
#include "scenarios/world/world.h"

#include <stdio.h>
#include <string.h>

// The columns of a row in ui/command/options/: OPTION(place, name, kind, normal, help)
//   place    the last part of its place in table.h: OPTION_RUN_SEED for SEED in run.def
//   name     "seed" is given as --seed
//   kind     one of the words below, with what its value is called and the range of a number;
//            LETTER('o', kind) is also given as -o
//   normal   the value when the option is not given; NULL: the option then has none
#define OPTION(place, option_name, option_kind, normal_value, text) \
    {.name = option_name, option_kind, .normal = normal_value, .help = text},
#define FLAG .kind = OPTION_FLAG
#define TEXT(called) .kind = OPTION_TEXT, .value = called
#define FILE_NAME(called) .kind = OPTION_FILE, .value = called
#define FOLDER(called) .kind = OPTION_FOLDER, .value = called
#define NUMBER(called, from, to) .kind = OPTION_NUMBER, .value = called, .least = from, .most = to
#define SIZE(called, from, to) .kind = OPTION_SIZE, .value = called, .least = from, .most = to
#define CHOICE(words) .kind = OPTION_CHOICE, .choices = words
#define NAMED_CHOICE(called, words) .kind = OPTION_CHOICE, .value = called, .choices = words
#define PROFILE_NAME .kind = OPTION_PROFILE, .choices = word_profiles
#define LETTER(character, option_kind) .letter = character, option_kind

// What several commands say about one option. clang-format would break the texts elsewhere.
// clang-format off
#define TRACE_HELP                                                                                \
    "write every event: FILE.json is a trace for Perfetto or chrome://tracing, FILE.csv a table, " \
    "any other name JSON Lines; - is standard output, and messages then go to standard error"
#define PROFILE_HELP                                                                              \
    "the instruction set; h: with the hypervisor extension; holes: with sensitive instructions "  \
    "that are not privileged; house:SEED: with twelve instructions that the seed draws"
#define ENGINE_HELP "what runs the instructions; every engine shows the same machine"
#define COSTS_HELP                                                                                \
    "what each switch between a guest and its VMM costs in cycles: the machine's own table, "     \
    "or the published figures of a processor with hardware assistance"
// clang-format on

const char *const word_vmms[] = {"native", "t32", NULL};
const char *const word_profiles[] = {"t32", "holes", "h", "house:SEED", NULL};
const char *const word_clocks[] = {"virtual", "wall", NULL};
const char *const word_techniques[] = {"trap", "assist", "assist-shadow", NULL};
const char *const word_policies[] = {"drop-all", "cached", NULL};
const char *const word_costs[] = {
    "default",
#define COSTS(name, year, entry, exit, record, processor) name,
#include "scenarios/world/costs.def"
#undef COSTS
    NULL,
};
const char *const word_engines[] = {"jit", "fast", "plain", NULL};
const char *const word_virtio[] = {"legacy", "modern", NULL};
const char *const word_traps[] = {"trap", "emulate", NULL};
const char *const word_colours[] = {"auto", "always", "never", NULL};
const char *const word_themes[] = {"auto", "dark", "light", "contrast", "mono", NULL};
const char *const word_formats[] = {"text",      "json",         "gradescope", "classroom50",
                                    "classroom", "prairielearn", "vpl",        "junit",
                                    "tap",       "tap13",        NULL};

// ---- run

static const struct option_row run_options[] = {
#include "ui/command/options/run.def"
    {0},
};
static const char *const run_uses[] = {"SCENARIO [OPTIONS]", NULL};
static const struct example run_examples[] = {
    {"trapeze run first-trap --headless", "the checks of a scenario that comes with trapeze"},
    {"trapeze run first-trap --plain | head", "its first events, one a line"},
    {"trapeze run first-trap --html /dev/stdout", "a web page that plays it"},
    {0},
};

// ---- replay

static const struct option_row replay_options[] = {
#include "ui/command/options/replay.def"
    {0},
};
static const char *const replay_uses[] = {"RECORDING [OPTIONS]", "LAB --test TEST [OPTIONS]", NULL};
static const struct example replay_examples[] = {
    {"trapeze run first-trap --headless --record /tmp/first-trap.rec", "records a run"},
    {"trapeze replay /tmp/first-trap.rec", "runs it again and compares every event"},
    {"trapeze replay /tmp/first-trap.rec --html /dev/stdout",
     "writes it as a web page that plays it"},
    {"trapeze replay 00-trap-anatomy --submission class/alice --test 'program 1, bare'",
     "a test of a lab, at the event at which it fails"},
    {0},
};

// ---- boot

static const struct option_row boot_options[] = {
#include "ui/command/options/boot.def"
    {0},
};
static const char *const boot_uses[] = {"IMAGE [OPTIONS]", NULL};
static const struct example boot_examples[] = {
    {"trapeze boot hello", "a guest that comes with trapeze, bare"},
    {"trapeze boot hello --depth 2", "the same under a VMM that is itself a guest"},
    {"trapeze boot kite --depth 1 --append selftest", "a kernel with processes tests itself"},
    {"trapeze boot hello --depth 1 --stats /dev/stdout", "what its traps cost"},
    {"trapeze boot hello --depth 1 --twin", "does it live under the VMM as on the bare machine?"},
    {0},
};

// ---- compare

static const struct option_row compare_options[] = {
#include "ui/command/options/compare.def"
    {0},
};
static const char *const compare_uses[] = {"[KIND...] [OPTIONS]", NULL};
static const struct example compare_examples[] = {
    {"trapeze compare trap-in-trap enlightened --only time", "a VMM in a VMM, in two ways"},
    {"trapeze compare native assist-p4 --only exec", "software beside a Pentium 4 with VT-x"},
    {0},
};

// ---- grade

static const struct option_row grade_options[] = {
#include "ui/command/options/grade.def"
    {0},
};
static const char *const grade_uses[] = {"LAB [OPTIONS]", "--list", NULL};
static const struct example grade_examples[] = {
    {"trapeze grade --list", "the labs that there are"},
    {"trapeze grade 00-trap-anatomy --sheet --seed 7", "the work sheet of one student"},
    {"trapeze grade 00-trap-anatomy --seed 1 --submission class/alice", "the grade of one student"},
    {0},
};

// ---- grade-all

static const struct option_row all_options[] = {
#include "ui/command/options/grade_all.def"
    {0},
};
static const struct option_row build_options[] = {
#include "ui/command/options/build.def"
    {0},
};
static const char *const build_uses[] = {"LAB [OPTIONS]", NULL};
static const struct example build_examples[] = {
    {"trapeze build 04-shadow", "does the file in this folder build?"},
    {0},
};
static const char *const all_uses[] = {"LAB --submissions FOLDER --out FOLDER [OPTIONS]",
                                       "LAB TEST --submissions FOLDER --explain STUDENT", NULL};
static const struct example all_examples[] = {
    {"trapeze grade-all 00-trap-anatomy --submissions class --out reports --jobs 2 --stats",
     "a class, two students at once"},
    {0},
};

// ---- asm, dis, isa

static const struct option_row asm_options[] = {
#include "ui/command/options/asm.def"
    {0},
};
static const char *const asm_uses[] = {"FILE.s [OPTIONS]", NULL};
static const struct example asm_examples[] = {
    {"echo 'li a0, 0x12345678' | trapeze asm - --list", "the words of one line of assembly"},
    {0},
};

static const struct option_row dis_options[] = {
#include "ui/command/options/dis.def"
    {0},
};
static const char *const dis_uses[] = {"FILE|WORD... [OPTIONS]", NULL};
static const struct example dis_examples[] = {
    {"trapeze dis 0x00000073 0x10200073", "two words"},
    {0},
};

static const struct option_row isa_options[] = {
#include "ui/command/options/isa.def"
    {0},
};
static const char *const isa_uses[] = {"[NAME...] [--profile NAME]", "--classify [--profile NAME]",
                                       "--markdown", NULL};
static const struct example isa_examples[] = {
    {"trapeze isa satp", "all that the tables know about a CSR"},
    {"trapeze isa --classify --profile holes | tail -2", "can this machine be virtualized?"},
    {0},
};

static const struct option_row words_options[] = {{0}};
static const char *const words_uses[] = {"[WORD...]", NULL};
static const struct example words_examples[] = {
    {"trapeze words shadow", "one word"},
    {0},
};

#undef OPTION

// ---- all commands

const struct option_row common_rows[] = {
    [COMMON_HELP] = {"help", .letter = 'h', .help = "print this text"},
    [COMMON_VERSION] = {"version", .help = "print the version"},
    {0},
};

const struct command_row command_rows[] = {
    {"run", "run a scenario", run_uses,
     "Runs a scenario: a Lua file, or the name of a scenario that comes with trapeze. On a "
     "terminal it opens the dashboard, where ? shows the keys.",
     OPERAND_SCENARIO, run_options, run_examples,
     "0: every check passed; 1: a check failed; 2: wrong usage; 3: the scenario, or a file that it "
     "names, has an error; 4: the limit was reached; 70: our own error."},
    {"boot", "run a kernel image, bare or under the VMM", boot_uses,
     "Runs a kernel: an ELF32 or flat RISC-V image, assembly (FILE.s), or the name of a guest that "
     "comes with trapeze (hello, kite). The guest's console is this terminal, or standard input "
     "and "
     "output.",
     OPERAND_IMAGE, boot_options, boot_examples,
     "0: the guest powered off; 1: it powered off with a failure, asked for a reboot, or can never "
     "go on; 2: wrong "
     "usage; 3: a file has an error; 4: the limit was reached; 70: our own error."},
    {"compare", "compare kinds of virtual machine", compare_uses,
     "Runs the same work bare and under each KIND of virtual machine (all, if none is named). It "
     "prints for one operation: its cycles, how many times bare that is, the exits into the "
     "outermost VMM, the shares of guest, VMMs and hart, the VMMs' memory, and whether the guest "
     "ended as bare.",
     OPERAND_WORD, compare_options, compare_examples,
     "0: every guest ended as bare; 1: one did not; 2: wrong usage; 70: our own error."},
    {"grade", "grade a lab, or print its work sheet", grade_uses,
     "Grades a lab: one that comes with trapeze, a folder with a lab.lua, or the folder of a "
     "handout, which says the lab and the seed itself.",
     OPERAND_LAB, grade_options, grade_examples,
     "0: full marks; 1: less; 2: wrong usage; 3: there is no such lab or folder, or the lab's "
     "script has an error; 4: not graded, because of a limit of this host; 70: our own error. With "
     "3, 4 and 70 there is no report, so that nobody takes one for zero points."},
    {"grade-all", "grade the submissions of a whole course", all_uses,
     "Grades each student's folder. A report that is there, of the same lab, submission and seed, "
     "is not made again. A run that gives no grade never replaces one that did.",
     OPERAND_LAB, all_options, all_examples,
     "0: everybody was graded; 2: wrong usage; 3: a folder or a file is wrong, or the lab has an "
     "error; 4: somebody could not be graded here, or a part is missing that was to be merged; 70: "
     "our own error."},
    {"build", "build a submission to a lab, as grading it would", build_uses,
     "Compiles the files that the lab names, checks the objects, and links a VMM. It runs no test.",
     OPERAND_LAB, build_options, build_examples,
     "0: it builds; 1: it does not; 2: wrong usage, or the lab has nothing to build; 3: there "
     "is no such lab or folder; 4: this host cannot build; 70: our own error."},
    {"asm", "assemble a file to an ELF or flat image", asm_uses,
     "Assembles T32 (RISC-V RV32IMA) assembly text. FILE.s can be - for standard input.",
     OPERAND_FILE, asm_options, asm_examples,
     "0: done; 2: wrong usage; 3: the text has an error; 70: our own error."},
    {"dis", "disassemble a file, or words", dis_uses,
     "Prints address, word and instruction. FILE is an ELF32 image, of which the executable "
     "sections are shown with labels, or a flat image. A WORD is 0x and up to eight hexadecimal "
     "digits.",
     OPERAND_FILE, dis_options, dis_examples,
     "0: done; 2: wrong usage; 3: a file has an error; 70: our own error."},
    {"isa", "the manual of the toy ISA", isa_uses,
     "Without a NAME it prints every instruction, pseudo-instruction, CSR and trap cause, one a "
     "line. With a NAME (addi, satp, 0x180, sstatus.SPP, store-page-fault) it prints all that the "
     "tables know about it.",
     OPERAND_WORD, isa_options, isa_examples,
     "0: done; 1: with --classify, the tables disagree with the machine; 2: wrong usage; 70: our "
     "own error."},
    {"replay", "run again what was recorded, or a test of a lab", replay_uses,
     "With a RECORDING (trapeze run --record), it runs the recorded scenario again, with its seed "
     "and with what was typed, and compares every event with the recording. A replay is the same "
     "run, byte for byte, or trapeze says which event differs first, and why that might be. With a "
     "LAB, it builds a submission, runs one case of a test, and opens the dashboard at the event "
     "at which the case fails. From there you can go back to the first instruction. LAB is a lab "
     "that comes with trapeze, a folder with a lab.lua, or the folder of a handout.",
     OPERAND_FILE, replay_options, replay_examples,
     "0: the same run; 1: another run, or the case fails; 2: wrong usage; 3: the recording, the "
     "scenario or the lab has an error; 4: this host cannot build the submission, or a limit "
     "struck; 70: our own error."},
    {"words", "what the words of trapeze mean", words_uses,
     "Prints what the words of trapeze mean: all of them, or each WORD (hart, shadow, gpa). A WORD "
     "can also be an instruction, a CSR, a field of a CSR or a trap cause, as trapeze isa "
     "explains them.",
     OPERAND_WORD, words_options, words_examples,
     "0: done; 2: there is no such word; 70: our own error."},
    {0},
};

const struct command_row *command_find(const char *name)
{
    for (const struct command_row *row = command_rows; row->name; row++)
        if (!strcmp(row->name, name))
            return row;
    return NULL;
}

// The words of a choice, parted by '|'.
static void join_choices(const char *const *choices, char *to, size_t size)
{
    *to = 0;
    for (; *choices; choices++) {
        size_t used = strlen(to);
        snprintf(to + used, size - used, "%s%s", *choices, choices[1] ? "|" : "");
    }
}

char *option_form(const struct option_row *row, char *to, size_t size)
{
    char value[OPTION_FORM / 2] = "", letter[8] = "";
    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    if (row->value)
        snprintf(value, sizeof value, "%s", row->value);
    else if (row->choices)
        join_choices(row->choices, value, sizeof value);
    snprintf(to, size, "%s--%s%s%s", letter, row->name, *value ? " " : "", value);
    return to;
}
