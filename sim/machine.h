// The machine: harts, MMU, memory, the board, firmware and clock; run, stop, look, snapshot.
// Everything that decides what happens next is plain data in here (harts, board, RAM, disk, input
// log): a snapshot is a copy.
//
//      machine_new -> load a kernel (sim/load/load.h) -> machine_run ... machine_run -> machine_free
//                                                       |
//                   each turn of a hart: its kernel runs bare (sim/engine/engine.h), or a resident monitor owns mode K
//
// Not thread-safe; machines are independent of each other.
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include "isa/arch/hart.h"
#include "isa/arch/round.h"
#include "isa/board/board.h"
#include "sim/event.h"

#include <stdio.h>

enum clock { CLOCK_VIRTUAL, CLOCK_WALL };
// Ways to run the same machine: sim/engine/engine.h. `jit` is `fast` where the host is none that it
// can translate to.
enum engine_choice { ENGINE_JIT, ENGINE_FAST, ENGINE_PLAIN };

// Cycles charged beyond the one of a retired instruction. Any of them may be 0.
struct costs {
    u32 trap;     // entering a trap handler or an exit
    u32 sret;     // returning from one
    u32 walk;     // each page-table entry read by a walk
    u32 device;   // a device access
    u32 firmware; // an SBI call
    // What a native VMM's handling counts for, since its own instructions are not the machine's:
    u32 emulate, fill, reflect, inject, schedule;
};
extern const struct costs costs_default;

struct machine_config {
    u32 ram;   // bytes: 64 KiB to 2 GiB, a multiple of 4096
    u32 harts; // 1 to HARTS_MAX
    enum clock clock;
    bool holes;              // the ISA profile with sensitive unprivileged instructions
    bool adue;               // hardware sets A and D
    bool misaligned_emulate; // firmware carries out misaligned loads and stores
    enum engine_choice engine;
    bool eager; // jit: translates whatever runs, not only what runs often: slower, for tests
    u64 seed;   // of whatever a scenario draws; the machine itself draws nothing
    struct costs costs;
};
struct machine_config machine_config_default(
    void); // 128 MiB, 1 hart, virtual clock, jit, options off

enum stop {
    STOP_STEPS, // the steps asked for are done
    STOP_ASKED, // machine_stop was called (by a listener, a breakpoint): the current step is
                // complete
    STOP_POWER, // the power is off: see machine_power
    STOP_STUCK, // no progress is possible, ever: see machine_stuck
    STOP_INPUT, // every hart waits, and only console input can wake one (input is interactive and
                // still open)
};

enum stuck {
    STUCK_NOT,
    STUCK_WFI,   // all parked in `wfi`, no interrupt can ever become pending
    STUCK_STORM, // stvec's own fetch faults with nothing changing
    STUCK_HALT,  // every hart was stopped through HSM
};

struct machine;
struct hart;

// NULL, and a message in error (at least 160 bytes), if the configuration is out of range or memory
// cannot be had.
struct machine *machine_new(const struct machine_config *config, char *error, size_t error_size);
void machine_free(struct machine *m);
const struct machine_config *machine_config(const struct machine *m);

// Starts hart 0 at `entry` with a1 = device_tree, all others stopped. Nothing else is touched.
void machine_boot(struct machine *m, u32 entry, u32 device_tree);

// ---- running

// Runs at most `steps` steps (a step is a retired instruction or a trap taken, on any hart).
// Chopping a run into pieces changes nothing: same events, same state.
enum stop machine_run(struct machine *m, u64 steps);
void machine_stop(struct machine *m); // ask the run under way to end after this step
u64 machine_steps(const struct machine *m);
u64 machine_cycles(const struct machine *m); // the latest among the harts
// Somebody wants the turn under way to end: asked, input came, the power is off.
bool machine_leaving(const struct machine *m);
enum power machine_power(const struct machine *m, u32 *code);
enum stuck machine_stuck(const struct machine *m, u32 *pc);
void machine_power_off(struct machine *m, enum power why, u32 code);

// ---- looking and touching (no TLB, A bit, tick or event is touched by a look)

struct hart_state *machine_hart(struct machine *m, u32 hart);

// RAM as bytes, machine address BOARD_RAM + offset. The pointer stays valid for the life of the
// machine. Writing through it needs machine_touch first for each page, which marks it dirty and
// forgets what was decoded from it.
u8 *machine_ram(struct machine *m);
void machine_touch(struct machine *m, mpa address, u32 bytes);
u8 *machine_page(struct machine *m, mpa page); // the bytes of a page of RAM, touched
bool machine_ram_has(const struct machine *m, mpa address, u32 bytes);
bool machine_read(struct machine *m, mpa address, void *to, u32 bytes); // false: outside RAM
bool machine_write(struct machine *m, mpa address, const void *from, u32 bytes);
// Pages that were ever written since the machine was new (for hashing and copying without touching
// the others).
bool machine_page_used(const struct machine *m, mpa page);

// ---- consoles and disks, by unit: 0 is the machine's own UART and virtio disk; a resident monitor
// serves its n-th VM with unit n. Units are made when first named (0 to 4095). All of it is machine
// state: in snapshots, logged, replayed.

// Output goes by in events (EVENT_CONSOLE); what is kept is how many bytes there were and their
// hash (FNV-1a, 64 bits), so that whoever collects the text knows where to cut it after going back.
void machine_output(struct machine *m, u32 unit,
                    u8 byte); // unit 0 tells the event; a monitor tells its VMs' own
u64 machine_output_count(const struct machine *m, u32 unit);
u64 machine_output_hash(const struct machine *m, u32 unit);
// Appended to the input, and to the tape with the step it came at: after a restore it comes again
// at that step. Giving input while the tape has some to come starts another future: the rest of the
// tape is forgotten. False: no such unit, or no memory.
bool machine_input(struct machine *m, u32 unit, const void *bytes, size_t count);
void machine_input_interactive(struct machine *m,
                               bool open); // open: more may come, so waiting is not being stuck
int machine_input_next(struct machine *m, u32 unit); // takes the next byte, or -1
// Copied, padded to 512 bytes. False and a message when memory lacks.
bool machine_disk_attach(struct machine *m, u32 unit, const void *bytes, u64 count, char *error,
                         size_t error_size);
u64 machine_disk_sectors(const struct machine *m, u32 unit);
bool machine_disk_read(struct machine *m, u32 unit, u64 sector, void *to);
bool machine_disk_write(struct machine *m, u32 unit, u64 sector, const void *from);

// ---- events

// Calls fn for each event whose kind is in `mask`. At most 16 listeners; returns an id, or -1 when
// full.
int machine_listen(struct machine *m, u32 mask, event_listener *fn, void *context);
void machine_unlisten(struct machine *m, int id);
bool machine_listened(const struct machine *m, enum event_kind kind);
// Stamps and sends. `path` NULL: the machine itself.
void machine_tell(struct machine *m, u32 hart, const struct vm_path *path, const struct note *note,
                  u32 cost);

// ---- a resident monitor: native code that owns mode K (the VMM as L0)

struct monitor {
    void *context;
    // Use hart `hart` for at most `steps` steps, by machine_hart_run, which counts them: an
    // instruction retired is one, a trap is one. Returns the steps used; 0 only after
    // machine_hart_idle or while machine_leaving. Must return when machine_leaving.
    u64 (*turn)(void *context, u32 hart, u64 steps);
};
// Takes over mode K of every hart: all are started; the timer (stimecmp, set by idle) and the kick
// (SSIP) are what interrupts them.
void machine_monitor(struct machine *m, const struct monitor *monitor);
bool machine_has_monitor(const struct machine *m);

// Runs guest code in U on this hart from its hart_state, until `limit` instructions have retired or
// a trap (interrupts included) would enter mode K. The trap is not entered: it is described.
// Returns the instructions retired.
struct hart_exit {
    bool taken; // false: the limit was reached, or machine_leaving
    u32 cause, tval, pc, insn;
};
u64 machine_hart_run(struct machine *m, u32 hart, u64 limit, struct hart_exit *trap);
// The next machine_hart_run also ends, as if by its limit, before the first instruction at this
// time or later; at least one is run.
void machine_hart_timer(struct machine *m, u32 hart, u64 until);

// The hart has nothing to do until its time reaches `until` (all ones: until somebody kicks it).
// Other harts go on; if all idle, time jumps.
void machine_hart_idle(struct machine *m, u32 hart, u64 until);
// The hart's next machine_hart_run ends at once in a trap with cause CAUSE_SOFTWARE (SSIP is
// cleared by that), or its idling is over.
void machine_hart_kick(struct machine *m, u32 hart);
// Has console input arrived since this was asked last? (It kicks, too.)
bool machine_hart_called(struct machine *m, u32 hart);
u64 machine_hart_now(const struct machine *m, u32 hart); // `time` as this hart reads it
// The monitor tells what it does about its VM `path` on this hart, which charges the hart so many
// cycles, and ends what ran there.
void machine_monitor_tell(struct machine *m, u32 hart, const struct vm_path *path,
                          const struct note *note, u32 cost);
// cycles charged so far, for whatever reason (walks, devices, the monitor)
u64 machine_hart_charged(const struct machine *m, u32 hart);
// Whose code this hart runs from now on, for the stamps of its events; NULL: the machine's own. And
// in which virtual mode (enum mode).
void machine_hart_owner(struct machine *m, u32 hart, const struct vm_path *path, u32 vcpu);
void machine_hart_owner_mode(struct machine *m, u32 hart, u32 virtual_mode);
// Forget translations on this hart: all = every ASID; else those of `asid`, at `va` or everywhere
// (va = NULL).
void machine_hart_flush(struct machine *m, u32 hart, const u32 *va, const u32 *asid);
void machine_hart_drop_reservation(struct machine *m, u32 hart);
// The monitor's VMM keeps its records here (hypervisor/vm.h). VMMs that are guest code announce
// theirs by a note (isa/note.h).
void machine_announce(struct machine *m, mpa descriptor);
// Where the VMM that is the kernel of this VM ({}: of the machine) says its records are, in its own
// physical memory; 0: it has not said.
u32 machine_descriptor(const struct machine *m, const struct vm_path *path);

// ---- snapshots

struct snapshot;
struct snapshot *machine_snapshot(struct machine *m); // NULL: out of memory
// Into the machine it was taken of, or another of the same RAM and harts. Events are not replayed;
// listeners stay.
void machine_restore(struct machine *m, const struct snapshot *s);
void snapshot_free(struct snapshot *s);
// Prints a line for each difference (hart fields, board, RAM pages) to `to` (may be NULL), at most
// `most`; returns the number of differences.
u32 machine_compare(struct machine *a, struct machine *b, FILE *to, u32 most);
// One number for the same state: equal machines have equal hashes, on every host.
u64 machine_hash(struct machine *m);

#endif
