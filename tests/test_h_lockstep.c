// The engines in lock step on machines with the hypervisor extension. Random code runs in random
// states, with random tables in both stages: guests are entered and left, translated, interrupted
// and refused. After every few steps the harts of the three machines must be equal, and after each
// program everything that a snapshot holds, the TLB included. A second test looks at what a walk
// leaves in the TLB.
//
// A program here is a random state of the hart in random code: it runs some hundred steps.
// H_PROGRAMS in the environment says how many programs run, and H_SEED which.
#include "sim/core/core.h"
#include "tests/random_h.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENGINES 3
#define PROGRAMS 2000u
#define PROGRAMS_A_STREAM 30u // that share their code and tables
#define ROUNDS_A_PROGRAM 10u

struct trio {
    struct machine *m[ENGINES];
};

static struct trio trio_new(const struct machine_config *config)
{
    struct trio t;
    char error[160];
    for (u32 i = 0; i < ENGINES; i++) {
        struct machine_config c = *config;
        c.engine = (enum engine_choice)i;
        c.eager = true;
        t.m[i] = machine_new(&c, error, sizeof error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(t.m[i]);
    }
    return t;
}

static void trio_free(struct trio *t)
{
    for (u32 i = 0; i < ENGINES; i++)
        machine_free(t->m[i]);
}

static void put(void *context, mpa at, u32 word)
{
    struct trio *t = context;
    for (u32 i = 0; i < ENGINES; i++)
        machine_write(t->m[i], at, &word, sizeof word);
}

static void put_program(struct trio *t)
{
    random_h_program(&(struct random_h){.put = put, .context = t});
}

static void randomize(struct trio *t)
{
    struct hart_state s = t->m[0]->hart[0].state;
    struct h_state h = t->m[0]->hart[0].extension;
    random_h_state(&(struct random_h){0}, &s, &h);
    for (u32 i = 0; i < ENGINES; i++) {
        t->m[i]->hart[0].state = s;
        t->m[i]->hart[0].extension = h;
    }
}

// ---- running

static bool harts_are_equal(struct trio *t)
{
    const struct hart *first = &t->m[0]->hart[0];
    for (u32 i = 1; i < ENGINES; i++) {
        const struct hart *other = &t->m[i]->hart[0];
        if (memcmp(&first->state, &other->state, sizeof first->state) ||
            memcmp(&first->extension, &other->extension, sizeof first->extension))
            return false;
    }
    return true;
}

static bool are_equal(struct trio *t)
{
    u64 hash = machine_hash(t->m[0]);
    for (u32 i = 1; i < ENGINES; i++)
        if (machine_hash(t->m[i]) != hash) {
            printf("# engine %u differs from engine 0:\n", i);
            machine_compare(t->m[0], t->m[i], stdout, 12);
            return false;
        }
    return true;
}

struct seen {
    u32 guests, delegated, traps, parked, walked;
};

// What the plain machine's last steps did, so that the test can tell that it tests something.
static void note(struct seen *seen, const struct hart *h, const struct hart_state *before)
{
    seen->guests += h->state.virt;
    seen->traps += before->virt && !h->state.virt;
    seen->delegated += before->virt && h->state.virt && h->state.scause != before->scause;
    seen->parked += h->state.run == HART_PARKED;
    seen->walked += h->extension.htinst != 0;
}

static bool run_stream(const struct machine_config *config, struct seen *seen)
{
    struct trio t = trio_new(config);
    bool equal = true;
    put_program(&t);
    for (u32 round = 0; equal && round < PROGRAMS_A_STREAM * ROUNDS_A_PROGRAM; round++) {
        if (round % ROUNDS_A_PROGRAM == 0)
            randomize(&t);
        struct hart_state before = t.m[ENGINE_PLAIN]->hart[0].state;
        u32 steps = 1 + random_pick(round % 3 ? 8 : 60);
        for (u32 i = 0; i < ENGINES; i++)
            machine_run(t.m[i], steps);
        note(seen, &t.m[ENGINE_PLAIN]->hart[0], &before);
        bool over = round % ROUNDS_A_PROGRAM == ROUNDS_A_PROGRAM - 1;
        equal = (!over && harts_are_equal(&t)) || are_equal(&t);
    }
    trio_free(&t);
    return equal;
}

static u32 number_from(const char *name, u32 otherwise)
{
    const char *text = getenv(name);
    return text ? (u32)strtoul(text, NULL, 10) : otherwise;
}

// Runs this share of all programs, in percent.
static void run_streams(u32 which, u32 share, const struct machine_config *config)
{
    struct seen seen = {0};
    u32 programs = number_from("H_PROGRAMS", PROGRAMS) / 100 * share;
    u32 streams = (programs + PROGRAMS_A_STREAM - 1) / PROGRAMS_A_STREAM;
    srand(3 * number_from("H_SEED", 1) + which);
    for (u32 i = 0; i < streams; i++)
        CU_ASSERT_FATAL(run_stream(config, &seen));
    if (programs < 500) // too few to meet everything
        return;
    // Everything that the test is about has happened.
    CU_ASSERT(seen.guests > streams * 20);
    CU_ASSERT(seen.traps > streams * 5);
    CU_ASSERT(seen.delegated > streams);
    CU_ASSERT(share < 50 || seen.walked > 0); // faults on tables of the guest are rare
    CU_ASSERT(seen.parked > streams / 2);
}

static struct machine_config configuration(void)
{
    struct machine_config config = machine_config_default();
    config.profile = ISA_H;
    config.ram = RANDOM_RAM;
    // A switch takes time, by the wall clock, in every engine at the same instruction.
    config.costs.exit = 70;
    config.costs.entry = 30;
    config.costs.record = 5;
    return config;
}

static void random_guests_run_alike(void)
{
    struct machine_config config = configuration();
    run_streams(0, 50, &config);
}

static void random_guests_run_alike_under_the_wall_clock(void)
{
    struct machine_config config = configuration();
    config.clock = CLOCK_WALL;
    run_streams(1, 25, &config);
}

static void random_guests_run_alike_where_hardware_sets_a_and_d(void)
{
    struct machine_config config = configuration();
    config.adue = config.misaligned_emulate = true;
    run_streams(2, 25, &config);
}

// ---- what a walk leaves in the TLB

#define TABLES RANDOM_G_ROOT
#define TABLES_END RANDOM_TABLES_END

// The state before a step, by which the walks of the step went.
struct before {
    struct hart_state s;
    struct h_state h;
    u8 tables[TABLES_END - TABLES];
};

// An entry of a table at a physical address. No test program has tables elsewhere.
static u32 entry_at(const struct before *b, u64 at)
{
    u32 word = 0;
    if (at >= TABLES && at + 4 <= TABLES_END)
        memcpy(&word, b->tables + (at - TABLES), sizeof word);
    return word;
}

// One address through one stage, by the entries of its two levels. Returns 0 where the stage has
// nothing.
static u64 through(u32 first, u32 second, u64 address, u32 need)
{
    bool large = first & PTE_RIGHTS;
    u32 pte = large ? first : second;
    if (!(first & PTE_V) || !(pte & PTE_V) || !(pte & need))
        return 0;
    u64 inside = large ? MEGAPAGE_SIZE - 1 : PAGE_SIZE - 1;
    return ((u64)(pte >> 10) << 12 & ~inside) | (address & inside);
}

static u64 through_second(const struct before *b, u64 gpa, u32 need)
{
    if (!(b->h.hgatp & SATP_MODE))
        return gpa;
    u64 root = (u64)(b->h.hgatp & 0x003ffffc) << 12;
    u32 first = entry_at(b, root + (gpa >> 22) * 4);
    u32 second = entry_at(b, ((u64)(first >> 10) << 12) + (gpa >> 12 & 0x3ff) * 4);
    return through(first, second, gpa, need);
}

static u64 through_both(const struct before *b, gva va, u32 need)
{
    if (!(b->s.satp & SATP_MODE))
        return through_second(b, va, need);
    u64 root = (u64)(b->s.satp & 0x003fffff) << 12;
    u32 first = entry_at(b, through_second(b, root + (va >> 22) * 4, PTE_R));
    u64 leaf = ((u64)(first >> 10) << 12) + (va >> 12 & 0x3ff) * 4;
    u32 second = entry_at(b, through_second(b, leaf, PTE_R));
    u64 gpa = through(first, second, va, need);
    return gpa ? through_second(b, gpa, need) : 0;
}

// What a read may need: MXR makes an executable page readable.
static u32 needed(u32 kind)
{
    return kind == ACCESS_READ ? PTE_R | PTE_X : PTE_R << kind;
}

// Is each entry that the step added to the guest's set what both stages said before the step?
static bool adds_compositions(const struct before *b, const struct tlb_set *set,
                              const struct tlb_entry *old, u32 *added)
{
    for (u32 i = 0; i < set->used; i++) {
        u32 where = set->list[i];
        const struct tlb_entry *e = &set->entry[where];
        if ((e->tag & TLB_NONE) || !memcmp(e, &old[where], sizeof *e))
            continue;
        gva va = e->tag & ~(PAGE_SIZE - 1);
        if ((u32)through_both(b, va, needed(where / TLB_ENTRIES)) != (u32)(va + e->delta))
            return false;
        ++*added;
    }
    return true;
}

// One step. The set is that of the guest's context before the step.
static bool step_adds_compositions(struct machine *m, struct before *b, struct tlb_entry *old,
                                   u32 *added)
{
    struct hart *h = &m->hart[0];
    b->s = h->state;
    b->h = h->extension;
    machine_read(m, TABLES, b->tables, sizeof b->tables);
    if (!h->state.virt) {
        machine_run(m, 1);
        return true;
    }
    const struct tlb_set *set = tlb_set(h->tlb, mmu_context(h));
    memcpy(old, set->entry, sizeof set->entry);
    machine_run(m, 1);
    return adds_compositions(b, set, old, added);
}

static void what_a_walk_leaves_in_the_tlb_is_both_stages(void)
{
    static struct before before;
    static struct tlb_entry old[TLB_KINDS * TLB_ENTRIES];
    struct machine_config config = configuration();
    u32 added = 0;
    bool good = true;
    srand(7);
    for (u32 stream = 0; good && stream < 8; stream++) {
        struct trio t = trio_new(&config);
        put_program(&t);
        for (u32 i = 0; good && i < 3000; i++) {
            if (i % 30 == 0) {
                randomize(&t);
                tlb_clear(t.m[ENGINE_PLAIN]->hart[0].tlb); // every program begins with misses
            }
            good = step_adds_compositions(t.m[ENGINE_PLAIN], &before, old, &added);
        }
        trio_free(&t);
    }
    CU_ASSERT(good);
    CU_ASSERT(added > 300);
}

const struct suite suite_h_lockstep = {
    "h_lockstep",
    (const struct test[]){
        {"random guests run alike", random_guests_run_alike},
        {"random guests run alike under the wall clock",
         random_guests_run_alike_under_the_wall_clock},
        {"random guests run alike where hardware sets A and D",
         random_guests_run_alike_where_hardware_sets_a_and_d},
        {"what a walk leaves in the TLB is both stages",
         what_a_walk_leaves_in_the_tlb_is_both_stages},
        {0},
    },
};
