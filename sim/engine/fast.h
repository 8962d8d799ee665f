// The fast engine from inside: an interpreter that decodes each word once. It shows the same
// machine as the plain engine (sim/engine/engine.h), because the same functions do all that is not
// quick: mmu, bus, trap, exec.
//
//     RAM page      struct code_page: a record for each word, made when the word is first executed
//     +------+      +---------+-----+----+-----+-----+----+
//     | word | ---> | handler | imm | rd | rs1 | rs2 | op |  16 bytes     <- r: the next one
//     | word |      +---------+-----+----+-----+-----+----+
//     |  ... |      |   ...                               |
//     +------+      +-------------------------------------+
//                   | page_end                            |               <- end
//                   +-------------------------------------+
//                                                                         <- stop: where r would be
//                                                                            with no steps left
//
// A handler ends in a jump to the handler of the next record. Nobody counts: r says where pc is in
// its page, and stop - r says how many steps are left. A jump moves both. So straight-line code
// updates neither a pc nor a counter. Where `stop` is inside the page, a second copy of the
// interpreter runs, which compares r with stop before every instruction. So every deadline (steps,
// timer, turn) is met exactly.
//
// Records belong to physical pages, so address spaces share them. A page that has records is
// PAGE_CODE, and its write entries in the TLBs stay TLB_SLOW. A store to it makes the records of
// the words it writes `undecoded` again, at once.
// Read next: sim/engine/fast_decode.c.
#ifndef SIM_ENGINE_FAST_H
#define SIM_ENGINE_FAST_H

#include "sim/engine/engine.h"

#define CODE_WORDS (PAGE_SIZE / 4)
#define CODE_PAGES_MOST 4096u // kept at a time, 16 KiB each
#define CODE_PAGES_LEAST 32u  // what there is always room for

enum op {
    OP_ROWS = INSN_COUNT - 1, // up to here an op is an enum insn
#define OP(name) OP_##name,
#include "sim/engine/fast.def"
#undef OP
    OP_COUNT
};

struct record {
    const void *handler; // where the interpreter does it
    u32 imm;             // as decoded; inside the page: how far to jump, in bytes of records
    u8 rd, rs1, rs2;
    u8 op; // enum op
};

_Static_assert(sizeof(struct record) == 16, "a record is 16 bytes");

// rs2 of the CSR operations: which word of struct hart_state it is, and two bits. What is written
// may matter to the very next instruction, and it does so only if interrupts are open in K.
#define CSR_WORD 0x3fu
#define CSR_WATCHED 0x80u
#define CSR_OF_INTERRUPTS 0x40u

struct code_page {
    struct record record[CODE_WORDS + 1];
    struct native_page *native; // host code for it, or NULL: sim/engine/jit.h
    mpa at;                     // the page that it was decoded from
    u32 stores;                 // how many hit it since something was decoded last
    u32 arrivals;               // how often control came from other pages: up to JIT_WARM
    u32 slot;                   // where it is in fast.list
    bool entered;               // control came here since room was made last
};

struct fast {
    struct machine *m;
    struct code_page **pages;    // by page of RAM; NULL: nothing decoded
    u32 kept, room;              // how many there are, and may be: see fast_code.c
    u32 list[CODE_PAGES_MOST];   // the numbers of the pages of RAM that have records
    u64 aged;                    // the time when code_age was last called
    const void *const *handlers; // by enum op
    struct translator *jit;      // NULL: only the interpreter runs
    struct fast_hart *hart[HARTS_MAX];
};

#define RECENT_CODES 3 // in U, in K, in K with SUM

// Where a hart found its code lately: what its pc, satp and view led to. They still lead there if
// the set is still that of the context and the entry still leads to the same page. If only the set
// is still that of the context, that is worth knowing, too.
struct recent_code {
    struct code_page *page;
    struct tlb_set *set;
    const u32 *name; // of the context that has the set now
    const struct tlb_entry *entry;
    u32 context, satp, view; // a view of VIEW_NONE: nothing is known
    u32 hgatp, mxr;          // of guests: also the VMM's hgatp and MXR
    u32 tag, delta;          // of the entry; a tag of TLB_NONE: the page is not known
};
#define VIEW_NONE 1u // no bit of a view

// Where a hart is, for the interpreter.
struct fast_hart {
    struct hart *hart;
    struct fast *fast;
    struct code_page *page; // where r is; NULL while the hart does not run
    struct record *r;       // the record to be executed next
    uintptr_t stop;
    uintptr_t end;       // of the page's records
    u64 steps, retired;  // what core.steps and the hart's retired will be when r gets to stop
    u64 until;           // the value of core.steps to stop at
    u32 bias;            // pc = address of r / 4 + bias
    u32 cause;           // of the fault that fast_reach found
    bool has_h;          // the machine has the hypervisor extension
    struct tlb_set *set; // the set in force
    uintptr_t ram;       // the host address that machine address 0 would have
    struct tlb *own;     // for while translation is off: entries in a TLB that is no state
    struct tlb_set *off; // its only set
    struct recent_code recent[2][RECENT_CODES]; // of the hart itself, and of its guests
};

// ---- fast_decode.c

// Decodes the word of this record.
void code_decode(const struct fast *fast, struct code_page *page, struct record *r);

// ---- fast_code.c

// Returns the decoded page of a page of RAM. Makes it if there is none. Returns NULL if there is
// no memory.
struct code_page *code_page_at(struct fast *fast, mpa page);
static inline struct code_page *code_page_find(const struct fast *fast, mpa address)
{
    u32 page = (address - BOARD_RAM) >> PAGE_SHIFT;
    return page < fast->m->ram.count ? fast->pages[page] : NULL;
}
void code_written(struct machine *m, mpa address, u32 bytes);
void code_drop_all(struct fast *fast);
// Gives up the pages that nobody entered since the last call. To be called every CODE_AGE ticks or
// so.
void code_age(struct fast *fast, u64 now);
#define CODE_AGE (1u << 26)
// Nobody can run for now: keeps little.
void code_rest(struct machine *m);
// The hart forgets in which pages it found its code lately.
void code_forget_recent(struct fast_hart *f);

#endif
