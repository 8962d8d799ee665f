// The inside of the machine, which the chapters of sim/ share. Callers of the machine see
// sim/machine.h only. The chapters below are in the order of their dependencies, callees first:
//
//     harts.c   turns, lines, time            memory.c  RAM as everybody reaches it
//     mmu.c     translation, TLB, walks       note.c    whose code a hart runs, as VMMs claim
//     events.c  listeners, stamps             ending.c  what ends a run: asked, power, stuck
//     units.c   consoles and disks            bus.c     RAM, a device, or nothing; the wires
//     trap.c    traps and the firmware          claims.c  what VMMs have claimed
//     watch.c   what somebody watches
//
// State and wiring are separate. `state`, `extra` and `core` are plain data that a snapshot
// copies. Everything else connects the parts with each other.
// Read next: sim/run.c.
#ifndef SIM_CORE_CORE_H
#define SIM_CORE_CORE_H

#include "isa/arch/h_extension.h"
#include "isa/arch/trap.h"
#include "isa/board/firmware.h"
#include "sim/machine.h"
#include "sim/state/pages.h"
#include "sim/watch.h"
#include "sim/core/claims.h"
#include "sim/core/tlb.h"
#include "sim/core/units.h"

#define LISTENERS_MAX 16
#define NEVER UINT64_MAX

// What a hart holds beside its architectural state.
struct hart_extra {
    u64 cost;             // cycles charged so far
    u64 charged[CHARGES]; // the same, by what they were charged for
    u64 storm_retired;    // what all harts had retired when a trap last changed nothing (ending.c)
    mpa reservation;      // of lr.w, while `reserved`
    bool reserved;
    bool storming; // its last trap changed nothing
    bool waiting;  // it is in machine_hart_idle
    bool owned;    // it runs code of a VM; owner, owner_vcpu and owner_mode say whose
    u8 owner_mode;
    bool called;     // console input came, and the monitor has not asked since
    bool owner_virt; // the VCPU runs a guest of its own, in guest mode
    u8 unused;
    u32 owner_vcpu;
    struct vm_path owner;
    // What was retired and charged when the hart last entered U. With a monitor: when the monitor
    // last got the hart, or gave it away.
    u64 user_retired, user_cost;
    struct hart_exit held; // a trap that the monitor gets when the machine goes on, if `taken`
};

// The result of the last walk of a hart with the hypervisor extension, for the trap that
// follows.
struct guest_fault {
    u64 gpa;
    u32 htinst;
};

// Who accesses memory, while an instruction of the extension is executed.
enum access_as {
    ACCESS_AS_ITSELF,
    ACCESS_AS_GUEST,      // hlv, hsv
    ACCESS_AS_GUEST_CODE, // hlvx
};

struct hart {
    struct hart_state state;
    struct hart_extra extra;
    struct h_state extension; // used if the machine has the profile ISA_H
    struct guest_fault fault;
    u8 access_as; // enum access_as
    struct machine *machine;
    u32 number;
    struct tlb *tlb;
    struct hart_exit *report; // a monitor wants traps described here; NULL: a bare kernel gets them
};

struct machine_core {
    struct board board;
    struct round round;
    u64 steps;
    u64 seq;   // events so far
    u32 power; // enum power
    u32 power_code;
    struct claims claims;
};

// An observer that wants to see guests come and go: sim/core/border.c.
struct border_watch {
    bool on;
    bool shown_is_good;      // `shown` is set, and its guest has not run since
    struct hart_state shown; // the hart as the observer saw it last, before its guest ran
    struct border last;
};

// Why an engine must return after its present step.
enum leave {
    LEAVE_TURN = 1, // somebody asked, input came, the power is off, or nothing can go on
    LEAVE_TRAP = 2, // there is a trap for the monitor
};

struct listener {
    u32 mask; // of event kinds; 0: nobody listens here
    event_listener *fn;
    void *context;
};

// Events that listeners told while all heard another one. They are told after that one.
struct later {
    struct event *events;
    size_t count, capacity;
};

struct machine {
    struct machine_core core;
    struct hart hart[HARTS_MAX];
    struct pages ram;
    struct units units;

    struct machine_config config;
    const struct engine *engine;
    void *engine_data; // the engine's own; no part of the state
    struct hart_state *states[HARTS_MAX];
    struct h_state *extensions[HARTS_MAX];
    struct board_wires wires;
    struct firmware firmware;
    struct monitor monitor;
    struct listener listeners[LISTENERS_MAX];
    int listeners_end; // nobody listens from here on
    u32 listened;      // all their masks together
    bool telling;      // the listeners hear an event now
    struct later later;

    // Of the run under way.
    bool running;
    bool delivering; // input arrives now
    u64 end;         // the value of core.steps to pause at: the run is over, or input is due
    u8 leave;        // enum leave, or-ed
    bool asked;      // machine_stop was called
    u64 begun;       // machine_in_step: the steps that were done when the next one began
    bool hold;       // machine_hold_trap was called, and no trap has come since
    bool interactive;
    struct border_watch border;
    struct watch watch;
    bool watches_insns; // some instruction is watched
    u32 current;        // the hart whose turn it is
    enum stuck stuck;
    u32 stuck_pc;
};

// Charges a cost to the hart. Under the wall clock the cost is time that passes. Under the
// virtual clock the cost is only counted.
static inline void hart_charge(struct hart *h, enum charge what, u32 cycles)
{
    h->extra.cost += cycles;
    h->extra.charged[what] += cycles;
    if (h->machine->config.clock == CLOCK_WALL)
        h->state.idle += cycles;
}
static inline bool hart_has_h(const struct hart *h)
{
    return h->machine->config.profile & ISA_H;
}

// Returns the state of the hypervisor extension, or NULL if the hart lacks it.
static inline struct h_state *hart_extension(struct hart *h)
{
    return hart_has_h(h) ? &h->extension : NULL;
}

// Returns the interrupt that the hart takes before its next instruction, or 0.
static inline u32 hart_next_interrupt(struct hart *h)
{
    if (hart_has_h(h))
        return h_interrupt(&h->state, &h->extension, hart_time(&h->state));
    return hart_interrupt(&h->state, hart_time(&h->state));
}

// ---- border.c: for an observer, if machine->border.on
void border_enter(struct hart *h);                               // an sret has left mode K
void border_leave(struct hart *h, const struct hart_exit *exit); // a trap has left mode U
bool border_lets_pass(struct hart *h); // false: the monitor's guest must not run yet

// To be called when a stay in U begins. `retired` counts the instruction that enters U, too.
static inline void hart_enters_user(struct hart *h, u64 retired)
{
    h->extra.user_retired = retired;
    h->extra.user_cost = h->extra.cost;
}

// ---- harts.c

u64 hart_cycles(const struct hart *h); // machine cycles so far

// Returns true if the hart runs code below its machine's kernel: in U, or in guest mode.
static inline bool hart_runs_guest(const struct hart *h)
{
    return h->state.mode == MODE_U || h->state.virt;
}

// What the hart did in U, or in guest mode, before the kernel or the monitor got it back.
struct stay {
    u32 ran;  // instructions retired
    u32 cost; // cycles charged
};
static inline struct stay hart_stay(const struct hart *h)
{
    if (!h->report && !hart_runs_guest(h))
        return (struct stay){0};
    return (struct stay){(u32)(h->state.retired - h->extra.user_retired),
                         (u32)(h->extra.cost - h->extra.user_cost)};
}

// Finds whose turn it is now. To be called before a step, and before input arrives.
enum round_state harts_next_turn(struct machine *m);
// The same for the frequent case: a turn of the current hart has ended, and the next hart can run.
// Returns false, and changes nothing, in all other cases.
bool harts_turn_passes(struct machine *m);
// Carries the board's interrupt lines to the harts.
void harts_see_lines(struct machine *m);
void harts_drop_reservations(struct machine *m);

// ---- memory.c: RAM at machine addresses. All but the first expect an address that was checked.

static inline bool memory_has(const struct machine *m, mpa address, u32 bytes)
{
    u32 size = m->config.ram, offset = address - BOARD_RAM;
    return address >= BOARD_RAM && bytes <= size && offset <= size - bytes;
}

static inline u8 *memory_at(const struct machine *m, mpa address)
{
    return m->ram.bytes + (address - BOARD_RAM);
}

static inline u32 memory_word(const struct machine *m, mpa address)
{
    const u8 *at = memory_at(m, address);
    return at[0] | (u32)at[1] << 8 | (u32)at[2] << 16 | (u32)at[3] << 24;
}

// 1, 2 or 4 bytes within a page. A load extends with zeroes; a store marks the page.
u32 memory_load(struct machine *m, mpa address, u32 size);
void memory_store(struct machine *m, mpa address, u32 size, u32 value);

// ---- mmu.c: returns 0 and the physical address, or the cause of a page fault or access fault

u32 mmu_translate(struct hart *h, gva va, enum access access, mpa *physical);
// The same after a miss in `set`, which is that of the hart's context.
u32 mmu_walk(struct hart *h, struct tlb_set *set, gva va, enum access access, mpa *physical);

// The TLB context of a hart that runs a guest. There the TLB keeps both stages together, so the
// context has a set even if the guest's own translation is off. A guest has nine views: U, K, K
// with SUM; each without MXR, with the guest's, and with the VMM's.
static inline u32 mmu_guest_context(const struct hart *h)
{
    u32 satp = h->state.satp, asid = satp & SATP_MODE ? SATP_ASID(satp) : TLB_NO_ASID;
    u32 view = sv32_view(h->state.mode, h->state.sstatus);
    if (h->extension.other.sstatus & SSTATUS_MXR)
        view = view % VIEW_U_MXR + VIEWS;
    return tlb_guest_context(HGATP_VMID(h->extension.hgatp), asid, view);
}

// The TLB context that the hart's accesses use now. TLB_OFF: there is no translation, and no TLB.
static inline u32 mmu_context(const struct hart *h)
{
    const struct hart_state *s = &h->state;
    if (s->virt)
        return mmu_guest_context(h);
    if (!(s->satp & SATP_MODE))
        return TLB_OFF;
    return tlb_context(SATP_ASID(s->satp), sv32_view(s->mode, s->sstatus));
}

// ---- watch.c

// Returns true if an instruction at this offset of its page must be examined when it is
// executed.
bool watch_wants(const struct watch *w, u32 offset, const struct decoded *d);
// To be called before the instruction at pc is executed, if watches_insns is true: reports the
// instruction if it is watched. Returns false if it must not be executed now, because the run
// must end before it.
bool watch_insn(struct hart *h, const struct decoded *d);
// Returns true if a hart in this state must report the instructions of this page
// (PAGE_WATCHED_CODE).
static inline bool watch_has_code(const struct machine *m, const struct hart_state *h, mpa address)
{
    return (m->ram.flags[(address - BOARD_RAM) >> PAGE_SHIFT] & PAGE_WATCHED_CODE) &&
           h->mode == MODE_K && !h->virt;
}
void watch_code(struct hart *h, mpa address);
// To be called for an access to a page with PAGE_WATCHED.
void watch_access(struct machine *m, enum watched_kind kind, mpa address, u32 bytes);
// To be called before a program reads RAM.
static inline void watch_read(struct machine *m, mpa address, u32 bytes)
{
    if (m->ram.flags[(address - BOARD_RAM) >> PAGE_SHIFT] & PAGE_WATCHED_READS)
        watch_access(m, WATCHED_READ, address, bytes);
}

// ---- note.c

// The VM whose code the hart runs, and the mode in which its VCPU believes to be.
struct running {
    struct vm_path path;
    u8 mode, vcpu;
    // Its kernel is in U, too. The VMM that says that it runs this VM has no guest mode for it,
    // and gets its traps.
    bool deprivileged;
};
void note_running(const struct hart *h, struct running *r);
// To be called when the hart executes the hint NOTE_HINT_A0: takes the note that the hint points
// to.
void note_take(struct hart *h);

// ---- events.c

// Counts an event that is about to happen. Returns true if somebody listens for it, so that it
// must be made and sent.
static inline bool event_wanted(struct machine *m, enum event_kind kind)
{
    m->core.seq++;
    return m->listened & EVENT_BIT(kind);
}
// Stamps and sends an event that event_wanted has counted.
void event_send(struct hart *h, const struct vm_path *path, const struct note *note, u32 cost);
// The same for an event that ends a stay in U, that of the VM `by`.
void event_send_stay(struct hart *h, const struct vm_path *path, const struct note *note,
                     const struct vm_path *by, struct stay stay, u32 cost);
// The same where path, by and note are filled in already.
void event_post(struct hart *h, struct event *e, struct stay stay, u32 cost);

// ---- ending.c

// Returns true if input would wake one of the harts, all of which wait.
bool ending_hears_input(const struct machine *m);
// To be called when a trap was entered that changed nothing at all: the machine may be stuck
// (isa/arch/stuck.h).
void trap_changed_nothing(struct hart *h);

// ---- bus.c: accesses of a program. They return 0, or the cause of the trap and its stval in
// *tval.

u32 bus_fetch(struct hart *h, gva va, u32 *word);
u32 bus_load(struct hart *h, gva va, u32 size, u32 *value, gva *tval);
u32 bus_store(struct hart *h, gva va, u32 size, u32 value, gva *tval);
// Finds the physical address of an aligned word of RAM, for lr.w, sc.w and AMO. A device does not
// answer these.
u32 bus_atomic(struct hart *h, gva va, enum access access, mpa *physical);
// Connects the board and the firmware to this machine.
void bus_wire(struct machine *m);

// ---- trap.c

// Takes a trap, which is one step: it is entered, or described to the monitor.
void trap_take(struct hart *h, u32 cause, u32 tval, u32 insn);
// The same, for a caller after trap_take_quietly has returned false.
void trap_take_openly(struct hart *h, u32 cause, u32 tval, u32 insn);

// Enters the trap handler, in a machine with the hypervisor extension.
void trap_enter_with_h(struct hart *h, u32 cause, u32 tval);

// Returns true if a guest in guest mode takes this trap itself.
static inline bool trap_is_delegated(const struct hart *h, u32 cause)
{
    return h->state.virt && h_is_delegated(&h->state, &h->extension, cause);
}

// Returns true if the monitor gets this trap.
static inline bool trap_is_reported(const struct hart *h, u32 cause)
{
    return h->report && !trap_is_delegated(h, cause);
}

// Returns the cost of entering the handler that this trap goes to. A trap that leaves guest mode
// is a switch.
static inline u32 trap_cost(const struct hart *h, u32 cause)
{
    const struct costs *costs = &h->machine->config.costs;
    bool leaves_guest = h->state.virt && !trap_is_delegated(h, cause);
    return costs->trap + (leaves_guest ? costs->exit : 0);
}

static inline void trap_enter_charged(struct hart *h, u32 cause, u32 tval)
{
    hart_charge(h, CHARGE_TRAP, trap_cost(h, cause));
    h->extra.storming = false;
    if (hart_has_h(h))
        trap_enter_with_h(h, cause, tval);
    else if (!trap_enter(&h->state, cause, tval))
        trap_changed_nothing(h);
}

// A VMM pays for its access to a register of its guest. Returns true if that made time pass.
static inline bool record_charged(struct hart *h, u32 csr_insn)
{
    u32 cost = h->machine->config.costs.record;
    bool is_guests = (csr_insn >> 28 & 3) == 2; // bits 9:8 of a CSR's number: h* and vs*
    if (!cost || !is_guests || h->state.virt)
        return false;
    hart_charge(h, CHARGE_TRAP, cost);
    return true;
}

// Does an sret, after which pc is where the hart goes on. `retired` counts the sret itself.
static inline void trap_return_charged(struct hart *h, u64 retired)
{
    bool was_guest = h->state.virt;
    if (hart_has_h(h))
        h_trap_return(&h->state, &h->extension);
    else
        trap_return(&h->state);
    hart_charge(h, CHARGE_TRAP, h->machine->config.costs.sret);
    if (was_guest) // its stay goes on
        return;
    if (h->state.virt)
        hart_charge(h, CHARGE_TRAP, h->machine->config.costs.entry);
    hart_enters_user(h, retired);
    if (h->machine->border.on)
        border_enter(h);
}

// The frequent case of trap_take: the trap of a bare kernel, for which nobody listens. Returns
// false, and does nothing, for any other trap.
static inline bool trap_take_quietly(struct hart *h, u32 cause, u32 tval)
{
    struct machine *m = h->machine;
    if (trap_is_reported(h, cause) || m->border.on ||
        (m->listened & (EVENT_BIT(EVENT_TRAP) | EVENT_BIT(EVENT_EXIT))))
        return false;
    m->core.steps++;
    m->core.seq++;
    trap_enter_charged(h, cause, tval);
    return true;
}

// Answers an ecall from K. Returns false if the power is off or the hart has stopped itself: then
// pc stays where it is, and nothing is retired.
bool trap_firmware(struct hart *h, u32 insn);

#endif
