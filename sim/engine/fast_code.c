// Pages of decoded records: made, filled word by word, forgotten. They are a cache outside of the
// machine's state. Read next: sim/engine/fast_loop.h.
#include "sim/engine/jit.h"

#include <stdlib.h>

#define STORES_MOST \
    64u // after so many stores with nothing executed between them the page holds data, not code

static struct record undecoded(const struct fast *fast)
{
    return (struct record){.handler = fast->handlers[OP_undecoded], .op = OP_undecoded};
}

// ---- life of a page

static bool is_running(const struct fast *fast, const struct code_page *page)
{
    for (u32 i = 0; i < fast->m->config.harts; i++)
        if (fast->hart[i]->page == page)
            return true;
    return false;
}

void code_forget_places(struct fast_hart *f)
{
    for (u32 i = 0; i < PLACES; i++)
        f->place[i].tag = TLB_NONE;
}

static void drop(struct fast *fast, u32 page)
{
    u32 place = fast->pages[page]->place, last = fast->list[--fast->kept];
    fast->list[place] = last;
    fast->pages[last]->place = place;
    for (u32 i = 0; i < fast->m->config.harts; i++)
        code_forget_places(fast->hart[i]);
    fast->m->ram.flags[page] &= (u8)~PAGE_CODE;
    free(fast->pages[page]->native);
    free(fast->pages[page]);
    fast->pages[page] = NULL;
}

void code_drop_all(struct fast *fast)
{
    while (fast->kept)
        drop(fast, fast->list[fast->kept - 1]);
}

// There is room for the pages that are wanted again and again, not for all that were ever executed:
// a guest that sleeps leaves nothing here. When the room is used up, and from time to time, pages
// that nobody entered since the last time go; each that comes back makes the room larger by one.
static void shed(struct fast *fast)
{
    for (u32 i = fast->kept; i--;) {
        u32 number = fast->list[i];
        struct code_page *page = fast->pages[number];
        if (page->entered || is_running(fast, page)) {
            page->entered = false;
            continue;
        }
        drop(fast, number);
        fast->m->ram.flags[number] |= PAGE_SHED;
    }
}

static void make_room(struct fast *fast)
{
    shed(fast);
    if (fast->kept < fast->room)
        return;
    if (fast->room == CODE_PAGES_MOST)
        code_drop_all(fast);
    else
        fast->room = fast->room < CODE_PAGES_MOST / 2 ? 2 * fast->room : CODE_PAGES_MOST;
}

static u32 room_for(u32 pages)
{
    u32 room = 2 * pages < CODE_PAGES_MOST ? 2 * pages : CODE_PAGES_MOST;
    return room < CODE_PAGES_LEAST ? CODE_PAGES_LEAST : room;
}

void code_age(struct fast *fast, u64 now)
{
    fast->aged = now;
    shed(fast);
    fast->room = room_for(fast->kept);
}

void code_rest(struct machine *m)
{
    struct fast *fast = m->engine_data;
    fast->room = CODE_PAGES_LEAST;
    if (fast->kept <= CODE_PAGES_LEAST)
        return;
    code_drop_all(fast);
    if (fast->jit)
        jit_release(fast->jit);
}

static void enlist(struct fast *fast, struct code_page *page, u32 number)
{
    u8 *flags = &fast->m->ram.flags[number];
    if ((*flags & PAGE_SHED) && fast->room < CODE_PAGES_MOST)
        fast->room++;
    *flags &= (u8)~PAGE_SHED;
    page->place = fast->kept;
    fast->list[fast->kept++] = number;
    fast->pages[number] = page;
}

// A page that is about to be watched: no write may pass it by.
static void watch(struct machine *m, u32 page)
{
    mpa address = BOARD_RAM + (page << PAGE_SHIFT);
    struct fast *fast = m->engine_data;
    for (u32 i = 0; (m->ram.flags[page] & PAGE_QUICK) && i < m->config.harts; i++) {
        tlb_slow_writes(m->hart[i].tlb, &address);
        tlb_slow_writes(fast->hart[i]->own, &address);
    }
    m->ram.flags[page] = (u8)((m->ram.flags[page] & ~PAGE_QUICK) | PAGE_CODE);
}

struct code_page *code_page_at(struct fast *fast, mpa address)
{
    u32 number = (address - BOARD_RAM) >> PAGE_SHIFT;
    if (fast->pages[number])
        return fast->pages[number];
    if (fast->kept == fast->room)
        make_room(fast);
    struct code_page *page = malloc(sizeof *page);
    if (!page)
        return NULL;
    for (u32 i = 0; i < CODE_WORDS; i++)
        page->record[i] = undecoded(fast);
    page->record[CODE_WORDS] =
        (struct record){.handler = fast->handlers[OP_page_end], .op = OP_page_end};
    page->at = BOARD_RAM + (number << PAGE_SHIFT);
    page->stores = page->arrivals = 0;
    page->native = NULL;
    page->entered = true;
    enlist(fast, page, number);
    watch(fast->m, number);
    return page;
}

void code_written(struct machine *m, mpa address, u32 bytes)
{
    struct fast *fast = m->engine_data;
    struct code_page *page = code_page_find(fast, address);
    u32 first = address % PAGE_SIZE / 4, last = (address % PAGE_SIZE + bytes - 1) / 4;
    if (++page->stores > STORES_MOST && !is_running(fast, page)) {
        drop(fast, (address - BOARD_RAM) >> PAGE_SHIFT);
        return;
    }
    jit_written(fast, page, first, last);
    for (u32 i = first; i <= last; i++)
        page->record[i] = undecoded(fast);
}

// ---- decoding

// Operands as they are read where a jump stays inside its page.
static bool jumps_inside(u32 index, i32 offset)
{
    i32 target = (i32)index + offset / 4;
    return offset % 4 == 0 && target >= 0 && target < (i32)CODE_WORDS;
}

// From the record after the jump, as the interpreter counts.
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
    if (r->rs2 == 0)
        r->op = r->op == INSN_beq ? OP_beqz : r->op == INSN_bne ? OP_bnez : r->op;
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

// Results into x0 are no results: so no handler of a computation has to ask.
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

// CSRs that an interrupt, a translation or a counter may depend on at the next instruction. The
// others wait for a trap or an sret.
static bool is_watched(u32 number)
{
    return number == CSR_sstatus || number == CSR_sie || number == CSR_satp;
}

// csrrs and csrrc with x0, or with 0, only read.
static void decode_csr(struct record *r)
{
    static const u8 writes[INSN_COUNT] = {
        [INSN_csrrw] = OP_csr_swap,   [INSN_csrrs] = OP_csr_set,   [INSN_csrrc] = OP_csr_clear,
        [INSN_csrrwi] = OP_csr_swapi, [INSN_csrrsi] = OP_csr_seti, [INSN_csrrci] = OP_csr_cleari};
    bool swaps = r->op == INSN_csrrw || r->op == INSN_csrrwi;
    u32 offset, mask;
    if (!csr_word(r->imm, &offset, &mask))
        return;
    if (!swaps && r->rs1 == 0 && r->rd == 0)
        return;
    r->op = swaps || r->rs1 ? writes[r->op] : OP_csr_read;
    r->rs2 = (u8)(offset / 4) | (is_watched(r->imm) ? CSR_WATCHED : 0);
    r->imm = mask;
}

void code_decode(struct fast *fast, struct code_page *page, struct record *r)
{
    u32 index = (u32)(r - page->record);
    u32 word = memory_load(fast->m, page->at + index * 4, 4);
    struct decoded d = isa_decode(word, fast->m->config.holes);
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
        decode_csr(r);
        break;
    case ISA_FORMAT_J:
        decode_jump(r, index);
        break;
    }
    r->handler = fast->jit ? jit_decoded(fast, page, r) : fast->handlers[r->op];
}
