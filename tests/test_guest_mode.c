// Guest mode, as the dashboard sees it: the tables of both stages, the CSRs of both banks, and the
// story of an exit and of a trap that is none.
#include "scenarios/world/world.h"
#include "tests/stage.h"
#include "tests/suite.h"
#include "ui/dashboard/story.h"
#include "ui/dashboard/words.h"

#include <string.h>

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)
#define RAM (6u << 20) // the last 2 MiB are mapped by small pages in the second stage, too
#define PAGE_VA 0x00400123u
#define UART_VA 0x00401000u
#define HOLE_VA 0x00402000u
#define LOST_VA 0x00800000u

// Sv32 is on: a superpage for the code, small pages for the data and for the UART, and an entry
// whose table is where the VM has no memory.
static const char source[] = "_start: li s0, 0x80500000\n"
                             "li t0, 0x201000cf\n sw t0, 0x700(s0)\n sw t0, 0(s0)\n"
                             "li t1, 0x80501000\n li t0, 0x20140401\n sw t0, 4(s0)\n"
                             "li t0, 0x2fffffff & ~0x3ff | 1\n sw t0, 8(s0)\n"
                             "li t2, 0x80500800\n li t0, 0x200000cf\n sw t0, 0(t2)\n"
                             "li t0, 0x201000cf\n sw t0, 4(t2)\n"
                             "li t0, 0x201408cf\n sw t0, 0(t1)\n"
                             "li t0, 0x040000c7\n sw t0, 4(t1)\n"
                             "li t0, 0x80080500\n csrw satp, t0\n sfence.vma\n"
                             "li t3, 0x00400000\n lw t4, 0(t3)\n"
                             "li t3, 0x00401000\n lbu t4, 5(t3)\n" // an exit
                             "loop: j loop\n";

static struct world *start(u8 technique, bool t32)
{
    static struct world_plan plan;
    char error[WORLD_ERROR] = "";
    enum status why;
    world_plan_default(&plan);
    plan.depth = 1;
    plan.guests = 1;
    plan.t32 = t32;
    plan.machine.profile = ISA_H;
    plan.vmm.technique = technique;
    plan.guest[0] = (struct guest_plan){
        .image = "source", .source = source, .ram = RAM, .hart = GUEST_ANY_HART};
    struct world *w = world_new(&plan, &why, error, sizeof error);
    if (!w)
        printf("# %s\n", error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    return w;
}

// The first VCPU of the guest, when the guest is in its loop.
static struct vcpu_model run_to_loop(struct world *w)
{
    struct vcpu_model v = {.known = true, .path = w->guest[0].path};
    gva loop;
    CU_ASSERT_FATAL(world_symbol(&w->guest[0], "loop", &loop));
    for (u32 tries = 0; tries < 4000; tries++) {
        machine_run(w->machine, 100);
        observe_vcpu(w->machine, &v.path, 0, &v.seen);
        if (v.seen.on_hart && v.seen.state.pc == loop)
            return v;
    }
    CU_FAIL_FATAL("the guest did not come to its loop");
    return v;
}

static struct table_walk walk_of(struct world *w, const struct vcpu_model *v, u32 address)
{
    struct page_tables p;
    pages_gather(&p, w->machine, v, address);
    CHECK(p.walks, 1);
    return p.walk[0];
}

static void both_stages_are_walked(void)
{
    struct world *w = start(TECHNIQUE_ASSIST, false);
    struct vcpu_model v = run_to_loop(w);
    struct table_walk page = walk_of(w, &v, PAGE_VA);
    mpa at = 0;
    CU_ASSERT(page.two_stages && page.leaf && page.page.mapped);
    CHECK(pages_reads(&page), 8);
    CHECK(page.page.gpa, 0x80502123);
    CU_ASSERT(observe_locate(w->machine, &v.path, 0, PAGE_VA, &at));
    CHECK(page.page.at, at);
    CHECK(pages_reads(&(struct table_walk){.entries = 2}), 2);
    world_free(w);
}

static void what_a_stage_lacks_is_found(void)
{
    struct world *w = start(TECHNIQUE_ASSIST, false);
    struct vcpu_model v = run_to_loop(w);
    struct table_walk uart = walk_of(w, &v, UART_VA);
    CU_ASSERT(uart.leaf && uart.page.reads && !uart.page.mapped);
    struct table_walk hole = walk_of(w, &v, HOLE_VA);
    CU_ASSERT(!hole.leaf && hole.entries == 2 && !hole.page.reads);
    struct table_walk lost = walk_of(w, &v, LOST_VA);
    CU_ASSERT(lost.entries == 1 && lost.second[1].reads && !lost.second[1].mapped);
    world_free(w);
}

// By native code and by T32 code, which leaves the guest's registers on the hart while it runs.
static void with_shadows_the_guests_satp_is_told_from_the_harts(void)
{
    for (int t32 = 0; t32 < 2; t32++) {
        struct world *w = start(TECHNIQUE_ASSIST_SHADOW, t32);
        struct vcpu_model v = run_to_loop(w);
        struct page_tables p;
        CHECK(v.seen.state.satp, 0x80080500);
        CU_ASSERT_NOT_EQUAL(v.seen.real.satp, 0x80080500);
        pages_gather(&p, w->machine, &v, PAGE_VA);
        CHECK(p.walks, 2);
        CU_ASSERT(p.walk[0].leaf && p.walk[1].leaf && !p.walk[1].two_stages);
        CHECK(p.walk[0].physical, 0x80502123);
        world_free(w);
    }
}

struct witness {
    struct machine *m;
    u32 satp, exits; // the guest's satp at its first access to the UART by paging
};

static void on_exit_of_guest(void *context, const struct event *e)
{
    struct witness *w = context;
    struct observed_vcpu seen;
    if (e->note.addr >> 12 != UART_VA >> 12 || w->exits++)
        return;
    observe_vcpu(w->m, &e->path, 0, &seen);
    w->satp = seen.state.satp;
}

// The guest wrote satp without an exit, so until the run ends only the hart knows it.
static void at_an_exit_the_guest_is_as_the_hart_left_it(void)
{
    static const u8 techniques[] = {TECHNIQUE_ASSIST, TECHNIQUE_ASSIST_SHADOW};
    for (u32 i = 0; i < 2; i++) {
        struct world *w = start(techniques[i], false);
        struct witness witness = {.m = w->machine};
        machine_listen(w->machine, EVENT_BIT(EVENT_EXIT), on_exit_of_guest, &witness);
        run_to_loop(w);
        CHECK(witness.exits, 1);
        CHECK(witness.satp, 0x80080500);
        world_free(w);
    }
}

// A T32 VMM has registers of its own on the hart, beside those of its guest.
static void the_vmms_bank_is_told_from_the_guests(void)
{
    struct world *w = start(TECHNIQUE_ASSIST, true);
    struct vcpu_model v = run_to_loop(w);
    CHECK(v.seen.real.satp, 0x80080500);
    CHECK(v.seen.real.stvec, v.seen.state.stvec);
    CU_ASSERT(v.seen.vmm_bank.satp & SATP_MODE);
    CU_ASSERT_NOT_EQUAL(v.seen.vmm_bank.satp, v.seen.real.satp);
    CU_ASSERT(v.seen.vmm_bank.stvec >= BOARD_KERNEL);
    world_free(w);
}

// ---- a guest in a guest

static struct world *start_inner(const char *text, u8 outer, u8 inner)
{
    static struct world_plan plan;
    char error[WORLD_ERROR] = "";
    enum status why;
    world_plan_default(&plan);
    plan.guests = 1;
    plan.machine.profile = ISA_H;
    plan.guest[0] =
        (struct guest_plan){.image = "source", .source = text, .ram = RAM, .hart = GUEST_ANY_HART};
    world_plan_chain(&plan, 2);
    plan.vmm.technique = outer;
    plan.guest[0].vmm.technique = inner;
    struct world *w = world_new(&plan, &why, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    return w;
}

static const u8 pairs[][2] = {{TECHNIQUE_TRAP, TECHNIQUE_TRAP},
                              {TECHNIQUE_TRAP, TECHNIQUE_ASSIST},
                              {TECHNIQUE_ASSIST, TECHNIQUE_TRAP},
                              {TECHNIQUE_ASSIST, TECHNIQUE_ASSIST}};

// The last table, or its second stage, ends where the machine has the byte. A VMM that uses guest
// mode keeps no shadow, and no table is shown for it.
static void the_tables_of_an_inner_guest_end_at_its_page(void)
{
    static const u32 walks[] = {3, 2, 2, 1};
    for (u32 pair = 0; pair < 4; pair++) {
        struct world *w = start_inner(source, pairs[pair][0], pairs[pair][1]);
        struct vcpu_model v = {.known = true, .path = w->guest[1].path};
        struct page_tables p;
        gva loop;
        mpa at = 0;
        CU_ASSERT_FATAL(world_symbol(&w->guest[1], "loop", &loop));
        for (u32 tries = 0; tries < 40000 && !(v.seen.on_hart && v.seen.state.pc == loop);
             tries++) {
            machine_run(w->machine, 100);
            observe_vcpu(w->machine, &v.path, 0, &v.seen);
        }
        struct observed_vcpu host;
        observe_vcpu(w->machine, &w->guest[0].path, 0, &host);
        v.above[1].state = host.state;
        CU_ASSERT_FATAL(v.seen.on_hart && v.seen.state.pc == loop);
        CU_ASSERT(observe_locate(w->machine, &v.path, 0, PAGE_VA, &at));
        pages_gather(&p, w->machine, &v, PAGE_VA);
        CHECK(p.walks, walks[pair]);
        CHECK(p.merged, pair == 3);
        const struct table_walk *last = &p.walk[p.walks - 1];
        CHECK(last->two_stages, pair >= 2);
        CHECK(last->two_stages ? last->page.at : last->physical, at);
        world_free(w);
    }
}

// It goes to mode U without any VMM that it could ask, and calls its kernel.
static const char inner_source[] = "_start: la t0, trap\n csrw stvec, t0\n"
                                   "la t0, user\n csrw sepc, t0\n sret\n"
                                   "user: li s1, 0x0c000004\n"
                                   "load: lw a0, 0(s1)\n" // a device: an exit from U
                                   "loop: j loop\n"
                                   ".align 2\ntrap: j trap\n";

struct load_seen {
    struct vm_path path;
    gva load;
    u32 count;
    u8 mode;
};

static void on_load(void *context, const struct event *e)
{
    struct load_seen *seen = context;
    if (e->note.pc != seen->load || !vm_path_equal(&e->path, &seen->path))
        return;
    seen->count++;
    seen->mode = e->note.mode;
}

// The record of the inner VMM says K: its guest has changed its mode since.
static void the_mode_of_an_inner_guest_is_told_alike_by_all_techniques(void)
{
    for (u32 pair = 0; pair < 4; pair++) {
        struct world *w = start_inner(inner_source, pairs[pair][0], pairs[pair][1]);
        struct load_seen seen = {.path = w->guest[1].path, .mode = MODE_K};
        CU_ASSERT_FATAL(world_symbol(&w->guest[1], "load", &seen.load));
        machine_listen(w->machine, EVENT_BIT(EVENT_EXIT), on_load, &seen);
        for (u32 tries = 0; tries < 1000 && !seen.count; tries++)
            machine_run(w->machine, 1000);
        CU_ASSERT(seen.count > 0);
        CHECK(seen.mode, MODE_U);
        world_free(w);
    }
}

// ---- stories

static void put_guest_mode(struct model *now)
{
    struct table_walk *walk = &now->pages.walk[0];
    for (u32 i = 0; i < now->vms; i++)
        now->vm[i].technique = TECHNIQUE_ASSIST;
    now->vcpu.seen.guest_mode = true;
    now->vcpu.seen.two_stages = true;
    now->vcpu.seen.second_stage = 0x80004000;
    now->vcpu.seen.real = now->vcpu.seen.state;
    now->vcpu.seen.vmm_bank = (struct hart_state){.stvec = 0x80403000, .satp = 0x80080410};
    now->pages.walks = 1;
    for (u32 i = 0; i < PAGES_SLOTS; i++)
        now->pages.slot[i] &= SLOT_GUEST;
    walk->two_stages = true;
    walk->second[0] = (struct stage_walk){1, 0x204000df, true, 0x80234004, 0x81234004};
    walk->second[1] = (struct stage_walk){2, 0x204234df, true, 0x80235004, 0x81235004};
    walk->page = (struct stage_walk){2, 0x204f0fdf, true, 0x8043cffc, 0x8143cffc};
}

static void tell_of(struct stage *s, const struct event *e, struct story *story)
{
    traplog_add(s->log, e);
    s->now.log = s->log;
    story_tell(&s->now, traplog_row(s->log, s->log->traps), story);
}

static bool tells(const struct story *story, const char *words)
{
    for (u32 i = 0; i < story->count; i++)
        if (strstr(story->phase[i].text, words))
            return true;
    return false;
}

static void an_exit_is_told_with_htval(void)
{
    struct stage *s = stage_new(false);
    struct story story;
    struct event e = {.path = {{1}},
                      .note = {.kind = EVENT_EXIT,
                               .mode = MODE_K,
                               .vm = 1,
                               .cause = CAUSE_GUEST_STORE_PAGE,
                               .addr = 0x5000,
                               .value = 0x04000000}};
    put_guest_mode(&s->now);
    traplog_add(s->log, &e);
    e.note.kind = EVENT_EMULATE;
    tell_of(s, &e, &story);
    CU_ASSERT(tells(&story, "htval = 04000000"));
    CU_ASSERT(tells(&story, "htval names a device"));
    CU_ASSERT_FALSE(tells(&story, "really in U"));
    CU_ASSERT_FALSE(tells(&story, "shadow"));
    stage_free(s);
}

static void a_trap_of_the_guests_own_is_no_exit(void)
{
    struct stage *s = stage_new(false);
    struct story story;
    struct event e = {.path = {{1}}, .note = {.kind = EVENT_TRAP, .vm = 1, .cause = CAUSE_ECALL_U}};
    put_guest_mode(&s->now);
    tell_of(s, &e, &story);
    CU_ASSERT(tells(&story, "delegated to the guest (hedeleg), so it is no exit"));
    CHECK(s->log->own, 1);
    e.note.cause = CAUSE_GUEST_TIMER;
    tell_of(s, &e, &story);
    CU_ASSERT(tells(&story, "(hideleg)"));
    CHECK(traplog_row(s->log, s->log->traps)->class, TRAP_TIMER);
    stage_free(s);
}

// L2 runs in the user mode of L1, which is in guest mode: L1's VMM takes what is delegated.
static void a_trap_of_l2_may_be_for_the_vmm_around_it(void)
{
    struct stage *s = stage_new(false);
    struct story story;
    struct event e = {
        .path = {{1, 1}},
        .real_mode = MODE_K,
        .note = {.kind = EVENT_EXIT, .mode = MODE_K, .vm = 1, .cause = CAUSE_ECALL_U}};
    char text[256];
    put_guest_mode(&s->now);
    u64 own = s->log->own, traps = s->log->traps;
    traplog_add(s->log, &e);
    CU_ASSERT(traplog_wants_taker(&e));
    traplog_set_taker(s->log, 0, 1);
    CHECK(s->log->traps, traps + 1);
    CHECK(s->log->own, own);
    const struct trap_row *row = traplog_row(s->log, s->log->traps);
    CHECK(row->class, TRAP_ECALL_K); // the guest believes that it is in K
    CU_ASSERT_STRING_EQUAL(words_action(row), "->L1");
    CU_ASSERT_PTR_NOT_NULL(strstr(words_why(row, 0, 200, text), "the VMM of g1 took it"));
    s->now.log = s->log;
    story_tell(&s->now, row, &story);
    CU_ASSERT(tells(&story, "user mode of g1"));
    CU_ASSERT_FALSE(tells(&story, "no VMM is involved"));
    CU_ASSERT(tells(&story, "what it does is known when it has done it"));
    struct event note = e; // what that VMM then says
    note.note.kind = EVENT_EMULATE;
    tell_of(s, &note, &story);
    CU_ASSERT(tells(&story, "it calls its firmware, which is this VMM"));
    CU_ASSERT(tells(&story, "answers in a0 and a1"));
    CU_ASSERT_STRING_EQUAL(words_action(row), "->L1");
    CU_ASSERT_PTR_NOT_NULL(strstr(words_why(row, 0, 200, text), "without an exit to L0, "));
    // Both VMMs in guest mode: then it is the guest's own.
    e.note.kind = EVENT_TRAP;
    traplog_add(s->log, &e);
    CHECK(s->log->own, own + 1);
    row = traplog_row(s->log, s->log->traps);
    CU_ASSERT_STRING_EQUAL(words_action(row), "own");
    story_tell(&s->now, row, &story);
    CU_ASSERT(tells(&story, "no VMM is involved"));
    stage_free(s);
}

const struct suite suite_guest_mode = {
    "guest_mode",
    (const struct test[]){
        {"both stages are walked, with up to eight reads", both_stages_are_walked},
        {"what a stage lacks is found: a device, a hole, a table where no memory is",
         what_a_stage_lacks_is_found},
        {"with shadows the guest's satp is told from the hart's, under either VMM",
         with_shadows_the_guests_satp_is_told_from_the_harts},
        {"at an exit the guest is seen as the hart left it",
         at_an_exit_the_guest_is_as_the_hart_left_it},
        {"the VMM's bank of CSRs is told from the guest's", the_vmms_bank_is_told_from_the_guests},
        {"the tables of an inner guest end at its page, and a VMM in guest mode keeps none",
         the_tables_of_an_inner_guest_end_at_its_page},
        {"the mode of an inner guest is told alike by all techniques",
         the_mode_of_an_inner_guest_is_told_alike_by_all_techniques},
        {"an exit is told with htval", an_exit_is_told_with_htval},
        {"a trap of the guest's own is told as no exit", a_trap_of_the_guests_own_is_no_exit},
        {"a trap of L2 that the hart delivers to L1's VMM is told as that VMM's",
         a_trap_of_l2_may_be_for_the_vmm_around_it},
        {0}}};
