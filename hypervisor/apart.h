// A function that is marked APART is not compiled into its callers. If a compiler puts a large
// function into its caller, the caller must save more registers and use more stack, even when it
// does not need that function. In the T32 VMM each of the marked functions would make other
// exits 3 to 70 instructions longer, and each level of nesting pays for these instructions
// again. `trapeze run exit-cost --headless` counts them.
#ifndef HYPERVISOR_APART_H
#define HYPERVISOR_APART_H

#define APART __attribute__((noinline))

// WITHIN does the opposite: the function is compiled into its callers, because the usual exit
// calls it.
#define WITHIN __attribute__((always_inline)) inline

#endif
