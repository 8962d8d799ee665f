// Much of everything: code pages, guests. What sleeps is to leave little behind, and what runs is to keep what it
// needs. Read next: scenarios/thousand.lua.
#include "sim/engine_fast.h"
#include "tests/program.h"
#include "tests/suite.h"

// ---- decoded code

// Calls a `ret` in each of `pages` pages, `rounds` times over.
#define CALL_PAGES(pages, rounds)                                                                                      \
    " li s0, " rounds "\n"                                                                                             \
    "1: li s1, 0x81000000\n li s2, " pages "\n"                                                                        \
    "2: jalr s1\n add s1, s1, s4\n addi s2, s2, -1\n bnez s2, 2b\n"                                                    \
    " addi s0, s0, -1\n bnez s0, 1b\n"

#define WRITE_PAGES                                                                                                    \
    " .globl _start\n _start: li s4, 4096\n li s3, 0x8067\n li s1, 0x81000000\n li s2, 1000\n"                         \
    "1: sw s3, 0(s1)\n add s1, s1, s4\n addi s2, s2, -1\n bnez s2, 1b\n"

static u32 code_pages_after(const char *text)
{
    struct machine *m = program_machine(text, NULL);
    machine_run(m, 1000000);
    u32 kept = ((const struct fast *)m->engine_data)->kept;
    machine_free(m);
    return kept;
}

static void code_that_ran_once_is_not_kept(void)
{
    u32 kept = code_pages_after(WRITE_PAGES CALL_PAGES("1000", "1") POWER_OFF_TEXT);
    CU_ASSERT(kept >= 2 && kept <= 2 * CODE_PAGES_LEAST);
}

static void code_that_runs_again_and_again_is_kept(void)
{
    u32 kept = code_pages_after(WRITE_PAGES CALL_PAGES("300", "40") POWER_OFF_TEXT);
    CU_ASSERT(kept >= 301 && kept <= 400);
}

const struct suite suite_scale = {
    "scale",
    (const struct test[]){
        {"code that ran once is not kept", code_that_ran_once_is_not_kept},
        {"code that runs again and again is kept", code_that_runs_again_and_again_is_kept},
        {0},
    },
};
