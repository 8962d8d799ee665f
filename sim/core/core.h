// The machine from inside: what the chapters of sim/ share. Its callers see sim/machine.h only.
//
//     machine.c  life            run.c      rounds, stops              engine.h   how instructions run
//     mmu.c      translation     bus.c      RAM or device              trap.c     traps and firmware
//     events.c   who listens     snapshot.c save, restore, compare     units.c    consoles and disks
//     memory.c   RAM             monitor.c  a resident VMM's side
//
// State and wiring are kept apart: `state`, `extra` and `core` are plain data that a snapshot
// copies; the rest is how the parts find each other.
#ifndef SIM_CORE_CORE_H
#define SIM_CORE_CORE_H

#include "isa/arch/trap.h"
#include "isa/board/firmware.h"
#include "sim/machine.h"
#include "sim/state/pages.h"
#include "sim/core/tlb.h"
#include "sim/core/units.h"

#define LISTENERS_MAX 16
#define NEVER UINT64_MAX

// What a hart holds beside its architectural state.
struct hart_extra {
    u64 cost;          // cycles charged so far
    u64 storm_retired; // instructions that all harts had retired when a trap last changed nothing:
                       // see trap_take
    mpa reservation;   // of lr.w, when `reserved`
    bool reserved;
    bool storming;
    bool waiting; // in machine_hart_idle
    bool owned;   // runs code of a VM: the next three say whose
    u8 owner_mode;
    bool called; // console input came, and the monitor has not asked since
    u8 unused[2];
    u32 owner_vcpu;
    struct vm_path owner;
    u64 user_retired, user_cost; // what was retired and charged when the hart last entered U (with
                                 // a monitor: when that last got or gave it)
};

struct hart {
    struct hart_state state;
    struct hart_extra extra;
    struct machine *machine;
    u32 number;
    struct tlb *tlb;
    struct hart_exit *report; // where to describe a trap instead of entering it; NULL: this hart's
                              // kernel runs bare
};

// What a VMM has told of itself: sim/core/note.c.
struct vmm_claim {
    struct vm_path path; // of the VM that it is the kernel of; {}: of the machine
    u32 descriptor;      // where its records are, in its physical memory; 0: not said
    mpa record;          // in the machine: the struct hart_state of the VCPU it runs; 0: not known
    u16 vm;              // which of its VMs runs; 0: none yet
    u8 vcpu;
    u8 unused;
};
#define CLAIMS_MAX 32

struct machine_core {
    struct board board;
    struct round round;
    u64 steps;
    u64 seq;   // events so far
    u32 power; // enum power
    u32 power_code;
    u32 claims;
    struct vmm_claim claim[CLAIMS_MAX];
};

enum leave {
    LEAVE_TURN =
        1, // the turn is over: somebody asked, input came, the power is off, nothing can go on
    LEAVE_TRAP = 2, // a trap for the monitor
};

struct listener {
    u32 mask; // 0: free
    event_listener *fn;
    void *context;
};

struct machine {
    struct machine_core core;
    struct hart hart[HARTS_MAX];
    struct pages ram;
    struct units units;

    struct machine_config config;
    const struct engine *engine;
    void *engine_data; // the engine's own, outside of the state
    struct hart_state *states[HARTS_MAX];
    struct board_wires wires;
    struct firmware firmware;
    struct monitor monitor;
    struct listener listeners[LISTENERS_MAX];
    int listeners_end; // all from here on are free
    u32 listened;      // the union of their masks

    // Of the run under way.
    bool running;
    u8 leave;   // enum leave, or-ed: the engine is to return after the step it is in
    bool asked; // machine_stop was called
    bool interactive;
    u32 current; // the hart whose turn it is
    enum stuck stuck;
    u32 stuck_pc;
};

// Under the wall clock a cost is time that passed; under the virtual clock it is only told.
static inline void hart_charge(struct hart *h, u32 cycles)
{
    h->extra.cost += cycles;
    if (h->machine->config.clock == CLOCK_WALL)
        h->state.idle += cycles;
}
// With so many instructions retired, the one that enters included.
static inline void hart_enters_user(struct hart *h, u64 retired)
{
    h->extra.user_retired = retired;
    h->extra.user_cost = h->extra.cost;
}

// ---- harts.c
u64 hart_cycles(const struct hart *h); // machine cycles so far
void harts_drop_reservations(struct machine *m);
// Whose turn it is now; to be called before a step, and before input arrives.
enum round_state harts_next_turn(struct machine *m);
void harts_see_lines(struct machine *m); // carries the board's interrupt lines to the harts
// What the hart did in U before the kernel or the monitor got it back: instructions retired, costs
// charged.
struct stay {
    u32 ran, cost;
};
struct stay hart_stay(const struct hart *h);

// ---- ending.c
bool ending_hears_input(const struct machine *m);
void trap_changed_nothing(struct hart *h); // that was entered: see isa/arch/stuck.h

// ---- memory.c: RAM at machine addresses. Except for the first, the address was checked.
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
u32 memory_load(struct machine *m, mpa address,
                u32 size); // 1, 2 or 4 bytes within a page, zero-extended
void memory_store(struct machine *m, mpa address, u32 size, u32 value); // marks the page

// ---- mmu.c: returns 0 and the physical address, or the cause of the page fault or access fault
u32 mmu_translate(struct hart *h, gva va, enum access access, mpa *physical);
// The same after a miss in `set`, that of the hart's context.
u32 mmu_walk(struct hart *h, struct tlb_set *set, gva va, enum access access, mpa *physical);
// The TLB context that the hart's accesses use now; TLB_OFF: no translation, and no TLB.
static inline u32 mmu_context(const struct hart_state *h)
{
    return h->satp & SATP_MODE ? SATP_ASID(h->satp) * VIEWS + sv32_view(h->mode, h->sstatus)
                               : TLB_OFF;
}

// ---- bus.c: accesses of a program. They return 0, or the cause of the trap with its stval in
// *tval.
u32 bus_fetch(struct hart *h, gva va, u32 *word);
u32 bus_load(struct hart *h, gva va, u32 size, u32 *value, gva *tval);
u32 bus_store(struct hart *h, gva va, u32 size, u32 value, gva *tval);
// An aligned word of RAM for lr.w, sc.w and AMO, which devices do not answer: its physical address.
u32 bus_atomic(struct hart *h, gva va, enum access access, mpa *physical);
void bus_wire(struct machine *m); // connects board and firmware

// ---- trap.c
void trap_take(struct hart *h, u32 cause, u32 tval,
               u32 insn); // one step: entered, or described to the monitor
static inline void trap_enter_charged(struct hart *h, u32 cause, u32 tval)
{
    hart_charge(h, h->machine->config.costs.trap);
    h->extra.storming = false;
    if (!trap_enter(&h->state, cause, tval))
        trap_changed_nothing(h);
}
// The frequent half of trap_take, for a bare kernel's trap that nobody listens to. False: it is
// not, nothing is done.
static inline bool trap_take_quietly(struct hart *h, u32 cause, u32 tval)
{
    struct machine *m = h->machine;
    if (h->report || (m->listened & (EVENT_BIT(EVENT_TRAP) | EVENT_BIT(EVENT_EXIT))))
        return false;
    m->core.steps++;
    m->core.seq++;
    trap_enter_charged(h, cause, tval);
    return true;
}
// An ecall from K. False: the power is off or the hart stopped; pc stays and nothing is retired.
bool trap_firmware(struct hart *h, u32 insn);

// ---- note.c
// Whose code the hart runs, and in which mode that VM's VCPU believes to be.
struct running {
    struct vm_path path;
    u8 mode, vcpu;
};
void note_running(const struct hart *h, struct running *r);
// The hint NOTE_HINT_A0 was executed.
void note_take(struct hart *h);

// ---- events.c
// Counts an event that is about to happen; true: somebody listens, so build and send it.
static inline bool event_wanted(struct machine *m, enum event_kind kind)
{
    m->core.seq++;
    return m->listened & EVENT_BIT(kind);
}
// Stamps and sends an event that event_wanted has counted.
void event_send(struct hart *h, const struct vm_path *path, const struct note *note, u32 cost);
// The same for an event that ends a stay in U, that of `by`.
void event_send_stay(struct hart *h, const struct vm_path *path, const struct note *note,
                     const struct vm_path *by, struct stay stay, u32 cost);
// The same where path, by and note are filled in already.
void event_post(struct hart *h, struct event *e, struct stay stay, u32 cost);

#endif
