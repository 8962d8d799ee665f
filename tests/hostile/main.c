// Hostile guests: each program of tests/hostile, under every arrangement of VMMs, beside guests
// that behave. Nothing outside its VM may change: its neighbours end in the state that they end in
// alone, bare; no shadow entry leads out of the VM it is made for; the VMMs' own code and records
// stay; and a neighbour that computes gets the share that it gets beside one that computes too.
//
//      beside     L0 native:  g1 hostile   g2 neighbour
//      type 1     L0 T32:     g1 hostile   g2 neighbour
//      nested     L0 native:  g1 T32 VMM ( g1.1 hostile   g1.2 neighbour )   g2 neighbour
//
// All three work by trap-and-emulate on a machine without the hypervisor extension. The others are
// the same with the extension: the guests run in guest mode, with nested or with shadow page
// tables, or by trap-and-emulate, and the VMMs in nested arrangements work by one technique or by
// two. Wherever the technique is not assist-shadow, the hostile guest has the extension itself.
//
// usage: hostile    from the repository's root, where BUILD/guests is beside the program. One line
// a test, as tests/run wants it. HOSTILE=full: the hunt through every page is done to its end
// whatever the arrangement (a minute more).
#include "hypervisor/vm.h"
#include "scenarios/world/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/hostile/"
#define RAM (8u << 20)
#define CHUNK 2000u // steps from one look to the next: fences make shadows short-lived
#define STEPS_MOST 100000000u
#define LONG_CHUNK 500000u // the same for a program that takes its time
#define LONG_STEPS_MOST 100000000000u
#define QUANTUM 20000u
#define SHARE_STEPS 2000000u
#define VMM_CODE 0x15000u // bytes: whole pages of code and constants of the T32 VMM's image
#define TEXT 64
#define SPIN "_start: addi t0, t0, 1\n j _start\n"
#define DISK_FILE "tests/hostile/main.c" // any file does

enum place { BESIDE, TYPE_1, NESTED, PLACES };

// How the VMs of a world stand, and by which technique each VMM runs its guests.
struct arrangement {
    const char *name;
    enum place place;
    u32 profile;
    u8 technique, inner; // enum technique_kind: of the outermost VMM, and of the one in it
};

static const struct arrangement arrangements[] = {
    {"beside a neighbour", BESIDE, 0, TECHNIQUE_TRAP, 0},
    {"under a T32 VMM on the bare machine", TYPE_1, 0, TECHNIQUE_TRAP, 0},
    {"as an L2 guest", NESTED, 0, TECHNIQUE_TRAP, TECHNIQUE_TRAP},
    {"with the extension by trap-and-emulate", BESIDE, ISA_H, TECHNIQUE_TRAP, 0},
    {"in guest mode beside a neighbour", BESIDE, ISA_H, TECHNIQUE_ASSIST, 0},
    {"in guest mode with shadows beside a neighbour", BESIDE, ISA_H, TECHNIQUE_ASSIST_SHADOW, 0},
    {"in guest mode under a T32 VMM", TYPE_1, ISA_H, TECHNIQUE_ASSIST, 0},
    {"in guest mode with shadows under a T32 VMM", TYPE_1, ISA_H, TECHNIQUE_ASSIST_SHADOW, 0},
    {"as an L2 guest in guest mode", NESTED, ISA_H, TECHNIQUE_ASSIST, TECHNIQUE_ASSIST},
    {"as an L2 guest in guest mode by trap-and-emulate", NESTED, ISA_H, TECHNIQUE_TRAP,
     TECHNIQUE_ASSIST},
    {"as an L2 guest by trap-and-emulate in guest mode", NESTED, ISA_H, TECHNIQUE_ASSIST,
     TECHNIQUE_TRAP},
};
#define ARRANGEMENTS (sizeof arrangements / sizeof *arrangements)

// By which technique the hostile guest runs.
static u8 technique_of(const struct arrangement *a)
{
    return a->place == NESTED ? a->inner : a->technique;
}

// Has the hostile guest the hypervisor extension? Its neighbours have it if it has.
static bool has_h(const struct arrangement *a)
{
    return a->profile == ISA_H && technique_of(a) != TECHNIQUE_ASSIST_SHADOW;
}

struct program {
    const char *name;
    const char *source; // NULL: the file of that name
    const char *what;
    u32 goal[PLACES]; // its `progress` must come so far; 0: it must end as stuck, or wait for ever
    u32 full;         // not 0: it takes long, and HOSTILE=full wants it to come so far in each
};

#define STUCK {0, 0, 0}, 0
static const struct program programs[] = {
    {"storm", NULL, "traps of every kind", {500, 100, 100}, 0},
    {"tables",
     NULL,
     "page tables that loop, map themselves and change all the time",
     {5000, 500, 500},
     0},
    {"satp", NULL, "a satp write in every other instruction", {1000, 100, 100}, 0},
    {"calls", NULL, "fences and firmware calls with wild arguments", {1000, 100, 100}, 0},
    {"ring", NULL, "virtio rings and device registers at random", {1000, 100, 100}, 0},
    {"notes", NULL, "forged notes", {5000, 500, 500}, 0},
    {"lend", NULL, "requests for a whole switch, with garbage", {1000, 100, 100}, 0},
    {"nacl", NULL, "SBI NACL calls with garbage", {1000, 100, 100}, 0},
    {"extension",
     NULL,
     "the hypervisor extension with garbage in every register and table",
     {1000, 50, 20},
     0},
    {"hunt",
     NULL,
     "a hunt for the trampoline, page by page",
     {512 + 1023 + 500, 512 + 1023, 512 + 1023},
     0},
    {"pages",
     NULL,
     "a hunt for the trampoline through all 2^20 pages",
     {4096, 3072 + 64, 1024 + 64},
     4096},
    {"satp-hole", "_start: li t0, 0x80000001\n csrw satp, t0\n j _start\n",
     "a satp root where nothing is", STUCK},
    {"satp-other", "_start: li t0, 0x80081000\n csrw satp, t0\n j _start\n",
     "a satp root in other people's memory", STUCK},
    {"satp-high", "_start: li t0, -1\n csrw satp, t0\n j _start\n", "a satp root beyond 32 bits",
     STUCK},
    {"stvec-hole", "_start: li t0, 0x0fffc000\n csrw stvec, t0\n ebreak\n",
     "a handler where the trampoline is", STUCK},
    {"sleeper", "_start: wfi\n j _start\n", "sleep without end", STUCK},
};

// ---- a world with its listener

struct stage {
    const struct program *program;
    const struct arrangement *arrangement;
    struct world *world;
    u32 hostile, neighbours[2], count; // indices of guests of the world
    char printed[2][TEXT];             // by the neighbours
    u64 vmm_code;                      // hash of the T32 VMM's code and configuration
    char broken[160];
};

static void on_console(void *context, const struct event *e)
{
    struct stage *s = context;
    for (u32 i = 0; i < s->count; i++)
        if (vm_path_equal(&e->path, &s->world->guest[s->neighbours[i]].path) &&
            strlen(s->printed[i]) < TEXT - 1)
            s->printed[i][strlen(s->printed[i])] = (char)e->note.value;
}

static bool broken(struct stage *s, const char *what)
{
    if (!*s->broken)
        snprintf(s->broken, sizeof s->broken, "%.*s", (int)sizeof s->broken - 1, what);
    return false;
}

static struct guest_plan *add(struct world_plan *plan, const char *image, const char *source,
                              u32 inside)
{
    struct guest_plan *g = &plan->guest[plan->guests++];
    g->image = image;
    g->source = source;
    g->ram = RAM;
    g->inside = inside;
    return g;
}

static bool start(struct stage *s, enum clock clock, const char *hostile_source,
                  const char *neighbour_source)
{
    static char file[2][64], error[WORLD_ERROR];
    static struct world_plan plan;
    enum status why;
    world_plan_default(&plan);
    plan.depth = 1;
    plan.t32 = s->arrangement->place == TYPE_1;
    plan.machine.clock = clock;
    // An exit of a guest in guest mode under trap-and-emulate takes as long as a short quantum.
    bool is_slow = s->arrangement->inner == TECHNIQUE_ASSIST;
    plan.vmm.quantum = is_slow ? 3 * QUANTUM : QUANTUM;
    plan.machine.profile = s->arrangement->profile;
    plan.vmm.technique = s->arrangement->technique;
    snprintf(file[0], sizeof file[0], FOLDER "%s.s", s->program->name);
    snprintf(file[1], sizeof file[1], FOLDER "neighbour.s");
    u32 inside = s->arrangement->place == NESTED;
    // The VMM above the hostile guest takes the calls of guests that are VMMs (lend, nacl).
    plan.vmm.enlightened = true;
    if (inside) {
        struct guest_plan *vmm = add(&plan, NULL, NULL, 0);
        *vmm = (struct guest_plan){.hart = GUEST_ANY_HART, .is_vmm = true, .vmm = plan.vmm};
        vmm->vmm.technique = s->arrangement->inner;
        // The calls of lend would take the place of its trampoline, which the guests hunt.
        plan.vmm.enlightened = s->arrangement->technique != TECHNIQUE_TRAP;
    }
    s->hostile = plan.guests;
    add(&plan, file[0], hostile_source, inside)->disk = DISK_FILE;
    s->neighbours[s->count++] = plan.guests;
    add(&plan, file[1], neighbour_source, inside);
    if (inside) {
        s->neighbours[s->count++] = plan.guests;
        add(&plan, file[1], neighbour_source, 0);
    }
    s->world = world_new(&plan, &why, error, sizeof error);
    if (!s->world)
        return broken(s, error);
    machine_listen(s->world->machine, 1u << EVENT_CONSOLE, on_console, s);
    return true;
}

// ---- what must hold all the time

// The RAM that the world gave to a VM, in the physical addresses of its VMM.
struct piece {
    mpa at;
    u32 size;
};

static bool leaf_is_inside(struct piece ram, u32 pte, bool super)
{
    mpa page = PTE_PPN(pte) << PAGE_SHIFT;
    u32 size = super ? MEGAPAGE_SIZE : PAGE_SIZE, offset = page - ram.at;
    return PTE_PPN(pte) <= 0xfffff && page >= ram.at && offset < ram.size &&
           size <= ram.size - offset;
}

// The memory of the VMM in `path`, in its own physical addresses.
struct memory {
    const struct world *w;
    struct machine *m;
    const struct vm_path *path;
    bool guest_mode; // of the VM under the eye: it can use the pages of K, too
};

static struct piece ram_of(const struct memory *memory, const struct vm *vm)
{
    struct vm_path path = *memory->path;
    const struct world_guest *guest = memory->w->guest;
    path.id[vm_path_length(&path)] = vm->id;
    while (!vm_path_equal(&guest->path, &path))
        guest++;
    mpa begin = guest->inside ? memory->w->guest[guest->inside - 1].ram_at : BOARD_RAM;
    return (struct piece){BOARD_RAM + (guest->ram_at - begin), guest->ram};
}

// Does every leaf of this table lead into the piece?
static bool table_is_inside(const struct memory *memory, struct piece ram, u32 table, u32 level)
{
    u32 words[1024];
    if (!observe_read(memory->m, memory->path, table, words, sizeof words))
        return false;
    for (u32 i = 0; i < 1024; i++) {
        bool leaf = words[i] & (PTE_R | PTE_W | PTE_X);
        // A page of real K is no page for a guest that runs in real U: the trampoline.
        bool out_of_reach = leaf && !(words[i] & PTE_U) && !memory->guest_mode;
        if (!(words[i] & PTE_V) || out_of_reach)
            continue;
        if (leaf ? !leaf_is_inside(ram, words[i], level)
                 : !level || !table_is_inside(memory, ram, PTE_PPN(words[i]) << PAGE_SHIFT, 0))
            return false;
    }
    return true;
}

#define ROOT_PAGES 4u // of a second stage: 12 bits of address lead to an entry of the root

static bool second_stage_is_inside(const struct memory *memory, struct piece ram, mpa root)
{
    for (u32 page = 0; page < ROOT_PAGES; page++)
        if (!table_is_inside(memory, ram, root + page * PAGE_SIZE, 1))
            return false;
    return true;
}

// The shadows of a VM: a list of sets, one for the VM itself and one for each of its guests.
static bool shadows_of_vm_are_inside(const struct memory *memory, struct piece ram, mpa sets)
{
    struct shadows set;
    for (mpa at = sets; at; at = set.next) {
        if (!observe_read(memory->m, memory->path, at, &set, sizeof set))
            return false;
        for (u32 space = 0; space < SPACES; space++)
            for (u32 view = 0; view < VIEWS; view++) {
                mpa root = shadow_root(&set.spaces[space].shadows[view]);
                if (root && !table_is_inside(memory, ram, root, 1))
                    return false;
            }
    }
    return true;
}

// The merged tables, by which the VM's own guests run in guest mode.
static bool merged_tables_are_inside(const struct memory *memory, struct piece ram, mpa at)
{
    struct merged merged;
    if (!observe_read(memory->m, memory->path, at, &merged, sizeof merged))
        return false;
    for (u32 i = 0; i < MERGED_SPACES; i++)
        if (merged.spaces[i].root && !second_stage_is_inside(memory, ram, merged.spaces[i].root))
            return false;
    return true;
}

static bool vm_is_inside(struct memory *memory, const struct vm *vm)
{
    memory->guest_mode = technique_has_guest_mode(vm->technique);
    struct piece ram = ram_of(memory, vm);
    bool map_is_inside = vm->technique == TECHNIQUE_ASSIST
                             ? second_stage_is_inside(memory, ram, vm->map)
                             : table_is_inside(memory, ram, vm->map, 1);
    return map_is_inside && shadows_of_vm_are_inside(memory, ram, vm->shadows_at) &&
           (!vm->merged_at || merged_tables_are_inside(memory, ram, vm->merged_at));
}

// Every shadow of every VM of the VMM in `path` leads into that VM's RAM, and its memory map does.
static bool shadows_are_inside(const struct world *w, const struct vm_path *path)
{
    static const struct vm_path nobody;
    struct machine *m = w->machine;
    struct memory memory = {w, m, path ? path : &nobody, false};
    struct vmm vmm;
    struct vm vm;
    if (!observe_read(m, memory.path, machine_descriptor(m, memory.path), &vmm, sizeof vmm))
        return true; // it has not begun
    if (vmm.magic != VMM_MAGIC)
        return false;
    for (mpa at = vmm.first_vm; at; at = vm.next)
        if (!observe_read(m, memory.path, at, &vm, sizeof vm) || !vm_is_inside(&memory, &vm))
            return false;
    return true;
}

static const struct vm_path *t32_vmm(const struct stage *s)
{
    static const struct vm_path machine;
    if (s->arrangement->place == BESIDE)
        return NULL;
    return s->arrangement->place == TYPE_1 ? &machine : &s->world->guest[0].path;
}

static u64 hash_vmm_code(struct stage *s)
{
    u8 bytes[VMM_CODE];
    u64 hash = 0xcbf29ce484222325u;
    if (!t32_vmm(s) ||
        !observe_read(s->world->machine, t32_vmm(s), BOARD_KERNEL, bytes, sizeof bytes))
        return 0;
    for (u32 i = 0; i < sizeof bytes; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

static bool holds(struct stage *s)
{
    const struct world *w = s->world;
    if (!shadows_are_inside(w, NULL) || (t32_vmm(s) && !shadows_are_inside(w, t32_vmm(s))))
        return broken(s, "a shadow leads out of its VM");
    return true;
}

// What can wait longer.
static bool still_holds(struct stage *s)
{
    struct observed_vm list[16];
    observe_vms(s->world->machine, list,
                16); // looks at whatever a hostile guest has announced, too
    if (s->vmm_code != hash_vmm_code(s))
        return broken(s, "the VMM's code has changed");
    return true;
}

// ---- neighbours

struct end {
    struct hart_state hart;
    u64 ram;
    char printed[TEXT];
};

static bool take_end(struct machine *m, const struct vm_path *path, struct end *e)
{
    struct observed_vcpu v;
    if (!observe_vcpu(m, path, 0, &v))
        return false;
    e->hart = v.state;
    e->ram = observe_ram_hash(m, path);
    return true;
}

static void print_into(void *context, const struct event *e)
{
    char *text = context;
    if (strlen(text) < TEXT - 1)
        text[strlen(text)] = (char)e->note.value;
}

// The neighbour alone, bare. A machine with the hypervisor extension says so in its device tree,
// and that is in RAM.
static bool run_bare(u32 profile, struct end *e)
{
    static struct world_plan plan;
    char error[WORLD_ERROR];
    enum status why;
    world_plan_default(&plan);
    plan.machine.profile = profile;
    add(&plan, FOLDER "neighbour.s", NULL, 0);
    struct world *w = world_new(&plan, &why, error, sizeof error);
    if (!w)
        return false;
    machine_listen(w->machine, 1u << EVENT_CONSOLE, print_into, e->printed);
    bool ended = machine_run(w->machine, STEPS_MOST) == STOP_POWER &&
                 take_end(w->machine, &w->guest[0].path, e);
    world_free(w);
    return ended;
}

static bool ends_as_alone(struct stage *s, u32 index, const struct end *alone)
{
    struct end e;
    struct world *w = s->world;
    u32 guest = s->neighbours[index];
    if (world_guest_end(w, guest).state != VM_OFF ||
        !take_end(w->machine, &w->guest[guest].path, &e))
        return broken(s, "a neighbour did not come to its end");
    e.hart.run = alone->hart.run;
    if (memcmp(&e.hart, &alone->hart, sizeof e.hart))
        return broken(s, "a neighbour ended with other registers");
    if (e.ram != alone->ram)
        return broken(s, "a neighbour ended with other memory");
    return !strcmp(s->printed[index], alone->printed) ||
           broken(s, "a neighbour printed something else");
}

// ---- the hostile one

static u32 word_of(struct stage *s, const char *symbol)
{
    const struct world_guest *g = &s->world->guest[s->hostile];
    gva at;
    u32 word = 0;
    if (world_symbol(g, symbol, &at))
        observe_read(s->world->machine, &g->path, at, &word, 4);
    return word;
}

static u32 goal_of(const struct stage *s)
{
    const struct program *p = s->program;
    const char *how = getenv("HOSTILE");
    if (p->full && how && !strcmp(how, "full"))
        return p->full;
    // A long hunt is short where there is no trampoline to find.
    bool no_prey = p->full && technique_has_guest_mode(technique_of(s->arrangement));
    return p->goal[no_prey ? NESTED : s->arrangement->place];
}

static bool hostile_is_done(struct stage *s)
{
    u32 goal = goal_of(s);
    enum vm_state state = world_guest_end(s->world, s->hostile).state;
    return goal ? word_of(s, "progress") >= goal : state == VM_STUCK || state == VM_WAITING;
}

static bool all_are_done(struct stage *s)
{
    for (u32 i = 0; i < s->count; i++)
        if (!world_guest_is_over(s->world, s->neighbours[i]))
            return false;
    return hostile_is_done(s);
}

// ---- tests

static void verdict(const struct stage *s, const char *claim)
{
    const char *place = s->arrangement->name;
    if (*s->broken)
        printf("not ok hostile: %s, %s: %s: %s\n", s->program->what, place, claim, s->broken);
    else
        printf("ok hostile: %s, %s: %s\n", s->program->what, place, claim);
    fflush(stdout);
}

static bool nothing_else_changes(const struct program *p, const struct arrangement *a,
                                 const struct end *alone)
{
    struct stage s = {.program = p, .arrangement = a};
    bool good = start(&s, CLOCK_VIRTUAL, p->source, NULL);
    u64 steps = 0, chunk = p->full ? LONG_CHUNK : CHUNK,
        most = p->full ? LONG_STEPS_MOST : STEPS_MOST;
    if (good)
        s.vmm_code = hash_vmm_code(&s);
    while (good && steps < most && !all_are_done(&s)) {
        enum stop stop = machine_run(s.world->machine, chunk);
        steps += chunk;
        good = holds(&s) && (steps % (64 * chunk) || still_holds(&s));
        if (stop == STOP_POWER || stop == STOP_STUCK)
            break;
    }
    good = good && still_holds(&s);
    for (u32 i = 0; good && i < s.count; i++)
        good = ends_as_alone(&s, i, alone);
    if (good && !hostile_is_done(&s))
        good = broken(&s, "the hostile guest did not get so far");
    if (good && word_of(&s, "bad"))
        good = broken(&s, "the hostile guest saw what it would not see on a bare machine");
    verdict(&s, "its neighbours end as they end alone");
    world_free(s.world);
    return good;
}

// Instructions that a neighbour which only computes gets done in a given time beside this source
// (NULL: the program).
static u64 work_beside(struct stage *s, const char *source)
{
    u64 most = UINT64_MAX;
    s->count = 0;
    if (!start(s, CLOCK_WALL, source, SPIN))
        return 0;
    machine_run(s->world->machine, SHARE_STEPS);
    for (u32 i = 0; i < s->count; i++) {
        struct observed_vcpu v;
        if (observe_vcpu(s->world->machine, &s->world->guest[s->neighbours[i]].path, 0, &v) &&
            v.state.retired < most)
            most = v.state.retired;
    }
    most = most * 1000 / (machine_cycles(s->world->machine) / 1000);
    world_free(s->world);
    return most;
}

static bool share_is_kept(const struct program *p, const struct arrangement *a)
{
    struct stage s = {.program = p, .arrangement = a};
    u64 fair = work_beside(&s, SPIN), got = *s.broken ? 0 : work_beside(&s, p->source);
    bool good = !*s.broken && got * 10 >= fair * 8;
    if (!good && !*s.broken)
        snprintf(s.broken, sizeof s.broken, "%llu instructions in a million cycles, not %llu",
                 (unsigned long long)got, (unsigned long long)fair);
    verdict(&s, "its neighbours keep their share");
    return good;
}

int main(void)
{
    struct end alone = {0}, alone_with_h = {0};
    bool good = run_bare(0, &alone) && run_bare(ISA_H, &alone_with_h);
    printf("%s hostile: the neighbour runs bare\n", good ? "ok" : "not ok");
    for (u32 i = 0; i < sizeof programs / sizeof *programs; i++)
        for (u32 j = 0; j < ARRANGEMENTS; j++) {
            const struct arrangement *a = &arrangements[j];
            good &= nothing_else_changes(&programs[i], a, has_h(a) ? &alone_with_h : &alone);
            if (programs[i].goal[a->place])
                good &= share_is_kept(&programs[i], a);
        }
    return !good;
}
