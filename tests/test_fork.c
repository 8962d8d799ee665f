// A change by hand forks the history: back and forward again is the changed run, to the bit, and
// without the change it is the scenario's own run again.
#include "tests/driving.h"
#include "tests/suite.h"
#include "isa/isa.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void go_to(struct bench *b, u64 steps)
{
    CU_ASSERT_PTR_NULL(drive_to_steps(&b->drive, steps));
    while (b->drive.goal == GOAL_BACK)
        drive_slice(&b->drive, 50);
    CU_ASSERT_EQUAL_FATAL(scenario_steps(b->drive.play.sc), steps);
}

static u64 hash_at(struct bench *b, u64 steps)
{
    go_to(b, steps);
    return machine_hash(b->drive.play.machine);
}

static struct hart_state state_of(struct bench *b, struct vm_path path)
{
    struct observed_vcpu v = {0};
    CU_ASSERT_FATAL(observe_vcpu(b->drive.play.machine, &path, 0, &v));
    return v.state;
}

static void change(struct bench *b, struct edit e)
{
    const char *why = "";
    CU_ASSERT_FATAL(playback_edit(&b->drive.play, &e, &why));
}

// Changes s0 in the middle, and looks at moments before, at and after it, in any order.
static void a_register_forks(const char *script, struct vm_path path)
{
    struct bench *b = bench_new(script, 0);
    u64 before = hash_at(b, 300), own = hash_at(b, 1500);
    go_to(b, 400);
    change(b, (struct edit){.kind = EDIT_REGISTER, .path = path, .number = 8, .value = 0x1000});
    CU_ASSERT_EQUAL(state_of(b, path).x[8], 0x1000);
    u64 at = machine_hash(b->drive.play.machine), after = hash_at(b, 1500);
    CU_ASSERT_NOT_EQUAL(after, own);
    CU_ASSERT(state_of(b, path).x[8] > 0x1000);
    for (int i = 0; i < 20; i++) {
        u64 steps = 250 + (u64)rand() % 1300;
        go_to(b, steps);
        CU_ASSERT_EQUAL(playback_fork(&b->drive.play) != NULL, steps >= 400);
        CU_ASSERT_EQUAL(hash_at(b, 1500), after);
        CU_ASSERT_EQUAL(hash_at(b, 300), before);
        CU_ASSERT_EQUAL(hash_at(b, 400), at);
    }
    go_to(b, 399);
    CU_ASSERT_EQUAL(playback_forget_edits(&b->drive.play), 1);
    CU_ASSERT_EQUAL(hash_at(b, 1500), own);
    bench_free(b);
}

static void registers_fork(void)
{
    a_register_forks(driving_bare, (struct vm_path){{0}});
    a_register_forks(driving_vmm, (struct vm_path){{1}});
    a_register_forks(driving_vmm, (struct vm_path){{2}});
}

static void memory_pc_and_csrs_can_be_changed(void)
{
    struct vm_path paths[] = {{{0}}, {{1}}};
    for (int i = 0; i < 2; i++) {
        struct bench *b = bench_new(i ? driving_vmm : driving_bare, 0);
        u32 user, word;
        struct world *w = scenario_world(b->drive.play.sc);
        CU_ASSERT_FATAL(symbols_find(&w->guest[0].loaded.symbols, "user", &user));
        go_to(b, 60);
        // The program's first instruction becomes addi s0, s0, 7.
        change(b, (struct edit){.kind = EDIT_MEMORY,
                                .path = paths[i],
                                .address = user,
                                .bytes = 4,
                                .memory = {0x13, 0x04, 0x74, 0x00}});
        CU_ASSERT(observe_read_virtual(b->drive.play.machine, &paths[i], 0, user, &word, 4));
        CU_ASSERT_EQUAL(word, 0x00740413);
        u32 s0 = state_of(b, paths[i]).x[8];
        go_to(b, 1000);
        CU_ASSERT(state_of(b, paths[i]).x[8] >= s0 + 7);
        change(b, (struct edit){
                      .kind = EDIT_CSR, .path = paths[i], .number = CSR_sscratch, .value = 5});
        CU_ASSERT_EQUAL(state_of(b, paths[i]).sscratch, 5);
        change(b, (struct edit){.kind = EDIT_PC, .path = paths[i], .value = user});
        CU_ASSERT_EQUAL(state_of(b, paths[i]).pc, user);
        u64 hash = hash_at(b, 2000);
        go_to(b, 50);
        CU_ASSERT_EQUAL(hash_at(b, 2000), hash);
        bench_free(b);
    }
}

static void what_cannot_be_changed_is_told(void)
{
    struct bench *b = bench_new(driving_vmm, 0);
    gva end = BOARD_RAM + (8u << 20); // of the guest's RAM
    struct edit satp = {.kind = EDIT_CSR, .path = {{1}}, .number = CSR_satp, .value = 1},
                nowhere = {.kind = EDIT_MEMORY, .path = {{1}}, .address = 0x1000, .bytes = 4},
                odd = {.kind = EDIT_PC, .path = {{1}}, .value = 0x80400002},
                beyond = {.kind = EDIT_MEMORY,
                          .path = {{1}},
                          .address = end - 2,
                          .bytes = 4,
                          .memory = {1, 2, 3, 4}},
                nobody = {.kind = EDIT_REGISTER, .path = {{7}}, .number = 1};
    const struct edit *edits[] = {&satp, &nowhere, &beyond, &odd, &nobody};
    u64 hash = machine_hash(b->drive.play.machine);
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        const char *why = NULL;
        CU_ASSERT_FALSE(playback_edit(&b->drive.play, edits[i], &why));
        CU_ASSERT(why && strlen(why) > 10);
    }
    CU_ASSERT_EQUAL(machine_hash(b->drive.play.machine), hash);
    CU_ASSERT_PTR_NULL(playback_fork(&b->drive.play));
    beyond.bytes = 2; // these are there
    change(b, beyond);
    u32 last = 0;
    CU_ASSERT(observe_read_virtual(b->drive.play.machine, &beyond.path, 0, end - 2, &last, 2));
    CU_ASSERT_EQUAL(last, 0x0201);
    bench_free(b);
}

// A guest of a VMM that is a guest itself: its registers are on the hart, or in two records.
static void a_nested_guest_can_be_changed(void)
{
    struct drive *d = calloc(1, sizeof *d);
    struct scenario_options options = {0};
    char error[WORLD_ERROR], *path = scenario_find("15");
    enum status why;
    const char *reason = "";
    struct observed_vcpu v;
    struct edit e = {.kind = EDIT_REGISTER, .path = {{1, 1}}, .number = 31, .value = 0x12345};
    CU_ASSERT_PTR_NOT_NULL_FATAL(path);
    CU_ASSERT_FATAL(drive_open(d, path, &options, &why, error, sizeof error));
    bool ready = false;
    for (int i = 0; i < 3000 && !ready; i++) {
        playback_advance(&d->play, 997);
        if (scenario_stop(d->play.sc))
            playback_answer(&d->play, -1);
        ready = d->play.machine && observe_vcpu(d->play.machine, &e.path, 0, &v) && v.on_hart &&
                !v.in_vmm;
    }
    CU_ASSERT_FATAL(ready);
    CU_ASSERT_FATAL(playback_edit(&d->play, &e, &reason));
    CU_ASSERT(observe_vcpu(d->play.machine, &e.path, 0, &v));
    CU_ASSERT_EQUAL(v.state.x[31], 0x12345);
    drive_close(d);
    free(path);
    free(d);
}

static void a_recording_says_that_the_run_was_changed(void)
{
    char path[] = "/tmp/trapeze-fork-XXXXXX", error[RECORDING_ERROR];
    struct bench *b = bench_new(driving_vmm, 0);
    struct recording *r = recording_new(&(struct recording_head){.scenario = "s.lua", .seed = 1}),
                     *read;
    u32 world;
    u64 steps;
    int file = mkstemp(path);
    CU_ASSERT_FATAL(file >= 0 && r);
    close(file);
    recording_world(r, 1, b->drive.play.machine);
    b->drive.play.options.recording = r;
    go_to(b, 100);
    change(b, (struct edit){.kind = EDIT_REGISTER, .path = {{1}}, .number = 10, .value = 7});
    CU_ASSERT_FATAL(recording_save(r, path, error));
    read = recording_load(path, error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    CU_ASSERT_STRING_EQUAL(recording_forked(read, &world, &steps), "a0 = 00000007");
    CU_ASSERT(world == 1 && steps == machine_steps(b->drive.play.machine));
    recording_free(read);
    recording_fork(r, NULL);
    CU_ASSERT_PTR_NULL(recording_forked(r, &world, &steps));
    b->drive.play.options.recording = NULL;
    bench_free(b);
    recording_free(r);
    unlink(path);
}

const struct suite suite_fork = {
    "fork",
    (const struct test[]){
        {"a changed register forks the history, and comes again", registers_fork},
        {"memory, the pc and CSRs can be changed", memory_pc_and_csrs_can_be_changed},
        {"what cannot be changed is told, and nothing has changed", what_cannot_be_changed_is_told},
        {"a guest of a VMM that is a guest can be changed", a_nested_guest_can_be_changed},
        {"a recording says that the run was changed", a_recording_says_that_the_run_was_changed},
        {0}}};
