// Where everything in a world lies. A VMM that is guest code has all that it needs within the RAM
// that it is given:
//
//     gpa of this VMM     what lies there
//     0x80000000          its configuration, and a device tree
//     0x80400000          its image
//     0x80800000          its own pages
//     after those         the RAM of guest 1, of guest 2, ... to the end of its RAM
//
// A native VMM needs neither configuration nor image there. Sizes are computed from the innermost
// guests outwards, because a VMM needs what its guests need, and its own share. Addresses are
// computed from the machine inwards. A guest's own RAM, and all that lies in it, is the same
// whatever is above the guest.
// Read next: scenarios/world/build.c.
#include "scenarios/world/build.h"

#include "isa/arch/sv32.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RAM_DEFAULT (128u << 20)
// RAM of this size or more starts at a multiple of it, so superpages can map it.
#define SLICE MEGAPAGE_SIZE
#define CODE_SPACE (2 * SLICE)
#define TREE_SPACE (64u << 10)

// ---- the plan's numbers

static void name_guest(struct building *b, u32 index)
{
    struct world_guest *g = &b->world->guest[index];
    const struct guest_plan *p = &b->plan->guest[index];
    snprintf(g->name, sizeof g->name, "%s", p->name);
    if (!*g->name)
        snprintf(g->name, sizeof g->name, "g%u", (unsigned)(index + 1) % 10000);
}

static int compare_names(const void *a, const void *b)
{
    const struct world_guest *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static bool name_guests(struct building *b)
{
    struct world *w = b->world;
    for (u32 i = 0; i < w->guests; i++) {
        name_guest(b, i);
        w->by_name[i] = &w->guest[i];
    }
    qsort(w->by_name, w->guests, sizeof w->by_name[0], compare_names);
    for (u32 i = 1; i < w->guests; i++)
        if (!compare_names(&w->by_name[i - 1], &w->by_name[i]))
            return world_fail(b, STATUS_USAGE,
                              "two guests are called '%s'; give each a name of its own",
                              w->by_name[i]->name);
    return true;
}

// The path of the guest, and whose console and disk it has. A native VMM has a unit for each of its
// guests; unit 0 is the machine's own.
static bool find_way(struct building *b, u32 index)
{
    struct world *w = b->world;
    struct world_guest *g = &w->guest[index];
    struct vmm_place *host = &b->place[g->inside];
    if (g->inside > index || (g->inside && !w->guest[g->inside - 1].is_vmm))
        return world_fail(b, STATUS_USAGE,
                          "%s is to be inside a guest that is not a VMM declared before it",
                          g->name);
    g->path = g->inside ? w->guest[g->inside - 1].path : (struct vm_path){{0}};
    u32 length = vm_path_length(&g->path), unit = g->inside ? w->guest[g->inside - 1].unit : 0;
    if (length == WORLD_DEPTH_MAX)
        return world_fail(b, STATUS_USAGE, "%s is too deep: there can be %d VMMs above one another",
                          g->name, WORLD_DEPTH_MAX);
    g->path.id[length] = (u16)++host->children;
    bool native = !g->inside && !b->plan->t32;
    g->unit = native ? host->children : unit;
    g->has_disk =
        native || (host->children == 1 && (!g->inside || w->guest[g->inside - 1].has_disk));
    w->depth = length + 1 > w->depth ? length + 1 : w->depth;
    return true;
}

static bool check_guest(struct building *b, u32 index)
{
    struct world *w = b->world;
    const struct guest_plan *p = &b->plan->guest[index];
    struct world_guest *g = &w->guest[index];
    g->inside = p->inside;
    g->is_vmm = p->is_vmm;
    g->vcpus = p->vcpus ? p->vcpus : 1;
    if (g->vcpus > (p->is_vmm ? 1 : HARTS_MAX))
        return world_fail(b, STATUS_USAGE, "%s: %" PRIu32 " VCPUs; %s", g->name, g->vcpus,
                          p->is_vmm ? "a VMM that is a guest uses one" : "1 to 8 are possible");
    if (b->plan->depth && !find_way(b, index))
        return false;
    vm_index_make(&w->by_path, &g->path);
    if (p->disk && b->plan->depth && !g->has_disk)
        return world_fail(b, STATUS_USAGE,
                          "%s: only the first guest of a VMM that is guest code can have a disk",
                          g->name);
    bool on_t32 = g->inside || (b->plan->depth && b->plan->t32);
    if (on_t32 && p->hart != GUEST_ANY_HART && p->hart)
        return world_fail(b, STATUS_USAGE, "%s: a VMM that is T32 code has hart 0 only", g->name);
    b->place[1 + index] = (struct vmm_place){.used = p->is_vmm, .code = true};
    if (p->is_vmm)
        return true;
    g->ram = p->ram ? p->ram : RAM_DEFAULT;
    if (g->ram < BOARD_RAM_MIN || g->ram > BOARD_RAM_MAX || g->ram % PAGE_SIZE)
        return world_fail(b, STATUS_USAGE,
                          "%s: %" PRIu32
                          " bytes of RAM; a multiple of 4096 from 64K to 2G is wanted",
                          g->name, g->ram);
    return true;
}

// ---- sizes

static u64 round_up(u64 size, u64 to)
{
    return (size + to - 1) / to * to;
}

static u64 placed(u64 at, u64 size)
{
    return round_up(at, size < SLICE ? PAGE_SIZE : SLICE);
}

static u64 size_of(const struct building *b, u32 guest)
{
    return b->world->guest[guest].is_vmm ? b->place[1 + guest].size : b->world->guest[guest].ram;
}

u32 world_technique(const struct building *b, u32 guest)
{
    const struct guest_plan *g = &b->plan->guest[guest];
    u32 place = b->world->guest[guest].inside;
    if (g->technique)
        return g->technique - 1u;
    return place ? b->plan->guest[place - 1].vmm.technique : b->plan->vmm.technique;
}

// Returns true if this guest is a VMM that runs a guest of its own in guest mode.
static bool needs_h(const struct building *b, u32 guest)
{
    for (u32 i = guest + 1; i < b->world->guests; i++)
        if (b->world->guest[i].inside == guest + 1 &&
            technique_has_guest_mode(world_technique(b, i)))
            return true;
    return false;
}

// A VMM of the technique trap needs no hardware to give the extension to a guest. By assist it
// shares its own.
bool world_has_h(const struct building *b, u32 guest)
{
    bool of_machine = b->plan->machine.profile & ISA_H;
    u32 place = b->world->guest[guest].inside;
    if (!b->plan->depth)
        return of_machine;
    if (!of_machine && !needs_h(b, guest))
        return false;
    switch (world_technique(b, guest)) {
    case TECHNIQUE_TRAP:
        return true;
    case TECHNIQUE_ASSIST:
        return place ? world_has_h(b, place - 1) : of_machine;
    default:
        return false;
    }
}

// The size of a VMM. The sizes of its guests are known.
static void size_place(struct building *b, u32 place)
{
    const struct world *w = b->world;
    struct vmm_place *p = &b->place[place];
    u64 largest = 0, end;
    u32 assisted = 0;
    for (u32 i = 0; i < w->guests; i++) {
        if (w->guest[i].inside != place)
            continue;
        if (size_of(b, i) > largest)
            largest = size_of(b, i);
        assisted += world_technique(b, i) == TECHNIQUE_ASSIST;
    }
    p->pool = p->code ? CODE_SPACE : 0;
    p->pool_size =
        native_memory_need(p->children, (u32)(largest < BOARD_RAM_MAX ? largest : BOARD_RAM_MAX)) +
        assisted * NATIVE_ASSIST_BYTES;
    p->guests = end = round_up(p->pool + p->pool_size, SLICE);
    for (u32 i = 0; i < w->guests; i++)
        if (w->guest[i].inside == place)
            end = placed(end, size_of(b, i)) + size_of(b, i);
    p->size = p->code ? round_up(end + TREE_SPACE, SLICE) : end;
}

static u64 megabytes(u64 bytes)
{
    return (bytes + (1u << 20) - 1) >> 20;
}

// What a VMM needs besides the RAM of its guests.
static u64 own_size(const struct building *b, u32 place)
{
    u64 own = b->place[place].size;
    for (u32 i = 0; i < b->world->guests; i++)
        own -= b->world->guest[i].inside == place ? size_of(b, i) : 0;
    return own;
}

// The sum as a person would write it: "VMM 12M + alice 1024M + bob 1024M = 2060M".
static void tell_sum(const struct building *b, u64 sum, char *to, size_t size)
{
    size_t n = (size_t)snprintf(to, size, "VMM %" PRIu64 "M", megabytes(own_size(b, 0)));
    for (u32 i = 0; i < b->world->guests && n < size; i++) {
        const struct world_guest *g = &b->world->guest[i];
        if (i == 8) {
            n += (size_t)snprintf(to + n, size - n, " + ...");
            break;
        }
        n += (size_t)snprintf(to + n, size - n, " + %s %" PRIu64 "M", g->name,
                              megabytes(g->is_vmm ? own_size(b, 1 + i) : g->ram));
    }
    if (n < size)
        snprintf(to + n, size - n, " = %" PRIu64 "M", megabytes(sum));
}

static bool check_sum(struct building *b, u64 *ram)
{
    u64 need = b->place[0].size, most = b->plan->machine.ram ? b->plan->machine.ram : BOARD_RAM_MAX;
    *ram = b->plan->machine.ram ? most : need;
    if (need <= most)
        return true;
    char sum[400];
    tell_sum(b, need, sum, sizeof sum);
    return world_fail(b, STATUS_USAGE,
                      "the guests and the VMM do not fit into the machine's %" PRIu64
                      "M: %s; give the guests less RAM",
                      most >> 20, sum);
}

// ---- addresses

static void place_guests(struct building *b, u32 place)
{
    struct world *w = b->world;
    u64 at = b->place[place].window + b->place[place].guests;
    for (u32 i = 0; i < w->guests; i++) {
        struct world_guest *g = &w->guest[i];
        if (g->inside != place)
            continue;
        g->ram = (u32)size_of(b, i);
        g->ram_at = (mpa)placed(at, g->ram);
        b->place[1 + i].window = g->ram_at;
        at = (u64)g->ram_at + g->ram;
    }
}

static bool lay_out_vmms(struct building *b, u64 *ram)
{
    u32 guests = b->world->guests;
    b->place[0].used = true;
    b->place[0].code = b->plan->t32;
    b->place[0].window = BOARD_RAM;
    for (u32 i = 0; i < guests; i++)
        if (b->place[1 + i].used && !b->place[1 + i].children)
            return world_fail(b, STATUS_USAGE, "%s is a VMM without a guest; give it one",
                              b->world->guest[i].name);
    // A guest comes after the VMM that it is inside, so the last place is an innermost one.
    for (u32 i = guests + 1; i--;)
        if (b->place[i].used)
            size_place(b, i);
    if (!check_sum(b, ram))
        return false;
    if (b->plan->t32)
        b->place[0].size = *ram;
    for (u32 i = 0; i <= guests; i++)
        if (b->place[i].used)
            place_guests(b, i);
    return true;
}

bool world_lay_out(struct building *b, u64 *ram)
{
    struct world *w = b->world;
    if (!name_guests(b))
        return false;
    for (u32 i = 0; i < w->guests; i++)
        if (!check_guest(b, i))
            return false;
    if (b->plan->depth)
        return lay_out_vmms(b, ram);
    w->guest[0].ram_at = BOARD_RAM;
    *ram = w->guest[0].ram;
    return true;
}
