// Pane 1: the tree of VMs. Each has its state, its share of the machine's cycles and its traps.
// Panes 2 and 7 show the chosen one. A wide pane has a second table beside that of the narrow one:
//
//       vm       state cpu traps         insns   direct  memory  state in words  how it runs
//      L0 vmm            9%   12
//       g1 tiny  RUN    90%   12        10,204  99.95%  16 MiB  has a hart      trap-and-emulate
// Read next: ui/dashboard/view_pages.c.
#include "hypervisor/config.h"
#include "ui/terminal/target.h"
#include "ui/terminal/text.h"
#include "ui/dashboard/view.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

static enum role role_of_state(enum vm_state state)
{
    static const u8 roles[VM_STATES] = {
        [VM_RUNNING] = ROLE_GOOD, [VM_READY] = ROLE_PLAIN, [VM_WAITING] = ROLE_DIM,
        [VM_OFF] = ROLE_DIM,      [VM_FAILED] = ROLE_BAD,  [VM_STUCK] = ROLE_BAD,
    };
    return state < VM_STATES ? roles[state] : ROLE_PLAIN;
}

// Returns true if the state of this VM is only what its VMM reported last. That is so while the
// VMM itself is not on a hart. Such a state is shown in brackets.
static bool is_hearsay(const struct model *now, u32 index)
{
    const struct vm_path *path = &now->vm[index].path;
    unsigned depth = vm_path_length(path);
    for (u32 i = 1; i < index && now->vm[index].state == VM_RUNNING; i++) {
        unsigned above = vm_path_length(&now->vm[i].path);
        if (above < depth && !memcmp(&now->vm[i].path, path, above * sizeof path->id[0]) &&
            now->vm[i].state != VM_RUNNING)
            return true;
    }
    return false;
}

// The columns, counted from the right: 5 for the traps, 4 for the share of the CPU, 5 for the
// state, with a space between. A narrow pane with long names gives up the share.
struct columns {
    bool share;
    int state; // the first column of the state; the names end a column before
};

static int draw_state(const struct model *now, u32 index, const struct area *a, int row,
                      const struct columns *c)
{
    const struct observed_vm *vm = &now->vm[index];
    char text[16];
    bool hearsay = is_hearsay(now, index);
    snprintf(text, sizeof text, hearsay ? "(%s)" : "%s", vm_state_name(vm->state));
    return area_put(a, row, c->state, hearsay ? ROLE_DIM : role_of_state(vm->state), 0, text);
}

static void draw_share(const struct area *a, int row, u32 permille, enum role role)
{
    if (permille > 0 && permille < 5)
        area_put(a, row, a->columns - 10, role, 0, " <1%");
    else
        area_print(a, row, a->columns - 10, role, 0, "%3u%%", (permille + 5) / 10);
}

static void draw_numbers(const struct area *a, int row, const struct columns *c, u32 permille,
                         u64 traps)
{
    char number[TEXT_NUMBER];
    area_print(a, row, a->columns - 5, ROLE_PLAIN, 0, "%5s", text_short(traps, number));
    if (c->share)
        draw_share(a, row, permille, ROLE_PLAIN);
}

// "g1 alice"; the path alone for a VM without a name of its own. `to` has 80 bytes.
static const char *name_of(const struct observed_vm *vm, char *to)
{
    char path[40];
    vm_path_print(&vm->path, path, sizeof path);
    bool named = vm->name[0] && strcmp(path, vm->name) != 0;
    snprintf(to, 80, "%s%s%s", path, named ? " " : "", named ? vm->name : "");
    return to;
}

// Returns how many columns the longest name takes, with its place in the tree.
static int width_of_names(const struct model *now)
{
    char name[80];
    int longest = 0;
    for (u32 i = 1; i < now->vms; i++) {
        int end = (int)(vm_path_length(&now->vm[i].path) + strlen(name_of(&now->vm[i], name)));
        longest = end > longest ? end : longest;
    }
    return longest;
}

static struct columns columns_of(const struct model *now, int width)
{
    struct columns c = {true, width - 15};
    if (width_of_names(now) > c.state - 1)
        c = (struct columns){false, width - 11};
    return c;
}

// ---- what a wide pane has room for

#define WIDE 70          // columns of a pane that has the second table
#define NAMES_LEAST 20   // columns of the names in such a pane
#define IN_WORDS_FROM 34 // the column of the second table where its words begin
#define IN_WORDS 48      // columns that the words take

// The first table, in a pane with this many columns.
static int width_of_table(const struct model *now, int width)
{
    int names = width_of_names(now) + 2;
    int table = (names > NAMES_LEAST ? names : NAMES_LEAST) + 15;
    return width >= WIDE && table + IN_WORDS_FROM <= width ? table : width;
}

static const char *state_in_words(enum vm_state state)
{
    static const char *const words[VM_STATES] = {
        [VM_RUNNING] = "has a hart",
        [VM_READY] = "waits for its turn",
        [VM_WAITING] = "waits for an interrupt",
        [VM_OFF] = "is switched off",
        [VM_FAILED] = "ended with a failure",
        [VM_STUCK] = "can never go on",
    };
    return state < VM_STATES ? words[state] : "";
}

static const char *technique_in_words(u8 technique)
{
    static const char *const words[TECHNIQUES] = {
        [TECHNIQUE_TRAP] = "trap-and-emulate",
        [TECHNIQUE_ASSIST] = "guest mode, two stages",
        [TECHNIQUE_ASSIST_SHADOW] = "guest mode, shadow",
    };
    return technique < TECHNIQUES ? words[technique] : "";
}

static void draw_more_head(const struct area *a)
{
    area_put(a, 0, 0, ROLE_DIM, 0, "          insns  direct  memory");
    if (a->columns >= IN_WORDS_FROM + IN_WORDS)
        area_put(a, 0, IN_WORDS_FROM, ROLE_DIM, 0, "state in words          how it runs");
}

// In the machine's own row, only the instructions tell something that the other rows do not.
static void draw_more(const struct model *now, u32 index, const struct area *a, int row)
{
    const struct observed_vm *vm = &now->vm[index];
    bool bare = !now->depth;
    char insns[TEXT_NUMBER];
    u64 retired = index ? vm->retired : now->retired;
    area_print(a, row, 0, ROLE_PLAIN, 0, "%15s", text_grouped(retired, insns));
    if (index && vm->retired)
        area_print(a, row, 16, ROLE_PLAIN, 0, "%6.2f%%",
                   100.0 * (double)vm->direct / (double)vm->retired);
    bool large = vm->ram >= 1u << 20;
    if (index || bare)
        area_print(a, row, 24, ROLE_PLAIN, 0, "%4u %s", vm->ram >> (large ? 20 : 10),
                   large ? "MiB" : "KiB");
    if (!index || a->columns < IN_WORDS_FROM + IN_WORDS)
        return;
    area_put(a, row, IN_WORDS_FROM, role_of_state(vm->state), 0, state_in_words(vm->state));
    area_put(a, row, IN_WORDS_FROM + 24, ROLE_DIM, 0, technique_in_words(vm->technique));
}

// ---- rows

static void draw_vm(const struct model *now, u32 index, const struct area *a, int row,
                    const struct columns *c)
{
    const struct observed_vm *vm = &now->vm[index];
    const struct trap_row *trap = model_trap(now);
    bool trapped = trap && now->run != RUN_RUNNING && vm_path_equal(&trap->path, &vm->path);
    char name[80];
    int indent = (int)vm_path_length(&vm->path);
    if (model_has_hart(now, &vm->path))
        area_put(a, row, indent - 1, ROLE_GOOD, ATTRIBUTE_BOLD, "▸");
    area_put_until(a, row, indent, c->state - 1, words_role(&vm->path),
                   index == now->chosen ? ATTRIBUTE_BOLD : 0, name_of(vm, name));
    int end = draw_state(now, index, a, row, c);
    if (trapped)
        area_put(a, row, end, ROLE_CHANGED, 0, "*");
    draw_numbers(a, row, c, model_share(now, index), vm->exits);
}

static void draw_machine(const struct model *now, const struct area *a, int row,
                         const struct columns *c)
{
    bool vmm = now->depth > 0;
    area_put_until(a, row, 0, c->state, ROLE_VMM, 0, vmm ? "L0 vmm" : "machine");
    if (!vmm)
        area_put(a, row, c->state, role_of_state(now->vm[0].state), 0,
                 vm_state_name(now->vm[0].state));
    draw_numbers(a, row, c, vmm ? model_share_vmm(now) : model_share(now, 0),
                 now->log ? now->log->traps : 0);
}

static void draw_idle(const struct model *now, const struct area *a, int row,
                      const struct columns *c)
{
    u32 idle = model_share_idle(now);
    if (!idle || !c->share)
        return;
    area_put(a, row, 0, ROLE_DIM, 0, "idle");
    draw_share(a, row, idle, ROLE_DIM);
}

static void draw(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area)
{
    (void)before;
    if (!now->vms) {
        area_put(area, 0, 0, ROLE_DIM, 0, "no machine yet");
        return;
    }
    int head =
        area->rows > 3 && (area->rows > 5 || now->vms < 5); // a small pane rather shows one VM more
    int width = width_of_table(now, area->columns);
    struct area table = area_part(area, 0, 0, area->rows, width);
    struct area more = area_part(area, 0, width, area->rows, area->columns - width);
    struct columns c = columns_of(now, width);
    if (head)
        area_print(&table, 0, 0, ROLE_DIM, 0, "%-*sstate %straps", c.state, " vm",
                   c.share ? "cpu " : "");
    if (head)
        draw_more_head(&more);
    int rows = area->rows - head;
    int first = (int)now->chosen < rows ? 0 : (int)now->chosen - rows + 1;
    int row = 0;
    for (; row < rows && (u32)(first + row) < now->vms; row++) {
        u32 i = (u32)(first + row);
        if (i)
            draw_vm(now, i, &table, head + row, &c);
        else
            draw_machine(now, &table, head + row, &c);
        draw_more(now, i, &more, head + row);
        area_target(area, head + row, 0, area->columns, TARGET_VM, i);
        if (i == now->chosen && state->focused)
            area_select(area, head + row, state->focused);
    }
    if (row < rows)
        draw_idle(now, &table, head + row, &c);
}

const struct pane view_guests = {
    '1', "Guests",
    "The tree shows each VM with its state, its share of the cycles (cpu), and how often it "
    "trapped. "
    "RUN: it has a hart. RDY: it waits for its turn. WFI: it waits for an interrupt. OFF: it is "
    "switched off. FAIL: it ended with a failure. STUCK: it can never go on. A star marks the VM "
    "of the selected trap, and an arrow marks the VM that a hart runs. `direct` is the share of "
    "its "
    "instructions that ran directly on a hart. The arrow keys choose a VM, and panes 2, 6 and 7 "
    "show it.",
    NULL, draw};
