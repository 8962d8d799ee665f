// Events in words, as lines and as JSON. Read scenarios/world/report.h first.
// Read next: scenarios/world/recording.h.
#include "scenarios/world/report.h"

#include "isa/arch/hart.h"
#include "isa/isa.h"

#include <inttypes.h>

#define KINDS_WITH_CAUSE                                                           \
    (EVENT_BIT(EVENT_TRAP) | EVENT_BIT(EVENT_EXIT) | EVENT_BIT(EVENT_EMULATE) |    \
     EVENT_BIT(EVENT_FILL) | EVENT_BIT(EVENT_REFLECT) | EVENT_BIT(EVENT_PREEMPT) | \
     EVENT_BIT(EVENT_INJECT))

bool trace_has_cause(unsigned kind)
{
    return kind < EVENT_KINDS && (KINDS_WITH_CAUSE & EVENT_BIT(kind));
}

const char *trace_cause(u32 cause, char *to)
{
    const struct cause_info *info = isa_cause_find(cause);
    if (info)
        return info->name;
    snprintf(to, 16, cause & CAUSE_INTERRUPT ? "interrupt-%u" : "cause-%u", (unsigned)(cause & 31));
    return to;
}

static bool is_memory_fault(u32 cause)
{
    return !(cause & CAUSE_INTERRUPT) &&
           (cause <= CAUSE_FETCH_ACCESS ||
            (cause >= CAUSE_LOAD_MISALIGNED && cause <= CAUSE_STORE_ACCESS) ||
            cause >= CAUSE_FETCH_PAGE);
}

static const char *power_name(u32 power)
{
    static const char *const names[] = {[POWER_ON] = "on",
                                        [POWER_OFF] = "off",
                                        [POWER_FAILED] = "off with a failure",
                                        [POWER_REBOOT] = "reboot asked for"};
    return power <= POWER_REBOOT ? names[power] : "can never go on";
}

// The words for an event that has a pc, and perhaps an instruction.
static void trap_detail(const struct event *e, char *to, size_t size)
{
    char insn[64] = "";
    // Of an illegal instruction stval is the word, even if that is 0.
    u32 word = e->note.cause == CAUSE_ILLEGAL ? e->note.addr : e->note.insn;
    if (word || e->note.cause == CAUSE_ILLEGAL)
        isa_disasm(word, e->note.pc, true, insn, sizeof insn);
    if (e->note.kind == EVENT_FILL)
        snprintf(to, size, "%08" PRIx32 " -> gpa %08" PRIx32, e->note.addr, e->note.value);
    else if (is_memory_fault(e->note.cause))
        snprintf(to, size, "%s%sat %08" PRIx32, insn, *insn ? " " : "", e->note.addr);
    else
        snprintf(to, size, "%s", insn);
}

char *trace_detail(const struct event *e, char *to, size_t size)
{
    const struct note *n = &e->note;
    *to = 0;
    switch (n->kind) {
    case EVENT_FIRMWARE:
        snprintf(to, size, "sbi %08" PRIx32 ":%" PRIu32, n->addr, n->value);
        break;
    case EVENT_DEVICE:
        snprintf(to, size, "%s %u at %08" PRIx32 ": %" PRIx32, n->write ? "write" : "read", n->size,
                 n->addr, n->value);
        break;
    case EVENT_CONSOLE:
    case EVENT_INPUT:
        snprintf(to, size, n->value >= 0x20 && n->value < 0x7f ? "'%c'" : "%02x",
                 (int)(n->value & 0xff));
        break;
    case EVENT_POWER:
    case EVENT_KILL:
        snprintf(to, size, "%s", power_name(n->value));
        break;
    case EVENT_MARK:
        snprintf(to, size, "mark %" PRIu32, n->value);
        break;
    default:
        if (trace_has_cause(n->kind))
            trap_detail(e, to, size);
    }
    return to;
}

static char mode_letter(u8 mode)
{
    return mode == MODE_K ? 'K' : 'U';
}

char *trace_line(const struct event *e, char *to, size_t size)
{
    char path[40], detail[160], unknown[16], vm[48];
    vm_path_print(&e->path, path, sizeof path);
    snprintf(vm, sizeof vm, "%s/v%u", path, e->note.vcpu);
    snprintf(to, size,
             "%8" PRIu64 " %10" PRIu64 " %-7s %c %-8s %-18s %08" PRIx32 "  %-32s +%" PRIu32, e->seq,
             e->retired, vm, mode_letter(e->note.mode), event_kind_name(e->note.kind),
             trace_has_cause(e->note.kind) ? trace_cause(e->note.cause, unknown) : "", e->note.pc,
             trace_detail(e, detail, sizeof detail), e->cost);
    return to;
}

// None of the strings here needs escaping but the detail, which has quotes round a character.
char *trace_escape(const char *from, char *to, size_t size)
{
    size_t n = 0;
    for (; *from && n + 3 < size; from++) {
        if (*from == '"' || *from == '\\')
            to[n++] = '\\';
        to[n++] = *from;
    }
    to[n] = 0;
    return to;
}

// Returns the CSR whose access trapped. The value of such an event is the operand of the
// instruction. Returns NULL if the event is about no CSR.
static const struct csr_info *csr_of(const struct event *e)
{
    bool trapped = e->note.kind == EVENT_EXIT || e->note.kind == EVENT_TRAP;
    if (!trapped || e->note.cause != CAUSE_ILLEGAL || !isa_is_csr(e->note.insn))
        return NULL;
    return isa_csr_find(e->note.insn >> 20);
}

char *trace_json(const struct event *e, char *to, size_t size)
{
    char path[40], detail[160], escaped[200], unknown[16], cause[64] = "", written[64] = "";
    const struct note *n = &e->note;
    const struct csr_info *csr = csr_of(e);
    trace_escape(trace_detail(e, detail, sizeof detail), escaped, sizeof escaped);
    if (trace_has_cause(n->kind))
        snprintf(cause, sizeof cause, ",\"cause\":\"%s\",\"scause\":%" PRIu32,
                 trace_cause(n->cause, unknown), n->cause);
    if (csr)
        snprintf(written, sizeof written, ",\"csr\":\"%s\",\"csr_number\":%u,\"csr_write\":%s",
                 csr->name, (unsigned)csr->number, csr_writes(n->insn) ? "true" : "false");
    snprintf(to, size,
             "{\"seq\":%" PRIu64 ",\"cycle\":%" PRIu64 ",\"retired\":%" PRIu64 ",\"steps\":%" PRIu64
             ",\"kind\":\"%s\",\"hart\":%u,\"level\":%u,\"vm\":\"%s\",\"vcpu\":%u,\"mode\":\"%c\","
             "\"real_mode\":\"%c\"%s,\"pc\":\"0x%08" PRIx32 "\",\"addr\":\"0x%08" PRIx32
             "\",\"value\":\"0x%08" PRIx32 "\",\"insn\":\"0x%08" PRIx32
             "\",\"size\":%u,\"write\":%s,\"cost\":%" PRIu32 "%s,\"detail\":\"%s\"}",
             e->seq, e->cycle, e->retired, e->steps, event_kind_name(n->kind), e->hart, e->level,
             vm_path_print(&e->path, path, sizeof path), n->vcpu, mode_letter(n->mode),
             mode_letter(e->real_mode), cause, n->pc, n->addr, n->value, n->insn, n->size,
             n->write ? "true" : "false", e->cost, written, escaped);
    return to;
}

// In a field between quotes, a quote is written twice.
static char *quote_csv(const char *from, char *to, size_t size)
{
    size_t n = 0;
    for (; *from && n + 3 < size; from++) {
        if (*from == '"')
            to[n++] = '"';
        to[n++] = *from;
    }
    to[n] = 0;
    return to;
}

char *trace_csv(const struct event *e, char *to, size_t size)
{
    char path[40], detail[160], quoted[200], unknown[16], scause[16] = "";
    const struct note *n = &e->note;
    const struct csr_info *csr = csr_of(e);
    bool caused = trace_has_cause(n->kind);
    if (caused)
        snprintf(scause, sizeof scause, "%" PRIu32, n->cause);
    quote_csv(trace_detail(e, detail, sizeof detail), quoted, sizeof quoted);
    snprintf(to, size,
             "%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
             ",%s,%u,%u,%s,%u,%c,%c,%s,%s,0x%08" PRIx32 ",0x%08" PRIx32 ",0x%08" PRIx32
             ",0x%08" PRIx32 ",%u,%u,%" PRIu32 ",%s,\"%s\"",
             e->seq, e->cycle, e->retired, e->steps, event_kind_name(n->kind), e->hart, e->level,
             vm_path_print(&e->path, path, sizeof path), n->vcpu, mode_letter(n->mode),
             mode_letter(e->real_mode), caused ? trace_cause(n->cause, unknown) : "", scause, n->pc,
             n->addr, n->value, n->insn, n->size, n->write, e->cost, csr ? csr->name : "", quoted);
    return to;
}
