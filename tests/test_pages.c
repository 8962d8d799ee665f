// What pane 6 says about page tables: the words for an entry, the map of the address space, and
// what the tables said about an access in the moment of its trap.
#include "isa/board/board.h"
#include "tests/driving.h"
#include "tests/suite.h"
#include "ui/dashboard/model.h"
#include "ui/dashboard/page_words.h"

#include <stdio.h>
#include <string.h>

// ---- entries and devices

// The walk of the hardware is the oracle: an entry is refused here if and only if it is there.
static void words_refuse_what_the_hardware_refuses(void)
{
    u32 wrong = 0;
    for (u32 pte = 0; pte < 256; pte++)
        for (enum view view = 0; view < VIEWS; view++)
            for (enum access access = ACCESS_READ; access <= ACCESS_FETCH; access++)
                for (int adue = 0; adue < 2; adue++) {
                    bool bad = entry_is_bad(pte, 0);
                    bool refused = bad || entry_refuses(pte, view, access, adue);
                    wrong += refused == sv32_allows(pte, view, access, adue);
                }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(entry_is_bad(PTE_V, 1), ENTRY_ALLOWS);
    CU_ASSERT_EQUAL(entry_is_bad(PTE_V | PTE_A, 1), ENTRY_POINTER);
    CU_ASSERT_EQUAL(entry_is_bad(PTE_MAKE(0x80400000, 0xcf), 1), ENTRY_ALLOWS);
    CU_ASSERT_EQUAL(entry_is_bad(PTE_MAKE(0x80401000, 0xcf), 1), ENTRY_SUPERPAGE);
    for (u32 i = 0; i < ENTRY_REFUSALS; i++)
        CU_ASSERT_PTR_NOT_NULL(entry_refusal_words((enum entry_refusal)i));
}

static void a_device_is_named_where_the_board_has_one(void)
{
    u32 wrong = 0;
    for (u32 at = 0; at < 0x20000000; at += 0x80)
        wrong += board_has(at) != (board_device_in(at, 1) != NULL);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_STRING_EQUAL(board_device_in(BOARD_UART, 1), "UART");
    CU_ASSERT_STRING_EQUAL(board_device_in(BOARD_TEST & ~0x3fffffu, 0x400000), "test device");
    CU_ASSERT_PTR_NULL(board_device_in(BOARD_RAM, BOARD_RAM_MAX));
}

// ---- a guest whose accesses meet all kinds of entries, and which clears its tables afterwards

static const char kernel[] =
    ".globl _start\n"
    "_start: la t0, skip\n csrw stvec, t0\n"
    " li s0, 0x80500000\n li t0, 0x201000cf\n li t1, 0x80500800\n sw t0, 4(t1)\n" // the code
    " li t0, 0x20140401\n sw t0, 4(s0)\n"  // 00400000: the table below
    " li t0, 0x201004cf\n sw t0, 8(s0)\n"  // 00800000: a superpage that is not aligned
    " li t0, 0x20140441\n sw t0, 12(s0)\n" // 00c00000: a pointer with A
    " li s1, 0x80501000\n li t0, 0x20140843\n sw t0, 0(s1)\n" // read only
    " li t0, 0x040000c7\n sw t0, 4(s1)\n"                     // the UART; 00402000 is nothing
    " li t0, 0x201408d7\n sw t0, 12(s1)\n"                    // a page of mode U
    " li t0, 0x20140807\n sw t0, 16(s1)\n"                    // A is 0
    " li t0, 0x240000c7\n sw t0, 20(s1)\n"                    // beyond the memory
    " li t0, 0x201408c5\n sw t0, 24(s1)\n"                    // W alone
    " li t0, 0x201408c7\n sw t0, 28(s1)\n"                    // a good page
    " li t0, 0x80080500\n csrw satp, t0\n sfence.vma\n"
    " li t3, 0x00400000\n sw t4, 0(t3)\n"
    " li t3, 0x00401000\n lbu t4, 5(t3)\n amoadd.w t4, t4, (t3)\n"
    " li t3, 0x00402000\n lw t4, 0(t3)\n"
    " li t3, 0x00403000\n lw t4, 4(t3)\n"
    " li t3, 0x00404000\n lw t4, 0(t3)\n"
    " li t3, 0x00405000\n lw t4, 0(t3)\n"
    " li t3, 0x00406000\n sw t4, 0(t3)\n"
    " li t3, 0x00407000\n lw t4, 0(t3)\n"
    " li t3, 0x00800000\n lw t4, 0(t3)\n"
    " li t3, 0x00c00000\n lw t4, 0(t3)\n"
    " csrw satp, x0\n sfence.vma\n"
    " sw x0, 0(s1)\n sw x0, 8(s0)\n sw x0, 12(s0)\n" // now the tables say something else
    " li t0, 0x80080500\n csrw satp, t0\n sfence.vma\n"
    "loop: j loop\n"
    "skip: csrr t5, sepc\n addi t5, t5, 4\n csrw sepc, t5\n sret\n";

// What the guest's own table says about each access that it refuses, or that finds no memory.
static const struct {
    u32 address;
    u8 refusal;
    u32 entry;
    u8 place;
} refused[] = {
    {0x00400000, ENTRY_NO_W, 0x20140843, PLACE_MEMORY},
    {0x00402000, ENTRY_NO_V, 0, PLACE_MEMORY},
    {0x00403004, ENTRY_U_WITHOUT_SUM, 0x201408d7, PLACE_MEMORY},
    {0x00404000, ENTRY_NO_A, 0x20140807, PLACE_MEMORY},
    {0x00405000, ENTRY_ALLOWS, 0x240000c7, PLACE_EMPTY},
    {0x00406000, ENTRY_W_ALONE, 0x201408c5, PLACE_MEMORY},
    {0x00800000, ENTRY_SUPERPAGE, 0x201004cf, PLACE_MEMORY},
    {0x00c00000, ENTRY_POINTER, 0x20140441, PLACE_MEMORY},
};
enum { REFUSED = sizeof refused / sizeof *refused };

// The guest is inside `inner`, if `vmm` makes one.
static struct bench *run_kernel(const char *vmm)
{
    char script[300];
    snprintf(script, sizeof script,
             "machine { profile = \"h\" }\nlocal inner\n%s\n"
             "guest { image = \"k.s\", ram = \"8M\", inside = inner }\n"
             "run { steps = 100000 }\n",
             vmm);
    struct bench *b = bench_new_with(script, kernel, 0);
    run_until_goal(&b->drive, GOAL_RUN);
    return b;
}

// The first row whose access was at this address and was judged.
static const struct trap_row *judged_at(const struct bench *b, u32 address)
{
    const struct traplog *log = b->drive.play.log;
    for (u64 n = traplog_first(log); n <= log->traps; n++) {
        const struct trap_row *row = traplog_row(log, n);
        if (row->judged.known && row->judged.paging && row->note.addr == address)
            return row;
    }
    return NULL;
}

static void check_refusals(const struct bench *b)
{
    for (int i = 0; i < REFUSED; i++) {
        const struct trap_row *row = judged_at(b, refused[i].address);
        CU_ASSERT_PTR_NOT_NULL_FATAL(row);
        CU_ASSERT_EQUAL(row->judged.refusal, refused[i].refusal);
        CU_ASSERT_EQUAL(row->judged.entry, refused[i].entry);
        if (refused[i].refusal == ENTRY_ALLOWS)
            CU_ASSERT_EQUAL(row->judged.place, refused[i].place);
    }
}

// Bare, with shadows and with two stages, by native code and by T32 code, and by a VMM that keeps
// shadows for the guest mode that it has in a VM.
static void an_access_is_judged_by_the_tables_at_its_trap(void)
{
    static const char *const ways[] = {"",
                                       "vmm {}",
                                       "vmm { code = \"t32\" }",
                                       "vmm { technique = \"assist\" }",
                                       "vmm { technique = \"assist\", code = \"t32\" }",
                                       "vmm { technique = \"assist-shadow\" }",
                                       "vmm { technique = \"assist-shadow\", code = \"t32\" }",
                                       "vmm {} inner = vmm { name = \"x\","
                                       " technique = \"assist-shadow\" }",
                                       "vmm { technique = \"assist\" }"
                                       " inner = vmm { name = \"x\","
                                       " technique = \"assist-shadow\" }"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct bench *b = run_kernel(ways[i]);
        check_refusals(b);
        bench_free(b);
    }
}

static void expect_words(const struct bench *b, u32 address, const char *words)
{
    char text[400];
    const struct trap_row *row = judged_at(b, address);
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    judgement_tell(row, text, sizeof text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, words));
    if (!strstr(text, words))
        printf("# not in \"%s\"\n", text);
}

static void the_table_that_refused_is_named(void)
{
    struct bench *b = run_kernel("vmm {}");
    expect_words(b, 0x00400000,
                 " of g1 in virtual mode K was a store to 00400000. The guest's table refused it: "
                 "W is 0 (entry 20140843).");
    expect_words(b, 0x00401005,
                 "allowed it (entry 040000c7). At 10000005 there is a device: UART.");
    expect_words(b, 0x00401000, "there is a device: UART. It does not serve such an access.");
    expect_words(b, 0x00405000, "At 90000000 there is neither memory nor a device.");
    expect_words(b, 0x00407000,
                 "allowed it (entry 201408c7). The shadow refused it: V is 0 (entry 00000000).");
    bench_free(b);
    b = run_kernel("");
    expect_words(b, 0x00401000, "there is a device: UART. It does not serve such an access.");
    expect_words(b, 0x00402000, " in mode K was a load from 00402000. The kernel's table refused");
    bench_free(b);
    b = run_kernel("vmm { technique = \"assist\" }");
    expect_words(b, 0x00401005, "there is a device: UART. The second stage refused it: V is 0");
    bench_free(b);
}

// ---- what the VMM did is the oracle

static bool is_page_fault(u32 cause)
{
    return cause == CAUSE_FETCH_PAGE || cause == CAUSE_LOAD_PAGE || cause == CAUSE_STORE_PAGE;
}

// Is what was done about the trap what has to be done if the tables said this?
static bool agrees(const struct trap_row *row)
{
    const struct judgement *j = &row->judged;
    bool allowed = !j->refusal && !j->lost;
    u32 cause =
        row->outcome == EVENT_TRAP || trap_row_is_for_vmm(row) ? row->note.cause : row->done.cause;
    switch (trap_row_verdict(row)) {
    case EVENT_FILL:
        return allowed && j->place == PLACE_MEMORY && j->by_refusal;
    case EVENT_EMULATE:
    case EVENT_KILL: // a store to the test device switches the power off
        return allowed && j->place == PLACE_DEVICE;
    case EVENT_REFLECT:
    case EVENT_TRAP:
        if (is_page_fault(cause))
            return j->refusal;
        return j->lost || (!j->refusal && j->place != PLACE_MEMORY);
    default:
        return false;
    }
}

static u32 count_disagreements(const struct traplog *log, u32 *asked)
{
    u32 wrong = 0;
    enum access access;
    for (u64 n = traplog_first(log); n <= log->traps; n++) {
        const struct trap_row *row = traplog_row(log, n);
        bool trap = row->kind == EVENT_EXIT || row->kind == EVENT_TRAP;
        bool at_work = trap_row_verdict(row) == EVENT_EXIT && n + 100 > log->traps;
        if (!trap || at_work || !judgement_access(row->note.cause, &access))
            continue;
        ++*asked;
        wrong += !row->judged.known || !agrees(row);
    }
    return wrong;
}

// kite's test of page tables meets each kind of fault.
static const char *const pagetests[] = {
    "guest { image = \"kite\", ram = \"16M\", append = init }",
    "vmm {} guest { image = \"kite\", ram = \"16M\", append = init }",
    "vmm { technique = \"assist-shadow\", code = \"t32\" }"
    " guest { image = \"kite\", ram = \"16M\", append = init }",
    "vmm {} guest { image = \"kite\", ram = \"16M\", append = init,"
    " inside = vmm { name = \"x\", technique = \"assist\" } }",
    "vmm { technique = \"assist\" } guest { image = \"kite\", ram = \"16M\", append = init,"
    " inside = vmm { name = \"x\" } }",
    "vmm { technique = \"assist\" } guest { image = \"kite\", ram = \"16M\", append = init,"
    " inside = vmm { name = \"x\", technique = \"assist-shadow\" } }"};
enum { PAGETESTS = sizeof pagetests / sizeof *pagetests };

static struct bench *pagetest(int which)
{
    char script[400];
    snprintf(script, sizeof script,
             "local init = \"init=/bin/pagetest\"\nmachine { profile = \"h\" }\n%s\nrun {}\n",
             pagetests[which]);
    return bench_new_with(script, "", 3000000);
}

static void the_vmm_does_what_the_tables_said(void)
{
    for (int i = 0; i < PAGETESTS; i++) {
        u32 asked = 0;
        struct bench *b = pagetest(i);
        run_until_goal(&b->drive, GOAL_RUN);
        CU_ASSERT_EQUAL(count_disagreements(b->drive.play.log, &asked), 0);
        CU_ASSERT(asked > 80);
        bench_free(b);
    }
}

// Walks the instruction that the hart executes next. False: it is one of a VMM.
static bool gather_running(const struct bench *b, struct page_tables *p)
{
    struct machine *m = b->drive.play.machine;
    struct vcpu_model v = {.known = true};
    observe_hart(m, 0, &v.path, &v.index);
    bool guest = vm_path_length(&v.path) || !machine_descriptor(m, &v.path);
    if (!guest || !observe_vcpu(m, &v.path, v.index, &v.seen) || !v.seen.on_hart)
        return false;
    pages_gather(p, m, &v, v.seen.state.pc);
    return true;
}

// kite fences each change of a page that it executes. So if the shadow maps such a page at all, it
// does so as the guest's table does, whatever the modes are in which the hart asks it.
static void a_shadow_of_code_agrees_with_the_guests_table(void)
{
    u32 compared = 0, wrong = 0;
    struct page_tables p;
    for (int i = 1; i < PAGETESTS; i++) {
        struct bench *b = pagetest(i);
        for (int moment = 0; moment < 400; moment++) {
            playback_advance(&b->drive.play, 4001);
            if (!gather_running(b, &p) || p.walks == 1 || !p.walk[p.walks - 1].leaf)
                continue;
            compared++;
            wrong += strncmp(page_words_difference(&p), "Both map the page.", 18) != 0;
        }
        bench_free(b);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(compared > 500);
}

// ---- the map

static struct page_tables gather(const struct bench *b, u32 address)
{
    struct page_tables p;
    struct machine *m = b->drive.play.machine;
    struct vcpu_model v = {.known = true};
    v.path.id[0] = machine_descriptor(m, &v.path) ? 1 : 0;
    CU_ASSERT_FATAL(observe_vcpu(m, &v.path, 0, &v.seen));
    pages_gather(&p, m, &v, address);
    pages_map(&p, m);
    return p;
}

static void check_map(const struct bench *b)
{
    struct page_tables p = gather(b, 0x00401000);
    char text[120];
    CU_ASSERT_EQUAL(p.place, PLACE_DEVICE);
    CU_ASSERT(page_words_place(&p, text, sizeof text) && strstr(text, "UART"));
    CU_ASSERT_EQUAL(p.slot[1] & SLOT_DEVICE, SLOT_DEVICE);
    CU_ASSERT_EQUAL(p.slot[1] & SLOT_GUEST, SLOT_GUEST);
    CU_ASSERT_EQUAL(p.slot[0x201] & (SLOT_GUEST | SLOT_DEVICE), SLOT_GUEST);
    CU_ASSERT_EQUAL(p.slot[0x40], 0); // physical 10000000, but the guest does not map it there
    CU_ASSERT_EQUAL(p.slot[2] | p.slot[3], 0);
    CU_ASSERT_EQUAL(p.here.device, 1);
    CU_ASSERT_EQUAL(p.here.memory, 3); // a page of mode U, one with A = 0, and a good one
    CU_ASSERT_EQUAL(p.here.empty, 1);
}

static void the_map_tells_devices_from_memory(void)
{
    static const char *const ways[] = {"", "vmm {}", "vmm { technique = \"assist\" }"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct bench *b = run_kernel(ways[i]);
        check_map(b);
        bench_free(b);
    }
}

// Without paging the devices are where the board has them.
static void without_paging_each_device_is_in_its_place(void)
{
    struct bench *b = bench_new_with("machine {}\nvmm {}\nguest { image = \"k.s\", ram = \"6M\" }\n"
                                     "run { steps = 100 }\n",
                                     ".globl _start\n_start: j _start\n", 0);
    run_until_goal(&b->drive, GOAL_RUN);
    struct page_tables p = gather(b, BOARD_RAM + (4u << 20));
    for (u32 slot = 0; slot < PAGES_SLOTS; slot++) {
        bool device = board_device_in(slot << 22, 1u << 22);
        CU_ASSERT_EQUAL((p.slot[slot] & SLOT_DEVICE) != 0, device);
        CU_ASSERT_EQUAL((p.slot[slot] & SLOT_GUEST) != 0, slot == 0x200 || slot == 0x201);
    }
    CU_ASSERT_EQUAL(p.here.memory, 512); // 2 MiB of the second piece
    CU_ASSERT_EQUAL(p.slot[0x201] & SLOT_SHADOW, SLOT_SHADOW);
    bench_free(b);
}

const struct suite suite_pages = {
    "pages",
    (const struct test[]){
        {"words refuse what the hardware refuses", words_refuse_what_the_hardware_refuses},
        {"a device is named where the board has one", a_device_is_named_where_the_board_has_one},
        {"an access is judged by the tables at its trap, not by those of now",
         an_access_is_judged_by_the_tables_at_its_trap},
        {"the table that refused an access is named", the_table_that_refused_is_named},
        {"what the VMM did about an access is what the tables said",
         the_vmm_does_what_the_tables_said},
        {"where the shadow maps code, it agrees with the guest's table",
         a_shadow_of_code_agrees_with_the_guests_table},
        {"the map of the address space tells devices from memory",
         the_map_tells_devices_from_memory},
        {"without paging each device is in its place", without_paging_each_device_is_in_its_place},
        {0}}};
