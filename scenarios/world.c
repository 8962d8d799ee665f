// Building a world from a plan. Read scenarios/world.h first.
#include "scenarios/world.h"

#include "isa/arch/sv32.h"
#include "sim/load_file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define RAM_DEFAULT (128u << 20)
#define SLICE MEGAPAGE_SIZE // guests' RAM starts at multiples of this, so that the VMM can map it by superpages

// A world being built: what to say if it fails.
struct building {
    const struct world_plan *plan;
    struct world *world;
    struct vmm_config *config; // depth 1
    enum status why;
    char *error;
    size_t error_size;
};

void world_plan_default(struct world_plan *plan)
{
    memset(plan, 0, sizeof *plan);
    plan->machine = machine_config_default();
    plan->machine.ram = 0;
    plan->machine.harts = 0;
    plan->policy = POLICY_CACHED;
    for (u32 i = 0; i < WORLD_GUESTS_MAX; i++)
        plan->guest[i].hart = GUEST_ANY_HART;
}

__attribute__((format(printf, 3, 4))) static bool fail(struct building *b, enum status why, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(b->error, b->error_size, format, arguments);
    va_end(arguments);
    b->why = why;
    return false;
}

// ---- the plan's numbers

static void name_guest(struct building *b, u32 index)
{
    struct world_guest *g = &b->world->guest[index];
    const struct guest_plan *p = &b->plan->guest[index];
    snprintf(g->name, sizeof g->name, "%s", p->name);
    if (!*g->name)
        snprintf(g->name, sizeof g->name, "g%u", (unsigned)(index + 1) % 1000);
}

static bool check_guest(struct building *b, u32 index)
{
    struct world *w = b->world;
    const struct guest_plan *p = &b->plan->guest[index];
    struct world_guest *g = &w->guest[index];
    name_guest(b, index);
    for (u32 i = 0; i < index; i++)
        if (!strcmp(w->guest[i].name, g->name))
            return fail(b, STATUS_USAGE, "two guests are called '%s'; give each a name of its own", g->name);
    g->ram = p->ram ? p->ram : RAM_DEFAULT;
    g->vcpus = p->vcpus ? p->vcpus : 1;
    if (g->ram < BOARD_RAM_MIN || g->ram > BOARD_RAM_MAX || g->ram % PAGE_SIZE)
        return fail(b, STATUS_USAGE, "%s: %" PRIu32 " bytes of RAM; a multiple of 4096 from 1M to 2G is wanted", g->name, g->ram);
    if (g->vcpus > HARTS_MAX)
        return fail(b, STATUS_USAGE, "%s: %" PRIu32 " VCPUs; 1 to %d are possible", g->name, g->vcpus, HARTS_MAX);
    g->path.id[0] = w->depth ? (u16)(index + 1) : 0;
    g->unit = w->depth ? index + 1 : 0;
    return true;
}

static u64 round_up(u64 size, u64 to)
{
    return (size + to - 1) / to * to;
}

// The sum as a person would do it: "VMM 12M + alice 1024M + bob 1024M = 2060M".
static void tell_sum(const struct building *b, u64 vmm, u64 sum, char *to, size_t size)
{
    size_t n = (size_t)snprintf(to, size, "VMM %" PRIu64 "M", vmm >> 20);
    for (u32 i = 0; i < b->world->guests && n < size; i++) {
        if (i == 8) {
            n += (size_t)snprintf(to + n, size - n, " + ...");
            break;
        }
        n += (size_t)snprintf(to + n, size - n, " + %s %" PRIu32 "M", b->world->guest[i].name, (b->world->guest[i].ram + (1u << 20) - 1) >> 20);
    }
    if (n < size)
        snprintf(to + n, size - n, " = %" PRIu64 "M", (sum + (1u << 20) - 1) >> 20);
}

// Places the VMM's memory and each guest's RAM; *ram: what the machine needs.
static bool lay_out(struct building *b, u32 *vmm, u64 *ram)
{
    struct world *w = b->world;
    u32 largest = 0;
    for (u32 i = 0; i < w->guests; i++)
        largest = w->guest[i].ram > largest ? w->guest[i].ram : largest;
    *vmm = w->depth ? native_memory_need(w->guests, largest) : 0;
    u64 at = round_up(*vmm, SLICE);
    for (u32 i = 0; i < w->guests; i++) {
        w->guest[i].ram_at = BOARD_RAM + (u32)at;
        *ram = at + w->guest[i].ram;
        at = w->depth ? round_up(*ram, SLICE) : *ram;
    }
    u64 most = w->depth && b->plan->machine.ram ? b->plan->machine.ram : BOARD_RAM_MAX;
    if (*ram <= most) {
        *ram = most == BOARD_RAM_MAX ? *ram : most;
        return true;
    }
    char sum[300];
    tell_sum(b, *vmm, *ram, sum, sizeof sum);
    return fail(b, STATUS_USAGE, "the guests and the VMM do not fit into the machine's %" PRIu64 "M: %s; give the guests less RAM", most >> 20,
                sum);
}

// ---- building

static bool make_machine(struct building *b, u64 ram)
{
    char error[256];
    struct machine_config config = b->plan->machine;
    config.ram = (u32)ram;
    config.harts = b->world->depth ? (config.harts ? config.harts : 1) : b->world->guest[0].vcpus;
    b->world->machine = machine_new(&config, error, sizeof error);
    return b->world->machine || fail(b, STATUS_INTERNAL, "the machine cannot be made: %s", error);
}

static bool attach_disk(struct building *b, u32 index)
{
    const char *path = b->plan->guest[index].disk;
    if (!path)
        return true;
    char error[256];
    struct complaint c = {path, b->error, b->error_size};
    u8 *bytes;
    size_t size;
    b->why = STATUS_INPUT;
    if (!load_file(&c, &bytes, &size))
        return false;
    bool attached = machine_disk_attach(b->world->machine, b->world->guest[index].unit, bytes, size, error, sizeof error);
    free(bytes);
    return attached || fail(b, STATUS_INTERNAL, "%s: it cannot be a disk: %s", path, error);
}

static bool load_one(struct building *b, u32 index)
{
    const struct guest_plan *p = &b->plan->guest[index];
    struct world_guest *g = &b->world->guest[index];
    struct load_spec spec = {
        .image = p->image,
        .source = p->source,
        .initrd = p->initrd,
        .append = p->append,
        .harts = g->vcpus,
        .adue = b->plan->machine.adue,
        .holes = b->plan->machine.holes,
    };
    b->why = STATUS_INPUT;
    return load_machine(b->world->machine, g->ram_at, g->ram, &spec, &g->loaded, b->error, b->error_size) && attach_disk(b, index);
}

// Depth 0: the harts start in the kernel, as firmware leaves them: hart 0 running, the others stopped until HSM starts them.
static void start_bare(struct building *b)
{
    const struct world_guest *g = &b->world->guest[0];
    for (u32 i = 0; i < g->vcpus; i++) {
        struct hart_state *h = machine_hart(b->world->machine, i);
        hart_reset(h, g->loaded.entry, i, g->loaded.device_tree);
        if (i)
            h->run = HART_STOPPED;
    }
}

static void configure_guest(const struct building *b, u32 index)
{
    const struct guest_plan *p = &b->plan->guest[index];
    const struct world_guest *g = &b->world->guest[index];
    struct guest_config *c = &b->config->guest[index];
    memcpy(c->name, g->name, sizeof c->name);
    c->ram_at = g->ram_at;
    c->ram_size = g->ram;
    c->entry = g->loaded.entry;
    c->device_tree = g->loaded.device_tree;
    c->weight = p->weight ? p->weight : 100;
    c->vcpus = (u8)g->vcpus;
    c->hart = p->hart;
    c->pinned = p->pinned;
}

static bool start_vmm(struct building *b, u32 memory)
{
    const struct machine_config *m = machine_config(b->world->machine);
    b->config = calloc(1, sizeof *b->config + b->world->guests * sizeof *b->config->guest);
    if (!b->config)
        return fail(b, STATUS_INTERNAL, "not enough memory for the VMM's configuration");
    *b->config = (struct vmm_config){
        .memory_at = BOARD_RAM,
        .memory_size = memory,
        .quantum = b->plan->quantum ? b->plan->quantum : QUANTUM_DEFAULT,
        .policy = b->plan->policy,
        .scheduler = b->plan->scheduler,
        .clock = m->clock == CLOCK_WALL ? VMM_CLOCK_WALL : VMM_CLOCK_VIRTUAL,
        .harts = (u8)m->harts,
        .adue = m->adue,
        .misaligned_emulate = m->misaligned_emulate,
        .holes = m->holes,
        .off_when_idle = true,
        .guests = b->world->guests,
    };
    for (u32 i = 0; i < b->world->guests; i++)
        configure_guest(b, i);
    char error[256];
    b->world->native = native_new(b->world->machine, b->config, error, sizeof error);
    return b->world->native || fail(b, STATUS_USAGE, "the VMM cannot start: %s", error);
}

static bool build(struct building *b)
{
    struct world *w = b->world;
    u32 vmm = 0;
    u64 ram = 0;
    w->depth = b->plan->depth;
    w->guests = b->plan->guests;
    if (!w->guests || w->guests > WORLD_GUESTS_MAX || (!w->depth && w->guests > 1))
        return fail(b, STATUS_USAGE, "%" PRIu32 " guests: bare there is one, under the VMM 1 to %d", w->guests, WORLD_GUESTS_MAX);
    if (w->depth > 1)
        return fail(b, STATUS_USAGE, "depth %" PRIu32 ": this VMM does not run as a guest; depths 0 and 1 are there", w->depth);
    for (u32 i = 0; i < w->guests; i++)
        if (!check_guest(b, i))
            return false;
    if (!lay_out(b, &vmm, &ram) || !make_machine(b, ram))
        return false;
    for (u32 i = 0; i < w->guests; i++)
        if (!load_one(b, i))
            return false;
    if (w->depth)
        return start_vmm(b, vmm);
    start_bare(b);
    return true;
}

struct world *world_new(const struct world_plan *plan, enum status *why, char *error, size_t error_size)
{
    struct building b = {.plan = plan, .world = calloc(1, sizeof *b.world), .error = error, .error_size = error_size};
    bool built = b.world ? build(&b) : fail(&b, STATUS_INTERNAL, "not enough memory for a machine");
    free(b.config);
    if (built)
        return b.world;
    *why = b.why;
    world_free(b.world);
    return NULL;
}

void world_free(struct world *w)
{
    if (!w)
        return;
    if (w->native)
        native_free(w->native);
    if (w->machine)
        machine_free(w->machine);
    for (u32 i = 0; i < w->guests && i < WORLD_GUESTS_MAX; i++)
        load_result_free(&w->guest[i].loaded);
    free(w);
}

// ---- asking

int world_guest_find(const struct world *w, const char *name)
{
    char path[40];
    for (u32 i = 0; i < w->guests; i++)
        if (!strcmp(w->guest[i].name, name))
            return (int)i;
    for (u32 i = 0; i < w->guests; i++)
        if (!strcmp(vm_path_print(&w->guest[i].path, path, sizeof path), name))
            return (int)i;
    return -1;
}

bool world_symbol(const struct world_guest *g, const char *name, gva *address)
{
    return symbols_find(&g->loaded.symbols, name, address);
}

static struct guest_end bare_end(struct world *w)
{
    static const enum vm_state states[] = {
        [POWER_ON] = VM_RUNNING, [POWER_OFF] = VM_OFF, [POWER_FAILED] = VM_FAILED, [POWER_REBOOT] = VM_OFF};
    struct guest_end end = {0};
    end.state = states[machine_power(w->machine, &end.code)];
    end.stuck = machine_stuck(w->machine, &end.pc);
    if (end.state == VM_RUNNING && end.stuck != STUCK_NOT)
        end.state = VM_STUCK;
    return end;
}

struct guest_end world_guest_end(struct world *w, u32 guest)
{
    if (!w->depth)
        return bare_end(w);
    struct guest_end end = {.state = VM_RUNNING};
    struct observed_vm vm;
    struct observed_vcpu v;
    if (observe_vm(w->machine, &w->guest[guest].path, &vm)) {
        end.state = vm.state;
        end.code = vm.power_code;
    }
    if (observe_vcpu(w->machine, &w->guest[guest].path, 0, &v))
        end.pc = v.state.pc;
    return end;
}

bool world_guest_is_over(struct world *w, u32 guest)
{
    enum vm_state state = world_guest_end(w, guest).state;
    return state == VM_OFF || state == VM_FAILED || state == VM_STUCK;
}
