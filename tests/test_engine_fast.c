// The fast engines beside the plain one, in lock step: after any number of steps the same state,
// TLBs included, and the same events.
#include "tests/program.h"
#include "tests/suite.h"
#include "isa/arch/house.h"
#include "scenarios/world/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- the same machine, once for each engine

enum { PLAIN, FAST, JIT, ENGINES };

struct trio {
    struct machine *m[ENGINES];
    struct world *world[ENGINES]; // that they belong to, or NULL
    u64 events[ENGINES];          // hashes
};

static void choose_engine(struct machine_config *c, int i)
{
    static const enum engine_choice engines[] = {ENGINE_PLAIN, ENGINE_FAST, ENGINE_JIT};
    c->engine = engines[i];
    c->eager = i == JIT;
}

static void hash_event(void *context, const struct event *e)
{
    u64 *hash = context;
    const u64 words[] = {e->seq,       e->cycle,      e->retired,   e->steps,     e->cost,
                         e->hart,      e->level,      e->real_mode, e->note.kind, e->note.mode,
                         e->note.size, e->note.cause, e->note.pc,   e->note.addr, e->note.value,
                         e->note.insn, e->note.write};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        *hash = (*hash ^ words[i]) * 1099511628211u;
}

static struct trio trio_of(const char *text, const struct machine_config *config)
{
    struct trio p = {0};
    for (int i = 0; i < ENGINES; i++) {
        struct machine_config c = config ? *config : machine_config_default();
        choose_engine(&c, i);
        p.m[i] = program_machine(text, &c);
    }
    return p;
}

static void trio_listen(struct trio *p)
{
    for (int i = 0; i < ENGINES; i++)
        machine_listen(p->m[i], EVENT_ALL, hash_event, &p->events[i]);
}

static void trio_free(struct trio *p)
{
    for (int i = 0; i < ENGINES; i++) {
        if (p->world[i])
            world_free(p->world[i]);
        else
            machine_free(p->m[i]);
    }
}

// The same now? If not, the differences are printed.
static bool same(struct trio *p)
{
    bool equal = true;
    for (int i = FAST; i < ENGINES; i++) {
        if (p->events[PLAIN] == p->events[i] && !machine_compare(p->m[PLAIN], p->m[i], NULL, 0))
            continue;
        equal = false;
        fprintf(stderr, "after %llu and %llu steps (plain, %s):\n",
                (unsigned long long)machine_steps(p->m[PLAIN]),
                (unsigned long long)machine_steps(p->m[i]), i == FAST ? "fast" : "jit");
        machine_compare(p->m[PLAIN], p->m[i], stderr, 8);
        if (p->events[PLAIN] != p->events[i])
            fprintf(stderr, "the events differ\n");
    }
    return equal;
}

// Runs all to the end, or for `steps`, and looks after every piece of a random length up to `most`.
static bool same_life(struct trio *p, u64 steps, u32 most)
{
    while (machine_steps(p->m[PLAIN]) < steps) {
        u64 piece = 1 + (u32)rand() % most;
        enum stop stop[ENGINES];
        for (int i = 0; i < ENGINES; i++)
            stop[i] = machine_run(p->m[i], piece);
        CU_ASSERT(stop[PLAIN] == stop[FAST] && stop[PLAIN] == stop[JIT]);
        if (stop[PLAIN] != stop[FAST] || stop[PLAIN] != stop[JIT] || !same(p))
            return false;
        if (stop[PLAIN] != STOP_STEPS && stop[PLAIN] != STOP_ASKED)
            break;
    }
    return true;
}

static bool same_program(const char *text, u64 steps, u32 most)
{
    struct trio p = trio_of(text, NULL);
    trio_listen(&p);
    bool equal = same_life(&p, steps, most);
    trio_free(&p);
    return equal;
}

// ---- random words

// Mostly instructions that exist, of all kinds, on few registers, so that they meet; some are
// anything at all.
static u32 random_word(void)
{
    static const u8 registers[] = {0, 1, 5, 6, 7, 8, 10, 11};
    struct decoded d = {.insn = (u8)(1 + (u32)rand() % (INSN_COUNT - 1))};
    if (rand() % 40 == 0)
        return (u32)rand() ^ (u32)rand() << 16;
    d.rd = registers[rand() % 8];
    d.rs1 = registers[rand() % 8];
    d.rs2 = registers[rand() % 8];
    switch (isa_insns[d.insn].format) {
    case ISA_FORMAT_B:
    case ISA_FORMAT_J:
        d.imm = (rand() % 64 - 24) * 4 + (rand() % 50 == 0 ? 2 : 0);
        break;
    case ISA_FORMAT_SHIFT:
        d.imm = rand() % 32;
        break;
    case ISA_FORMAT_U:
        d.imm = (i32)((u32)(0x80400 + rand() % 4) << 12);
        break;
    case ISA_FORMAT_CSR:
    case ISA_FORMAT_CSRI:
        d.imm = (i32)isa_csrs[(u32)rand() % isa_csr_count].number;
        if (d.imm == CSR_satp || d.imm == CSR_stvec) // else all that follows is faults
            d.imm = CSR_sscratch;
        break;
    default:
        d.imm = rand() % 4 ? (rand() % 64 - 32) * 4 : rand() % 4096 - 2048;
    }
    return isa_encode(d);
}

// Registers point into the program itself now and then, so it stores into its own code; its handler
// goes on at some word.
static void a_random_stream_runs_alike(const struct machine_config *config, u32 streams)
{
    static const char handler[] =
        " la t0, handler\n csrw stvec, t0\n la sp, words\n j words\n"
        " handler: csrr t0, sepc\n addi t0, t0, 4\n csrw sepc, t0\n"
        " li t1, 0x7ffc\n and t0, t0, t1\n la t1, words\n add s0, t0, t1\n csrw sepc, s0\n"
        " li t1, 0x40400\n csrs sstatus, t1\n la a0, words\n la a1, words+2048\n sret\n"
        " .align 12\n words: nop\n";
    for (u32 i = 0; i < streams; i++) {
        struct trio p = trio_of(handler, config);
        u32 at = program_label("words");
        for (u32 w = 0; w < 9 * 1024; w++) {
            u32 word = random_word();
            for (int k = 0; k < ENGINES; k++)
                machine_write(p.m[k], at + 4 * w, &word, 4);
        }
        trio_listen(&p);
        CU_ASSERT_FATAL(same_life(&p, 20000, i % 2 ? 3000 : 40));
        trio_free(&p);
    }
}

static void random_words_run_alike(void)
{
    srand(1);
    a_random_stream_runs_alike(NULL, 60);
}

static void random_words_run_alike_under_the_wall_clock(void)
{
    struct machine_config config = machine_config_default();
    srand(2);
    config.clock = CLOCK_WALL;
    a_random_stream_runs_alike(&config, 20);
}

// The timer is set to each moment around that of a jump to a page that is not in the TLB: the walk
// for its fetch takes time, but the instruction that was fetched comes before the interrupt. The
// jump is near its page's end, where the engine does not expect the timer before.
static void a_timer_due_during_a_walk_interrupts_after_the_instruction(void)
{
    static const char text[] =
        " la t0, trap\n csrw stvec, t0\n li t0, 0x80500800\n li t1, 0x200000cf\n sw t1, 0(t0)\n li "
        "t1, 0x201000cf\n"
        " sw t1, 4(t0)\n li t0, 0x80080500\n csrw satp, t0\n li t0, 32\n csrw sie, t0\n la s1, "
        "there\n"
        " li s0, 60\n1: sfence.vma\n rdtime t0\n add t0, t0, s0\n csrw stimecmp, t0\n csrw "
        "stimecmph, x0\n"
        " j last\n2: csrci sstatus, 2\n addi s0, s0, -1\n bnez s0, 1b\n" POWER_OFF_TEXT
        " .balign 4\ntrap: csrr t0, sepc\n add s2, s2, t0\n slli t0, s2, 3\n xor s2, s2, t0\n li "
        "t0, -1\n"
        " csrw stimecmph, t0\n sret\n .balign 4096\n .zero 4088\nlast: csrsi sstatus, 2\n jr "
        "s1\nthere: nop\n nop\n j "
        "2b\n";
    struct machine_config config = machine_config_default();
    config.clock = CLOCK_WALL;
    struct trio p = trio_of(text, &config);
    trio_listen(&p);
    CU_ASSERT(same_life(&p, 10000, 20000));
    trio_free(&p);
}

static void random_words_run_alike_with_holes_and_emulated_misalignment(void)
{
    struct machine_config config = machine_config_default();
    srand(3);
    config.profile = ISA_HOLES;
    config.misaligned_emulate = config.adue = true;
    a_random_stream_runs_alike(&config, 20);
}

static void random_words_of_houses_run_alike(void)
{
    srand(4);
    for (u32 seed = 1; seed <= 10; seed++) {
        struct machine_config config = machine_config_default();
        config.profile = HOUSE_PROFILE(seed) | HOUSE_MENDED(seed);
        a_random_stream_runs_alike(&config, 4);
    }
}

// ---- what a cache of decoded words might get wrong

static void code_that_rewrites_itself_is_seen_at_once(void)
{
    // The second pass stores `addi a0, a0, 100` over the word right behind the store.
    static const char text[] =
        " la s0, patch\n lw s1, new\n li s2, 3\n"
        " loop: addi s2, s2, -1\n bnez s2, 1f\n sw s1, 0(s0)\n"
        " patch: addi a0, a0, 1\n 1: addi a1, a1, 1\n bnez s2, loop\n" POWER_OFF_TEXT
        " new: addi a0, a0, 100\n";
    CU_ASSERT(same_program(text, 1000, 5));
    struct machine *m = program_run(text, 1000);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[18], 0);
    machine_free(m);
    CU_ASSERT(same_program(
        " la s0, next\n li s1, 0x00150513\n li a2, 100\n 1: sw s1, (s0)\n addi s1, s1, 0\n"
        " next: nop\n xor s1, s1, a2\n addi a2, a2, -1\n bnez a2, 1b\n" POWER_OFF_TEXT,
        10000, 7));
}

static void what_a_device_stores_into_code_is_executed(void)
{
    struct trio p = trio_of("1: addi a0, a0, 1\n j 1b\n", NULL);
    u32 two = 0x00250513; // addi a0, a0, 2
    CU_ASSERT(same_life(&p, 1000, 100));
    u32 before = machine_hart(p.m[JIT], 0)->x[10];
    for (int i = 0; i < ENGINES; i++)
        machine_write(p.m[i], BOARD_KERNEL, &two, 4);
    CU_ASSERT(same_life(&p, 2000, 100));
    CU_ASSERT(machine_hart(p.m[JIT], 0)->x[10] - before > 900);
    trio_free(&p);
}

// A device writes at any byte: here the upper half of one instruction and the lower half of the
// next.
static void what_a_device_stores_into_parts_of_two_words_is_executed(void)
{
    static const u8 halves[] = {0x25, 0x00, 0x93, 0x05}; // addi a0, a0, 2; addi a1, a0, 1
    struct trio p = trio_of("1: addi a0, a0, 1\n addi a0, a0, 1\n j 1b\n", NULL);
    CU_ASSERT(same_life(&p, 1000, 100));
    for (int i = 0; i < ENGINES; i++)
        CU_ASSERT(machine_write(p.m[i], BOARD_KERNEL + 2, halves, sizeof halves));
    CU_ASSERT(same_life(&p, 2000, 100));
    const u32 *x = machine_hart(p.m[JIT], 0)->x;
    CU_ASSERT(x[11] >= x[10] - 1 && x[11] <= x[10] + 1);
    trio_free(&p);
}

// Each hart stores into the page that it runs, so often that the page would be given up as data if
// nobody ran it. The loop begins at the first word of the page.
static void a_hart_may_store_into_the_page_that_it_runs(void)
{
    static const char text[] =
        " bnez a0, other\n la a1, other\n li a0, 1\n li a2, 5\n li a7, 0x48534d\n li a6, 0\n"
        " ecall\n other: la s0, data\n li s1, 100\n j 1f\n .balign 4096\n"
        "1: sw s1, (s0)\n addi s2, s2, 1\n addi s1, s1, -1\n bnez s1, 1b\n"
        " li s1, 100\n j 1b\n data: .word 0\n";
    struct machine_config config = machine_config_default();
    config.harts = 2;
    struct trio p = trio_of(text, &config);
    CU_ASSERT(same_life(&p, 20000, 700));
    for (u32 hart = 0; hart < 2; hart++)
        CU_ASSERT(machine_hart(p.m[JIT], hart)->x[18] > 1000); // s2
    trio_free(&p);
}

static void a_snapshot_brings_old_code_back(void)
{
    struct trio p = trio_of(
        "la s0, 1f\n li s1, 0x00250513\n 1: addi a0, a0, 1\n addi a1, a1, -1\n bnez a1, 1b\n"
        " sw s1, (s0)\n j 1b\n",
        NULL);
    struct snapshot *s[ENGINES];
    for (int i = 0; i < ENGINES; i++) {
        machine_hart(p.m[i], 0)->x[11] = 100;
        machine_run(p.m[i], 50);
        s[i] = machine_snapshot(p.m[i]);
        machine_run(p.m[i], 500);
    }
    CU_ASSERT(same(&p));
    for (int i = 0; i < ENGINES; i++)
        machine_restore(p.m[i], s[i]);
    CU_ASSERT(same(&p));
    CU_ASSERT(same_life(&p, 1000, 30));
    for (int i = 0; i < ENGINES; i++)
        snapshot_free(s[i]);
    trio_free(&p);
}

// A store by way of a TLB entry that is at hand must still be seen by the next snapshot.
static void stores_after_a_snapshot_are_in_the_next(int engine)
{
    struct machine_config config = machine_config_default();
    choose_engine(&config, engine);
    struct machine *m = program_machine(
        "la s0, data\n 1: addi a0, a0, 1\n sw a0, (s0)\n j 1b\n .align 12\n data: .word 0\n",
        &config);
    machine_run(m, 300);
    u64 hash = machine_hash(m);
    struct snapshot *first = machine_snapshot(m);
    machine_run(m, 300);
    u64 later = machine_hash(m);
    struct snapshot *second = machine_snapshot(m);
    machine_run(m, 300);
    machine_restore(m, first);
    CU_ASSERT_EQUAL(machine_hash(m), hash);
    machine_restore(m, second);
    CU_ASSERT_EQUAL(machine_hash(m), later);
    snapshot_free(first);
    snapshot_free(second);
    machine_free(m);
}

static void every_store_after_a_snapshot_is_in_the_next(void)
{
    for (int i = 0; i < ENGINES; i++)
        stores_after_a_snapshot_are_in_the_next(i);
}

static void a_page_is_code_and_data_by_turns(void)
{
    // Writes a page full, runs it, and again, with other words each time: `addi a0, a0, k` ...
    // `ret`.
    static const char text[] =
        " li s2, 20\n li s3, 0x80600000\n"
        " again: mv t0, s3\n li t1, 1023\n slli t2, s2, 20\n li t3, 0x00050513\n add t3, t3, t2\n"
        " 1: sw t3, (t0)\n addi t0, t0, 4\n addi t1, t1, -1\n bnez t1, 1b\n"
        " li t3, 0x00008067\n sw t3, (t0)\n jalr s3\n addi s2, s2, -1\n bnez s2, "
        "again\n" POWER_OFF_TEXT;
    CU_ASSERT(same_program(text, 200000, 20000));
}

static void timers_interrupt_before_the_same_instruction(void)
{
    static const char text[] =
        " la t0, handler\n csrw stvec, t0\n li t0, 0x20\n csrw sie, t0\n csrw stimecmph, x0\n"
        " li s0, 13\n csrw stimecmp, s0\n csrsi sstatus, 2\n"
        " 1: addi a0, a0, 1\n xor a1, a1, a0\n bltu a1, a0, 2f\n addi a2, a2, 1\n 2: j 1b\n .align "
        "2\n"
        " handler: csrr t0, time\n addi s1, s1, 7\n andi s1, s1, 63\n add t0, t0, s1\n addi t0, "
        "t0, 9\n"
        " csrw stimecmp, t0\n sret\n";
    CU_ASSERT(same_program(text, 30000, 11));
    CU_ASSERT(same_program(text, 300000, 5000));
}

// ---- what a memory of where a hart went on lately might get wrong. The program lies where it is,
// for K; the page at 0xc0000000 (s5) is `one` or `two`, by the entry at s1: s3 is one of them, s4
// turns it into the other, flags to be added. s2 is satp, s6 counts rounds.

#define SPACE                                                                                     \
    " la s0, root\n li t0, 0x201000cf\n li t1, 2052\n add t1, t1, s0\n sw t0, (t1)\n"             \
    " la s1, leaves\n srli t0, s1, 2\n ori t0, t0, 1\n li t1, 3072\n add t1, t1, s0\n sw t0, "    \
    "(t1)\n"                                                                                      \
    " la s3, one\n srli s3, s3, 2\n la s4, two\n srli s4, s4, 2\n xor s4, s4, s3\n li s5, "       \
    "0xc0000000\n"                                                                                \
    " srli s2, s0, 12\n li t0, 0x80000000\n or s2, s2, t0\n csrw satp, s2\n sfence.vma\n li s6, " \
    "50\n"
#define TABLES " .balign 4096\n root: .space 4096\n leaves: .space 4096\n"
#define FOR_K " ori s3, s3, 0xcb\n sw s3, (s1)\n"
#define FOR_U " ori s3, s3, 0xdb\n sw s3, (s1)\n"
#define TO_OTHER " xor s3, s3, s4\n sw s3, (s1)\n sfence.vma s5, zero\n"
#define SUMMED (25 * 1 + 25 * 100) // in s7 after 50 rounds, half of them in `one`

static void the_sum_is_right(const char *text)
{
    CU_ASSERT(same_program(text, 20000, 7));
    CU_ASSERT(same_program(text, 20000, 3000));
    struct machine *m = program_run(text, 20000);
    CU_ASSERT_EQUAL(machine_power(m, NULL), POWER_OFF);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[23], SUMMED);
    machine_free(m);
}

static void a_user_page_mapped_anew_is_where_sret_goes(void)
{
    the_sum_is_right(
        SPACE FOR_U
        " la t0, handler\n csrw stvec, t0\n csrw sepc, s5\n li t0, 0x100\n csrc sstatus, t0\n "
        "sret\n"
        " .balign 4\n handler: " TO_OTHER
        " csrw sepc, s5\n addi s6, s6, -1\n bnez s6, 1f\n" POWER_OFF_TEXT " 1: sret\n" TABLES
        " one: addi s7, s7, 1\n ecall\n .balign 4096\n two: addi s7, s7, 100\n ecall\n");
}

// The kernel goes to the new page by a jump; the next trap finds the handler there.
static void a_handler_mapped_anew_is_where_a_trap_goes(void)
{
    the_sum_is_right(
        SPACE FOR_K
        " la t0, user\n srli t0, t0, 2\n ori t0, t0, 0xdb\n sw t0, 4(s1)\n csrw stvec, s5\n la s8, "
        "kernel\n"
        " addi s9, s5, 8\n li s10, 0xc0001000\n csrw sepc, s10\n li t0, 0x100\n csrc sstatus, t0\n "
        "sret\n"
        " kernel: " TO_OTHER " addi s6, s6, -1\n bnez s6, 1f\n" POWER_OFF_TEXT " 1: jr s9\n" TABLES
        " one: addi s7, s7, 1\n jr s8\n csrw sepc, s10\n sret\n .balign 4096\n"
        " two: addi s7, s7, 100\n jr s8\n csrw sepc, s10\n sret\n .balign 4096\n user: ecall\n");
}

static void a_page_that_maps_itself_anew_goes_on_in_the_new_one(void)
{
    the_sum_is_right(SPACE FOR_K
                     " la s8, off\n jr s5\n off: " POWER_OFF_TEXT TABLES " one: " TO_OTHER
                     " addi s7, s7, 1\n addi s6, s6, -1\n bnez s6, one\n jr s8\n .balign 4096\n"
                     " two: " TO_OTHER
                     " addi s7, s7, 100\n addi s6, s6, -1\n bnez s6, two\n jr s8\n");
}

// Its records are dropped after so many stores; the last ones change its first word.
static void a_user_page_written_anew_is_what_sret_executes(void)
{
    the_sum_is_right(
        SPACE FOR_U
        " la t0, handler\n csrw stvec, t0\n csrw sepc, s5\n li t0, 0x100\n csrc sstatus, t0\n "
        "sret\n"
        " .balign 4\n handler: la t0, one\n li t1, 100\n"
        " 1: sw t1, 64(t0)\n addi t1, t1, -1\n bnez t1, 1b\n"
        " la t1, two\n lw t2, (t0)\n lw t3, (t1)\n sw t3, (t0)\n sw t2, (t1)\n"
        " csrw sepc, s5\n addi s6, s6, -1\n bnez s6, 2f\n" POWER_OFF_TEXT " 2: sret\n" TABLES
        " one: addi s7, s7, 1\n ecall\n .balign 4096\n two: addi s7, s7, 100\n ecall\n");
}

// Of more ASIDs than the TLB has sets each comes back to a set that another has taken.
static void a_set_taken_by_another_context_is_not_used(void)
{
    CU_ASSERT(same_program(
        SPACE " li s7, 0x400000\n 1: mv t0, s2\n li t1, 40\n"
              " 2: csrw satp, t0\n add t0, t0, s7\n addi t1, t1, -1\n bnez t1, 2b\n"
              " addi s6, s6, -1\n bnez s6, 1b\n" POWER_OFF_TEXT TABLES " one: two: nop\n",
        20000, 3000));
}

static void several_harts_run_alike(void)
{
    static const char text[] =
        " bnez a0, other\n la s0, other\n li s1, 1\n"
        " 1: mv a0, s1\n mv a1, s0\n li a2, 5\n li a7, 0x48534d\n li a6, 0\n ecall\n"
        " addi s1, s1, 1\n li t0, 4\n bltu s1, t0, 1b\n"
        " other: la s0, word\n"
        " 2: lr.w t0, (s0)\n addi t0, t0, 1\n sc.w t1, t0, (s0)\n bnez t1, 2b\n"
        " li t1, 1\n addi t2, s0, 64\n amoadd.w t0, t1, (t2)\n j 2b\n .align 12\n word: .word 0\n";
    struct machine_config config = machine_config_default();
    config.harts = 4;
    struct trio p = trio_of(text, &config);
    trio_listen(&p);
    CU_ASSERT(same_life(&p, 100000, 700));
    trio_free(&p);
}

// ---- whole kernels, bare and under the VMM

#define KERNEL_STEPS 4000000u

static bool load_world(struct trio *p, const char *image, const char *append, u32 depth, u32 vcpus)
{
    char path[256], error[WORLD_ERROR];
    const char *build = getenv("BUILD");
    snprintf(path, sizeof path, "%s/guests/%s", build ? build : "build", image);
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    fclose(file);
    for (int i = 0; i < ENGINES; i++) {
        struct world_plan plan;
        enum status why;
        world_plan_default(&plan);
        choose_engine(&plan.machine, i);
        plan.guests = 1;
        plan.guest[0].image = path;
        plan.guest[0].append = append;
        plan.guest[0].ram = 32u << 20;
        plan.guest[0].vcpus = vcpus;
        world_plan_chain(&plan, depth);
        p->world[i] = world_new(&plan, &why, error, sizeof error);
        if (!p->world[i])
            fprintf(stderr, "%s\n", error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(p->world[i]);
        p->m[i] = p->world[i]->machine;
    }
    return true;
}

// The guests are built by another compiler; where that lacks there is nothing to run.
static void a_kernel_lives_alike(const char *image, const char *append, u32 depth, u32 vcpus,
                                 u32 most)
{
    struct trio p = {0};
    srand(depth + vcpus + most);
    if (!load_world(&p, image, append, depth, vcpus))
        return;
    trio_listen(&p);
    CU_ASSERT(same_life(&p, KERNEL_STEPS, most));
    trio_free(&p);
}

static void hello_lives_alike_bare_and_under_the_vmm(void)
{
    a_kernel_lives_alike("hello.elf", NULL, 0, 1, 9);
    a_kernel_lives_alike("hello.elf", NULL, 1, 1, 9);
}

static void kite_tests_itself_alike_on_the_machine(void)
{
    a_kernel_lives_alike("kite.elf", "selftest", 0, 1, 500000);
}

static void kite_tests_itself_alike_under_the_vmm(void)
{
    a_kernel_lives_alike("kite.elf", "selftest", 1, 1, 500000);
}

static void kite_tests_itself_alike_under_a_vmm_under_the_vmm(void)
{
    a_kernel_lives_alike("kite.elf", "selftest", 2, 1, 500000);
}

static void kite_tests_itself_alike_on_two_harts(void)
{
    a_kernel_lives_alike("kite.elf", "selftest", 0, 2, 500000);
    a_kernel_lives_alike("kite.elf", "selftest", 1, 2, 500000);
}

const struct suite suite_engine_fast = {
    "engine_fast",
    (const struct test[]){
        {"random words run alike", random_words_run_alike},
        {"random words run alike under the wall clock",
         random_words_run_alike_under_the_wall_clock},
        {"a timer due during a walk interrupts after the instruction",
         a_timer_due_during_a_walk_interrupts_after_the_instruction},
        {"random words run alike with holes and emulated misalignment",
         random_words_run_alike_with_holes_and_emulated_misalignment},
        {"random words of houses run alike", random_words_of_houses_run_alike},
        {"code that rewrites itself is seen at once", code_that_rewrites_itself_is_seen_at_once},
        {"what a device stores into code is executed", what_a_device_stores_into_code_is_executed},
        {"what a device stores into parts of two words is executed",
         what_a_device_stores_into_parts_of_two_words_is_executed},
        {"a hart may store into the page that it runs",
         a_hart_may_store_into_the_page_that_it_runs},
        {"a snapshot brings old code back", a_snapshot_brings_old_code_back},
        {"every store after a snapshot is in the next, with every engine",
         every_store_after_a_snapshot_is_in_the_next},
        {"a page is code and data by turns", a_page_is_code_and_data_by_turns},
        {"timers interrupt before the same instruction",
         timers_interrupt_before_the_same_instruction},
        {"a user page mapped anew is where sret goes", a_user_page_mapped_anew_is_where_sret_goes},
        {"a handler mapped anew is where a trap goes", a_handler_mapped_anew_is_where_a_trap_goes},
        {"a page that maps itself anew goes on in the new one",
         a_page_that_maps_itself_anew_goes_on_in_the_new_one},
        {"a user page written anew is what sret executes",
         a_user_page_written_anew_is_what_sret_executes},
        {"a set taken by another context is not used", a_set_taken_by_another_context_is_not_used},
        {"several harts run alike", several_harts_run_alike},
        {"hello lives alike, bare and under the VMM", hello_lives_alike_bare_and_under_the_vmm},
        {"kite tests itself alike on the machine", kite_tests_itself_alike_on_the_machine},
        {"kite tests itself alike under the VMM", kite_tests_itself_alike_under_the_vmm},
        {"kite tests itself alike under a VMM under the VMM",
         kite_tests_itself_alike_under_a_vmm_under_the_vmm},
        {"kite tests itself alike on two harts", kite_tests_itself_alike_on_two_harts},
        {0},
    },
};
