// Trap dispatch: one table from cause to handler. A handler says what is to be done by its verdict;
// hypervisor/vmm.c does it.
//
// The heart is page_fault. The hart translates by the shadow table; the guest believes in its own.
// So a fault there asks: would the guest's own table have faulted?
//
//      guest table faults ............................ true fault:   reflect, with the guest's cause
//      it translates, the page is RAM ................ hidden fault: fill the shadow entry, try again
//      it translates, the page is a device ........... emulate the access
//      it translates, there is nothing ............... access fault: reflect that
//
// Read next: hypervisor/schedule.c.
#include "hypervisor/trap.h"
#include "hypervisor/shadow.h"

static enum verdict reflect(const struct turn *t, struct note *trap)
{
    (void)t;
    (void)trap;
    return REFLECT;
}

static enum verdict ecall(const struct turn *t, struct note *trap)
{
    return t->v->state.mode == MODE_U ? REFLECT : firmware_ecall(t, trap);
}

static enum access access_of(u32 cause)
{
    return cause == CAUSE_FETCH_PAGE  ? ACCESS_FETCH
           : cause == CAUSE_LOAD_PAGE ? ACCESS_READ
                                      : ACCESS_WRITE;
}

static enum verdict access_fault(struct note *trap, enum access access)
{
    trap->cause = sv32_access_fault(access);
    return REFLECT;
}

// A device, or nothing.
__attribute__((noinline)) static enum verdict not_memory(const struct turn *t, struct note *trap,
                                                         gpa address, enum access access)
{
    if (access == ACCESS_FETCH || !board_has(address))
        return access_fault(trap, access);
    enum verdict verdict = device_access(t, trap, address);
    return verdict == REFLECT ? access_fault(trap, access) : verdict;
}

static enum verdict page_fault(const struct turn *t, struct note *trap)
{
    enum access access = access_of(trap->cause);
    struct sv32_walk walk = gmem_translate(t, trap->addr, access);
    if (walk.cause) {
        trap->cause = walk.cause;
        return REFLECT;
    }
    if (gmem_has(t->vm, walk.address, 1)) {
        if (!shadow_fill(t, trap->addr, &walk)) {
            t->vm->life = LIFE_LACK;
            return HALT;
        }
        trap->value = walk.address;
        return FILL;
    }
    return not_memory(t, trap, walk.address, access);
}

// By scause; 9 to 11 and 14 do not come from real U, or do not exist.
static enum verdict (*const handlers[])(const struct turn *t, struct note *trap) = {
    [CAUSE_FETCH_MISALIGNED] = reflect,
    [CAUSE_FETCH_ACCESS] = reflect,
    [CAUSE_ILLEGAL] = emulate_privileged,
    [CAUSE_BREAKPOINT] = reflect,
    [CAUSE_LOAD_MISALIGNED] = reflect,
    [CAUSE_LOAD_ACCESS] = reflect,
    [CAUSE_STORE_MISALIGNED] = reflect,
    [CAUSE_STORE_ACCESS] = reflect,
    [CAUSE_ECALL_U] = ecall,
    [9] = reflect,
    [10] = reflect,
    [11] = reflect,
    [CAUSE_FETCH_PAGE] = page_fault,
    [CAUSE_LOAD_PAGE] = page_fault,
    [14] = reflect,
    [CAUSE_STORE_PAGE] = page_fault,
};

enum verdict trap_handle(const struct turn *t, struct note *trap)
{
    if (trap->cause & CAUSE_INTERRUPT)
        return RESUME; // the machine's own; the loop looks around anyway
    return trap->cause < sizeof handlers / sizeof *handlers ? handlers[trap->cause](t, trap)
                                                            : REFLECT;
}
