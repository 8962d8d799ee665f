// The phases of an old trap: the run goes to the moment when everything was done about it, so that
// all panes show what a phase touches, and the person can come back.
#include "tests/suite.h"
#include "ui/dashboard/input.h"
#include "ui/dashboard/pointing.h"
#include "ui/dashboard/route.h"
#include "ui/dashboard/story.h"
#include "ui/dashboard/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 50
#define COLUMNS 160

#define PROGRAM                                                                              \
    "local source = [[\n_start: la t0, skip\n csrw stvec, t0\n"                              \
    "loop: csrw sscratch, a0\n csrr a1, sscratch\n ebreak\n lw a2, 0(sp)\n addi a0, a0, 1\n" \
    " j loop\nskip: csrr t1, sepc\n addi t1, t1, 4\n csrw sepc, t1\n sret\n]]\n"

struct bench {
    struct dashboard *d;
};

// A scenario that has run so many steps, with the dashboard paused there.
static struct bench bench_at(const char *vmms, u64 steps)
{
    struct bench b = {calloc(1, sizeof *b.d)};
    char script[900], error[WORLD_ERROR] = "";
    enum status why;
    CU_ASSERT_PTR_NOT_NULL_FATAL(b.d);
    snprintf(script, sizeof script, "-- A test\n%smachine {}\n%s\nrun { steps = 1000000 }\n",
             PROGRAM, vmms);
    bool opened = drive_open(&b.d->drive, "s.lua", &(struct scenario_options){.script = script},
                             &why, error, sizeof error);
    if (!opened)
        printf("# %s\n", error);
    CU_ASSERT_FATAL(opened);
    screen_state_reset(&b.d->state);
    b.d->now.follow = b.d->wish.follow_hart = true;
    b.d->now.chosen = 1;
    b.d->rows = ROWS;
    b.d->columns = COLUMNS;
    CU_ASSERT_PTR_NULL(drive_to_steps(&b.d->drive, steps));
    return b;
}

static void bench_close(struct bench *b)
{
    dashboard_close(b->d);
    free(b->d);
}

// What the loop of the dashboard does until the run stands still.
static void settle(struct dashboard *d)
{
    for (int i = 0; i < 1000 && dashboard_has_work(d); i++) {
        dashboard_work(d, 20);
        dashboard_gather(d);
    }
    dashboard_gather(d);
    CU_ASSERT_FATAL(!dashboard_has_work(d) && cells_resize(&d->cells, ROWS, COLUMNS));
    frame_draw(&d->cells, &d->now, &d->before, &d->state);
}

static void press(struct dashboard *d, const char *keys)
{
    for (; *keys; keys++)
        dashboard_key(d, *keys == '\n' ? KEY_OF_ENTER : *keys);
    settle(d);
}

// Is this word somewhere on the screen, and is each of its cells marked?
static bool is_marked(const struct cells *c, const char *word)
{
    int length = (int)strlen(word), cells = c->rows * c->columns;
    u8 wanted = ATTRIBUTE_REVERSE | ATTRIBUTE_BOLD;
    for (int i = 0; i + length <= cells; i++) {
        int same = 0;
        while (same < length && c->at[i + same].glyph == (u8)word[same] &&
               (c->at[i + same].attributes & wanted) == wanted)
            same++;
        if (same == length)
            return true;
    }
    return false;
}

// Every pane shows the moment of the selected trap, and its own VCPU.
static void check_moment(const struct dashboard *d, u64 trap)
{
    const struct trap_row *row = model_trap(&d->now);
    CU_ASSERT_EQUAL_FATAL(d->now.trap, trap);
    CU_ASSERT(story_is_now(&d->now, row));
    CU_ASSERT(vm_path_equal(&d->now.vcpu.path, &row->path));
    CU_ASSERT_EQUAL(d->now.vcpu.index, trap_row_vcpu(row));
}

// Each phase points at all the places that it names.
static void check_phases(struct dashboard *d, u64 trap)
{
    u64 steps = d->now.steps;
    struct story story;
    char places[POINTING_SIZE];
    story_tell(&d->now, model_trap(&d->now), &story);
    for (u32 phase = 1; phase <= story.count; phase++) {
        CU_ASSERT_EQUAL(pointing_phase(&d->now, &d->state), phase);
        check_moment(d, trap);
        pointing_places(&d->now, &d->state, places);
        CU_ASSERT_PTR_NOT_NULL(strstr(places, story.phase[phase - 1].look));
        if (phase < story.count)
            press(d, "o");
    }
    CU_ASSERT_EQUAL(d->now.steps, steps); // one moment for all phases
}

// Goes to the story of a trap, and comes back. Returns whether a mark was seen on the way.
static bool visit(struct dashboard *d, u64 trap)
{
    u64 steps = d->now.steps, hash = machine_hash(d->drive.play.machine);
    struct vm_path path = d->now.vcpu.path;
    char pc[12], back[40];
    d->now.follow = false;
    d->now.trap = trap;
    settle(d);
    const struct trap_row *row = model_trap(&d->now);
    CU_ASSERT_FALSE(story_is_now(&d->now, row));
    snprintf(pc, sizeof pc, "%08x", row->note.pc);
    press(d, "o");
    CU_ASSERT_PTR_NOT_NULL(strstr(d->state.message, "goes back"));
    check_moment(d, trap);
    bool marked = is_marked(&d->cells, pc);
    check_phases(d, trap);
    snprintf(back, sizeof back, ":goto %llu\n", (unsigned long long)steps);
    press(d, back);
    CU_ASSERT_EQUAL(machine_hash(d->drive.play.machine), hash);
    CU_ASSERT(vm_path_equal(&d->now.vcpu.path, &path));
    CU_ASSERT_EQUAL(pointing_phase(&d->now, &d->state), 0);
    return marked;
}

// Visits traps of the past, one after the other. Those that are not over have no such moment.
static void visit_traps(const char *vmms, u64 steps, u32 most)
{
    struct bench b = bench_at(vmms, steps);
    u64 ended;
    settle(b.d);
    u32 visited = 0, marked = 0;
    for (u64 n = b.d->now.log->traps; n > 1 && visited < most; n--)
        if (route_has_ended(b.d->now.log, traplog_row(b.d->now.log, n), &ended) &&
            ended < b.d->now.steps) {
            marked += visit(b.d, n);
            visited++;
        }
    CU_ASSERT_EQUAL(visited, most);
    CU_ASSERT(marked > most / 2); // after a trap that was reflected, pane 2 shows the handler
    bench_close(&b);
}

#define GUEST "guest { name = \"ann\", source = source, ram = \"64K\" }\n"
#define INSIDE "guest { name = \"ann\", inside = inner, source = source, ram = \"64K\" }\n"

static void below_a_native_vmm(void)
{
    visit_traps("vmm { quantum = 100 }\n" GUEST
                "guest { name = \"ben\", source = source, ram = \"64K\" }\n",
                500, 30);
}

static void on_the_bare_machine(void)
{
    visit_traps(GUEST, 300, 10);
}

// Its VMM takes steps of its own, so the trap and the moment when all is done are two moments.
static void below_a_vmm_that_is_guest_code(void)
{
    visit_traps("vmm { code = \"t32\" }\n" GUEST, 60000, 10);
}

static void below_nested_vmms(void)
{
    visit_traps("vmm {}\nlocal inner = vmm { name = \"inner\" }\n" INSIDE, 80000, 30);
}

const struct suite suite_phases = {
    "phases", (const struct test[]){
                  {"the phases of an old trap are shown at its moment, and one can come back",
                   below_a_native_vmm},
                  {"the same on the bare machine", on_the_bare_machine},
                  {"the same below a VMM that is guest code", below_a_vmm_that_is_guest_code},
                  {"the same below nested VMMs", below_nested_vmms},
                  {0}}};
