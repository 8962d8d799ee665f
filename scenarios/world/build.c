// Building a world from a plan: the machine, the images in its memory, what each VMM is told, and
// the first instruction. Read scenarios/world/world.h first.
// Read next: scenarios/world/world.c.
#include "scenarios/world/build.h"
#include "scenarios/world/costs.h"

#include "scenarios/host/files.h"
#include "scenarios/host/folder.h"
#include "sim/load/file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DISKS_MOST (2ull << 30) // bytes: as much as all RAM may have

// ---- building

static bool make_machine(struct building *b, u64 ram)
{
    char error[256];
    struct machine_config config = b->plan->machine;
    if (b->plan->costs)
        costs_apply(b->plan->costs, &config.costs);
    config.ram = (u32)ram;
    config.harts = b->world->depth ? (config.harts ? config.harts : 1) : b->world->guest[0].vcpus;
    if (b->plan->t32 && config.harts > 1)
        return world_fail(b, STATUS_USAGE, "%" PRIu32 " harts: a VMM that is T32 code uses one",
                          config.harts);
    b->world->machine = machine_new(&config, error, sizeof error);
    return b->world->machine ||
           world_fail(b, STATUS_INTERNAL, "the machine cannot be made: %s", error);
}

// Each guest has a copy of its disk, in memory of the host. A file that is not there, or is too
// large by itself, is told later, by whoever reads it.
static bool disks_fit(struct building *b)
{
    u64 sum = 0;
    for (u32 i = 0; i < b->plan->guests; i++) {
        struct stat file;
        const char *path = b->plan->guest[i].disk;
        if (path && !stat(path, &file) && file.st_size <= (off_t)LOAD_FILE_MOST)
            sum += (u64)file.st_size;
    }
    return sum <= DISKS_MOST ||
           world_fail(b, STATUS_INPUT,
                      "the disks of all guests have %" PRIu64 " bytes together, and at most 2 GiB "
                      "are possible; use smaller disks, or fewer",
                      sum);
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
    bool attached = machine_disk_attach(b->world->machine, b->world->guest[index].unit, bytes, size,
                                        error, sizeof error);
    free(bytes);
    return attached || world_fail(b, STATUS_INTERNAL, "%s: it cannot be a disk: %s", path, error);
}

// Loads the guest's images into `size` bytes of RAM at `at`.
static bool load(struct building *b, mpa at, u64 size, const struct guest_plan *p, u32 harts,
                 bool has_h, struct load_result *loaded)
{
    struct load_spec spec = {
        .image = p->image,
        .source = p->source,
        .initrd = p->initrd,
        .append = p->append,
        .harts = harts,
        .adue = b->plan->machine.adue,
        .h = has_h,
        .profile = b->plan->machine.profile,
    };
    b->why = STATUS_INPUT;
    return load_machine(b->world->machine, at, (u32)size, &spec, loaded, b->error, b->error_size);
}

// ---- VMMs that are T32 code

static bool find_image(struct building *b)
{
    char *guests = folder_guests();
    b->vmm_image = guests ? file_join(guests, "vmm.elf") : NULL;
    free(guests);
    return b->vmm_image ||
           world_fail(b, STATUS_INPUT,
                      "vmm.elf, the VMM as T32 code, is not there; build the guests (make guests)");
}

static bool load_vmm(struct building *b, u32 place, struct load_result *loaded)
{
    const struct vmm_place *p = &b->place[place];
    struct guest_plan plan = {.append = "config=0x80000000"}; // BOARD_RAM
    plan.image = place ? b->plan->guest[place - 1].vmm_image : b->plan->vmm_image;
    if (!plan.image && !b->vmm_image && !find_image(b))
        return false;
    if (!plan.image)
        plan.image = b->vmm_image;
    bool has_h = place ? world_has_h(b, place - 1) : b->plan->machine.profile & ISA_H;
    return load(b, p->window, p->size, &plan, 1, has_h, loaded);
}

// ---- guests

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

// The index of an earlier guest that has the same bytes in the same places, or of this guest
// itself. A thousand equal guests are loaded once and copied.
static u32 find_like(struct building *b, u32 index)
{
    const struct guest_plan *p = &b->plan->guest[index];
    const struct world_guest *g = b->world->guest;
    for (u32 i = 0; i < b->kinds; i++) {
        const struct guest_plan *q = &b->plan->guest[b->kind[i]];
        if (same_text(p->source, q->source) && same_text(p->image, q->image) &&
            same_text(p->initrd, q->initrd) && same_text(p->append, q->append) &&
            g[index].ram == g[b->kind[i]].ram && g[index].vcpus == g[b->kind[i]].vcpus &&
            world_has_h(b, index) == world_has_h(b, b->kind[i]))
            return b->kind[i];
    }
    if (b->kinds < sizeof b->kind / sizeof *b->kind)
        b->kind[b->kinds++] = index;
    return index;
}

static void copy_ram(struct machine *m, const struct world_guest *from,
                     const struct world_guest *to)
{
    for (u32 offset = 0; offset < from->ram; offset += PAGE_SIZE)
        if (machine_page_used(m, from->ram_at + offset))
            machine_write(m, to->ram_at + offset,
                          machine_ram(m) + (from->ram_at - BOARD_RAM) + offset, PAGE_SIZE);
}

static bool load_one(struct building *b, u32 index)
{
    struct world_guest *g = &b->world->guest[index];
    g->like = index;
    if (g->is_vmm)
        return load_vmm(b, 1 + index, &g->loaded);
    g->has_h = world_has_h(b, index);
    g->like = find_like(b, index);
    if (g->like == index)
        return load(b, g->ram_at, g->ram, &b->plan->guest[index], g->vcpus, g->has_h, &g->loaded) &&
               attach_disk(b, index);
    g->loaded = b->world->guest[g->like].loaded;
    g->loaded.lines = (struct lines){0}; // they have one owner: the first question changes them
    copy_ram(b->world->machine, &b->world->guest[g->like], g);
    return attach_disk(b, index);
}

// ---- what each VMM is told

// A VMM can use guest mode if it has the hypervisor extension. If it has none, some VMM above it
// could not give it on: one of assist-shadow never does, and one of assist must have it itself.
static bool may_assist(struct building *b, const struct world_guest *g)
{
    const struct world_guest *guest = b->world->guest;
    u32 place = g->inside;
    if (place ? world_has_h(b, place - 1) : b->plan->machine.profile & ISA_H)
        return true;
    while (place && world_technique(b, place - 1) == TECHNIQUE_ASSIST)
        place = guest[place - 1].inside;
    if (place)
        return world_fail(b, STATUS_USAGE,
                          "%s: a VMM above it, %s, is a guest of the technique assist-shadow and "
                          "has no hypervisor extension; run %s by assist or by trap, or this guest "
                          "by trap",
                          g->name, guest[place - 1].name, guest[place - 1].name);
    return world_fail(b, STATUS_USAGE,
                      "%s: the machine has no hypervisor extension to assist the VMM; give it "
                      "profile h, or take technique trap",
                      g->name);
}

static bool configure_guest(struct building *b, u32 index, struct guest_config *c)
{
    const struct guest_plan *p = &b->plan->guest[index];
    const struct world_guest *g = &b->world->guest[index];
    memcpy(c->name, g->name, sizeof c->name);
    c->ram_at = g->ram_at - b->place[g->inside].window + BOARD_RAM; // as its VMM sees it
    c->ram_size = g->ram;
    c->entry = g->loaded.entry;
    c->device_tree = g->loaded.device_tree;
    c->weight = p->weight ? p->weight : 100;
    c->vcpus = (u8)g->vcpus;
    c->hart = p->hart;
    c->pinned = p->pinned;
    c->technique = (u8)world_technique(b, index);
    c->has_h = world_has_h(b, index);
    return !technique_has_guest_mode(c->technique) || may_assist(b, g);
}

// What a VMM is told of itself and its guests. malloc'ed; *size: its bytes.
static struct vmm_config *configure(struct building *b, u32 place, const struct vmm_plan *plan,
                                    u32 *size)
{
    const struct machine_config *m = machine_config(b->world->machine);
    const struct vmm_place *at = &b->place[place];
    *size = (u32)(sizeof(struct vmm_config) + at->children * sizeof(struct guest_config));
    struct vmm_config *c = calloc(1, *size);
    if (!c) {
        world_fail(b, STATUS_INTERNAL, "not enough memory for the VMM's configuration");
        return NULL;
    }
    *c = (struct vmm_config){
        .memory_at = BOARD_RAM + (u32)at->pool,
        .memory_size = at->pool_size,
        .quantum = plan->quantum ? plan->quantum : QUANTUM_DEFAULT,
        .policy = plan->policy,
        .scheduler = plan->scheduler,
        .clock = m->clock == CLOCK_WALL ? VMM_CLOCK_WALL : VMM_CLOCK_VIRTUAL,
        .harts = at->code ? 1 : (u8)m->harts,
        .adue = m->adue,
        .holes = (m->profile & ISA_HOLES) != 0,
        .virtio = m->board.virtio,
        .disk_slot = m->board.disk_slot,
        .house = m->profile & ISA_HOUSE ? m->profile : 0,
        .off_when_idle = true,
        .enlightened = plan->enlightened,
    };
    for (u32 i = 0; i < b->world->guests; i++) {
        if (b->world->guest[i].inside != place)
            continue;
        if (!configure_guest(b, i, &c->guest[c->guests++])) {
            free(c);
            return NULL;
        }
    }
    return c;
}

// Puts the configuration at the start of the VMM's RAM, where its boot arguments say that it is.
static bool tell_vmm(struct building *b, u32 place, const struct vmm_plan *plan)
{
    u32 size;
    struct vmm_config *c = configure(b, place, plan, &size);
    bool told = c && machine_write(b->world->machine, b->place[place].window, c, size);
    free(c);
    return told;
}

// ---- start

// At depth 0 the harts start in the kernel, as firmware leaves them: hart 0 runs, and the others
// are stopped until the kernel starts them (HSM).
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

static bool start_native(struct building *b)
{
    u32 size;
    struct vmm_config *c = configure(b, 0, &b->plan->vmm, &size);
    if (!c)
        return false;
    char error[256];
    b->world->native = native_new(b->world->machine, c, error, sizeof error);
    free(c);
    return b->world->native || world_fail(b, STATUS_USAGE, "the VMM cannot start: %s", error);
}

static bool start_code(struct building *b)
{
    struct load_result loaded;
    if (!load_vmm(b, 0, &loaded))
        return false;
    bool told = tell_vmm(b, 0, &b->plan->vmm);
    if (told)
        machine_boot(b->world->machine, loaded.entry, loaded.device_tree);
    load_result_free(&loaded);
    return told;
}

static bool start(struct building *b)
{
    for (u32 i = 0; i < b->world->guests; i++)
        if (b->world->guest[i].is_vmm && !tell_vmm(b, 1 + i, &b->plan->guest[i].vmm))
            return false;
    if (b->plan->depth)
        return b->plan->t32 ? start_code(b) : start_native(b);
    start_bare(b);
    return true;
}

static bool build(struct building *b)
{
    struct world *w = b->world;
    u64 ram = 0;
    w->t32 = b->plan->depth && b->plan->t32;
    w->guests = b->plan->guests;
    if (!w->guests || w->guests > WORLD_GUESTS_MAX || (!b->plan->depth && w->guests > 1))
        return world_fail(b, STATUS_USAGE,
                          "%" PRIu32 " guests: bare there is one, under the VMM 1 to %d", w->guests,
                          WORLD_GUESTS_MAX);
    if (!world_lay_out(b, &ram) || !disks_fit(b) || !make_machine(b, ram))
        return false;
    for (u32 i = 0; i < w->guests; i++)
        if (!load_one(b, i))
            return false;
    return start(b);
}

struct world *world_new(const struct world_plan *plan, enum status *why, char *error,
                        size_t error_size)
{
    struct building b = {.plan = plan,
                         .world = calloc(1, sizeof *b.world),
                         .error = error,
                         .error_size = error_size};
    bool built =
        b.world ? build(&b) : world_fail(&b, STATUS_INTERNAL, "not enough memory for a machine");
    free(b.vmm_image);
    if (built)
        return b.world;
    *why = b.why;
    world_free(b.world);
    return NULL;
}
