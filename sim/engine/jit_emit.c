// Host code for a region: blocks, the ways out of them, and the ways in and out that all regions
// share. Read sim/engine/jit_emit.h first.
// Read next: sim/load/load.h.
#include "sim/engine/jit_emit.h"

#include <stddef.h>

// ---- blocks

static bool goes_on(enum flow flow)
{
    return flow == FLOW_NEXT || flow == FLOW_BRANCH || flow == FLOW_BRANCH_FAR;
}

// The number of instructions from `index` to the end of its block: the next leader, an instruction
// for the interpreter, a jump, or as many as a block may have.
static u32 block_length(const struct emitter *e, u32 index)
{
    u32 n = 0;
    for (;; n++) {
        u32 i = index + n;
        if (i == CODE_WORDS || n == JIT_BLOCK || !(e->marks[i] & MARK_REACHED) ||
            (n && (e->marks[i] & MARK_LEADER)))
            return n;
        enum flow flow = jit_flow(&e->page->record[i]);
        if (flow == FLOW_LEAVE || flow == FLOW_LEAVE_END)
            return n;
        if (flow != FLOW_NEXT)
            return n + 1;
    }
}

static void emit_leave(struct emitter *e, u32 index)
{
    x86_set(&e->c, RAX, index * 4);
    x86_land(x86_jump(&e->c), jit_way(e->t, e->t->leave));
}

static void emit_give_back(struct x86 *c, u32 steps)
{
    x86_reg(c, true, X86_GROUP1_SMALL, GROUP1_ADD, R14);
    x86_byte(c, steps);
}

// Takes so many steps. Returns the jump that is taken if fewer are left.
static u8 *emit_take(struct x86 *c, u32 steps)
{
    x86_reg(c, true, X86_GROUP1_SMALL, GROUP1_SUB, R14);
    x86_byte(c, steps);
    return x86_jump_if(c, IF_NEGATIVE);
}

// Writes the block at `index` and returns where the next one may begin. A block of no length is a
// record for the interpreter.
static u32 emit_block(struct emitter *e, u32 index)
{
    u32 length = block_length(e, index), end = index + length;
    e->page->native->entry[index] = (u32)(e->c.at - (u8 *)e->t->jit);
    if (length)
        e->start[e->starts++] = (struct start){emit_take(&e->c, length), index, length};
    for (u32 i = index; i < end; i++) {
        e->left_in_block = end - i;
        e->page->native->place[i] = (u32)(e->c.at - (u8 *)e->t->jit);
        e->page->native->rest[i] = (u8)(end - i);
        emit_insn(e, i);
    }
    if (length && !goes_on(jit_flow(&e->page->record[end - 1])))
        return end; // the block ends in a jump
    if (end == CODE_WORDS || (length == 0 && (e->marks[end] & MARK_REACHED))) {
        emit_leave(e, end);
        return length ? end : end + 1;
    }
    if (!(e->marks[end] &
          MARK_REACHED)) // then an earlier region has it; else it is written next, right here
        emit_link_to(e, x86_jump(&e->c), end);
    return end;
}

// Where a block goes if the deadline lies inside it: to a second copy, in which each instruction
// takes a step of its own, so host code stops exactly at the deadline. The last instruction is
// never reached, and it is the only one that may jump.
static void emit_counted(struct emitter *e, const struct start *start)
{
    u32 last = start->index + start->length - 1;
    x86_land(start->jump, e->c.at);
    emit_give_back(&e->c, start->length);
    x86_reg(&e->c, false, X86_LOAD, RAX, R14);
    x86_reg(&e->c, false, X86_GROUP1, GROUP1_ADD, RAX);
    x86_word(&e->c, start->index);
    x86_var(&e->c, false, X86_STORE, RAX, &e->vars->stop);
    e->left_in_block = 1;
    for (e->index = start->index; e->index < last; e->index++) {
        x86_land(emit_take(&e->c, 1), jit_way(e->t, e->t->stop));
        emit_insn(e, e->index);
    }
    emit_leave(e, last);
}

static void emit_colds(struct emitter *e)
{
    for (u32 i = 0; i < e->colds; i++) {
        const struct cold *cold = &e->cold[i];
        x86_land(cold->jump, e->c.at);
        if (cold->far) {
            emit_pc_plus(e, RAX, cold->index, e->page->record[cold->index].imm);
            x86_land(x86_jump(&e->c), jit_way(e->t, e->t->go_far));
            continue;
        }
        emit_give_back(&e->c, cold->give_back);
        emit_leave(e, cold->index);
    }
}

void jit_emit_region(struct translator *t, struct code_page *page, const u8 *marks)
{
    struct emitter e; // its lists are long: to clear them would take more time than to fill them
    e.c.at = (u8 *)t->jit + t->used;
    e.t = t;
    e.vars = &t->jit->vars;
    e.page = page;
    e.marks = marks;
    e.starts = e.colds = e.links = 0;
    for (u32 i = 0; i < CODE_WORDS;)
        i = marks[i] & MARK_REACHED ? emit_block(&e, i) : i + 1;
    for (u32 i = 0; i < e.starts; i++)
        emit_counted(&e, &e.start[i]);
    emit_colds(&e);
    for (u32 i = 0; i < e.links; i++)
        x86_land(e.link[i].jump, jit_way(t, page->native->entry[e.link[i].target]));
    t->used = (u32)(e.c.at - (u8 *)t->jit);
}

// ---- the ways in and out

static const u8 saved[] = {RBP, RBX, R12,
                           R13, R14, R15}; // by whoever is called, says the host's ABI

static void emit_enter(struct x86 *c, const struct jit_vars *vars)
{
    for (u32 i = 0; i < sizeof saved; i++)
        x86_push(c, saved[i]);
    x86_reg(c, true, X86_LOAD, RBP, RDI);
    x86_reg(c, true, X86_LOAD, RAX, RSI);
    x86_var(c, true, X86_LOAD, R14, &vars->left);
    x86_var(c, true, X86_LOAD, R13, &vars->ram);
    x86_var(c, true, X86_LOAD, R15, &vars->tlb);
    for (u32 i = 0; i < 32; i++)
        if (jit_held[i])
            x86_mem(c, false, X86_LOAD, jit_held[i], RBP, (i32)i * 4);
    x86_reg(c, false, X86_GROUP5, GROUP5_JMP, RAX);
}

// The way out: the caller gets RAX / 4.
static void emit_way_out(struct x86 *c, const struct jit_vars *vars)
{
    for (u32 i = 0; i < 32; i++)
        if (jit_held[i])
            x86_mem(c, false, X86_STORE, jit_held[i], RBP, (i32)i * 4);
    x86_var(c, true, X86_STORE, R14, &vars->left);
    for (u32 i = sizeof saved; i--;)
        x86_pop(c, saved[i]);
    x86_byte(c, 0xc3); // ret
}

// The deadline has come in the second copy of a block, at record vars->stop.
static void emit_stop(struct x86 *c, const struct translator *t)
{
    x86_reg(c, true, X86_XOR, R14, R14);
    x86_var(c, false, X86_LOAD, RAX, &t->jit->vars.stop);
    x86_reg(c, false, X86_SHIFT, SHIFT_LEFT, RAX);
    x86_byte(c, 2);
    x86_land(x86_jump(c), jit_way(t, t->leave));
}

// A jump to address RAX in another page. It goes to the host code of that page if the TLB and the
// table of pages have it.
static void emit_go_far(struct x86 *c, const struct translator *t, u32 ram_pages)
{
    const struct jit_vars *vars = &t->jit->vars;
    u8 *miss[3];
    x86_var(c, false, X86_STORE, RAX, &vars->target);
    miss[0] = emit_find(c, ACCESS_FETCH, 1);
    x86_reg(c, false, X86_GROUP1, GROUP1_SUB, RAX);
    x86_word(c, BOARD_RAM);
    x86_reg(c, false, X86_LOAD, RCX, RAX);
    x86_reg(c, false, X86_SHIFT, SHIFT_RIGHT, RCX);
    x86_byte(c, PAGE_SHIFT);
    x86_reg(c, false, X86_GROUP1, GROUP1_CMP, RCX);
    x86_word(c, ram_pages);
    miss[1] = x86_jump_if(c, IF_ABOVE_EQUAL);
    x86_reg(c, false, X86_SHIFT, SHIFT_LEFT, RCX);
    x86_byte(c, 3);
    x86_var(c, true, X86_ADD, RCX, &vars->pages);
    x86_mem(c, true, X86_LOAD, RCX, RCX, 0);
    x86_reg(c, true, X86_TEST, RCX, RCX);
    miss[2] = x86_jump_if(c, IF_EQUAL);
    x86_mem(c, false, X86_STORE8_IMM, 0, RCX, offsetof(struct code_page, entered));
    x86_byte(c, true);
    x86_var(c, true, X86_STORE, RCX, &vars->page);
    x86_var(c, false, X86_STORE, RDX, &vars->va);
    x86_reg(c, false, X86_GROUP1, GROUP1_AND, RAX);
    x86_word(c, PAGE_SIZE - 1);
    x86_mem(c, true, X86_LOAD, RCX, RCX, offsetof(struct code_page, native));
    x86_reg(c, true, X86_TEST, RCX, RCX);
    x86_land(x86_jump_if(c, IF_EQUAL), jit_way(t, t->wanting));
    x86_var(c, true, X86_STORE, RCX, &vars->entry);
    x86_indexed(c, X86_LOAD, RCX, RCX, RAX, 0);
    emit_go_entry(c, t);
    for (u32 i = 0; i < 3; i++)
        x86_land(miss[i], c->at);
    x86_set(c, RAX, JIT_FAR);
    x86_land(x86_jump(c), jit_way(t, t->leave));
}

void jit_emit_frame(struct translator *t, u32 ram_pages)
{
    struct x86 c = {t->jit->code};
    const u8 *base = (const u8 *)t->jit;
    const void *enter = c.at;
    memcpy(&t->enter, &enter, sizeof enter);
    emit_enter(&c, &t->jit->vars);
    t->leave = (u32)(c.at - base);
    emit_way_out(&c, &t->jit->vars);
    t->wanting = (u32)(c.at - base);
    x86_set(&c, RCX, true);
    x86_var(&c, false, X86_STORE, RCX, &t->jit->vars.wanted);
    x86_land(x86_jump(&c), base + t->leave);
    t->stop = (u32)(c.at - base);
    emit_stop(&c, t);
    t->go_far = (u32)(c.at - base);
    emit_go_far(&c, t, ram_pages);
    t->first = t->used = (u32)(c.at - base);
}
