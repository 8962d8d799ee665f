// The generator makes a random program from a seed. The body is drawn from tables of block kinds
// with weights; each kind writes one piece. A *portable* program uses only what QEMU's `virt`
// board does as T32 does: no counters or timer, no devices, and no CSR that QEMU has and T32
// lacks. It prints at its end what it saw, so that consoles can be compared.
#ifndef RANDOM_GEN_H
#define RANDOM_GEN_H

#include "scenarios/random/layout.h"
#include "scenarios/random/program.h"

void gen_program(struct program *p, u64 seed, enum program_kind kind);

// ---- between the chapters of the generator

struct block_kind {
    const char *name;
    u32 weight;
    bool portable;
    bool whole;
    void (*write)(struct program *p);
};
extern const struct block_kind blocks_compute[], blocks_memory[], blocks_system[], blocks_device[],
    blocks_wide[]; // each closed by a null name

// frame.c: the beginning and the end of every program.
void frame_head(struct program *p);
void frame_end(struct program *p);
void frame_tail(struct program *p);

// tables.c: page tables, and addresses worth touching.
void tables_write(struct program *p);
u32 tables_satp(
    struct program *p,
    u32 space); // a satp value for this space, with one of the ASIDs that are only its own
u32 tables_leaf(struct program *p, bool super);    // a random leaf entry
u32 tables_address(struct program *p, bool store); // a virtual address to load from or store to
u32 tables_target(struct program *p);              // a virtual address to jump to

// A body may use the registers x1 to x26. x27 holds the address to return to, and x28 to x31
// belong to the trap handler.
u32 gen_register(struct program *p);
u32 gen_source(struct program *p); // any register
u32 gen_space(struct program *p);  // an address space of this hart's own: harts share pages, but no
                                   // table, so a fence is its own matter
u32 gen_value(struct program *p);  // a word: small, round, all ones or just random
// Writes code that puts the processor into K, from any mode.
void gen_to_kernel(struct program *p);

#endif
