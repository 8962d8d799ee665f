// What the assembly and the C of the T32 backend agree on, included by both: the save area in the
// trampoline's page, which `leave` must find without any register of its own.
#ifndef HYPERVISOR_T32_T32_H
#define HYPERVISOR_T32_T32_H

#define SAVE_SP 0     // the VMM's stack pointer in enter
#define SAVE_GUEST 4  // struct hart_state of the guest that runs: x[32], then pc
#define SAVE_X5 8     // its x5, the last to be loaded
#define SAVE_SATP 12  // the VMM's own satp; sscratch has it too while the guest runs
#define SAVE_START 16 // instret, low word, as read in enter
#define SAVE_RA 20
#define SAVE_SIZE 24

// How many instructions are between a reading of instret and the guest. The assembler checks this.
#define TRAMPOLINE_IN 38  // from enter's reading, it included, to sret
#define TRAMPOLINE_OUT 34 // from the trap to leave's reading, it excluded

#define HART_STATE_PC 128 // offset of pc in struct hart_state

#endif
