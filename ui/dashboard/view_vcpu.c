// Pane 2: a VCPU. The pane shows the instructions around its pc, its registers, and its CSRs: the
// virtual value that the guest sees, the real value that the hart holds while this VCPU runs, and
// whose value that is. Under a VMM the virtual and the real value differ: that is what trap-and-
// emulate is for. Values that have changed are marked.
//
//      small:  current instruction             large:  instructions     | CSR table
//              registers | CSR table                   registers        |
//
// A guest inside a guest has one value more for each VMM in between, if there is room: what that
// VMM has put into the CSRs of its own virtual hart.
//
//      CSR      virtual              L1 vmm                 real                  owner
//      satp     80080403             80080690               83480014              shadow
//               the guest's table    g1's shadow of that    L0's shadow of that
#include "isa/isa.h"
#include "ui/terminal/text.h"
#include "ui/dashboard/view.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

#define CSR_WIDTH 37   // columns of the CSR table
#define VALUE_WIDTH 10 // columns of one value in the table
#define REG_WIDTH 14   // columns of a register: "a0 80200a14*"

// ---- CSRs: virtual, real, owner

struct csr_row {
    const char *name;
    const char *owner; // whose value the real register holds, under a VMM
    size_t at;         // of a u32 in struct hart_state
};

#define ROW(name, owner)                                \
    {                                                   \
#name, owner, offsetof(struct hart_state, name) \
    }
// The most useful first, because a small pane shows only the first rows.
static const struct csr_row csr_rows[] = {
    ROW(sstatus, "L0 vmm"),  ROW(satp, "shadow"),       ROW(scause, "L0 vmm"), ROW(sepc, "L0 vmm"),
    ROW(stval, "L0 vmm"),    ROW(stvec, "L0 vmm"),      ROW(sie, "L0 vmm"),    ROW(sip, "L0 vmm"),
    ROW(sscratch, "L0 vmm"), ROW(scounteren, "L0 vmm"),
};
#undef ROW
#define CSR_ROWS (int)(sizeof csr_rows / sizeof *csr_rows)

static u32 csr_value(const struct hart_state *h, const struct csr_row *row, u64 now)
{
    u32 value;
    memcpy(&value, (const char *)h + row->at, sizeof value);
    return row->at == offsetof(struct hart_state, sip) ? hart_pending(h, now) : value;
}

static u8 changed(bool same)
{
    return same ? 0 : ATTRIBUTE_BOLD;
}

static enum role role_of(bool same)
{
    return same ? ROLE_PLAIN : ROLE_CHANGED;
}

static void draw_value(const struct area *a, int row, int column, u32 value, bool same)
{
    area_print(a, row, column, role_of(same), changed(same), "%08x%s", value, same ? "" : "*");
}

// How many levels between the guest and the machine have a column of their own. The levels nearest
// to the guest come first.
static int levels_shown(const struct model *now, int columns)
{
    int between = (int)vm_path_length(&now->vcpu.path) - 1,
        room = (columns - CSR_WIDTH - REG_WIDTH) / VALUE_WIDTH;
    return clamp(between, 0, room < 0 ? 0 : room);
}

// For a VCPU under a VMM: the CSR at each level between the guest and the machine, then the real
// one.
static void draw_below(const struct model *now, const struct vcpu_model *was,
                       const struct csr_row *row, const struct area *a, int y, int levels)
{
    const struct vcpu_model *v = &now->vcpu;
    const struct observed_vcpu *seen = &v->seen, *then = &was->seen;
    int column = 11 + VALUE_WIDTH, level = (int)vm_path_length(&v->path) - 1;
    for (int i = 0; i < levels; i++, level--, column += VALUE_WIDTH) {
        if (!seen->on_hart) {
            area_put(a, y, column, ROLE_DIM, 0, "-");
            continue;
        }
        u32 value = csr_value(&v->above[level].state, row, v->above[level].time);
        draw_value(a, y, column, value,
                   !then->on_hart ||
                       value == csr_value(&was->above[level].state, row, was->above[level].time));
    }
    u32 real = csr_value(&seen->real, row, seen->time);
    if (seen->on_hart)
        draw_value(a, y, column, real,
                   !then->on_hart || real == csr_value(&then->real, row, then->time));
    else
        area_put(a, y, column, ROLE_DIM, 0, "-");
    area_put(a, y, column + VALUE_WIDTH, ROLE_VMM, 0, row->owner);
}

static void draw_heads(const struct model *now, const struct area *a, int levels)
{
    int level = (int)vm_path_length(&now->vcpu.path), column = 11 + VALUE_WIDTH;
    area_put(a, 0, 0, ROLE_DIM, 0, level > 0 ? "CSR        virtual" : "CSR        value");
    if (!level)
        return;
    for (int i = 1; i <= levels; i++, column += VALUE_WIDTH)
        area_print(a, 0, column, ROLE_VMM, 0, "L%d vmm", level - i);
    area_put(a, 0, column, ROLE_DIM, 0, "real      owner");
}

static void draw_count(const struct area *a, int row, const char *name, u64 value)
{
    area_put(a, row, 0, ROLE_TITLE, 0, name);
    if (value == UINT64_MAX)
        area_put(a, row, 11, ROLE_DIM, 0, "never");
    else
        area_print(a, row, 11, ROLE_PLAIN, 0, "%llu", (unsigned long long)value);
}

static void draw_csrs(const struct model *now, const struct vcpu_model *was, const struct area *a,
                      int levels)
{
    const struct observed_vcpu *v = &now->vcpu.seen, *w = &was->seen;
    draw_heads(now, a, levels);
    for (int i = 0; i < CSR_ROWS && i + 1 < a->rows; i++) {
        const struct csr_row *row = &csr_rows[i];
        u32 virtual = csr_value(&v->state, row, v->time);
        area_put(a, i + 1, 0, ROLE_TITLE, 0, row->name);
        draw_value(a, i + 1, 11, virtual, virtual == csr_value(&w->state, row, w->time));
        if (vm_path_length(&now->vcpu.path))
            draw_below(now, was, row, a, i + 1, levels);
    }
    draw_count(a, CSR_ROWS + 1, "time", v->time);
    draw_count(a, CSR_ROWS + 2, "stimecmp", v->state.stimecmp);
    draw_count(a, CSR_ROWS + 3, "retired", v->state.retired);
}

// ---- registers

static void draw_registers(const struct vcpu_model *now, const struct vcpu_model *was,
                           const struct area *a, int scroll)
{
    // If there is no room for all, the most useful come first: stack pointer, return address,
    // arguments, temporaries, saved registers.
    static const u8 order[31] = {2,  1, 10, 11, 12, 13, 14, 15, 16, 17, 5,  6,  7,  28, 29, 30,
                                 31, 8, 9,  18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 3,  4};
    int columns = a->columns / REG_WIDTH, fit = columns * a->rows;
    if (fit <= 0)
        return;
    int first = clamp(scroll, 0, fit < 31 ? 31 - fit : 0);
    for (int i = 0; i < fit && first + i < 31; i++) {
        unsigned r = fit >= 31 ? (unsigned)i + 1 : order[first + i];
        u32 value = now->seen.state.x[r];
        bool same = value == was->seen.state.x[r];
        int row = i % a->rows, column = i / a->rows * REG_WIDTH;
        area_print(a, row, column, ROLE_DIM, 0, "%3s", isa_reg_names[r]);
        area_print(a, row, column + 4, role_of(same), changed(same), "%08x%s", value,
                   same ? "" : "*");
    }
}

// ---- instructions

// What will happen to an instruction of a guest, given that the hart executes it in mode U.
static const char *fate(const struct model *now, u32 word)
{
    if (!vm_path_length(&now->vcpu.path))
        return "";
    struct decoded d = isa_decode(word, now->holes);
    if (d.insn == INSN_ecall)
        return "traps";
    if (d.insn == INSN_ILLEGAL)
        return "illegal: traps";
    const struct csr_info *csr =
        isa_insns[d.insn].class == ISA_BY_CSR ? isa_csr_find((u32)d.imm) : NULL;
    if (csr && !csr->privileged)
        return "counter: traps"; // real scounteren is 0
    return csr || isa_insns[d.insn].privileged ? "privileged: traps" : "";
}

static void draw_instruction(const struct model *now, const struct area *a, int row, int index)
{
    const struct vcpu_model *v = &now->vcpu;
    u32 pc = v->code_at + 4 * (u32)index;
    bool current = pc == v->seen.state.pc;
    char text[64];
    area_print(a, row, 0, current ? ROLE_GOOD : ROLE_DIM, current ? ATTRIBUTE_BOLD : 0, "%s%08x",
               current ? "▸" : " ", pc);
    if (index < 0 || index >= MODEL_CODE || !(v->code_known >> index & 1)) {
        area_put(a, row, 11, ROLE_DIM, 0, "(not mapped)");
        return;
    }
    isa_disasm(v->code[index], pc, now->holes, text, sizeof text);
    const char *what = fate(now, v->code[index]);
    enum role role = *what ? ROLE_PRIVILEGED : ROLE_PLAIN;
    int end = area_put_until(a, row, 11, a->columns, role, current ? ATTRIBUTE_BOLD : 0, text);
    if (*what && end + 2 + (int)strlen(what) <= a->columns)
        area_put(a, row, a->columns - (int)strlen(what), ROLE_WARNING, 0, what);
}

static void draw_code(const struct model *now, const struct area *a)
{
    int current = (int)((now->vcpu.seen.state.pc - now->vcpu.code_at) / 4);
    int first = current - a->rows / 3;
    for (int row = 0; row < a->rows; row++)
        draw_instruction(now, a, row, first + row);
}

static void draw(const struct model *now, const struct model *before,
                 const struct pane_state *state, const struct area *area)
{
    const struct vcpu_model *v = &now->vcpu;
    if (!v->known) {
        area_put(area, 0, 0, ROLE_DIM, 0, "no machine yet");
        return;
    }
    bool comparable = before->vcpu.known && before->generation == now->generation &&
                      before->vcpu.index == v->index && vm_path_equal(&before->vcpu.path, &v->path);
    const struct vcpu_model *was = comparable ? &before->vcpu : v;
    int levels = levels_shown(now, area->columns), csr_width = CSR_WIDTH + levels * VALUE_WIDTH;
    int csr_column = area->columns - csr_width;
    if (area->rows < 10) {
        struct area top = area_part(area, 0, 0, 1, area->columns);
        draw_code(now, &top);
        struct area left = area_part(area, 1, 0, area->rows - 1, csr_column),
                    right = area_part(area, 1, csr_column, area->rows - 1, csr_width);
        draw_registers(v, was, &left, state->scroll);
        draw_csrs(now, was, &right, levels);
        return;
    }
    int columns = csr_column / REG_WIDTH, need = columns > 0 ? (31 + columns - 1) / columns : 0;
    int registers = need < area->rows - 6 ? need : area->rows - 6;
    struct area code = area_part(area, 0, 0, area->rows - registers - 1, csr_column - 1);
    struct area left = area_part(area, area->rows - registers, 0, registers, csr_column - 1);
    struct area right = area_part(area, 0, csr_column, area->rows, csr_width);
    draw_code(now, &code);
    draw_registers(v, was, &left, state->scroll);
    draw_csrs(now, was, &right, levels);
}

// Where the VCPU really is: on a hart ("real U"), trapped (and who works on that), or on no hart.
static void say_where(const struct model *now, char *to, size_t size)
{
    const struct observed_vcpu *seen = &now->vcpu.seen;
    char name[40];
    if (seen->on_hart)
        snprintf(to, size, now->harts > 1 ? "real U  hart %u" : "real U", seen->hart);
    else if (seen->in_vmm && seen->hart < HARTS_MAX && vm_path_length(&now->hart[seen->hart].path))
        snprintf(to, size, "trapped: %s at work",
                 vm_path_print(&now->hart[seen->hart].path, name, sizeof name));
    else if (seen->in_vmm)
        snprintf(to, size, "trapped: L0 at work");
    else
        snprintf(to, size, "not on a hart");
}

static void title(const struct model *now, const struct pane_state *state, char *to)
{
    (void)state;
    const struct vcpu_model *v = &now->vcpu;
    char name[48], where[64];
    if (!v->known)
        return;
    static const char *const does[] = {
        [HART_STOPPED] = "  stopped", [HART_RUNNING] = "", [HART_PARKED] = "  in wfi"};
    const char *doing = v->seen.state.run <= HART_PARKED ? does[v->seen.state.run] : "";
    const char mode = v->seen.state.mode == MODE_K ? 'K' : 'U';
    int n;
    say_where(now, where, sizeof where);
    if (!vm_path_length(&v->path))
        n = snprintf(to, VIEW_TITLE, "hart %u  mode %c%s", v->index, mode, doing);
    else
        n = snprintf(to, VIEW_TITLE, "%s  virtual %c  %s%s", words_vcpu(&v->path, v->index, name),
                     mode, where, doing);
    if (v->symbol[0] && n < VIEW_TITLE)
        snprintf(to + n, (size_t)(VIEW_TITLE - n), "  %s", v->symbol);
}

const struct pane view_vcpu = {
    '2', "VCPU",
    "its instructions, registers and CSRs: virtual value, real value, and whose the real one is",
    title, draw};
