// One row of the trap log: a trap, what was done about it, and its class. A class is a family of
// traps that a person tells apart, for example "a CSR instruction of a guest kernel". A class has a
// letter and a colour, which are the same on every pane.
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
    u64 seq;    // of its EVENT_EXIT or EVENT_TRAP
    u64 cycle;  // at which it began
    u64 retired, steps;
    u64 ended; // steps of the machine when the last event came that belongs to the row
    u32 cost; // cycles of the exit and of everything done about it
    u32 ran;  // cycles that `ran_by` had run just before; 0 where that is not known (bare)
    u8 hart, level;
    u8 kind;    // EVENT_TRAP, EVENT_EXIT, EVENT_INJECT or EVENT_SCHEDULE
    u8 outcome; // enum event_kind of what was done about it. EVENT_EXIT: not known yet. Rows of the
                // other three kinds have their kind here
    u8 class;   // enum trap_class_id
    u8 told;    // the level of the VM whose VMM dealt with the exit first. It is less than `level`
                // if that was a VMM further out. 0: not known yet. Of EVENT_TRAP: the level of the
                // VM whose kernel took the trap
    u8 decided[EVENT_DEPTH]; // [i], i from 1: enum event_kind of what the VMM inside the VM of
                             // level i said that it did; 0: nothing
    struct vm_path path;     // whose trap it is
    struct vm_path ran_by;   // who ran before. An interrupt for a VMM may come while its guest runs
    struct note note;        // of the trap
    struct note done;        // of the outcome
    struct vm_path next;     // who got the hart afterwards, if `switched`
    bool switched, blocked;
    struct judgement judged; // of an access that faulted: what the tables said then
};

// The number of the VCPU that trapped; on a bare machine that is the hart.
u32 trap_row_vcpu(const struct trap_row *row);
// Is this an exit that went to a VMM which is a guest itself?
bool trap_row_is_deep(const struct trap_row *row);
// Is this a trap that the hart delivered to such a VMM, without an exit? A VMM in guest mode whose
// guests are not in guest mode gets so what is delegated to it.
bool trap_row_is_for_vmm(const struct trap_row *row);
// Is it a fault of the second stage, which a hart in guest mode walks after the guest's own table?
bool trap_row_is_of_second_stage(const struct trap_row *row);
// What was done about it in the end (enum event_kind). If a VMM which is a guest got the exit, its
// decision counts; EVENT_EXIT means that this VMM has not said yet.
u8 trap_row_verdict(const struct trap_row *row);
// The class of a row. It may change when the outcome becomes known: a store page fault that the VMM
// emulates was an access to a device.
enum trap_class_id trap_row_classify(const struct trap_row *row);

#endif
