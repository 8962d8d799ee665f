// The gangs that wait for a time. The first to be due is at hand, however many there are. A gang
// that waits for ever (wake = FOREVER) is not among them.
//
//     vmm->waiting: the first to be due
//        | child
//        v     next
//        g <-------> g <-------> g     a pairing heap: no gang is due before the one above it
//        |    prev               |     (Fredman, Sedgewick, Sleator, Tarjan, "The pairing heap:
//        g <--> g                g     a new form of self-adjusting heap", 1986)
#ifndef HYPERVISOR_WAITING_H
#define HYPERVISOR_WAITING_H

#include "hypervisor/turn.h"

// Puts a gang in, by its `wake`. If several are due at the same time, the one with the lowest
// address is first. This takes a few steps.
void waiting_insert(struct turn *t, mpa gang);

// Takes out any of them. In the long run this takes as many steps as the logarithm of their number.
void waiting_remove(struct turn *t, mpa gang);

#endif
