// Pane 2: a VCPU. The pane shows the instructions around its pc, its registers, and its CSRs: the
// virtual value that the guest sees, the real value that the hart holds while this VCPU runs, and
// whose value that is. Under a VMM the virtual and the real value differ: that is what trap-and-
// emulate is for. Values that have changed are marked.
//
//      small:  current instruction             large:  instructions     | CSR table
//              registers | CSR table                   registers        | fields in words
//
// A guest inside a guest has one value more for each VMM in between, if there is room: what that
// VMM has put into the CSRs of its own virtual hart.
//
//      CSR      virtual              L1 vmm                 real                  owner
//      satp     80080403             80080690               83480014              shadow
//               the guest's table    g1's shadow of that    L0's shadow of that
// Read next: ui/dashboard/csr_table.h.
#include "isa/arch/hart.h"
#include "isa/arch/house.h"
#include "isa/isa.h"
#include "ui/terminal/target.h"
#include "ui/terminal/text.h"
#include "ui/dashboard/csr_table.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

#define REG_WIDTH 14    // columns of a register: "a0 80200a14*"
#define REGS 31         // x0 is always 0, and is not shown
#define SMALL 10        // a pane with fewer rows shows one instruction
#define NARROW 62       // so does one with fewer columns: there an instruction needs the whole row
#define SOURCE_LEAST 24 // columns of a source line that may be cut off
#define FATE_END 64 // what becomes of an instruction ends before this column, near the instruction

// ---- registers

// If there is no room for all registers, the most useful ones come first: stack pointer, return
// address, arguments, temporaries, saved registers.
static const u8 useful_order[REGS] = {
    X_SP, X_RA, X_A0, X_A1, X_A2, X_A3, X_A4, X_A5, X_A6, X_A7, X_T0, X_T1, X_T2, 28, 29, 30,
    31,   X_S0, X_S1, 18,   19,   20,   21,   22,   23,   24,   25,   26,   27,   3,  4};

static bool must_be_shown(const struct vcpu_model *now, const struct vcpu_model *was, unsigned r,
                          const char *wanted)
{
    return now->seen.state.x[r] != was->seen.state.x[r] || view_must_show(wanted, isa_reg_names[r]);
}

// Chooses `fit` registers from place `first` of the order on. A register that must be shown but
// does not fit takes the place of the last one that need not.
static void choose_registers(const struct vcpu_model *now, const struct vcpu_model *was, int first,
                             int fit, const char *wanted, u8 *chosen)
{
    for (int i = 0; i < fit; i++)
        chosen[i] = useful_order[first + i];
    for (int i = 0; i < REGS; i++) {
        unsigned r = useful_order[i];
        if ((i >= first && i < first + fit) || !must_be_shown(now, was, r, wanted))
            continue;
        int at = fit - 1;
        while (at >= 0 && must_be_shown(now, was, chosen[at], wanted))
            at--;
        if (at >= 0)
            chosen[at] = (u8)r;
    }
}

static void draw_register(const struct vcpu_model *now, const struct vcpu_model *was,
                          const struct area *a, int row, int column, unsigned r)
{
    u32 value = now->seen.state.x[r];
    bool same = value == was->seen.state.x[r];
    area_print(a, row, column, ROLE_DIM, 0, "%3s", isa_reg_names[r]);
    area_print(a, row, column + 4, same ? ROLE_PLAIN : ROLE_CHANGED, same ? 0 : ATTRIBUTE_BOLD,
               "%08x%s", value, same ? "" : "*");
}

static int registers_that_fit(const struct area *a)
{
    return clamp(a->columns / REG_WIDTH * a->rows, 0, REGS);
}

static void draw_registers(const struct vcpu_model *now, const struct vcpu_model *was,
                           const struct area *a, int scroll, const char *wanted)
{
    int fit = registers_that_fit(a);
    u8 chosen[REGS];
    if (!fit)
        return;
    if (fit == REGS)
        for (int i = 0; i < REGS; i++)
            chosen[i] = (u8)(i + 1); // all of them, in the order of their numbers
    else
        choose_registers(now, was, clamp(scroll, 0, REGS - fit), fit, wanted, chosen);
    for (int i = 0; i < fit; i++)
        draw_register(now, was, a, i % a->rows, i / a->rows * REG_WIDTH, chosen[i]);
}

// ---- instructions

// Returns true if the instruction traps in guest mode. The guest's kernel uses the CSRs of a
// second bank, and its own clock, without a trap. But `wfi` traps, because the VMM wants to know
// which guest waits, and the counters trap, because they count the hart's instructions. With
// shadows, satp and fences trap, too.
static bool traps_in_guest_mode(const struct decoded *d, bool shadowed)
{
    bool clock = d->imm == CSR_time || d->imm == CSR_timeh;
    const struct csr_info *csr =
        isa_insns[d->insn].class == ISA_BY_CSR ? isa_csr_find((u32)d->imm) : NULL;
    if (shadowed && (d->insn == INSN_sfence_vma || (csr && d->imm == CSR_satp)))
        return true;
    return d->insn == INSN_wfi || (csr && !csr->privileged && !clock);
}

// Returns what will happen to an instruction of a guest when the hart executes it in mode U, or
// in guest mode.
static const char *fate(const struct model *now, u32 word)
{
    if (!vm_path_length(&now->vcpu.path))
        return "";
    struct decoded d = isa_decode(word, now->profile);
    if (d.insn == INSN_ecall)
        return "traps";
    if (d.insn == INSN_ILLEGAL)
        return "illegal: traps";
    if (house_has(d.insn))
        return house_draw(now->profile, d.insn).in_u ? "" : "traps";
    if (now->vcpu.seen.guest_mode && now->vcpu.seen.state.mode == MODE_K)
        return traps_in_guest_mode(&d, !now->vcpu.seen.two_stages) ? "traps" : "";
    const struct csr_info *csr =
        isa_insns[d.insn].class == ISA_BY_CSR ? isa_csr_find((u32)d.imm) : NULL;
    if (csr && !csr->privileged)
        return "counter: traps"; // real scounteren is 0
    return csr || isa_insns[d.insn].privileged ? "privileged: traps" : "";
}

// Writes where the present instruction comes from: "kernel/trap.c:41  return trap(frame);".
// Returns false if the image does not tell.
static bool draw_source(const struct vcpu_model *v, const struct area *a, int row, int column)
{
    const char *slash = strrchr(v->source_file, '/');
    const char *name = slash ? slash + 1 : v->source_file;
    char place[MODEL_PATH + 16];
    if (!v->source_file[0])
        return false;
    snprintf(place, sizeof place, "%s:%u", name, v->source_line);
    column = area_put_until(a, row, column, a->columns, ROLE_DIM, 0, place) + 2;
    // The first letters of a line tell nothing.
    int room = a->columns - column;
    if (room >= SOURCE_LEAST || (int)text_columns(v->source_text) <= room)
        area_put_until(a, row, column, a->columns, ROLE_TITLE, 0, v->source_text);
    return true;
}

static void draw_instruction(const struct model *now, const struct area *a, int row, int index)
{
    const struct vcpu_model *v = &now->vcpu;
    u32 pc = v->code_at + 4 * (u32)index;
    bool current = pc == v->seen.state.pc;
    area_target(a, row, 0, a->columns, TARGET_CODE, pc);
    char text[64 + MODEL_NAME];
    area_print(a, row, 0, current ? ROLE_GOOD : ROLE_DIM, current ? ATTRIBUTE_BOLD : 0, "%s%08x",
               current ? "▸" : " ", pc);
    if (index < 0 || index >= MODEL_CODE || !(v->code_known >> index & 1)) {
        area_put(a, row, 11, ROLE_DIM, 0, "(not mapped)");
        return;
    }
    isa_disasm(v->code[index], pc, now->profile, text, 64);
    if (v->target[index][0])
        snprintf(text + strlen(text), MODEL_NAME, " <%s>", v->target[index]);
    const char *what = fate(now, v->code[index]);
    enum role role = *what ? ROLE_PRIVILEGED : ROLE_PLAIN;
    int end = area_put_until(a, row, 11, a->columns, role, current ? ATTRIBUTE_BOLD : 0, text);
    int edge = a->columns < FATE_END ? a->columns : FATE_END, length = (int)strlen(what);
    int at = edge - length > end + 1 ? edge - length : end + 2;
    if (*what && at + length <= a->columns)
        area_put(a, row, at, ROLE_WARNING, 0, what);
    else if (current && !*what && a->rows == 1 && end + 12 < a->columns)
        draw_source(v, a, row, end + 3); // a small pane has no row for it
}

// The instructions around pc. In a larger pane the source line of the present one stands below.
static void draw_code(const struct model *now, const struct area *a)
{
    struct area rows = *a;
    if (a->rows > 2 && draw_source(&now->vcpu, a, a->rows - 1, 1))
        rows.rows--;
    int current = (int)((now->vcpu.seen.state.pc - now->vcpu.code_at) / 4);
    int first = current - rows.rows / 3;
    for (int row = 0; row < rows.rows; row++)
        draw_instruction(now, &rows, row, first + row);
}

// ---- the pane

// Registers and CSRs scroll together, until the one that has more rows left is at its end.
static void correct_scroll(struct pane_state *state, const struct area *registers,
                           const struct area *table)
{
    int hidden = REGS - registers_that_fit(registers);
    int rows = csr_table_rows() - (table->rows - 1);
    int most = hidden > rows ? hidden : rows;
    state->scroll = clamp(state->scroll, 0, most > 0 ? most : 0);
}

static void draw_small(const struct model *now, const struct vcpu_model *was,
                       struct pane_state *state, const struct area *area, int csr_width)
{
    int csr_column = area->columns - csr_width;
    struct area top = area_part(area, 0, 0, 1, area->columns);
    struct area left = area_part(area, 1, 0, area->rows - 1, csr_column);
    struct area right = area_part(area, 1, csr_column, area->rows - 1, csr_width);
    correct_scroll(state, &left, &right);
    draw_code(now, &top);
    draw_registers(&now->vcpu, was, &left, state->scroll, state->words);
    csr_table_draw(now, was, &right, state->scroll, state->words);
}

static void draw_large(const struct model *now, const struct vcpu_model *was,
                       struct pane_state *state, const struct area *area, int csr_width)
{
    int csr_column = area->columns - csr_width, columns = csr_column / REG_WIDTH;
    int need = columns > 0 ? (REGS + columns - 1) / columns : 0;
    int registers = need < area->rows - 6 ? need : area->rows - 6;
    int table = csr_table_rows() + 1;
    struct area code = area_part(area, 0, 0, area->rows - registers - 1, csr_column - 1);
    struct area left = area_part(area, area->rows - registers, 0, registers, csr_column - 1);
    struct area right = area_part(area, 0, csr_column, area->rows, csr_width);
    struct area words = area_part(area, table + 1, csr_column, area->rows - table - 1, csr_width);
    correct_scroll(state, &left, &right);
    draw_code(now, &code);
    draw_registers(&now->vcpu, was, &left, state->scroll, state->words);
    csr_table_draw(now, was, &right, state->scroll, state->words);
    int explained = csr_table_explain(&now->vcpu, &words);
    struct area rest = area_part(&words, explained, 0, words.rows - explained, words.columns);
    csr_table_before(&now->vcpu, was, &rest);
}

static void draw(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area)
{
    const struct vcpu_model *v = &now->vcpu;
    if (!v->known) {
        area_put(area, 0, 0, ROLE_DIM, 0, "no machine yet");
        return;
    }
    bool comparable = before->vcpu.known && before->generation == now->generation &&
                      before->vcpu.index == v->index && vm_path_equal(&before->vcpu.path, &v->path);
    const struct vcpu_model *was = comparable ? &before->vcpu : v;
    int csr_width = csr_table_width(now, area->columns, REG_WIDTH);
    if (area->rows < SMALL || area->columns < NARROW)
        draw_small(now, was, state, area, csr_width);
    else
        draw_large(now, was, state, area, csr_width);
}

// Writes where the VCPU really is: on a hart ("real U"), trapped (and who works on that), or on
// no hart.
static void say_where(const struct model *now, char *to, size_t size)
{
    const struct observed_vcpu *seen = &now->vcpu.seen;
    char name[40];
    const char *how = seen->guest_mode ? "guest mode" : "real U";
    if (seen->on_hart && now->harts > 1)
        snprintf(to, size, "%s  hart %u", how, seen->hart);
    else if (seen->on_hart)
        snprintf(to, size, "%s", how);
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
    "The pane shows the instructions, the registers and the CSRs of a VCPU. Of a CSR it shows the "
    "virtual value, which the guest sees, the real value in the hart, and whose the real value is. "
    "A star marks what has changed. v shows the next VCPU, and . stays with this one.",
    title, draw};
