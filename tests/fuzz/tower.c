// A tower of virtual machines in one machine's RAM. Each VMM that is T32 code is the kernel of a
// memory of its own, laid out like this, with the next one (or the program) in the middle:
//
//     0x80000000        0x80400000    0x80800000      0x80c00000
//     | VMM's own pages | its image   | configuration | RAM of its guest ...  | device tree |
//
// The native VMM, if it is the outermost, has just its own pages and the guest's RAM.
// Read next: tests/fuzz/run.c.
#include "tests/fuzz/tower.h"
#include "sim/load/load.h"
#include "scenarios/random/layout.h"

#include <stdlib.h>

#define PART MEGAPAGE_SIZE
#define CONFIG_AT (BOARD_RAM + 2 * PART)
#define GUEST_AT (BOARD_RAM + 3 * PART)
#define DISK_SECTORS 8u
#define INPUT "what a person types"

static bool fail(struct run *r, const char *what)
{
    snprintf(r->broken, sizeof r->broken, "%.*s", RUN_ERROR - 1, what);
    return false;
}

// RAM of a guest that has this many T32 VMMs in it.
static u32 ram_with(struct run_options options, u32 vmms)
{
    return options.ram + vmms * 4 * PART;
}

static u32 native_memory(u32 ram)
{
    return (native_memory_need(1, ram) + PART - 1) / PART * PART;
}

static u32 vmms_inside(const struct configuration *c)
{
    return c->t32 || !c->depth ? c->depth : c->depth - 1;
}

// By which technique a VMM runs its guest. `level`: how many VMMs are below it.
static u8 technique_at(const struct configuration *c, u32 level)
{
    const u8 techniques[] = {c->technique, c->inner_technique, c->innermost_technique};
    return techniques[level];
}

// Does the guest of this VMM have the hypervisor extension? It has it if it is a VMM that needs it.
static bool guest_has_h(const struct configuration *c, u32 level)
{
    return level + 1 < c->depth && technique_has_guest_mode(technique_at(c, level + 1));
}

// What a VMM is told of its one guest. T32 VMMs start theirs with the device tree that load_machine
// made; the program needs none.
static struct vmm_config *configure(const struct run *r, const struct machine_config *m, u32 vcpus)
{
    struct vmm_config *config = calloc(1, sizeof *config + sizeof config->guest[0]);
    if (!config)
        abort();
    *config = (struct vmm_config){.quantum = 50000,
                                  .policy = r->configuration->policy,
                                  .clock = VMM_CLOCK_VIRTUAL,
                                  .harts = 1,
                                  .adue = m->adue,
                                  .virtio = m->board.virtio,
                                  .disk_slot = m->board.disk_slot,
                                  .off_when_idle = 1,
                                  .enlightened = r->configuration->enlightened,
                                  .guests = 1};
    config->guest[0] = (struct guest_config){
        .name = "fuzz", .weight = 100, .vcpus = vcpus, .hart = GUEST_ANY_HART};
    return config;
}

// Is a VMM to have hardly any memory? Tables for the guests of guests need more than that.
static bool is_short(const struct run *r, struct run_options options)
{
    const struct configuration *c = r->configuration;
    return options.vmm_pages && !c->inner_technique && !c->innermost_technique;
}

// What stands at `at` of the machine: a T32 VMM and what is in it, or the program itself. Tells
// where it starts.
struct floor {
    gpa entry, device_tree;
};

static bool load(struct run *r, const struct load_spec *spec, mpa at, u32 ram, struct floor *floor)
{
    struct load_result result;
    char error[LOAD_ERROR];
    if (!load_machine(r->machine, at, ram, spec, &result, error, sizeof error))
        return fail(r, error);
    *floor = (struct floor){result.entry, result.device_tree};
    load_result_free(&result);
    return true;
}

static bool put_program(struct run *r, const struct asm_image *image, struct run_options options,
                        mpa at, struct floor *floor)
{
    if (options.kernel)
        return load(r,
                    &(struct load_spec){.image = options.kernel,
                                        .append = options.append,
                                        .harts = options.harts,
                                        .adue = options.adue},
                    at, options.ram, floor);
    *floor = (struct floor){.entry = image->entry};
    return machine_write(r->machine, at + (image->base - BOARD_RAM), image->bytes, image->size) ||
           fail(r, "the program does not fit its memory");
}

static bool build_floor(struct run *r, const struct asm_image *image, struct run_options options,
                        mpa at, u32 vmms, struct floor *floor)
{
    r->program_at = at; // the innermost is the last to say so
    if (!vmms)
        return put_program(r, image, options, at, floor);
    struct floor inner;
    if (!build_floor(r, image, options, at + (GUEST_AT - BOARD_RAM), vmms - 1, &inner))
        return false;
    struct vmm_config *config =
        configure(r, machine_config(r->machine), vmms > 1 ? 1 : options.harts);
    config->memory_at = BOARD_RAM;
    config->memory_size = is_short(r, options) ? options.vmm_pages * PAGE_SIZE : PART;
    config->guest[0].ram_at = GUEST_AT;
    config->guest[0].ram_size = ram_with(options, vmms - 1);
    config->guest[0].entry = inner.entry;
    config->guest[0].device_tree = inner.device_tree;
    // A VMM that uses guest mode has the hypervisor extension.
    const struct configuration *c = r->configuration;
    u32 level = c->depth - vmms;
    config->guest[0].technique = technique_at(c, level);
    config->guest[0].has_h = guest_has_h(c, level);
    bool has_h = technique_has_guest_mode(technique_at(c, level));
    machine_write(r->machine, at + (CONFIG_AT - BOARD_RAM), config,
                  sizeof *config + sizeof config->guest[0]);
    free(config);
    char append[32];
    snprintf(append, sizeof append, "config=0x%x", CONFIG_AT);
    struct load_spec spec = {
        .image = options.vmm_image, .append = append, .harts = 1, .adue = options.adue, .h = has_h};
    return load(r, &spec, at, ram_with(options, vmms), floor);
}

// Console input and a disk, at the unit that the outermost guest is served by.
static bool furnish(struct run *r, u32 unit)
{
    r->unit = unit;
    u8 disk[DISK_SECTORS * BOARD_SECTOR];
    for (u32 i = 0; i < sizeof disk; i++)
        disk[i] = (u8)(i * 7 + i / 512);
    machine_input(r->machine, unit, INPUT, sizeof INPUT - 1);
    return machine_disk_attach(r->machine, unit, disk, sizeof disk, r->broken, sizeof r->broken);
}

static bool start_native(struct run *r, u32 memory, u32 ram, u32 vcpus, struct run_options options,
                         struct floor floor)
{
    struct vmm_config *config = configure(r, machine_config(r->machine), vcpus);
    config->memory_at = BOARD_RAM;
    config->memory_size = is_short(r, options) ? options.vmm_pages * PAGE_SIZE : memory;
    config->guest[0].ram_at = BOARD_RAM + memory;
    config->guest[0].ram_size = ram;
    config->guest[0].technique = r->configuration->technique;
    config->guest[0].has_h = guest_has_h(r->configuration, 0);
    config->guest[0].entry = floor.entry;
    config->guest[0].device_tree = floor.device_tree;
    r->native = native_new(r->machine, config, r->broken, sizeof r->broken);
    free(config);
    return r->native != NULL;
}

bool tower_build(struct run *r, const struct asm_image *image, struct run_options options)
{
    const struct configuration *c = r->configuration;
    bool native = c->depth && !c->t32;
    u32 vmms = vmms_inside(c), ram = ram_with(options, vmms),
        memory = native ? native_memory(ram) : 0;
    struct machine_config config = machine_config_default();
    config.ram = memory + ram;
    config.engine = c->engine;
    config.eager = c->eager;
    config.harts = c->depth ? 1 : options.harts;
    config.profile = technique_has_guest_mode(c->technique) ? ISA_H : ISA_T32;
    config.adue = options.adue;
    config.board = (struct board_options){options.virtio, options.disk_slot};
    config.misaligned_emulate = options.misaligned_emulate;
    r->machine = machine_new(&config, r->broken, sizeof r->broken);
    struct floor floor;
    if (!r->machine || !build_floor(r, image, options, BOARD_RAM + memory, vmms, &floor) ||
        !furnish(r, native))
        return false;
    for (u32 i = 0; i < c->depth; i++)
        r->path.id[i] = 1;
    r->console_path.id[0] = native;
    if (native)
        return start_native(r, memory, ram, vmms ? 1 : options.harts, options, floor);
    hart_reset(machine_hart(r->machine, 0), floor.entry, 0, floor.device_tree);
    if (c->t32 && options.late)
        machine_hart(r->machine, 0)->idle = (1ull << 32) - options.late;
    return true;
}
