// Consoles, disks and the input tape. Picture: sim/core/units.h; contracts: sim/machine.h.
// Read next: sim/snapshot.c.
#include "sim/core/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FNV_START 14695981039346656037u
#define FNV_PRIME 1099511628211u
#define DISK_SECTORS_MOST (1u << 22) // 2 GiB
#define SECTORS_A_PAGE (PAGE_SIZE / BOARD_SECTOR)

// ---- units

static void unit_free(struct unit *u)
{
    if (!u)
        return;
    free(u->input);
    pages_free(&u->disk);
    free(u);
}

struct unit *units_get(struct units *u, u32 number)
{
    if (number >= UNITS_MAX)
        return NULL;
    if (u->unit[number])
        return u->unit[number];
    struct unit *unit = calloc(1, sizeof *unit);
    if (!unit)
        return NULL;
    unit->hash = FNV_START;
    u->unit[number] = unit;
    if (number >= u->count)
        u->count = number + 1;
    return unit;
}

void units_free(struct units *u)
{
    for (u32 i = 0; i < u->count; i++)
        unit_free(u->unit[i]);
    free(u->tape.entries);
    free(u->tape.bytes);
    *u = (struct units){0};
}

static const struct unit *unit_of(const struct machine *m, u32 number)
{
    return number < UNITS_MAX ? m->units.unit[number] : NULL;
}

// Room for `more` elements behind `count`. NULL: no memory, the old array stays.
static void *grown(void *array, size_t count, size_t more, size_t *capacity, size_t size)
{
    if (count + more <= *capacity)
        return array;
    size_t wanted = (count + more) * 2;
    void *bigger = realloc(array, wanted * size);
    if (bigger)
        *capacity = wanted;
    return bigger;
}

// ---- output

void machine_output(struct machine *m, u32 unit, u8 byte)
{
    struct unit *u = units_get(&m->units, unit);
    if (u) {
        u->printed++;
        u->hash = (u->hash ^ byte) * FNV_PRIME;
    }
    const struct hart_state *h = &m->hart[m->current].state;
    if (unit == 0)
        machine_tell(
            m, m->current, NULL,
            &(struct note){.kind = EVENT_CONSOLE, .mode = h->mode, .pc = h->pc, .value = byte}, 0);
}

u64 machine_output_count(const struct machine *m, u32 unit)
{
    const struct unit *u = unit_of(m, unit);
    return u ? u->printed : 0;
}

u64 machine_output_hash(const struct machine *m, u32 unit)
{
    const struct unit *u = unit_of(m, unit);
    return u ? u->hash : FNV_START;
}

// ---- input

static bool unit_append(struct unit *u, const u8 *bytes, size_t count)
{
    u8 *input = grown(u->input, u->arrived, count, &u->capacity, 1);
    if (!input)
        return false;
    u->input = input;
    memcpy(input + u->arrived, bytes, count);
    u->arrived += count;
    return true;
}

static bool tape_append(struct tape *t, u64 steps, u32 unit, const void *bytes, size_t count)
{
    if (t->at < t->count) {
        t->count = t->at;
        t->bytes_count = t->entries[t->at].start;
        t->branch++;
    }
    u8 *store = grown(t->bytes, t->bytes_count, count, &t->bytes_capacity, 1);
    if (!store)
        return false;
    t->bytes = store;
    struct tape_entry *entries = grown(t->entries, t->count, 1, &t->capacity, sizeof *entries);
    if (!entries)
        return false;
    t->entries = entries;
    memcpy(store + t->bytes_count, bytes, count);
    t->entries[t->count++] = (struct tape_entry){steps, unit, t->bytes_count, count};
    t->bytes_count += count;
    return true;
}

static void tell_arrival(struct machine *m, u32 unit, const u8 *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        machine_tell(m, m->current, NULL,
                     &(struct note){.kind = EVENT_INPUT, .vm = (u16)unit, .value = bytes[i]}, 0);
}

// Whoever serves the unit is to look: the board's UART, or the monitor on all harts.
static void announce(struct machine *m, u32 unit)
{
    if (m->monitor.turn) {
        for (u32 i = 0; i < m->config.harts; i++) {
            m->hart[i].extra.called = true;
            machine_hart_kick(m, i);
        }
    } else if (unit == 0) {
        board_input(&m->core.board, &m->wires);
        bus_lines(m);
    }
}

static void arrive(struct machine *m, struct tape_entry *e)
{
    const u8 *bytes = m->units.tape.bytes + e->start;
    struct unit *u = units_get(&m->units, e->unit);
    run_next_turn(m); // so that it makes no difference whether the run had stopped to wait for this
    e->steps = m->core.steps;
    if (!u || !unit_append(u, bytes, e->count))
        return; // no memory: lost, as on a line without flow control
    tell_arrival(m, e->unit, bytes, e->count);
    announce(m, e->unit);
}

u64 units_deliver(struct machine *m)
{
    struct tape *t = &m->units.tape;
    while (t->at < t->count && t->entries[t->at].steps <= m->core.steps)
        arrive(m, &t->entries[t->at++]);
    return t->at < t->count ? t->entries[t->at].steps : NEVER;
}

bool machine_input(struct machine *m, u32 unit, const void *bytes, size_t count)
{
    if (!count)
        return true;
    if (!units_get(&m->units, unit) ||
        !tape_append(&m->units.tape, m->core.steps, unit, bytes, count))
        return false;
    if (m->running)
        m->leave |= LEAVE_TURN; // it arrives when the step under way is over
    else
        units_deliver(m);
    return true;
}

void machine_input_interactive(struct machine *m, bool open)
{
    m->interactive = open;
}

int machine_input_next(struct machine *m, u32 unit)
{
    struct unit *u = unit < UNITS_MAX ? m->units.unit[unit] : NULL;
    if (!u || u->taken == u->arrived)
        return -1;
    int byte = u->input[u->taken++];
    if (u->taken == u->arrived)
        u->taken = u->arrived = 0;
    return byte;
}

// ---- disks

bool machine_disk_attach(struct machine *m, u32 unit, const void *bytes, u64 count, char *error,
                         size_t error_size)
{
    u64 sectors = (count + BOARD_SECTOR - 1) / BOARD_SECTOR;
    if (sectors > DISK_SECTORS_MOST) {
        snprintf(error, error_size, "a disk of %llu bytes: the most is 2 GiB",
                 (unsigned long long)count);
        return false;
    }
    struct unit *u = units_get(&m->units, unit);
    struct pages disk;
    if (!u || !pages_new(&disk, (u32)((sectors + SECTORS_A_PAGE - 1) / SECTORS_A_PAGE))) {
        snprintf(error, error_size,
                 "unit %u: no such unit, or no memory for its disk of %llu bytes", unit,
                 (unsigned long long)count);
        return false;
    }
    pages_free(&u->disk);
    u->disk = disk;
    u->sectors = sectors;
    if (count)
        memcpy(u->disk.bytes, bytes, count);
    for (u32 i = 0; i < u->disk.count; i++)
        pages_mark(&u->disk, i);
    return true;
}

u64 machine_disk_sectors(const struct machine *m, u32 unit)
{
    const struct unit *u = unit_of(m, unit);
    return u ? u->sectors : 0;
}

bool machine_disk_read(struct machine *m, u32 unit, u64 sector, void *to)
{
    const struct unit *u = unit_of(m, unit);
    if (!u || sector >= u->sectors)
        return false;
    memcpy(to, u->disk.bytes + sector * BOARD_SECTOR, BOARD_SECTOR);
    return true;
}

bool machine_disk_write(struct machine *m, u32 unit, u64 sector, const void *from)
{
    struct unit *u = unit < UNITS_MAX ? m->units.unit[unit] : NULL;
    if (!u || sector >= u->sectors)
        return false;
    memcpy(u->disk.bytes + sector * BOARD_SECTOR, from, BOARD_SECTOR);
    pages_mark(&u->disk, (u32)(sector / SECTORS_A_PAGE));
    return true;
}

// ---- snapshots

struct saved_unit {
    bool there;
    u8 *input; // arrived and not taken
    size_t waiting;
    u64 printed, hash, sectors;
    struct saved_pages disk;
};

struct saved_units {
    u64 branch;
    size_t at;
    u32 count;
    struct saved_unit unit[];
};

static bool save_unit(struct unit *u, struct saved_unit *s)
{
    *s = (struct saved_unit){true,       NULL, u->arrived - u->taken, u->printed, u->hash,
                             u->sectors, {0}};
    if (s->waiting) {
        s->input = malloc(s->waiting);
        if (!s->input)
            return false;
        memcpy(s->input, u->input + u->taken, s->waiting);
    }
    return pages_save(&u->disk, &s->disk);
}

struct saved_units *units_save(struct units *u)
{
    struct saved_units *s = calloc(1, sizeof *s + u->count * sizeof s->unit[0]);
    if (!s)
        return NULL;
    s->branch = u->tape.branch;
    s->at = u->tape.at;
    s->count = u->count;
    for (u32 i = 0; i < u->count; i++) {
        if (u->unit[i] && !save_unit(u->unit[i], &s->unit[i])) {
            units_drop(s);
            return NULL;
        }
    }
    return s;
}

void units_drop(struct saved_units *s)
{
    for (u32 i = 0; i < s->count; i++) {
        free(s->unit[i].input);
        pages_drop(&s->unit[i].disk);
    }
    free(s);
}

static void restore_unit(struct unit *u, const struct saved_unit *s)
{
    u->arrived = u->taken = 0;
    if (s->waiting)
        unit_append(u, s->input, s->waiting);
    u->printed = s->there ? s->printed : 0;
    u->hash = s->there ? s->hash : FNV_START;
    if (u->sectors == s->sectors && s->there)
        pages_restore(&u->disk, &s->disk, NULL, NULL);
}

bool units_restore(struct units *u, const struct saved_units *s)
{
    static const struct saved_unit none = {0};
    for (u32 i = 0; i < u->count || i < s->count; i++) {
        bool saved = i < s->count && s->unit[i].there;
        struct unit *unit = saved ? units_get(u, i) : i < u->count ? u->unit[i] : NULL;
        if (unit)
            restore_unit(unit, saved ? &s->unit[i] : &none);
    }
    bool same = u->tape.branch == s->branch && s->at <= u->tape.count;
    if (same)
        u->tape.at = s->at;
    else
        u->tape.at = u->tape.count = u->tape.bytes_count = 0;
    return same;
}
