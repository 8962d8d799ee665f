// The reports about a run: the final state of a guest, the counters, and the events one by one.
// The functions here only read, so no report changes a run.
// Read next: scenarios/world/state.c.
#ifndef SCENARIOS_WORLD_REPORT_H
#define SCENARIOS_WORLD_REPORT_H

#include "scenarios/world/console.h"
#include "scenarios/world/counters.h"
#include "scenarios/world/world.h"

// ---- state (state.c): how a guest ends. By the virtual clock a guest ends the same at every
// depth, bit for bit.

struct guest_state {
    u32 harts;
    struct observed_vcpu hart[HARTS_MAX]; // as the guest sees them
    u64 ram_hash;
    u64 console_hash;
    u64 console_bytes;
};

// Returns false if there is no such guest, or if the VMM above it has not made it yet.
bool state_take(struct world *w, u32 guest, const struct consoles *consoles,
                struct guest_state *state);
// Reads a CSR by its number, as the kernel would read it. Returns false if there is no such CSR.
bool state_csr(const struct hart_state *hart, u64 time, u32 number, u32 *value);
// The same for a VCPU, and also for the CSRs of the hypervisor extension, if the VCPU has it.
// The names vs* mean the bank of its guest, whether that guest runs or not.
bool state_vcpu_csr(const struct observed_vcpu *v, u32 number, u32 *value);
// Returns JSON, malloc'ed, or NULL if there is no memory. Registers and hashes are strings such
// as "0x80400000"; `retired` is a decimal string.
char *state_json(const struct guest_state *state);

// ---- statistics (stats.c)

// Returns JSON, malloc'ed, or NULL if there is no memory. The run took `seconds` of the host.
char *stats_json(struct world *w, const struct counters *counters, double seconds);

// ---- events (trace.c)

// Writes what the event's instruction or access was, in words ("csrw satp, a0",
// "store-page-fault at 00401ffc", "sbi 54494d45:0"). The text is printable ASCII, with a zero
// byte at the end.
char *trace_detail(const struct event *e, char *to, size_t size);
// One line without its end: sequence number, instructions, VM and VCPU, mode, kind, cause, pc,
// detail, cost.
char *trace_line(const struct event *e, char *to, size_t size);
// A JSON object without line end, which is a line of JSON Lines.
char *trace_json(const struct event *e, char *to, size_t size);
// A row of a table in CSV, without line end, and the names of its columns.
char *trace_csv(const struct event *e, char *to, size_t size);
#define TRACE_CSV_NAMES                                                                          \
    "seq,cycle,retired,steps,kind,hart,level,vm,vcpu,mode,real_mode,cause,scause,pc,addr,value," \
    "insn,"                                                                                      \
    "size,write,cost,csr,detail"
// Copies text for a JSON string: a quote and a backslash get a backslash before them.
char *trace_escape(const char *from, char *to, size_t size);
#define TRACE_TEXT 512 // a buffer of this size holds any of the four
// The name of an scause value ("store-page-fault"), or "cause-7" made in `to` (16 bytes) for one
// T32 does not have.
const char *trace_cause(u32 cause, char *to);
// Returns true if this kind of event has a cause.
bool trace_has_cause(unsigned kind);

#endif
