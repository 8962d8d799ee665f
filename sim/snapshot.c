// Save, restore, compare, hash: the state of a machine is a table of fields, pages and units.
// Contracts: sim/machine.h.
// Read next: sim/engine/fast.h.
#include "sim/engine/engine.h"
#include "sim/state/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct saved_hart {
    struct hart_state state;
    struct hart_extra extra;
    struct h_state extension;
    void *tlb; // packed
    size_t tlb_size;
};

struct snapshot {
    u32 ram_size, harts;
    struct machine_core core;
    struct saved_hart hart[HARTS_MAX];
    struct saved_pages ram;
    struct saved_units *units;
};

void snapshot_free(struct snapshot *s)
{
    if (!s)
        return;
    for (u32 i = 0; i < s->harts; i++)
        free(s->hart[i].tlb);
    pages_drop(&s->ram);
    if (s->units)
        units_drop(s->units);
    free(s);
}

size_t snapshot_bytes(const struct snapshot *s, const struct snapshot *before)
{
    size_t bytes = sizeof *s;
    for (u32 i = 0; i < s->harts; i++)
        bytes += s->hart[i].tlb_size;
    bytes += saved_pages_bytes(&s->ram, before ? &before->ram : NULL);
    return bytes + units_saved_bytes(s->units, before ? before->units : NULL);
}

bool snapshot_same_page(const struct snapshot *a, const struct snapshot *b, mpa address)
{
    u32 page = (address - BOARD_RAM) >> PAGE_SHIFT;
    // A page that was written gets a copy of its own in the next snapshot, even if its bytes are
    // as before.
    return page_tree_find(a->ram.copies, page) == page_tree_find(b->ram.copies, page);
}

static bool save_hart(const struct hart *h, struct saved_hart *s)
{
    size_t size = tlb_packed_size(h->tlb);
    *s = (struct saved_hart){h->state, h->extra, h->extension, malloc(size), size};
    if (!s->tlb)
        return false;
    tlb_pack(h->tlb, s->tlb);
    return true;
}

static void clean(struct machine *m)
{
    if (m->engine->cleaned)
        m->engine->cleaned(m);
}

struct snapshot *machine_snapshot(struct machine *m)
{
    struct snapshot *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->ram_size = m->config.ram;
    s->core = m->core;
    bool saved = true;
    for (u32 i = 0; saved && i < m->config.harts; i++) {
        s->harts = i + 1;
        saved = save_hart(&m->hart[i], &s->hart[i]);
    }
    saved = saved && pages_save(&m->ram, &s->ram) && (s->units = units_save(&m->units));
    clean(m);
    if (saved)
        return s;
    snapshot_free(s);
    return NULL;
}

u32 machine_pages_to_save(const struct machine *m)
{
    return m->ram.dirty_count;
}

static void code_changed(void *context, u32 page)
{
    struct machine *m = context;
    m->engine->written(m, BOARD_RAM + (page << PAGE_SHIFT), PAGE_SIZE);
}

void machine_restore(struct machine *m, const struct snapshot *s)
{
    // How the parts of the machine find each other stays as it is: only state is put back.
    assert(m->config.ram == s->ram_size && m->config.harts == s->harts && !m->running);
    m->core = s->core;
    for (u32 i = 0; i < s->harts; i++) {
        m->hart[i].state = s->hart[i].state;
        m->hart[i].extra = s->hart[i].extra;
        m->hart[i].extension = s->hart[i].extension;
        tlb_unpack(m->hart[i].tlb, s->hart[i].tlb);
    }
    // The engine forgets what it decoded from pages whose bytes change here.
    pages_restore(&m->ram, &s->ram, code_changed, m);
    units_restore(&m->units, s->units);
    clean(m);
    m->stuck = STUCK_NOT;
    // No step is under way any more.
    m->begun = NEVER;
}

void machine_rest(struct machine *m)
{
    for (u32 page = 0; page < m->ram.count; page++)
        if (m->ram.flags[page] & PAGE_CODE)
            code_changed(m, page);
    pages_clear(&m->ram);
}

// ---- the fields that count, by name

struct field {
    const char *name;
    size_t offset, size;
};

#define FIELD(type, member)                                                      \
    {                                                                            \
#member, offsetof(struct type, member), sizeof((struct type *)0)->member \
    }

static const struct field hart_fields[] = {
    FIELD(hart, state.pc),
    FIELD(hart, state.mode),
    FIELD(hart, state.run),
    FIELD(hart, state.external),
    FIELD(hart, state.virt),
    FIELD(hart, state.sstatus),
    FIELD(hart, state.stvec),
    FIELD(hart, state.sscratch),
    FIELD(hart, state.sepc),
    FIELD(hart, state.scause),
    FIELD(hart, state.stval),
    FIELD(hart, state.sie),
    FIELD(hart, state.sip),
    FIELD(hart, state.satp),
    FIELD(hart, state.stimecmp),
    FIELD(hart, state.retired),
    FIELD(hart, state.idle),
    FIELD(hart, state.scounteren),
    FIELD(hart, extension),
    FIELD(hart, extra.cost),
    FIELD(hart, extra.charged),
    FIELD(hart, extra.reserved),
    FIELD(hart, extra.reservation),
    FIELD(hart, extra.waiting),
    FIELD(hart, extra.called),
    FIELD(hart, extra.held.taken),
    FIELD(hart, extra.held.cause),
    FIELD(hart, extra.held.tval),
    {0},
};

static const struct field machine_fields[] = {
    FIELD(machine, core.steps),
    FIELD(machine, core.power),
    FIELD(machine, core.power_code),
    FIELD(machine, core.round),
    {0},
};

static const struct field board_fields[] = {
    FIELD(machine, core.board.uart),
    FIELD(machine, core.board.plic),
    FIELD(machine, core.board.virtio),
    FIELD(machine, core.board.pio),
    {0},
};

// ---- comparing

struct comparison {
    FILE *to;
    u32 most, found;
};

static bool is_told(struct comparison *c)
{
    return c->found++ < c->most && c->to;
}

static u64 number_at(const void *base, const struct field *f)
{
    u64 value = 0;
    memcpy(&value, (const u8 *)base + f->offset, f->size < sizeof value ? f->size : sizeof value);
    return value;
}

static void compare_fields(struct comparison *c, const char *whose, const struct field *fields,
                           const void *a, const void *b)
{
    for (const struct field *f = fields; f->name; f++)
        if (memcmp((const u8 *)a + f->offset, (const u8 *)b + f->offset, f->size) && is_told(c))
            fprintf(c->to, "%s %s: 0x%llx, 0x%llx\n", whose, strchr(f->name, '.') + 1,
                    (unsigned long long)number_at(a, f), (unsigned long long)number_at(b, f));
}

// If the state of a device differs, the number of the first such byte says which part of its struct
// it is.
static void compare_boards(struct comparison *c, const struct machine *a, const struct machine *b)
{
    for (const struct field *f = board_fields; f->name; f++) {
        const u8 *x = (const u8 *)a + f->offset, *y = (const u8 *)b + f->offset;
        size_t i = 0;
        while (i < f->size && x[i] == y[i])
            i++;
        if (i < f->size && is_told(c))
            fprintf(c->to, "%s: byte %zu of its state is 0x%02x, 0x%02x\n",
                    strchr(f->name, '.') + 1, i, x[i], y[i]);
    }
}

static bool tlbs_equal(const struct tlb *a, const struct tlb *b)
{
    size_t size = tlb_packed_size(a);
    void *x = malloc(2 * size), *y = x ? (u8 *)x + size : NULL;
    bool equal = size == tlb_packed_size(b) && x;
    if (equal) {
        tlb_pack(a, x);
        tlb_pack(b, y);
        equal = !memcmp(x, y, size);
    }
    free(x);
    return equal;
}

static void compare_harts(struct comparison *c, const struct hart *a, const struct hart *b)
{
    char whose[16];
    snprintf(whose, sizeof whose, "hart %u", a->number);
    compare_fields(c, whose, hart_fields, a, b);
    for (u32 i = 1; i < 32; i++)
        if (a->state.x[i] != b->state.x[i] && is_told(c))
            fprintf(c->to, "%s %s: 0x%x, 0x%x\n", whose, isa_reg_names[i], a->state.x[i],
                    b->state.x[i]);
    if (!tlbs_equal(a->tlb, b->tlb) && is_told(c))
        fprintf(c->to, "%s: the TLBs differ\n", whose);
}

static void compare_pages(struct comparison *c, const char *what, u32 base, const struct pages *a,
                          const struct pages *b)
{
    for (u32 page = 0; page < a->count && page < b->count; page++) {
        if (!pages_used(a, page) && !pages_used(b, page))
            continue;
        const u8 *x = a->bytes + (size_t)page * PAGE_SIZE, *y = b->bytes + (size_t)page * PAGE_SIZE;
        if (!memcmp(x, y, PAGE_SIZE))
            continue;
        u32 i = 0;
        while (x[i] == y[i])
            i++;
        if (is_told(c))
            fprintf(c->to, "%s 0x%08x: 0x%02x, 0x%02x (the first that differs in its page)\n", what,
                    base + (page << PAGE_SHIFT) + i, x[i], y[i]);
    }
    if (a->count != b->count && is_told(c))
        fprintf(c->to, "%s: %u pages, %u pages\n", what, a->count, b->count);
}

static void compare_units(struct comparison *c, const struct units *a, const struct units *b)
{
    static const struct unit none = {0};
    char what[24];
    for (u32 i = 0; i < a->count || i < b->count; i++) {
        const struct unit *x = i < a->count && a->unit[i] ? a->unit[i] : &none;
        const struct unit *y = i < b->count && b->unit[i] ? b->unit[i] : &none;
        if ((x->printed != y->printed || (x->printed && x->hash != y->hash)) && is_told(c))
            fprintf(c->to, "console %u: %llu bytes, %llu bytes\n", i,
                    (unsigned long long)x->printed, (unsigned long long)y->printed);
        if (x->arrived - x->taken != y->arrived - y->taken && is_told(c))
            fprintf(c->to, "input %u: %zu bytes wait, %zu bytes wait\n", i, x->arrived - x->taken,
                    y->arrived - y->taken);
        snprintf(what, sizeof what, "disk %u", i);
        compare_pages(c, what, 0, &x->disk, &y->disk);
    }
}

u32 machine_compare(struct machine *a, struct machine *b, FILE *to, u32 most)
{
    struct comparison c = {to, most, 0};
    compare_fields(&c, "machine", machine_fields, a, b);
    for (u32 i = 0; i < a->config.harts && i < b->config.harts; i++)
        compare_harts(&c, &a->hart[i], &b->hart[i]);
    compare_boards(&c, a, b);
    compare_pages(&c, "ram", BOARD_RAM, &a->ram, &b->ram);
    compare_units(&c, &a->units, &b->units);
    return c.found;
}

// ---- hashing

static u64 hash_fields(u64 hash, const struct field *fields, const void *base)
{
    for (const struct field *f = fields; f->name; f++)
        hash = hash_bytes(hash, (const u8 *)base + f->offset, f->size);
    return hash;
}

// A page that is all zero does not count, whether it was ever written or not.
static u64 hash_pages(u64 hash, const struct pages *p)
{
    for (u32 page = 0; page < p->count; page++) {
        const u8 *bytes = p->bytes + (size_t)page * PAGE_SIZE;
        if (!pages_used(p, page) || (!bytes[0] && !memcmp(bytes, bytes + 1, PAGE_SIZE - 1)))
            continue;
        hash = hash_bytes(hash, &page, sizeof page);
        hash = hash_bytes(hash, bytes, PAGE_SIZE);
    }
    return hash;
}

u64 machine_hash(struct machine *m)
{
    u64 hash = hash_fields(HASH_START, machine_fields, m);
    for (u32 i = 0; i < m->config.harts; i++) {
        hash = hash_fields(hash, hart_fields, &m->hart[i]);
        hash = hash_bytes(hash, m->hart[i].state.x, sizeof m->hart[i].state.x);
    }
    hash = hash_fields(hash, board_fields, m);
    hash = hash_pages(hash, &m->ram);
    for (u32 i = 0; i < m->units.count; i++) {
        // A unit that was only named is as good as none: it may be left from before going back.
        if (!m->units.unit[i] || (!m->units.unit[i]->printed && !m->units.unit[i]->sectors))
            continue;
        hash = hash_bytes(hash, &m->units.unit[i]->hash, sizeof(u64));
        hash = hash_pages(hash, &m->units.unit[i]->disk);
    }
    return hash;
}
