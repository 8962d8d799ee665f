// The privileged architecture of T32 as plain data and pure functions: what a hart holds, and what
// a CSR access, a trap, an `sret` and a pending interrupt do to it. The machine applies these
// functions to its harts; the VMM applies the same functions to its VCPUs. That is Popek and
// Goldberg's equivalence by construction: a trap reflected to a guest is the trap the hardware
// would take.
//
//          +------ trap_enter: sepc scause stval <- ..., SPP <- mode, SPIE <- SIE, SIE <- 0, pc <- stvec ------+
//          |                                                                                                  v
//     mode U or K                                                                                           mode K
//          ^                                                                                                  |
//          +------ trap_return (sret): pc <- sepc, mode <- SPP, SIE <- SPIE, SPIE <- 1, SPP <- U -------------+
//
// Freestanding: no libc, no host pointers inside the state. Source: RISC-V Privileged
// Specification 1.12, chapter 4 (supervisor level), and the Sstc extension; T32's choices where the
// specification leaves one open (WARL fields) are noted here. Read next: isa/arch/trap.h (traps),
// isa/arch/sv32.h (translation), isa/arch/round.h (several harts).
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

// What a hart is doing, as the SBI's hart state management and `wfi` see it.
enum hart_run {
    HART_STOPPED, // not started (HSM), executes nothing
    HART_RUNNING,
    HART_PARKED, // in `wfi`, retired already: waits until an enabled interrupt is pending
};

// sstatus: the fields T32 has. FS VS XS SD UBE read 0.
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

// One hart, real or virtual. Fields a kernel can see come first, in the order a manual lists them.
struct hart_state {
    u32 x[32];   // x[0] stays 0
    u32 pc;      // 4-byte aligned
    u8 mode;     // enum mode
    u8 run;      // enum hart_run
    u8 external; // the level of the interrupt line from the PLIC: bit SEIP of sip
    u8 unused;
    u32 sstatus, stvec, scounteren, sscratch, sepc, scause, stval, sie, satp;
    u32 sip;      // only SSIP is kept; STIP and SEIP are computed when read
    u64 stimecmp; // ticks; all ones after reset
    u64 retired;  // instructions: `instret`
    u64 idle;     // ticks without an instruction: skipped in `wfi`; under the wall clock the costs
                  // charged, too
};

// The state after reset: all zero but stimecmp = all ones; mode K, running, pc = entry, a0 = hart
// number, a1 = device tree.
void hart_reset(struct hart_state *h, u32 entry, u32 hart, u32 device_tree);

// `time` and `cycle`: retired + idle. Under the wall clock idle holds the costs too, so that this
// is machine cycles.
static inline u64 hart_time(const struct hart_state *h)
{
    return h->retired + h->idle;
}

// sip as an instruction would read it at time `now`.
u32 hart_pending(const struct hart_state *h, u64 now);

// The interrupt that is taken before the next instruction: CAUSE_INTERRUPT | 9, 1 or 5 (priority
// SEI, SSI, STI), or 0 for none: pending, enabled in sie, and the hart in U or with SIE set.
u32 hart_interrupt(const struct hart_state *h, u64 now);

// `wfi` may go on: something enabled in sie is pending, whatever SIE says.
bool hart_awake(const struct hart_state *h, u64 now);

// The first time at which a timer interrupt can wake a parked hart: stimecmp if STIE is enabled,
// else all ones.
u64 hart_deadline(const struct hart_state *h);

// CSRs by number, with the legalisation of every WARL field. False: no such CSR, not readable or
// writable in h->mode (counters: scounteren), or read-only. `now` is the value of time and cycle.
//   sepc keeps bits 31:2; stvec modes 2 and 3 are not taken (the write is ignored); satp has 9 bits of ASID, 22 of PPN;
//   sie keeps bits 1, 5, 9; sip only bit 1; scounteren bits 2:0; sstatus the fields above.
bool csr_read(const struct hart_state *h, u32 number, u64 now, u32 *value);
bool csr_write(struct hart_state *h, u32 number, u32 value);

// A whole CSR instruction (a word for which isa_is_csr holds): checks, reads, writes, sets rd.
// csrrs and csrrc with x0 (or immediate 0) do not write, so they may name a read-only CSR. Does not
// move pc, does not count. False: illegal, nothing changed. *written: true when the CSR was written
// (the caller then looks at satp, sstatus, interrupts again).
bool csr_execute(struct hart_state *h, u32 word, u64 now, bool *written);

// The same for those that are plain words of hart_state and may be accessed: most, and for them
// there is no need to know the time. False: not one of them, nothing is done.
bool csr_execute_plain(struct hart_state *h, u32 word);

// Does the instruction, if it is legal, write its CSR?
static inline bool csr_writes(u32 word)
{
    return (word >> 12 & 3) == 1 || (word >> 15 & 31);
}

// Which CSRs are a word of struct hart_state: at `offset` bytes, read as it stands, and a write
// leaves the bits in `mask`. Only K may access them. False: not such a one.
bool csr_word(u32 number, u32 *offset, u32 *mask);

#endif
