// An assembled image as an ELF32 executable, which clang's tools and QEMU read. It has two loadable
// parts (code and constants; data and zeros), a header for each section, and the symbols.
// Source: the ELF specification, version 1.2 (elf.h).
// Read next: isa/manual.h.
#include "isa/asm/asm.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum { NONE, CODE, CONSTANTS, DATA, ZERO, SYMTAB, STRTAB, SHSTRTAB, SECTIONS };

static const char section_names[] = "\0.text\0.rodata\0.data\0.bss\0.symtab\0.strtab\0.shstrtab";
static const u8 name_at[SECTIONS] = {0, 1, 7, 15, 21, 26, 34, 42};

// Where the parts of the file start.
struct plan {
    u32 bytes, symbols, strings, names, headers, size;
    u32 strings_size, locals;
};

static struct plan make_plan(const struct asm_image *image)
{
    // The bytes start a page in, so that file offsets and addresses agree modulo a page.
    struct plan p = {.bytes = 0x1000, .strings_size = 1};
    for (u32 i = 0; i < image->symbol_count; i++) {
        p.strings_size += (u32)strlen(image->symbols[i].name) + 1;
        p.locals += !image->symbols[i].global;
    }
    p.bytes += image->base & 0xfff;
    p.symbols = (p.bytes + image->size + 3) & ~3u;
    p.strings = p.symbols + (image->symbol_count + 1) * (u32)sizeof(Elf32_Sym);
    p.names = p.strings + p.strings_size;
    p.headers = (p.names + (u32)sizeof section_names + 3) & ~3u;
    p.size = p.headers + SECTIONS * (u32)sizeof(Elf32_Shdr);
    return p;
}

// What a loader puts into memory: `size` bytes of the file, then zeros up to `memory`.
static Elf32_Phdr part(u32 offset, u32 address, u32 size, u32 memory, u32 flags)
{
    return (Elf32_Phdr){PT_LOAD, offset, address, address, size, memory, flags, 4};
}

static void write_header(u8 *file, const struct asm_image *image, const struct plan *p)
{
    Elf32_Ehdr h = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_RISCV,
        .e_version = EV_CURRENT,
        .e_entry = image->entry,
        .e_phoff = sizeof h,
        .e_shoff = p->headers,
        .e_ehsize = sizeof h,
        .e_phentsize = sizeof(Elf32_Phdr),
        .e_phnum = image->memory > image->data ? 2 : 1,
        .e_shentsize = sizeof(Elf32_Shdr),
        .e_shnum = SECTIONS,
        .e_shstrndx = SHSTRTAB};
    Elf32_Phdr code = part(p->bytes, image->base, image->data, image->data, PF_R | PF_X);
    Elf32_Phdr data = part(p->bytes + image->data, image->base + image->data,
                           image->size - image->data, image->memory - image->data, PF_R | PF_W);
    memcpy(file, &h, sizeof h);
    memcpy(file + sizeof h, &code, sizeof code);
    if (h.e_phnum == 2)
        memcpy(file + sizeof h + sizeof code, &data, sizeof data);
}

static u16 section_of(const struct asm_image *image, const struct asm_symbol *symbol)
{
    u32 offset = symbol->value - image->base;
    if (symbol->constant)
        return SHN_ABS;
    if (offset < image->text)
        return CODE;
    if (offset < image->data)
        return CONSTANTS;
    return offset < image->size ? DATA : ZERO;
}

// Local symbols come first, as the format asks.
static void write_symbols(u8 *file, const struct asm_image *image, const struct plan *p)
{
    u8 *to = file + p->symbols + sizeof(Elf32_Sym); // the first symbol is empty
    u32 string = 1;
    for (u32 global = 0; global < 2; global++)
        for (u32 i = 0; i < image->symbol_count; i++) {
            const struct asm_symbol *s = &image->symbols[i];
            Elf32_Sym row = {.st_name = string,
                             .st_value = s->value,
                             .st_info = ELF32_ST_INFO(global ? STB_GLOBAL : STB_LOCAL, STT_NOTYPE)};
            if (s->global != global)
                continue;
            row.st_shndx = section_of(image, s);
            memcpy(to, &row, sizeof row);
            to += sizeof row;
            strcpy((char *)file + p->strings + string, s->name);
            string += (u32)strlen(s->name) + 1;
        }
}

static Elf32_Shdr section(u32 index, u32 type, u32 flags, u32 address, u32 offset, u32 size)
{
    return (Elf32_Shdr){.sh_name = name_at[index],
                        .sh_type = type,
                        .sh_flags = flags,
                        .sh_addr = address,
                        .sh_offset = offset,
                        .sh_size = size,
                        .sh_addralign = flags ? 4 : 1};
}

static void write_sections(u8 *file, const struct asm_image *image, const struct plan *p)
{
    u32 base = image->base, text = image->text, data = image->data, size = image->size,
        memory = image->memory;
    u32 symbols = (image->symbol_count + 1) * (u32)sizeof(Elf32_Sym);
    Elf32_Shdr rows[SECTIONS] = {
        [CODE] = section(CODE, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, base, p->bytes, text),
        [CONSTANTS] =
            section(CONSTANTS, SHT_PROGBITS, SHF_ALLOC, base + text, p->bytes + text, data - text),
        [DATA] = section(DATA, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, base + data, p->bytes + data,
                         size - data),
        [ZERO] = section(ZERO, SHT_NOBITS, SHF_ALLOC | SHF_WRITE, base + size, p->bytes + size,
                         memory - size),
        [SYMTAB] = section(SYMTAB, SHT_SYMTAB, 0, 0, p->symbols, symbols),
        [STRTAB] = section(STRTAB, SHT_STRTAB, 0, 0, p->strings, p->strings_size),
        [SHSTRTAB] = section(SHSTRTAB, SHT_STRTAB, 0, 0, p->names, sizeof section_names),
    };
    rows[CONSTANTS].sh_addralign = 1; // follows the code without a gap
    rows[SYMTAB].sh_addralign = 4;
    rows[SYMTAB].sh_link = STRTAB;
    rows[SYMTAB].sh_info = p->locals + 1; // the first global
    rows[SYMTAB].sh_entsize = sizeof(Elf32_Sym);
    memcpy(file + p->names, section_names, sizeof section_names);
    memcpy(file + p->headers, rows, sizeof rows);
}

u8 *asm_elf(const struct asm_image *image, size_t *size)
{
    struct plan p = make_plan(image);
    u8 *file = calloc(p.size, 1);
    if (!file)
        return NULL;
    *size = p.size;
    write_header(file, image, &p);
    memcpy(file + p.bytes, image->bytes, image->size);
    write_symbols(file, image, &p);
    write_sections(file, image, &p);
    return file;
}
