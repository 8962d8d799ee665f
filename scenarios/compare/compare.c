// Runs the workloads. A run is a world built from a plan, as `trapeze boot` builds one. Read
// scenarios/compare/compare.h first.
// Read next: scenarios/guests/kite/kernel/board.h.
#include "scenarios/compare/compare.h"
#include "scenarios/host/files.h"
#include "scenarios/host/folder.h"
#include "scenarios/world/costs.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAM (32u << 20)
#define STEPS_MOST 20000000000u // far more than any workload takes, and it ends all the same
#define NANO_MOST (64u << 10)   // bytes of nano.s

const struct compare_kind compare_kinds[] = {
#define KIND(name, chapter, depth, vmm, technique, inner, costs, enlightened, what)     \
    {name,  chapter,     depth, VMM_IS_##vmm, TECHNIQUE_##technique, TECHNIQUE_##inner, \
     costs, enlightened, what},
#define VMM_IS_NATIVE false
#define VMM_IS_T32 true
#include "scenarios/compare/kinds.def"
#undef KIND
#undef VMM_IS_NATIVE
#undef VMM_IS_T32
    {0},
};

const struct compare_workload compare_workloads[] = {
#define NANO(name, times, what) {WORK_NANO, name, name, times, false, what},
#define KITE(name, text, times, what) {WORK_KITE, name, text, times, false, what},
#define TYPED(name, text, disk, what) {WORK_TYPED, name, text, 1, disk, what},
#define WHOLE(name, text, what) {WORK_WHOLE, name, text, 1, false, what},
#include "scenarios/compare/workloads.def"
#undef NANO
#undef KITE
#undef TYPED
#undef WHOLE
    {0},
};

// ---- one run

// What one run took, and how its guest ended.
struct taken {
    u64 guest, vmm, traps, walks, devices, exits, vmm_bytes;
    char *state; // state_json
};

struct run {
    const struct compare_workload *workload;
    const struct compare_kind *kind;
    u32 times; // how often the operation is done
    struct world_plan plan;
    struct world *world;
    bool with_h; // the guest's harts have the hypervisor extension, and its device tree says so
    bool cannot; // the world of this kind cannot be built for this workload
    char *error;
    size_t error_size;
};

static bool fail(struct run *r, const char *format, ...)
{
    va_list arguments;
    int n = snprintf(r->error, r->error_size, "%s, %s: ", r->workload->name, r->kind->name);
    va_start(arguments, format);
    vsnprintf(r->error + n, r->error_size - (size_t)n, format, arguments);
    va_end(arguments);
    return false;
}

// ---- the guest's image and its work

// nano.s with its two missing pieces: how often, and which loop.
static char *nano_source(struct run *r)
{
    size_t size;
    char *text = NULL, *folder = folder_scenarios();
    char *path = folder ? file_join(folder, "compare/nano.s") : NULL;
    char *nano = path ? file_text(path, NANO_MOST, &size, r->error, r->error_size) : NULL;
    if (!path)
        fail(r, "the scenarios of trapeze are not where they should be; install it again");
    if (nano && asprintf(&text, " .equ TIMES, %u\n%s\nwork: j do_%s\n", (unsigned)r->times, nano,
                         r->workload->text) < 0)
        text = NULL;
    free(nano);
    free(path);
    free(folder);
    return text;
}

// A file of the guests that come with trapeze.
static char *guest_file(struct run *r, const char *name)
{
    char *folder = folder_guests();
    char *path = folder ? folder_file(folder, name, "") : NULL;
    if (!path)
        fail(r, "%s is not there; build the guests (make)", name);
    free(folder);
    return path;
}

// The strings of a plan, which the world does not keep.
struct texts {
    char *source, *image, *disk, *append;
};

static void free_texts(struct texts *t)
{
    free(t->source);
    free(t->image);
    free(t->disk);
    free(t->append);
}

static bool plan_kite(struct run *r, struct guest_plan *g, struct texts *t)
{
    t->image = guest_file(r, "kite.elf");
    if (!t->image)
        return false;
    if (r->workload->disk && !(t->disk = guest_file(r, "kite.fs")))
        return false;
    if (r->workload->work == WORK_KITE &&
        asprintf(&t->append, "%s %u", r->workload->text, (unsigned)r->times) < 0)
        return false;
    if (r->workload->work == WORK_WHOLE)
        t->append = strdup(r->workload->text);
    g->image = t->image;
    g->disk = t->disk;
    g->append = t->append;
    return true;
}

static bool plan_nano(struct run *r, struct guest_plan *g, struct texts *t)
{
    t->source = nano_source(r);
    g->source = t->source;
    g->image = "nano.s";
    return t->source != NULL;
}

static u32 preset(const char *name)
{
    u32 index = 0;
    while (strcmp(costs_names[index], name))
        index++;
    return index;
}

// A machine without guest mode is made for those kinds that do not use it.
static void plan_kind(struct run *r, u32 costs)
{
    const struct compare_kind *kind = r->kind;
    struct world_plan *plan = &r->plan;
    if (kind->depth)
        plan->costs = kind->costs ? preset(kind->costs) : costs;
    if (r->with_h || technique_has_guest_mode(kind->technique))
        plan->machine.profile |= ISA_H;
    plan->t32 = kind->t32;
    plan->vmm.technique = kind->technique;
    plan->vmm.enlightened = kind->enlightened;
    plan->guest[0].ram = RAM;
    plan->guests = 1;
    world_plan_chain(plan, kind->depth);
    for (u32 i = 0; i + 1 < plan->guests; i++)
        plan->guest[i].vmm.technique = kind->inner;
}

// What a person would type at the shell: the work, if this is the run that does it, and the end.
static bool type(struct run *r)
{
    char text[80] = "halt\n";
    if (r->times > 1)
        snprintf(text, sizeof text, "%s\nhalt\n", r->workload->text);
    return r->workload->work != WORK_TYPED ||
           world_type(r->world, r->world->guests - 1, text, strlen(text));
}

static bool build(struct run *r, u32 costs)
{
    struct texts texts = {0};
    enum status why;
    world_plan_default(&r->plan);
    struct guest_plan *g = &r->plan.guest[0];
    bool planned =
        r->workload->work == WORK_NANO ? plan_nano(r, g, &texts) : plan_kite(r, g, &texts);
    if (planned) {
        plan_kind(r, costs);
        r->world = world_new(&r->plan, &why, r->error, r->error_size);
        r->cannot = !r->world && why == STATUS_USAGE;
    }
    free_texts(&texts);
    return r->world && type(r);
}

// ---- what it took

// The memory that was written outside of the guest's own RAM.
static u64 bytes_beside(const struct world *w)
{
    const struct world_guest *g = &w->guest[w->guests - 1];
    u64 bytes = 0;
    for (u64 offset = 0; offset < machine_config(w->machine)->ram; offset += PAGE_SIZE) {
        mpa page = BOARD_RAM + (u32)offset;
        bool is_guests = page >= g->ram_at && page - g->ram_at < g->ram;
        bytes += !is_guests && machine_page_used(w->machine, page) ? PAGE_SIZE : 0;
    }
    return bytes;
}

// The work of a VMM is its instructions and, of a native one, what it is charged for its work. The
// rest is the hardware's.
static void measure(struct run *r, struct taken *taken)
{
    struct world *w = r->world;
    struct observed_vm vm, outermost;
    u64 retired = machine_hart(w->machine, 0)->retired;
    observe_vm(w->machine, &w->guest[w->guests - 1].path, &vm);
    taken->guest = vm.direct;
    taken->vmm = retired - vm.direct + machine_hart_charged_for(w->machine, 0, CHARGE_VMM);
    taken->traps = machine_hart_charged_for(w->machine, 0, CHARGE_TRAP);
    taken->walks = machine_hart_charged_for(w->machine, 0, CHARGE_WALK);
    taken->devices = machine_hart_charged_for(w->machine, 0, CHARGE_DEVICE);
    if (w->depth) {
        observe_vm(w->machine, &w->guest[0].path, &outermost);
        taken->exits = outermost.exits;
    }
    taken->vmm_bytes = bytes_beside(w);
}

static bool run_to_end(struct run *r, struct taken *taken)
{
    struct guest_state state;
    struct consoles *consoles = consoles_new(r->world->machine);
    u32 guest = r->world->guests - 1;
    if (!consoles)
        return fail(r, "not enough memory");
    machine_run(r->world->machine, STEPS_MOST);
    bool off = world_guest_end(r->world, guest).state == VM_OFF;
    if (off && state_take(r->world, guest, consoles, &state)) {
        taken->state = state_json(&state);
        measure(r, taken);
    }
    consoles_free(consoles);
    return taken->state || fail(r, "the guest did not come to its end");
}

// Builds the world, runs it, and takes it down.
static bool take(struct run *r, u32 times, u32 costs, struct taken *taken)
{
    r->times = times;
    bool good = build(r, costs) && run_to_end(r, taken);
    world_free(r->world);
    r->world = NULL;
    return good;
}

// ---- two runs, and their difference

static bool take_both(struct run *r, u32 costs, struct taken *more, struct taken *less)
{
    u32 times = r->workload->times;
    return take(r, 2 * times, costs, more) &&
           (r->workload->work == WORK_WHOLE || take(r, times, costs, less));
}

static void difference(const struct taken *more, const struct taken *less, u32 times,
                       struct compare_result *result)
{
    *result = (struct compare_result){
        .guest = (double)(more->guest - less->guest) / times,
        .vmm = (double)(more->vmm - less->vmm) / times,
        .traps = (double)(more->traps - less->traps) / times,
        .walks = (double)(more->walks - less->walks) / times,
        .devices = (double)(more->devices - less->devices) / times,
        .exits = (double)(more->exits - less->exits) / times,
        .vmm_bytes = more->vmm_bytes,
    };
    result->cycles = result->guest + result->vmm + result->traps + result->walks + result->devices;
}

// On a machine with the hypervisor extension the guest has it, too, but for a guest of
// assist-shadow.
static bool guest_has_h(const struct compare_kind *kind)
{
    u32 own = kind->depth > 1 ? kind->inner : kind->technique;
    bool on_h = technique_has_guest_mode(kind->technique);
    return kind->depth && on_h && own != TECHNIQUE_ASSIST_SHADOW;
}

// How the longer run ends bare. Two guests meet different machines if one of them has the
// hypervisor extension, so there are two such states; each is found when it is first needed.
struct bare {
    char *state[2]; // without the extension, and with it
};

static const char *bare_state(struct run *r, struct bare *bare, bool with_h)
{
    struct taken taken = {0};
    const struct compare_kind *kind = r->kind;
    if (bare->state[with_h])
        return bare->state[with_h];
    r->kind = &compare_kinds[0];
    r->with_h = with_h;
    if (take(r, 2 * r->workload->times, 0, &taken))
        bare->state[with_h] = taken.state;
    r->kind = kind;
    r->with_h = false;
    return bare->state[with_h];
}

// Measures one kind.
static bool measure_kind(struct run *r, u32 costs, struct bare *bare, struct compare_result *result)
{
    struct taken more = {0}, less = {0};
    bool good = take_both(r, costs, &more, &less);
    const char *state = good ? bare_state(r, bare, guest_has_h(r->kind)) : NULL;
    if (state) {
        difference(&more, &less, r->workload->times, result);
        result->same = !strcmp(more.state, state);
    }
    free(more.state);
    free(less.state);
    if (r->cannot)
        snprintf(result->cannot, sizeof result->cannot, "%s", r->error);
    return state || r->cannot;
}

bool compare_run(const struct compare_workload *workload, const struct compare_kind *const *kinds,
                 u32 count, u32 costs, struct compare_result *result, char *error,
                 size_t error_size)
{
    struct bare bare = {0};
    struct run *r = calloc(1, sizeof *r); // a plan is too large for the stack
    if (!r) {
        snprintf(error, error_size, "not enough memory");
        return false;
    }
    *r = (struct run){.workload = workload, .error = error, .error_size = error_size};
    bool good = true;
    for (u32 i = 0; good && i < count; i++) {
        r->kind = kinds[i];
        r->cannot = false;
        result[i] = (struct compare_result){0};
        good = measure_kind(r, costs, &bare, &result[i]);
    }
    free(bare.state[false]);
    free(bare.state[true]);
    free(r);
    return good;
}
