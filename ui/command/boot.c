// trapeze boot: runs a kernel image without a scenario, bare or under the VMM. Its console is the
// terminal's, or standard input and output. Read next: scenarios/world/world.h (what is built),
// ui/terminal/terminal.h (the keyboard), scenarios/world/report.h (what is written).
#include "scenarios/host/files.h"
#include "scenarios/world/report.h"
#include "ui/command/options.h"
#include "ui/terminal/terminal.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHUNK_STEPS 200000 // between two looks at the keyboard

static const char usage[] =
    "usage: trapeze boot IMAGE [OPTIONS]\n"
    "\n"
    "Runs a kernel: an ELF32 or flat RISC-V image, or assembly (FILE.s). Its console is this "
    "terminal, or standard "
    "input and output.\n"
    "\n"
    "  --depth N             VMMs above the guest: 0: bare (default), 1: under the VMM, 2: under a "
    "VMM that is its "
    "guest, ... to 7\n"
    "  --vmm native|t32      what the outermost VMM is: code beside the machine, or the machine's "
    "own kernel (native)\n"
    "  --ram SIZE            the guest's memory (128M)\n"
    "  --harts N             its harts (1)\n"
    "  --initrd FILE         given to the kernel in memory\n"
    "  --append STR          its boot arguments\n"
    "  --disk FILE           its disk; what it writes there is forgotten\n"
    "  --limit N             end after N steps (status 4)\n"
    "  --state FILE          write its final state, as JSON\n"
    "  --stats FILE          write counters, as JSON\n"
    "  --trace FILE          write the event stream, a JSON object a line\n"
    "  --profile t32|holes   the ISA's dial (t32)\n"
    "  --clock virtual|wall  virtual: time is retired instructions (default); wall: machine "
    "cycles\n"
    "  --policy drop-all|cached  what the VMM does with shadow tables on a satp write (cached)\n"
    "  --engine jit|fast|plain  what runs instructions; all show the same machine (jit)\n"
    "  --seed N              of whatever is drawn\n"
    "  --adue                the machine sets A and D bits itself\n"
    "  --enlightened         a VMM within a VMM asks for a whole switch in one call, instead of "
    "trapping CSR by CSR\n"
    "  --misaligned trap|emulate  what a misaligned load or store does (trap)\n"
    "\n"
    "Exit status: 0 powered off; 1 powered off with a failure, or can never go on; 2 usage; 3 bad "
    "input; 4 limit "
    "reached; 70 our own error.\n";

struct boot {
    struct world_plan plan;
    u32 depth;
    u64 limit;
    const char *state, *stats, *trace; // files to write; NULL: none
    struct world *world;
    u32 guest; // the one meant: under VMMs, the deepest, its last
    struct consoles *consoles;
    struct counters counters;
    struct file_out state_file, stats_file, trace_file;
    struct timespec started;
    struct terminal *terminal;
};

// ---- options

enum {
    BOOT_DEPTH = OPTION_OWN,
    BOOT_VMM,
    BOOT_RAM,
    BOOT_HARTS,
    BOOT_INITRD,
    BOOT_APPEND,
    BOOT_DISK,
    BOOT_LIMIT,
    BOOT_STATE,
    BOOT_STATS,
    BOOT_TRACE,
    BOOT_PROFILE,
    BOOT_CLOCK,
    BOOT_POLICY,
    BOOT_SEED,
    BOOT_ADUE,
    BOOT_ENLIGHTENED,
    BOOT_MISALIGNED,
    BOOT_ENGINE,
};

static const struct option long_options[] = {
    {"depth", required_argument, NULL, BOOT_DEPTH},
    {"vmm", required_argument, NULL, BOOT_VMM},
    {"ram", required_argument, NULL, BOOT_RAM},
    {"harts", required_argument, NULL, BOOT_HARTS},
    {"initrd", required_argument, NULL, BOOT_INITRD},
    {"append", required_argument, NULL, BOOT_APPEND},
    {"disk", required_argument, NULL, BOOT_DISK},
    {"limit", required_argument, NULL, BOOT_LIMIT},
    {"state", required_argument, NULL, BOOT_STATE},
    {"stats", required_argument, NULL, BOOT_STATS},
    {"trace", required_argument, NULL, BOOT_TRACE},
    {"profile", required_argument, NULL, BOOT_PROFILE},
    {"clock", required_argument, NULL, BOOT_CLOCK},
    {"policy", required_argument, NULL, BOOT_POLICY},
    {"seed", required_argument, NULL, BOOT_SEED},
    {"adue", no_argument, NULL, BOOT_ADUE},
    {"enlightened", no_argument, NULL, BOOT_ENLIGHTENED},
    {"misaligned", required_argument, NULL, BOOT_MISALIGNED},
    {"engine", required_argument, NULL, BOOT_ENGINE},
    OPTIONS_COMMON,
    {0},
};

static bool read_numbers(struct boot *b, int option, const char *text)
{
    u64 value = 0;
    switch (option) {
    case BOOT_DEPTH:
        if (!option_number("boot", "--depth", text, 0, WORLD_DEPTH_MAX, &value))
            return false;
        b->depth = (u32)value;
        return true;
    case BOOT_RAM:
        if (!option_size("boot", "--ram", text, BOARD_RAM_MIN, BOARD_RAM_MAX, &value))
            return false;
        b->plan.guest[0].ram = (u32)value;
        return value % 4096 == 0 ||
               option_wrong("boot", "--ram %s: a multiple of 4096 bytes is wanted", text) ==
                   STATUS_DONE;
    case BOOT_HARTS:
        if (!option_number("boot", "--harts", text, 1, HARTS_MAX, &value))
            return false;
        b->plan.guest[0].vcpus = (u32)value;
        return true;
    case BOOT_LIMIT:
        return option_number("boot", "--limit", text, 1, UINT64_MAX, &b->limit);
    default:
        return option_number("boot", "--seed", text, 0, UINT64_MAX, &b->plan.machine.seed);
    }
}

static bool read_choices(struct boot *b, int option, const char *text)
{
    static const char *const profiles[] = {"t32", "holes", NULL};
    static const char *const clocks[] = {"virtual", "wall", NULL};
    static const char *const policies[] = {"drop-all", "cached", NULL};
    static const char *const misaligned[] = {"trap", "emulate", NULL};
    static const char *const vmms[] = {"native", "t32", NULL};
    static const char *const engines[] = {"jit", "fast", "plain", NULL}; // as enum engine_choice
    int choice;
    switch (option) {
    case BOOT_VMM:
        choice = option_choice("boot", "--vmm", text, vmms);
        b->plan.t32 = choice == 1;
        break;
    case BOOT_PROFILE:
        choice = option_choice("boot", "--profile", text, profiles);
        b->plan.machine.holes = choice == 1;
        break;
    case BOOT_CLOCK:
        choice = option_choice("boot", "--clock", text, clocks);
        b->plan.machine.clock = choice == 1 ? CLOCK_WALL : CLOCK_VIRTUAL;
        break;
    case BOOT_POLICY:
        choice = option_choice("boot", "--policy", text, policies);
        b->plan.vmm.policy = choice == 1 ? POLICY_CACHED : POLICY_DROP_ALL;
        break;
    case BOOT_ENGINE:
        choice = option_choice("boot", "--engine", text, engines);
        b->plan.machine.engine = (enum engine_choice)choice;
        break;
    default:
        choice = option_choice("boot", "--misaligned", text, misaligned);
        b->plan.machine.misaligned_emulate = choice == 1;
    }
    return choice >= 0;
}

static bool read_option(struct boot *b, int option, const char *text)
{
    struct guest_plan *g = &b->plan.guest[0];
    const struct {
        int option;
        const char **to;
    } texts[] = {
        {BOOT_INITRD, &g->initrd}, {BOOT_APPEND, &g->append}, {BOOT_DISK, &g->disk},
        {BOOT_STATE, &b->state},   {BOOT_STATS, &b->stats},   {BOOT_TRACE, &b->trace},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i].option == option) {
            *texts[i].to = text;
            return true;
        }
    }
    if (option == BOOT_ADUE)
        return b->plan.machine.adue = true;
    if (option == BOOT_ENLIGHTENED)
        return b->plan.vmm.enlightened = true;
    if (option == BOOT_VMM || option == BOOT_PROFILE || option == BOOT_CLOCK ||
        option == BOOT_POLICY || option == BOOT_MISALIGNED || option == BOOT_ENGINE)
        return read_choices(b, option, text);
    return read_numbers(b, option, text);
}

// -1: go on; else the status to leave with.
static int read_options(struct boot *b, int argc, char **argv)
{
    for (int option; (option = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
        if (option < OPTION_OWN)
            return option_common(option, "boot", usage);
        if (!read_option(b, option, optarg))
            return STATUS_USAGE;
    }
    if (optind >= argc)
        return option_wrong("boot", "which image? name an ELF, a flat image or an assembly file");
    if (optind + 1 < argc)
        return option_wrong("boot", "one image at a time: '%s' is one too many", argv[optind + 1]);
    if (b->plan.t32 && !b->depth)
        return option_wrong("boot", "--vmm t32 wants a VMM: say --depth 1 or more");
    b->plan.guest[0].image = argv[optind];
    b->plan.guests = 1;
    world_plan_chain(&b->plan, b->depth);
    b->guest = b->plan.guests - 1;
    return -1;
}

// ---- listeners

static void put_console(void *context, const struct event *e)
{
    struct boot *b = context;
    if (vm_path_equal(&e->path, &b->world->guest[b->guest].path))
        putchar((int)(e->note.value & 0xff));
}

static void count(void *context, const struct event *e)
{
    counters_add(context, e);
}

static void write_trace(void *context, const struct event *e)
{
    struct boot *b = context;
    char text[TRACE_TEXT];
    fputs(trace_json(e, text, sizeof text), b->trace_file.file);
    fputc('\n', b->trace_file.file);
}

static bool listen_all(struct boot *b)
{
    struct machine *m = b->world->machine;
    b->consoles = consoles_new(m);
    counters_reset(&b->counters);
    counters_watch(&b->counters, &b->world->guest[b->guest].path);
    machine_listen(m, EVENT_BIT(EVENT_CONSOLE), put_console, b);
    if (b->stats)
        machine_listen(m, EVENT_ALL, count, &b->counters);
    if (b->trace)
        machine_listen(m, EVENT_ALL, write_trace, b);
    return b->consoles;
}

// ---- running

// Gives what was typed, or all of a file, to the guest. False: the person wants to leave.
static bool feed(struct boot *b, int wait_ms)
{
    u8 bytes[4096];
    int n;
    while ((n = terminal_read(b->terminal, bytes, sizeof bytes, wait_ms)) > 0) {
        world_type(b->world, b->guest, bytes, (size_t)n);
        wait_ms = 0;
    }
    if (n == TERMINAL_CLOSED)
        machine_input_interactive(b->world->machine, false);
    return n != TERMINAL_LEAVE;
}

// Why the run ended; STOP_ASKED: by the person, STOP_STEPS: by the limit.
static enum stop run(struct boot *b)
{
    struct machine *m = b->world->machine;
    u64 left = b->limit ? b->limit : UINT64_MAX;
    while (left) {
        u64 before = machine_steps(m);
        enum stop stop = machine_run(m, left < CHUNK_STEPS ? left : CHUNK_STEPS);
        left -= machine_steps(m) - before;
        fflush(stdout);
        if (stop == STOP_POWER || stop == STOP_STUCK)
            return stop;
        if (!feed(b, stop == STOP_INPUT ? 1000 : 0))
            return STOP_ASKED;
    }
    return STOP_STEPS;
}

static int tell_stuck(const struct boot *b, struct guest_end end)
{
    static const char *const why[] = {
        [STUCK_NOT] =
            "no interrupt that it waits for can ever come, or its trap handler cannot be reached",
        [STUCK_WFI] = "it waits in wfi, and no interrupt can ever come",
        [STUCK_STORM] = "its trap handler cannot be fetched, so the trap repeats for ever",
        [STUCK_HALT] = "it has stopped all of its harts",
    };
    fprintf(stderr, "trapeze boot: %s can never go on at pc 0x%08" PRIx32 ": %s\n",
            b->plan.guest[b->guest].image, end.pc, why[end.stuck]);
    return STATUS_FAILED;
}

// The exit status that the guest's end deserves, told on stderr when it is not plain success.
static int judge(struct boot *b, enum stop stop)
{
    struct guest_end end = world_guest_end(b->world, b->guest);
    if (stop == STOP_STEPS && !world_guest_is_over(b->world, b->guest)) {
        fprintf(stderr, "trapeze boot: %s: the limit of %" PRIu64 " steps was reached\n",
                b->plan.guest[b->guest].image, b->limit);
        return STATUS_LIMIT;
    }
    if (end.state == VM_STUCK || stop == STOP_STUCK)
        return tell_stuck(b, end);
    if (end.state != VM_FAILED)
        return STATUS_DONE;
    fprintf(stderr, "trapeze boot: %s powered off with failure code %" PRIu32 "\n",
            b->plan.guest[b->guest].image, end.code);
    return STATUS_FAILED;
}

// ---- files

// Opened before the run, so that a path that cannot be written is told at once.
static bool open_files(struct boot *b, char *error, size_t error_size)
{
    return (!b->state || file_out_open(&b->state_file, b->state, error, error_size)) &&
           (!b->stats || file_out_open(&b->stats_file, b->stats, error, error_size)) &&
           (!b->trace || file_out_open(&b->trace_file, b->trace, error, error_size));
}

// Writes the text (NULL: memory lacked) and puts the file in place.
static bool finish_file(struct file_out *out, char *text)
{
    char error[WORLD_ERROR] = "not enough memory for the report";
    if (text)
        fprintf(out->file, "%s\n", text);
    bool good = text && file_out_commit(out, error, sizeof error);
    free(text);
    if (!good)
        fprintf(stderr, "trapeze boot: %s\n", error);
    return good;
}

static double seconds_since(const struct timespec *then)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static bool write_reports(struct boot *b)
{
    double seconds = seconds_since(&b->started);
    struct guest_state state;
    char error[WORLD_ERROR];
    bool good = true;
    if (b->state)
        good = finish_file(&b->state_file, state_take(b->world, b->guest, b->consoles, &state)
                                               ? state_json(&state)
                                               : NULL);
    if (b->stats)
        good = finish_file(&b->stats_file, stats_json(b->world, &b->counters, seconds)) && good;
    if (b->trace && !file_out_commit(&b->trace_file, error, sizeof error)) {
        fprintf(stderr, "trapeze boot: %s\n", error);
        good = false;
    }
    return good;
}

static int fail(const char *message, int status)
{
    fprintf(stderr, "trapeze boot: %s\n", message);
    return status;
}

// The world is built; runs it and reports.
static int boot(struct boot *b)
{
    char error[WORLD_ERROR];
    if (!open_files(b, error, sizeof error))
        return fail(error, STATUS_INPUT);
    if (!listen_all(b))
        return fail("not enough memory", STATUS_INTERNAL);
    b->terminal = terminal_open(error, sizeof error);
    if (!b->terminal)
        return fail(error, STATUS_INTERNAL);
    machine_input_interactive(b->world->machine, terminal_is_interactive(b->terminal));
    clock_gettime(CLOCK_MONOTONIC, &b->started);
    enum stop stop = feed(b, 0) ? run(b) : STOP_ASKED;
    fflush(stdout);
    int signal = terminal_signal(b->terminal);
    terminal_close(b->terminal);
    int status = stop == STOP_ASKED && signal ? 128 + signal : judge(b, stop);
    if (ferror(stdout))
        return fail("standard output could not be written", STATUS_INTERNAL);
    return write_reports(b) ? status : STATUS_INPUT;
}

int cmd_boot(int argc, char **argv)
{
    struct boot *b = calloc(1, sizeof *b);
    if (!b)
        return fail("not enough memory", STATUS_INTERNAL);
    world_plan_default(&b->plan);
    int status = read_options(b, argc, argv);
    if (status < 0) {
        enum status why;
        char error[WORLD_ERROR];
        b->world = world_new(&b->plan, &why, error, sizeof error);
        status = b->world ? boot(b) : fail(error, (int)why);
        file_out_discard(&b->state_file);
        file_out_discard(&b->stats_file);
        file_out_discard(&b->trace_file);
        consoles_free(b->consoles);
        counters_reset(&b->counters);
        world_free(b->world);
    }
    free(b);
    return status;
}
