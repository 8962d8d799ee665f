// The privileged architecture of T32 as plain data and pure functions: what a hart holds, and what
// a CSR access, a trap, an `sret` and a pending interrupt do to it. The machine applies these
// functions to its harts, and the VMM applies the same functions to its VCPUs. That is Popek and
// Goldberg's equivalence by construction: a trap that is reflected to a guest is the trap that the
// hardware would take.
//
//        +---- trap_enter:  sepc, scause, stval <- the trap; SPP <- mode; SPIE <- SIE; ----+
//        |                  SIE <- 0; pc <- stvec                                          v
//     mode U or K                                                                       mode K
//        ^                                                                                 |
//        +---- trap_return (sret):  pc <- sepc; mode <- SPP; SIE <- SPIE; -----------------+
//                                   SPIE <- 1; SPP <- U
//
// Freestanding: no libc, and no host pointers inside the state. Source: RISC-V Privileged
// Specification 1.12, chapter 4 (supervisor level), and the Sstc extension. Where the specification
// leaves a choice open (WARL fields), T32's choice is noted here.
// Read next: isa/arch/hart.c.
#ifndef ISA_ARCH_HART_H
#define ISA_ARCH_HART_H

#include "isa/isa.h"
#include "isa/types.h"

enum mode { MODE_U, MODE_K };

// The registers of x[] by their names in the calling convention (RISC-V ELF psABI): a0 to a7 carry
// the arguments of a call, a call of the firmware included.
enum abi_register {
    X_ZERO,
    X_RA,
    X_SP,
    X_GP,
    X_TP,
    X_T0,
    X_T1,
    X_T2,
    X_S0,
    X_S1,
    X_A0,
    X_A1,
    X_A2,
    X_A3,
    X_A4,
    X_A5,
    X_A6,
    X_A7,
};

// What a hart is doing. The SBI's hart state management and `wfi` change it.
enum hart_run {
    HART_STOPPED, // it executes nothing until HSM starts it
    HART_RUNNING,
    HART_PARKED, // its `wfi` has retired, and it waits until an enabled interrupt is pending
};

// The fields of sstatus that T32 has. FS, VS, XS, SD and UBE read 0.
#define SSTATUS_SIE 0x00000002u
#define SSTATUS_SPIE 0x00000020u
#define SSTATUS_SPP 0x00000100u
#define SSTATUS_SUM 0x00040000u
#define SSTATUS_MXR 0x00080000u

// sip and sie: software, timer and external interrupts of mode K.
#define IP_SSIP 0x00000002u
#define IP_STIP 0x00000020u
#define IP_SEIP 0x00000200u
#define CAUSE_INTERRUPT 0x80000000u // the top bit of scause

#define SATP_MODE 0x80000000u // 0: bare, 1: Sv32
#define SATP_ASID(satp) (((satp) >> 22) & 0x1ffu)
#define SATP_PPN(satp) ((satp)&0x003fffffu)

// One hart, real or virtual.
struct hart_state {
    u32 x[32];   // x[0] stays 0
    u32 pc;      // 4-byte aligned
    u8 mode;     // enum mode
    u8 run;      // enum hart_run
    u8 external; // the level of the interrupt line from the PLIC: bit SEIP of sip
    u8 virt;     // the hart runs a guest (V = 1): isa/arch/h_extension.h
    u32 sstatus, stvec, scounteren, sscratch, sepc, scause, stval, sie, satp;
    u32 sip;      // only SSIP is kept here; STIP and SEIP are computed when sip is read
    u64 stimecmp; // ticks; all ones after reset
    u64 retired;  // instructions: `instret`
    // Ticks in which no instruction retired: time that `wfi` skipped, and under the wall clock also
    // what the cost table charged.
    u64 idle;
};

// The counters that U may read: cycle (bit 0), time (1), instret (2). OpenSBI opens all of them
// before it enters a kernel, and programs under Linux rely on `time`.
#define SCOUNTEREN_MASK 7u

// Sets the state after reset: mode K, running, pc = entry, a0 = the hart's number, a1 = the address
// of the device tree, stimecmp all ones, scounteren as firmware leaves it, everything else 0.
void hart_reset(struct hart_state *h, u32 entry, u32 hart, u32 device_tree);

// The counters `time` and `cycle`. Under the wall clock `idle` holds the costs too, so this is the
// number of machine cycles.
static inline u64 hart_time(const struct hart_state *h)
{
    return h->retired + h->idle;
}

// The value of sip that an instruction would read at time `now`.
u32 hart_pending(const struct hart_state *h, u64 now);

// The interrupt that is taken before the next instruction, as an scause value, or 0 for none. It is
// pending, it is enabled in sie, and the hart is in U or has SIE set. Of several interrupts
// external comes first, then software, then timer.
u32 hart_interrupt(const struct hart_state *h, u64 now);

// Returns true if `wfi` may go on: an interrupt that sie enables is pending, whatever SIE says.
bool hart_awake(const struct hart_state *h, u64 now);

// The first time at which a timer interrupt can wake a parked hart: stimecmp if sie enables the
// timer interrupt, else all ones.
u64 hart_deadline(const struct hart_state *h);

// Accesses to a CSR by number. They return false if there is no such CSR, if h->mode must not
// access it (for counters scounteren says so), or if it is read-only and written. `now` is the
// value of time and cycle. A write leaves only legal values in WARL fields:
//     sepc        bits 31:2
//     stvec       a write with mode 2 or 3 is ignored
//     satp        9 bits of ASID, 22 bits of PPN
//     sie         bits 1, 5, 9
//     sip         bit 1
//     scounteren  bits 2:0
//     sstatus     the fields above
bool csr_read(const struct hart_state *h, u32 number, u64 now, u32 *value);
bool csr_write(struct hart_state *h, u32 number, u32 value);

// A whole CSR instruction, that is, a word for which isa_is_csr holds: checks, reads, writes, and
// sets rd. csrrs and csrrc with x0 (or immediate 0) do not write, so they may name a read-only CSR.
// pc does not move, and nothing is counted. Returns false if the instruction is illegal; then
// nothing has changed. *written says whether the CSR was written, so that the caller looks again at
// satp, sstatus and interrupts.
bool csr_execute(struct hart_state *h, u32 word, u64 now, bool *written);

// The same for the CSRs that are plain words of hart_state. They are most CSRs, and to access them
// one need not know the time. Returns false, and does nothing, if the CSR is not one of them or
// must not be accessed.
bool csr_execute_plain(struct hart_state *h, u32 word);

// The operand of a CSR instruction, from rs1 or the immediate: what csrrw writes, csrrs sets and
// csrrc clears.
u32 csr_operand(const struct hart_state *h, u32 word);

// Returns true if this CSR instruction writes its CSR, provided that it is legal.
static inline bool csr_writes(u32 word)
{
    return (word >> 12 & 3) == 1 || (word >> 15 & 31);
}

// Returns true if this CSR is a plain word of struct hart_state. The word is then at `offset`
// bytes, a read gives the word as it is, a write keeps the bits in `mask`, and only K may access
// it.
bool csr_word(u32 number, u32 *offset, u32 *mask);

#endif
