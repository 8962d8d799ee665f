// The machine: harts, MMU, memory, the board, firmware and clock. A program makes one, runs it,
// stops it, looks into it, and goes back in its time. Everything that decides what happens next is
// plain data in the machine (harts, board, RAM, disks, input), so a snapshot is a copy of it.
//
//     machine_new -> load a kernel -> machine_run ... machine_run -> machine_free
//                    (sim/load/load.h)   |
//                                        a hart takes its turn:
//                                            its kernel runs bare (sim/engine/engine.h), or
//                                            a resident monitor owns mode K and runs guests in U
//
// A machine is not thread-safe. Machines are independent of each other.
// Read next: sim/event.h.
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include "isa/arch/h_extension.h"
#include "isa/arch/hart.h"
#include "isa/arch/round.h"
#include "isa/board/board.h"
#include "sim/event.h"
#include "sim/machine_config.h"

#include <stdio.h>

// Why machine_run returned.
enum stop {
    STOP_STEPS, // the steps asked for are done
    STOP_ASKED, // machine_stop was called, by a listener for example; the step it was in is over
    STOP_POWER, // the power is off: see machine_power
    STOP_STUCK, // nothing can ever happen again: see machine_stuck
    STOP_INPUT, // every hart waits, only console input can wake one, and more input may come
};

// Why nothing can ever happen again. The definition is in isa/arch/stuck.h.
enum stuck {
    STUCK_NOT,
    STUCK_WFI,   // every hart is parked in `wfi`, and no interrupt can ever become pending
    STUCK_STORM, // the trap handler's own fetch faults, and that changes nothing
    STUCK_HALT,  // every hart was stopped through the firmware (HSM)
};

struct machine;
struct hart;

// Returns NULL, and writes a message to `error` (at least 160 bytes), if the configuration is out
// of range or there is no memory.
struct machine *machine_new(const struct machine_config *config, char *error, size_t error_size);
void machine_free(struct machine *m);
const struct machine_config *machine_config(const struct machine *m);

// Starts hart 0 at `entry` with a1 = device_tree; all other harts are stopped. RAM and devices stay
// as they are.
void machine_boot(struct machine *m, u32 entry, u32 device_tree);

// ---- running

// Runs at most `steps` steps. A step is a retired instruction or a trap taken, on any hart. A
// caller may divide a run into pieces of any size: the events and the state stay the same.
enum stop machine_run(struct machine *m, u64 steps);
// Asks the present run to end when its present step is over.
void machine_stop(struct machine *m);
// Returns true if the present run, or the last one, has already begun what belongs to the next
// step. Before the next instruction another hart gets its turn, and a monitor chooses a VCPU or
// injects an interrupt. An instruction that is watched may be told when its fetch has already
// walked the page tables. A run that machine_stop ends may stand there. A run that ends because
// its steps are done does not.
bool machine_in_step(const struct machine *m);
u64 machine_steps(const struct machine *m);
// Returns true if every hart waits. Only a deadline or input can then make a hart go on.
bool machine_waits(const struct machine *m);
u64 machine_cycles(const struct machine *m); // of the hart whose time is the latest
// How many events it has had, whether or not anybody heard them: the `seq` of the next one.
u64 machine_events(const struct machine *m);
// Returns true if the present turn must pause or end: its steps are done, machine_stop was
// called, input came, or the power is off.
bool machine_leaving(const struct machine *m);
// For a listener that hears EVENT_EXIT: the run ends between this trap and what the VMM does about
// it, and the next run goes on there. A monitor gets the trap only then. A VMM that is guest code
// needs several steps anyway, so for it this is machine_stop.
void machine_hold_trap(struct machine *m);
enum power machine_power(const struct machine *m, u32 *code); // `code` may be NULL
enum stuck machine_stuck(const struct machine *m, u32 *pc);   // `pc` may be NULL
void machine_power_off(struct machine *m, enum power why, u32 code);

// Returns the hart whose turn it is: the hart that takes the next step. This call may end a
// round and let time pass, as the next step would (isa/arch/round.h). So call it only when a
// step follows.
u32 machine_turn(struct machine *m);

// Why a hart left U: the trap that took it out.
struct hart_exit {
    bool taken;  // false: there was no trap, since the limit was reached or the run was paused
    bool paused; // machine_leaving, short of the limit; the next machine_hart_run goes on
    u32 cause, tval, pc, insn; // of the trap, if one was taken
    // Of a guest page fault (isa/arch/h_extension.h), as the registers of the same names would hold
    // it; else 0.
    u32 htval, htinst;
    // True if a guest in guest mode cannot go on by itself: the fetch of its own trap handler
    // faulted.
    bool caught;
    u32 own; // traps that a guest in guest mode took itself
};

// The border of mode K. While it is watched, machine_run also ends, as if it was asked to, at
// two places: when a hart is about to run its first instruction in U since mode K (or the
// monitor) had the hart, and when a hart has left U, by a trap or because the monitor wanted no
// more instructions. Watching changes only where a run ends. The machine lives the same life.
enum border_kind {
    BORDER_NONE, // the last run ended for another reason
    BORDER_ENTERED,
    BORDER_LEFT,
};
struct border {
    enum border_kind kind;
    u32 hart;
    struct hart_exit exit; // of BORDER_LEFT: the trap if one was taken; and always the pc in U
};
void machine_watch_border(struct machine *m, bool watch);
const struct border *machine_border(const struct machine *m); // why the last run ended

// ---- looking and touching: to look changes no TLB entry, no A bit, no tick, and sends no event
struct hart_state *machine_hart(struct machine *m, u32 hart);
// For a machine with the profile ISA_H: returns what the hypervisor extension adds to the hart.
struct h_state *machine_hart_extension(struct machine *m, u32 hart);

// Returns RAM as bytes: machine address BOARD_RAM + offset. The pointer stays valid for the life
// of the machine. Before you write through it, call machine_touch, which marks the pages dirty
// and forgets what an engine decoded from them.
u8 *machine_ram(struct machine *m);
void machine_touch(struct machine *m, mpa address, u32 bytes);
u8 *machine_page(struct machine *m, mpa page); // the bytes of a page of RAM, touched already
bool machine_ram_has(const struct machine *m, mpa address, u32 bytes);
// They return false, and do nothing, if any of these bytes is not RAM.
bool machine_read(struct machine *m, mpa address, void *to, u32 bytes);
bool machine_write(struct machine *m, mpa address, const void *from, u32 bytes);
// Returns true if this page was written since the machine was new. All other pages are zero. A
// caller that hashes or copies RAM can skip them, and the host needs no memory for them.
bool machine_page_used(const struct machine *m, mpa page);

// ---- consoles and disks, by unit: unit 0 is the machine's own UART and virtio disk; a resident
// monitor serves its n-th VM with unit n. A unit (0 to 4095) is made when it is first named. All of
// it is machine state, so it goes into snapshots.

// Each byte of output is an event (EVENT_CONSOLE), and the machine does not keep the bytes. It
// keeps their number and their hash (sim/state/hash.h). So a listener that collects the text
// knows where to cut it after going back. This call sends the event of unit 0; a monitor sends
// the events of its VMs.
void machine_output(struct machine *m, u32 unit, u8 byte);
u64 machine_output_count(const struct machine *m, u32 unit);
u64 machine_output_hash(const struct machine *m, u32 unit);

// Input goes to the unit, and to the tape (sim/state/tape.h) together with the step at which it
// came: after a restore it comes again at that step. If the tape has later input and a caller
// gives new input, another future begins: the rest of the tape is forgotten. Returns false if
// there is no such unit or no memory, or if the caller is a listener of EVENT_INPUT, which would
// hear of its own input without end.
bool machine_input(struct machine *m, u32 unit, const void *bytes, size_t count);
// To be called after going back, if somebody types the input again: forgets the rest of the
// tape.
void machine_input_forget(struct machine *m);
// If `open` is true, more input may come, so a machine that waits for input is not stuck.
void machine_input_interactive(struct machine *m, bool open);
int machine_input_next(struct machine *m, u32 unit); // takes the next byte, or returns -1

// Attaches a disk. The bytes are copied, and padded to whole sectors of 512 bytes. Returns
// false, with a message in `error`, if there is no such unit, if the disk is larger than 2 GiB,
// or if there is no memory.
bool machine_disk_attach(struct machine *m, u32 unit, const void *bytes, u64 count, char *error,
                         size_t error_size);
u64 machine_disk_sectors(const struct machine *m, u32 unit);
bool machine_disk_read(struct machine *m, u32 unit, u64 sector, void *to);
bool machine_disk_write(struct machine *m, u32 unit, u64 sector, const void *from);

// ---- events

// Calls fn for each event whose kind is in `mask` (EVENT_BIT). Returns a number for
// machine_unlisten, or -1 if there are 16 listeners already. If a listener itself sends an event
// (machine_tell), this event waits until all listeners have heard the present one. So all
// listeners hear the same order.
int machine_listen(struct machine *m, u32 mask, event_listener *fn, void *context);
void machine_unlisten(struct machine *m, int id);
// While the machine is mute, nobody hears its events. This is for a run that machine_restore
// will undo.
void machine_mute(struct machine *m, bool mute);
bool machine_listened(const struct machine *m, enum event_kind kind);
// Stamps and sends an event about the VM `path`; NULL: about the machine itself.
void machine_tell(struct machine *m, u32 hart, const struct vm_path *path, const struct note *note,
                  u32 cost);

// ---- a resident monitor: native code that owns mode K (the VMM as L0)

struct monitor {
    void *context;
    // Uses the hart for at most `steps` steps, by machine_hart_run, which counts them: an
    // instruction retired is one, a trap is one. Then its turn is over. It returns earlier after
    // machine_hart_idle, and when machine_leaving: then it goes on later as if nothing had been,
    // since whoever watches a run must not change it.
    void (*use_hart)(void *context, u32 hart, u64 steps);
};
// Takes over mode K of every hart. All harts are started. What interrupts them is the timer
// (stimecmp, which machine_hart_idle sets) and the kick (SSIP).
void machine_monitor(struct machine *m, const struct monitor *monitor);
// The monitor begins to do what comes before the next step (machine_in_step).
void machine_monitor_begins(struct machine *m);
bool machine_has_monitor(const struct machine *m);

// Runs guest code in U on this hart, from its hart_state, until `limit` instructions have retired
// or a trap (an interrupt is one) would enter mode K. The trap is described and not entered.
// Returns the instructions retired.
//
// With the hypervisor extension a hart whose hart_state.virt is set runs a guest in guest mode: in
// U or K, as its mode says, by the controls in its h_state. The active bank is the guest's, before
// and after. The guest takes the traps that were delegated to it, and `limit` counts them, too. Its
// `wfi` does not wait if hstatus.VTW lets it pass.
u64 machine_hart_run(struct machine *m, u32 hart, u64 limit, struct hart_exit *exit);
// Returns true if such a run is not over yet. The hart then has the newest registers of the
// guest.
bool machine_hart_is_busy(const struct machine *m, u32 hart);
// The next machine_hart_run also ends before the first instruction at this time or later, by a trap
// with cause CAUSE_TIMER. A run that was paused keeps its timer when it goes on.
void machine_hart_timer(struct machine *m, u32 hart, u64 until);

// Says that the hart has nothing to do until its time reaches `until` (all ones: until it is
// kicked). Other harts go on. If every hart is idle, time jumps to the first of these moments.
void machine_hart_idle(struct machine *m, u32 hart, u64 until);
// Ends the idling of this hart, or else the next machine_hart_run on it: at once, by a trap with
// cause CAUSE_SOFTWARE, which clears SSIP.
void machine_hart_kick(struct machine *m, u32 hart);
// Returns true if console input has arrived since the last call of this function. Input kicks
// every hart, too.
bool machine_hart_called(struct machine *m, u32 hart);
u64 machine_hart_now(const struct machine *m, u32 hart); // `time` as this hart reads it
// The monitor tells what it does about its VM `path` on this hart. That charges the hart `cost`
// cycles, and the guest's stay on the hart ends here (struct event: ran, ran_cost).
void machine_monitor_tell(struct machine *m, u32 hart, const struct vm_path *path,
                          const struct note *note, u32 cost);
// The cycles charged so far, for whatever reason (walks, devices, the monitor).
u64 machine_hart_charged(const struct machine *m, u32 hart);
u64 machine_hart_charged_for(const struct machine *m, u32 hart, enum charge what);
// Whose code this hart runs from now on, for the stamps of its events (NULL: the machine's own),
// and in which virtual mode (enum mode).
void machine_hart_owner(struct machine *m, u32 hart, const struct vm_path *path, u32 vcpu);
void machine_hart_owner_mode(struct machine *m, u32 hart, u32 virtual_mode, bool virt);
// Forgets translations on this hart: of every address, or of *va alone; of every ASID, or of *asid
// alone. NULL means every one. With both NULL those of guests in guest mode go, too.
void machine_hart_flush(struct machine *m, u32 hart, const u32 *va, const u32 *asid);
// The same for guests in guest mode with this VMID.
void machine_hart_flush_guest(struct machine *m, u32 hart, u32 vmid, const u32 *va,
                              const u32 *asid);
void machine_hart_drop_reservation(struct machine *m, u32 hart);
// The monitor's VMM keeps its records at this address (hypervisor/vm.h). A VMM that is guest code
// announces its own by a note (isa/note.h).
void machine_announce(struct machine *m, mpa descriptor);
// Returns where the VMM that is the kernel of this VM ({}: of the machine) keeps its records, as
// an address in the VMM's own physical memory. Returns 0 if the VMM has not told it.
u32 machine_descriptor(const struct machine *m, const struct vm_path *path);

// ---- snapshots

struct snapshot;
struct snapshot *machine_snapshot(struct machine *m); // NULL: out of memory
// How many pages of RAM a snapshot would copy now: those that were written since the last one.
u32 machine_pages_to_save(const struct machine *m);
// Makes the machine what it was. It may also be another machine with as much RAM and as many harts.
// Events are not sent again, and listeners stay. Not while the machine runs.
void machine_restore(struct machine *m, const struct snapshot *s);
void snapshot_free(struct snapshot *s);
// Returns true if the two snapshots share the page of RAM at this address. If they belong to one
// run, nobody wrote to the page between them.
bool snapshot_same_page(const struct snapshot *a, const struct snapshot *b, mpa address);
// Gives the memory of the RAM back to the host. Before machine_restore the machine can then only
// be freed.
void machine_rest(struct machine *m);
// Returns how many bytes of host memory a snapshot needs beyond those that it shares with
// `before`, another snapshot of the same machine. If `before` is NULL, returns how many it needs
// in all.
size_t snapshot_bytes(const struct snapshot *s, const struct snapshot *before);
// Prints a line for each difference (hart fields, board, RAM pages, units) to `to` (may be NULL),
// at most `most` lines. Returns the number of differences.
u32 machine_compare(struct machine *a, struct machine *b, FILE *to, u32 most);
// A hash of the state: equal machines have equal hashes, on every host.
u64 machine_hash(struct machine *m);

#endif
