// The CSR table of pane 2: the virtual value of each CSR, the value at each level below, the real
// one, and whose value that is. And what the fields of a CSR mean, in words.
// Read next: ui/dashboard/story.h.
#ifndef UI_DASHBOARD_CSR_TABLE_H
#define UI_DASHBOARD_CSR_TABLE_H

#include "ui/dashboard/view.h"

// How many columns the table needs on a pane that is `columns` wide, of which `others` are taken.
// There is a column more for each level between the guest and the machine, if there is room.
int csr_table_width(const struct model *now, int columns, int others);
int csr_table_rows(void); // without its head

// Draws the table with its head, from row `first` of it on. CSRs that have changed, and those that
// are wanted (names, separated by spaces), are shown even if there is not enough room for all.
void csr_table_draw(const struct model *now, const struct vcpu_model *was, const struct area *a,
                    int first, const char *wanted);

// Draws what the fields of some CSRs mean, a line each; returns the rows that were drawn.
int csr_table_explain(const struct vcpu_model *now, const struct area *a);

// The name of a row; "" if it is no CSR.
const char *csr_table_name(int index);
// "Here it is 80400170; before it was 80400168." for the CSR of this name; "" if the table lacks
// it.
const char *csr_table_change(const struct vcpu_model *now, const struct vcpu_model *was,
                             const char *name, char *to, size_t size);
// Draws what the CSRs that have changed were before, a line each; returns the rows that were drawn.
int csr_table_before(const struct vcpu_model *now, const struct vcpu_model *was,
                     const struct area *a);

// "SPP=K SPIE SUM" (the bits that are set), "Sv32, table 80480000, ASID 3", "load-page-fault".
const char *csr_explain_sstatus(u32 value, char *to, size_t size);
const char *csr_explain_satp(u32 value, char *to, size_t size);
const char *csr_explain_scause(u32 value, char *to, size_t size);

#endif
