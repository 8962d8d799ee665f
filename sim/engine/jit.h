// The translator: it turns what the fast engine runs often into code of the host (x86-64). It
// leaves to the interpreter (sim/engine/fast_loop.h) all that is not quick; the interpreter can go
// on at any record. So the translator knows no traps, no devices and few CSRs, and the machine is
// the same by construction.
//
//     interpreter                       host code of a page (struct native_page)
//     record  record  record  record    entry[1024]: where the code for a word begins, or 0
//       |       |warm   |native              |
//       |       |       +--- run_native ---> block: enough steps left? instructions, jump --> block
//       |       +-> jit_arrival: counts,     |   too few: one step at a time                   |
//       |           or translates            v not quick, or the deadline                      v
//       <---------------- r, stop ---------- leave: at this record
//
// Deadlines are frequent where several harts take turns, or where a timer ticks often. So each
// block has a second copy, which takes the steps one at a time and stops exactly at the deadline.
// And a block can be entered at each of its words, since no host register holds anything from one
// instruction to the next that the guest's state lacks: so the next turn goes on where the last one
// stopped.
//
// The unit of translation is a region: all blocks of one page that can be reached inside the page
// from a record that is often jumped to. Between regions and pages control passes by the entry
// tables and through the TLB of the hart, as in the interpreter; no code is ever patched. A store
// to a word that was translated makes its page forget its entries. Translating is paid for by steps
// executed, so whatever a guest does, it takes no more than about the time of interpreting.
//
// Eight guest registers live in host registers while host code runs. The others, and all of them
// while no host code runs, are in hart_state.x. Host code reaches memory through the machine's TLB
// only: if the entry of an access is not there, or has TLB_SLOW, the host code leaves.
// Read next: sim/engine/jit.c.
#ifndef SIM_ENGINE_JIT_H
#define SIM_ENGINE_JIT_H

#include "sim/engine/fast.h"

#define JIT_BYTES (16u << 20)         // of host code kept at a time
#define JIT_REGION_BYTES (512u << 10) // more than the largest region takes; whole pages of the host
#define JIT_WARM 24u                  // after so many arrivals a record is translated,
#define JIT_WORTH 16u                 // unless fewer instructions than this follow without a leave
#define JIT_REGION_COST 4096u // making a region is worth so many steps, and one for each byte
#define JIT_CREDIT (4u << 20) // so many steps may be spent before they are executed
#define JIT_BLOCK 16u         // a block has so many instructions at most
#define JIT_FORGOTTEN 16u     // a page that was forgotten so often is left to the interpreter

struct native_page {
    u32 entry[CODE_WORDS];       // offset in struct jit of the block that begins here; 0: none
    u32 place[CODE_WORDS];       // the same of this word's own code, inside its block
    u8 rest[CODE_WORDS];         // how many words its block has from here on; 0: it is in none
    u32 leader[CODE_WORDS / 32]; // a bit: control comes here often, so arrivals are counted
    u8 heat[CODE_WORDS];         // the arrivals counted; 0xff: it is not worth translating
    u32 forgotten;               // how often the page was forgotten
};

// What host code reads and writes by address. It lies before the code.
struct jit_vars {
    u64 left; // the steps left, while no host code runs
    uintptr_t ram;
    const struct tlb_entry *tlb;
    struct code_page *page; // the page that control is in,
    u32 *entry;             // its entries,
    gva va;                 // and its virtual address
    struct code_page *const *pages;
    const struct jit *jit;
    gva target; // of JIT_FAR: where control goes
    u32 stop;   // index of the record at which the deadline is, in a block that it cuts short
    u32 wanted; // not 0: it left because there is no code for where control went
};

struct jit {
    struct jit_vars vars __attribute__((aligned(PAGE_SIZE))); // always writable
    u8 code[JIT_BYTES] __attribute__((aligned(PAGE_SIZE)));   // executable or writable
};

// What `enter` returns when control left for vars.target, and no record for it is at hand.
#define JIT_FAR 0xffffffffu

// What a translator keeps, one for a machine.
struct translator {
    struct jit *jit;
    bool refused; // the host no longer lets code be made
    u32 used;     // bytes of jit
    u64 paid;     // the value of core.steps by which what was translated will have been earned
    u32 leave, stop, wanting, go_far; // offsets in jit: the ways out of host code
    u32 first;                        // and where the first region goes
    // Enters host code; returns 4 * the index of the record where it left, or JIT_FAR.
    u32 (*enter)(u32 *x, const void *code);
};

// Returns NULL if this host cannot do it: it has another processor, lacks memory, or refuses
// code made at run time.
struct translator *jit_new(const struct fast *fast);
void jit_free(struct translator *t);
// Gives the memory of the host code back. Only when no page has any.
void jit_release(struct translator *t);

// Decodes the word of this record, and lets the interpreter count where control comes often.
void jit_decode(struct fast *fast, struct code_page *page, struct record *r);
// Returns true if it is known that control comes to this record often.
static inline bool jit_is_leader(const struct code_page *page, u32 index)
{
    return page->native && page->native->leader[index / 32] >> index % 32 & 1;
}
// Control comes to this record often, from another page or by a trap: so it is from now on.
void jit_leader(struct fast *fast, struct code_page *page, u32 index);
// Control came to a record whose handler is OP_warm, when core.steps was `now`: counts that, and
// translates in the end.
void jit_arrival(struct fast *fast, struct code_page *page, u32 index, u64 now);
// The host code for a record did few instructions. If that happens again and again, the record goes
// back to the interpreter, which does better.
void jit_did_little(struct fast *fast, struct code_page *page, u32 index);
// The words first to last of the page have changed.
void jit_written(struct fast *fast, struct code_page *page, u32 first, u32 last);

// ---- jit_insn.c and jit_emit.c

enum mark {
    MARK_REACHED = 1, // part of the region
    MARK_LEADER = 2,  // something jumps to it
};

// What becomes of control after an instruction.
enum flow {
    FLOW_LEAVE,      // the interpreter does it, and goes on with the next record
    FLOW_LEAVE_END,  // the interpreter does it, and goes on elsewhere
    FLOW_NEXT,       // to the next record
    FLOW_BRANCH,     // to the next one, or to another inside the page
    FLOW_BRANCH_FAR, // to the next one, or to another page
    FLOW_JUMP,       // to another record inside the page
    FLOW_CALL,       // the same; the callee is likely to return to the next record
    FLOW_AWAY,       // to another page, or to where a register says
    FLOW_AWAY_CALL,  // the same; the callee is likely to return to the next record
};
enum flow jit_flow(const struct record *r);
// Index of the record that a branch, jump or call inside the page leads to.
static inline u32 jit_target(const struct record *r, u32 index)
{
    return index + 1 + (u32)((i32)r->imm / (i32)sizeof *r);
}

// Writes the ways in and out, and sets enter, leave, go_far and first.
void jit_emit_frame(struct translator *t, u32 ram_pages);
// Writes the code of a region, which is the records marked, and fills the page's table of entries.
void jit_emit_region(struct translator *t, struct code_page *page, const u8 *marks);

#endif
