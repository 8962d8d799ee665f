// The gangs that wait for a time. The gang that is due first is found at once, however many
// gangs wait. A gang that waits for ever (wake = FOREVER) is not among them.
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

// Takes out any gang that waits for a time. On average over many calls, this takes as many steps
// as the logarithm of the number of gangs.
void waiting_remove(struct turn *t, mpa gang);

#endif
