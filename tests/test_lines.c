// Source lines of addresses: those of an ELF file with line information, of the assembler, and of
// files that are damaged.
#include "scenarios/host/folder.h"
#include "scenarios/world/world.h"
#include "sim/load/file.h"
#include "sim/load/load.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAM (8u << 20)

static struct load_result load(const struct load_spec *spec)
{
    char error[LOAD_ERROR] = "";
    struct load_result result = {0};
    u8 *ram = calloc(1, RAM);
    struct load_window window = {.ram = ram, .size = RAM};
    CU_ASSERT_FATAL(ram && load_guest(spec, &window, &result, error, sizeof error));
    free(ram);
    return result;
}

static char *kite(void)
{
    char error[256], *folder = folder_guests(),
                     *path = folder ? folder_find(folder, "kite.elf", error, sizeof error) : NULL;
    free(folder);
    CU_ASSERT_PTR_NOT_NULL_FATAL(path);
    return path;
}

// The number of the first line that begins with this text; 0: there is none.
static u32 line_that_begins(const char *path, const char *start)
{
    char text[400];
    FILE *f = fopen(path, "r");
    u32 number = 1;
    for (; f && fgets(text, sizeof text, f); number++)
        if (strncmp(text, start, strlen(start)) == 0) {
            fclose(f);
            return number;
        }
    return 0;
}

static void test_elf(void)
{
    char *path = kite();
    struct load_result r = load(&(struct load_spec){.image = path, .harts = 1});
    gva address;
    const char *file = "";
    u32 line = 0;
    CU_ASSERT_FATAL(symbols_find(&r.symbols, "memset", &address));
    CU_ASSERT_FATAL(lines_find(&r.lines, address, &file, &line));
    CU_ASSERT_STRING_EQUAL(file, "scenarios/guests/kite/kernel/text.c");
    // The compiler may leave out the first lines of the function, but not leave the function.
    u32 head = line_that_begins(file, "void *memset(");
    CU_ASSERT(head > 0 && line >= head && line < head + 12);
    CU_ASSERT_FALSE(lines_find(&r.lines, 0xfffffffc, &file, &line));
    load_result_free(&r);
    free(path);
}

static void test_assembly(void)
{
    static const char source[] = "_start:\n    nop\n\n    li a0, 0x12345678\n    nop\n"
                                 ".data\nword: .word 7\n";
    struct load_result r =
        load(&(struct load_spec){.image = "small.s", .source = source, .harts = 1});
    static const u32 expected[] = {2, 4, 4, 5}; // li makes two instructions
    const char *file = "";
    u32 line;
    for (u32 i = 0; i < 4; i++) {
        CU_ASSERT_FATAL(lines_find(&r.lines, r.entry + 4 * i, &file, &line));
        CU_ASSERT_STRING_EQUAL(file, "small.s");
        CU_ASSERT_EQUAL(line, expected[i]);
    }
    CU_ASSERT_FALSE(lines_find(&r.lines, r.entry + 16, &file, &line)); // data
    CU_ASSERT_FALSE(lines_find(&r.lines, r.entry - 4, &file, &line));
    load_result_free(&r);
}

static void test_names(void)
{
    char name[600];
    const char *file;
    struct lines l = {0};
    u32 line;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    lines_add(&l, 4, "././a\033[31mb", 1);
    lines_add(&l, 8, name, 2);
    CU_ASSERT_FATAL(lines_find(&l, 7, &file, &line));
    CU_ASSERT_STRING_EQUAL(file, "a?[31mb");
    CU_ASSERT_FATAL(lines_find(&l, 8, &file, &line));
    CU_ASSERT_EQUAL(strlen(file), LINES_NAME - 1);
    lines_free(&l);
}

// Bytes of the whole file are changed at random, in its line information more often than elsewhere
// since that is most of it. Whatever the table says then, nothing breaks.
static void test_damage(void)
{
    char error[LOAD_ERROR], *path = kite();
    struct complaint c = {path, error, sizeof error};
    u8 *bytes;
    size_t size;
    u64 seed = 23;
    CU_ASSERT_FATAL(load_file(&c, &bytes, &size));
    for (u32 round = 0; round < 150; round++) {
        struct lines l = {0};
        const char *file;
        u32 line;
        size_t kept = round % 10 == 9 ? size - seed % size : size; // the file may be cut off, too
        u8 *copy = malloc(kept);
        CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
        memcpy(copy, bytes, kept);
        for (u32 n = 0; n < 1u << round % 12; n++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            copy[(seed >> 20) % kept] = (u8)(seed >> 56);
        }
        lines_from_elf(&l, copy, kept);
        lines_find(&l, 0x80400100, &file, &line);
        CU_ASSERT(l.count <= LINES_MOST);
        lines_free(&l);
    }
    free(bytes);
    free(path);
}

// Guests with the same kernel share what was loaded; each of them may be asked first.
static void test_shared(void)
{
    static struct world_plan plan;
    char error[WORLD_ERROR], *path = kite();
    enum status why;
    const char *file = "";
    u32 line, other;
    gva address;
    world_plan_default(&plan);
    plan.depth = 1;
    plan.guests = 2;
    plan.guest[0].image = plan.guest[1].image = path;
    struct world *w = world_new(&plan, &why, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    CU_ASSERT_FATAL(world_symbol(&w->guest[1], "memset", &address));
    CU_ASSERT_FATAL(world_line(w, 1, address, &file, &line));
    CU_ASSERT_FATAL(world_line(w, 0, address, &file, &other));
    CU_ASSERT_EQUAL(line, other);
    world_free(w);
    free(path);
}

const struct suite suite_lines = {
    "lines",
    (const struct test[]){
        {"an address of an ELF file has the line that the compiler says", test_elf},
        {"an address of an assembly file has the line that made its instruction", test_assembly},
        {"guests with the same kernel have the same lines", test_shared},
        {"names of source files are printable and short", test_names},
        {"damaged line information does no harm", test_damage},
        {0}}};
