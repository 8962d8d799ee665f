// Moving the run for gdb. Read ui/gdb/motion.h first.
#include "ui/gdb/motion.h"

#include "isa/isa.h"
#include "sim/state/hash.h"

#include <assert.h>
#include <string.h>

#define ASK_EVERY 4096 // machine steps between two looks at gdb

// ---- points

bool motion_add(struct motion *m, struct point point)
{
    if (m->points == POINTS_MOST)
        return false;
    m->point[m->points++] = point;
    m->watchpoints += point.kind >= POINT_WRITE;
    return true;
}

bool motion_remove(struct motion *m, struct point point)
{
    for (u32 i = 0; i < m->points; i++) {
        const struct point *p = &m->point[i];
        if (p->kind != point.kind || p->address != point.address || p->length != point.length)
            continue;
        m->point[i] = m->point[--m->points];
        m->watchpoints -= point.kind >= POINT_WRITE;
        return true;
    }
    return false;
}

void motion_clear(struct motion *m)
{
    m->points = m->watchpoints = 0;
}

// The thread whose next instruction this hart runs. 0: the hart runs a VMM, or nobody, or a guest
// that the points are not for.
static u32 thread_on(const struct motion *m, u32 hart)
{
    struct vm_path path;
    u32 vcpu;
    observe_hart(m->world->machine, hart, &path, &vcpu);
    int guest = world_guest_at(m->world, &path);
    if (guest < 0 || (m->only != EVERY_GUEST && m->only != guest))
        return 0;
    return target_thread((u32)guest, vcpu);
}

static bool is_breakpoint(const struct motion *m, u32 pc)
{
    for (u32 i = 0; i < m->points; i++)
        if (m->point[i].kind <= POINT_HARDWARE && m->point[i].address == pc)
            return true;
    return false;
}

// Returns true if a VCPU is about to run an instruction with a breakpoint. The address is
// compared first, because to find out which VCPU runs takes longer.
static bool at_breakpoint(const struct motion *m, struct halted *halted)
{
    struct machine *machine = m->world->machine;
    for (u32 hart = 0; hart < machine_config(machine)->harts; hart++) {
        struct observed_vcpu v;
        u32 pc = machine_hart(machine, hart)->pc;
        if (!is_breakpoint(m, pc))
            continue;
        u32 thread = thread_on(m, hart);
        if (!thread || !target_vcpu(m->world, thread, &v) || v.in_vmm || v.state.pc != pc)
            continue;
        *halted = (struct halted){.why = HALT_BREAKPOINT, .thread = thread, .address = pc};
        return true;
    }
    return false;
}

// ---- watchpoints: the address of the next instruction's access tells, before it runs

struct memory_access {
    u32 thread;
    gva address;
    u32 size;
    bool read, write;
};

// What the instruction that this hart runs next accesses in memory. Size 0: nothing.
static struct memory_access next_access(const struct motion *m, u32 hart)
{
    const struct hart_state *h = machine_hart(m->world->machine, hart);
    struct memory_access a = {.thread = thread_on(m, hart)};
    u32 word;
    if (!a.thread || target_read(m->world, a.thread, h->pc, &word, 4) < 4)
        return a;
    struct decoded d = isa_decode(word, machine_config(m->world->machine)->profile);
    u32 funct = word >> 12 & 7;
    switch (word & 0x7f) {
    case 0x03: // load
        a.read = true;
        a.size = 1u << (funct & 3);
        break;
    case 0x23: // store
        a.write = true;
        a.size = 1u << funct;
        break;
    case 0x2f: // AMO, LR and SC
        a.read = d.insn != INSN_sc_w;
        a.write = d.insn != INSN_lr_w;
        a.size = 4;
        d.imm = 0;
        break;
    default:
        return a;
    }
    if (d.insn == INSN_ILLEGAL)
        a.size = 0;
    a.address = h->x[d.rs1] + (u32)d.imm;
    return a;
}

static bool is_watched(const struct motion *m, const struct memory_access *a, struct halted *halted)
{
    for (u32 i = 0; a->size && i < m->points; i++) {
        const struct point *p = &m->point[i];
        bool kind = (p->kind == POINT_WRITE && a->write) || (p->kind == POINT_READ && a->read) ||
                    p->kind == POINT_ACCESS;
        // Two ranges overlap if one of them begins within the other.
        bool overlap = a->address - p->address < p->length || p->address - a->address < a->size;
        if (!kind || !overlap)
            continue;
        *halted = (struct halted){
            .why = HALT_WATCHPOINT, .thread = a->thread, .point = *p, .address = p->address};
        return true;
    }
    return false;
}

// ---- one machine step

static bool is_over(enum stop stop)
{
    return stop == STOP_POWER || stop == STOP_STUCK || stop == STOP_INPUT;
}

// A trap is one machine step, and what the VMM then does is none. So a number of steps can stand
// for two moments: after the trap, and where the guest goes on (the border). A moment's number is
// even for the first, and odd for the second.
static u64 moment_now(const struct motion *m)
{
    return 2 * machine_steps(m->world->machine) + m->at_border;
}

// Runs for at most one machine step, and not over the border.
static enum stop step_or_border(struct motion *m)
{
    struct machine *machine = m->world->machine;
    if (!m->watching) // to begin to watch forgets which border was shown last
        machine_watch_border(machine, true);
    m->watching = true;
    enum stop stop = past_run(&m->past, 1);
    m->at_border = machine_border(machine)->kind == BORDER_ENTERED;
    return stop;
}

// Before a run of many steps: only its end matters.
static void watch_no_border(struct motion *m)
{
    machine_watch_border(m->world->machine, false);
    m->watching = m->at_border = false;
}

static void go_to_moment(struct motion *m, u64 moment)
{
    u64 steps = moment / 2;
    watch_no_border(m);
    if (!(moment & 1) || !steps) {
        past_go(&m->past, steps);
        return;
    }
    // A border follows a step: the one that trapped, or on a bare machine the `sret` itself.
    past_go(&m->past, steps - 1);
    while (moment_now(m) < moment && !is_over(step_or_border(m)))
        continue;
}

// Runs one machine step, or to the border. Returns true if the run halts after it: at a breakpoint,
// at a watchpoint, or at its end.
static bool one_step(struct motion *m, struct halted *halted)
{
    struct machine *machine = m->world->machine;
    struct memory_access access = {0};
    const struct hart_state *hart = machine_hart(machine, 0);
    if (m->watchpoints) {
        u32 turn = machine_turn(machine);
        hart = machine_hart(machine, turn);
        access = next_access(m, turn);
    }
    u64 retired = hart->retired, before = moment_now(m);
    enum stop stop = step_or_border(m);
    if (is_over(stop) || moment_now(m) == before) {
        *halted = (struct halted){.why = HALT_END};
        return true;
    }
    // An access that trapped has not been made: it comes again, after the handler.
    if (hart->retired != retired && is_watched(m, &access, halted))
        return true;
    return m->points > m->watchpoints && at_breakpoint(m, halted);
}

// Every so often, asks whether gdb wants the run to stop.
static bool is_asked(const struct motion *m, u64 count, struct halted *halted)
{
    if (count % ASK_EVERY || !m->interrupted(m->context))
        return false;
    *halted = (struct halted){.why = HALT_ASKED};
    return true;
}

// ---- where a thread is: two moments differ if it has run an instruction or taken a trap between

struct place {
    bool known; // no VMM is busy with the thread
    u32 pc;
    u8 mode;
    u64 retired;   // 0 where the VMM above is guest code: it counts at exits only
    u64 registers; // a hash of them, which tells two turns of a loop apart there
};

static struct place place_of(const struct motion *m, u32 thread)
{
    struct observed_vcpu v;
    if (!target_vcpu(m->world, thread, &v) || v.in_vmm)
        return (struct place){0};
    const struct vm_path *path = &m->world->guest[(thread - 1) / HARTS_MAX].path;
    bool exact = !m->world->t32 && vm_path_length(path) <= 1;
    return (struct place){true, v.state.pc, v.state.mode, exact ? v.state.retired : 0,
                          hash_bytes(HASH_START, v.state.x, sizeof v.state.x)};
}

static bool has_moved(const struct place *from, const struct place *to)
{
    if (!to->known)
        return false;
    // A branch to itself stays where it is, but it counts as retired.
    return from->pc != to->pc || from->mode != to->mode || from->retired != to->retired ||
           from->registers != to->registers;
}

// A breakpoint halts the run once for each time that a thread comes to it. A thread can be there
// for several machine steps: a hidden fault is filled, and the instruction is tried again.
struct arrival {
    u32 thread;
    struct place place;
};

static bool arrives(const struct motion *m, struct arrival *last, const struct halted *halted)
{
    if (halted->why != HALT_BREAKPOINT)
        return true;
    struct place now = place_of(m, halted->thread);
    if (last->thread == halted->thread && !has_moved(&last->place, &now))
        return false;
    *last = (struct arrival){halted->thread, now};
    return true;
}

// ---- forwards

struct halted motion_continue(struct motion *m)
{
    struct halted halted = {0};
    struct arrival last = {0};
    if (at_breakpoint(m, &halted)) // the one where gdb goes on from
        arrives(m, &last, &halted);
    for (u64 count = 1;; count++) {
        if (m->points) {
            if (one_step(m, &halted) && arrives(m, &last, &halted))
                return halted;
            if (is_asked(m, count, &halted))
                return halted;
            continue;
        }
        watch_no_border(m);
        if (is_over(past_run(&m->past, PAST_EVERY)))
            return (struct halted){.why = HALT_END};
        if (is_asked(m, ASK_EVERY, &halted))
            return halted;
    }
}

struct halted motion_step(struct motion *m, u32 thread)
{
    struct place from = place_of(m, thread), to;
    struct halted halted = {0};
    for (u64 count = 1;; count++) {
        bool halts = one_step(m, &halted);
        to = place_of(m, thread);
        if (halts && (halted.why != HALT_BREAKPOINT || halted.thread != thread))
            return halted;
        if (has_moved(&from, &to))
            return (struct halted){.why = HALT_STEP, .thread = thread};
        if (is_asked(m, count, &halted))
            return halted;
    }
}

// ---- backwards: the last halt before now is found by running again from the snapshots before

// What a stretch of the past has for who goes back.
enum found { FOUND_NONE, FOUND_HALT, FOUND_ASKED };

// Runs again from a snapshot until just before a moment. *found is the last moment on the way at
// which the run would halt. FOUND_ASKED: gdb has asked for an end of the search.
static enum found last_halt(struct motion *m, u64 from, u64 until, u32 stepping, u64 *found,
                            struct halted *why)
{
    struct halted halted = {0};
    struct arrival last = {0};
    go_to_moment(m, from);
    struct place place = place_of(m, stepping);
    bool any = !stepping && at_breakpoint(m, &halted) && arrives(m, &last, &halted);
    *found = from;
    *why = halted;
    for (u64 count = 1; moment_now(m) < until; count++) {
        if (is_asked(m, count, why))
            return FOUND_ASKED;
        bool halts = one_step(m, &halted) && arrives(m, &last, &halted);
        if (moment_now(m) >= until || halted.why == HALT_END)
            break;
        if (stepping) {
            struct place now = place_of(m, stepping);
            halts = has_moved(&place, &now);
            halted = (struct halted){.why = HALT_STEP, .thread = stepping};
            if (halts)
                place = now;
        }
        if (halts) {
            *found = moment_now(m);
            *why = halted;
            any = true;
        }
    }
    return any ? FOUND_HALT : FOUND_NONE;
}

// Goes back to the last halt before now: of this thread's steps, or (0) at any breakpoint.
static struct halted go_back(struct motion *m, u32 stepping, u32 thread)
{
    u64 now = moment_now(m), until = now, first = 2 * m->past.moment[0].steps, found;
    struct halted why;
    while (until > first && (stepping || m->points)) {
        u64 from = 2 * past_before(&m->past, (until + 1) / 2);
        enum found kind = last_halt(m, from, until, stepping, &found, &why);
        if (kind != FOUND_NONE) {
            go_to_moment(m, kind == FOUND_ASKED ? now : found);
            return why;
        }
        until = from;
        // A moment that is a snapshot is a place to halt like any other.
        if (stepping && from > first && place_of(m, stepping).known) {
            go_to_moment(m, from);
            return (struct halted){.why = HALT_STEP, .thread = stepping};
        }
    }
    go_to_moment(m, first);
    return (struct halted){.why = HALT_BEGIN, .thread = thread};
}

struct halted motion_step_back(struct motion *m, u32 thread)
{
    u64 now = moment_now(m), first = 2 * m->past.moment[0].steps;
    struct halted halted = go_back(m, thread, thread);
    // One step back from the first step is where the run began, and that is no end of the way.
    if (halted.why == HALT_BEGIN && now > first)
        halted.why = HALT_STEP;
    return halted;
}

bool motion_edit(struct motion *m, const struct edit *e, const char **why)
{
    *why = "the run was changed at 256 moments already; go back before one of them, or leave this "
           "moment as it is";
    static_assert(PAST_FORKS == 256, "the message says how many there can be");
    if (!past_can_fork(&m->past) || !edit_apply(m->world->machine, e, why))
        return false;
    watch_no_border(m); // the guest is another one than was shown at the border
    *why = "out of memory";
    return past_fork(&m->past);
}

void motion_go(struct motion *m, u64 steps)
{
    go_to_moment(m, 2 * steps);
}

void motion_go_furthest(struct motion *m)
{
    u64 now = machine_steps(m->world->machine);
    watch_no_border(m);
    past_run(&m->past, m->past.furthest - now);
}

struct halted motion_continue_back(struct motion *m, u32 thread)
{
    return go_back(m, 0, thread);
}
