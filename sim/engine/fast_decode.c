// What the fast engine makes of an instruction word: a record whose handler needs to ask nothing
// that the word itself answers.
// Read next: sim/engine/fast_code.c.
#include "sim/engine/fast.h"

#include <stddef.h>

// Returns true if the jump stays inside its page.
static bool jumps_inside(u32 index, i32 offset)
{
    i32 target = (i32)index + offset / 4;
    return offset % 4 == 0 && target >= 0 && target < (i32)CODE_WORDS;
}

// How far to jump in bytes of records, counted from the record behind the jump.
static u32 distance(i32 offset)
{
    return (u32)((offset / 4 - 1) * (i32)sizeof(struct record));
}

static void decode_branch(struct record *r, u32 index)
{
    static const u8 far[INSN_COUNT] = {
        [INSN_beq] = OP_beq_far, [INSN_bne] = OP_bne_far,   [INSN_blt] = OP_blt_far,
        [INSN_bge] = OP_bge_far, [INSN_bltu] = OP_bltu_far, [INSN_bgeu] = OP_bgeu_far};
    i32 offset = (i32)r->imm;
    if (!jumps_inside(index, offset)) {
        r->op = far[r->op];
        return;
    }
    r->imm = distance(offset);
    if (r->rs2 == 0 && r->op == INSN_beq)
        r->op = OP_beqz;
    if (r->rs2 == 0 && r->op == INSN_bne)
        r->op = OP_bnez;
}

static void decode_jump(struct record *r, u32 index)
{
    i32 offset = (i32)r->imm;
    if (!jumps_inside(index, offset)) {
        r->op = OP_jal_far;
        return;
    }
    r->imm = distance(offset);
    if (r->rd == 0)
        r->op = OP_j;
}

// A result into x0 is no result. That is decided here, so no handler of a computation has to ask.
static void decode_compute(struct record *r, u32 word)
{
    if (word == NOTE_HINT_A0)
        r->op = OP_generic;
    else if (r->rd == 0)
        r->op = OP_nop;
    else if (r->op == INSN_lui || (r->op == INSN_addi && r->rs1 == 0))
        r->op = OP_li;
    else if (r->op == INSN_addi && r->imm == 0)
        r->op = OP_mv;
}

static void decode_load(struct record *r)
{
    if (r->op == INSN_jalr)
        r->op = r->rd ? INSN_jalr : OP_jr;
    else if (r->rd == 0)
        r->op = OP_generic;
}

static bool is_timer(u32 number)
{
    return number == CSR_stimecmp || number == CSR_stimecmph;
}

// Where the engine finds a CSR that is a word of struct hart_state, and the bits that a write
// keeps. The timer's two halves are such words on this host, too, and kernels write them at each
// tick.
static bool find_word(u32 number, u32 *offset, u32 *mask)
{
    if (!is_timer(number))
        return csr_word(number, offset, mask);
    *offset = offsetof(struct hart_state, stimecmp) + 4 * (number == CSR_stimecmph);
    *mask = ~0u;
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
}

// CSRs on which an interrupt or a translation of the next instruction may depend. The others matter
// to a trap or an sret only.
static u8 watch_of(u32 number)
{
    if (number == CSR_sie || is_timer(number))
        return CSR_WATCHED | CSR_OF_INTERRUPTS;
    return number == CSR_sstatus || number == CSR_satp ? CSR_WATCHED : 0;
}

// With the hypervisor extension sie is a view of hie for a guest, its VMM may refuse it satp, and
// its timer is another.
static bool is_same_for_guests(u32 number)
{
    return number != CSR_sie && number != CSR_satp && !is_timer(number);
}

// A CSR that is a word of struct hart_state needs no function call. csrrs and csrrc with x0, or
// with 0, only read.
static void decode_csr(struct record *r, bool has_h)
{
    static const u8 writes[INSN_COUNT] = {
        [INSN_csrrw] = OP_csr_swap,   [INSN_csrrs] = OP_csr_set,   [INSN_csrrc] = OP_csr_clear,
        [INSN_csrrwi] = OP_csr_swapi, [INSN_csrrsi] = OP_csr_seti, [INSN_csrrci] = OP_csr_cleari};
    bool swaps = r->op == INSN_csrrw || r->op == INSN_csrrwi;
    u32 offset, mask;
    if (!find_word(r->imm, &offset, &mask) || (has_h && !is_same_for_guests(r->imm)))
        return;
    if (!swaps && r->rs1 == 0 && r->rd == 0)
        return;
    r->op = swaps || r->rs1 ? writes[r->op] : OP_csr_read;
    r->rs2 = (u8)(offset / 4) | watch_of(r->imm);
    r->imm = mask;
}

void code_decode(const struct fast *fast, struct code_page *page, struct record *r)
{
    u32 index = (u32)(r - page->record);
    u32 word = memory_load(fast->m, page->at + index * 4, 4);
    struct decoded d = isa_decode(word, fast->m->config.profile);
    page->stores = 0;
    *r = (struct record){.imm = (u32)d.imm, .rd = d.rd, .rs1 = d.rs1, .rs2 = d.rs2, .op = d.insn};
    switch (isa_insns[d.insn].format) {
    case ISA_FORMAT_R:
    case ISA_FORMAT_I:
    case ISA_FORMAT_SHIFT:
    case ISA_FORMAT_U:
        decode_compute(r, word);
        break;
    case ISA_FORMAT_LOAD:
        decode_load(r);
        break;
    case ISA_FORMAT_B:
        decode_branch(r, index);
        break;
    case ISA_FORMAT_CSR:
    case ISA_FORMAT_CSRI:
        decode_csr(r, fast->m->config.profile & ISA_H);
        break;
    case ISA_FORMAT_J:
        decode_jump(r, index);
        break;
    }
    if (fast->m->watches_insns && watch_wants(&fast->m->watch, index * 4, &d))
        r->op = OP_watched;
    r->handler = fast->handlers[r->op];
}
