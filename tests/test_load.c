// The loader: where things go, and what it says about files that are not what they should be. ELF
// files are made here, field by field.
#include "sim/load/load.h"
#include "tests/suite.h"

#include <elf.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RAM (8u << 20)
#define TEXT 64u // bytes of the ELF file's one segment

static struct box {
    char folder[32], path[64], initrd[64];
    u8 *ram;
    char error[LOAD_ERROR];
    struct load_result result;
    u32 touched; // bytes announced
} box;

static void touch(void *context, u32 offset, u32 bytes)
{
    struct box *b = context;
    CU_ASSERT(offset <= RAM && bytes <= RAM - offset);
    b->touched += bytes;
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, f), size);
    fclose(f);
}

static void box_open(const char *name)
{
    box = (struct box){.folder = "/tmp/trapeze-XXXXXX"};
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(box.folder));
    snprintf(box.path, sizeof box.path, "%s/%s", box.folder, name);
    snprintf(box.initrd, sizeof box.initrd, "%s/initrd", box.folder);
    box.ram = calloc(1, RAM);
    CU_ASSERT_PTR_NOT_NULL_FATAL(box.ram);
}

static void box_close(void)
{
    load_result_free(&box.result);
    free(box.ram);
    unlink(box.path);
    unlink(box.initrd);
    rmdir(box.folder);
}

static bool load_into(u32 ram, const char *initrd, const char *append)
{
    struct load_spec spec = {.image = box.path, .initrd = initrd, .append = append, .harts = 1};
    struct load_window window = {box.ram, ram, touch, &box};
    load_result_free(&box.result);
    box.touched = 0;
    return load_guest(&spec, &window, &box.result, box.error, sizeof box.error);
}

// ---- ELF files

struct elf_file {
    Elf32_Ehdr header;
    Elf32_Phdr segment[2]; // the second is unused unless e_phnum is 2
    u32 text[TEXT / 4];
    Elf32_Shdr section[3]; // none, symbols, strings
    Elf32_Sym symbol[4];
    char strings[32];
};

static struct elf_file elf_good(void)
{
    struct elf_file e = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = EM_RISCV,
                   .e_version = EV_CURRENT,
                   .e_entry = BOARD_KERNEL + 8,
                   .e_phoff = offsetof(struct elf_file, segment),
                   .e_shoff = offsetof(struct elf_file, section),
                   .e_ehsize = sizeof(Elf32_Ehdr),
                   .e_phentsize = sizeof(Elf32_Phdr),
                   .e_phnum = 1,
                   .e_shentsize = sizeof(Elf32_Shdr),
                   .e_shnum = 3},
        .section = {{0},
                    {.sh_type = SHT_SYMTAB,
                     .sh_offset = offsetof(struct elf_file, symbol),
                     .sh_size = sizeof e.symbol,
                     .sh_link = 2},
                    {.sh_type = SHT_STRTAB,
                     .sh_offset = offsetof(struct elf_file, strings),
                     .sh_size = sizeof e.strings}},
        .symbol = {{0},
                   {.st_name = 7,
                    .st_value = BOARD_KERNEL + 32,
                    .st_shndx = 1,
                    .st_info = ELF32_ST_INFO(STB_GLOBAL, STT_FUNC)},
                   {.st_name = 1,
                    .st_value = BOARD_KERNEL,
                    .st_shndx = 1,
                    .st_info = ELF32_ST_INFO(STB_LOCAL, STT_NOTYPE)},
                   {.st_name = 12, .st_value = BOARD_KERNEL + 16, .st_shndx = 1}},
        .strings = "\0start\0main\0$x",
    };
    for (u32 i = 0; i < 2; i++)
        e.segment[i] = (Elf32_Phdr){.p_type = PT_LOAD,
                                    .p_offset = offsetof(struct elf_file, text),
                                    .p_vaddr = BOARD_KERNEL + i * 0x1000,
                                    .p_paddr = BOARD_KERNEL + i * 0x1000,
                                    .p_filesz = TEXT,
                                    .p_memsz = 256,
                                    .p_flags = PF_R | PF_X};
    for (u32 i = 0; i < TEXT / 4; i++)
        e.text[i] = 0x13 | i << 20;
    return e;
}

static bool load_elf(const struct elf_file *e)
{
    write_file(box.path, e, sizeof *e);
    return load_into(RAM, NULL, NULL);
}

static void test_elf(void)
{
    box_open("kernel.elf");
    struct elf_file e = elf_good();
    CU_ASSERT_FATAL(load_elf(&e));
    CU_ASSERT_EQUAL(box.result.entry, BOARD_KERNEL + 8);
    CU_ASSERT_EQUAL(memcmp(box.ram + 0x400000, e.text, TEXT), 0);
    CU_ASSERT_EQUAL(box.touched, TEXT + box.result.device_tree_size);
    box_close();
}

// The mark in the header is not enough to refuse a kernel: gcc's own libraries carry it.
static void test_only_marked_compressed(void)
{
    box_open("kernel.elf");
    struct elf_file e = elf_good();
    CU_ASSERT_FATAL(load_elf(&e));
    CU_ASSERT_FALSE(box.result.only_marked_compressed);
    e.header.e_flags = 1;
    e.text[TEXT / 4 - 1] = 0; // padding is no instruction
    for (u32 sections = 0; sections < 2; sections++) {
        e.section[0].sh_type = sections ? SHT_PROGBITS : SHT_NULL;
        e.section[0].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
        e.section[0].sh_addr = BOARD_KERNEL;
        e.section[0].sh_offset = offsetof(struct elf_file, text);
        e.section[0].sh_size = TEXT;
        e.text[3] = 0x13;
        CU_ASSERT_FATAL(load_elf(&e));
        CU_ASSERT(box.result.only_marked_compressed);
        e.text[3] = 0x00010013; // an instruction of 32 bits whatever its high half is
        CU_ASSERT(load_elf(&e));
        e.text[3] = 0x00130001; // c.nop
        CU_ASSERT_FALSE(load_elf(&e));
        CU_ASSERT_PTR_NOT_NULL(strstr(box.error, "at 0x8040000c"));
        e.section[0].sh_size = 12; // what is not code may be anything
        CU_ASSERT_EQUAL(load_elf(&e), sections);
    }
    box_close();
}

static void test_virtual_kernel(void)
{
    box_open("kernel.elf");
    struct elf_file e = elf_good(); // linked at 3 GiB, loaded at the usual place
    e.segment[0].p_vaddr = 0xc0000000;
    e.header.e_entry = 0xc0000010;
    e.symbol[1].st_value = 0xc0000020;
    CU_ASSERT_FATAL(load_elf(&e));
    CU_ASSERT_EQUAL(box.result.entry, BOARD_KERNEL + 0x10);
    u32 offset;
    CU_ASSERT_STRING_EQUAL(symbols_name(&box.result.symbols, 0xc0000024, &offset), "main");
    CU_ASSERT_EQUAL(offset, 4);
    box_close();
}

static void test_symbols(void)
{
    box_open("kernel.elf");
    struct elf_file e = elf_good();
    CU_ASSERT_FATAL(load_elf(&e));
    const struct symbols *s = &box.result.symbols;
    u32 offset;
    gva address;
    CU_ASSERT_EQUAL(s->count, 2); // $x is no name of a place
    CU_ASSERT_STRING_EQUAL(symbols_name(s, BOARD_KERNEL + 31, &offset), "start");
    CU_ASSERT_EQUAL(offset, 31);
    CU_ASSERT_STRING_EQUAL(symbols_name(s, BOARD_KERNEL + 255, &offset), "main");
    CU_ASSERT_PTR_NULL(symbols_name(s, BOARD_KERNEL - 1, &offset));
    CU_ASSERT_PTR_NULL(symbols_name(s, BOARD_KERNEL + 256, &offset));
    CU_ASSERT(symbols_find(s, "main", &address) && address == BOARD_KERNEL + 32);
    CU_ASSERT_FALSE(symbols_find(s, "nobody", &address));
    box_close();
}

static void test_hostile_symbols(void)
{
    box_open("kernel.elf");
    struct elf_file e = elf_good();
    memcpy(e.strings + 7, "\x1b[2J", 4); // would clear a terminal
    CU_ASSERT_FATAL(load_elf(&e));
    u32 offset;
    CU_ASSERT_STRING_EQUAL(symbols_name(&box.result.symbols, BOARD_KERNEL + 32, &offset), "?[2J");
    const u32 odd[] = {0, 1, 15, 17, 0x7fffffff, 0xfffffff0, 0xffffffff};
    u32 *const fields[] = {&e.section[1].sh_offset, &e.section[1].sh_size, &e.section[1].sh_link,
                           &e.section[2].sh_offset, &e.section[2].sh_size, &e.symbol[1].st_name,
                           &e.header.e_shoff,       &e.section[2].sh_type};
    for (u32 f = 0; f < sizeof fields / sizeof *fields; f++)
        for (u32 o = 0; o < sizeof odd / sizeof *odd; o++) {
            u32 kept = *fields[f];
            *fields[f] = odd[o];
            CU_ASSERT(load_elf(&e)); // a kernel runs without symbols
            *fields[f] = kept;
        }
    e.header.e_shnum = 0xffff;
    CU_ASSERT(load_elf(&e));
    e.header.e_shentsize = 7;
    CU_ASSERT(load_elf(&e));
    box_close();
}

// Each row breaks one thing of a good file; the message must have the words.
static void break_class(struct elf_file *e)
{
    e->header.e_ident[EI_CLASS] = ELFCLASS64;
}
static void break_class_number(struct elf_file *e)
{
    e->header.e_ident[EI_CLASS] = 9;
}
static void break_order(struct elf_file *e)
{
    e->header.e_ident[EI_DATA] = ELFDATA2MSB;
}
static void break_order_number(struct elf_file *e)
{
    e->header.e_ident[EI_DATA] = 0;
}
static void break_machine(struct elf_file *e)
{
    e->header.e_machine = EM_386;
}
static void break_object(struct elf_file *e)
{
    e->header.e_type = ET_REL;
}
static void break_dynamic(struct elf_file *e)
{
    e->header.e_type = ET_DYN;
}
static void break_type(struct elf_file *e)
{
    e->header.e_type = ET_CORE;
}
static void break_compressed(struct elf_file *e)
{
    e->header.e_flags = 1;
    e->text[5] = 0x00010001; // two times c.nop
}
static void break_no_headers(struct elf_file *e)
{
    e->header.e_phnum = 0;
}
static void break_headers_at(struct elf_file *e)
{
    e->header.e_phoff = 0xffffffe0;
}
static void break_headers_size(struct elf_file *e)
{
    e->header.e_phentsize = 31;
}
static void break_many_headers(struct elf_file *e)
{
    e->header.e_phnum = 0xffff;
}
static void break_nothing_to_load(struct elf_file *e)
{
    e->segment[0].p_type = PT_NOTE;
}
static void break_file_size(struct elf_file *e)
{
    e->segment[0].p_filesz = 257;
}
static void break_cut_off(struct elf_file *e)
{
    e->segment[0].p_offset = sizeof *e - TEXT + 1;
}
static void break_offset(struct elf_file *e)
{
    e->segment[0].p_offset = 0xffffffff;
}
static void break_below_ram(struct elf_file *e)
{
    e->segment[0].p_paddr = 0x10000000;
}
static void break_above_ram(struct elf_file *e)
{
    e->segment[0].p_paddr = BOARD_RAM + RAM - 255;
}
static void break_wrapping(struct elf_file *e)
{
    e->segment[0].p_paddr = 0xffffff80;
}
static void break_huge(struct elf_file *e)
{
    e->segment[0].p_memsz = 0xffffffff;
}
static void break_tree(struct elf_file *e)
{
    e->segment[0].p_paddr = BOARD_RAM + RAM - 256;
}
static void break_entry(struct elf_file *e)
{
    e->header.e_entry = BOARD_KERNEL + TEXT;
}
static void break_entry_align(struct elf_file *e)
{
    e->header.e_entry = BOARD_KERNEL + 2;
}
static void break_overlap(struct elf_file *e)
{
    e->header.e_phnum = 2;
    e->segment[1].p_paddr = BOARD_KERNEL + 255;
}

static void test_bad_elf(void)
{
    static const struct {
        void (*damage)(struct elf_file *e);
        const char *words;
    } rows[] = {{break_class, "64-bit"},
                {break_class_number, "class"},
                {break_order, "big-endian"},
                {break_order_number, "byte order"},
                {break_machine, "another machine"},
                {break_object, "object file"},
                {break_dynamic, "position-independent"},
                {break_type, "not an executable"},
                {break_compressed, "-march=rv32ima"},
                {break_no_headers, "program headers"},
                {break_headers_at, "program headers"},
                {break_headers_size, "program headers"},
                {break_many_headers, "program headers"},
                {break_nothing_to_load, "to be loaded"},
                {break_file_size, "segment 0"},
                {break_cut_off, "cut off"},
                {break_offset, "cut off"},
                {break_below_ram, "not in RAM"},
                {break_above_ram, "not in RAM"},
                {break_wrapping, "not in RAM"},
                {break_huge, "more (--ram)"},
                {break_tree, "device tree"},
                {break_entry, "entry point"},
                {break_entry_align, "entry point"},
                {break_overlap, "overlaps"}};
    box_open("kernel.elf");
    for (u32 i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct elf_file e = elf_good();
        rows[i].damage(&e);
        CU_ASSERT_FALSE(load_elf(&e));
        CU_ASSERT_PTR_NOT_NULL(strstr(box.error, rows[i].words));
        CU_ASSERT_EQUAL(strncmp(box.error, box.path, strlen(box.path)), 0);
        CU_ASSERT_PTR_NULL(strchr(box.error, '\n'));
        CU_ASSERT_EQUAL(box.touched, 0); // nothing half-written
    }
    box_close();
}

static void test_truncated(void)
{
    box_open("kernel.elf");
    struct elf_file e = elf_good();
    for (size_t size = 4; size < offsetof(struct elf_file, text) + TEXT; size++) {
        write_file(box.path, &e, size);
        CU_ASSERT_FALSE(load_into(RAM, NULL, NULL));
        CU_ASSERT_EQUAL(box.touched, 0);
    }
    box_close();
}

static void test_random_damage(void)
{
    box_open("kernel.elf");
    u64 seed = 17;
    for (u32 i = 0; i < 3000; i++) {
        struct elf_file e = elf_good();
        for (u32 n = 0; n < 1 + i % 8; n++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            ((u8 *)&e)[(seed >> 33) % sizeof e] = (u8)(seed >> 24);
        }
        load_elf(&e); // accepted or not: nothing outside RAM is touched
    }
    box_close();
}

// ---- other kinds, and what lies beside the image

static void test_flat(void)
{
    box_open("kernel.bin");
    write_file(box.path, "\x13\0\0\0\x6f\0\0\0", 8);
    CU_ASSERT_FATAL(load_into(RAM, NULL, NULL));
    CU_ASSERT_EQUAL(box.result.entry, BOARD_KERNEL);
    CU_ASSERT_EQUAL(memcmp(box.ram + 0x400000, "\x13\0\0\0\x6f", 5), 0);
    write_file(box.path, "", 0);
    CU_ASSERT_FALSE(load_into(RAM, NULL, NULL));
    CU_ASSERT_PTR_NOT_NULL(strstr(box.error, "empty"));
    write_file(box.path, "\x13\0\0\0", 4);
    CU_ASSERT_FALSE(load_into((4 << 20) + 4096, NULL, NULL)); // the device tree needs that page
    CU_ASSERT_PTR_NOT_NULL(strstr(box.error, "--ram"));
    box_close();
}

static void test_small_ram(void)
{
    box_open("kernel.bin");
    write_file(box.path, "\x13\0\0\0\x6f\0\0\0", 8);
    CU_ASSERT_FATAL(load_into(4 << 20, NULL, NULL)); // RAM ends where it would go
    CU_ASSERT_EQUAL(box.result.entry, BOARD_RAM);
    CU_ASSERT_EQUAL(memcmp(box.ram, "\x13\0\0\0\x6f", 5), 0);
    CU_ASSERT_FATAL(load_into(64 << 10, NULL, NULL));
    CU_ASSERT_EQUAL(box.result.entry, BOARD_RAM);
    CU_ASSERT_FALSE(load_into(4 << 10, NULL, NULL));
    CU_ASSERT_PTR_NOT_NULL(strstr(box.error, "--ram"));
    box_close();
}

static void test_assembly(void)
{
    box_open("program.s");
    const char *good = ".globl _start\nnop\n_start: li a0, 1\nspin: j spin\n.data\nx: .word 5\n";
    write_file(box.path, good, strlen(good));
    CU_ASSERT_FATAL(load_into(RAM, NULL, NULL));
    CU_ASSERT_EQUAL(box.result.entry, BOARD_KERNEL + 4);
    u32 offset;
    CU_ASSERT_STRING_EQUAL(symbols_name(&box.result.symbols, BOARD_KERNEL + 8, &offset), "spin");
    write_file(box.path, "nop\nfrobnicate a0\n", 18);
    CU_ASSERT_FALSE(load_into(RAM, NULL, NULL));
    CU_ASSERT_PTR_NOT_NULL(strstr(box.error, "program.s:2:1: error:"));
    write_file(box.path, "# nothing\n", 10);
    CU_ASSERT_FALSE(load_into(RAM, NULL, NULL));
    box_close();
}

static void test_not_a_file(void)
{
    box_open("kernel.elf");
    CU_ASSERT_FALSE(load_into(RAM, NULL, NULL));
    CU_ASSERT_PTR_NOT_NULL(strstr(box.error, "No such file"));
    CU_ASSERT_EQUAL(mkfifo(box.path, 0600), 0);
    CU_ASSERT_FALSE(load_into(RAM, NULL, NULL)); // and it does not wait for a writer
    CU_ASSERT_PTR_NOT_NULL(strstr(box.error, "not a regular file"));
    unlink(box.path);
    CU_ASSERT_EQUAL(mkdir(box.path, 0700), 0);
    CU_ASSERT_FALSE(load_into(RAM, NULL, NULL));
    CU_ASSERT_PTR_NOT_NULL(strstr(box.error, "folder"));
    rmdir(box.path);
    box_close();
}

static u32 chosen(const char *name)
{
    const u8 *tree = box.ram + (box.result.device_tree - BOARD_RAM);
    const fdt32_t *cell = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), name, NULL);
    return cell ? fdt32_to_cpu(*cell) : 0;
}

static void test_initrd(void)
{
    box_open("kernel.elf");
    struct elf_file e = elf_good();
    write_file(box.path, &e, sizeof e);
    write_file(box.initrd, "files", 5);
    CU_ASSERT_FATAL(load_into(RAM, box.initrd, "quiet"));
    CU_ASSERT_EQUAL(box.result.initrd, BOARD_RAM + RAM - 4096);
    CU_ASSERT_EQUAL(memcmp(box.ram + RAM - 4096, "files", 6), 0);
    CU_ASSERT_EQUAL(box.result.device_tree % 4096, 0);
    CU_ASSERT(box.result.device_tree + box.result.device_tree_size <= box.result.initrd);
    CU_ASSERT_EQUAL(chosen("linux,initrd-start"), box.result.initrd);
    CU_ASSERT_EQUAL(chosen("linux,initrd-end"), box.result.initrd + 5);
    write_file(box.initrd, "", 0);
    CU_ASSERT_FALSE(load_into(RAM, box.initrd, NULL));
    CU_ASSERT_EQUAL(strncmp(box.error, box.initrd, strlen(box.initrd)), 0);
    unlink(box.initrd);
    CU_ASSERT_FALSE(load_into(RAM, box.initrd, NULL));
    box_close();
}

static void test_initrd_too_large(void)
{
    static const u32 sizes[] = {RAM + 1, RAM, RAM - 4096, RAM - 8192, RAM - 0x400000 - 4096};
    box_open("kernel.elf");
    struct elf_file e = elf_good();
    write_file(box.path, &e, sizeof e);
    u8 *bytes = calloc(1, RAM + 1);
    for (u32 i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        write_file(box.initrd, bytes, sizes[i]);
        CU_ASSERT_FALSE(load_into(RAM, box.initrd, NULL));
        CU_ASSERT_PTR_NOT_NULL(strstr(box.error, "--ram"));
        CU_ASSERT_EQUAL(box.touched, 0);
    }
    write_file(box.initrd, bytes,
               RAM - 0x400000 - 8192); // a page for the image and one for the tree
    CU_ASSERT(load_into(RAM, box.initrd, NULL));
    free(bytes);
    box_close();
}

static void test_arguments(void)
{
    static char append[LOAD_APPEND + 1];
    box_open("kernel.elf");
    struct elf_file e = elf_good();
    write_file(box.path, &e, sizeof e);
    memset(append, 'x', LOAD_APPEND - 1);
    CU_ASSERT(load_into(RAM, NULL, append));
    append[LOAD_APPEND - 1] = 'x';
    CU_ASSERT_FALSE(load_into(RAM, NULL, append));
    CU_ASSERT_PTR_NOT_NULL(strstr(box.error, "boot arguments"));
    box_close();
}

static void test_machine(void)
{
    box_open("kernel.elf");
    struct elf_file e = elf_good();
    write_file(box.path, &e, sizeof e);
    struct machine_config config = machine_config_default();
    config.ram = 2 * RAM;
    struct machine *m = machine_new(&config, box.error, sizeof box.error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(m);
    struct load_spec spec = {.image = box.path, .harts = 1};
    mpa at = BOARD_RAM + RAM; // the upper half is a guest's RAM
    CU_ASSERT_FATAL(load_machine(m, at, RAM, &spec, &box.result, box.error, sizeof box.error));
    CU_ASSERT_EQUAL(memcmp(machine_ram(m) + RAM + 0x400000, e.text, TEXT), 0);
    CU_ASSERT_EQUAL(box.result.entry, BOARD_KERNEL + 8); // as the guest sees it
    CU_ASSERT(machine_page_used(m, at + 0x400000));
    CU_ASSERT_FALSE(machine_page_used(m, at));
    CU_ASSERT_EQUAL(fdt_check_header(machine_ram(m) + RAM + (box.result.device_tree - BOARD_RAM)),
                    0);
    machine_free(m);
    box_close();
}

const struct suite suite_load = {
    "load",
    (const struct test[]){
        {"an ELF file's segment goes where it says", test_elf},
        {"a kernel that is only marked as compressed is loaded, and one that is, is not",
         test_only_marked_compressed},
        {"a kernel linked at a virtual address starts at the physical one", test_virtual_kernel},
        {"symbols name addresses", test_symbols},
        {"odd symbols are left out and do no harm", test_hostile_symbols},
        {"a bad ELF file gets one message with place and way out", test_bad_elf},
        {"an ELF file cut off anywhere is refused", test_truncated},
        {"a randomly damaged ELF file does no harm", test_random_damage},
        {"with little RAM a flat image goes to the start of it", test_small_ram},
        {"a flat image goes to 0x80400000", test_flat},
        {"an assembly file is assembled", test_assembly},
        {"what is not a regular file is refused", test_not_a_file},
        {"an initrd goes to the end of RAM, the device tree before it", test_initrd},
        {"an initrd that leaves no room is refused", test_initrd_too_large},
        {"boot arguments have a limit", test_arguments},
        {"a slice of a machine's memory is a guest's RAM", test_machine},
        {0}}};
