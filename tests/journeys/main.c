// The journeys of hypervisor/README.md, as they really are: which functions run from the return of
// hw_run to its next call, for a CSR access and for a hidden page fault. The core is compiled with
// -finstrument-functions (tests/test_journeys.sh), and this program prints the address of each
// function that is entered on the way.
#include "tests/vmm/fake_hw.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST 64

static struct {
    bool on;
    u32 count;
    void *function[MOST];
} journey;

// The compiler calls these two at each function's start and end.
void __cyg_profile_func_enter(void *function, void *caller);
void __cyg_profile_func_exit(void *function, void *caller);

void __cyg_profile_func_enter(void *function, void *caller)
{
    (void)caller;
    if (!journey.on)
        return;
    for (u32 i = 0; i < journey.count; i++)
        if (journey.function[i] == function)
            return;
    if (journey.count < MOST)
        journey.function[journey.count++] = function;
}

void __cyg_profile_func_exit(void *function, void *caller)
{
    (void)function;
    (void)caller;
}

static void tell(const char *name)
{
    for (u32 i = 0; i < journey.count; i++)
        printf("%s %p\n", name, journey.function[i]);
    journey.count = 0;
}

// What ends each call of hw_run: a fault in a page whose table the shadow lacks, one in the next
// page, a CSR access; and then the program is done.
static void play(struct fake *f, const struct fake_run *run, struct hw_exit *exit)
{
    static u32 step;
    (void)f;
    (void)run;
    journey.on = false;
    *exit = (struct hw_exit){.trapped = true, .trap = {.cause = CAUSE_LOAD_PAGE}};
    switch (step++) {
    case 0:
        exit->trap.tval = 0x1000;
        return;
    case 1:
        exit->trap.tval = 0x2000;
        break;
    case 2:
        tell("fault");
        *exit = fake_illegal_exit(fake_insn(INSN_csrrw, 0, 10, 0, CSR_sscratch), 5);
        break;
    default:
        tell("csr");
        fflush(stdout);
        _exit(0);
    }
    journey.on = true;
}

static void travel(void)
{
    struct fake *f = fake_new(NULL);
    fake_paging(f);
    fake_map(f, 0x1000, BOARD_RAM + 0x1000, FAKE_ALL);
    fake_map(f, 0x2000, BOARD_RAM + 0x2000, FAKE_ALL);
    f->play = play;
    fake_turn(f);
}

// The scripted hardware checks its callers, so it wants a test that runs.
int main(void)
{
    CU_initialize_registry();
    CU_ADD_TEST(CU_add_suite("journeys", NULL, NULL), travel);
    CU_run_all_tests();
    return 1; // not reached if all is well: play ends the program
}
