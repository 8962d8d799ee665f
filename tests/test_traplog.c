// The log: merging events into rows, counting, classes, and going back.
#include "isa/arch/hart.h"
#include "isa/isa.h"
#include "tests/model.h"
#include "tests/suite.h"
#include "ui/terminal/text.h"
#include "ui/dashboard/filter.h"
#include "ui/dashboard/words.h"

#include <stdlib.h>
#include <string.h>

static void tell(struct traplog *log, u8 kind, u64 at, u32 cost, u32 cause, u32 insn)
{
    struct event e = {
        .seq = at,
        .cycle = at,
        .retired = at,
        .steps = at,
        .cost = cost,
        .level = 1,
        .path = {{1}},
        .note = {.kind = kind, .mode = MODE_K, .cause = cause, .insn = insn, .pc = 0x80400000}};
    traplog_add(log, &e);
}

static void test_merge(void)
{
    struct traplog *log = traplog_new();
    tell(log, EVENT_EXIT, 10, 20, CAUSE_ILLEGAL, 0x10200073);
    CU_ASSERT_EQUAL(traplog_row(log, 1)->outcome, EVENT_EXIT);
    tell(log, EVENT_EMULATE, 10, 100, CAUSE_ILLEGAL, 0x10200073);
    CU_ASSERT_EQUAL(log->traps, 1);
    CU_ASSERT_EQUAL(traplog_row(log, 1)->outcome, EVENT_EMULATE);
    CU_ASSERT_EQUAL(traplog_row(log, 1)->cost, 120);
    CU_ASSERT_EQUAL(traplog_row(log, 1)->class, TRAP_SRET);
    CU_ASSERT_EQUAL(log->count[TRAP_SRET].count, 1);
    CU_ASSERT_EQUAL(log->count[TRAP_SRET].cost, 120);
    CU_ASSERT_EQUAL(log->count[TRAP_SRET].most, 120);
    CU_ASSERT_EQUAL(log->count[TRAP_UNDEFINED].count + log->count[TRAP_CSR].count, 0);
    CU_ASSERT_EQUAL(log->cost, 120);
    traplog_free(log);
}

static void test_classes(void)
{
    static const struct {
        u8 outcome, mode;
        u32 cause, done, insn;
        u8 class;
    } cases[] = {
        {EVENT_EMULATE, MODE_K, CAUSE_ILLEGAL, 0, 0x18051073, TRAP_CSR},
        {EVENT_EMULATE, MODE_K, CAUSE_ILLEGAL, 0, 0x10500073, TRAP_WFI},
        {EVENT_EMULATE, MODE_K, CAUSE_ILLEGAL, 0, 0x12000073, TRAP_SFENCE},
        {EVENT_REFLECT, MODE_U, CAUSE_ILLEGAL, CAUSE_ILLEGAL, 0x18051073, TRAP_UNDEFINED},
        {EVENT_REFLECT, MODE_U, CAUSE_ECALL_U, CAUSE_ECALL_U, 0x73, TRAP_ECALL_U},
        {EVENT_EMULATE, MODE_K, CAUSE_ECALL_U, 0, 0x73, TRAP_ECALL_K},
        {EVENT_FILL, MODE_U, CAUSE_STORE_PAGE, 0, 0, TRAP_STORE_PAGE},
        {EVENT_EMULATE, MODE_K, CAUSE_STORE_PAGE, 0, 0, TRAP_MMIO},
        {EVENT_REFLECT, MODE_K, CAUSE_LOAD_PAGE, CAUSE_LOAD_ACCESS, 0, TRAP_ACCESS},
        {EVENT_PREEMPT, MODE_K, CAUSE_TIMER, 0, 0, TRAP_TIMER},
        {EVENT_EMULATE, MODE_K, CAUSE_ECALL_VK, 0, 0x73, TRAP_ECALL_K},
        {EVENT_EMULATE, MODE_K, CAUSE_GUEST_LOAD_PAGE, 0, 0, TRAP_MMIO},
        {EVENT_EMULATE, MODE_K, CAUSE_GUEST_STORE_PAGE, 0, 0, TRAP_MMIO},
        {EVENT_REFLECT, MODE_K, 77, 77, 0, TRAP_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trap_row row = {
            .kind = EVENT_EXIT,
            .outcome = cases[i].outcome,
            .note = {.mode = cases[i].mode, .cause = cases[i].cause, .insn = cases[i].insn},
            .done = {.cause = cases[i].done}};
        CU_ASSERT_EQUAL(trap_row_classify(&row), cases[i].class);
        char text[256];
        row.class = cases[i].class;
        CU_ASSERT(strlen(words_why(&row, false, 77, text)) > 10);
        CU_ASSERT(strlen(words_cause(&row, false, text)) > 2);
    }
}

static const char *ed_of(u8 outcome)
{
    return outcome == EVENT_FILL ? "filled" : "reflected";
}

// At 80 columns the line above the hint bar has 77 for the sentence.
static void test_why_is_whole(void)
{
    static const struct {
        u8 class, outcome;
        u32 cause;
        const char *end;
    } cases[] = {
        {TRAP_ACCESS, EVENT_REFLECT, CAUSE_STORE_ACCESS, "there; reflected"},
        {TRAP_ECALL_U, EVENT_REFLECT, CAUSE_ECALL_U, "; reflected, 230 cycles"},
        {TRAP_FETCH_PAGE, EVENT_FILL, CAUSE_FETCH_PAGE, "; filled, 230 cycles"},
    };
    char text[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trap_row row = {.kind = EVENT_EXIT,
                               .outcome = cases[i].outcome,
                               .class = cases[i].class,
                               .path = {{1}},
                               .note = {.cause = cases[i].cause, .addr = 0x80010000},
                               .cost = 230};
        row.done.cause = cases[i].cause;
        const char *end = cases[i].end;
        size_t length = strlen(words_why(&row, 0, 77, text));
        CU_ASSERT(length <= 77);
        CU_ASSERT_STRING_EQUAL(text + length - strlen(end), end);
        // With less room the reason is left out as a whole.
        words_why(&row, 0, 60, text);
        CU_ASSERT(strlen(text) <= 60 && strstr(text, ed_of(cases[i].outcome)));
    }
}

static void test_filter(void)
{
    struct trap_row row = {.kind = EVENT_EXIT,
                           .outcome = EVENT_EMULATE,
                           .class = TRAP_CSR,
                           .path = {{1, 2}},
                           .note = {.mode = MODE_K, .cause = CAUSE_ILLEGAL, .insn = 0x18051073}};
    static const char *const takes[] = {"",   "P",    "csr",  "emulate",   "g1",           "g1.2",
                                        "L2", "satp", "P g1", "!g2 !fill", "csrw satp !L1"};
    static const char *const refuses[] = {"S",  "sret", "fill", "g12",     "g1.1",
                                          "L1", "P g2", "!P",   "satp !g1"};
    for (size_t i = 0; i < sizeof takes / sizeof *takes; i++)
        CU_ASSERT_TRUE(filter_takes(takes[i], &row, false));
    for (size_t i = 0; i < sizeof refuses / sizeof *refuses; i++)
        CU_ASSERT_FALSE(filter_takes(refuses[i], &row, false));
}

// When the guest exits again, its VMM is not at work on the exit before any more.
static void test_untold(void)
{
    struct traplog *log = traplog_new();
    char text[256];
    tell(log, EVENT_EXIT, 100, 20, CAUSE_TIMER, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(words_why(traplog_row(log, 1), 0, 200, text), "is at work"));
    tell(log, EVENT_EXIT, 200, 20, CAUSE_ECALL_U, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(words_why(traplog_row(log, 1), 0, 200, text), "let it go on"));
    CU_ASSERT_FALSE(traplog_row(log, 2)->untold);
    traplog_free(log);
}

static void test_letters(void)
{
    for (int a = 0; a < TRAP_CLASSES; a++) {
        CU_ASSERT_FATAL(trap_classes[a].name && strlen(trap_classes[a].name) <= 10);
        for (int b = a + 1; b < TRAP_CLASSES; b++)
            CU_ASSERT_NOT_EQUAL_FATAL(trap_classes[a].letter, trap_classes[b].letter);
    }
}

static void test_ring(void)
{
    struct traplog *log = traplog_new();
    for (u64 i = 1; i <= LOG_TRAPS + 100; i++)
        tell(log, EVENT_TRAP, i, 1, CAUSE_ECALL_U, 0);
    CU_ASSERT_EQUAL(traplog_first(log), 101);
    CU_ASSERT_PTR_NULL(traplog_row(log, 100));
    CU_ASSERT_EQUAL(traplog_row(log, 101)->seq, 101);
    CU_ASSERT_EQUAL(traplog_row(log, LOG_TRAPS + 100)->seq, LOG_TRAPS + 100);
    CU_ASSERT_PTR_NULL(traplog_row(log, LOG_TRAPS + 101));
    CU_ASSERT_EQUAL(log->count[TRAP_ECALL_U].count, LOG_TRAPS + 100);
    traplog_free(log);
}

static void test_back(void)
{
    struct traplog *log = traplog_new(), *straight = traplog_new();
    struct saved_pages mark;
    struct model now, before;
    model_by_hand(&now, &before, log);
    CU_ASSERT(traplog_mark(log, &mark));
    tell(log, EVENT_EMULATE, 99999, 7, CAUSE_ILLEGAL, 0x10500073); // grows the open row
    for (u64 i = 0; i < 50; i++)
        tell(log, EVENT_TRAP, 100000 + i, 1000000, CAUSE_BREAKPOINT, 0);
    traplog_return(log, &mark);
    model_by_hand(&now, &before, straight);
    CU_ASSERT_EQUAL(log->traps, straight->traps);
    CU_ASSERT_EQUAL(log->cost, straight->cost);
    CU_ASSERT_EQUAL(memcmp(log->count, straight->count, sizeof log->count), 0);
    for (u64 n = 1; n <= log->traps; n++)
        CU_ASSERT_EQUAL_FATAL(
            memcmp(traplog_row(log, n), traplog_row(straight, n), sizeof(struct trap_row)), 0);
    pages_drop(&mark);
    traplog_free(log);
    traplog_free(straight);
}

static void test_spans(void)
{
    struct traplog *log = traplog_new();
    struct model now, before;
    model_by_hand(&now, &before, log);
    CU_ASSERT_EQUAL_FATAL(log->spans, 6);
    for (u64 i = 0; i < log->spans; i++) {
        const struct span *s = traplog_span(log, i);
        CU_ASSERT_EQUAL(s->path.id[0], 1 + i % 2);
        CU_ASSERT(s->from < s->to);
    }
    CU_ASSERT_EQUAL(log->count[TRAP_SWITCH].count,
                    3); // a quantum was over; the other switches followed a wfi
    traplog_free(log);
}

static void test_numbers(void)
{
    char to[TEXT_NUMBER];
    CU_ASSERT_STRING_EQUAL(text_grouped(0, to), "0");
    CU_ASSERT_STRING_EQUAL(text_grouped(999, to), "999");
    CU_ASSERT_STRING_EQUAL(text_grouped(1204331, to), "1,204,331");
    CU_ASSERT_STRING_EQUAL(text_grouped(UINT64_MAX, to), "18,446,744,073,709,551,615");
    CU_ASSERT_STRING_EQUAL(text_short(9999, to), "9999");
    CU_ASSERT_STRING_EQUAL(text_short(12408, to), "12.4k");
    CU_ASSERT_STRING_EQUAL(text_short(999999, to), "999k");
    CU_ASSERT_STRING_EQUAL(text_short(1000000, to), "1.0M");
    CU_ASSERT_STRING_EQUAL(text_short(UINT64_MAX, to), "18.4E");
}

static void test_harmless(void)
{
    char to[32];
    CU_ASSERT_STRING_EQUAL(text_harmless("a\x1b[1m\tb\x7f", 8, to, sizeof to), "a [1m b ");
    CU_ASSERT_STRING_EQUAL(text_harmless("\xff\xc3\xa9\xe2\x80\xae", 6, to, sizeof to),
                           "?é?"); // invalid; é; right-to-left override
    CU_ASSERT_STRING_EQUAL(text_harmless("\xc3", 1, to, sizeof to), "?");
    CU_ASSERT_STRING_EQUAL(text_harmless("abcdefgh", 8, to, 8),
                           "abcd"); // room for a whole glyph is always left
    const char *overlong = "\xc0\xaf", *surrogate = "\xed\xa0\x80";
    CU_ASSERT_EQUAL(glyph_next(&overlong), 0xfffd);
    CU_ASSERT_EQUAL(glyph_next(&surrogate), 0xfffd);
}

const struct suite suite_traplog = {
    "traplog",
    (const struct test[]){
        {"an exit and its outcome are one row, counted once, in its final class", test_merge},
        {"every pair of cause and outcome has its class, its words and its sentence", test_classes},
        {"an exit of which nobody told what was done is not under way for ever", test_untold},
        {"no two classes share a letter", test_letters},
        {"the latest rows are kept, the counts cover all", test_ring},
        {"going back leaves the log as if the rest had never been", test_back},
        {"who had the hart is kept as spans", test_spans},
        {"numbers are grouped and shortened as people read them", test_numbers},
        {"foreign text becomes harmless", test_harmless},
        {"the sentence fits its columns: cost and reason are left out, never what was done",
         test_why_is_whole},
        {"a filter takes the traps that all its words fit", test_filter},
        {0}}};
