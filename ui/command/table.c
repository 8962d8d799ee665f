// The tables of commands and options. A new option is a row here, its place in the enum of table.h,
// and the line of the command that uses its value. Read ui/command/table.h first.
// Read next: ui/command/options.h.
#include "ui/command/table.h"

#include "isa/arch/round.h"
#include "isa/board/board.h"
#include "scenarios/world/world.h"

#include <stdio.h>
#include <string.h>

#define RANGE(from, to) .least = (from), .most = (to)

// clang-format off
#define TRACE_HELP                                                                                \
    "write every event: FILE.json is a trace for Perfetto or chrome://tracing, FILE.csv a table, " \
    "any other name JSON Lines; - is standard output, and messages then go to standard error"
// How the dashboard looks: the same rows for each command that opens it, so they are a macro.
#define DASHBOARD_OPTIONS(command, when_paused)                                                   \
    [command##_PAUSED] = {"paused", .help = when_paused},                                         \
    [command##_COLOR] = {"color", .kind = OPTION_CHOICE, .choices = word_colours,                  \
                         .normal = "auto", .help = COLOR_HELP},                                   \
    [command##_THEME] = {"theme", .kind = OPTION_CHOICE, .choices = word_themes,                   \
                         .normal = "auto", .help = THEME_HELP},                                   \
    [command##_ASCII] = {"ascii", .help = "draw the dashboard with ASCII characters only"}
#define COLOR_HELP                                                                                \
    "colours of the dashboard; auto uses what the terminal has, but none if NO_COLOR is set"
#define THEME_HELP                                                                                \
    "colours for a dark or a light background, bright ones on black (contrast), or none (mono); " \
    "auto asks the terminal"
#define PROFILE_HELP                                                                              \
    "the instruction set; h: with the hypervisor extension; holes: with sensitive instructions "  \
    "that are not privileged; house:SEED: with twelve instructions that the seed draws"
#define TECHNIQUE_HELP "how the VMM runs its guest; assist: in the guest mode of --profile h"
#define ENGINE_HELP "what runs the instructions; every engine shows the same machine"
#define COSTS_HELP                                                                                \
    "what each switch between a guest and a native VMM costs in cycles: the machine's own table, " \
    "or the published figures of a processor with hardware assistance (p4, core)"
// clang-format on

const char *const word_vmms[] = {"native", "t32", NULL};
const char *const word_profiles[] = {"t32", "holes", "h", "house:SEED", NULL};
const char *const word_clocks[] = {"virtual", "wall", NULL};
const char *const word_techniques[] = {"trap", "assist", NULL};
const char *const word_policies[] = {"drop-all", "cached", NULL};
const char *const word_costs[] = {
    "default",
#define COSTS(name, entry, exit, read, processor) name,
#include "scenarios/world/costs.def"
#undef COSTS
    NULL,
};
const char *const word_engines[] = {"jit", "fast", "plain", NULL};
const char *const word_traps[] = {"trap", "emulate", NULL};
const char *const word_colours[] = {"auto", "always", "never", NULL};
const char *const word_themes[] = {"auto", "dark", "light", "contrast", "mono", NULL};
const char *const word_formats[] = {"text",      "json",         "gradescope", "classroom50",
                                    "classroom", "prairielearn", "vpl",        "junit",
                                    "tap",       "tap13",        NULL};

// ---- run

static const struct option_row run_options[] = {
    [OPTION_RUN_PLAIN] =
        {"plain", .help = "print one line for each event instead of opening the dashboard; this "
                          "is the default when the output is not a terminal"},
    [OPTION_RUN_HEADLESS] = {"headless",
                             .help =
                                 "print only what the scenario prints, its checks and the result"},
    [OPTION_RUN_SEED] = {"seed", .kind = OPTION_NUMBER, .value = "N", RANGE(1, UINT64_MAX >> 1),
                         .help = "the seed of everything that the scenario draws at random"},
    [OPTION_RUN_LIMIT] = {"limit", .kind = OPTION_NUMBER, .value = "N", RANGE(1, UINT64_MAX),
                          .help = "end after N machine steps, with status 4"},
    [OPTION_RUN_ENGINE] = {"engine", .kind = OPTION_CHOICE, .choices = word_engines,
                           .normal = "jit", .help = ENGINE_HELP},
    DASHBOARD_OPTIONS(OPTION_RUN, "wait at the start; with --plain: obey commands"),
    [OPTION_RUN_TRACE] = {"trace", .kind = OPTION_FILE, .value = "FILE",
                          .help = TRACE_HELP "; the scenario then runs without the dashboard"},
    [OPTION_RUN_CAST] = {"cast", .kind = OPTION_FILE, .value = "FILE",
                         .help = "write a film of the dashboard, trap by trap, for asciinema play; "
                                 "what the script says becomes a marker"},
    [OPTION_RUN_HTML] = {"html", .kind = OPTION_FILE, .value = "FILE",
                         .help = "write the film as one HTML page that plays it, with its traps "
                                 "and their stories; the page needs no other file"},
    [OPTION_RUN_SIZE] = {"size", .kind = OPTION_TEXT, .value = "COLUMNSxROWS", .normal = "80x24",
                         .help = "the size of the film's screen"},
    [OPTION_RUN_RECORD] =
        {"record", .kind = OPTION_FILE, .value = "FILE",
         .help = "write what trapeze replay needs to have this run again, what was typed included"},
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
    [OPTION_REPLAY_SCENARIO] =
        {"scenario", .kind = OPTION_FILE, .value = "FILE",
         .help = "the scenario's file, if it is no longer where the recording says"},
    [OPTION_REPLAY_ENGINE] = {"engine", .kind = OPTION_CHOICE, .choices = word_engines,
                              .normal = "jit",
                              .help =
                                  "what runs the instructions; every engine replays the same run"},
    [OPTION_REPLAY_SUBMISSION] = {"submission", .kind = OPTION_FOLDER, .value = "FOLDER",
                                  .normal = ".", .help = "of a lab: what the student handed in"},
    [OPTION_REPLAY_SEED] = {"seed", .kind = OPTION_NUMBER, .value = "N", RANGE(1, UINT64_MAX >> 1),
                            .normal = "1", .help = "of a lab: the student's seed"},
    [OPTION_REPLAY_TEST] = {"test", .kind = OPTION_TEXT, .value = "TEST",
                            .help = "of a lab: the test that is replayed"},
    [OPTION_REPLAY_CASE] = {"case", .kind = OPTION_NUMBER, .value = "N", RANGE(1, 1000),
                            .help = "of a lab: the case of the test; without it, the first that "
                                    "fails"},
    [OPTION_REPLAY_PLAIN] = {"plain",
                             .help = "of a lab: print one line for each event instead of opening "
                                     "the dashboard; this is the default when the output is not a "
                                     "terminal"},
    [OPTION_REPLAY_TRUST] = {"trust", .help = "of a lab: build the student's code even where the "
                                              "host has no box for the compiler"},
    {0},
};
static const char *const replay_uses[] = {"RECORDING [OPTIONS]", "LAB --test TEST [OPTIONS]", NULL};
static const struct example replay_examples[] = {
    {"trapeze run first-trap --headless --record /tmp/first-trap.rec", "records a run"},
    {"trapeze replay /tmp/first-trap.rec", "runs it again and compares every event"},
    {"trapeze replay 00-trap-anatomy --submission class/alice --test 'program 1, bare'",
     "a test of a lab, at the event at which it fails"},
    {0},
};

// ---- boot

static const struct option_row boot_options[] = {
    [OPTION_BOOT_DEPTH] = {"depth", .kind = OPTION_NUMBER, .value = "N", RANGE(0, WORLD_DEPTH_MAX),
                           .normal = "0",
                           .help =
                               "how many VMMs stand above the guest: with 0 it runs bare, with 1 "
                               "under the VMM, with 2 under a VMM that is itself a guest"},
    [OPTION_BOOT_VMM] =
        {"vmm", .kind = OPTION_CHOICE, .choices = word_vmms, .normal = "native",
         .help = "what the outermost VMM is: native code beside the machine, or T32 code, "
                 "the machine's own kernel"},
    [OPTION_BOOT_RAM] = {"ram", .kind = OPTION_SIZE, .value = "SIZE",
                         RANGE(BOARD_RAM_MIN, BOARD_RAM_MAX), .normal = "128M",
                         .help = "the guest's memory, a multiple of 4096 bytes"},
    [OPTION_BOOT_HARTS] = {"harts", .kind = OPTION_NUMBER, .value = "N", RANGE(1, HARTS_MAX),
                           .normal = "1", .help = "how many harts the guest has"},
    [OPTION_BOOT_INITRD] = {"initrd", .kind = OPTION_FILE, .value = "FILE",
                            .help = "a file that the kernel finds in its memory"},
    [OPTION_BOOT_APPEND] = {"append", .kind = OPTION_TEXT, .value = "TEXT",
                            .help = "the boot arguments of the kernel"},
    [OPTION_BOOT_DISK] =
        {"disk", .kind = OPTION_FILE, .value = "FILE",
         .help = "the guest's disk; the file keeps its contents, whatever the guest writes"},
    [OPTION_BOOT_LIMIT] = {"limit", .kind = OPTION_NUMBER, .value = "N", RANGE(1, UINT64_MAX),
                           .help = "end after N machine steps, with status 4"},
    [OPTION_BOOT_STATE] = {"state", .kind = OPTION_FILE, .value = "FILE",
                           .help = "write the guest's final state, as JSON"},
    [OPTION_BOOT_STATS] = {"stats", .kind = OPTION_FILE, .value = "FILE",
                           .help = "write the counters of the run, as JSON"},
    [OPTION_BOOT_TRACE] = {"trace", .kind = OPTION_FILE, .value = "FILE", .help = TRACE_HELP},
    [OPTION_BOOT_GDB] =
        {"gdb", .kind = OPTION_NUMBER, .value = "PORT", RANGE(0, 65535),
         .help = "wait for gdb on this port of this machine, 0 for any free one; it can step and "
                 "continue, also backwards, and look at registers and memory"},
    [OPTION_BOOT_PROFILE] = {"profile", .kind = OPTION_PROFILE, .choices = word_profiles,
                             .normal = "t32", .help = PROFILE_HELP},
    [OPTION_BOOT_CLOCK] =
        {"clock", .kind = OPTION_CHOICE, .choices = word_clocks, .normal = "virtual",
         .help = "what time counts: the guest's retired instructions, or machine cycles (wall)"},
    [OPTION_BOOT_TECHNIQUE] = {"technique", .kind = OPTION_CHOICE, .choices = word_techniques,
                               .normal = "trap", .help = TECHNIQUE_HELP},
    [OPTION_BOOT_POLICY] =
        {"policy", .kind = OPTION_CHOICE, .choices = word_policies, .normal = "cached",
         .help = "what the VMM does with the shadow tables when the guest writes satp"},
    [OPTION_BOOT_COSTS] = {"costs", .kind = OPTION_CHOICE, .choices = word_costs,
                           .normal = "default", .help = COSTS_HELP},
    [OPTION_BOOT_ENGINE] = {"engine", .kind = OPTION_CHOICE, .choices = word_engines,
                            .normal = "jit", .help = ENGINE_HELP},
    [OPTION_BOOT_SEED] = {"seed", .kind = OPTION_NUMBER, .value = "N", RANGE(0, UINT64_MAX),
                          .help = "the seed of everything that is drawn at random"},
    [OPTION_BOOT_ADUE] = {"adue", .help = "the machine itself sets A and D in page-table entries"},
    [OPTION_BOOT_ENLIGHTENED] = {"enlightened",
                                 .help = "a guest VMM asks for a whole switch in one call"},
    [OPTION_BOOT_MISALIGNED] = {"misaligned", .kind = OPTION_CHOICE, .choices = word_traps,
                                .normal = "trap", .help = "what a misaligned load or store does"},
    [OPTION_BOOT_TWIN] = {"twin", .help = "run the guest on a bare machine too, in lock step, and "
                                          "say where its life under the VMM first differs"},
    [OPTION_BOOT_DASHBOARD] =
        {"dashboard",
         .help = "open the dashboard: see the run step by step and trap by trap, also backwards"},
    DASHBOARD_OPTIONS(OPTION_BOOT, "wait at the start"),
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
    [OPTION_COMPARE_COSTS] = {"costs", .kind = OPTION_CHOICE, .choices = word_costs,
                              .normal = "default", .help = COSTS_HELP},
    [OPTION_COMPARE_ONLY] = {"only", .kind = OPTION_TEXT, .value = "WORKLOAD",
                             .help = "run this workload alone"},
    [OPTION_COMPARE_JSON] = {"json", .help = "print the table as JSON"},
    [OPTION_COMPARE_CSV] = {"csv", .help = "print the table as CSV, for a spreadsheet"},
    {0},
};
static const char *const compare_uses[] = {"[KIND...] [OPTIONS]", NULL};
static const struct example compare_examples[] = {
    {"trapeze compare trap-in-trap enlightened --only time", "a VMM in a VMM, in two ways"},
    {"trapeze compare native --costs p4 --only ptemod", "the same by the costs of a Pentium 4"},
    {0},
};

// ---- grade

static const struct option_row grade_options[] = {
    [OPTION_GRADE_SUBMISSION] = {"submission", .kind = OPTION_FOLDER, .value = "FOLDER",
                                 .normal = ".", .help = "what the student handed in"},
    [OPTION_GRADE_SEED] = {"seed", .kind = OPTION_NUMBER, .value = "N", RANGE(1, UINT64_MAX >> 1),
                           .normal = "1",
                           .help = "the seed of the programs and questions of this student"},
    [OPTION_GRADE_FORMAT] = {"format", .kind = OPTION_CHOICE, .choices = word_formats,
                             .normal = "text", .help = "the form of the report"},
    [OPTION_GRADE_SHEET] = {"sheet",
                            .help = "print the work sheet of this seed instead of grading"},
    [OPTION_GRADE_KEY] = {"key", .help = "print the right answers of this seed instead of grading"},
    [OPTION_GRADE_LIST] = {"list", .help = "print the labs that come with trapeze"},
    [OPTION_GRADE_ONLY] = {"only", .kind = OPTION_TEXT, .value = "TEST",
                           .help = "run this test, and those that must pass before it"},
    [OPTION_GRADE_TAG] = {"tag", .kind = OPTION_TEXT, .value = "TAG",
                          .help = "run the tests with this tag, and those that must pass before"},
    [OPTION_GRADE_FAILED] = {"failed", .kind = OPTION_FILE, .value = "REPORT",
                             .help = "run the tests that did not pass in this report, which an "
                                     "earlier run with --format json made"},
    [OPTION_GRADE_CASE] = {"case", .kind = OPTION_NUMBER, .value = "N", RANGE(1, 1000),
                           .help = "run this case of the test that --only names"},
    [OPTION_GRADE_TRUST] = {"trust", .help = "build the student's code even where the host has no "
                                             "box for the compiler"},
    {0},
};
static const char *const grade_uses[] = {"LAB [OPTIONS]", "--list", NULL};
static const struct example grade_examples[] = {
    {"trapeze grade --list", "the labs that there are"},
    {"trapeze grade 00-trap-anatomy --sheet --seed 7", "the work sheet of one student"},
    {0},
};

// ---- grade-all

static const struct option_row all_options[] = {
    [OPTION_ALL_SUBMISSIONS] = {"submissions", .kind = OPTION_FOLDER, .value = "FOLDER",
                                .help = "a folder with a folder for each student"},
    [OPTION_ALL_OUT] = {"out", .kind = OPTION_FOLDER, .value = "FOLDER",
                        .help = "where the reports and summary.csv go"},
    [OPTION_ALL_ROSTER] = {"roster", .kind = OPTION_FILE, .value = "FILE",
                           .help = "grade the students that this CSV file names in its first "
                                   "column; without it, all folders"},
    [OPTION_ALL_SECRET] = {"secret", .kind = OPTION_FILE, .value = "FILE",
                           .help = "the secret of the course, from which each student's seed "
                                   "follows; without it, all have the seed of --seed"},
    [OPTION_ALL_SEED] = {"seed", .kind = OPTION_NUMBER, .value = "N", RANGE(1, UINT64_MAX >> 11),
                         .normal = "1", .help = "the seed of all students"},
    [OPTION_ALL_JOBS] = {"jobs", .kind = OPTION_NUMBER, .value = "N", RANGE(1, 256), .normal = "1",
                         .help = "how many students are graded at once"},
    [OPTION_ALL_SHARD] = {"shard", .kind = OPTION_TEXT, .value = "K/N",
                          .help = "grade only the K-th of N parts of the students, and leave the "
                                  "summary to --merge"},
    [OPTION_ALL_MERGE] = {"merge",
                          .help = "grade nobody; write the summary of the reports that are there"},
    [OPTION_ALL_REGRADE] = {"regrade", .help = "make reports again that are there, and write to "
                                               "changes.csv whose score changed"},
    [OPTION_ALL_SIMILAR] = {"similar", .help = "write to similar.csv which submissions are alike"},
    [OPTION_ALL_EXPLAIN] = {"explain", .kind = OPTION_TEXT, .value = "STUDENT",
                            .help = "grade nobody; show the test TEST of this student, as trapeze "
                                    "replay does"},
    [OPTION_ALL_STATS] = {"stats", .help = "print for which reasons most students lost points"},
    [OPTION_ALL_SEEDS] = {"seeds", .help = "grade nobody; print each student's name and seed"},
    {0},
};
static const struct option_row build_options[] = {
    [OPTION_BUILD_SUBMISSION] = {"submission", .kind = OPTION_FOLDER, .value = "FOLDER",
                                 .normal = ".", .help = "what the student is going to hand in"},
    [OPTION_BUILD_TRUST] = {"trust",
                            .help = "build even where the host has no box for the compiler"},
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
    [OPTION_ASM_OUTPUT] =
        {"output", .kind = OPTION_FILE, .letter = 'o', .value = "FILE",
         .help = "where to write; - is standard output, and the default is the name of "
                 "the source with .elf, or with .bin for --flat"},
    [OPTION_ASM_FLAT] =
        {"flat",
         .help = "write the bytes alone, to be loaded at the base, and no ELF file with symbols"},
    [OPTION_ASM_AT] = {"base", .kind = OPTION_NUMBER, .value = "ADDRESS", RANGE(0, 0xfffffffc),
                       .normal = "0x80400000",
                       .help = "where the first byte will be, a multiple of 4"},
    [OPTION_ASM_PROFILE] = {"profile", .kind = OPTION_PROFILE, .choices = word_profiles,
                            .normal = "t32", .help = PROFILE_HELP},
    [OPTION_ASM_LIST] = {"list", .help = "write no file; print addresses, words and source lines"},
    {0},
};
static const char *const asm_uses[] = {"FILE.s [OPTIONS]", NULL};
static const struct example asm_examples[] = {
    {"echo 'li a0, 0x12345678' | trapeze asm - --list", "the words of one line of assembly"},
    {0},
};

static const struct option_row dis_options[] = {
    [OPTION_DIS_AT] = {"base", .kind = OPTION_NUMBER, .value = "ADDRESS", RANGE(0, 0xfffffffc),
                       .normal = "0x80400000",
                       .help = "where the first byte of a flat image, or the first word, stands"},
    [OPTION_DIS_FLAT] = {"flat",
                         .help = "take FILE as a flat image, even if it looks like an ELF file"},
    [OPTION_DIS_PROFILE] = {"profile", .kind = OPTION_PROFILE, .choices = word_profiles,
                            .normal = "t32", .help = PROFILE_HELP},
    {0},
};
static const char *const dis_uses[] = {"FILE|WORD... [OPTIONS]", NULL};
static const struct example dis_examples[] = {
    {"trapeze dis 0x00000073 0x10200073", "two words"},
    {0},
};

static const struct option_row isa_options[] = {
    [OPTION_ISA_CLASSIFY] = {"classify",
                             .help =
                                 "run each instruction in both modes, as Popek and Goldberg define "
                                 "their classes, and compare the result with the tables"},
    [OPTION_ISA_MARKDOWN] = {"markdown", .help = "print the whole manual as Markdown"},
    [OPTION_ISA_NAMES] =
        {"names",
         .help = "print the instructions and their operands, parted by a tab, for scripts"},
    [OPTION_ISA_PSEUDO] = {"pseudo", .help = "the same for the pseudo-instructions"},
    [OPTION_ISA_PROFILE] = {"profile", .kind = OPTION_PROFILE, .choices = word_profiles,
                            .normal = "t32", .help = PROFILE_HELP},
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

// ---- all commands

const struct option_row common_rows[] = {
    [COMMON_HELP] = {"help", .letter = 'h', .help = "print this text"},
    [COMMON_VERSION] = {"version", .help = "print the version"},
    {0},
};

const struct command_row command_rows[] = {
    {"run", "run a scenario", run_uses,
     "Runs a scenario: a Lua file, or the name of a scenario that comes with trapeze. On a "
     "terminal "
     "it opens the dashboard, where ? shows the keys.",
     OPERAND_SCENARIO, run_options, run_examples,
     "0: every check passed; 1: a check failed; 2: wrong usage; 3: the scenario, or a file that it "
     "names, has an error; 4: the limit was reached; 70: our own error."},
    {"boot", "run a kernel image, bare or under the VMM", boot_uses,
     "Runs a kernel: an ELF32 or flat RISC-V image, assembly (FILE.s), or the name of a guest that "
     "comes with trapeze (hello, kite). The guest's console is this terminal, or standard input "
     "and "
     "output.",
     OPERAND_IMAGE, boot_options, boot_examples,
     "0: the guest powered off; 1: it powered off with a failure, or can never go on; 2: wrong "
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
     "error; 4: somebody could not be graded here; 70: our own error."},
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
     "line. With a NAME (addi, satp, 0x180, store-page-fault) it prints all that the tables know "
     "about it.",
     OPERAND_WORD, isa_options, isa_examples,
     "0: done; 1: with --classify, the tables disagree with the machine; 2: wrong usage; 70: our "
     "own error."},
    {"replay", "run again what was recorded, or a test of a lab", replay_uses,
     "With a RECORDING (trapeze run --record), it runs the recorded scenario again, with its seed "
     "and with what was typed, and compares every event with the recording. A replay is the same "
     "run, byte for byte, or it is said which event first differs and why that might be. With a "
     "LAB, it builds a submission, runs one case of a test, and opens the dashboard at the event "
     "at which the case fails. From there you can go back to the first instruction. LAB is a lab "
     "that comes with trapeze, a folder with a lab.lua, or the folder of a handout.",
     OPERAND_FILE, replay_options, replay_examples,
     "0: the same run; 1: another run, or the case fails; 2: wrong usage; 3: the recording, the "
     "scenario or the lab has an error; 4: this host cannot build the submission, or a limit "
     "struck; 70: our own error."},
    {"words", "what the words of trapeze mean", words_uses,
     "Prints what the words of trapeze mean: all of them, or each WORD (hart, shadow, gpa). A WORD "
     "can also be an instruction, a CSR or a trap cause, as trapeze isa lists them.",
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
    if (row->choices)
        join_choices(row->choices, value, sizeof value);
    else if (row->value)
        snprintf(value, sizeof value, "%s", row->value);
    snprintf(to, size, "%s--%s%s%s", letter, row->name, *value ? " " : "", value);
    return to;
}
