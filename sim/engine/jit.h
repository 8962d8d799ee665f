// The translator: it turns what the fast engine runs often into code of the host (x86-64). It
// translates; whatever is not quick, and every deadline, it leaves to the interpreter of
// sim/engine/fast_loop.h, which goes on at any record. So it needs to know neither traps nor
// devices nor CSRs, and the machine is the same by construction.
//
//     interpreter                                 host code of a page (struct native_page)
//     record  record  record  record              entry[1024]: where the code for a word begins, 0: none
//       |       |warm   |native  |                     |
//       |       |       +------ run_native ----------> block: enough steps left? instructions ... jump --> block
//       |       +-> jit_arrival: counts, or translates |                                                 |
//       |                                              v not quick, or too few steps left                v
//       <------------------- r, stop ----------------- leave: at this record
//
// Unit of translation: a region, all blocks of one page that can be reached inside it from a record
// that is often jumped to. Between regions and pages control passes by the entry tables, through
// the TLB of the hart as in the interpreter; nothing is ever patched. A store to a word that was
// translated forgets its page's entries. Translating is paid for by steps executed: whatever a
// guest does, it takes no more than about the time of interpreting.
//
// Eight guest registers live in host registers while host code runs; the rest, and all of them
// outside of it, in hart_state.x. Host memory is touched through the machine's TLB only: an access
// whose entry is not there, or marked TLB_SLOW, leaves.
//
// Read next: sim/engine/jit.c (what is translated), sim/engine/jit_emit.h (how),
// sim/engine/jit_insn.c (each instruction), sim/engine/jit_emit.c (blocks), sim/engine/jit_x86.h
// (the assembler).
#ifndef SIM_ENGINE_JIT_H
#define SIM_ENGINE_JIT_H

#include "sim/engine/fast.h"

#define JIT_BYTES (16u << 20)         // of host code kept at a time
#define JIT_REGION_BYTES (256u << 10) // more than the largest region takes; whole pages of the host
#define JIT_WARM 24u                  // so many arrivals at a record, and it is translated
#define JIT_WORTH 16u // where fewer instructions than this follow without a leave, it is not
#define JIT_REGION_COST \
    4096u // steps of the interpreter that making a region is worth, and one for each byte
#define JIT_CREDIT (4u << 20) // so many steps may be spent before they are executed
#define JIT_FORGOTTEN 16u     // a page that was forgotten so often is left to the interpreter

struct native_page {
    u32 entry[CODE_WORDS]; // offset in struct jit of the code that does this word and what follows;
                           // 0: none
    u32 covered[CODE_WORDS / 32]; // bit: the word is part of some region
    u32 leader[CODE_WORDS / 32];  // bit: often jumped to, so to be counted
    u8 heat[CODE_WORDS];          // arrivals counted; 0xff: not worth it
    u32 forgotten;
};

// What host code reads and writes by address: it lies before the code.
struct jit_vars {
    u64 left; // steps, while no host code runs
    uintptr_t ram;
    const struct tlb_entry *tlb;
    struct code_page *page; // that it is in
    u32 *entry;             // of that page
    struct code_page *const *pages;
    const struct jit *jit;
    gva va; // of the page
    gva target;
    u32 wanted; // not 0: it left because there is no code for where it went
};

struct jit {
    struct jit_vars vars __attribute__((aligned(PAGE_SIZE))); // always writable
    u8 code[JIT_BYTES] __attribute__((aligned(PAGE_SIZE)));   // executable or writable
};

#define JIT_FAR \
    0xffffffffu // what `enter` returns when it left for vars.target, no record being at hand

// What a translator keeps, one for a machine.
struct translator {
    struct jit *jit;
    bool refused; // the host no longer lets code be made
    u32 used;     // bytes of jit
    u64 paid;     // value of core.steps by which what was translated will have been earned
    u32 leave, wanting, go_far, first; // offsets in it: ways out of host code; the first region
    u32 (*enter)(u32 *x,
                 const void *code); // returns 4 * the index of the record where it left, or JIT_FAR
};

// NULL: this host cannot (another processor, no memory, or it refuses code made at run time).
struct translator *jit_new(const struct fast *fast);
void jit_free(struct translator *t);
// There is no native page any more: gives the memory of the host code back.
void jit_release(struct translator *t);

// Decodes the word of this record, and lets the interpreter count where control comes often.
void jit_decode(struct fast *fast, struct code_page *page, struct record *r);
// Is control known to come to this record often?
static inline bool jit_is_leader(const struct code_page *page, u32 index)
{
    return page->native && page->native->leader[index / 32] >> index % 32 & 1;
}
// It is from now on: from another page, or by a trap.
void jit_leader(struct fast *fast, struct code_page *page, u32 index);
// Control came to a record whose handler is OP_warm, core.steps being `now`: counts, and translates
// in the end.
void jit_arrival(struct fast *fast, struct code_page *page, u32 index, u64 now);
// The host code for a record did so many instructions: if it is too few again and again, the
// interpreter does better.
void jit_result(struct fast *fast, struct code_page *page, u32 index, u64 done);
// Words first to last have changed.
void jit_written(struct fast *fast, struct code_page *page, u32 first, u32 last);

// ---- jit_insn.c and jit_emit.c

enum mark {
    MARK_REACHED = 1, // part of the region
    MARK_LEADER = 2,  // something jumps to it
};

// What becomes of control after an instruction.
enum flow {
    FLOW_LEAVE,     // the interpreter does it, and goes on with the next
    FLOW_LEAVE_END, // the interpreter does it, and goes on elsewhere
    FLOW_NEXT,
    FLOW_BRANCH, // next, or inside the page
    FLOW_BRANCH_FAR,
    FLOW_JUMP, // inside the page
    FLOW_CALL, // inside the page; the next one is likely to be returned to
    FLOW_AWAY, // elsewhere, or to where a register says
    FLOW_AWAY_CALL,
};
enum flow jit_flow(const struct record *r);
// Index of the record that a branch, jump or call inside the page leads to.
static inline u32 jit_target(const struct record *r, u32 index)
{
    return index + 1 + (u32)((i32)r->imm / (i32)sizeof *r);
}

// Writes the ways in and out, and sets enter, leave, go_far and first.
void jit_emit_frame(struct translator *t, u32 ram_pages);
// Writes the code of a region: of the records marked. The page's table of entries is filled.
void jit_emit_region(struct translator *t, struct code_page *page, const u8 *marks);

#endif
