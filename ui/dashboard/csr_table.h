// The CSR table of pane 2: the virtual value of each CSR, the value at each level below, the
// real value, and the owner of the real value. This file also explains the fields of a CSR in
// words.
// Read next: ui/dashboard/story.h.
#ifndef UI_DASHBOARD_CSR_TABLE_H
#define UI_DASHBOARD_CSR_TABLE_H

#include "ui/dashboard/view.h"

// Returns how many columns the table needs on a pane that is `columns` wide. Other things take
// `others` of these columns. If there is room, the table has one column more for each level
// between the guest and the machine.
int csr_table_width(const struct model *now, int columns, int others);
int csr_table_rows(void); // how many rows the table has below its head

// Draws the table with its head, from its row `first` on. If there is not enough room for all
// CSRs, the table still shows those that have changed and those in `wanted` (names, separated by
// spaces).
void csr_table_draw(const struct model *now, const struct vcpu_model *was, const struct area *a,
                    int first, const char *wanted);

// Draws the meaning of the fields of some CSRs, one CSR a line. Returns how many rows were
// drawn.
int csr_table_explain(const struct vcpu_model *now, const struct area *a);

// Returns the name of the CSR in this row. Returns "" if there is no such row.
const char *csr_table_name(int index);
// Gives the virtual value of the CSR with this name. Returns false if the table lacks this CSR.
bool csr_table_value(const struct vcpu_model *v, const char *name, u32 *value);
// Writes, for example, "Here it is 80400170; before it was 80400168." for the CSR of this name.
// Writes "" if the table lacks this CSR. Returns `to`.
const char *csr_table_change(const struct vcpu_model *now, const struct vcpu_model *was,
                             const char *name, char *to, size_t size);
// Draws the earlier values of the CSRs that have changed, one CSR a line. Returns how many rows
// were drawn.
int csr_table_before(const struct vcpu_model *now, const struct vcpu_model *was,
                     const struct area *a);

// These write the meaning of a value, and return `to`. Examples: "SPP=K SPIE SUM" (the bits that
// are set), "Sv32, table 80480000, ASID 3", "load-page-fault".
const char *csr_explain_sstatus(u32 value, char *to, size_t size);
const char *csr_explain_satp(u32 value, char *to, size_t size);
const char *csr_explain_scause(u32 value, char *to, size_t size);

#endif
