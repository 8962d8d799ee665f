// trapeze dis: disassembles the executable sections of an ELF file, a flat image, or words of the
// command line.
// Read next: ui/command/file.c.
#include "isa/isa.h"
#include "ui/command/file.h"
#include "ui/command/options.h"

#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MOST 0x10000000u // 256 MiB

struct request {
    u32 base;
    bool flat;
    u32 profile;
};

static u32 word_at(const u8 *p)
{
    return p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24;
}

static void print_word(u32 address, u32 word, u32 profile)
{
    char text[64];
    isa_disasm(word, address, profile, text, sizeof text);
    printf("%08x  %08x  %s\n", (unsigned)address, (unsigned)word, text);
}

// ---- ELF: whatever the file says about offsets and sizes is only a claim, so each is checked

struct elf {
    const u8 *bytes;
    size_t size;
    Elf32_Ehdr header;
};

static bool copy_from(const struct elf *elf, void *to, u64 offset, size_t size)
{
    if (offset > elf->size || size > elf->size - offset)
        return false;
    memcpy(to, elf->bytes + offset, size);
    return true;
}

static bool read_section(const struct elf *elf, u32 index, Elf32_Shdr *section)
{
    return index < elf->header.e_shnum &&
           copy_from(elf, section, elf->header.e_shoff + (u64)index * elf->header.e_shentsize,
                     sizeof *section) &&
           (section->sh_type == SHT_NOBITS || (section->sh_offset <= elf->size &&
                                               section->sh_size <= elf->size - section->sh_offset));
}

struct label {
    u32 address;
    const char *name; // in the file
    int length;
};

struct labels {
    struct label *rows;
    size_t count;
};

static int by_address(const void *a, const void *b)
{
    const struct label *x = a, *y = b;
    return x->address < y->address ? -1 : x->address > y->address;
}

// The symbols that have a name and an address, sorted by address. There are none if the file has no
// sound table of symbols.
static struct labels read_labels(const struct elf *elf)
{
    struct labels list = {0};
    Elf32_Shdr table, strings;
    u32 index = 0;
    while (index < elf->header.e_shnum &&
           !(read_section(elf, index, &table) && table.sh_type == SHT_SYMTAB))
        index++;
    if (index == elf->header.e_shnum || !read_section(elf, table.sh_link, &strings) ||
        strings.sh_type != SHT_STRTAB)
        return list;
    size_t count = table.sh_size / sizeof(Elf32_Sym);
    list.rows = calloc(count + 1, sizeof *list.rows);
    for (size_t i = 0; list.rows && i < count; i++) {
        Elf32_Sym s;
        if (!copy_from(elf, &s, table.sh_offset + i * sizeof s, sizeof s) ||
            s.st_shndx == SHN_UNDEF || s.st_shndx >= SHN_LORESERVE ||
            s.st_name >= strings.sh_size || ELF32_ST_TYPE(s.st_info) > STT_FUNC)
            continue;
        const char *name = (const char *)elf->bytes + strings.sh_offset + s.st_name;
        size_t length = strnlen(name, strings.sh_size - s.st_name);
        if (length && *name != '$' && strncmp(name, ".L", 2)) // not the compiler's own marks
            list.rows[list.count++] =
                (struct label){s.st_value, name, length > 100 ? 100 : (int)length};
    }
    if (list.rows)
        qsort(list.rows, list.count, sizeof *list.rows, by_address);
    return list;
}

static void print_label(const struct label *label)
{
    for (int i = 0; i < label->length; i++)
        putchar(isprint((unsigned char)label->name[i]) ? label->name[i] : '?');
    puts(":");
}

static void print_code(const u8 *bytes, u32 size, u32 address, const struct labels *labels,
                       u32 profile)
{
    size_t next = 0;
    for (u32 i = 0; i + 4 <= size; i += 4) {
        while (labels && next < labels->count && labels->rows[next].address < address + i)
            next++;
        for (; labels && next < labels->count && labels->rows[next].address == address + i; next++)
            print_label(&labels->rows[next]);
        print_word(address + i, word_at(bytes + i), profile);
    }
    for (u32 i = size & ~3u; i < size; i++)
        printf("%08x        %02x  .byte 0x%02x\n", (unsigned)(address + i), bytes[i], bytes[i]);
}

static int bad_elf(const char *path, const char *why)
{
    fprintf(stderr, "trapeze dis: %s: %s (--flat shows the bytes as they are)\n", path, why);
    return STATUS_INPUT;
}

static int dis_elf(const char *path, const u8 *bytes, size_t size, const struct request *r)
{
    struct elf elf = {.bytes = bytes, .size = size};
    u32 shown = 0;
    if (bytes[EI_CLASS] != ELFCLASS32 || bytes[EI_DATA] != ELFDATA2LSB)
        return bad_elf(path, "is not a 32-bit little-endian ELF file");
    if (!copy_from(&elf, &elf.header, 0, sizeof elf.header))
        return bad_elf(path, "is a truncated ELF file");
    if (elf.header.e_machine != EM_RISCV)
        return bad_elf(path, "is an ELF file for another machine than RISC-V");
    if (elf.header.e_shentsize < sizeof(Elf32_Shdr))
        return bad_elf(path, "has no section headers");
    struct labels labels = read_labels(&elf);
    for (u32 i = 0; i < elf.header.e_shnum; i++) {
        Elf32_Shdr s;
        if (!read_section(&elf, i, &s)) {
            free(labels.rows);
            return bad_elf(path, "has a section beyond its end: it is truncated");
        }
        if (s.sh_type == SHT_PROGBITS && s.sh_flags & SHF_EXECINSTR) {
            print_code(bytes + s.sh_offset, s.sh_size, s.sh_addr, &labels, r->profile);
            shown++;
        }
    }
    free(labels.rows);
    return shown ? STATUS_DONE : bad_elf(path, "has no executable sections");
}

static int dis_file(const char *path, const struct request *r)
{
    size_t size;
    char *bytes = file_read("dis", path, FILE_MOST, &size);
    int status = STATUS_DONE;
    if (!bytes)
        return STATUS_INPUT;
    if (!r->flat && size >= EI_NIDENT && !memcmp(bytes, ELFMAG, SELFMAG))
        status = dis_elf(path, (u8 *)bytes, size, r);
    else
        print_code((u8 *)bytes, (u32)size, r->base, NULL, r->profile);
    free(bytes);
    return status;
}

// Returns true if the text is a word: "0x" and one to eight hexadecimal digits. Any other text
// is the name of a file.
static bool is_word(const char *text, u32 *word)
{
    char *end;
    if (strncmp(text, "0x", 2) || !isxdigit((unsigned char)text[2]) || strlen(text) > 10)
        return false;
    *word = (u32)strtoul(text, &end, 16);
    return !*end;
}

int cmd_dis(int argc, char **argv)
{
    struct command_line line;
    int status = options_read("dis", argc, argv, &line);
    if (status >= 0)
        return status;
    struct request r = {(u32)line.value[OPTION_DIS_AT].number, line.value[OPTION_DIS_FLAT].given,
                        line.value[OPTION_DIS_PROFILE].number};
    if (r.base & 3)
        return option_wrong("dis", "--base must be a multiple of 4");
    if (!line.operand_count)
        return option_wrong("dis", "name a file, or words such as 0x00000013");
    status = STATUS_DONE;
    u32 word, address = r.base;
    for (int i = 0; i < line.operand_count && status == STATUS_DONE; i++) {
        if (is_word(line.operands[i], &word)) {
            print_word(address, word, r.profile);
            address += 4; // words stand one after the other, as in a program
        } else {
            status = dis_file(line.operands[i], &r);
        }
    }
    return status;
}
