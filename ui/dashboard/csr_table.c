// Drawing the CSR table. Read ui/dashboard/csr_table.h first.
#include "ui/dashboard/csr_table.h"
#include "isa/arch/hart.h"
#include "isa/isa.h"
#include "ui/terminal/target.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 11, VALUE_WIDTH = 10, OWNER_WIDTH = 6, ROWS_MAX = 16 };

// Every row is a u32 of struct hart_state, or one of the three counts at the end.
static const struct csr_row {
    const char *name;
    const char *owner; // the owner of the value in the real register, under a VMM
    size_t at;
} csr_rows[] = {
#define ROW(name, owner) {#name, owner, offsetof(struct hart_state, name)},
    // The most useful first, because a small pane shows only the first rows.
    // clang-format off
    ROW(sstatus, "L0 vmm")
    ROW(satp, "shadow")
    ROW(scause, "L0 vmm")
    ROW(sepc, "L0 vmm")
    ROW(stval, "L0 vmm")
    ROW(stvec, "L0 vmm")
    ROW(sscratch, "L0 vmm")
    ROW(sie, "L0 vmm")
    ROW(sip, "L0 vmm")
    ROW(scounteren, "L0 vmm")
// clang-format on
#undef ROW
};
#define CSR_ROWS (int)(sizeof csr_rows / sizeof *csr_rows)

static const char *const count_names[] = {"time", "stimecmp", "retired"};
#define COUNTS (int)(sizeof count_names / sizeof *count_names)

const char *csr_table_name(int index)
{
    return index >= 0 && index < CSR_ROWS ? csr_rows[index].name : "";
}

int csr_table_rows(void)
{
    return CSR_ROWS + COUNTS;
}

// ---- columns

// Returns how many levels between the guest and the machine have a column of their own. The
// levels nearest to the guest come first.
static int levels_shown(const struct model *now, int columns)
{
    int between = (int)vm_path_length(&now->vcpu.path) - 1;
    int room = (columns - NAME_WIDTH - 2 * VALUE_WIDTH - OWNER_WIDTH) / VALUE_WIDTH;
    return clamp(between, 0, room < 0 ? 0 : room);
}

// In guest mode the hart has a second bank of CSRs, the VMM's. It is shown if there is room.
static bool bank_is_shown(const struct model *now, int columns)
{
    int more = 3 + levels_shown(now, columns);
    return now->vcpu.seen.guest_mode && columns >= NAME_WIDTH + more * VALUE_WIDTH + OWNER_WIDTH;
}

int csr_table_width(const struct model *now, int columns, int others)
{
    int values = 2 + levels_shown(now, columns - others) + bank_is_shown(now, columns - others);
    return NAME_WIDTH + values * VALUE_WIDTH + OWNER_WIDTH;
}

// ---- values

static u32 value_of(const struct hart_state *h, const struct csr_row *row, u64 time)
{
    u32 value;
    memcpy(&value, (const char *)h + row->at, sizeof value);
    return row->at == offsetof(struct hart_state, sip) ? hart_pending(h, time) : value;
}

static u64 count_of(const struct observed_vcpu *v, int index)
{
    const u64 counts[] = {v->time, v->state.stimecmp, v->state.retired};
    return counts[index];
}

static bool has_changed(const struct observed_vcpu *v, const struct observed_vcpu *was, int index)
{
    if (index >= CSR_ROWS)
        return false; // counts change all the time
    const struct csr_row *row = &csr_rows[index];
    return value_of(&v->state, row, v->time) != value_of(&was->state, row, was->time);
}

static bool is_row(const struct csr_row *row, const char *name)
{
    return !strcmp(row->name, name);
}

// sie and sip have no second bank. In guest mode the guest's instructions reach hie and hip
// instead, whose bits for the guest stand one place further left.
static u32 real_value(const struct observed_vcpu *v, const struct csr_row *row)
{
    bool apart = v->guest_mode && (is_row(row, "sie") || is_row(row, "sip"));
    return value_of(apart ? &v->state : &v->real, row, v->time);
}

// Returns the owner of the value that the hart uses while this VCPU runs.
static const char *owner_of(const struct observed_vcpu *v, const struct csr_row *row)
{
    if (!v->guest_mode)
        return row->owner;
    return is_row(row, "satp") && !v->two_stages ? "shadow" : "guest";
}

static bool real_is_same(const struct observed_vcpu *v, const struct observed_vcpu *was,
                         const struct csr_row *row)
{
    return !v->on_hart || !was->on_hart || real_value(v, row) == real_value(was, row);
}

// ---- drawing

static void draw_value(const struct area *a, int row, int column, u32 value, bool same)
{
    area_print(a, row, column, same ? ROLE_PLAIN : ROLE_CHANGED, same ? 0 : ATTRIBUTE_BOLD,
               "%08x%s", value, same ? "" : "*");
}

// The VMM's own value, which counts again when the guest has left the hart.
static void draw_bank(const struct observed_vcpu *v, const struct csr_row *row,
                      const struct area *a, int y, int column)
{
    if (v->on_hart && !is_row(row, "scounteren"))
        area_print(a, y, column, ROLE_DIM, 0, "%08x", value_of(&v->vmm_bank, row, v->time));
    else
        area_put(a, y, column, ROLE_DIM, 0, "-"); // scounteren has one bank alone
}

// For a VCPU under a VMM: the CSR at each level between the guest and the machine, then the real
// one.
static void draw_below(const struct model *now, const struct vcpu_model *was,
                       const struct csr_row *row, const struct area *a, int y, int levels)
{
    const struct vcpu_model *v = &now->vcpu;
    const struct observed_vcpu *seen = &v->seen, *then = &was->seen;
    int column = NAME_WIDTH + VALUE_WIDTH, level = (int)vm_path_length(&v->path) - 1;
    for (int i = 0; i < levels; i++, level--, column += VALUE_WIDTH) {
        if (!seen->on_hart) {
            area_put(a, y, column, ROLE_DIM, 0, "-");
            continue;
        }
        u32 value = value_of(&v->above[level].state, row, v->above[level].time);
        u32 before = value_of(&was->above[level].state, row, was->above[level].time);
        draw_value(a, y, column, value, !then->on_hart || value == before);
    }
    if (seen->on_hart)
        draw_value(a, y, column, real_value(seen, row), real_is_same(seen, then, row));
    else
        area_put(a, y, column, ROLE_DIM, 0, "-");
    if (bank_is_shown(now, a->columns))
        draw_bank(seen, row, a, y, column += VALUE_WIDTH);
    area_put(a, y, column + VALUE_WIDTH, ROLE_VMM, 0, owner_of(seen, row));
}

static void draw_count(const struct area *a, int y, int index, u64 value)
{
    char number[TEXT_NUMBER];
    area_put(a, y, 0, ROLE_TITLE, 0, count_names[index]);
    if (value == UINT64_MAX)
        area_put(a, y, NAME_WIDTH, ROLE_DIM, 0, "never");
    else if (text_columns(text_grouped(value, number)) <= 2 * VALUE_WIDTH)
        area_put(a, y, NAME_WIDTH, ROLE_PLAIN, 0, number);
    else
        area_print(a, y, NAME_WIDTH, ROLE_PLAIN, 0, "%llu", (unsigned long long)value);
}

static void draw_row(const struct model *now, const struct vcpu_model *was, const struct area *a,
                     int y, int index, int levels)
{
    const struct observed_vcpu *v = &now->vcpu.seen;
    if (index >= CSR_ROWS) {
        draw_count(a, y, index - CSR_ROWS, count_of(v, index - CSR_ROWS));
        return;
    }
    const struct csr_row *row = &csr_rows[index];
    area_put(a, y, 0, ROLE_TITLE, 0, row->name);
    area_target(a, y, 0, a->columns, TARGET_CSR, (u64)index);
    draw_value(a, y, NAME_WIDTH, value_of(&v->state, row, v->time),
               !has_changed(v, &was->seen, index));
    if (vm_path_length(&now->vcpu.path))
        draw_below(now, was, row, a, y, levels);
}

static void draw_head(const struct model *now, const struct area *a, int levels)
{
    int level = (int)vm_path_length(&now->vcpu.path), column = NAME_WIDTH + VALUE_WIDTH;
    area_put(a, 0, 0, ROLE_DIM, 0, level > 0 ? "CSR        virtual" : "CSR        value");
    if (!level)
        return;
    for (int i = 1; i <= levels; i++, column += VALUE_WIDTH)
        area_print(a, 0, column, ROLE_VMM, 0, "L%d vmm", level - i);
    bool bank = bank_is_shown(now, a->columns);
    area_put(a, 0, column, ROLE_DIM, 0, bank ? "real      VMM bank  owner" : "real      owner");
}

static bool must_be_shown(const struct model *now, const struct vcpu_model *was, int index,
                          const char *wanted)
{
    const char *name = index < CSR_ROWS ? csr_rows[index].name : count_names[index - CSR_ROWS];
    return has_changed(&now->vcpu.seen, &was->seen, index) || view_must_show(wanted, name);
}

// Chooses the rows from `first` on. A row that must be shown but has no room takes the place of
// the last row that need not be shown. Returns how many rows there are.
static int choose_rows(const struct model *now, const struct vcpu_model *was, int first, int room,
                       const char *wanted, int rows[ROWS_MAX])
{
    int count = 0, total = csr_table_rows();
    for (int i = first; i < total && count < room; i++)
        rows[count++] = i;
    for (int i = 0; i < total; i++) {
        bool there = i >= first && i < first + count;
        int at = count - 1;
        if (there || !must_be_shown(now, was, i, wanted))
            continue;
        while (at >= 0 && must_be_shown(now, was, rows[at], wanted))
            at--;
        if (at >= 0)
            rows[at] = i;
    }
    return count;
}

void csr_table_draw(const struct model *now, const struct vcpu_model *was, const struct area *a,
                    int first, const char *wanted)
{
    int rows[ROWS_MAX], levels = levels_shown(now, a->columns);
    int last = csr_table_rows() - (a->rows - 1);
    int count = choose_rows(now, was, clamp(first, 0, last > 0 ? last : 0),
                            clamp(a->rows - 1, 0, ROWS_MAX), wanted, rows);
    draw_head(now, a, levels);
    for (int i = 0; i < count; i++)
        draw_row(now, was, a, i + 1, rows[i], levels);
}

// ---- fields in words

const char *csr_explain_sstatus(u32 value, char *to, size_t size)
{
    snprintf(to, size, "SPP=%c%s%s%s%s", value & SSTATUS_SPP ? 'K' : 'U',
             value & SSTATUS_SPIE ? " SPIE" : "", value & SSTATUS_SIE ? " SIE" : "",
             value & SSTATUS_SUM ? " SUM" : "", value & SSTATUS_MXR ? " MXR" : "");
    return to;
}

const char *csr_explain_satp(u32 value, char *to, size_t size)
{
    if (value & SATP_MODE)
        snprintf(to, size, "Sv32, table %llx, ASID %u", (unsigned long long)SATP_PPN(value) << 12,
                 SATP_ASID(value));
    else
        snprintf(to, size, "paging off");
    return to;
}

const char *csr_explain_scause(u32 value, char *to, size_t size)
{
    const struct cause_info *info = isa_cause_find(value);
    const char *reset = value ? "" : "no trap yet, or "; // the register is 0 from the start
    snprintf(to, size, "%s%s%s", reset, info ? info->name : "no cause of T32",
             value & CAUSE_INTERRUPT ? " (an interrupt)" : "");
    return to;
}

int csr_table_explain(const struct vcpu_model *v, const struct area *a)
{
    static const struct {
        const char *name;
        size_t at;
        const char *(*explain)(u32 value, char *to, size_t size);
    } lines[] = {
        {"sstatus", offsetof(struct hart_state, sstatus), csr_explain_sstatus},
        {"satp", offsetof(struct hart_state, satp), csr_explain_satp},
        {"scause", offsetof(struct hart_state, scause), csr_explain_scause},
    };
    int count = (int)(sizeof lines / sizeof *lines);
    for (int i = 0; i < count && i < a->rows; i++) {
        char text[80];
        u32 value;
        memcpy(&value, (const char *)&v->seen.state + lines[i].at, sizeof value);
        area_put(a, i, 0, ROLE_TITLE, 0, lines[i].name);
        area_put_until(a, i, 8, a->columns, ROLE_DIM, 0,
                       lines[i].explain(value, text, sizeof text));
    }
    return count < a->rows ? count : a->rows;
}

bool csr_table_value(const struct vcpu_model *v, const char *name, u32 *value)
{
    for (int i = 0; i < CSR_ROWS; i++)
        if (is_row(&csr_rows[i], name)) {
            *value = value_of(&v->seen.state, &csr_rows[i], v->seen.time);
            return true;
        }
    return false;
}

const char *csr_table_change(const struct vcpu_model *now, const struct vcpu_model *was,
                             const char *name, char *to, size_t size)
{
    to[0] = 0;
    for (int i = 0; i < CSR_ROWS; i++) {
        const struct csr_row *row = &csr_rows[i];
        u32 value = value_of(&now->seen.state, row, now->seen.time);
        u32 before = value_of(&was->seen.state, row, was->seen.time);
        if (strcmp(row->name, name) != 0)
            continue;
        if (value == before)
            snprintf(to, size, "Here it is %08x, as before.", value);
        else
            snprintf(to, size, "Here it is %08x; before it was %08x.", value, before);
    }
    return to;
}

int csr_table_before(const struct vcpu_model *now, const struct vcpu_model *was,
                     const struct area *a)
{
    int row = 0;
    for (int i = 0; i < CSR_ROWS && row < a->rows; i++) {
        u32 before = value_of(&was->seen.state, &csr_rows[i], was->seen.time);
        if (!has_changed(&now->seen, &was->seen, i))
            continue;
        area_put(a, row, 0, ROLE_TITLE, 0, csr_rows[i].name);
        area_print(a, row++, NAME_WIDTH, ROLE_DIM, 0, "was %08x", before);
    }
    return row;
}
