// Consoles and disks. Picture: sim/core/units.h; contracts: sim/machine.h.
#include "sim/core/core.h"
#include "sim/state/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    unit->hash = HASH_START;
    u->unit[number] = unit;
    if (number >= u->count)
        u->count = number + 1;
    return unit;
}

void units_free(struct units *u)
{
    for (u32 i = 0; i < u->count; i++)
        unit_free(u->unit[i]);
    tape_free(&u->tape);
    *u = (struct units){0};
}

static const struct unit *unit_of(const struct machine *m, u32 number)
{
    return number < UNITS_MAX ? m->units.unit[number] : NULL;
}

// ---- output

void machine_output(struct machine *m, u32 unit, u8 byte)
{
    struct unit *u = units_get(&m->units, unit);
    if (u) {
        u->printed++;
        u->hash = hash_byte(u->hash, byte);
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
    return u ? u->hash : HASH_START;
}

// ---- input

bool unit_append(struct unit *u, const u8 *bytes, size_t count)
{
    u8 *input = tape_grow(u->input, u->arrived, count, &u->capacity, 1);
    if (!input)
        return false;
    u->input = input;
    memcpy(input + u->arrived, bytes, count);
    u->arrived += count;
    return true;
}

int machine_input_next(struct machine *m, u32 unit)
{
    struct unit *u = unit < UNITS_MAX ? m->units.unit[unit] : NULL;
    if (!u || u->taken == u->arrived)
        return -1;
    int byte = u->input[u->taken++];
    // When all bytes are taken, the array begins again, so it does not grow for ever.
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

size_t units_saved_bytes(const struct saved_units *s, const struct saved_units *before)
{
    size_t bytes = sizeof *s + s->count * sizeof s->unit[0];
    for (u32 i = 0; i < s->count; i++) {
        bool shares = before && i < before->count;
        bytes += saved_pages_bytes(&s->unit[i].disk, shares ? &before->unit[i].disk : NULL);
        bytes += s->unit[i].waiting;
    }
    return bytes;
}

static void restore_unit(struct unit *u, const struct saved_unit *s)
{
    u->arrived = u->taken = 0;
    if (s->waiting)
        unit_append(u, s->input, s->waiting);
    u->printed = s->there ? s->printed : 0;
    u->hash = s->there ? s->hash : HASH_START;
    // If the size differs, another disk was attached since the snapshot, and its bytes stay.
    if (u->sectors == s->sectors && s->there)
        pages_restore(&u->disk, &s->disk, NULL, NULL);
}

bool units_restore(struct units *u, const struct saved_units *s)
{
    static const struct saved_unit none = {0};
    for (u32 i = 0; i < u->count || i < s->count; i++) {
        bool saved = i < s->count && s->unit[i].there;
        struct unit *unit = NULL;
        if (saved)
            unit = units_get(u, i);
        else if (i < u->count)
            unit = u->unit[i];
        if (unit)
            restore_unit(unit, saved ? &s->unit[i] : &none);
    }
    return tape_wind(&u->tape, s->branch, s->at);
}
