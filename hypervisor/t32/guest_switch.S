// The way into guest mode and out again. It is branch-free from the reading of the counter to `sret`, and from trap
// entry to the second reading, so that the VMM can stop a guest before any instruction it likes, and knows to the
// instruction how far it ran.
//
// There are two ways out. By the virtual clock the counter is time, which a VMM that is itself in guest mode can read
// without an exit. Time follows the guest's instructions there. By the wall clock time counts more than instructions,
// so the counter is instret. And there are two ways in for each: by sret; or, if the VMM below offers SBI NACL, by the
// call SYNC_SRET, which loads the registers and executes sret (hypervisor/t32/nacl_guest.h).
// Read next: hypervisor/t32/guest_mode.c.
#include "hypervisor/t32/guest_mode.h"
#include "hypervisor/t32/registers.h"
#include "hypervisor/t32/t32.h"

// enter: a0 the guest's struct hart_state, a1 what the counter must be when the guest is to stop, less what it is now;
// by time also a3, a4: htimedelta, plus what the counter is now; for SYNC_SRET also a5: the shared word of htimedelta.
// leave: returns its reading of the counter in a0, enter's in a3, scause in a1, stval in a2. Every other register but
// sp is the guest's then.

// Up to the reading of the counter, and what follows from it: t3 is the counter at the stop. By time t3 and a4 are then
// htimedelta.
.macro begin name, counter
    lla t1, entry
    sw sp, ENTRY_SP(t1)
    sw ra, ENTRY_RA(t1)
    csrw sscratch, a0
    lw t2, HART_STATE_PC(a0)
    csrw sepc, t2
in_\name:
    csrr t2, \counter
    sw t2, ENTRY_START(t1)
    add t3, t2, a1
    csrw stimecmp, t3
.ifc \counter, time
    sub t3, a3, t2
    sltu t4, a3, t2
    sub a4, a4, t4
.endif
.endm

// The shared word of htimedeltah stands so many bytes behind that of htimedelta.
.equ HIGH_WORD, 4 * (0x615 - 0x605)

.macro call name, counter, length
.text
.balign 4
.globl call_\name
call_\name:
    li a6, SYNC_SRET
    li a7, SBI_EXTENSION_NACL
    begin call_\name, \counter
.ifc \counter, time
    sw t3, 0(a5)
    sw a4, HIGH_WORD(a5)
.endif
    ecall
in_end_call_\name:
    j .   // the call does not return, since it has its shared memory
.if (in_end_call_\name - in_call_\name) / 4 - \length
.error "the length in guest_mode.h is not what is here"
.endif
.endm

.macro way name, counter, length
.text
.balign 4
.globl enter_\name
enter_\name:
    begin \name, \counter
.ifc \counter, time
    csrw htimedelta, t3
    csrw htimedeltah, a4
.endif
    lw x5, 5*4(a0)
    load_registers
    sret
in_end_\name:

.balign 4
.globl leave_\name
leave_\name:
    csrrw t0, sscratch, t0
    store_registers
out_\name:
    csrr a0, \counter
    csrr t2, sscratch
    sw t2, 5*4(t0)
    csrr t2, sepc
    sw t2, HART_STATE_PC(t0)
    csrr a1, scause
    csrr a2, stval
    lla t1, entry
    lw a3, ENTRY_START(t1)
    lw sp, ENTRY_SP(t1)
    lw ra, ENTRY_RA(t1)
    ret

.if (in_end_\name - in_\name) / 4 - \length || (out_\name - leave_\name) / 4 - GUEST_MODE_OUT
.error "the lengths in guest_mode.h are not what is here"
.endif
.endm

way by_time, time, BY_TIME_IN
way by_instret, instret, BY_INSTRET_IN
call by_time, time, CALL_BY_TIME_IN
call by_instret, instret, CALL_BY_INSTRET_IN

.bss
.balign 4
entry:
    .zero ENTRY_SIZE
