// One row of the trap log: a trap, what was done about the trap, and its class. A class is a
// family of traps that a person tells apart, for example "a CSR instruction of a guest".
// A class has a letter and a colour, which are the same on every pane.
//
//      hardware says     the row says               class
//      illegal-insn      emulated, a CSR insn   ->  P  csr
//      illegal-insn      reflected              ->  D  illegal
//      store-page-fault  filled                 ->  S  store-pf
//      store-page-fault  emulated               ->  M  device
// Read next: ui/dashboard/traplog.h.
#ifndef UI_DASHBOARD_TRAP_ROW_H
#define UI_DASHBOARD_TRAP_ROW_H

#include "sim/event.h"
#include "ui/dashboard/judgement.h"
#include "ui/terminal/cells.h"

enum trap_class_id {
    TRAP_CSR,
    TRAP_SRET,
    TRAP_WFI,
    TRAP_SFENCE,
    TRAP_UNDEFINED,
    TRAP_ECALL_U,
    TRAP_ECALL_K,
    TRAP_FETCH_PAGE,
    TRAP_LOAD_PAGE,
    TRAP_STORE_PAGE,
    TRAP_MMIO,
    TRAP_ACCESS,
    TRAP_MISALIGNED,
    TRAP_BREAKPOINT,
    TRAP_TIMER,
    TRAP_SOFTWARE,
    TRAP_EXTERNAL,
    TRAP_SWITCH,
    TRAP_OTHER,
    TRAP_CLASSES
};

struct trap_class {
    char letter;
    enum role role;
    const char *name;    // "csr", "sret", "store-pf", "device", ...: 10 letters at most
    const char *meaning; // one line for the help
};
extern const struct trap_class trap_classes[TRAP_CLASSES]; // by enum trap_class_id

struct trap_row {
    u64 number; // 1, 2, ... of this run
    u64 seq;    // the number of its EVENT_EXIT or EVENT_TRAP in the event stream
    u64 cycle;  // the cycle at which the trap began
    u64 retired, steps;
    u64 ended; // steps of the machine when the last event came that belongs to the row
    u32 cost;  // cycles of the exit and of everything done about it
    u32 ran;   // how many cycles `ran_by` had run just before; 0 where that is not known (on a bare
               // machine)
    u8 hart, level;
    u8 kind;    // EVENT_TRAP, EVENT_EXIT, EVENT_INJECT or EVENT_SCHEDULE
    u8 outcome; // enum event_kind of what was done about the trap. For EVENT_EXIT: EVENT_EXIT as
                // long as that is not known. For the other three kinds: the same as `kind`
    u8 class;   // enum trap_class_id
    u8 told;    // for EVENT_EXIT: the level of the VM whose VMM handled the exit first. It is less
                // than `level` if that was a VMM further out. 0: not known yet
    u8 decided[EVENT_DEPTH]; // [i], i from 1: enum event_kind of what the VMM inside the VM of
                             // level i says that it did; 0: it has said nothing
    struct vm_path path;     // the VM that trapped
    struct vm_path
        ran_by; // the VM that ran before. An interrupt for a VMM may come while its guest runs
    struct note note;    // of the trap
    struct note done;    // of the outcome
    struct vm_path next; // the VM that got the hart afterwards, if `switched`
    bool switched, blocked;
    bool untold; // the guest has run again, and its VMM had not said what it did about this exit
    struct judgement judged; // of an access that faulted: what the tables said then
};

// The number of the VCPU that trapped; on a bare machine that is the hart.
u32 trap_row_vcpu(const struct trap_row *row);
// Returns true if this is an exit that went to a VMM which is itself a guest.
bool trap_row_is_deep(const struct trap_row *row);
// Returns true if this is an exit that the hart delivered to such a VMM itself, so that L0 had no
// part in it. This happens if the VMM is in guest mode and its guests are not: the VMM then gets
// the traps that are delegated to it.
bool trap_row_is_for_vmm(const struct trap_row *row);
// Returns true if this is a fault of the second stage, by which a hart in guest mode translates
// guest physical addresses.
bool trap_row_is_of_second_stage(const struct trap_row *row);
// Returns true if this is an exit, and nobody has said yet what was done about it, nor taken it.
bool trap_row_is_open(const struct trap_row *row);
// Returns what was done about the trap in the end (enum event_kind). If a VMM which is a guest
// got the exit, the decision of that VMM counts. EVENT_EXIT means that this VMM has not told its
// decision yet.
u8 trap_row_verdict(const struct trap_row *row);
// Returns the class of a row. The class may change when the outcome becomes known: if the VMM
// emulates a store page fault, the store was an access to a device.
enum trap_class_id trap_row_classify(const struct trap_row *row);

#endif
