// The table of sim/load/lines.h: a sorted array, filled from libdw's reading of an ELF file.
#include "sim/load/lines.h"

#include <elfutils/libdw.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

// ---- filling

// An array grows by doubling: it is full whenever its count is a power of two.
static bool make_room(void **array, u32 count, size_t size)
{
    if (count & (count - 1))
        return true;
    void *larger = realloc(*array, (count ? 2 * (size_t)count : 1) * size);
    if (!larger)
        return false;
    *array = larger;
    return true;
}

// A copy without unprintable bytes, and without the "./" that compilers put before a name.
static char *printable(const char *name)
{
    while (strncmp(name, "./", 2) == 0)
        name += 2;
    size_t length = strnlen(name, LINES_NAME - 1);
    char *copy = malloc(length + 1);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < length; i++)
        copy[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
    copy[length] = 0;
    return copy;
}

// The number of a file, which is appended if it is new. Most rows have the file of the row before,
// so the search begins at the end. Returns false if the table is full.
static bool file_number(struct lines *l, const char *name, u32 *number)
{
    char *clean = printable(name);
    if (!clean)
        return false;
    for (u32 i = l->file_count; i-- > 0;)
        if (strcmp(l->files[i], clean) == 0) {
            free(clean);
            *number = i;
            return true;
        }
    if (l->file_count >= LINES_FILES ||
        !make_room((void **)&l->files, l->file_count, sizeof *l->files)) {
        free(clean);
        return false;
    }
    *number = l->file_count;
    l->files[l->file_count++] = clean;
    return true;
}

static void add_row(struct lines *l, gva address, u32 file, u32 line)
{
    if (l->count < LINES_MOST && make_room((void **)&l->rows, l->count, sizeof *l->rows)) {
        l->rows[l->count] = (struct line_row){address, file, line, l->count};
        l->count++;
    }
}

void lines_add(struct lines *l, gva address, const char *file, u32 line)
{
    u32 number;
    if (file_number(l, file, &number))
        add_row(l, address, number, line);
}

void lines_free(struct lines *l)
{
    for (u32 i = 0; i < l->file_count; i++)
        free(l->files[i]);
    free(l->files);
    free(l->rows);
    free(l->unread);
    *l = (struct lines){0};
}

// ---- reading

// libdw hands out the same pointer for all rows of a file, so most rows need no search.
struct reader {
    struct lines *to;
    const char *name; // of the row before
    u32 number;
};

static void read_row(struct reader *r, Dwarf_Line *row)
{
    Dwarf_Addr address;
    int line;
    bool end;
    const char *name = dwarf_linesrc(row, NULL, NULL);
    if (!name || dwarf_lineaddr(row, &address) != 0 || address > UINT32_MAX ||
        dwarf_lineno(row, &line) != 0 || dwarf_lineendsequence(row, &end) != 0)
        return;
    if (name != r->name && !file_number(r->to, name, &r->number))
        return;
    r->name = name;
    add_row(r->to, (gva)address, r->number, end || line < 0 ? 0 : (u32)line);
}

static void read_units(struct lines *l, Dwarf *dwarf)
{
    Dwarf_CU *unit = NULL;
    Dwarf_Lines *rows;
    size_t count;
    // libdw finds the line tables one by one; a damaged one ends the search.
    for (Dwarf_Off at = 0, next;
         dwarf_next_lines(dwarf, at, &next, &unit, NULL, NULL, &rows, &count) == 0; at = next) {
        struct reader r = {.to = l};
        for (size_t i = 0; i < count; i++)
            read_row(&r, dwarf_onesrcline(rows, i));
    }
}

static int compare(const void *a, const void *b)
{
    const struct line_row *x = a, *y = b;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

void lines_from_elf(struct lines *l, u8 *bytes, size_t size)
{
    free(l->unread);
    l->unread = bytes;
    l->unread_size = size;
}

static void read_elf(struct lines *l)
{
    elf_version(EV_CURRENT); // libelf must be told once which version we speak
    Elf *elf = elf_memory((char *)l->unread, l->unread_size);
    Dwarf *dwarf = elf ? dwarf_begin_elf(elf, DWARF_C_READ, NULL) : NULL;
    if (dwarf) {
        read_units(l, dwarf);
        dwarf_end(dwarf);
    }
    elf_end(elf);
    free(l->unread);
    l->unread = NULL;
    if (l->count)
        qsort(l->rows, l->count, sizeof *l->rows, compare);
}

bool lines_find(struct lines *l, gva address, const char **file, u32 *line)
{
    if (l->unread)
        read_elf(l);
    // A binary search for the first row behind `address`. The answer is the row before it.
    u32 first = 0, end = l->count;
    while (first < end) {
        u32 middle = first + (end - first) / 2;
        if (l->rows[middle].address <= address)
            first = middle + 1;
        else
            end = middle;
    }
    if (first == 0 || l->rows[first - 1].line == 0)
        return false;
    *file = l->files[l->rows[first - 1].file];
    *line = l->rows[first - 1].line;
    return true;
}
