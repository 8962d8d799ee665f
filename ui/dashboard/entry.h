// What one page-table entry says, in words: its bits, and which bit refuses an access. Source:
// RISC-V Privileged Specification 1.12, section 4.3.2, in the order of its steps.
// Read next: ui/dashboard/judgement.h.
#ifndef UI_DASHBOARD_ENTRY_H
#define UI_DASHBOARD_ENTRY_H

#include "isa/arch/sv32.h"

// Why an entry refuses an access. Each of these is a page fault.
enum entry_refusal {
    ENTRY_ALLOWS,
    // Whatever the access is:
    ENTRY_NO_V,
    ENTRY_LAST_LEVEL, // it points to a table, where only a page can stand
    ENTRY_POINTER,    // it points to a table, and A, D or U is 1, which is reserved there
    ENTRY_W_ALONE,    // W is 1 and R is 0, which is reserved
    ENTRY_SUPERPAGE,  // its superpage does not begin at a multiple of 4 MiB
    // This access:
    ENTRY_NO_R,
    ENTRY_NO_W,
    ENTRY_NO_X,
    ENTRY_NO_U,          // mode U, and a page of the kernel
    ENTRY_U_FETCH,       // a fetch in mode K from a page of mode U
    ENTRY_U_WITHOUT_SUM, // mode K, a page of mode U, and sstatus.SUM is 0
    ENTRY_NO_A,
    ENTRY_NO_D,
    ENTRY_REFUSALS
};
// Returns the words for a refusal, which stand behind a colon: "W is 0", "U is 0, and the mode
// is U".
const char *entry_refusal_words(enum entry_refusal refusal);

// Checks an entry of a table at this level (1: the root, 0: below it). If it neither maps a page
// nor leads to a table, returns why; otherwise ENTRY_ALLOWS.
enum entry_refusal entry_is_bad(u32 entry, u32 level);
// Returns why this leaf refuses this access in this view, or ENTRY_ALLOWS. With `adue` hardware
// sets A and D.
enum entry_refusal entry_refuses(u32 leaf, enum view view, enum access access, bool adue);

#define ENTRY_BITS 12
// Prints "V RWX UG AD", with a dash for each bit that is 0, into `to` of ENTRY_BITS bytes. Returns
// `to`.
const char *entry_print_bits(u32 entry, char *to);

#endif
