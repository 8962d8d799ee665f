// The fast engine from inside: an interpreter that decodes each word once. It shows the same
// machine as the plain one (sim/engine/engine.h), because whatever is not quick is done by the same
// functions: mmu, bus, trap, exec.
//
//     RAM page with code      struct code_page: a record for each word, made when the word is first executed
//     +------+                +---------+-----+----+-----+-----+----+
//     | word |  ------------> | handler | imm | rd | rs1 | rs2 | op |  16 bytes     <- r
//     | word |                +---------+-----+----+-----+-----+----+
//     |  ... |                |   ...                               |
//     +------+                +---------------------------------------+
//                             | page_end                              |             <- end
//                             +---------------------------------------+
//                                                                                   <- stop: would get here when the
//                                                                                   steps allowed are used up
//
// A handler ends in a jump to the next record's handler. Nobody counts: r says where pc is (page by
// page), and stop - r how many steps are left; a jump moves both. So straight-line code costs
// neither a pc nor a counter. Where `stop` is inside the page, a second copy of the interpreter
// runs that compares r with stop before every instruction, so that every deadline (steps, timer,
// turn) is met exactly.
//
// Pages of records belong to physical pages: address spaces share them. A page that has one is
// PAGE_CODE, its write entries in the TLBs stay TLB_SLOW, and a store to it makes the records of
// the words concerned `undecoded` again, at once.
//
// Read next: sim/engine/fast_decode.c (records), sim/engine/fast_code.c (pages of records),
// sim/engine/fast_loop.h (the interpreter), sim/engine/fast.c (what it does when it is not quick).
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

#define CSR_WATCHED \
    0x80u // in rs2 of the CSR operations: what is written may matter to the very next instruction

struct code_page {
    struct record record[CODE_WORDS + 1];
    struct native_page *native; // host code for it, or NULL: sim/engine/jit.h
    mpa at;                     // the page it was decoded from
    u32 stores;                 // to it, since something was decoded last
    u32 arrivals;               // from other pages, or by traps: up to JIT_WARM
    u32 slot;                   // in the list of those kept
    bool entered;               // since room was made last
};

struct fast {
    struct machine *m;
    struct code_page **pages;    // by page of RAM; NULL: nothing decoded
    u32 kept, room;              // how many there are, and may be: see fast_code.c
    u32 list[CODE_PAGES_MOST];   // of those kept, the pages of RAM
    u64 aged;                    // time when code_age was last called
    const void *const *handlers; // by enum op
    struct translator *jit;      // NULL: only the interpreter runs
    struct fast_hart *hart[HARTS_MAX];
};

#define RECENT_CODES 3 // in U, in K, in K with SUM

// Where a hart went on lately: what its pc, satp and view led to. It still does if the set is still
// the context's and the entry still leads to the same page.
struct recent_code {
    struct code_page *page;
    struct tlb_set *set;
    const struct tlb_entry *entry;
    u32 context, satp, view;
    u32 tag, delta; // of the entry; tag TLB_NONE: nothing is known
};

// Where a hart is, for the interpreter.
struct fast_hart {
    struct hart *hart;
    struct fast *fast;
    struct code_page *page; // that r is in; NULL while the hart does not run
    struct record *r;       // to be executed next
    uintptr_t stop;
    uintptr_t start, end; // of the page's records
    u64 steps, retired;   // what core.steps and the hart's retired will be when r gets to stop
    u64 until;            // value of core.steps to stop at
    u32 bias;             // pc = address of r / 4 + bias
    u32 cause;            // of fast_reach's fault
    struct tlb_set *set;  // in force
    uintptr_t ram;        // where address 0 would be if RAM began there
    struct tlb *own;      // while translation is off: of the machine's TLB's kind, but no state
    struct tlb_set *off;
    struct recent_code recent[RECENT_CODES];
};

// ---- fast_decode.c

// Decodes the word of this record.
void code_decode(const struct fast *fast, struct code_page *page, struct record *r);

// ---- fast_code.c

// The decoded page of a page of RAM, made if need be. NULL: no memory.
struct code_page *code_page_at(struct fast *fast, mpa page);
static inline struct code_page *code_page_find(const struct fast *fast, mpa address)
{
    u32 page = (address - BOARD_RAM) >> PAGE_SHIFT;
    return page < fast->m->ram.count ? fast->pages[page] : NULL;
}
void code_written(struct machine *m, mpa address, u32 bytes);
void code_drop_all(struct fast *fast);
// Gives up the pages that nobody entered since the last time: to be called every CODE_AGE ticks or
// so.
void code_age(struct fast *fast, u64 now);
#define CODE_AGE (1u << 26)
// Nobody can run: little is kept.
void code_rest(struct machine *m);
// The hart no longer knows where it went on lately.
void code_forget_recent(struct fast_hart *f);

#endif
