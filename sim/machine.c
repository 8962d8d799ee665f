// The life of a machine: it is made from a checked configuration, booted, freed. Contracts:
// sim/machine.h.
#include "sim/engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

// Round numbers, of the size that real processors of this kind have.
const struct costs costs_default = {
    .trap = 20,
    .sret = 10,
    .walk = 10,
    .device = 100,
    .firmware = 50,
    .emulate = 300,
    .fill = 600,
    .reflect = 200,
    .inject = 200,
    .schedule = 500,
};

struct machine_config machine_config_default(void)
{
    // All other members are 0: the virtual clock, the engine jit, no options.
    return (struct machine_config){.ram = 128u << 20, .harts = 1, .costs = costs_default};
}

static bool is_valid(const struct machine_config *c, char *error, size_t size)
{
    if (c->ram < BOARD_RAM_MIN || c->ram > BOARD_RAM_MAX || c->ram % PAGE_SIZE)
        snprintf(error, size,
                 "%u bytes of RAM: a machine has 64 KiB to 2 GiB, a multiple of 4096 bytes",
                 c->ram);
    else if ((u32)c->engine > ENGINE_PLAIN)
        snprintf(error, size, "engine %u: there is jit (%u), fast (%u) and plain (%u)", c->engine,
                 ENGINE_JIT, ENGINE_FAST, ENGINE_PLAIN);
    else if (c->harts < 1 || c->harts > HARTS_MAX)
        snprintf(error, size, "%u harts: a machine has 1 to %u", c->harts, HARTS_MAX);
    else
        return true;
    return false;
}

static const struct engine *const engines[] = {
    [ENGINE_JIT] = &engine_jit, [ENGINE_FAST] = &engine_fast, [ENGINE_PLAIN] = &engine_plain};

static bool give_tlb(struct hart *h)
{
    void *at = mmap(NULL, sizeof *h->tlb, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    h->tlb = at == MAP_FAILED ? NULL : at;
    return h->tlb;
}

static bool give_memory(struct machine *m)
{
    bool given = pages_new(&m->ram, m->config.ram >> PAGE_SHIFT);
    for (u32 i = 0; given && i < m->config.harts; i++)
        given = give_tlb(&m->hart[i]);
    return given && (!m->engine->start || m->engine->start(m));
}

void machine_boot(struct machine *m, u32 entry, u32 device_tree)
{
    for (u32 i = 0; i < m->config.harts; i++) {
        hart_reset(m->states[i], entry, i, device_tree);
        h_reset(m->extensions[i]);
        if (i)
            m->states[i]->run = HART_STOPPED;
    }
    harts_see_lines(m);
}

struct machine *machine_new(const struct machine_config *config, char *error, size_t error_size)
{
    if (!is_valid(config, error, error_size))
        return NULL;
    struct machine *m = calloc(1, sizeof *m);
    if (!m) {
        snprintf(error, error_size, "no memory for a machine");
        return NULL;
    }
    m->config = *config;
    m->engine = engines[config->engine];
    m->end = m->begun = NEVER;
    for (u32 i = 0; i < config->harts; i++) {
        m->hart[i].machine = m;
        m->hart[i].number = i;
        m->states[i] = &m->hart[i].state;
        m->extensions[i] = &m->hart[i].extension;
    }
    if (!give_memory(m)) {
        snprintf(error, error_size, "no memory for a machine with %u bytes of RAM; try less",
                 config->ram);
        machine_free(m);
        return NULL;
    }
    bus_wire(m);
    board_reset(&m->core.board, config->harts, config->board);
    round_reset(&m->core.round);
    machine_boot(m, BOARD_KERNEL, 0);
    return m;
}

void machine_free(struct machine *m)
{
    if (!m)
        return;
    if (m->engine->end)
        m->engine->end(m);
    for (u32 i = 0; i < m->config.harts; i++)
        if (m->hart[i].tlb)
            munmap(m->hart[i].tlb, sizeof *m->hart[i].tlb);
    units_free(&m->units);
    free(m->later.events);
    pages_free(&m->ram);
    free(m);
}

const struct machine_config *machine_config(const struct machine *m)
{
    return &m->config;
}

struct hart_state *machine_hart(struct machine *m, u32 hart)
{
    return &m->hart[hart].state;
}

struct h_state *machine_hart_extension(struct machine *m, u32 hart)
{
    return &m->hart[hart].extension;
}
