// trapeze boot: runs a kernel image without a scenario, bare or under the VMM. The guest's console
// is the terminal, or standard input and output.
// Read next: ui/command/boot_dashboard.c.
#include "scenarios/host/folder.h"
#include "ui/command/boot_dashboard.h"
#include "ui/command/boot_twin.h"
#include "ui/command/near.h"
#include "ui/command/options.h"
#include "ui/command/reports.h"
#include "ui/command/ticks.h"
#include "ui/gdb/server.h"
#include "ui/terminal/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_STEPS 200000 // machine steps between two looks at the keyboard

struct boot {
    struct command_line line;
    struct world_plan plan;
    char *image; // the file; messages call it by the name that the person gave
    u64 limit;   // machine steps; 0: no limit
    struct world *world;
    u32 guest; // the guest that the person means: under VMMs it is the deepest one, the last
    struct consoles *consoles;
    struct reports reports;
    struct terminal *terminal;
    struct tick_watch ticks;
};

// ---- the plan, from the options

// Says so if the word is near to the name of a guest.
static bool is_misspelt(const char *guests, const char *name)
{
    char *near = guests && !file_exists(name) ? near_file(guests, name, ".elf") : NULL;
    if (near)
        fprintf(stderr, "trapeze boot: %s: there is no such image; did you mean '%s'?\n", name,
                near);
    bool misspelt = near;
    free(near);
    return misspelt;
}

// The file of an image. A word that names no file can name a guest that comes with trapeze. Returns
// -1, or an exit status after a message.
static int find_image(struct boot *b, const char *name)
{
    char unused[WORLD_ERROR];
    bool is_file = strchr(name, '/') || file_is_regular(name);
    char *guests = is_file ? NULL : folder_guests();
    b->image = guests ? folder_find(guests, name, unused, sizeof unused) : NULL;
    int status = !b->image && is_misspelt(guests, name) ? STATUS_INPUT : -1;
    free(guests);
    if (!b->image)
        b->image = strdup(name); // whoever opens it says that it is not there
    return b->image ? status : STATUS_INTERNAL;
}

static void plan_guest(struct guest_plan *g, const struct option_value *value)
{
    g->ram = (u32)value[OPTION_BOOT_RAM].number;
    g->vcpus = (u32)value[OPTION_BOOT_HARTS].number;
    g->initrd = value[OPTION_BOOT_INITRD].text;
    g->append = value[OPTION_BOOT_APPEND].text;
    g->disk = value[OPTION_BOOT_DISK].text;
}

static void plan_machine(struct machine_config *m, const struct option_value *value)
{
    m->engine = (enum engine_choice)value[OPTION_BOOT_ENGINE].number;
    m->clock = (enum clock)value[OPTION_BOOT_CLOCK].number;
    m->profile = value[OPTION_BOOT_PROFILE].number;
    m->misaligned_emulate = value[OPTION_BOOT_MISALIGNED].number;
    m->adue = value[OPTION_BOOT_ADUE].given;
    m->board.virtio = (u8)(VIRTIO_LEGACY + value[OPTION_BOOT_VIRTIO].number);
    m->board.disk_slot = (u8)value[OPTION_BOOT_DISK_SLOT].number;
    if (value[OPTION_BOOT_SEED].given)
        m->seed = value[OPTION_BOOT_SEED].number;
}

// Returns -1 if there is something to boot, else the exit status.
static int read_options(struct boot *b, int argc, char **argv)
{
    const struct option_value *value = b->line.value;
    int status = options_read("boot", argc, argv, &b->line);
    if (status < 0)
        status = options_one_operand("boot", &b->line,
                                     "which image? name an ELF, a flat image or an assembly file",
                                     "image");
    if (status >= 0)
        return status;
    if (value[OPTION_BOOT_RAM].number % 4096)
        return option_wrong("boot", "--ram %s: a multiple of 4096 bytes is wanted",
                            value[OPTION_BOOT_RAM].text);
    u32 depth = (u32)value[OPTION_BOOT_DEPTH].number;
    b->plan.t32 = value[OPTION_BOOT_VMM].number;
    if (b->plan.t32 && !depth)
        return option_wrong("boot", "--vmm t32 wants a VMM: say --depth 1 or more");
    b->plan.costs = (u32)value[OPTION_BOOT_COSTS].number;
    if (b->plan.costs && !depth)
        return option_wrong("boot", "--costs %s is about a VMM: say --depth 1 or more",
                            value[OPTION_BOOT_COSTS].text);
    if (value[OPTION_BOOT_TECHNIQUE].given && !depth)
        return option_wrong("boot", "--technique wants a VMM: say --depth 1 or more");
    b->plan.vmm.technique = (u8)value[OPTION_BOOT_TECHNIQUE].number;
    b->plan.vmm.policy = (u8)value[OPTION_BOOT_POLICY].number;
    b->plan.vmm.enlightened = value[OPTION_BOOT_ENLIGHTENED].given;
    plan_machine(&b->plan.machine, value);
    plan_guest(&b->plan.guest[0], value);
    b->limit = value[OPTION_BOOT_LIMIT].number;
    status = find_image(b, b->line.operands[0]);
    b->plan.guest[0].image = b->image;
    b->plan.guests = 1;
    world_plan_chain(&b->plan, depth);
    b->guest = b->plan.guests - 1;
    return status;
}

// ---- running

static void put_console(void *context, const struct event *e)
{
    struct boot *b = context;
    if (vm_path_equal(&e->path, &b->world->guest[b->guest].path))
        putchar((int)(e->note.value & 0xff));
}

// Gives the guest what was typed, or all of a file. Returns false if the person wants to leave.
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

static void look_at_ticks(struct boot *b)
{
    u64 cycles = tick_watch_look(&b->ticks, b->world, b->guest);
    if (cycles)
        fprintf(stderr,
                "trapeze boot: the guest has been in its timer handler for %" PRIu64
                " cycles, and its next tick is due: by --clock wall its ticks are too short for "
                "this depth. It gets on by --clock virtual, with fewer --harts, at a smaller "
                "--depth, or --enlightened\n",
                cycles);
}

// Runs the machine to its end, and returns why it ended: STOP_ASKED is the person's wish,
// STOP_STEPS is the limit. The end of standard output counts as a wish, too.
static enum stop run(struct boot *b)
{
    struct machine *m = b->world->machine;
    u64 left = b->limit ? b->limit : UINT64_MAX;
    // With short runs, what the guest prints is soon seen and what a person types is soon read.
    while (left) {
        u64 before = machine_steps(m);
        enum stop stop = machine_run(m, left < CHUNK_STEPS ? left : CHUNK_STEPS);
        left -= machine_steps(m) - before;
        fflush(stdout);
        look_at_ticks(b);
        if (stop == STOP_POWER || stop == STOP_STUCK)
            return stop;
        // A guest that waits for input alone needs no processor of the host meanwhile. A guest
        // whose console nobody can see any more would print for ever.
        if (!feed(b, stop == STOP_INPUT ? 1000 : 0) || ferror(stdout))
            return STOP_ASKED;
    }
    return STOP_STEPS;
}

// Why a guest under a VMM can never go on: the VMM says only that it cannot, but its VCPUs tell.
static enum stuck why_stuck(const struct boot *b)
{
    const struct world_guest *g = &b->world->guest[b->guest];
    struct observed_vcpu v;
    bool parked = false, stopped = true;
    for (u32 i = 0; i < g->vcpus; i++)
        if (observe_vcpu(b->world->machine, &g->path, i, &v)) {
            parked |= v.state.run == HART_PARKED;
            stopped &= v.state.run == HART_STOPPED;
        }
    if (parked)
        return STUCK_WFI;
    return stopped ? STUCK_HALT : STUCK_STORM;
}

static int tell_stuck(const struct boot *b, struct guest_end end)
{
    static const char *const why[] = {
        [STUCK_NOT] = "its VMM has given it up",
        [STUCK_WFI] = "it waits in wfi, and no interrupt can ever come",
        [STUCK_STORM] = "its trap handler cannot be fetched, so the trap repeats for ever",
        [STUCK_HALT] = "it has stopped all of its harts",
    };
    fprintf(stderr, "trapeze boot: %s can never go on at pc 0x%08" PRIx32 ": %s\n",
            b->line.operands[0], end.pc,
            why[end.stuck == STUCK_NOT && b->world->depth ? why_stuck(b) : end.stuck]);
    return STATUS_FAILED;
}

// The exit status for the way in which the guest ended. If that is not plain success, a message
// says why.
static int judge(struct boot *b, enum stop stop)
{
    struct guest_end end = world_guest_end(b->world, b->guest);
    if (stop == STOP_STEPS && !world_guest_is_over(b->world, b->guest)) {
        fprintf(stderr, "trapeze boot: %s: the limit of %" PRIu64 " steps was reached\n",
                b->line.operands[0], b->limit);
        return STATUS_LIMIT;
    }
    if (end.state == VM_STUCK || stop == STOP_STUCK)
        return tell_stuck(b, end);
    // A kernel that panics asks for a reboot too, and gives no other reason (Linux with panic=1).
    if (end.state == VM_OFF && end.wants_reboot) {
        fprintf(stderr,
                "trapeze boot: %s asked for a reboot; it is not started again, because a kernel "
                "that fails asks for the same\n",
                b->line.operands[0]);
        return STATUS_FAILED;
    }
    if (end.state != VM_FAILED)
        return STATUS_DONE;
    fprintf(stderr, "trapeze boot: %s powered off with failure code %" PRIu32 "\n",
            b->line.operands[0], end.code);
    return STATUS_FAILED;
}

// ---- the command

static int fail(const char *message, int status)
{
    fprintf(stderr, "trapeze boot: %s\n", message);
    return status;
}

// Each VMM in between takes about ten exits to deal with one exit of its guest, so the work grows
// by that factor with each level. A person at a terminal is told before the long silence.
static void tell_expected_work(const struct boot *b)
{
    u64 depth = b->line.value[OPTION_BOOT_DEPTH].number;
    bool asks = b->line.value[OPTION_BOOT_ENLIGHTENED].given; // its VMMs ask for whole switches
    if (depth < 5 || !isatty(STDERR_FILENO))
        return;
    fprintf(stderr,
            "trapeze boot: with %" PRIu64 " VMMs, one trap of the guest becomes about 10 traps at "
            "each further level; this may take minutes%s\n",
            depth, asks ? "" : " (--enlightened makes it faster)");
}

// Runs the world on the terminal. Returns the exit status, and leaves the reports to be written.
static int run_on_terminal(struct boot *b)
{
    char error[WORLD_ERROR];
    tell_expected_work(b);
    b->terminal = terminal_open(error, sizeof error);
    if (!b->terminal)
        return fail(error, STATUS_INTERNAL);
    machine_input_interactive(b->world->machine, terminal_is_interactive(b->terminal));
    enum stop stop = feed(b, 0) ? run(b) : STOP_ASKED;
    fflush(stdout);
    int signal = terminal_signal(b->terminal);
    terminal_close(b->terminal);
    // A program that a signal ends has the status 128 + signal, as shells count.
    return stop == STOP_ASKED && signal ? 128 + signal : judge(b, stop);
}

// Lets gdb run the world, until it kills the run, or detaches: the run then goes on to its end.
// While gdb is there, the keyboard stays with whoever has it: only a file or a pipe is the guest's
// input.
static int run_for_gdb(struct boot *b)
{
    char error[WORLD_ERROR];
    if (!isatty(STDIN_FILENO)) {
        b->terminal = terminal_open(error, sizeof error);
        if (!b->terminal)
            return fail(error, STATUS_INTERNAL);
        bool goes_on = feed(b, 0);
        terminal_close(b->terminal);
        if (!goes_on)
            return STATUS_DONE;
    }
    machine_input_interactive(b->world->machine, false);
    enum gdb_end how = gdb_serve(b->world, b->guest, (u32)b->line.value[OPTION_BOOT_GDB].number);
    fflush(stdout);
    if (how == GDB_FAILED)
        return STATUS_INTERNAL;
    return how == GDB_DETACHED ? run_on_terminal(b) : STATUS_DONE;
}

// A word about what the user may not expect.
static void tell_remarks(const struct boot *b)
{
    if (b->world->guest[b->guest].loaded.only_marked_compressed)
        fputs("trapeze boot: the kernel is marked as having compressed instructions, which T32 has "
              "not; its code holds none, so it runs\n",
              stderr);
}

// Returns true if no report would take the place of another, or of a file that the guest is made
// of.
static bool reports_fit(const struct boot *b)
{
    const struct option_value *value = b->line.value;
    const struct guest_plan *g = &b->plan.guest[b->guest];
    const struct report_path paths[] = {{"--state", value[OPTION_BOOT_STATE].text},
                                        {"--stats", value[OPTION_BOOT_STATS].text},
                                        {"--trace", value[OPTION_BOOT_TRACE].text}};
    const size_t count = sizeof paths / sizeof *paths;
    return reports_are_apart("boot", paths, count) &&
           reports_spare("boot", paths, count, g->image, "the image") &&
           (!g->initrd || reports_spare("boot", paths, count, g->initrd, "the initrd")) &&
           (!g->disk || reports_spare("boot", paths, count, g->disk, "the disk"));
}

static int boot(struct boot *b)
{
    const struct option_value *value = b->line.value;
    enum status why;
    char error[WORLD_ERROR];
    if (!reports_fit(b))
        return STATUS_USAGE;
    b->world = world_new(&b->plan, &why, error, sizeof error);
    if (!b->world)
        return fail(error, (int)why);
    tell_remarks(b);
    if (!reports_open(&b->reports, "boot", value[OPTION_BOOT_STATE].text,
                      value[OPTION_BOOT_STATS].text, value[OPTION_BOOT_TRACE].text))
        return STATUS_INPUT;
    b->consoles = consoles_new(b->world->machine);
    if (!b->consoles)
        return fail("not enough memory", STATUS_INTERNAL);
    machine_listen(b->world->machine, EVENT_BIT(EVENT_CONSOLE), put_console, b);
    reports_listen(&b->reports, b->world, b->guest);
    int status = value[OPTION_BOOT_GDB].given ? run_for_gdb(b) : run_on_terminal(b);
    return reports_write(&b->reports, b->world, b->guest, b->consoles) ? status : STATUS_INPUT;
}

// Options that belong to one run of one machine.
static const u8 not_with_twin[] = {OPTION_BOOT_STATE, OPTION_BOOT_STATS, OPTION_BOOT_TRACE,
                                   OPTION_BOOT_GDB};

static int boot_as_asked(struct boot *b)
{
    if (b->line.value[OPTION_BOOT_DASHBOARD].given)
        return boot_dashboard(&b->plan, &b->line);
    if (b->line.value[OPTION_BOOT_TWIN].given) {
        int status = options_exclude("boot", &b->line, "twin", not_with_twin, sizeof not_with_twin);
        return status >= 0 ? status : boot_twin(&b->plan, b->guest, b->limit);
    }
    return boot(b);
}

int cmd_boot(int argc, char **argv)
{
    struct boot *b = calloc(1, sizeof *b); // a plan is too large for the stack
    if (!b)
        return fail("not enough memory", STATUS_INTERNAL);
    world_plan_default(&b->plan);
    int status = read_options(b, argc, argv);
    if (status < 0)
        status = boot_as_asked(b);
    reports_close(&b->reports);
    consoles_free(b->consoles);
    world_free(b->world);
    free(b->image);
    free(b);
    return status;
}
