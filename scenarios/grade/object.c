// What an object file may hold that becomes part of a VMM. A VMM keeps its state in pages, so it
// has no variables outside of functions; it has no code that runs by itself, and it does not
// redefine what is given. Contract: scenarios/grade/build.h. Source: the System V ABI, chapter 4
// (ELF).
#include "scenarios/grade/build.h"

#include "scenarios/host/files.h"
#include "scenarios/script/text.h"

#include <elf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define OBJECT_MOST (4u << 20) // with what is for debuggers
#define CODE_MOST (64u << 10)

struct object {
    const u8 *bytes;
    size_t size;
    const Elf32_Ehdr *header;
    const Elf32_Shdr *section;
    const char *source;
    char *log;
    size_t log_size;
};

__attribute__((format(printf, 2, 3))) static bool refuse(const struct object *o, const char *format,
                                                         ...)
{
    size_t used = strlen(o->log);
    va_list arguments;
    va_start(arguments, format);
    used += (size_t)snprintf(o->log + used, o->log_size - used, "%s: ", o->source);
    if (used < o->log_size)
        vsnprintf(o->log + used, o->log_size - used, format, arguments);
    va_end(arguments);
    used = strlen(o->log);
    if (used + 1 < o->log_size)
        strcpy(o->log + used, "\n");
    return false;
}

// ---- reading, with every offset checked: the object comes from the student's text

static const void *bytes_at(const struct object *o, size_t at, size_t count)
{
    return at <= o->size && count <= o->size - at ? o->bytes + at : NULL;
}

static bool open_object(struct object *o)
{
    o->header = bytes_at(o, 0, sizeof *o->header);
    if (!o->header || memcmp(o->header->e_ident, ELFMAG, SELFMAG) ||
        o->header->e_machine != EM_RISCV || o->header->e_shentsize != sizeof *o->section)
        return refuse(o, "the compiler made no object file");
    o->section = bytes_at(o, o->header->e_shoff, o->header->e_shnum * sizeof *o->section);
    return (o->section && o->header->e_shstrndx < o->header->e_shnum) ||
           refuse(o, "the object file is damaged");
}

// A name of a string table, closed by a zero within the file.
static const char *name_at(const struct object *o, u32 table, u32 offset)
{
    if (table >= o->header->e_shnum)
        return "";
    size_t at = (size_t)o->section[table].sh_offset + offset;
    return at < o->size && memchr(o->bytes + at, 0, o->size - at) ? (const char *)o->bytes + at
                                                                  : "";
}

// ---- sections

static bool begins(const char *text, const char *const starts[])
{
    for (; *starts; starts++)
        if (!strncmp(text, *starts, strlen(*starts)))
            return true;
    return false;
}

static bool check_section(const struct object *o, const Elf32_Shdr *s, u32 *code)
{
    static const char *const variables[] = {".data", ".sdata", ".bss", ".sbss", NULL};
    static const char *const good[] = {".text", ".rodata", ".srodata", NULL};
    const char *name = name_at(o, o->header->e_shstrndx, s->sh_name);
    if (!(s->sh_flags & SHF_ALLOC) || !s->sh_size)
        return true; // for the linker and for debuggers: nothing of it comes into memory
    if (begins(name, variables))
        return refuse(o,
                      "it has a variable outside of functions (%.40s); a VMM keeps what it knows "
                      "in its pages",
                      name);
    if (!begins(name, good))
        return refuse(o, "the section %.60s has no place in a VMM", name);
    // What a name promises is not enough: a section may be called .text and be writable.
    if (s->sh_flags & SHF_WRITE)
        return refuse(o,
                      "the section %.40s is writable, so it has a variable outside of functions; a "
                      "VMM keeps what it knows in its pages",
                      name);
    *code += s->sh_size < CODE_MOST ? s->sh_size : CODE_MOST;
    return *code <= CODE_MOST || refuse(o, "its code is larger than 64 KiB");
}

// ---- symbols

// Strikes the name off the list: its first letter becomes a '-'. Returns false if it is not there.
static bool strike(char *symbols, const char *name)
{
    size_t length = strlen(name);
    for (char *line = symbols; *line; line += strcspn(line, "\n"), line += *line == '\n')
        if (length && strcspn(line, "\n") == length && !strncmp(line, name, length)) {
            *line = '-';
            return true;
        }
    return false;
}

static bool check_symbol(const struct object *o, const Elf32_Sym *s, u32 strings, char *symbols)
{
    u32 binding = ELF32_ST_BIND(s->st_info);
    const char *name = name_at(o, strings, s->st_name);
    if (ELF32_ST_TYPE(s->st_info) == STT_FILE)
        return true;
    if (s->st_shndx == SHN_ABS || s->st_shndx == SHN_COMMON)
        return refuse(o, "%.60s has an address of its own; it may have none", name);
    if (binding == STB_WEAK)
        return refuse(o, "%.60s is weak; a VMM has one of each", name);
    if (binding == STB_GLOBAL && s->st_shndx != SHN_UNDEF && !strike(symbols, name))
        return refuse(o, "%.60s is not yours to define; make it static", name);
    return true;
}

static bool check_symbols(const struct object *o, const Elf32_Shdr *table, char *symbols)
{
    u32 count = table->sh_size / sizeof(Elf32_Sym);
    const Elf32_Sym *list = bytes_at(o, table->sh_offset, count * sizeof *list);
    if (!list)
        return refuse(o, "the object file is damaged");
    for (u32 i = 0; i < count; i++)
        if (!check_symbol(o, &list[i], table->sh_link, symbols))
            return false;
    return true;
}

static bool check_all(struct object *o, char *symbols)
{
    u32 code = 0;
    if (!open_object(o))
        return false;
    for (u32 i = 0; i < o->header->e_shnum; i++)
        if (!check_section(o, &o->section[i], &code))
            return false;
    for (u32 i = 0; i < o->header->e_shnum; i++)
        if (o->section[i].sh_type == SHT_SYMTAB)
            return check_symbols(o, &o->section[i], symbols);
    return refuse(o, "it defines nothing");
}

bool object_is_allowed(const char *path, const char *source, char *symbols, char *log,
                       size_t log_size)
{
    char error[512];
    struct object o = {.source = source, .log = log, .log_size = log_size};
    char *bytes = file_text(path, OBJECT_MOST, &o.size, error, sizeof error);
    if (!bytes)
        return refuse(&o, "its object file cannot be read, or is too large");
    o.bytes = (const u8 *)bytes;
    bool good = check_all(&o, symbols);
    free(bytes);
    return good;
}

void object_toolchain(const char *path, char *to, size_t size)
{
    char error[512], log[512] = "";
    struct object o = {.source = path, .log = log, .log_size = sizeof log};
    char *bytes = file_text(path, OBJECT_MOST, &o.size, error, sizeof error);
    o.bytes = (const u8 *)bytes;
    *to = 0;
    if (bytes && open_object(&o))
        for (u32 i = 0; i < o.header->e_shnum; i++) {
            const Elf32_Shdr *s = &o.section[i];
            const char *text = bytes_at(&o, s->sh_offset, s->sh_size);
            if (text && s->sh_size > 1 &&
                !strcmp(name_at(&o, o.header->e_shstrndx, s->sh_name), ".comment"))
                text_clean(text + !*text, strnlen(text + !*text, s->sh_size - !*text), to, size);
        }
    free(bytes);
}
