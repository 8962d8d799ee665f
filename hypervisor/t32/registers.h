// The registers of a guest on their way between the hart and the guest's struct hart_state:
// assembly, for the two switches (trampoline.S and guest_switch.S). Both macros leave out x5 (t0),
// because each switch needs t0 until the last moment and moves it in a way of its own. Each macro
// is 30 instructions without a branch.
#ifndef TRAPEZE_HYPERVISOR_T32_REGISTERS_H
#define TRAPEZE_HYPERVISOR_T32_REGISTERS_H

// a0 holds the address of the hart_state. x10 (a0) is loaded last.
.macro load_registers
.irp n, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, \
    19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 10
    lw x\n, \n*4(a0)
.endr
.endm

// t0 holds the address of the hart_state.
.macro store_registers
.irp n, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, \
    19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    sw x\n, \n*4(t0)
.endr
.endm

#endif
