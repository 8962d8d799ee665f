// Going back: a snapshot restores everything that decides what happens next; and cutting a run into
// pieces changes nothing.
#include "tests/program.h"
#include "tests/suite.h"

#include "sim/core/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Two harts. The first takes a timer interrupt every 300 ticks, prints a letter, writes to the PIO
// disk's registers, kicks the second; the second waits, counts, and reads a page through a
// translation. Both trap for the sake of it.
static const char busy[] =
    " li a7, 0x48534d\n li a6, 0\n li a0, 1\n la a1, second\n li a2, 0\n ecall\n"
    " la t0, h\n csrw stvec, t0\n li t0, 0x20\n csrw sie, t0\n li s0, 300\n csrw stimecmp, s0\n "
    "csrw stimecmph, x0\n"
    " csrsi sstatus, 2\n li s1, 'a'\n la s4, data\n"
    "1: wfi\n amoadd.w t3, s1, (s4)\n ebreak\n j 1b\n .align 2\n"
    "h: csrr t0, scause\n bltz t0, 2f\n csrr t0, sepc\n addi t0, t0, 4\n csrw sepc, t0\n sret\n"
    "2: addi s0, s0, 300\n csrw stimecmp, s0\n li t1, 0x10000000\n sb s1, (t1)\n lbu t2, 5(t1)\n "
    "addi s1, s1, 1\n"
    " li a7, 0x735049\n li a6, 0\n li a0, 2\n li a1, 0\n ecall\n sret\n"
    "second: la t0, h2\n csrw stvec, t0\n csrwi sie, 2\n csrsi sstatus, 2\n li t0, 0x80080001\n "
    "csrw satp, t0\n li s2, "
    "0x5000\n"
    "3: wfi\n lw s3, (s2)\n sw s5, (s2)\n j 3b\n .align 2\n"
    "h2: csrwi sip, 0\n addi s5, s5, 1\n lb t0, 0x7ff(x0)\n .align 2\n sret\n"
    " .align 3\n data: .word 0\n";

static struct machine *busy_machine(void)
{
    struct machine_config config = machine_config_default();
    config.harts = 2;
    struct machine *m = program_machine(busy, &config);
    u32 flags = 0xcf;
    machine_write(m, 0x80001000, &(u32){0x80002000u >> 2 | 1}, 4);
    machine_write(m, 0x80001000 + 4 * 0x201, &(u32){0x80400000u >> 2 | flags}, 4);
    machine_write(m, 0x80002000, &(u32){0x80020000u >> 2 | flags},
                  4); // where the lb of the handler reads
    machine_write(m, 0x80002000 + 4 * 5, &(u32){0x80010000u >> 2 | flags}, 4);
    machine_input(m, 0, "typed", 5);
    return m;
}

// A hash of the events, field by field.
static void hash_event(void *context, const struct event *e)
{
    u64 *hash = context;
    u64 fields[] = {e->seq,     e->cycle,     e->retired,    e->steps,     e->cost,
                    e->hart,    e->level,     e->note.kind,  e->note.mode, e->note.cause,
                    e->note.pc, e->note.addr, e->note.value, e->note.insn, e->note.size};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *hash = (*hash ^ fields[i]) * 1099511628211u;
}

static u64 run_in_pieces(u64 total, u64 piece, u64 *state)
{
    u64 events = 1;
    struct machine *m = busy_machine();
    machine_listen(m, EVENT_ALL, hash_event, &events);
    for (u64 done = 0; done < total; done += piece)
        CU_ASSERT_EQUAL_FATAL(machine_run(m, piece < total - done ? piece : total - done),
                              STOP_STEPS);
    *state = machine_hash(m);
    CU_ASSERT(machine_output_count(m, 0) > 3);
    CU_ASSERT(machine_hart(m, 1)->x[21] > 3); // s5: the second hart was woken
    machine_free(m);
    return events;
}

static void a_run_in_pieces_is_the_same_run(void)
{
    static const u64 pieces[] = {1, 2, 7, 333, 1000, 4999};
    u64 state, expected_state, expected = run_in_pieces(20000, 20000, &expected_state);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        CU_ASSERT_EQUAL(run_in_pieces(20000, pieces[i], &state), expected);
        CU_ASSERT_EQUAL(state, expected_state);
    }
}

static void forward_back_and_forward_again_is_the_same(void)
{
    u64 first = 1, second = 1;
    struct machine *m = busy_machine();
    machine_run(m, 5000);
    u64 before = machine_hash(m);
    struct snapshot *s = machine_snapshot(m);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    int id = machine_listen(m, EVENT_ALL, hash_event, &first);
    machine_run(m, 10000);
    machine_unlisten(m, id);
    u64 after = machine_hash(m);
    CU_ASSERT_NOT_EQUAL(after, before);
    machine_restore(m, s);
    CU_ASSERT_EQUAL(machine_hash(m), before);
    CU_ASSERT_EQUAL(machine_steps(m), 5000);
    machine_listen(m, EVENT_ALL, hash_event, &second);
    machine_run(m, 10000);
    CU_ASSERT_EQUAL(machine_hash(m), after);
    CU_ASSERT_EQUAL(first, second);
    snapshot_free(s);
    machine_free(m);
}

static void snapshots_may_be_restored_in_any_order(void)
{
    enum { MANY = 12 };
    struct snapshot *s[MANY];
    u64 hash[MANY];
    struct machine *m = busy_machine();
    for (int i = 0; i < MANY; i++) {
        s[i] = machine_snapshot(m);
        hash[i] = machine_hash(m);
        machine_run(m, 777);
    }
    srand(7);
    for (int i = 0; i < 100; i++) {
        int k = rand() % MANY;
        machine_restore(m, s[k]);
        CU_ASSERT_EQUAL(machine_hash(m), hash[k]);
        machine_run(m, (u64)rand() % 2000);
    }
    for (int i = 0; i < MANY; i++)
        snapshot_free(s[(i * 5) % MANY]);
    machine_free(m);
}

static void another_machine_can_take_a_snapshot_up(void)
{
    struct machine *a = busy_machine(), *b = busy_machine();
    machine_run(a, 6000);
    struct snapshot *s = machine_snapshot(a);
    machine_run(b, 1234);
    machine_restore(b, s);
    CU_ASSERT_EQUAL(machine_compare(a, b, stderr, 5), 0);
    machine_run(a, 3000);
    machine_run(b, 3000);
    CU_ASSERT_EQUAL(machine_compare(a, b, stderr, 5), 0);
    snapshot_free(s);
    machine_free(a);
    machine_run(b, 100);
    machine_free(b);
}

static void differences_are_told_by_name(void)
{
    struct machine *a = busy_machine(), *b = busy_machine();
    CU_ASSERT_EQUAL(machine_hash(a), machine_hash(b));
    machine_hart(b, 1)->x[10] = 7;
    machine_hart(b, 0)->sscratch = 9;
    machine_write(b, 0x80123456, "x", 1);
    char text[600] = "";
    FILE *f = fmemopen(text, sizeof text, "w");
    CU_ASSERT_EQUAL(machine_compare(a, b, f, 2), 3);
    fclose(f);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "hart 0 sscratch: 0x0, 0x9"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "hart 1 a0: 0x"));
    CU_ASSERT_PTR_NULL(strstr(text, "80123456")); // only two were to be told
    f = fmemopen(text, sizeof text, "w");
    machine_compare(a, b, f, 9);
    fclose(f);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "ram 0x80123456: 0x00, 0x78"));
    CU_ASSERT_NOT_EQUAL(machine_hash(a), machine_hash(b));
    machine_free(a);
    machine_free(b);
}

// ---- input and disks

// Echoes by polling the UART.
static const char echo[] = " li t0, 0x10000000\n 1: lbu t1, 5(t0)\n andi t1, t1, 1\n beqz t1, 1b\n "
                           "lbu t1, (t0)\n sb t1, (t0)\n j 1b\n";

static void input_comes_again_at_its_step(void)
{
    struct machine *m = program_machine(echo, NULL);
    struct snapshot *start = machine_snapshot(m);
    machine_run(m, 501);
    machine_input(m, 0, "one", 3);
    machine_run(m, 1000);
    machine_input(m, 0, "two", 3);
    machine_run(m, 1000);
    u64 end = machine_hash(m), printed = machine_output_hash(m, 0);
    CU_ASSERT_EQUAL(machine_output_count(m, 0), 6);
    machine_restore(m, start);
    CU_ASSERT_EQUAL(machine_output_count(m, 0), 0);
    machine_run(m, 500);
    CU_ASSERT_EQUAL(machine_output_count(m, 0), 0);
    machine_run(m, 2001);
    CU_ASSERT_EQUAL(machine_output_hash(m, 0), printed);
    CU_ASSERT_EQUAL(machine_hash(m), end);
    snapshot_free(start);
    machine_free(m);
}

static void input_in_the_past_starts_another_future(void)
{
    struct machine *m = program_machine(echo, NULL);
    struct snapshot *start = machine_snapshot(m);
    machine_run(m, 500);
    machine_input(m, 0, "one", 3);
    machine_run(m, 1000);
    struct snapshot *late = machine_snapshot(m);
    u64 old = machine_hash(m);
    machine_restore(m, start);
    machine_run(m, 100);
    machine_input(m, 0, "X", 1);
    machine_run(m, 1400);
    CU_ASSERT_EQUAL(machine_output_count(m, 0), 1); // "one" belongs to the other future
    machine_restore(m, late);
    CU_ASSERT_EQUAL(machine_hash(m), old);
    machine_run(m, 100);
    CU_ASSERT_EQUAL(machine_output_count(m, 0), 3);
    snapshot_free(start);
    snapshot_free(late);
    machine_free(m);
}

// The snapshot is of the first way. "Y" was typed on the second way, and later than the snapshot.
static void what_was_typed_on_another_way_does_not_come_on_this_one(void)
{
    struct machine *m = program_machine(echo, NULL);
    struct snapshot *start = machine_snapshot(m);
    machine_run(m, 500);
    machine_input(m, 0, "a", 1);
    machine_run(m, 500);
    struct snapshot *first = machine_snapshot(m);
    machine_restore(m, start);
    machine_run(m, 100);
    machine_input(m, 0, "X", 1);
    machine_run(m, 1000);
    machine_input(m, 0, "Y", 1);
    machine_run(m, 500);
    CU_ASSERT_EQUAL(machine_output_count(m, 0), 2);
    machine_restore(m, first);
    machine_run(m, 1000);
    CU_ASSERT_EQUAL(machine_output_count(m, 0), 1); // "a"
    snapshot_free(start);
    snapshot_free(first);
    machine_free(m);
}

static void input_to_a_kernel_that_waits_replays_the_same(void)
{
    // Two harts wait for the UART and for each other; the run stops for input twice.
    static const char text[] =
        " li a7, 0x48534d\n li a6, 0\n li a0, 1\n la a1, go\n ecall\n"
        "go: la t0, h\n csrw stvec, t0\n li t0, 0x0c000028\n li t1, 1\n sw t1, (t0)\n li t0, "
        "0x0c002080\n li t1, 0x400\n sw t1, (t0)\n"
        " li t0, 0x0c002180\n sw t1, (t0)\n li t0, 0x10000000\n li t1, 1\n sb t1, 1(t0)\n li "
        "t1, 0x200\n csrw sie, t1\n csrsi sstatus, 2\n"
        "loop: wfi\n addi s2, s2, 1\n j loop\n .align 2\n"
        "h: slli t2, a0, 13\n li t4, 0x0c201004\n add t2, t2, t4\n lw t3, (t2)\n lbu t1, (t0)\n "
        "add s1, s1, t1\n sw t3, (t2)\n sret\n";
    struct machine_config config = machine_config_default();
    config.harts = 2;
    struct machine *m = program_machine(text, &config);
    struct snapshot *start = machine_snapshot(m);
    machine_input_interactive(m, true);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(machine_run(m, 10000), STOP_INPUT);
        machine_input(m, 0, "ab", 1 + i % 2);
    }
    CU_ASSERT_EQUAL(machine_run(m, 10000), STOP_INPUT);
    u64 end = machine_hash(m);
    machine_restore(m, start);
    CU_ASSERT_EQUAL(machine_run(m, 100000), STOP_INPUT);
    CU_ASSERT_EQUAL(machine_hash(m), end);
    snapshot_free(start);
    machine_free(m);
}

// The byte came before the snapshot, and nobody took it until after.
static void input_that_waits_for_its_reader_is_kept(void)
{
    for (u32 bytes = 1; bytes <= 3; bytes++) {
        struct machine *m = program_machine(echo, NULL);
        machine_input(m, 0, "abc", bytes);
        struct snapshot *s = machine_snapshot(m);
        for (u32 i = 0; i < 2; i++) {
            machine_run(m, 500);
            CU_ASSERT_EQUAL(machine_output_count(m, 0), bytes);
            machine_restore(m, s);
        }
        snapshot_free(s);
        machine_free(m);
    }
}

static void type_back(void *context, const struct event *e)
{
    struct machine *m = context;
    if (e->note.value == '?' && machine_output_count(m, 0) < 9)
        machine_input(m, 0, "?", 1);
}

static void input_from_a_listener_arrives_when_its_step_is_over(void)
{
    u64 hash[2];
    for (int i = 0; i < 2; i++) {
        struct machine *m = program_machine(echo, NULL);
        machine_listen(m, EVENT_BIT(EVENT_CONSOLE), type_back, m);
        machine_input(m, 0, "?", 1);
        for (int k = 0; k < 2000; k += i ? 1 : 2000)
            machine_run(m, i ? 1 : 2000);
        CU_ASSERT_EQUAL(machine_output_count(m, 0), 9);
        hash[i] = machine_hash(m);
        machine_free(m);
    }
    CU_ASSERT_EQUAL(hash[0], hash[1]);
}

static void disks_go_back_too(void)
{
    char error[160];
    u8 sector[512], bytes[5000] = {1};
    struct machine *m = program_machine(echo, NULL);
    machine_disk_attach(m, 0, bytes, sizeof bytes, error, sizeof error);
    struct snapshot *s = machine_snapshot(m);
    u64 before = machine_hash(m);
    memset(sector, 9, sizeof sector);
    machine_disk_write(m, 0, 9, sector);
    CU_ASSERT_NOT_EQUAL(machine_hash(m), before);
    machine_restore(m, s);
    CU_ASSERT_EQUAL(machine_hash(m), before);
    machine_disk_read(m, 0, 9, sector);
    CU_ASSERT_EQUAL(sector[0], 0);
    snapshot_free(s);
    machine_free(m);
}

// ---- what a snapshot costs

static void a_page_is_copied_once_however_many_snapshots_hold_it(void)
{
    struct pages p;
    struct saved_pages s[3];
    CU_ASSERT_FATAL(pages_new(&p, 1000));
    for (u32 i = 0; i < 10; i++) {
        p.bytes[i * 100 * PAGE_SIZE] = 1;
        pages_mark(&p, i * 100);
    }
    CU_ASSERT(pages_save(&p, &s[0]));
    p.bytes[300 * PAGE_SIZE] = 2;
    pages_mark(&p, 300);
    p.bytes[301 * PAGE_SIZE] = 3;
    pages_mark(&p, 301);
    CU_ASSERT(pages_save(&p, &s[1]));
    CU_ASSERT(pages_save(&p, &s[2]));
    for (u32 page = 0; page < 1000; page++) {
        const struct page_copy *copy[3];
        for (int i = 0; i < 3; i++)
            copy[i] = page_tree_find(s[i].copies, page);
        CU_ASSERT_PTR_EQUAL(copy[1], copy[2]);
        CU_ASSERT_EQUAL(copy[0] != NULL, page % 100 == 0);
        CU_ASSERT_EQUAL(copy[0] == copy[1], page != 300 && page != 301);
    }
    pages_restore(&p, &s[0], NULL, NULL);
    CU_ASSERT_EQUAL(p.bytes[300 * PAGE_SIZE], 1);
    CU_ASSERT_EQUAL(p.bytes[301 * PAGE_SIZE], 0);
    CU_ASSERT_FALSE(pages_used(&p, 301));
    pages_restore(&p, &s[2], NULL, NULL);
    CU_ASSERT_EQUAL(p.bytes[300 * PAGE_SIZE], 2);
    CU_ASSERT_EQUAL(p.bytes[301 * PAGE_SIZE], 3);
    for (int i = 0; i < 3; i++)
        pages_drop(&s[i]);
    pages_free(&p);
}

// All that a snapshot copies of RAM is what the list of dirty pages names.
static void a_snapshot_copies_what_was_written_since_the_last(void)
{
    struct machine_config config = machine_config_default();
    config.ram = 2u << 30;
    struct machine *m =
        program_machine(" li s0, 0x90000000\n li s1, 1000\n li s2, 4096\n"
                        "1: sw s1, (s0)\n add s0, s0, s2\n addi s1, s1, -1\n bnez s1, 1b\n"
                        "2: sw s2, (s0)\n sw s2, 4(s0)\n sw s2, -8(s0)\n j 2b\n",
                        &config);
    CU_ASSERT_EQUAL(m->ram.dirty_count, 1); // the program
    machine_run(m, 4010);
    CU_ASSERT(m->ram.dirty_count >= 1001 && m->ram.dirty_count <= 1002);
    for (u32 i = 0; i < 3; i++) {
        struct snapshot *s = machine_snapshot(m);
        CU_ASSERT_EQUAL(m->ram.dirty_count, 0);
        machine_run(m, 100);
        CU_ASSERT_EQUAL(m->ram.dirty_count, 2);
        snapshot_free(s);
    }
    machine_free(m);
}

// DMA and loaders write more than a page at once.
static void every_page_of_a_long_write_goes_back(void)
{
    enum { PAGES = 3, BYTES = PAGES * PAGE_SIZE };
    static u8 bytes[BYTES], after[BYTES];
    struct machine *m = program_machine(echo, NULL);
    mpa at = 0x80010000 - 100; // in four pages
    struct snapshot *s = machine_snapshot(m);
    memset(bytes, 7, BYTES);
    CU_ASSERT(machine_write(m, at, bytes, BYTES));
    struct snapshot *written = machine_snapshot(m);
    machine_restore(m, s);
    CU_ASSERT(machine_read(m, at, after, BYTES));
    for (u32 i = 0; i < BYTES; i += 50)
        CU_ASSERT_EQUAL(after[i], 0);
    machine_restore(m, written);
    CU_ASSERT(machine_read(m, at, after, BYTES));
    CU_ASSERT_EQUAL(memcmp(after, bytes, BYTES), 0);
    snapshot_free(s);
    snapshot_free(written);
    machine_free(m);
}

const struct suite suite_snapshot = {
    "snapshot",
    (const struct test[]){
        {"a run in pieces is the same run", a_run_in_pieces_is_the_same_run},
        {"forward, back and forward again is the same", forward_back_and_forward_again_is_the_same},
        {"snapshots may be restored in any order", snapshots_may_be_restored_in_any_order},
        {"another machine can take a snapshot up", another_machine_can_take_a_snapshot_up},
        {"differences are told by name", differences_are_told_by_name},
        {"input comes again at its step", input_comes_again_at_its_step},
        {"input in the past starts another future", input_in_the_past_starts_another_future},
        {"what was typed on another way does not come on this one",
         what_was_typed_on_another_way_does_not_come_on_this_one},
        {"input to a kernel that waits replays the same",
         input_to_a_kernel_that_waits_replays_the_same},
        {"input that waits for its reader is kept", input_that_waits_for_its_reader_is_kept},
        {"input from a listener arrives when its step is over",
         input_from_a_listener_arrives_when_its_step_is_over},
        {"disks go back too", disks_go_back_too},
        {"a snapshot copies what was written since the last",
         a_snapshot_copies_what_was_written_since_the_last},
        {"every page of a long write goes back", every_page_of_a_long_write_goes_back},
        {"a page is copied once however many snapshots hold it",
         a_page_is_copied_once_however_many_snapshots_hold_it},
        {0},
    }};
