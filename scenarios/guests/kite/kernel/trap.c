// Every trap comes here, after entry.s has saved the registers.
// Read next: scenarios/guests/kite/kernel/process.h.
#include "scenarios/guests/kite/kernel/console.h"
#include "scenarios/guests/kite/kernel/csr.h"
#include "scenarios/guests/kite/kernel/kernel.h"
#include "scenarios/guests/kite/kernel/process.h"

void trap_entry(void);

void trap_init(void)
{
    csr_write(sscratch, 0);
    csr_write(stvec, (u32)trap_entry);
    csr_write(sie, INTERRUPT_TIMER | INTERRUPT_EXTERNAL);
}

static void interrupt(u32 cause)
{
    if (cause == CAUSE_TIMER)
        timer_interrupt();
    else if (cause == CAUSE_EXTERNAL)
        plic_interrupt();
    else
        panic("unexpected interrupt, scause %x", cause);
}

static void user_page_fault(u32 cause, enum access access)
{
    struct process *p = current();
    if (!space_fault(&p->space, csr_read(stval), access))
        process_exit(WAIT_FAULT + (i32)cause);
}

static void user_trap(struct trap_frame *frame, u32 cause)
{
    switch (cause) {
    case CAUSE_USER_CALL:
        frame->sepc += 4; // continue behind the ecall, not at it
        syscall(frame);
        break;
    case CAUSE_FETCH_PAGE:
        user_page_fault(cause, ACCESS_FETCH);
        break;
    case CAUSE_LOAD_PAGE:
        user_page_fault(cause, ACCESS_READ);
        break;
    case CAUSE_STORE_PAGE:
        user_page_fault(cause, ACCESS_WRITE);
        break;
    default: // an illegal instruction, a misaligned access, a breakpoint: the program ends
        process_exit(WAIT_FAULT + (i32)cause);
    }
}

void trap(struct trap_frame *frame)
{
    u32 cause = csr_read(scause);
    bool from_user = !(frame->sstatus & SSTATUS_SPP);
    // An interrupt may come at any time. Everything else is somebody's doing: the program's, or
    // a mistake of the kernel, which must not trap.
    if (cause & CAUSE_IS_INTERRUPT)
        interrupt(cause);
    else if (from_user)
        user_trap(frame, cause);
    else
        panic("trap in the kernel: scause %x, stval %x, sepc %x", cause, csr_read(stval),
              frame->sepc);
    // A killed process ends here, where it holds nothing that others wait for.
    if (from_user && current()->killed)
        process_exit(WAIT_KILLED);
}
