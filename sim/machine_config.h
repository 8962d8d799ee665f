// The configuration of a machine: memory, harts, the clock, the instruction set, and the costs
// of what happens.
// Read next: sim/machine.h.
#ifndef SIM_MACHINE_CONFIG_H
#define SIM_MACHINE_CONFIG_H

#include "isa/board/board.h"
#include "isa/isa.h"

// The machine's time. Under the virtual clock a retired instruction is one tick, and traps take
// no time. Under the wall clock the costs below are time that passes.
enum clock { CLOCK_VIRTUAL, CLOCK_WALL };

// The engines, which run the same machine in different ways (sim/engine/engine.h). On a host for
// which there is no translator, `jit` is the same as `fast`.
enum engine_choice { ENGINE_JIT, ENGINE_FAST, ENGINE_PLAIN };

// Cycles that are charged beyond the one of a retired instruction. Any of them may be 0.
struct costs {
    u32 trap;     // entering a trap handler, or an exit
    u32 sret;     // returning from one
    u32 walk;     // each page-table entry that a walk reads
    u32 device;   // a device access
    u32 firmware; // an SBI call
    // What the switch between a guest in guest mode and its VMM costs beside `trap` and `sret`. A
    // native VMM pays all of it for each exit, in guest mode or not.
    u32 exit;   // out of the guest
    u32 entry;  // into the guest
    u32 record; // an access of the VMM to a register of the guest: a CSR h* or vs*, or a VMCS field
    // What a native VMM charges for its work, since its own instructions are the host's:
    u32 emulate, fill, reflect, inject, schedule;
};
// So many accesses to registers of the guest are charged to a native VMM for an exit. Source: K.
// Adams, O. Agesen, ASPLOS 2006, who counted about ten.
#define COSTS_RECORDS 10

// What cycles were charged for. A native VMM's work is no part of the hardware.
enum charge {
    CHARGE_TRAP,   // traps, returns, and switches between guest and VMM
    CHARGE_WALK,   // page-table walks
    CHARGE_DEVICE, // devices and firmware
    CHARGE_VMM,    // the work of a native VMM
    CHARGES
};
extern const struct costs costs_default;

struct machine_config {
    u32 ram;   // bytes: 64 KiB to 2 GiB, a multiple of 4096
    u32 harts; // 1 to HARTS_MAX
    enum clock clock;
    // A mask of enum isa_profile: which instructions there are. With ISA_H every hart has the
    // hypervisor extension.
    u32 profile;
    bool adue; // hardware sets A and D
    struct board_options board;
    bool misaligned_emulate; // firmware carries out misaligned loads and stores
    enum engine_choice engine;
    bool eager; // the translator translates all that runs, not only what runs often: for tests
    u64 seed;   // of whatever a scenario draws; the machine itself draws nothing
    struct costs costs;
};

// 128 MiB, 1 hart, the virtual clock, the engine `jit`, and every option off.
struct machine_config machine_config_default(void);

#endif
