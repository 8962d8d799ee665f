// ELF32 executables. Every number in the file is checked before it is used. The checks compute in
// 64 bits, where sums of 32-bit numbers cannot wrap. Source: System V ABI, chapters 4 and 5; RISC-V
// ELF psABI, section 8.1 (e_machine, e_flags).
#include "sim/load/image.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

#ifndef EF_RISCV_RVC
#define EF_RISCV_RVC 1
#endif

struct elf {
    const u8 *bytes;
    u64 size;
    Elf32_Ehdr header;
};

static bool has(const struct elf *e, u64 offset, u64 bytes)
{
    return offset <= e->size && bytes <= e->size - offset;
}

static bool read_section(const struct elf *e, u32 number, Elf32_Shdr *section)
{
    if (number >= e->header.e_shnum || e->header.e_shentsize != sizeof *section ||
        !has(e, e->header.e_shoff + (u64)number * sizeof *section, sizeof *section))
        return false;
    memcpy(section, e->bytes + e->header.e_shoff + number * sizeof *section, sizeof *section);
    return section->sh_type == SHT_NOBITS || has(e, section->sh_offset, section->sh_size);
}

static const char *const rebuild =
    "build it with clang --target=riscv32 -march=rv32ima, or a gcc for riscv32";

static bool check_kind(const struct elf *e, const struct complaint *c)
{
    const unsigned char *ident = e->bytes;
    if (e->size < EI_NIDENT)
        return complain(c,
                        "the ELF header is cut off: the file has %llu bytes; copy or link it again",
                        (unsigned long long)e->size);
    if (ident[EI_CLASS] == ELFCLASS64)
        return complain(c, "it is a 64-bit ELF file, and T32 is a 32-bit machine; %s", rebuild);
    if (ident[EI_CLASS] != ELFCLASS32)
        return complain(c,
                        "ELF header, byte %d: %u is no class; the file is damaged, link it again",
                        EI_CLASS, ident[EI_CLASS]);
    if (ident[EI_DATA] == ELFDATA2MSB)
        return complain(c, "it is a big-endian ELF file, and T32 is little-endian; %s", rebuild);
    if (ident[EI_DATA] != ELFDATA2LSB)
        return complain(
            c, "ELF header, byte %d: %u is no byte order; the file is damaged, link it again",
            EI_DATA, ident[EI_DATA]);
    return true;
}

static bool check_header(struct elf *e, const struct complaint *c)
{
    const Elf32_Ehdr *h = &e->header;
    if (e->size < sizeof *h)
        return complain(c,
                        "the ELF header is cut off: the file has %llu bytes; copy or link it again",
                        (unsigned long long)e->size);
    memcpy(&e->header, e->bytes, sizeof *h);
    if (h->e_machine != EM_RISCV)
        return complain(c, "it is for another machine (ELF machine %u, RISC-V is %u); %s",
                        h->e_machine, EM_RISCV, rebuild);
    if (h->e_type == ET_REL)
        return complain(c,
                        "it is an object file, not yet linked; link it: ld.lld -Ttext=0x80400000 "
                        "-o kernel.elf %s",
                        c->file);
    if (h->e_type == ET_DYN)
        return complain(c, "it is position-independent and nothing here relocates it; link it with "
                           "-static -no-pie");
    if (h->e_type != ET_EXEC)
        return complain(c, "it is not an executable (ELF type %u); name a linked kernel",
                        h->e_type);
    if (h->e_phnum == 0)
        return complain(c,
                        "it has no program headers, so nothing to load; link it as an executable");
    if (h->e_phentsize != sizeof(Elf32_Phdr) ||
        !has(e, h->e_phoff, (u64)h->e_phnum * sizeof(Elf32_Phdr)))
        return complain(c,
                        "its program headers (%u of %u bytes at 0x%x) are not in the file; copy or "
                        "link it again",
                        h->e_phnum, h->e_phentsize, h->e_phoff);
    return true;
}

// ---- compressed instructions. The header is marked if any of the objects that were linked may
// have had some, such as a library of the compiler, so the mark alone says little. What counts is
// the code. An instruction of 32 bits ends in two ones, and a compressed one does not.

struct search {
    const struct elf *elf;
    u64 left; // parts of a file do not overlap, so no more bytes than the file has are searched
    gva at;   // where the search stands, and where it found something
};

// Finds the first word that is neither an instruction of 32 bits nor padding of zeroes.
static bool finds_compressed(struct search *s, u32 address, u32 offset, u32 size)
{
    s->at = address;
    if (size > s->left)
        return true;
    s->left -= size;
    for (u32 done = 0; done < size; done += 4) {
        u32 word = 0, rest = size - done;
        memcpy(&word, s->elf->bytes + offset + done, rest < 4 ? rest : 4);
        s->at = address + done;
        if (word && ((word & 3) != 3 || s->at % 4))
            return true;
    }
    return false;
}

// Returns true if there is a compressed instruction in the code. A file without sections of code
// is searched by its segments, which may hold data beside the code. Such a file is rather
// refused than run.
static bool holds_compressed(struct search *s)
{
    const struct elf *e = s->elf;
    bool sections = false;
    for (u32 i = 0; i < e->header.e_shnum; i++) {
        Elf32_Shdr code;
        if (!read_section(e, i, &code) || code.sh_type != SHT_PROGBITS ||
            !(code.sh_flags & SHF_EXECINSTR))
            continue;
        sections = true;
        if (finds_compressed(s, code.sh_addr, code.sh_offset, code.sh_size))
            return true;
    }
    for (u32 i = 0; i < e->header.e_phnum && !sections; i++) {
        Elf32_Phdr p;
        memcpy(&p, e->bytes + e->header.e_phoff + i * sizeof p, sizeof p);
        if (p.p_type == PT_LOAD && (p.p_flags & PF_X) && has(e, p.p_offset, p.p_filesz) &&
            finds_compressed(s, p.p_vaddr, p.p_offset, p.p_filesz))
            return true;
    }
    return false;
}

static bool check_compressed(struct image *image, const struct elf *e, const struct complaint *c)
{
    struct search s = {.elf = e, .left = e->size};
    if (!(e->header.e_flags & EF_RISCV_RVC))
        return true;
    if (holds_compressed(&s))
        return complain(c,
                        "it is marked as having compressed instructions, which T32 has not, and "
                        "at 0x%08x its code has one; %s",
                        s.at, rebuild);
    image->only_marked_compressed = true;
    return true;
}

// ---- segments

// A kernel that is linked at a virtual address starts at the physical address of the same byte,
// since its page tables do not exist yet.
static void place_entry(struct image *image, const struct elf *e, const Elf32_Phdr *p)
{
    if (e->header.e_entry - p->p_vaddr < p->p_filesz)
        image->entry = e->header.e_entry - p->p_vaddr + p->p_paddr;
}

static void widen(struct symbols *s, const Elf32_Phdr *p)
{
    u32 end = p->p_vaddr + p->p_memsz;
    if (p->p_vaddr < s->low)
        s->low = p->p_vaddr;
    if (end > s->high)
        s->high = end;
}

static bool add_segment(struct image *image, const struct elf *e, u32 number, u32 ram,
                        const struct complaint *c)
{
    Elf32_Phdr p;
    char what[40];
    memcpy(&p, e->bytes + e->header.e_phoff + number * sizeof p, sizeof p);
    if (p.p_type != PT_LOAD || p.p_memsz == 0)
        return true;
    snprintf(what, sizeof what, "segment %u", number);
    if (p.p_filesz > p.p_memsz)
        return complain(c, "%s has more bytes in the file (%u) than in memory (%u); link it again",
                        what, p.p_filesz, p.p_memsz);
    if (!has(e, p.p_offset, p.p_filesz))
        return complain(c,
                        "%s, %u bytes at offset 0x%x, is cut off: the file has %llu bytes; copy or "
                        "link it again",
                        what, p.p_filesz, p.p_offset, (unsigned long long)e->size);
    struct piece piece = {p.p_paddr, p.p_filesz, p.p_memsz, e->bytes + p.p_offset};
    if (!image_add(image, &piece, what, ram, c))
        return false;
    place_entry(image, e, &p);
    widen(&image->symbols, &p);
    return true;
}

// ---- symbols. If anything about them is odd, there are none: a kernel runs without them.

static void add_symbol(struct symbols *to, const Elf32_Sym *s, const char *strings,
                       u32 strings_size)
{
    unsigned type = ELF32_ST_TYPE(s->st_info);
    if (type > STT_FUNC || s->st_shndx == SHN_UNDEF || s->st_shndx == SHN_ABS ||
        s->st_name >= strings_size)
        return;
    const char *name = strings + s->st_name;
    size_t length = strnlen(name, strings_size - s->st_name);
    if (name[0] == '$' || (length > 1 && memcmp(name, ".L", 2) == 0))
        return; // marks of compilers, not names of places
    symbols_add(to, s->st_value, name, length);
}

static void read_symbols(struct symbols *to, const struct elf *e)
{
    for (u32 i = 0; i < e->header.e_shnum; i++) {
        Elf32_Shdr table, strings;
        if (!read_section(e, i, &table) || table.sh_type != SHT_SYMTAB)
            continue;
        if (!read_section(e, table.sh_link, &strings) || strings.sh_type != SHT_STRTAB)
            return;
        for (u32 at = 0; table.sh_size - at >= sizeof(Elf32_Sym) && to->count < SYMBOLS_MOST;
             at += sizeof(Elf32_Sym)) {
            Elf32_Sym symbol;
            memcpy(&symbol, e->bytes + table.sh_offset + at, sizeof symbol);
            add_symbol(to, &symbol, (const char *)e->bytes + strings.sh_offset, strings.sh_size);
        }
        return;
    }
}

// Returns true if a section tells source lines. sim/load/lines.c reads it when the lines are
// needed.
static bool has_lines(const struct elf *e)
{
    static const char wanted[] = ".debug_line";
    Elf32_Shdr names, section;
    if (!read_section(e, e->header.e_shstrndx, &names) || names.sh_type != SHT_STRTAB)
        return false;
    for (u32 i = 0; i < e->header.e_shnum; i++)
        if (read_section(e, i, &section) && section.sh_name < names.sh_size &&
            names.sh_size - section.sh_name >= sizeof wanted &&
            memcmp(e->bytes + names.sh_offset + section.sh_name, wanted, sizeof wanted) == 0)
            return true;
    return false;
}

bool image_elf(struct image *image, size_t size, u32 ram, const struct complaint *c)
{
    struct elf e = {.bytes = image->owned, .size = size};
    if (!check_kind(&e, c) || !check_header(&e, c) || !check_compressed(image, &e, c))
        return false;
    image->entry = e.header.e_entry;
    for (u32 i = 0; i < e.header.e_phnum; i++)
        if (!add_segment(image, &e, i, ram, c))
            return false;
    if (image->pieces == 0)
        return complain(c,
                        "none of its %u program headers is to be loaded; link it as an executable",
                        e.header.e_phnum);
    read_symbols(&image->symbols, &e);
    image->elf_size = has_lines(&e) ? size : 0;
    return true;
}
