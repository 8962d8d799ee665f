// The counters of a run as JSON. Read scenarios/world/report.h first.
// Read next: scenarios/world/trace.c.
#include "scenarios/world/report.h"

#include "isa/isa.h"

#include <cjson/cJSON.h>
#include <inttypes.h>

static void add_count(cJSON *to, const char *name, u64 value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value); // as text: cJSON's doubles are not exact
    cJSON_AddRawToObject(to, name, text);
}

static void add_causes(cJSON *to, const char *name, const struct counted_cause counted[], u64 total)
{
    cJSON *object = cJSON_AddObjectToObject(to, name);
    add_count(object, "total", total);
    cJSON *causes = cJSON_AddObjectToObject(object, "by_cause");
    for (u32 i = 0; i < COUNTERS_CAUSES; i++) {
        if (!counted[i].count)
            continue;
        char unknown[16];
        cJSON *cause = cJSON_AddObjectToObject(causes, trace_cause(counters_cause(i), unknown));
        add_count(cause, "count", counted[i].count);
        add_count(cause, "cycles", counted[i].cost);
        add_count(cause, "most_cycles", counted[i].most);
    }
}

static void add_counted(cJSON *to, const struct counted *c)
{
    static const struct {
        const char *name;
        enum event_kind kind;
    } rows[] = {
        {"emulations", EVENT_EMULATE},  {"fills", EVENT_FILL},
        {"reflections", EVENT_REFLECT}, {"preemptions", EVENT_PREEMPT},
        {"injections", EVENT_INJECT},   {"schedules", EVENT_SCHEDULE},
        {"blocks", EVENT_BLOCK},
    };
    add_causes(to, "traps", c->trap, c->kind[EVENT_TRAP]);
    add_causes(to, "exits", c->exit, c->kind[EVENT_EXIT]);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        add_count(to, rows[i].name, c->kind[rows[i].kind]);
    add_count(to, "firmware_calls", c->firmware_calls);
    add_count(to, "device_accesses", c->device_accesses);
    add_count(to, "sfences", c->sfences);
}

// What the harts ran directly for the guests inside a VM.
static u64 direct_inside(struct world *w, u32 guest)
{
    u64 direct = 0;
    for (u32 i = 0; i < w->guests; i++) {
        struct observed_vm vm;
        if (w->guest[i].inside == 1 + guest && observe_vm(w->machine, &w->guest[i].path, &vm))
            direct += vm.direct;
    }
    return direct;
}

// The instructions of the guests, and how many of them ran directly on a hart. Those of a guest
// that is a VMM include those of its own guests, so as an owner of cycles it has what is left.
// Returns how many ran directly for all guests.
static u64 add_guests(struct world *w, const struct counters *counters, cJSON *root, cJSON *owners)
{
    u64 retired = 0, direct = 0;
    cJSON *guests = cJSON_CreateObject();
    for (u32 i = 0; i < w->guests; i++) {
        struct observed_vm vm;
        if (!observe_vm(w->machine, &w->guest[i].path, &vm))
            continue;
        retired += w->guest[i].inside ? 0 : vm.retired;
        direct += w->guest[i].inside ? 0 : vm.direct;
        u64 inside = w->guest[i].is_vmm ? direct_inside(w, i) : 0;
        add_count(owners, w->guest[i].name, vm.direct > inside ? vm.direct - inside : 0);
        cJSON *guest = cJSON_AddObjectToObject(guests, w->guest[i].name);
        char path[32];
        cJSON_AddStringToObject(guest, "path", vm_path_print(&w->guest[i].path, path, sizeof path));
        cJSON_AddStringToObject(guest, "state", vm_state_name(vm.state));
        add_count(guest, "retired", vm.retired);
        add_count(guest, "direct", vm.direct);
        const struct counted *counted = counters_of(counters, &w->guest[i].path);
        static const struct counted none;
        add_counted(guest, counted ? counted : &none);
    }
    add_count(root, "retired", retired);
    add_count(root, "direct", direct);
    cJSON_AddNumberToObject(root, "direct_share", retired ? (double)direct / (double)retired : 1.0);
    cJSON_AddItemToObject(root, "guests", guests);
    return direct;
}

// What the harts were charged beyond one cycle for each instruction, by what it was for.
static void add_charged(struct world *w, cJSON *to)
{
    static const char *const names[CHARGES] = {[CHARGE_TRAP] = "traps",
                                               [CHARGE_WALK] = "walks",
                                               [CHARGE_DEVICE] = "devices",
                                               [CHARGE_VMM] = "vmm"};
    for (u32 what = 0; what < CHARGES; what++) {
        u64 cycles = 0;
        for (u32 hart = 0; hart < machine_config(w->machine)->harts; hart++)
            cycles += machine_hart_charged_for(w->machine, hart, what);
        add_count(to, names[what], cycles);
    }
}

// What was charged by events, but for the traps that guests took by themselves.
static u64 cost_of_vmms(const struct counters *counters)
{
    u64 cost = counters->all.cost;
    for (u32 i = 0; i < COUNTERS_CAUSES; i++)
        cost -= counters->all.trap[i].cost;
    return cost;
}

// Where the cycles of all harts went; the sum is the total. The work of a native VMM is what its
// events cost, the exits included. A VMM that is T32 code also has instructions: all that were not
// `direct`. Walks, accesses to devices and entries into traps are the machine's.
static void add_cycles(struct world *w, const struct counters *counters, u64 direct, cJSON *cycles,
                       cJSON *owners)
{
    const struct machine_config *config = machine_config(w->machine);
    u64 idle = 0, charged = 0, retired = 0;
    for (u32 i = 0; i < config->harts; i++) {
        const struct hart_state *h = machine_hart(w->machine, i);
        idle += h->idle;
        charged += machine_hart_charged(w->machine, i);
        retired += h->retired;
    }
    if (config->clock == CLOCK_WALL)
        idle -= charged; // by this clock, costs are time that has passed
    u64 vmm = w->depth ? cost_of_vmms(counters) : 0;
    if (w->depth)
        add_count(owners, "vmm", vmm + (retired > direct ? retired - direct : 0));
    add_count(owners, "machine", charged - vmm);
    add_count(owners, "idle", idle);
    add_count(cycles, "total", retired + charged + idle);
    cJSON_AddItemToObject(cycles, "by_owner", owners);
    add_charged(w, cJSON_AddObjectToObject(cycles, "charged"));
}

// ---- exit multiplication

static void add_levels(cJSON *to, const struct effort *by, u32 levels, u64 exits)
{
    cJSON *list = cJSON_AddArrayToObject(to, "vmms");
    for (u32 level = 0; level < levels; level++) {
        cJSON *row = cJSON_CreateObject();
        cJSON_AddItemToArray(list, row);
        add_count(row, "level", level);
        add_count(row, "exits", by[level].exits);
        add_count(row, "instructions", by[level].instructions);
        add_count(row, "cycles", by[level].cycles);
        cJSON_AddNumberToObject(row, "exits_each", (double)by[level].exits / (double)exits);
        cJSON_AddNumberToObject(row, "instructions_each",
                                (double)by[level].instructions / (double)exits);
        cJSON_AddNumberToObject(row, "cycles_each", (double)by[level].cycles / (double)exits);
    }
}

// What one exit of the deepest guest takes in each VMM above it: by cause, and all causes together.
static void add_multiplied(cJSON *root, const struct multiplied *m)
{
    char text[40];
    struct effort sum[EVENT_DEPTH];
    u64 exits = multiply_sum(m, sum);
    u32 levels = vm_path_length(&m->guest);
    if (!exits)
        return;
    cJSON *to = cJSON_AddObjectToObject(root, "multiplication");
    cJSON_AddStringToObject(to, "guest", vm_path_print(&m->guest, text, sizeof text));
    add_count(to, "exits", exits);
    add_levels(to, sum, levels, exits);
    cJSON *causes = cJSON_AddObjectToObject(to, "by_cause");
    for (u32 i = 0; i < COUNTERS_CAUSES; i++) {
        if (!m->count[i])
            continue;
        cJSON *cause = cJSON_AddObjectToObject(causes, trace_cause(counters_cause(i), text));
        add_count(cause, "exits", m->count[i]);
        add_levels(cause, m->by[i], levels, m->count[i]);
    }
}

char *stats_json(struct world *w, const struct counters *counters, double seconds)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "host_seconds", seconds);
    add_count(root, "depth", w->depth);
    add_count(root, "steps", machine_steps(w->machine));
    cJSON *cycles = cJSON_CreateObject();
    cJSON *owners = cJSON_CreateObject();
    u64 direct = add_guests(w, counters, root, owners);
    add_counted(root, &counters->all);
    add_multiplied(root, &counters->multiplied);

    add_cycles(w, counters, direct, cycles, owners);
    cJSON_AddItemToObject(root, "cycles", cycles);
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    return text;
}
