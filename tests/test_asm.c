// The assembler: what it makes of every row, of the directives, and of text that is wrong.
#include "isa/asm/asm.h"
#include "isa/isa.h"
#include "tests/suite.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASE 0x80400000u

// Assembles text that must be right.
static struct asm_image good(const char *text)
{
    struct asm_image image;
    struct asm_errors errors;
    bool done = asm_assemble(text, strlen(text), "t.s", BASE, ISA_HOLES | ISA_H, &image, &errors);
    if (!done)
        fputs(errors.text, stdout);
    CU_ASSERT_TRUE(done);
    asm_errors_free(&errors);
    return image;
}

// The messages for text that must be wrong; the caller frees.
static char *bad(const char *text, size_t length, bool holes)
{
    struct asm_image image;
    struct asm_errors errors;
    CU_ASSERT_FALSE(asm_assemble(text, length, "t.s", BASE, holes, &image, &errors));
    CU_ASSERT_PTR_NULL(image.bytes);
    CU_ASSERT_FATAL(errors.text != NULL && errors.count > 0);
    return errors.text;
}

static u32 word(const struct asm_image *image, u32 index)
{
    u32 w = 0;
    if (index * 4 + 4 <= image->size)
        memcpy(&w, image->bytes + index * 4, 4);
    return w;
}

static u32 value_of(const struct asm_image *image, const char *name)
{
    const struct asm_symbol *symbol = asm_symbol_find(image, name);
    CU_ASSERT_PTR_NOT_NULL(symbol);
    return symbol ? symbol->value : 0;
}

// The words that the text must become.
static void check_words(const char *text, const u32 *words, u32 count)
{
    struct asm_image image = good(text);
    CU_ASSERT_EQUAL(image.size, count * 4);
    for (u32 i = 0; i < count; i++)
        CU_ASSERT_EQUAL(word(&image, i), words[i]);
    asm_image_free(&image);
}
#define CHECK_WORDS(text, ...) \
    check_words(text, (const u32[]){__VA_ARGS__}, sizeof((const u32[]){__VA_ARGS__}) / 4)

// ---- instructions

static void each_row_disassembles_to_text_that_assembles_to_the_same_word(void)
{
    u32 noise = 11;
    for (int i = 0; i < 200 * (INSN_COUNT - 1); i++) {
        const struct insn_info *info = &isa_insns[1 + i % (INSN_COUNT - 1)];
        char text[64];
        noise = noise * 1664525u + 1013904223u;
        u32 w = (noise & ~info->mask) | info->match;
        isa_disasm(w, BASE, ISA_HOLES | ISA_H, text, sizeof text);
        if (strchr(text, '#')) // bits that are ignored and cannot be written
            continue;
        struct asm_image image = good(text);
        CU_ASSERT_EQUAL_FATAL(word(&image, 0), w);
        asm_image_free(&image);
    }
}

static void li_takes_one_instruction_where_one_will_do(void)
{
    CHECK_WORDS("li a0, 5", 0x00500513);
    CHECK_WORDS("li a0, -2048", 0x80000513);
    CHECK_WORDS("li a0, 0xffffffff", 0xfff00513);
    CHECK_WORDS("li a0, 0x12345000", 0x12345537);
    CHECK_WORDS("li a0, 0x800", 0x00001537, 0x80050513);
    CHECK_WORDS("li a0, 0x12345678", 0x12345537, 0x67850513);
    CHECK_WORDS("li a0, later\n.equ later, 5", 0x00000537,
                0x00550513); // not known in time, so room for two
    CHECK_WORDS(".equ sooner, 5\nli a0, sooner", 0x00500513);
}

static void operands_choose_among_forms_of_one_name(void)
{
    CHECK_WORDS("jal 1f\njal t0, 1f\n1:", 0x008000ef, 0x004002ef);
    CHECK_WORDS("jalr a0\njalr t0, 4(a0)\njalr t0, a0, 4\njr 4(a0)\njr a0", 0x000500e7, 0x004502e7,
                0x004502e7, 0x00450067, 0x00050067);
    CHECK_WORDS("csrw satp, a0\ncsrw satp, 3\ncsrrw a1, satp, 3", 0x18051073, 0x1801d073,
                0x1801d5f3);
    CHECK_WORDS("add a0, a1, a2\nadd a0, a1, 4", 0x00c58533, 0x00458513);
    CHECK_WORDS("sfence.vma\nsfence.vma a0\nsfence.vma a0, a1", 0x12000073, 0x12050073, 0x12b50073);
    CHECK_WORDS("fence\nfence r, rw", 0x0ff0000f, 0x0230000f);
    CHECK_WORDS("lw a0, (sp)\nlw a0, 4(sp)\nlr.w.aq a0, (a1)\namoor.w a0, a1, 0(a2)", 0x00012503,
                0x00412503, 0x1405a52f, 0x40b6252f);
    CHECK_WORDS("rdmode a0\npushst a1\npopst a2\njrst a3", 0x0000050b, 0x0000158b, 0x0006200b,
                0x0006b00b);
}

static void far_names_are_reached_in_pairs(void)
{
    struct asm_image image = good("la a0, there\ncall there\ntail there\nlw a1, there\nsw a1, "
                                  "there, t0\n.balign 4096\n.space 0x900\nthere: nop");
    u32 there = value_of(&image, "there");
    for (u32 i = 0; i < 10; i += 2) {
        struct decoded up = isa_decode(word(&image, i), false),
                       low = isa_decode(word(&image, i + 1), false);
        CU_ASSERT_EQUAL(up.insn, INSN_auipc);
        CU_ASSERT_EQUAL(BASE + 4 * i + (u32)up.imm + (u32)low.imm, there);
        CU_ASSERT_EQUAL(low.rs1, up.rd);
    }
    asm_image_free(&image);
    CHECK_WORDS("1: auipc a0, %pcrel_hi(1b + 0x12345)\naddi a0, a0, %pcrel_lo(1b)", 0x00012517,
                0x34550513);
    CHECK_WORDS("lui a0, %hi(0x80000fff)\naddi a0, a0, %lo(0x80000fff)", 0x80001537, 0xfff50513);
}

// ---- labels and expressions

static void local_labels_are_the_nearest_of_their_number(void)
{
    CHECK_WORDS("1: j 1f\n1: j 1b\nj 1b\n1: j 1b", 0x0040006f, 0x0000006f, 0xffdff06f, 0x0000006f);
    CHECK_WORDS("j 2f\n1: nop\n2: j 1b", 0x0080006f, 0x00000013, 0xffdff06f);
}

static void expressions_have_the_precedences_of_c(void)
{
    CHECK_WORDS(".word 1 + 2 * 3, (1 + 2) * 3, 7 - 4 - 2, 1 << 4 | 3 & 2, ~0 & 0xf0, -3 + 1", 7, 9,
                1, 18, 0xf0, (u32)-2);
    CHECK_WORDS(
        ".word 17 / 5, 17 % 5, -7 / 2, 0x80000000 >> 31, 'a', '\\n', ' ', 0b101, 017, 6 ^ 3", 3, 2,
        (u32)-3, 1, 97, 10, 32, 5, 15, 5);
    CHECK_WORDS("a: .word b - a, . - a, b, ., 'b' - 'a'\nb:", 20, 4, BASE + 20, BASE + 12, 1);
}

static void constants_may_be_used_before_they_are_defined(void)
{
    CHECK_WORDS(".word size\n.equ size, length + 0\n.equ length, end - start\nstart: .word 1, "
                "2\nend: .word end",
                8, 1, 2, BASE + 12);
    CHECK_WORDS("x = 1\n.word x\nx = x + 1\n.word x\n.set x, 9\n.word x", 1, 2, 9);
}

// ---- sections and bytes

static void sections_follow_one_another(void)
{
    struct asm_image image =
        good(".data\nd: .word 1\n.text\n.globl _start\nnop\n_start: nop\n.bss\nb: .space "
             "100\n.rodata\nr: .byte 7\n"
             ".section .text.more, \"ax\"\nlast: ret\n.section .odd, \"aw\", @nobits\nz: .zero 8");
    CU_ASSERT_EQUAL(image.entry, BASE + 4);
    CU_ASSERT_EQUAL(image.text, 12);
    CU_ASSERT_EQUAL(value_of(&image, "last"), BASE + 8);
    CU_ASSERT_EQUAL(value_of(&image, "r"), BASE + 16);
    CU_ASSERT_EQUAL(value_of(&image, "d"), BASE + 32);
    CU_ASSERT_EQUAL(image.data, 32);
    CU_ASSERT_EQUAL(image.size, 36);
    CU_ASSERT_EQUAL(value_of(&image, "b"), BASE + 48);
    CU_ASSERT_EQUAL(value_of(&image, "z"), BASE + 148);
    CU_ASSERT_EQUAL(image.memory, 156);
    CU_ASSERT_EQUAL(asm_line_at(&image, BASE + 4), 6);
    CU_ASSERT_EQUAL(asm_line_at(&image, BASE + 8), 12);
    CU_ASSERT_EQUAL(asm_line_at(&image, BASE + 12), 0);
    asm_image_free(&image);
}

static void bytes_strings_and_alignment(void)
{
    static const u8 expected[] = {1, 0xff, 0x34, 0x12, 'h', 'i', '\n', 0,    'x', 0x41,
                                  7, 0,    0,    0,    0,   0,   0xaa, 0xaa, 5};
    struct asm_image image = good(".byte 1, -1\n.half 0x1234\n.asciz \"hi\\n\"\n.ascii "
                                  "\"x\\x41\\7\"\n.balign 16\n.space 2, 0xaa\n.byte 5");
    CU_ASSERT_EQUAL(image.size, sizeof expected);
    CU_ASSERT(!memcmp(image.bytes, expected, sizeof expected));
    asm_image_free(&image);
    CHECK_WORDS("nop\n.p2align 3\n.word 1\n.org 0x10\n.word 2\n.org 0x80400018\n.word 3", 0x13,
                0x13, 1, 0, 2, 0, 3);
    CHECK_WORDS(".option norvc\n.type f, @function\nnop # c\nnop // c\nnop /* c\n c */ ; "
                "nop\n.size f, . - f",
                0x13, 0x13, 0x13, 0x13);
    CHECK_WORDS(".ascii \"#;//\"", 0x2f2f3b23);
}

// ---- what is wrong

static void messages_point_at_the_place(void)
{
    static const char source[] = "start:\n\taddi a0, a0, 4096\n  adi a0, a0, 1\n";
    char *text = bad(source, sizeof source - 1, false);
    CU_ASSERT_STRING_EQUAL(text, "t.s:2:15: error: 4096 is not within -2048 to 2047\n"
                                 "  \taddi a0, a0, 4096\n"
                                 "  \t             ^\n"
                                 "t.s:3:3: error: unknown instruction 'adi'; did you mean 'addi'?\n"
                                 "    adi a0, a0, 1\n"
                                 "    ^\n");
    free(text);
}

static const struct {
    const char *text, *message;
} mistakes[] = {
    {"foo a0, a1", "1:1: error: unknown instruction 'foo'"},
    {"addi a0, a1", "1:1: error: the operands do not fit; it is written: addi rd, rs1, imm"},
    {"addi a0, a1, 1, 2, 3", "more than 4 operands"},
    {"addi a0, , 1", "1:10: error: an operand is missing here"},
    {"addi a9, a1, 1", "1:6: error: expected a register"},
    {"add a0, a1, x32", "1:13: error: 'x32' is not defined"},
    {"lw a0, 4(a1", "1:9: error: unexpected '('"},
    {"lw a0, 4096(a1)", "1:8: error: 4096 is not within -2048 to 2047"},
    {"lw a0, sp", "'sp' is a register; a number or a symbol belongs here"},
    {"slli a0, a0, 32", "32 is not within 0 to 31"},
    {"lui a0, 0x100000", "is not within 0 to 1048575"},
    {"j nowhere", "1:3: error: 'nowhere' is not defined"},
    {"beq a0, a1, 1f", "there is no 1: below this line"},
    {"j 1b", "there is no 1: above this line"},
    {"j . + 1", "is odd"},
    {"beq a0, a1, . + 4096", "reaches 4096; branch around a j"},
    {"j . + 0x100000", "use call or tail"},
    {"a: nop\na: nop", "2:1: error: 'a' is already defined in line 1"},
    {"csrr a0, mstatus", "there is no CSR of this name"},
    {"csrr a0, 0x1000", "not within 0 to 4095"},
    {"fence wr, rw", "expected some of i o r w, in this order"},
    {"amoadd.w a0, a1, 4(a2)", "4 is not within 0 to 0"},
    {"li a0, 0x1ffffffff", "does not fit 32 bits"},
    {"li a0", "it is written: li rd, number"},
    {".word 08", "'8' is not a digit of base 8"},
    {".word 0x", "has no digits"},
    {".word 1 / 0", "1:9: error: division by zero"},
    {".word 1 << 99", "a shift by 99"},
    {".word (1", "expected ')' here"},
    {".word 1 +", "expected a number or a symbol here"},
    {".byte 256", "256 is not within -128 to 255"},
    {".asciz hello", "expected a string in double quotes"},
    {".asciz \"hello", "the closing quote is missing"},
    {".ascii \"\\q\"", "unknown escape"},
    {"/* no end", "this comment has no end"},
    {".spcae 4", "unknown directive '.spcae'; did you mean '.space'?"},
    {".macro x", "unknown directive '.macro' (there are no macros"},
    {".space n\nn = 4", "this number must be known here"},
    {".balign 3", "3 is not a power of two"},
    {".org 8\n.org 4", "2:6: error: .org goes forward only"},
    {".bss\n.word 1", "2:1: error: .bss holds only zeros"},
    {".byte 1\nnop", "2:1: error: an instruction must be at a multiple of 4"},
    {"ra: nop", "'ra' is a register, not a label"},
    {"100: nop", "local labels go from 0: to 99:"},
    {"nop nop", "the operands do not fit"},
    {"rdmode a0", "'rdmode' is an instruction of the profile `holes` only"},
    {"addi a0, a0, %foo(1)", "there are %hi, %lo"},
    {"addi a0, a0, %pcrel_lo(1f)\n1:", "there is none"},
    {"\"", "unexpected '\"'"},
    {"nop \\", "error: "},
    {"= 5", "unexpected '='"},
    {".equ 5, 5", "expected a name"},
};

static void each_mistake_has_its_message(void)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        char *text = bad(mistakes[i].text, strlen(mistakes[i].text), false);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, mistakes[i].message));
        if (!strstr(text, mistakes[i].message))
            printf("# wanted \"%s\", got:\n%s", mistakes[i].message, text);
        free(text);
    }
}

static void the_first_twenty_errors_are_told(void)
{
    char text[2000] = "";
    for (int i = 0; i < 50; i++)
        strcat(text, "bogus\n");
    char *message = bad(text, strlen(text), false);
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "t.s:20:1: error: unknown instruction"));
    CU_ASSERT_PTR_NULL(strstr(message, "t.s:21:1:"));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "t.s: 30 more errors"));
    free(message);
}

static void sizes_are_limited(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {".space 0x7fffffff", "grows over 64 MiB"},
        {".space 0x04000000\n.byte 1", "2:1: error: this section grows over 64 MiB"},
        {".space 0xffffffff, 1", "grows over 64 MiB"},
        {".bss\n.space 0x30000000", "grows over 512 MiB"},
        {".org 0xffffffff", "grows over 64 MiB"},
        {".p2align 40", "40 is not within 0 to 22"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = bad(cases[i].text, strlen(cases[i].text), false);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, cases[i].message));
        free(text);
    }
    struct asm_image image;
    struct asm_errors errors;
    CU_ASSERT_FALSE(asm_assemble(".space 8192", 11, "t.s", 0xfffff000u, false, &image, &errors));
    CU_ASSERT_PTR_NOT_NULL(strstr(errors.text, "choose a lower base"));
    asm_errors_free(&errors);
}

static void deep_and_long_text_ends_in_a_message(void)
{
    size_t size = 200000;
    char *deep = malloc(size), *message;
    memset(deep, '(', size);
    memcpy(deep, ".word ", 6);
    message = bad(deep, size, false);
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "more than 64 parentheses"));
    free(message);
    memset(deep + 6, '-', size - 6);
    free(bad(deep, size, false));
    memset(deep, 'a', size);
    message = bad(deep, size, false);
    CU_ASSERT(strlen(message) < 1000);
    free(message);
    memset(deep, 0, size);
    free(bad(deep, size, false));
    free(deep);
}

// Random cuts and changes of a sound source: an answer always comes, and an error always has words.
static void damaged_text_never_crashes(void)
{
    static const char source[] = "start: la a0, msg\n1: lbu a1, 0(a0)\nbeqz a1, 2f ; addi a0, a0, "
                                 "1\nj 1b\n2: li a7, 'x' + 0x10\necall\n"
                                 ".equ n, (5 - 2) << 3 % 7\n.section .rodata\nmsg: .asciz "
                                 "\"a\\x41\\n\" # c\n.word msg - start, n, %lo(msg), . "
                                 "+ 4\n"
                                 ".data\n.balign 8\n.space n\n.half 1, -1 /* c */\n.bss\nb: .zero "
                                 "40\n.text\namoadd.w.aq a0, a1, (a2)\nfence "
                                 "rw, w\n";
    static const char letters[] = "\"'()%/*#;:.,\n-+\\019afbx \t\0\xff";
    u32 noise = 5;
    for (int i = 0; i < 20000; i++) {
        char text[sizeof source];
        struct asm_image image;
        struct asm_errors errors;
        memcpy(text, source, sizeof source);
        for (int edits = 0; edits < 1 + i % 5; edits++) {
            noise = noise * 1664525u + 1013904223u;
            text[(noise >> 8) % (sizeof source - 1)] =
                letters[(noise >> 24) % (sizeof letters - 1)];
        }
        if (!asm_assemble(text, (noise >> 4) % sizeof source, "t.s", BASE, ISA_HOLES | ISA_H,
                          &image, &errors))
            CU_ASSERT_FATAL(errors.count && strstr(errors.text, "error: ") != NULL);
        asm_image_free(&image);
        asm_errors_free(&errors);
    }
}

// ---- the file

static void the_elf_file_says_what_the_image_says(void)
{
    struct asm_image image = good(".globl _start\n_start: la a0, d\nret\n.rodata\n.asciz "
                                  "\"x\"\n.data\nd: .word 9\n.bss\nb: .space 64\nfour = 4");
    size_t size;
    u8 *file = asm_elf(&image, &size);
    Elf32_Ehdr *h = (Elf32_Ehdr *)file;
    CU_ASSERT_FATAL(file != NULL && size > sizeof *h);
    CU_ASSERT(!memcmp(h->e_ident, "\177ELF\1\1\1", 7));
    CU_ASSERT_EQUAL(h->e_machine, EM_RISCV);
    CU_ASSERT_EQUAL(h->e_entry, BASE);
    CU_ASSERT_EQUAL_FATAL(h->e_phnum, 2);
    Elf32_Phdr *p = (Elf32_Phdr *)(file + h->e_phoff);
    CU_ASSERT_EQUAL(p[0].p_vaddr, BASE);
    CU_ASSERT_EQUAL(p[0].p_filesz, image.data);
    CU_ASSERT_EQUAL(p[1].p_vaddr, BASE + image.data);
    CU_ASSERT_EQUAL(p[1].p_filesz, 4);
    CU_ASSERT_EQUAL(p[1].p_memsz, image.memory - image.data);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_FATAL(p[i].p_offset + p[i].p_filesz <= size);
        CU_ASSERT(
            !memcmp(file + p[i].p_offset, image.bytes + (p[i].p_vaddr - BASE), p[i].p_filesz));
        CU_ASSERT_EQUAL(p[i].p_offset % 4096, p[i].p_vaddr % 4096);
    }
    CU_ASSERT_FATAL(h->e_shoff + h->e_shnum * sizeof(Elf32_Shdr) <= size);
    free(file);
    asm_image_free(&image);
}

static void statements_are_counted_as_they_are_read(void)
{
    static const struct {
        const char *text;
        u32 count;
    } cases[] = {
        {"", 0},
        {"\n \t\n;;\r\n", 0},
        {"nop", 1},
        {"nop; nop\nnop ;", 3},
        {"# nop; nop\nnop // nop; nop\n/* nop;\nnop */ nop", 2},
        {".ascii \"a;b\" ; nop", 2},
        {".ascii \"a\\\";b\" ; nop", 2},
        {"li a0, '#'; nop; nop", 3},
        {"li a0, ';'", 1},
        {".ascii \"never closed ; nop\nnop", 2},
        {"x: y: nop", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_EQUAL(asm_statements(cases[i].text, strlen(cases[i].text)), cases[i].count);
    CU_ASSERT_EQUAL(asm_statements("nop\0;nop", 8), 2); // a zero byte ends nothing
}

const struct suite suite_asm = {
    "asm",
    (const struct test[]){
        {"each row disassembles to text that assembles to the same word",
         each_row_disassembles_to_text_that_assembles_to_the_same_word},
        {"li takes one instruction where one will do", li_takes_one_instruction_where_one_will_do},
        {"operands choose among the forms of one name", operands_choose_among_forms_of_one_name},
        {"far names are reached in pairs", far_names_are_reached_in_pairs},
        {"local labels are the nearest of their number",
         local_labels_are_the_nearest_of_their_number},
        {"expressions have the precedences of C", expressions_have_the_precedences_of_c},
        {"constants may be used before they are defined",
         constants_may_be_used_before_they_are_defined},
        {"sections follow one another", sections_follow_one_another},
        {"bytes, strings and alignment", bytes_strings_and_alignment},
        {"messages point at the place", messages_point_at_the_place},
        {"each mistake has its message", each_mistake_has_its_message},
        {"the first twenty errors are told", the_first_twenty_errors_are_told},
        {"sizes are limited", sizes_are_limited},
        {"deep and long text ends in a message", deep_and_long_text_ends_in_a_message},
        {"damaged text never crashes", damaged_text_never_crashes},
        {"statements are counted as they are read", statements_are_counted_as_they_are_read},
        {"the ELF file says what the image says", the_elf_file_says_what_the_image_says},
        {0},
    }};
