// The instruction tables, decoder and disassembler: every row stands for what its pattern says, and
// for nothing else.
#include "isa/isa.h"
#include "isa/match.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

#define ALL ISA_PROFILES

// ---- the tables

static void each_row_decodes_to_itself(void)
{
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++) {
        const struct insn_info *info = &isa_insns[i];
        CU_ASSERT_EQUAL(isa_decode(info->match, ALL).insn, i);
        CU_ASSERT_EQUAL(isa_decode(info->match | ~info->mask, ALL).insn, i);
        CU_ASSERT_EQUAL(isa_find(info->mnemonic), (enum insn)i);
    }
    CU_ASSERT_EQUAL(isa_find("lr_w"), INSN_lr_w);
    CU_ASSERT_EQUAL(isa_find("add."), INSN_ILLEGAL);
    CU_ASSERT_EQUAL(isa_find(""), INSN_ILLEGAL);
}

static void instructions_exist_only_in_their_profile(void)
{
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++) {
        u32 profile = isa_insns[i].profile, word = isa_insns[i].match;
        for (u32 mask = ISA_T32; mask <= ALL; mask++)
            CU_ASSERT_EQUAL(isa_decode(word, mask).insn == INSN_ILLEGAL, (profile & ~mask) != 0);
        CU_ASSERT_EQUAL((word & 0x7f) == 0x0b, profile == ISA_HOLES);
        CU_ASSERT_EQUAL((word & 0x7f) == 0x2b, profile == ISA_HOUSE);
    }
}

// Looks a word up the slow way; -1: more than one row matches.
static int scan(u32 word)
{
    int found = INSN_ILLEGAL;
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++)
        if ((word & isa_insns[i].mask) == isa_insns[i].match) {
            if (found)
                return -1;
            found = i;
        }
    return found;
}

static void at_most_one_row_matches_a_word_and_the_decoder_finds_it(void)
{
    u32 wrong = 0, noise = 1;
    for (u32 i = 0; i < 1u << 22;
         i++) { // every funct7, rs2, funct3 and opcode; rd and rs1 at random, and sometimes zero
        noise = noise * 1664525u + 1013904223u;
        u32 registers = i & 0x400 ? noise >> 9 : 0;
        u32 word = (i >> 10) << 20 | (i >> 7 & 7) << 12 | (i & 0x7f) | (registers & 0x1f) << 7 |
                   (registers >> 5 & 0x1f) << 15;
        int expected = scan(word);
        wrong += expected < 0 || isa_decode(word, ALL).insn != expected;
        noise = noise * 1664525u + 1013904223u;
        if (i % 8 == 0)
            wrong += isa_decode(noise, ALL).insn != scan(noise);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void a_word_is_the_instruction_that_the_decoder_finds_and_no_other(void)
{
    u32 wrong = 0, noise = 1;
    for (u32 i = 0; i < 20000; i++) {
        noise = noise * 1664525u + 1013904223u;
        const struct insn_info *near =
            &isa_insns[1 + i % (INSN_COUNT - 1)]; // words near to some instruction
        u32 word = i & 1 ? near->match | (noise & ~near->mask) : near->match ^ 1u << (noise >> 27);
        for (enum insn insn = INSN_ILLEGAL + 1; insn < INSN_COUNT; insn++)
            wrong += isa_is(word, insn) != (isa_decode(word, ALL).insn == insn);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

// The bits of a word that the machine does not look at, beside those of the instruction's mask.
static u32 ignored_bits(const struct insn_info *info)
{
    if (info->format == ISA_FORMAT_AMO || info->format == ISA_FORMAT_LR)
        return 0x06000000u;                                // aq and rl
    return (info->match & 0x7f) == 0x0f ? ~info->mask : 0; // fences
}

static void encoding_a_decoded_word_gives_it_back(void)
{
    u32 noise = 7, wrong = 0;
    for (u32 i = 0; i < 1000000; i++) {
        noise = noise * 1664525u + 1013904223u;
        const struct insn_info *info = &isa_insns[1 + i % (INSN_COUNT - 1)];
        u32 word = (noise & ~info->mask) | info->match;
        struct decoded d = isa_decode(word, ALL);
        wrong += d.word != word || isa_encode(d) != (word & ~ignored_bits(info));
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void fields_are_where_the_manual_says(void)
{
    static const struct {
        u32 word;
        struct decoded d;
    } cases[] = {
        {0xfff50593, {.insn = INSN_addi, .rd = 11, .rs1 = 10, .imm = -1}},
        {0x80000537, {.insn = INSN_lui, .rd = 10, .imm = INT32_MIN}},
        {0xfe112e23, {.insn = INSN_sw, .rs1 = 2, .rs2 = 1, .imm = -4}},
        {0x80000063, {.insn = INSN_beq, .imm = -4096}},
        {0x7e000fe3, {.insn = INSN_beq, .imm = 4094}},
        {0x8000006f, {.insn = INSN_jal, .imm = -0x100000}},
        {0x7ffff0ef, {.insn = INSN_jal, .rd = 1, .imm = 0xffffe}},
        {0x41f5d513, {.insn = INSN_srai, .rd = 10, .rs1 = 11, .imm = 31}},
        {0xfff29573, {.insn = INSN_csrrw, .rd = 10, .rs1 = 5, .imm = 0xfff}},
        {0x1802d073, {.insn = INSN_csrrwi, .rs1 = 5, .imm = 0x180}},
        {0x06c5a52f, {.insn = INSN_amoadd_w, .rd = 10, .rs1 = 11, .rs2 = 12}},
        {0x12b50073, {.insn = INSN_sfence_vma, .rs1 = 10, .rs2 = 11}},
        {0x0ff0000f, {.insn = INSN_fence}},
        {0xffffffff, {.insn = INSN_ILLEGAL}},
        {0x00000000, {.insn = INSN_ILLEGAL}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decoded d = isa_decode(cases[i].word, false), e = cases[i].d;
        CU_ASSERT_EQUAL(d.insn, e.insn);
        CU_ASSERT_EQUAL(d.rd, e.rd);
        CU_ASSERT_EQUAL(d.rs1, e.rs1);
        CU_ASSERT_EQUAL(d.rs2, e.rs2);
        CU_ASSERT_EQUAL(d.imm, e.imm);
        CU_ASSERT_EQUAL(d.word, cases[i].word);
    }
}

static void words_just_beside_t32_are_illegal(void)
{
    static const u32 words[] = {
        0x02051513, // slli by 32
        0x4005f033, // and with funct7 0100000
        0x00053503, // ld
        0x00b53023, // sd
        0x00056503, // lwu
        0x00052063, // branch with funct3 2
        0x00001067, // jalr with funct3 1
        0x1015252f, // lr.w with rs2 = x1
        0x100532af, // lr.d
        0x30200073, // mret
        0x00200073, // uret
        0x10200173, // sret with rd
        0x00008073, // ecall with rs1
        0x100040f3, // csr with funct3 4
        0x120000f3, // sfence.vma with rd
        0x16000073, // sinval.vma
        0x0000b007, // fld
        0x00000001, // compressed
        0x0000200f, // MISC-MEM with funct3 2
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        CU_ASSERT_EQUAL(isa_decode(words[i], ISA_HOLES).insn, INSN_ILLEGAL);
}

static void every_fence_and_every_hint_is_legal(void)
{
    for (u32 high = 0; high < 1u << 17; high++) { // fm, pred, succ, rs1
        u32 word = high << 15 | 0x0f;
        CU_ASSERT_EQUAL_FATAL(isa_decode(word | (high & 31) << 7, false).insn, INSN_fence);
        CU_ASSERT_EQUAL_FATAL(isa_decode(word | 1 << 12, false).insn, INSN_fence_i);
    }
    CU_ASSERT_EQUAL(isa_decode(0x00100013, false).insn, INSN_addi); // rd = x0
    CU_ASSERT_EQUAL(isa_decode(0x00000033, false).insn, INSN_add);
    CU_ASSERT_EQUAL(isa_decode(0x00000037, false).insn, INSN_lui);
}

// ---- CSRs and causes

static void csr_numbers_agree_with_their_mode_and_access(void)
{
    for (const struct csr_info *c = isa_csrs; c->name; c++) {
        CU_ASSERT_EQUAL(c->read_only, c->number >> 10 == 3); // Privileged Specification, 2.1
        CU_ASSERT_EQUAL(c->privileged, (c->number >> 8 & 3) != 0);
        CU_ASSERT_EQUAL(c->profile == ISA_H, (c->number >> 8 & 3) == 2);
        CU_ASSERT_PTR_EQUAL(isa_csr_find(c->number), c);
        CU_ASSERT_PTR_EQUAL(isa_csr_named(c->name), c);
        // hgeie and hgeip are there, and there are no guest external interrupts.
        CU_ASSERT((c->class == ISA_INNOCUOUS) ==
                  (c->number == CSR_hgeie || c->number == CSR_hgeip));
    }
    CU_ASSERT_EQUAL(isa_csr_count, 18 + 27);
    CU_ASSERT_EQUAL(CSR_satp, 0x180);
    CU_ASSERT_PTR_NULL(isa_csr_find(0x300));
    CU_ASSERT_PTR_NULL(isa_csr_named("mstatus"));
}

static void causes_have_numbers_and_names_of_their_own(void)
{
    for (const struct cause_info *c = isa_causes; c->name; c++) {
        CU_ASSERT_PTR_EQUAL(isa_cause_find(c->cause), c);
        CU_ASSERT_PTR_EQUAL(isa_cause_named(c->name), c);
    }
    CU_ASSERT_EQUAL(CAUSE_TIMER, 0x80000005u);
    CU_ASSERT_EQUAL(isa_cause_count, 16 + 8);
    CU_ASSERT_PTR_NULL(isa_cause_find(11));
}

// ---- the disassembler

static void words_print_as_a_person_would_write_them(void)
{
    static const struct {
        u32 word;
        const char *text;
    } cases[] = {
        {0x00000013, "nop"},
        {0xfff00513, "li a0, -1"},
        {0x00058513, "mv a0, a1"},
        {0x00008067, "ret"},
        {0x000080e7, "jalr ra"},
        {0xff9ff06f, "j 0x803ffff8"},
        {0x00050463, "beqz a0, 0x80400008"},
        {0x00112623, "sw ra, 12(sp)"},
        {0x80400537, "lui a0, 0x80400"},
        {0x10529073, "csrw stvec, t0"},
        {0x18002573, "csrr a0, satp"},
        {0x7c051573, "csrrw a0, 0x7c0, a0"},
        {0xc0102573, "rdtime a0"},
        {0x10016073, "csrsi sstatus, 2"},
        {0x12000073, "sfence.vma"},
        {0x06c5a52f, "amoadd.w.aqrl a0, a2, (a1)"},
        {0x1005252f, "lr.w a0, (a0)"},
        {0x0310000f, "fence rw, w"},
        {0x8330000f, "fence rw, rw # 0x8330000f"},
        {0x0000050b, "rdmode a0"},
        {0xdeadbeff, ".word 0xdeadbeff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        size_t length = isa_disasm(cases[i].word, 0x80400000, ISA_HOLES, text, sizeof text);
        CU_ASSERT_STRING_EQUAL(text, cases[i].text);
        CU_ASSERT_EQUAL(length, strlen(cases[i].text));
    }
}

static void disassembly_stays_in_its_buffer(void)
{
    char whole[64], part[64];
    u32 noise = 3;
    for (int i = 0; i < 200000; i++) {
        noise = noise * 1664525u + 1013904223u;
        u32 word = i % 2 ? noise
                         : (noise & ~isa_insns[1 + i / 2 % (INSN_COUNT - 1)].mask) |
                               isa_insns[1 + i / 2 % (INSN_COUNT - 1)].match;
        size_t length = isa_disasm(word, noise, ALL, whole, sizeof whole);
        CU_ASSERT_FATAL(length < sizeof whole - 8 && length == strlen(whole));
        size_t room = 1 + noise % 12;
        memset(part, '~', sizeof part);
        length = isa_disasm(word, noise, ALL, part, room);
        CU_ASSERT_FATAL(length < room && part[length] == 0 && part[room] == '~' &&
                        !strncmp(part, whole, length));
    }
}

const struct suite suite_isa = {
    "isa",
    (const struct test[]){
        {"each row decodes to itself", each_row_decodes_to_itself},
        {"instructions exist only in their profile", instructions_exist_only_in_their_profile},
        {"at most one row matches a word, and the decoder finds it",
         at_most_one_row_matches_a_word_and_the_decoder_finds_it},
        {"a word is the instruction that the decoder finds, and no other",
         a_word_is_the_instruction_that_the_decoder_finds_and_no_other},
        {"encoding a decoded word gives it back", encoding_a_decoded_word_gives_it_back},
        {"fields are where the manual says", fields_are_where_the_manual_says},
        {"words just beside T32 are illegal", words_just_beside_t32_are_illegal},
        {"every FENCE and every HINT is legal", every_fence_and_every_hint_is_legal},
        {"CSR numbers agree with their mode and access",
         csr_numbers_agree_with_their_mode_and_access},
        {"causes have numbers and names of their own", causes_have_numbers_and_names_of_their_own},
        {"words print as a person would write them", words_print_as_a_person_would_write_them},
        {"disassembly stays in its buffer", disassembly_stays_in_its_buffer},
        {0},
    }};
