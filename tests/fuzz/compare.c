// Two runs of one program side by side: the first thing in which they differ, named so that a
// person can look for it.
// Read next: tests/fuzz/shadow_check.h.
#include "scenarios/random/layout.h"
#include "tests/fuzz/run.h"

#include <stddef.h>
#include <string.h>

static const char *const ending_names[] = {"switched off", "switched off with a failure", "stuck",
                                           "not at an end"};

// The fields of a hart, as a table: name, place, bytes. A macro, since a field has no name at run
// time.
// clang-format off
#define FIELD(name) \
    {#name, offsetof(struct hart_state, name), sizeof(((struct hart_state *)0)->name)}
static const struct {
    const char *name;
    size_t at, bytes;
} fields[] = {
    FIELD(pc),       FIELD(mode),     FIELD(run),        FIELD(external), FIELD(sstatus),
    FIELD(stvec),    FIELD(sscratch), FIELD(scounteren), FIELD(sepc),     FIELD(scause),
    FIELD(stval),    FIELD(sie),      FIELD(sip),        FIELD(satp),     FIELD(stimecmp),
    FIELD(retired),  FIELD(idle),
};

// clang-format on
static u64 field_of(const struct hart_state *h, size_t i)
{
    u64 value = 0;
    memcpy(&value, (const u8 *)h + fields[i].at,
           fields[i].bytes); // little-endian host, as everywhere in the tests
    return value;
}

static bool hart_differs(const struct run *a, const struct run *b, u32 hart, char *text,
                         size_t size)
{
    const struct hart_state *ha = &a->hart[hart], *hb = &b->hart[hart];
    for (u32 i = 0; i < 32; i++)
        if (ha->x[i] != hb->x[i])
            return snprintf(text, size, "hart %u, x%u (%s): 0x%08x, 0x%08x", hart, i,
                            isa_reg_names[i], ha->x[i], hb->x[i]);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (field_of(ha, i) != field_of(hb, i))
            return snprintf(text, size, "hart %u, %s: 0x%llx, 0x%llx", hart, fields[i].name,
                            (unsigned long long)field_of(ha, i),
                            (unsigned long long)field_of(hb, i));
    return false;
}

static bool harts_differ(const struct run *a, const struct run *b, char *text, size_t size)
{
    for (u32 i = 0; i < a->harts; i++)
        if (hart_differs(a, b, i, text, size))
            return true;
    return false;
}

#define LOGS_END LAYOUT_LOG(LAYOUT_HARTS)

// The log of traps comes first: what differs there differs soonest.
static int name_place(const struct run *r, gpa at, char *text, size_t size)
{
    static const char *const words[] = {"scause", "stval", "sepc",    "sstatus",
                                        "time",   "sip",   "instret", "s11"};
    for (u32 hart = 0; hart < LAYOUT_HARTS && !r->kernel; hart++)
        if (at >= LAYOUT_LOG(hart) && at < LAYOUT_LOG(hart + 1))
            return snprintf(text, size, "%s of trap %u of hart %u", words[at / 4 % 8],
                            (at - LAYOUT_LOG(hart)) / LAYOUT_LOG_ENTRY, hart);
    return snprintf(text, size, "memory at 0x%08x", at);
}

static bool ram_differs(const struct run *a, const struct run *b, char *text, size_t size)
{
    const u32 regions[][2] = {
        {LAYOUT_LOG(0), LOGS_END}, {BOARD_RAM, LAYOUT_LOG(0)}, {LOGS_END, BOARD_RAM + a->ram}};
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        for (gpa page = regions[i][0]; page < regions[i][1]; page += PAGE_SIZE) {
            u32 pa[PAGE_SIZE / 4], pb[PAGE_SIZE / 4];
            observe_read(a->machine, &a->path, page, pa, PAGE_SIZE);
            observe_read(b->machine, &b->path, page, pb, PAGE_SIZE);
            for (u32 w = 0; w < PAGE_SIZE / 4; w++)
                if (pa[w] != pb[w]) {
                    int n = name_place(a, page + 4 * w, text, size);
                    return snprintf(text + n, size - (size_t)n, ": 0x%08x, 0x%08x", pa[w], pb[w]);
                }
        }
    return snprintf(text, size, "RAM hash: 0x%016llx, 0x%016llx, though every word is the same",
                    (unsigned long long)a->ram_hash, (unsigned long long)b->ram_hash);
}

bool run_differs(const struct run *a, const struct run *b, char *text, size_t size)
{
    const struct run *broken = a->broken[0] ? a : b;
    if (broken->broken[0])
        return snprintf(text, size, "%s: %s", broken->configuration->name, broken->broken);
    char place[RUN_ERROR] = "";
    if (a->ram_hash != b->ram_hash)
        ram_differs(a, b, place, sizeof place);
    else if (!harts_differ(a, b, place, sizeof place) &&
             (a->console_size != b->console_size ||
              memcmp(a->console, b->console, a->console_size)))
        snprintf(place, sizeof place, "console: %zu bytes, %zu bytes", a->console_size,
                 b->console_size);
    if (a->ending != b->ending || a->code != b->code)
        return snprintf(text, size, "the end: %s (%u), %s (%u); %s", ending_names[a->ending],
                        a->code, ending_names[b->ending], b->code, place);
    return place[0] && snprintf(text, size, "%s", place);
}
