// What the files of the twin share. No other file includes this header.
//
//     sight.c   looking: a walk of a page table, the instruction at pc      (changes nothing)
//     words.c   a difference in words
//     fences.c  what the guest has fenced, which its shadows must have forgotten
//     rights.c  real page-table entries against the guest's own
//     guest_mode.c   CSRs on the hart and the second stage, of a guest in guest mode
//     follow.c  the bare machine catches up; do the two agree?
//     cross.c   from border to border
//     parting.c which instruction made the difference: both machines run again
//     probe.c   all CSRs, read for a guest that does not read them itself
//     twin.c    life, input, the end
#ifndef SCENARIOS_TWIN_PARTS_H
#define SCENARIOS_TWIN_PARTS_H

#include "isa/arch/sv32.h"
#include "scenarios/twin/twin.h"

#define NOBODY UINT32_MAX

// An sfence.vma that the guest has executed, or a remote fence that it asked the firmware for.
struct fence {
    u32 harts;       // a bit for each hart of the guest
    gva first, last; // the addresses meant
    bool all_asids;
    u32 asid;
};

// A page of a real page table as it was when it was compared last.
struct table {
    u32 satp; // the guest's, by which it was compared
    u8 view;
    gva base;      // the first address that it maps
    size_t fences; // how many the guest had executed by then
    u32 entry[PAGE_SIZE / 4];
};

struct guest {
    struct twin_guest is;
    struct snapshot *start;
    u32 hart;  // of the bare machine: the one that runs now
    bool left; // `exit` is what took it out of U last
    struct hart_exit exit;
    bool in_guest_mode; // it entered so last
    u64 exits;
    struct fence *fences;
    size_t fence_count, fence_room;
    u8 *typed; // input that has not been given yet
    size_t typed_count;
};

// A word of RAM that is compared at each agreement, to find when it first differs.
struct word_watch {
    u32 guest;
    u32 offset;
    bool on, found;
};

struct twin {
    struct machine *m;
    struct twin_options options;
    struct guest *guest;
    u32 guests;
    struct snapshot *start; // of m, as it was when the twin was made
    struct table **table;   // by page of m; NULL: not seen yet
    u32 current;            // who runs in U; NOBODY: none of the guests
    bool unmapped;          // pc has no translation, so nothing can run
    gva entered_at;         // the pc at which the hart entered U last
    u64 retired;            // by the hart when it entered U
    u64 border;             // how many borders were crossed
    u64 exits_alone;        // exits since a bare machine and its guest agreed last
    u64 rerun_to;           // parting.c: cross so many borders, and check nothing else; 0: no rerun
    struct word_watch watch;
    enum stop stop; // why the machine stood still last
    bool entered;   // it was at a border, where a guest enters U
    bool in_kernel; // the VMM has executed an instruction of a guest in mode K, at this address
    mpa kernel_at;
    bool apart; // the guests parted while they ran in U
    struct twin_counts counts;
    enum twin_state state;
    struct twin_difference difference;
};

static inline struct hart_state *twin_real(const struct twin *t)
{
    return machine_hart(t->m, 0);
}
static inline struct hart_state *guest_bare(const struct guest *g)
{
    return machine_hart(g->is.bare, g->hart);
}

// ---- sight.c

// Returns the view that an access of the hart itself has: the view of its mode. In real U the
// guest's mode does not matter.
enum view sight_view(const struct hart_state *h);
// Translates by a walk, as the hart would; in guest mode through both stages. Returns 0, or the
// cause of the fault. A permitted access does not set A or D. The hart is the one whose turn it
// is.
u32 sight_walk(struct machine *m, const struct hart_state *h, enum view view, gva va,
               enum access access, mpa *to);
// Finds where the root of the page table lies that the guest on the hart uses: through the
// second stage.
u32 sight_walk_root(struct machine *m, const struct hart_state *h, mpa *to);
// Returns the interrupt that the hart takes before its next instruction, or 0.
u32 sight_interrupt(struct machine *m, u32 hart);
// Reads the instruction at pc. Returns false if it cannot be fetched.
bool sight_insn(struct machine *m, const struct hart_state *h, struct decoded *d);
// Returns true if the instruction accesses a device, or an address without memory.
bool sight_leaves_ram(struct machine *m, const struct hart_state *h, const struct decoded *d);
// Returns true if the instruction changes nothing that a VMM must keep from a guest.
bool sight_is_innocuous(struct machine *m, const struct hart_state *h, const struct decoded *d);

// ---- words.c: all return false

bool differs(struct twin *t, const char *expected, const char *happened);
// Names the first of pc and x1 to x31 that is not the same.
bool differs_in_registers(struct twin *t, const struct hart_state *bare,
                          const struct hart_state *real, gva real_pc);
void where_after_exit(struct twin *t, const struct guest *g);
void where_at(struct twin *t, const struct hart_state *h, struct machine *m);
const char *cause_name(u32 cause);

// ---- fences.c

// Remembers the instruction if it is a fence. Returns false if there is no memory.
bool fences_note(struct guest *g, const struct hart_state *h, const struct decoded *d);
// Returns true if a fence since `from` covered this page (or, if `super`, these 4 MiB).
bool fences_cover(const struct guest *g, size_t from, gva va, bool super, u32 asid);

// ---- rights.c
bool rights_hold(struct twin *t, struct guest *g);
void rights_forget(struct twin *t);

// ---- guest_mode.c

// The first register of a guest that is not the same on both harts.
struct csr_difference {
    const char *name; // NULL: all are the same
    u32 bare, real;
};
// Guest mode: compares the guest's registers other than pc and x1 to x31.
struct csr_difference guest_mode_compare(const struct twin *t, const struct guest *g);
bool guest_mode_is_shadowed(const struct twin *t); // its satp on the hart is a shadow
// Returns where the hart fetches first: at pc, or in the guest's handler if an interrupt of the
// guest is due.
gva guest_mode_first_pc(const struct twin *t, enum view *view);
// Returns true if the guest's own page table causes the fault, so that the guest takes the fault
// by itself.
bool guest_mode_has_own_fault(const struct twin *t, u32 cause);
// Returns true if the second stage leads only to the guest's own memory.
bool guest_mode_memory_holds(struct twin *t, struct guest *g);

// ---- follow.c

// To be called when the guest is about to run in U: lets its bare machine catch up. Returns
// false if the two do not agree.
bool follow_enter(struct twin *t, struct guest *g);
// To be called when the guest ran `ran` instructions in U and is at `pc` now. Returns false if
// its bare machine is not there.
bool follow_leave(struct twin *t, struct guest *g, u64 ran, gva pc);
// Returns true if both have printed the same.
bool follow_console(struct twin *t, const struct guest *g);

// ---- cross.c

// Lets the machine run to its next border, for at most this number of steps, and compares there.
// Returns false if the machine came to an end (t->stop), or if a difference was found.
bool twin_cross(struct twin *t, u64 steps);
void twin_restart(struct twin *t);          // back to the start
struct guest *twin_current(struct twin *t); // NULL: none of the guests runs

// ---- probe.c

// Reads all CSRs if the options say that it is time. Returns false if one of them differs.
bool probe_if_due(struct twin *t, struct guest *g);

// ---- parting.c: both return false

// To be called when the guests parted between the last two borders: finds the instruction.
bool parting_find(struct twin *t, struct guest *g);
// To be called when a word of RAM differs at the end: finds when the difference began.
bool parting_find_word(struct twin *t, u32 guest, u32 offset);

#endif
