// Notes from VMMs that are guest code, and whose code runs on a hart. A VMM says which of its VCPUs
// it is about to run. From that follows, level by level, which VM anything belongs to:
//
//     the hart is in real U: its VM, as the monitor or a VMM in real K has said           g1
//     that VM is in virtual U and has said which VCPU of its own it runs: a VM below      g1.2
//     ... and so on, as long as the mode found is U
//
// All of it is a claim that a VMM makes about VMs below itself. It is believed for labels only. To
// read a note changes nothing: no TLB entry, no A bit, no tick.
// Read next: sim/core/border.c.
#include "sim/core/core.h"

#include <string.h>

static struct vmm_claim *find_claim(struct machine *m, const struct vm_path *path)
{
    for (u32 i = 0; i < m->core.claims; i++)
        if (vm_path_equal(&m->core.claim[i].path, path))
            return &m->core.claim[i];
    return NULL;
}

static struct vmm_claim *make_claim(struct machine *m, const struct vm_path *path)
{
    struct vmm_claim *c = find_claim(m, path);
    if (c || m->core.claims == CLAIMS_MAX)
        return c;
    c = &m->core.claim[m->core.claims++];
    *c = (struct vmm_claim){.path = *path};
    return c;
}

void machine_announce(struct machine *m, mpa descriptor)
{
    make_claim(m, &(struct vm_path){0})->descriptor = descriptor;
}

u32 machine_descriptor(const struct machine *m, const struct vm_path *path)
{
    const struct vmm_claim *c = find_claim((struct machine *)m, path);
    return c ? c->descriptor : 0;
}

static u8 mode_in_record(struct machine *m, mpa record)
{
    mpa at = record + (u32)offsetof(struct hart_state, mode);
    return record && machine_ram_has(m, at, 1) ? *memory_at(m, at) : MODE_K;
}

void note_running(const struct hart *h, struct running *r)
{
    unsigned depth = 0;
    if (h->extra.owned) {
        r->path = h->extra.owner;
        r->mode = h->extra.owner_mode;
        r->vcpu = (u8)h->extra.owner_vcpu;
        depth = vm_path_length(&r->path);
    } else {
        *r = (struct running){.mode = h->state.mode};
    }
    while (r->mode == MODE_U && depth < EVENT_DEPTH) {
        const struct vmm_claim *c = find_claim(h->machine, &r->path);
        if (!c || !c->vm)
            break;
        r->path.id[depth++] = c->vm;
        r->vcpu = c->vcpu;
        r->mode = mode_in_record(h->machine, c->record);
    }
}

// ---- reading

static bool load_entry(void *context, u32 address, u32 *word)
{
    struct machine *m = context;
    if (!machine_ram_has(m, address, 4))
        return false;
    *word = memory_load(m, address, 4);
    return true;
}

// Where in RAM the hart's present table has this address; 0: it has it nowhere in RAM.
static mpa look(const struct hart *h, gva va)
{
    struct machine *m = h->machine;
    mpa at = va;
    if (h->state.satp & SATP_MODE) {
        struct sv32_memory memory = {m, load_entry, NULL};
        struct sv32_walk w =
            sv32_translate(&memory, h->state.satp, va, sv32_view(h->state.mode, h->state.sstatus),
                           ACCESS_READ, false);
        at = w.cause ? 0 : w.address;
    }
    return at && machine_ram_has(m, at, 4) ? at : 0;
}

static bool read_note(const struct hart *h, gva at, struct note *note)
{
    u32 words[sizeof *note / 4];
    for (u32 i = 0; i < sizeof words / 4; i++) {
        mpa word = at % 4 ? 0 : look(h, at + 4 * i);
        if (!word)
            return false;
        words[i] = memory_load(h->machine, word, 4);
    }
    memcpy(note, words, sizeof *note);
    return true;
}

// The machine itself tells of traps, exits, firmware calls, devices and input. A guest may not tell
// of these: its claim would look like the machine's word.
static bool may_be_told(u32 kind)
{
    return kind < EVENT_KINDS && kind != EVENT_TRAP && kind != EVENT_EXIT &&
           kind != EVENT_FIRMWARE && kind != EVENT_DEVICE && kind != EVENT_INPUT;
}

void note_take(struct hart *h)
{
    struct machine *m = h->machine;
    struct running r;
    struct note note;
    note_running(h, &r);
    unsigned depth = vm_path_length(&r.path);
    // A VMM is the kernel of what it runs in; a note from mode U is not a VMM's.
    if (r.mode != MODE_K || depth == EVENT_DEPTH || !read_note(h, h->state.x[X_A0], &note) ||
        !may_be_told(note.kind))
        return;
    struct vmm_claim *c = make_claim(m, &r.path);
    if (!c)
        return;
    if (note.kind == EVENT_ANNOUNCE) {
        c->descriptor = note.addr;
    } else {
        if (!note.vm)
            return;
        r.path.id[depth] = note.vm; // the note is about a VM below the one that tells
    }
    if (note.kind == EVENT_SCHEDULE) {
        c->vm = note.vm;
        c->vcpu = note.vcpu;
        c->record = look(h, note.addr);
    }
    if (event_wanted(m, note.kind))
        event_send(h, &r.path, &note, 0);
}
