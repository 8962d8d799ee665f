// The tables of names and sentences. Read ui/dashboard/words.h first.
#include "ui/dashboard/words.h"
#include "isa/isa.h"
#include "isa/pseudo.h"
#include "isa/arch/hart.h"
#include "isa/board/board.h"
#include "isa/board/sbi.h"
#include "hypervisor/vm.h"

#include <stdio.h>
#include <string.h>

// ---- causes

static const struct {
    u32 first, last;
    const char *name;
} devices[] = {
    {BOARD_TEST, BOARD_TEST + BOARD_TEST_SIZE - 1, "test"},
    {BOARD_PLIC, BOARD_PLIC + BOARD_PLIC_SIZE - 1, "plic"},
    {BOARD_UART, BOARD_UART + BOARD_UART_SIZE - 1, "uart"},
    {BOARD_VIRTIO, BOARD_PIO - 1, "virtio"},
    {BOARD_PIO, BOARD_PIO + BOARD_PIO_SIZE - 1, "pio"},
};

static const char *device_at(u32 address)
{
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (address >= devices[i].first && address <= devices[i].last)
            return devices[i].name;
    return "device";
}

static const struct {
    u32 extension;
    i32 function; // -1: any function of this extension
    const char *name;
} calls[] = {
    {SBI_LEGACY_SET_TIMER, -1, "set_timer"},
    {SBI_LEGACY_PUTCHAR, -1, "putchar"},
    {SBI_LEGACY_GETCHAR, -1, "getchar"},
    {SBI_LEGACY_CLEAR_IPI, -1, "clear_ipi"},
    {SBI_LEGACY_SEND_IPI, -1, "send_ipi"},
    {SBI_LEGACY_FENCE_I, -1, "remote_fence_i"},
    {SBI_LEGACY_SFENCE_VMA, -1, "remote_sfence"},
    {SBI_LEGACY_SFENCE_VMA_ASID, -1, "remote_sfence"},
    {SBI_LEGACY_SHUTDOWN, -1, "shutdown"},
    {SBI_BASE, SBI_BASE_PROBE, "probe"},
    {SBI_BASE, -1, "base"},
    {SBI_TIME, SBI_TIME_SET_TIMER, "set_timer"},
    {SBI_IPI, SBI_IPI_SEND, "send_ipi"},
    {SBI_RFENCE, SBI_RFENCE_FENCE_I, "remote_fence_i"},
    {SBI_RFENCE, -1, "remote_sfence"},
    {SBI_HSM, SBI_HSM_START, "hart_start"},
    {SBI_HSM, SBI_HSM_STOP, "hart_stop"},
    {SBI_HSM, -1, "hart_state"},
    {SBI_SRST, -1, "reset"},
    {SBI_DBCN, SBI_DBCN_WRITE, "write"},
    {SBI_DBCN, SBI_DBCN_READ, "read"},
    {SBI_DBCN, SBI_DBCN_WRITE_BYTE, "write_byte"},
};

static const char *firmware_name(u32 extension, u32 function)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].extension == extension &&
            (calls[i].function < 0 || (u32)calls[i].function == function))
            return calls[i].name;
    return NULL;
}

#define CAUSE_TEXT 64

static void cause_instruction(const struct trap_row *row, u32 profile, char *to)
{
    u32 word = row->note.insn ? row->note.insn : row->note.addr;
    isa_disasm(word, row->note.pc, profile, to, CAUSE_TEXT);
}

static void cause_device(const struct trap_row *row, u32 profile, char *to)
{
    (void)profile;
    const struct note *done = &row->done;
    bool store = row->note.cause == CAUSE_STORE_PAGE || row->note.cause == CAUSE_STORE_ACCESS ||
                 row->note.cause == CAUSE_GUEST_STORE_PAGE;
    snprintf(to, CAUSE_TEXT, "%s %s %x", device_at(done->addr), store ? "store" : "load",
             done->value);
}

static void cause_firmware(const struct trap_row *row, u32 profile, char *to)
{
    (void)profile;
    const char *name = trap_row_verdict(row) == EVENT_EMULATE
                           ? firmware_name(row->done.addr, row->done.value)
                           : NULL;
    snprintf(to, CAUSE_TEXT, "sbi %s", name ? name : "call");
}

static void cause_address(const struct trap_row *row, u32 profile, char *to)
{
    (void)profile;
    static const char *const verbs[] = {
        [TRAP_FETCH_PAGE] = "fetch", [TRAP_LOAD_PAGE] = "load", [TRAP_STORE_PAGE] = "store"};
    snprintf(to, CAUSE_TEXT, "%s %08x", verbs[row->class], row->note.addr);
}

static void cause_fault(const struct trap_row *row, u32 profile, char *to)
{
    (void)profile;
    // The guest sees a reflected trap with the cause that the VMM chose: an access fault, though
    // the hardware said page fault.
    u32 cause = trap_row_verdict(row) == EVENT_REFLECT ? row->done.cause : row->note.cause;
    const struct cause_info *info = isa_cause_find(cause);
    snprintf(to, CAUSE_TEXT, "%s %08x", info ? info->name : "cause", info ? row->note.addr : cause);
}

static void cause_name(const struct trap_row *row, u32 profile, char *to)
{
    (void)profile;
    snprintf(to, CAUSE_TEXT, "%s", trap_classes[row->class].name);
}

static void cause_switch(const struct trap_row *row, u32 profile, char *to)
{
    (void)profile;
    char next[40];
    snprintf(to, CAUSE_TEXT, "switch to %s", vm_path_print(&row->next, next, sizeof next));
}

static void (*const causes[TRAP_CLASSES])(const struct trap_row *row, u32 profile, char *to) = {
    [TRAP_CSR] = cause_instruction,
    [TRAP_SRET] = cause_instruction,
    [TRAP_WFI] = cause_instruction,
    [TRAP_SFENCE] = cause_instruction,
    [TRAP_UNDEFINED] = cause_instruction,
    [TRAP_ECALL_U] = cause_name,
    [TRAP_ECALL_K] = cause_firmware,
    [TRAP_FETCH_PAGE] = cause_address,
    [TRAP_LOAD_PAGE] = cause_address,
    [TRAP_STORE_PAGE] = cause_address,
    [TRAP_MMIO] = cause_device,
    [TRAP_ACCESS] = cause_fault,
    [TRAP_MISALIGNED] = cause_fault,
    [TRAP_BREAKPOINT] = cause_name,
    [TRAP_TIMER] = cause_name,
    [TRAP_SOFTWARE] = cause_name,
    [TRAP_EXTERNAL] = cause_name,
    [TRAP_SWITCH] = cause_switch,
    [TRAP_OTHER] = cause_fault,
};

const char *words_cause(const struct trap_row *row, u32 profile, char *to)
{
    causes[row->class < TRAP_CLASSES ? row->class : TRAP_OTHER](row, profile, to);
    return to;
}

// ---- what was done

static const char *const actions[EVENT_KINDS] = {
    [EVENT_TRAP] = "own",  [EVENT_EXIT] = "...",        [EVENT_EMULATE] = "emulate",
    [EVENT_FILL] = "fill", [EVENT_REFLECT] = "reflect", [EVENT_PREEMPT] = "preempt",
    [EVENT_KILL] = "off",  [EVENT_INJECT] = "inject",   [EVENT_SCHEDULE] = "switch",
};
static const char *const inwards[EVENT_DEPTH] = {"->L0", "->L1", "->L2", "->L3",
                                                 "->L4", "->L5", "->L6", "->L7"};

const char *words_action(const struct trap_row *row)
{
    if ((row->outcome == EVENT_REFLECT && trap_row_is_deep(row)) || trap_row_is_for_vmm(row))
        return inwards[row->told % EVENT_DEPTH];
    return row->outcome < EVENT_KINDS && actions[row->outcome] ? actions[row->outcome] : "?";
}

// ---- all words that a cause or an action can have

static bool is_among(const char *text, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (names[i] && !strcmp(names[i], text))
            return true;
    return false;
}

bool words_is_action(const char *text)
{
    return is_among(text, actions, EVENT_KINDS) || is_among(text, inwards, EVENT_DEPTH);
}

const char *words_action_meaning(const char *text)
{
    // The others are words of trapeze, which the glossary explains.
    static const char *const meanings[EVENT_KINDS] = {
        [EVENT_TRAP] = "the handler of its own kernel took the trap, without an exit",
        [EVENT_EXIT] = "the VMM is at work, and what it does is not known yet",
        [EVENT_PREEMPT] = "the VMM took the hart back, since a deadline of its own was over",
        [EVENT_KILL] = "the guest switched itself off, or the VMM ended it",
    };
    for (size_t i = 0; i < EVENT_KINDS; i++)
        if (meanings[i] && !strcmp(actions[i], text))
            return meanings[i];
    if (is_among(text, inwards + 1, EVENT_DEPTH - 1)) // the VMM of L0 is no guest
        return "the VMM of that level, which is a guest itself, got the exit";
    return "";
}

const char *words_action_at(u32 number)
{
    if (number >= EVENT_KINDS + EVENT_DEPTH)
        return NULL;
    const char *name = number < EVENT_KINDS ? actions[number] : inwards[number - EVENT_KINDS];
    return name ? name : "";
}

static bool is_in_isa(const char *part)
{
    for (size_t i = 0; i < INSN_COUNT; i++)
        if (strstr(isa_insns[i].mnemonic, part))
            return true;
    for (const struct pseudo *pseudo = isa_pseudos; pseudo->name; pseudo++)
        if (strstr(pseudo->name, part))
            return true;
    for (const struct csr_info *csr = isa_csrs; csr->name; csr++)
        if (strstr(csr->name, part))
            return true;
    for (const struct cause_info *cause = isa_causes; cause->name; cause++)
        if (strstr(cause->name, part))
            return true;
    return is_among(part, isa_reg_names, 32);
}

bool words_is_in_cause(const char *part)
{
    static const char *const others[] = {"fetch", "load", "store", "switch to", "sbi call"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strstr(others[i], part))
            return true;
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (strstr(devices[i].name, part))
            return true;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strstr(calls[i].name, part))
            return true;
    for (size_t i = 0; i < TRAP_CLASSES; i++)
        if (strstr(trap_classes[i].name, part))
            return true;
    return is_in_isa(part);
}

enum role words_role(const struct vm_path *path)
{
    static const u8 roles[] = {ROLE_GUEST,   ROLE_GUEST_2, ROLE_GUEST_3,
                               ROLE_GUEST_4, ROLE_GUEST_5, ROLE_GUEST_6};
    u32 sum = 0;
    for (u32 i = 0; i < EVENT_DEPTH; i++)
        sum += path->id[i] * (i + 1);
    return (enum role)roles[(sum ? sum - 1 : 0) % sizeof roles];
}

const char *words_vcpu(const struct vm_path *path, unsigned vcpu, char *to)
{
    char name[40];
    if (vm_path_length(path))
        snprintf(to, 48, "%s/v%u", vm_path_print(path, name, sizeof name), vcpu);
    else
        snprintf(to, 48, "hart %u", vcpu);
    return to;
}

// ---- the sentence: who, what, why it trapped, what was done about it

// Why a trap of this class and outcome happened at all. A trap that is not here needs no reason.
static const struct {
    u8 class, outcome;
    const char *text;
} reasons[] = {
    {TRAP_CSR, EVENT_EMULATE, "privileged, and K is really U"},
    {TRAP_SRET, EVENT_EMULATE, "privileged, and K is really U"},
    {TRAP_WFI, EVENT_EMULATE, "privileged, and K is really U"},
    {TRAP_SFENCE, EVENT_EMULATE, "privileged, and K is really U"},
    {TRAP_UNDEFINED, EVENT_REFLECT, "illegal for the guest, too"},
    {TRAP_ECALL_U, EVENT_REFLECT, "a system call for its own kernel"},
    {TRAP_ECALL_K, EVENT_EMULATE, "a kernel calls its firmware, the VMM"},
    {TRAP_FETCH_PAGE, EVENT_FILL, "hidden fault, its table allows it"},
    {TRAP_LOAD_PAGE, EVENT_FILL, "hidden fault, its table allows it"},
    {TRAP_STORE_PAGE, EVENT_FILL, "hidden fault, its table allows it"},
    {TRAP_FETCH_PAGE, EVENT_REFLECT, "true fault, its table forbids it"},
    {TRAP_LOAD_PAGE, EVENT_REFLECT, "true fault, its table forbids it"},
    {TRAP_STORE_PAGE, EVENT_REFLECT, "true fault, its table forbids it"},
    {TRAP_MMIO, EVENT_EMULATE, "a device is never mapped"},
    {TRAP_ACCESS, EVENT_REFLECT, "the guest has no memory there"},
    {TRAP_MISALIGNED, EVENT_REFLECT, "the address is not aligned"},
    {TRAP_BREAKPOINT, EVENT_REFLECT, "for the guest's own handler"},
    {TRAP_TIMER, EVENT_PREEMPT, "a deadline of the machine is over"},
    {TRAP_TIMER, EVENT_INJECT, "its virtual timer is due"},
    {TRAP_SOFTWARE, EVENT_INJECT, "another VCPU called"},
    {TRAP_EXTERNAL, EVENT_INJECT, "its virtual device called"},
    {TRAP_SWITCH, EVENT_SCHEDULE, "its quantum is used up"},
};

// Returns true if the instruction reads a counter. Counters are not privileged. They trap
// because real scounteren is 0 while a guest runs.
static bool is_counter(const struct trap_row *row)
{
    struct decoded d = isa_decode(row->note.insn ? row->note.insn : row->note.addr, true);
    const struct csr_info *csr = row->class == TRAP_CSR ? isa_csr_find((u32)d.imm) : NULL;
    return csr && !csr->privileged;
}

const char *words_reason(const struct trap_row *row)
{
    u8 verdict = trap_row_verdict(row);
    if (row->note.cause == CAUSE_VIRTUAL)
        return "guest mode leaves it to the VMM";
    if (is_counter(row) && verdict == EVENT_EMULATE)
        return "a counter, and real scounteren is 0";
    if (verdict == EVENT_FILL && trap_row_is_of_second_stage(row))
        return "hidden fault, its VMM's table allows it";
    if (verdict == EVENT_FILL && !row->judged.paging)
        return "hidden fault, its paging is off";
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].class == row->class && reasons[i].outcome == verdict)
            return reasons[i].text;
    return "";
}

const char *words_end(const struct trap_row *row)
{
    switch (row->done.value) {
    case LIFE_OFF:
        return "switched itself off";
    case LIFE_FAILED:
        return "reported a failure and switched itself off";
    case LIFE_LACK:
        return "was ended: the VMM has no memory left for its shadows";
    default:
        return "can never go on";
    }
}

static const char *deed_of(const struct trap_row *row, u8 verdict)
{
    static const char *const deeds[EVENT_KINDS] = {
        [EVENT_TRAP] = "its own kernel took it",
        [EVENT_EXIT] = "the VMM is at work",
        [EVENT_EMULATE] = "emulated",
        [EVENT_FILL] = "filled",
        [EVENT_REFLECT] = "reflected",
        [EVENT_PREEMPT] = "back to the VMM",
        [EVENT_INJECT] = "injected",
        [EVENT_SCHEDULE] = "switched",
    };
    if (verdict == EVENT_KILL)
        return words_end(row);
    if (row->untold)
        return "the VMM let it go on";
    return verdict < EVENT_KINDS && deeds[verdict] ? deeds[verdict] : "";
}

// Writes what happened to an exit that went to a VMM which is a guest: "to the VMM of g1,
// emulated".
static int say_handed(const struct trap_row *row, char *to, size_t size)
{
    struct vm_path vmm = row->path;
    char name[40];
    u8 verdict = trap_row_verdict(row);
    vmm.id[vm_path_length(&vmm) - 1] = 0;
    vm_path_print(&vmm, name, sizeof name);
    if (verdict == EVENT_EXIT)
        return snprintf(to, size, "to the VMM of %s", name);
    return snprintf(to, size, "to the VMM of %s, %s", name, deed_of(row, verdict));
}

// The same for an exit that the hart delivered to a VMM which is a guest.
static int say_delegated(const struct trap_row *row, char *to, size_t size)
{
    struct vm_path taker = row->path;
    char name[40];
    u8 verdict = trap_row_verdict(row);
    taker.id[row->told] = 0;
    vm_path_print(&taker, name, sizeof name);
    if (verdict == EVENT_EXIT)
        return snprintf(to, size, "the VMM of %s took it, without an exit to L0", name);
    return snprintf(to, size, "the VMM of %s took it, without an exit to L0, %s", name,
                    deed_of(row, verdict));
}

static int say_deed(const struct trap_row *row, char *to, size_t size)
{
    if (trap_row_is_for_vmm(row))
        return say_delegated(row, to, size);
    if (trap_row_is_deep(row) && row->outcome == EVENT_REFLECT)
        return say_handed(row, to, size);
    return snprintf(to, size, "%s", deed_of(row, row->outcome));
}

// Who, what and why, what was done, and who runs next. Returns the length.
static int say_all(const struct trap_row *row, u32 profile, const char *reason, char *to, int size)
{
    char who[48], what[CAUSE_TEXT], next[40];
    int n = snprintf(to, (size_t)size, "%s %s: ", words_vcpu(&row->path, row->note.vcpu, who),
                     words_cause(row, profile, what));
    if (*reason)
        n += snprintf(to + n, (size_t)(size - n), "%s; ", reason);
    n += say_deed(row, to + n, (size_t)(size - n));
    if (row->blocked)
        n += snprintf(to + n, (size_t)(size - n), ", now it waits");
    if (row->switched && row->kind != EVENT_SCHEDULE && !vm_path_equal(&row->next, &row->path))
        n += snprintf(to + n, (size_t)(size - n), ", then %s",
                      vm_path_print(&row->next, next, sizeof next));
    return n;
}

// The action is more important than the reason, and the reason is more important than the cost.
// Pane 3 shows the cost, too.
const char *words_why(const struct trap_row *row, u32 profile, int columns, char *to)
{
    enum { SIZE = 256 }; // more than the longest parts need together
    char cost[32] = "";
    int n = say_all(row, profile, words_reason(row), to, SIZE);
    if (n > columns)
        n = say_all(row, profile, "", to, SIZE);
    int length = row->cost ? snprintf(cost, sizeof cost, ", %u cycles", row->cost) : 0;
    if (n + length <= columns)
        snprintf(to + n, (size_t)(SIZE - n), "%s", cost);
    return to;
}
