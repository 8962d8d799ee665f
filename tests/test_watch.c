// What is watched is told at the same steps by every engine, and to watch changes nothing.
#include "sim/watch.h"
#include "tests/program.h"
#include "tests/suite.h"

#include <string.h>

#define SEEN_MOST 4096

struct seen {
    struct machine *m;
    bool stops; // it ends the run before an instruction that is watched,
    u64 passed; // but not at this step
    u32 count;
    struct {
        u64 steps;
        u32 pc;
        struct watched what;
    } list[SEEN_MOST];
};

static void see(void *context, const struct watched *w)
{
    struct seen *s = context;
    if (s->count < SEEN_MOST) {
        s->list[s->count].steps = machine_steps(s->m);
        s->list[s->count].pc = machine_hart(s->m, 0)->pc;
        s->list[s->count++].what = *w;
    }
    if (s->stops && machine_steps(s->m) != s->passed)
        machine_stop(s->m);
}

// A loop of stores, loads and atomics, long enough to be translated, with a call in it.
static const char loop_text[] = " la s0, data\n li s1, 200\n"
                                "again: sw s1, 0(s0)\n lw a0, 4(s0)\n sb s1, 5(s0)\n"
                                " amoadd.w a1, s1, (s0)\n jal ra, twice\n csrw sscratch, a1\n"
                                " addi s1, s1, -1\n bnez s1, again\n" POWER_OFF_TEXT
                                "twice: add a1, a1, a1\n ret\n .balign 4096\n"
                                "data: .word 0, 0\n .zero 4092\n";

static struct machine *machine_with(int engine, const char *text)
{
    struct machine_config c = machine_config_default();
    c.engine = (enum engine_choice)engine;
    c.eager = engine == ENGINE_JIT;
    return program_machine(text, &c);
}

static struct watch watch_for(struct seen *s)
{
    return (struct watch){.seen = see, .context = s};
}

static u32 kind_count(const struct seen *s, enum watched_kind kind)
{
    u32 n = 0;
    for (u32 i = 0; i < s->count; i++)
        n += s->list[i].what.kind == kind;
    return n;
}

static struct seen run_watched(int engine, const char *text, struct watch w, u64 *hash)
{
    struct seen s = {.m = machine_with(engine, text)};
    w.seen = see;
    w.context = &s;
    machine_watch(s.m, &w);
    CU_ASSERT_EQUAL(machine_run(s.m, 100000), STOP_POWER);
    *hash = machine_hash(s.m);
    machine_free(s.m);
    s.m = NULL;
    return s;
}

// Compares what the engines told, and how the run ended, with a run that nobody watched.
static struct seen same_for_all(const char *text, struct watch w)
{
    struct machine *alone = machine_with(ENGINE_JIT, text);
    machine_run(alone, 100000);
    u64 expected = machine_hash(alone), hash;
    struct seen first = run_watched(ENGINE_PLAIN, text, w, &hash);
    CU_ASSERT_EQUAL(hash, expected);
    for (int engine = ENGINE_JIT; engine < ENGINE_PLAIN; engine++) {
        struct seen s = run_watched(engine, text, w, &hash);
        CU_ASSERT_EQUAL(hash, expected);
        CU_ASSERT_EQUAL(s.count, first.count);
        for (u32 i = 0; i < s.count && i < first.count; i++)
            CU_ASSERT(s.list[i].steps == first.list[i].steps && s.list[i].pc == first.list[i].pc &&
                      !memcmp(&s.list[i].what, &first.list[i].what, sizeof s.list[i].what));
    }
    machine_free(alone);
    return first;
}

static void an_address_is_told_before_each_of_its_instructions(void)
{
    struct machine *m = machine_with(ENGINE_PLAIN, loop_text); // for its labels
    u32 twice = program_label("twice");
    machine_free(m);
    struct seen s = same_for_all(loop_text, (struct watch){.pcs = 1, .pc = {twice}});
    CU_ASSERT_EQUAL(s.count, 200);
    CU_ASSERT_EQUAL(s.list[199].pc, twice);
}

static void each_write_of_a_register_and_of_a_csr_is_told(void)
{
    struct seen s = same_for_all(loop_text, (struct watch){.registers = 1u << 11});
    CU_ASSERT_EQUAL(s.count, 401); // amoadd and add in each turn, and the last `li a1, 0`
    s = same_for_all(loop_text, (struct watch){.csrs = true});
    CU_ASSERT_EQUAL(s.count, 200);
}

static void stores_and_reads_of_bytes_are_told(void)
{
    struct machine *m = machine_with(ENGINE_PLAIN, loop_text);
    u32 data = program_label("data");
    machine_free(m);
    struct watch word = {.ranges = 1, .range = {{data, 4, false}}};
    struct seen s = same_for_all(loop_text, word);
    CU_ASSERT_EQUAL(s.count, 400); // sw and amoadd
    word.range[0] = (struct watch_range){data + 4, 4, true};
    s = same_for_all(loop_text, word);
    CU_ASSERT_EQUAL(kind_count(&s, WATCHED_READ), 200);
    CU_ASSERT_EQUAL(kind_count(&s, WATCHED_WRITE), 200); // the sb
}

// The range is one byte inside the word that is stored, or it begins in the page before.
static void a_store_over_a_part_of_a_range_is_told(void)
{
    struct machine *m = machine_with(ENGINE_PLAIN, loop_text);
    u32 data = program_label("data");
    machine_free(m);
    const struct watch_range ranges[] = {
        {data + 2, 1, false}, {data + 3, 1, false}, {data - 4, 6, false}};
    for (u32 i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        struct watch w = {.ranges = 1, .range = {ranges[i]}};
        struct seen s = same_for_all(loop_text, w);
        CU_ASSERT_EQUAL(s.count, 400); // sw and amoadd
    }
}

// Code on a page of its own, which mode K calls 50 times. Then mode U runs a loop on that page.
static const char two_modes_text[] =
    " la s0, handler\n csrw stvec, s0\n li s1, 50\n"
    "again: jal ra, twice\n addi s1, s1, -1\n bnez s1, again\n"
    " la t0, user\n csrw sepc, t0\n sret\n"
    " .balign 4\nhandler:" POWER_OFF_TEXT " .balign 4096\n"
    "twice: add a1, a1, a1\n ret\n"
    "user: li t0, 100\nturn: addi t0, t0, -1\n bnez t0, turn\n ecall\n .balign 4096\n";

static void what_mode_k_executes_of_a_range_is_told_and_what_mode_u_does_is_not(void)
{
    struct machine *m = machine_with(ENGINE_PLAIN, two_modes_text);
    u32 twice = program_label("twice");
    machine_free(m);
    struct watch w = {.kernel_code = twice, .kernel_code_bytes = PAGE_SIZE};
    struct seen s = same_for_all(two_modes_text, w);
    CU_ASSERT_EQUAL(s.count, 100);
    CU_ASSERT_EQUAL(kind_count(&s, WATCHED_CODE), 100);
    CU_ASSERT_EQUAL(s.list[1].what.address, twice + 4);
}

// What an engine has decoded and made quick before the watch begins is looked at all the same, and
// a snapshot that comes back takes nothing from the watch.
static void a_watch_can_begin_in_the_middle_of_a_run(void)
{
    for (int engine = ENGINE_JIT; engine <= ENGINE_PLAIN; engine++) {
        struct seen s = {.m = machine_with(engine, loop_text)};
        struct watch w = watch_for(&s);
        machine_run(s.m, 500);
        struct snapshot *snapshot = machine_snapshot(s.m);
        w.ranges = w.pcs = 1;
        w.range[0] = (struct watch_range){program_label("data"), 4, false};
        w.pc[0] = program_label("twice");
        machine_watch(s.m, &w);
        machine_run(s.m, 100000);
        u32 count = s.count;
        CU_ASSERT(kind_count(&s, WATCHED_WRITE) > 200 && kind_count(&s, WATCHED_INSN) > 100);
        machine_restore(s.m, snapshot);
        machine_run(s.m, 100000);
        CU_ASSERT_EQUAL(s.count, 2 * count);
        machine_restore(s.m, snapshot);
        machine_watch(s.m, NULL);
        machine_run(s.m, 100000);
        CU_ASSERT_EQUAL(s.count, 2 * count);
        snapshot_free(snapshot);
        machine_free(s.m);
    }
}

static void a_run_can_end_before_an_instruction_that_is_watched(void)
{
    for (int engine = ENGINE_JIT; engine <= ENGINE_PLAIN; engine++) {
        struct seen s = {.m = machine_with(engine, loop_text), .stops = true};
        struct watch w = watch_for(&s);
        u32 stops = 0;
        w.pcs = 1;
        w.pc[0] = program_label("twice");
        machine_watch(s.m, &w);
        while (machine_run(s.m, 100000) == STOP_ASKED) {
            CU_ASSERT_EQUAL_FATAL(machine_hart(s.m, 0)->pc, w.pc[0]);
            u64 steps = machine_steps(s.m);
            CU_ASSERT_EQUAL(machine_run(s.m, 1), STOP_ASKED); // before the same one again
            CU_ASSERT_EQUAL(machine_steps(s.m), steps);
            s.passed = steps;
            stops++;
        }
        CU_ASSERT_EQUAL(stops, 200);
        machine_free(s.m);
    }
}

const struct suite suite_watch = {
    "watch",
    (const struct test[]){
        {"an address is told before each of its instructions",
         an_address_is_told_before_each_of_its_instructions},
        {"each write of a register and of a CSR is told",
         each_write_of_a_register_and_of_a_csr_is_told},
        {"stores and reads of bytes are told", stores_and_reads_of_bytes_are_told},
        {"a store over a part of a range is told", a_store_over_a_part_of_a_range_is_told},
        {"what mode K executes of a range is told, and what mode U does is not",
         what_mode_k_executes_of_a_range_is_told_and_what_mode_u_does_is_not},
        {"a watch can begin in the middle of a run", a_watch_can_begin_in_the_middle_of_a_run},
        {"a run can end before an instruction that is watched",
         a_run_can_end_before_an_instruction_that_is_watched},
        {0}}};
