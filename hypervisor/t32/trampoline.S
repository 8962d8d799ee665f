// The way into a guest and out again. Half of it runs under the VMM's own table and half under the guest's shadow, so
// it stands in a page that both map at the same address; it finds its save area relative to pc. It is branch-free from
// the last read of instret to `sret`, and from trap entry to the first read of instret: TRAMPOLINE_IN and
// TRAMPOLINE_OUT instructions, always, so the VMM can stop a guest before any instruction it likes, and knows to the
// instruction how far it ran.
//
//      VMM table                                    shadow
//      enter: save sp, ra
//             instret -> START;  stimecmp = START + a2
//             load x1..x31 but x5
//             csrw satp ------------------------->  x5;  sret  --> guest in U
//                                                      ...  trap
//      csrw satp  <-------------------------------  leave: x5 <-> sscratch
//      store x1..x31; instret; sepc scause stval
//      restore sp, ra; ret
// Read next: hypervisor/t32/timer.c.
#include "hypervisor/t32/registers.h"
#include "hypervisor/t32/t32.h"

.section .trampoline, "ax"
.balign 4096
.globl trampoline
trampoline:

// enter: a0 the guest's struct hart_state (SAVE_GUEST has it, too), a1 stop, t0 satp of its shadow. Runs the guest
// until it traps; the low word of stimecmp becomes enter's reading of instret + stop. Returns leave's reading of
// instret (low word) in a0, enter's in a3, scause in a1, stval in a2. Every other register but sp is the guest's then:
// the caller keeps nothing in them.
.globl trampoline_enter
trampoline_enter:
    lla t1, save
    sw sp, SAVE_SP(t1)
    sw ra, SAVE_RA(t1)
    lw t2, 5*4(a0)
    sw t2, SAVE_X5(t1)
    lw t2, HART_STATE_PC(a0)
    csrw sepc, t2
in:
    csrr t2, instret
    sw t2, SAVE_START(t1)
    add t2, t2, a1
    csrw stimecmp, t2
    load_registers
    csrw satp, t0
1:  auipc t0, %pcrel_hi(save + SAVE_X5)
    lw t0, %pcrel_lo(1b)(t0)
    sret
in_end:

.balign 4
.globl trampoline_leave
trampoline_leave:
    csrrw t0, sscratch, t0
    csrw satp, t0
2:  auipc t0, %pcrel_hi(save + SAVE_GUEST)
    lw t0, %pcrel_lo(2b)(t0)
    store_registers
out:
    csrr a0, instret
    lla t1, save
    lw t2, SAVE_SATP(t1)
    csrrw t2, sscratch, t2
    sw t2, 5*4(t0)
    csrr t2, sepc
    sw t2, HART_STATE_PC(t0)
    csrr a1, scause
    csrr a2, stval
    lw a3, SAVE_START(t1)
    lw sp, SAVE_SP(t1)
    lw ra, SAVE_RA(t1)
    ret

.balign 8
.globl trampoline_save
trampoline_save:
save:
    .zero SAVE_SIZE

.if (in_end - in) / 4 - TRAMPOLINE_IN || (out - trampoline_leave) / 4 - TRAMPOLINE_OUT
.error "TRAMPOLINE_IN and TRAMPOLINE_OUT are not what is here"
.endif
