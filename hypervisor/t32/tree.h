// The little that the VMM reads of its device tree: the boot arguments, and what its harts can do.
#ifndef HYPERVISOR_T32_TREE_H
#define HYPERVISOR_T32_TREE_H

#include "isa/types.h"

// Returns the property /chosen/bootargs of the flattened device tree at `tree`, or NULL.
const char *tree_bootargs(const void *tree);

// Returns true if the device tree (the property riscv,isa) says that the harts have the
// hypervisor extension.
bool tree_has_hypervisor(const void *tree);

// Reads the number behind "name=" in the arguments, as 0x... or decimal. Returns false if there
// is none.
bool tree_argument(const char *arguments, const char *name, u32 *value);

#endif
