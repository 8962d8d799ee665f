// The table of classes, and which class a row belongs to. Read ui/dashboard/trap_row.h first.
#include "ui/dashboard/trap_row.h"
#include "isa/arch/hart.h"
#include "isa/isa.h"

// K and U are modes on every screen, so they are no letters of a class.
const struct trap_class trap_classes[TRAP_CLASSES] = {
    [TRAP_CSR] = {'P', ROLE_PRIVILEGED, "csr", "a CSR instruction of a guest"},
    [TRAP_SRET] = {'R', ROLE_PRIVILEGED, "sret", "return from a trap handler"},
    [TRAP_WFI] = {'W', ROLE_PRIVILEGED, "wfi", "wait for an interrupt"},
    [TRAP_SFENCE] = {'V', ROLE_PRIVILEGED, "sfence", "a guest kernel changed its page tables"},
    [TRAP_UNDEFINED] = {'D', ROLE_FAULT, "illegal",
                        "an instruction that is illegal for the guest too"},
    [TRAP_ECALL_U] = {'E', ROLE_CALL, "ecall-u", "a system call of a user program"},
    [TRAP_ECALL_K] = {'C', ROLE_CALL, "sbi", "a kernel called the firmware"},
    [TRAP_FETCH_PAGE] = {'F', ROLE_PAGE, "fetch-pf", "page fault of an instruction fetch"},
    [TRAP_LOAD_PAGE] = {'L', ROLE_PAGE, "load-pf", "page fault of a load"},
    [TRAP_STORE_PAGE] = {'S', ROLE_PAGE, "store-pf", "page fault of a store"},
    [TRAP_MMIO] = {'M', ROLE_DEVICE, "device", "an access to a device"},
    [TRAP_ACCESS] = {'A', ROLE_FAULT, "access", "no memory there: an access fault"},
    [TRAP_MISALIGNED] = {'N', ROLE_FAULT, "misaligned", "an address that is not aligned"},
    [TRAP_BREAKPOINT] = {'B', ROLE_CALL, "breakpoint", "ebreak"},
    [TRAP_TIMER] = {'I', ROLE_INTERRUPT, "timer", "timer interrupt"},
    [TRAP_SOFTWARE] = {'J', ROLE_INTERRUPT, "software", "software interrupt: another hart called"},
    [TRAP_EXTERNAL] = {'X', ROLE_INTERRUPT, "external", "external interrupt: a device called"},
    [TRAP_SWITCH] = {'Q', ROLE_VMM, "switch", "a quantum was over: another VCPU got the hart"},
    [TRAP_OTHER] = {'?', ROLE_FAULT, "other", "a cause that T32 does not have"},
};

u32 trap_row_vcpu(const struct trap_row *row)
{
    return vm_path_length(&row->path) ? row->note.vcpu : row->hart;
}

bool trap_row_is_deep(const struct trap_row *row)
{
    return row->kind == EVENT_EXIT && row->outcome != EVENT_EXIT && row->told &&
           row->told < vm_path_length(&row->path);
}

bool trap_row_is_for_vmm(const struct trap_row *row)
{
    return row->kind == EVENT_EXIT && row->outcome == EVENT_EXIT && row->told;
}

bool trap_row_is_open(const struct trap_row *row)
{
    return row->kind == EVENT_EXIT && row->outcome == EVENT_EXIT && !row->told;
}

bool trap_row_is_of_second_stage(const struct trap_row *row)
{
    return row->note.cause == CAUSE_GUEST_FETCH_PAGE || row->note.cause == CAUSE_GUEST_LOAD_PAGE ||
           row->note.cause == CAUSE_GUEST_STORE_PAGE;
}

u8 trap_row_verdict(const struct trap_row *row)
{
    bool is_handed = trap_row_is_deep(row) && row->outcome == EVENT_REFLECT;
    if (!is_handed && !trap_row_is_for_vmm(row))
        return row->outcome;
    u8 decided = row->decided[vm_path_length(&row->path) - 1];
    return decided ? decided : EVENT_EXIT;
}

static enum trap_class_id class_of_illegal(const struct trap_row *row)
{
    if (trap_row_verdict(row) == EVENT_REFLECT || row->outcome == EVENT_TRAP)
        return TRAP_UNDEFINED;
    u32 word = row->note.insn ? row->note.insn : row->note.addr;
    switch (isa_decode(word, true).insn) {
    case INSN_csrrw:
    case INSN_csrrs:
    case INSN_csrrc:
    case INSN_csrrwi:
    case INSN_csrrsi:
    case INSN_csrrci:
        return TRAP_CSR;
    case INSN_sret:
        return TRAP_SRET;
    case INSN_wfi:
        return TRAP_WFI;
    case INSN_sfence_vma:
        return TRAP_SFENCE;
    }
    return TRAP_UNDEFINED;
}

static const struct {
    u32 cause;
    enum trap_class_id class;
} classes_of_causes[] = {
    {CAUSE_FETCH_MISALIGNED, TRAP_MISALIGNED},
    {CAUSE_LOAD_MISALIGNED, TRAP_MISALIGNED},
    {CAUSE_STORE_MISALIGNED, TRAP_MISALIGNED},
    {CAUSE_FETCH_ACCESS, TRAP_ACCESS},
    {CAUSE_LOAD_ACCESS, TRAP_ACCESS},
    {CAUSE_STORE_ACCESS, TRAP_ACCESS},
    {CAUSE_BREAKPOINT, TRAP_BREAKPOINT},
    {CAUSE_ECALL_U, TRAP_ECALL_U},
    {CAUSE_ECALL_K, TRAP_ECALL_K},
    {CAUSE_ECALL_VK, TRAP_ECALL_K},
    {CAUSE_FETCH_PAGE, TRAP_FETCH_PAGE},
    {CAUSE_LOAD_PAGE, TRAP_LOAD_PAGE},
    {CAUSE_STORE_PAGE, TRAP_STORE_PAGE},
    {CAUSE_GUEST_FETCH_PAGE, TRAP_FETCH_PAGE},
    {CAUSE_GUEST_LOAD_PAGE, TRAP_LOAD_PAGE},
    {CAUSE_GUEST_STORE_PAGE, TRAP_STORE_PAGE},
    {CAUSE_TIMER, TRAP_TIMER},
    {CAUSE_SOFTWARE, TRAP_SOFTWARE},
    {CAUSE_EXTERNAL, TRAP_EXTERNAL},
    {CAUSE_GUEST_TIMER, TRAP_TIMER},
    {CAUSE_GUEST_SOFTWARE, TRAP_SOFTWARE},
    {CAUSE_GUEST_EXTERNAL, TRAP_EXTERNAL},
};

static bool is_data_access(u32 cause)
{
    return cause == CAUSE_LOAD_PAGE || cause == CAUSE_STORE_PAGE || cause == CAUSE_LOAD_ACCESS ||
           cause == CAUSE_STORE_ACCESS || cause == CAUSE_GUEST_LOAD_PAGE ||
           cause == CAUSE_GUEST_STORE_PAGE;
}

enum trap_class_id trap_row_classify(const struct trap_row *row)
{
    u8 verdict = trap_row_verdict(row);
    // The guest sees a reflected trap with the cause that the VMM chose, so that cause counts.
    u32 cause = verdict == EVENT_REFLECT ? row->done.cause : row->note.cause;
    if (row->kind == EVENT_SCHEDULE)
        return TRAP_SWITCH;
    if (cause == CAUSE_ILLEGAL || cause == CAUSE_VIRTUAL)
        return class_of_illegal(row);
    if (is_data_access(cause) && verdict == EVENT_EMULATE)
        return TRAP_MMIO;
    // The hart is really in U, so the hardware says ecall-u; but the guest believes that it is in
    // K.
    bool believed = row->kind == EVENT_EXIT || trap_row_is_for_vmm(row);
    if (cause == CAUSE_ECALL_U && believed && row->note.mode == MODE_K)
        return TRAP_ECALL_K;
    for (size_t i = 0; i < sizeof classes_of_causes / sizeof *classes_of_causes; i++)
        if (classes_of_causes[i].cause == cause)
            return classes_of_causes[i].class;
    return TRAP_OTHER;
}
