// Notes from VMMs that are guest code, and whose code runs on a hart. A VMM says which of its VCPUs
// it is about to run. From that follows, level by level, which VM anything belongs to:
//
//     the hart is in real U: its VM, as the monitor or a VMM in real K has said           g1
//     that VM is in virtual U and has said which VCPU of its own it runs: a VM below      g1.2
//     ... and so on, as long as the mode found is U
//
// Where a VMM runs its guest in guest mode (isa/arch/h_extension.h), that is a way down as U is.
// The VCPU of that guest is then in the mode in which the VMM's own VCPU is. The VMM's record does
// not tell that mode: the guest changes its mode without the VMM.
//
// All of it is a claim that a VMM makes about VMs below itself. It is believed for labels only. To
// read a note changes nothing: no TLB entry, no A bit, no tick.
// Read next: sim/core/border.c.
#include "sim/core/core.h"

#include <string.h>

void machine_announce(struct machine *m, mpa descriptor)
{
    claims_make(&m->core.claims, &(struct vm_path){0})->descriptor = descriptor;
}

u32 machine_descriptor(const struct machine *m, const struct vm_path *path)
{
    const struct vmm_claim *c = claims_find(&m->core.claims, path);
    return c ? c->descriptor : 0;
}

// A byte of a record, or `otherwise` if there is no record.
static u8 byte_in_record(struct machine *m, mpa record, size_t offset, u8 otherwise)
{
    mpa at = record + (u32)offset;
    return record && machine_ram_has(m, at, 1) ? *memory_at(m, at) : otherwise;
}

// The VM that `c` says it runs is one level further down.
static void go_down(struct machine *m, const struct vmm_claim *c, struct running *r, bool *guest)
{
    r->vcpu = c->vcpu;
    if (!*guest)
        r->mode = byte_in_record(m, c->record, offsetof(struct hart_state, mode), MODE_K);
    *guest = byte_in_record(m, c->record, offsetof(struct hart_state, virt), false);
}

void note_running(const struct hart *h, struct running *r)
{
    unsigned depth = 0;
    bool guest = h->state.virt; // what r names has a guest in guest mode
    if (h->extra.owned) {
        r->path = h->extra.owner;
        r->mode = guest ? h->state.mode : h->extra.owner_mode;
        r->vcpu = (u8)h->extra.owner_vcpu;
        depth = vm_path_length(&r->path);
        guest = h->extra.owner_virt;
        r->deprivileged = false; // the monitor gets what is reported, and the VM all other traps
    } else {
        *r = (struct running){.mode = h->state.mode};
    }
    while ((r->mode == MODE_U || guest) && depth < EVENT_DEPTH) {
        const struct vmm_claim *c = claims_find(&h->machine->core.claims, &r->path);
        if (!c || !c->vm)
            break;
        r->path.id[depth++] = c->vm;
        r->deprivileged = !guest;
        go_down(h->machine, c, r, &guest);
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

// The hart's present translation of this address. Returns 0, or the cause of a fault.
static u32 translate(const struct hart *h, gva va, mpa *physical)
{
    struct sv32_memory memory = {h->machine, load_entry, NULL};
    const struct hart_state *s = &h->state;
    *physical = va;
    if (s->virt) {
        struct h_access who = h_access_of(s, &h->extension, ACCESS_READ);
        struct h_walk w = h_translate(&memory, &who, va, false);
        *physical = w.address;
        return w.cause;
    }
    if (!(s->satp & SATP_MODE))
        return 0;
    enum view view = sv32_view(s->mode, s->sstatus);
    struct sv32_walk w = sv32_translate(&memory, s->satp, va, view, ACCESS_READ, false);
    *physical = w.address;
    return w.cause;
}

// Where in RAM the hart has this address. 0: it has it nowhere in RAM.
static mpa look(const struct hart *h, gva va)
{
    mpa at;
    u32 cause = translate(h, va, &at);
    return !cause && machine_ram_has(h->machine, at, 4) ? at : 0;
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
    struct vmm_claim *c = claims_make(&m->core.claims, &r.path);
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
