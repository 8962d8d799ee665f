// APART keeps a function out of its callers. A compiler that puts a large function into its caller
// makes the caller save registers, and use the stack, on its usual way too. In the T32 VMM each of
// the marked functions would cost other exits 3 to 70 instructions, and every one of these costs
// again at each level of nesting. `trapeze run exit-cost --headless` counts them.
#ifndef HYPERVISOR_APART_H
#define HYPERVISOR_APART_H

#define APART __attribute__((noinline))

// The opposite: a function that its caller on the usual path must contain, though others call it.
#define WITHIN __attribute__((always_inline)) inline

#endif
