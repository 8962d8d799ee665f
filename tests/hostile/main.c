// Hostile guests: each program of tests/hostile, under every arrangement of VMMs, beside guests
// that behave. Nothing outside its VM may change: its neighbours end in the state that they end in
// alone, bare; no shadow entry leads out of the VM it is made for; the VMMs' own code and records
// stay; and a neighbour that computes gets the share that it gets beside one that computes too.
//
//      beside     L0 native:  g1 hostile   g2 neighbour
//      type 1     L0 T32:     g1 hostile   g2 neighbour
//      assisted   L0 native:  g1 hostile   g2 neighbour, both in guest mode, with nested page
//                                          tables, or with shadow page tables
//      nested     L0 native:  g1 T32 VMM ( g1.1 hostile   g1.2 neighbour )   g2 neighbour
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
#define STEPS_MOST 60000000u
#define LONG_CHUNK 500000u // the same for a program that takes its time
#define LONG_STEPS_MOST 100000000000u
#define SHARE_STEPS 2000000u
#define TEXT 64
#define SPIN "_start: addi t0, t0, 1\n j _start\n"
#define DISK_FILE "tests/hostile/main.c" // any file does

enum arrangement { BESIDE, TYPE_1, NESTED, ASSISTED, ASSISTED_SHADOW, ARRANGEMENTS };
static const char *const arrangement_names[] = {
    "beside a neighbour", "under a T32 VMM on the bare machine", "as an L2 guest",
    "in guest mode beside a neighbour", "in guest mode with shadows beside a neighbour"};

static bool is_assisted(enum arrangement a)
{
    return a == ASSISTED || a == ASSISTED_SHADOW;
}

struct program {
    const char *name;
    const char *source; // NULL: the file of that name
    const char *what;
    u32 goal[ASSISTED]; // its `progress` must come so far; 0: it must end as stuck, or wait for
                        // ever
    u32 full;           // not 0: it takes long, and HOSTILE=full wants it to come so far in each
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
    enum arrangement arrangement;
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
    plan.t32 = s->arrangement == TYPE_1;
    plan.machine.clock = clock;
    plan.vmm.quantum = 20000;
    if (is_assisted(s->arrangement)) {
        plan.machine.profile = ISA_H;
        plan.vmm.technique =
            s->arrangement == ASSISTED ? TECHNIQUE_ASSIST : TECHNIQUE_ASSIST_SHADOW;
    }
    snprintf(file[0], sizeof file[0], FOLDER "%s.s", s->program->name);
    snprintf(file[1], sizeof file[1], FOLDER "neighbour.s");
    u32 inside = s->arrangement == NESTED;
    // The VMM above the hostile guest takes the calls of guests that are VMMs (lend, nacl).
    plan.vmm.enlightened = true;
    if (inside) {
        *add(&plan, NULL, NULL, 0) =
            (struct guest_plan){.hart = GUEST_ANY_HART, .is_vmm = true, .vmm = plan.vmm};
        plan.vmm.enlightened = false; // so the nested VMM has its trampoline, which others hunt
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

static bool vm_is_inside(struct memory *memory, const struct vm *vm)
{
    struct shadows shadows;
    memory->guest_mode = technique_has_guest_mode(vm->technique);
    struct piece ram = ram_of(memory, vm);
    if (!table_is_inside(memory, ram, vm->map, 1))
        return false;
    if (!vm->shadows_at)
        return true;
    if (!observe_read(memory->m, memory->path, vm->shadows_at, &shadows, sizeof shadows))
        return false;
    for (u32 space = 0; space < SPACES; space++)
        for (u32 view = 0; view < VIEWS; view++) {
            mpa root = shadow_root(&shadows.spaces[space].shadows[view]);
            if (root && !table_is_inside(memory, ram, root, 1))
                return false;
        }
    return true;
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
    if (s->arrangement == BESIDE || is_assisted(s->arrangement))
        return NULL;
    return s->arrangement == TYPE_1 ? &machine : &s->world->guest[0].path;
}

static u64 hash_vmm_code(struct stage *s)
{
    u8 bytes[0x9000];
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

// In guest mode a program has to come as far as under trap-and-emulate.
static u32 usual_goal(const struct program *p, enum arrangement a)
{
    return p->goal[is_assisted(a) ? BESIDE : a];
}

static u32 goal_of(const struct stage *s)
{
    const char *how = getenv("HOSTILE");
    return s->program->full && how && !strcmp(how, "full") ? s->program->full
                                                           : usual_goal(s->program, s->arrangement);
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
    const char *place = arrangement_names[s->arrangement];
    if (*s->broken)
        printf("not ok hostile: %s, %s: %s: %s\n", s->program->what, place, claim, s->broken);
    else
        printf("ok hostile: %s, %s: %s\n", s->program->what, place, claim);
    fflush(stdout);
}

static bool nothing_else_changes(const struct program *p, enum arrangement a,
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

static bool share_is_kept(const struct program *p, enum arrangement a)
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
        for (u32 a = 0; a < ARRANGEMENTS; a++) {
            good &= nothing_else_changes(&programs[i], a, a == ASSISTED ? &alone_with_h : &alone);
            if (usual_goal(&programs[i], a))
                good &= share_is_kept(&programs[i], a);
        }
    return !good;
}
