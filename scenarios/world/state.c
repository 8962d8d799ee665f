// The final state of a guest, and its JSON. Read scenarios/world/report.h first.
// Read next: scenarios/world/stats.c.
#include "scenarios/world/report.h"

#include "isa/isa.h"

#include <cjson/cJSON.h>
#include <inttypes.h>

static const char *const run_names[] = {
    [HART_STOPPED] = "stopped", [HART_RUNNING] = "running", [HART_PARKED] = "parked"};

bool state_take(struct world *w, u32 guest, const struct consoles *consoles,
                struct guest_state *state)
{
    if (guest >= w->guests)
        return false;
    const struct world_guest *g = &w->guest[guest];
    struct console console = consoles_of(consoles, &g->path);
    *state = (struct guest_state){
        .harts = g->vcpus,
        .ram_hash = observe_ram_hash(w->machine, &g->path),
        .console_hash = console.hash,
        .console_bytes = console.count,
    };
    for (u32 i = 0; i < g->vcpus; i++)
        if (!observe_vcpu(w->machine, &g->path, i, &state->hart[i]))
            return false;
    return true;
}

bool state_csr(const struct hart_state *hart, u64 time, u32 number, u32 *value)
{
    struct hart_state kernel = *hart;
    kernel.mode = MODE_K; // the caller wants to know what is there, not who may read it
    return csr_read(&kernel, number, time, value);
}

// While its guest runs, the guest's bank is the active one.
static struct h_bank active_bank(const struct hart_state *s)
{
    return (struct h_bank){.sstatus = s->sstatus,
                           .stvec = s->stvec,
                           .sscratch = s->sscratch,
                           .sepc = s->sepc,
                           .scause = s->scause,
                           .stval = s->stval,
                           .satp = s->satp};
}

bool state_vcpu_csr(const struct observed_vcpu *v, u32 number, u32 *value)
{
    if (state_csr(&v->state, v->time, number, value))
        return true;
    struct h_state h = v->extension;
    if (v->state.virt)
        h.other = active_bank(&v->state);
    return v->has_h && h_csr_read(&h, number, v->time, value);
}

static cJSON *hex32(u32 value)
{
    char text[16];
    snprintf(text, sizeof text, "0x%08" PRIx32, value);
    return cJSON_CreateString(text);
}

static void add_u64(cJSON *to, const char *name, const char *format, u64 value)
{
    char text[32];
    snprintf(text, sizeof text, format, value);
    cJSON_AddStringToObject(to, name, text);
}

static cJSON *hart_json(const struct guest_state *state, u32 index)
{
    const struct hart_state *h = &state->hart[index].state;
    cJSON *hart = cJSON_CreateObject();
    cJSON_AddItemToObject(hart, "pc", hex32(h->pc));
    cJSON *x = cJSON_AddArrayToObject(hart, "x");
    for (u32 i = 0; i < 32; i++)
        cJSON_AddItemToArray(x, hex32(h->x[i]));
    cJSON *csrs = cJSON_AddObjectToObject(hart, "csr");
    for (const struct csr_info *csr = isa_csrs; csr->name; csr++) {
        u32 value = 0;
        if (state_vcpu_csr(&state->hart[index], csr->number, &value))
            cJSON_AddItemToObject(csrs, csr->name, hex32(value));
    }
    cJSON_AddStringToObject(hart, "privilege", h->mode == MODE_K ? "K" : "U");
    cJSON_AddStringToObject(hart, "run", h->run <= HART_PARKED ? run_names[h->run] : "unknown");
    add_u64(hart, "retired", "%" PRIu64, h->retired);
    return hart;
}

char *state_json(const struct guest_state *state)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *harts = cJSON_AddArrayToObject(root, "harts");
    for (u32 i = 0; i < state->harts; i++)
        cJSON_AddItemToArray(harts, hart_json(state, i));
    add_u64(root, "ram_hash", "0x%016" PRIx64, state->ram_hash);
    add_u64(root, "console_hash", "0x%016" PRIx64, state->console_hash);
    add_u64(root, "console_bytes", "%" PRIu64, state->console_bytes);
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    return text;
}
