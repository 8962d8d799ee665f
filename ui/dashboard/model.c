// Gathering the model. No other file of the dashboard reads the machine for the views. Read
// ui/dashboard/model.h first.
#include "ui/dashboard/model.h"
#include "scenarios/script/scenario.h"
#include "isa/isa.h"
#include "sim/load/symbols.h"
#include "ui/dashboard/source.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <string.h>

#define CODE_BEFORE 24 // instructions shown before pc, at most

const struct trap_row *model_trap(const struct model *m)
{
    return m->log && m->trap ? traplog_row(m->log, m->trap) : NULL;
}

u32 model_scale(const struct model *m, int columns)
{
    u32 scale = 512;
    while (scale > 1 && (u64)scale / 2 * (u64)(columns > 0 ? columns : 1) > m->cycles)
        scale /= 2;
    return scale;
}

bool model_has_hart(const struct model *m, const struct vm_path *path)
{
    for (u32 h = 0; h < m->harts && h < HARTS_MAX; h++)
        if (m->hart[h].busy && vm_path_equal(&m->hart[h].path, path))
            return true;
    return false;
}

static u32 permille(u64 part, u64 whole)
{
    if (!whole)
        return 0;
    if (part >= whole)
        return 1000;
    return part > UINT64_MAX / 1000 ? (u32)(part / (whole / 1000)) : (u32)(part * 1000 / whole);
}

u32 model_share(const struct model *m, u32 vm)
{
    if (vm >= m->vms || (vm == 0 && m->depth > 0))
        return 0;
    return permille(m->depth ? m->vm[vm].direct : m->retired, m->cycles * m->harts);
}

u32 model_share_idle(const struct model *m)
{
    return permille(m->idle, m->cycles * m->harts);
}

u32 model_share_vmm(const struct model *m)
{
    u64 direct = 0, own = 0; // own: what the harts ran, but not for its guests
    for (u32 i = 0; i < m->vms; i++)
        direct += vm_path_length(&m->vm[i].path) == 1 ? m->vm[i].direct : 0;
    if (m->t32 && m->retired > direct)
        own = m->retired - direct;
    return m->log ? permille(m->log->cost + m->log->started + own, m->cycles * m->harts) : 0;
}

static void clean(const char *from, char *to, size_t size)
{
    text_harmless(from ? from : "", from ? strlen(from) : 0, to, size);
}

// ---- parts

// The line that the error of a script names: "FILE.lua:13: ..."; `other` if it names none.
static u32 line_of_error(const struct model *m, u32 other)
{
    const char *place = strstr(m->error, m->scenario);
    unsigned line;
    if (place && sscanf(place + strlen(m->scenario), ":%u:", &line) == 1)
        return line;
    return other;
}

static void gather_script(struct model *m, struct scenario *sc)
{
    const char *path = scenario_path(sc), *slash = strrchr(path, '/'), *error = scenario_error(sc);
    const struct scenario_check *list;
    clean(slash ? slash + 1 : path, m->scenario, sizeof m->scenario);
    text_harmless(error, strcspn(error, "\n"), m->error, sizeof m->error);
    m->source = scenario_source(sc);
    m->lesson = scenario_lesson(sc);
    m->stop = scenario_stop(sc);
    m->line = line_of_error(m, scenario_line(sc));
    m->seed = scenario_seed(sc);
    m->generation = scenario_generation(sc);
    u32 count = scenario_checks(sc, &list);
    m->checks_met = count;
    m->checks_failed = 0;
    for (u32 i = 0; i < count; i++)
        m->checks_failed += !list[i].passed;
    m->checks = count < MODEL_CHECKS ? count : MODEL_CHECKS;
    for (u32 i = 0; i < m->checks; i++) {
        const struct scenario_check *from = &list[count - m->checks + i];
        struct check_model *to = &m->check[i];
        clean(from->name, to->name, sizeof to->name);
        clean(from->message, to->message, sizeof to->message);
        to->passed = from->passed;
        to->points = from->points;
        to->earned = from->earned;
    }
}

static void gather_vms(struct model *m, struct machine *machine, bool other_world)
{
    u32 count = observe_vms(machine, m->vm, MODEL_VMS);
    m->vms = count < MODEL_VMS ? count : MODEL_VMS;
    for (u32 i = 0; i < m->vms; i++) {
        char name[sizeof m->vm[i].name];
        text_harmless(m->vm[i].name, strnlen(m->vm[i].name, sizeof name), name, sizeof name);
        memcpy(m->vm[i].name, name, sizeof name);
    }
    // The person may have chosen a VM in a world without a VMM. That choice names no guest of a
    // world with one.
    if (m->chosen >= m->vms || (other_world && !m->chosen))
        m->chosen = m->vms > 1;
}

static void gather_harts(struct model *m, struct machine *machine)
{
    for (u32 h = 0; h < m->harts; h++) {
        observe_hart(machine, h, &m->hart[h].path, &m->hart[h].vcpu);
        m->hart[h].busy = vm_path_length(&m->hart[h].path) || !machine_has_monitor(machine);
    }
}

static bool choose(struct model *m, const struct vm_path *path)
{
    for (u32 i = 0; i < m->vms; i++)
        if (vm_path_equal(&m->vm[i].path, path)) {
            m->chosen = i;
            return true;
        }
    return false;
}

// Chooses a VM that is on a hart. If the run stands still, the hart of the newest trap comes
// first. Otherwise the VM that was chosen before stays if it runs, so that the panes do not
// jump. Returns false if no VM runs.
static bool find_running(struct model *m)
{
    const struct trap_row *newest = traplog_row(m->log, m->log->traps);
    u32 first = newest && newest->hart < m->harts ? newest->hart : 0;
    for (u32 i = 0; i < m->harts && m->run != RUN_RUNNING; i++) {
        u32 h = (first + i) % m->harts;
        if (m->hart[h].busy && choose(m, &m->hart[h].path))
            return true;
    }
    if (m->vm[m->chosen].state == VM_RUNNING && (m->chosen || !m->depth))
        return true;
    for (u32 i = m->depth > 0; i < m->vms; i++)
        if (m->vm[i].state == VM_RUNNING && !m->vm[i].is_vmm) {
            m->chosen = i;
            return true;
        }
    return false;
}

static void gather_code(struct vcpu_model *v, struct machine *machine)
{
    v->code_at = v->seen.state.pc - 4 * CODE_BEFORE;
    v->code_known = 0;
    for (u32 i = 0; i < MODEL_CODE; i++)
        if (observe_read_virtual(machine, &v->path, v->index, v->code_at + 4 * i, &v->code[i], 4))
            v->code_known |= 1ull << i;
}

// Writes "name" or "name+offset"; "" if the guest's image has no symbol before the address.
static void print_symbol(const struct symbols *symbols, u32 address, char *to, size_t size)
{
    u32 offset;
    const char *name = symbols_name(symbols, address, &offset);
    to[0] = 0;
    if (name)
        snprintf(to, size, offset ? "%.*s+%x" : "%.*s", (int)size - 8, name, offset);
}

// Returns the target of a jump or branch; 0 for any other instruction, or if a register holds
// the target.
static u32 target_of(u32 word, u32 pc)
{
    struct decoded d = isa_decode(word, false);
    u8 format = isa_insns[d.insn].format;
    return format == ISA_FORMAT_B || format == ISA_FORMAT_J ? pc + (u32)d.imm : 0;
}

// Assembly text that a script has made stands in no file: its name ends in ": source".
static bool is_file(const char *name)
{
    static const char ending[] = ": source";
    size_t length = strlen(name), end = sizeof ending - 1;
    return length < end || strcmp(name + length - end, ending) != 0;
}

static void gather_source(struct vcpu_model *v, struct world *w, u32 guest)
{
    const char *file;
    char former[MODEL_PATH];
    u32 line;
    memcpy(former, v->source_file, sizeof former);
    v->source_file[0] = 0;
    if (!world_line(w, guest, v->seen.state.pc, &file, &line) || !is_file(file))
        return;
    clean(file, v->source_file, sizeof v->source_file);
    if (strcmp(former, v->source_file) != 0 || line != v->source_line) // else it was read before
        source_text(v->source_file, line, v->source_text, sizeof v->source_text);
    v->source_line = line;
}

static void gather_symbols(struct vcpu_model *v, struct world *w)
{
    int guest = world_guest_at(w, &v->path);
    v->symbol[0] = 0;
    memset(v->target, 0, sizeof v->target);
    if (guest < 0) {
        v->source_file[0] = 0;
        return;
    }
    const struct symbols *symbols = &w->guest[guest].loaded.symbols;
    gather_source(v, w, (u32)guest);
    print_symbol(symbols, v->seen.state.pc, v->symbol, sizeof v->symbol);
    for (u32 i = 0; i < MODEL_CODE; i++) {
        u32 target = v->code_known >> i & 1 ? target_of(v->code[i], v->code_at + 4 * i) : 0;
        if (target)
            print_symbol(symbols, target, v->target[i], sizeof v->target[i]);
    }
}

// Gathers the VCPUs on which this VCPU runs, from the inner level to the outer one.
static void gather_above(struct vcpu_model *v, struct machine *machine)
{
    struct observed_vcpu below = v->seen, host;
    struct vm_path path = v->path;
    for (unsigned level = vm_path_length(&path); v->seen.on_hart && level > 1;
         level--, below = host) {
        path.id[level - 1] = 0;
        if (!observe_vcpu(machine, &path, below.host, &host))
            return;
        v->above[level - 1].state = host.state;
        v->above[level - 1].time = host.time;
    }
}

static void gather_vcpu(struct model *m, struct world *w, u32 index, bool follow_hart)
{
    struct machine *machine = w->machine;
    struct vcpu_model *v = &m->vcpu;
    const struct observed_vm *vm = &m->vm[m->chosen];
    v->known = false;
    v->path = vm->path;
    if (follow_hart) // take the VCPU of this VM that is on a hart now
        for (u32 i = 0; i < vm->vcpus && !v->known; i++)
            v->known = observe_vcpu(machine, &vm->path, v->index = i, &v->seen) && v->seen.on_hart;
    if (!v->known) {
        v->index = index < vm->vcpus ? index : 0;
        v->known = observe_vcpu(machine, &vm->path, v->index, &v->seen);
    }
    if (!v->known)
        return;
    gather_above(v, machine);
    gather_code(v, machine);
    gather_symbols(v, w);
}

// The address that pane 6 walks, unless a person has chosen one: where the selected trap faulted,
// or else the pc.
static u32 address_of_interest(const struct model *m)
{
    const struct trap_row *row = model_trap(m);
    if (row && vm_path_equal(&row->path, &m->vcpu.path) && row->class >= TRAP_FETCH_PAGE &&
        row->class <= TRAP_ACCESS)
        return row->note.addr;
    return m->vcpu.seen.state.pc;
}

void model_gather(struct model *m, struct scenario *sc, const struct traplog *log,
                  const struct model_wish *wish)
{
    struct world *w = scenario_world(sc);
    u32 generation = m->generation;
    gather_script(m, sc);
    m->log = log;
    m->vms = 0;
    m->vcpu.known = false;
    m->pages.known = false;
    m->console = (struct console){0};
    if (!w)
        return;
    const struct machine_config *config = machine_config(w->machine);
    m->depth = w->depth;
    m->harts = config->harts;
    m->profile = config->profile;
    m->t32 = w->t32;
    m->steps = machine_steps(w->machine);
    m->cycles = machine_cycles(w->machine);
    u64 charged = 0;
    m->retired = 0;
    for (u32 h = 0; h < m->harts; h++) {
        m->retired += machine_hart(w->machine, h)->retired;
        charged += machine_hart_charged(w->machine, h);
    }
    u64 busy = m->retired + charged, all = m->cycles * m->harts;
    m->idle = all > busy ? all - busy : 0;
    gather_vms(m, w->machine, m->generation != generation);
    gather_harts(m, w->machine);
    if (!m->vms)
        return;
    if (m->follow || m->trap > log->traps)
        m->trap = log->traps;
    const struct trap_row *row = m->trap == wish->of_trap ? model_trap(m) : NULL;
    if (row && choose(m, &row->path))
        gather_vcpu(m, w, trap_row_vcpu(row), false);
    else
        gather_vcpu(m, w, wish->vcpu, wish->follow_hart && find_running(m));
    m->console = scenario_console(sc, &m->vm[m->chosen].path);
    pages_gather(&m->pages, w->machine, &m->vcpu,
                 wish->has_address ? wish->address : address_of_interest(m));
    pages_map(&m->pages, w->machine);
}
