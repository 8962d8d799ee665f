// Runs the program on the machine that tower.c built, and keeps the end. Between exits it hands
// over to the shadow check and, if asked to, spoils something.
// Read next: tests/fuzz/compare.c.
#include "tests/fuzz/run.h"
#include "tests/fuzz/beside.h"
#include "scenarios/random/layout.h"
#include "sim/state/hash.h"
#include "tests/fuzz/shadow_check.h"
#include "tests/fuzz/tower.h"

#include <stdlib.h>
#include <string.h>

#define STEPS_BARE 400000u
#define STEPS_VMM 8000000u // exits are steps too
#define STEPS_KERNEL 2000000000u
#define STEPS_T32 400000000u // and so is all that a VMM executes that is guest code itself

// What the listener and the loop share.
struct watch {
    struct run *run;
    struct shadow_check *shadows; // NULL: nobody looks
    FILE *console;
    bool hashes;     // every event counts
    bool breakpoint; // the guest has taken one since the last look
    u64 looks;
};

// ---- listening

static u64 hash_event(u64 hash, const struct event *e)
{
    const u64 words[] = {e->seq,       e->cycle,      e->retired,   e->steps,      e->cost,
                         e->hart,      e->level,      e->real_mode, e->path.id[0], e->note.kind,
                         e->note.mode, e->note.vcpu,  e->note.size, e->note.vm,    e->note.write,
                         e->note.view, e->note.cause, e->note.pc,   e->note.addr,  e->note.value,
                         e->note.insn};
    return hash_words(hash, words, sizeof words);
}

// A fence takes its operands from the guest's registers, as the VMM has kept them.
static void note_fence(struct watch *w, const struct note *note)
{
    struct decoded d = isa_decode(note->insn, false);
    struct observed_vcpu v;
    if (d.insn != INSN_sfence_vma || !observe_vcpu(w->run->machine, &w->run->path, note->vcpu, &v))
        return;
    const u32 *x = v.state.x;
    shadow_check_fenced(w->shadows, d.rs1 ? &x[d.rs1] : NULL,
                        d.rs2 ? &(u32){x[d.rs2] & 0x1ff} : NULL);
}

static void listen(void *context, const struct event *e)
{
    struct watch *w = context;
    struct run *r = w->run;
    if (w->hashes)
        r->event_hash = hash_event(r->event_hash, e);
    switch (e->note.kind) {
    case EVENT_CONSOLE:
        if (vm_path_equal(&e->path, &r->console_path))
            fputc((int)(e->note.value & 0xff), w->console);
        break;
    case EVENT_EXIT:
        if (w->shadows && r->native) // it has dealt with it when the run stops
            machine_stop(r->machine);
        break;
    case EVENT_EMULATE:
        if (w->shadows)
            note_fence(w, &e->note);
        // fall through
    case EVENT_FILL:
    case EVENT_REFLECT:
        if (w->shadows && !r->native) // a VMM that is guest code has just dealt with an exit
            machine_stop(r->machine);
        break;
    case EVENT_TRAP:
        if (r->configuration->fault == FAULT_CSR && e->note.cause == CAUSE_BREAKPOINT) {
            w->breakpoint = true;
            machine_stop(r->machine);
        }
        break;
    }
}

// Is there a configuration whose events are to be those of this one?
static bool is_liked(const struct configuration *c)
{
    for (const struct configuration *other = configurations; other->name; other++)
        if (other->like && !strcmp(other->like, c->name))
            return true;
    return false;
}

// Each event that somebody listens to takes time, and most events are those of VMMs inside VMMs. So
// a run listens to as little as it needs.
static u32 events_needed(const struct watch *w)
{
    if (w->hashes)
        return EVENT_ALL;
    u32 needed = EVENT_BIT(EVENT_CONSOLE);
    if (w->shadows)
        needed |= EVENT_BIT(EVENT_EXIT) | EVENT_BIT(EVENT_EMULATE) | EVENT_BIT(EVENT_FILL) |
                  EVENT_BIT(EVENT_REFLECT);
    if (w->run->configuration->fault == FAULT_CSR)
        needed |= EVENT_BIT(EVENT_TRAP);
    return needed;
}

// ---- running

static void spoil(struct watch *w)
{
    if (w->breakpoint)
        machine_hart(w->run->machine, 0)->sscratch ^= 0x10;
    w->breakpoint = false;
    enum fault fault = w->run->configuration->fault;
    if ((fault == FAULT_SHADOW || fault == FAULT_FLUSH) && w->looks % 16 == 15)
        shadow_check_break(w->shadows, fault == FAULT_FLUSH);
}

static u64 limit_of(const struct run *r)
{
    const struct configuration *c = r->configuration;
    if (r->kernel)
        return STEPS_KERNEL;
    if (!c->depth)
        return STEPS_BARE;
    return c->depth == 1 && !c->t32 ? STEPS_VMM : STEPS_T32;
}

static enum stop run_to_end(struct watch *w)
{
    struct run *r = w->run;
    u64 limit = limit_of(r);
    while (machine_steps(r->machine) < limit) {
        u64 left = limit - machine_steps(r->machine);
        enum stop stop =
            machine_run(r->machine, r->configuration->chunk ? r->configuration->chunk : left);
        if (w->shadows && !shadow_check_look(w->shadows, r->broken, sizeof r->broken))
            return STOP_STEPS;
        w->looks++;
        if (stop != STOP_STEPS && stop != STOP_ASKED)
            return stop;
        spoil(w);
    }
    return STOP_STEPS;
}

static enum ending ending_of(struct run *r, enum stop stop)
{
    struct observed_vm vm = {0};
    if (stop == STOP_STEPS)
        return ENDING_STEPS;
    if (!observe_vm(r->machine, &r->path, &vm))
        snprintf(r->broken, sizeof r->broken, "no VM to be seen at the end");
    r->exits = vm.exits;
    r->code = vm.power_code;
    if (vm.state == VM_OFF)
        return ENDING_OFF;
    return vm.state == VM_FAILED ? ENDING_FAILED : ENDING_STUCK;
}

bool run_program(struct run *r, const struct configuration *configuration,
                 const struct asm_image *image, struct run_options options)
{
    *r = (struct run){.configuration = configuration,
                      .harts = options.harts,
                      .ram = options.ram,
                      .kernel = options.kernel,
                      .event_hash = HASH_START};
    if (!tower_build(r, image, options))
        return false;
    struct watch w = {.run = r,
                      .console = open_memstream(&r->console, &r->console_size),
                      .hashes = options.events || configuration->like || is_liked(configuration)};
    if (!w.console)
        abort();
    if (configuration->check_shadow)
        w.shadows = shadow_check_new(r->machine);
    machine_listen(r->machine, events_needed(&w), listen, &w);
    enum stop stop =
        configuration->twin ? beside_run(r, image, options, limit_of(r)) : run_to_end(&w);
    r->ending = ending_of(r, stop);
    fclose(w.console);
    if (w.shadows)
        r->checks = shadow_check_count(w.shadows);
    shadow_check_free(w.shadows);
    for (u32 i = 0; i < options.harts; i++) {
        struct observed_vcpu vcpu = {0};
        if (!observe_vcpu(r->machine, &r->path, i, &vcpu))
            snprintf(r->broken, sizeof r->broken, "no VCPU %u to be seen at the end", i);
        r->hart[i] = vcpu.state;
    }
    r->ram_hash = observe_ram_hash(r->machine, &r->path);
    return !r->broken[0];
}

void run_free(struct run *r)
{
    if (r->native)
        native_free(r->native);
    if (r->machine)
        machine_free(r->machine);
    free(r->console);
    *r = (struct run){0};
}
