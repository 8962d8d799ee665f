// Making a model by hand. Read tests/model.h first.
#include "tests/model.h"
#include "isa/isa.h"

#include <string.h>

static const char source[] =
    "-- Two kernels share one processor.\n"
    "-- Each believes that it has the machine to itself.\n"
    "machine { harts = 1 }\n"
    "vmm { scheduler = \"round-robin\" }\n"
    "guest { name = \"alice\", image = \"kite.elf\" }\n"
    "guest { name = \"bob\", image = \"tiny.s\" }\n"
    "\n"
    "run { until_off = true }\n"
    "check(\"both are off\", 5, function() return true end)\n"
    "check(\"alice said so\", 5, function() return console(\"alice\") == \"ok\" end)\n";

static const char console[] = "kite: 16 MiB, paging on\n"
                              "init: started sh\n"
                              "$ ls\n"
                              "cat\techo\tforktest\tpipetest\n"
                              "\033[31mred?\033[0m \xff\xfe caf\xc3\xa9 \r\x07\n"
                              "$ forktest\n"
                              "fork: 12 children, all waited for\n"
                              "$ ";

struct happening {
    u8 kind, guest, mode;
    u32 cause, insn, addr, value;
    u32 cycles, cost; // cycles since the one before
};

enum { A = 1, B = 2 };

// One round of what guests do, played several times.
static const struct happening round_of_traps[] = {
    {EVENT_SCHEDULE, A, MODE_K, 0, 0, 0, 0, 0, 200},
    {EVENT_EXIT, A, MODE_K, CAUSE_ILLEGAL, 0x18051073, 0x18051073, 0, 120, 20},
    {EVENT_EMULATE, A, MODE_K, CAUSE_ILLEGAL, 0x18051073, 0x18051073, 0, 0, 100},
    {EVENT_EXIT, A, MODE_K, CAUSE_FETCH_PAGE, 0, 0x80400014, 0, 1, 20},
    {EVENT_FILL, A, MODE_K, CAUSE_FETCH_PAGE, 0, 0x80400014, 0x80400000, 0, 150},
    {EVENT_EXIT, A, MODE_K, CAUSE_STORE_PAGE, 0, 0x10000000, 0, 64, 20},
    {EVENT_EMULATE, A, MODE_K, CAUSE_STORE_PAGE, 0, 0x10000000, 0x6b, 0, 250},
    {EVENT_EXIT, A, MODE_K, CAUSE_ILLEGAL, 0x10200073, 0x10200073, 0, 90, 20},
    {EVENT_EMULATE, A, MODE_K, CAUSE_ILLEGAL, 0x10200073, 0x10200073, 0, 0, 100},
    {EVENT_EXIT, A, MODE_U, CAUSE_ECALL_U, 0x73, 0, 0, 400, 20},
    {EVENT_REFLECT, A, MODE_U, CAUSE_ECALL_U, 0x73, 0, 0, 0, 120},
    {EVENT_SCHEDULE, B, MODE_U, 0, 0, 0, 0, 900, 200},
    {EVENT_INJECT, B, MODE_U, CAUSE_TIMER, 0, 0, 0, 10, 120},
    {EVENT_EXIT, B, MODE_K, CAUSE_ECALL_U, 0x73, 0, 0, 30, 20},
    {EVENT_EMULATE, B, MODE_K, CAUSE_ECALL_U, 0x73, 0x54494d45, 0, 0, 180},
    {EVENT_EXIT, B, MODE_U, CAUSE_LOAD_PAGE, 0, 0x00401ffc, 0, 333, 20},
    {EVENT_REFLECT, B, MODE_U, CAUSE_LOAD_PAGE, 0, 0x00401ffc, 0, 0, 120},
    {EVENT_EXIT, B, MODE_K, CAUSE_ILLEGAL, 0x12000073, 0x12000073, 0, 45, 20},
    {EVENT_EMULATE, B, MODE_K, CAUSE_ILLEGAL, 0x12000073, 0x12000073, 0, 0, 400},
    {EVENT_EXIT, B, MODE_K, CAUSE_ILLEGAL, 0x10500073, 0x10500073, 0, 77, 20},
    {EVENT_EMULATE, B, MODE_K, CAUSE_ILLEGAL, 0x10500073, 0x10500073, 0, 0, 100},
    {EVENT_BLOCK, B, MODE_K, 0, 0, 0, 0, 0, 0},
};

// Who had the hart before this event: nobody, the guest, or at a schedule event the other one.
static u16 who_ran(const struct happening *h)
{
    if (!h->cycles)
        return 0;
    return h->kind == EVENT_SCHEDULE ? A + B - h->guest : h->guest;
}

// The guest's table allows each access, and the shadow lacks the page.
static const struct judgement hidden_fault = {.known = true,
                                              .paging = true,
                                              .entry = 0x2010f0d7,
                                              .physical = 0x8043c000,
                                              .judged_by = JUDGED_BY_SHADOW,
                                              .by_refusal = ENTRY_NO_V};

static u64 play(struct traplog *log, int rounds)
{
    u64 cycle = 1000, retired = 800, seq = 0;
    for (int i = 0; i < rounds; i++)
        for (size_t k = 0; k < sizeof round_of_traps / sizeof *round_of_traps; k++) {
            const struct happening *h = &round_of_traps[k];
            cycle += h->cycles + h->cost; // an event is stamped when its cost has been charged
            retired += h->cycles;
            struct event e = {.seq = seq,
                              .cycle = cycle,
                              .retired = retired,
                              .steps = retired + seq,
                              .cost = h->cost,
                              .ran = h->cycles,
                              .level = 1,
                              .path = {{h->guest}},
                              .by = {{who_ran(h)}},
                              .note = {.kind = h->kind,
                                       .mode = h->mode,
                                       .vm = h->guest,
                                       .cause = h->cause,
                                       .insn = h->insn,
                                       .addr = h->addr,
                                       .value = h->value,
                                       .pc = 0x80400010}};
            traplog_add(log, &e);
            if (traplog_wants_judgement(&e))
                traplog_set_judgement(log, 0, &hidden_fault);
            seq++;
        }
    return cycle;
}

static void name_vm(struct observed_vm *vm, const char *name)
{
    memset(vm->name, 0, sizeof vm->name);
    memcpy(vm->name, name, strlen(name));
}

static void fill_vcpu(struct vcpu_model *v)
{
    static const u32 code[] = {0x00000297, 0x34151073, 0x18051073, 0x12000073,
                               0x10200073, 0x00b50533, 0x00000073, 0xffffffff};
    *v = (struct vcpu_model){.known = true, .path = {{A}}, .code_at = 0x80400008};
    for (u32 i = 0; i < 32; i++)
        v->seen.state.x[i] = i ? 0x80400000 + i * 0x11110 : 0;
    v->seen.state.pc = 0x80400010;
    v->seen.state.mode = MODE_K;
    v->seen.state.run = HART_RUNNING;
    v->seen.state.sstatus = 0x120;
    v->seen.state.stvec = 0x80400100;
    v->seen.state.scause = 8;
    v->seen.state.sepc = 0x00010074;
    v->seen.state.satp = 0x80080234;
    v->seen.state.sie = 0x222;
    v->seen.state.stimecmp = 50000;
    v->seen.state.retired = 12345;
    v->seen.time = 12400;
    v->seen.on_hart = true;
    v->seen.real = v->seen.state;
    v->seen.real.sstatus = 0x20;
    v->seen.real.satp = 0x803903a0;
    v->seen.real.stvec = 0;
    memcpy(v->code, code, sizeof code);
    v->code_known = 0xff;
    strcpy(v->symbol, "start_paging+1c");
}

// A page that the guest maps, and its shadow does not.
static void fill_pages(struct page_tables *p, const struct vcpu_model *v)
{
    *p = (struct page_tables){.known = true, .address = 0x00401ffc, .walks = 2};
    p->walk[0] = (struct table_walk){.known = true,
                                     .paging = true,
                                     .path = v->path,
                                     .satp = 0x80080234,
                                     .entries = 2,
                                     .index = {1, 1},
                                     .entry = {0x2008d401, 0x2010f0d7},
                                     .leaf = true,
                                     .leaf_entry = 0x2010f0d7,
                                     .physical = 0x8043cffc};
    p->walk[1] = (struct table_walk){.known = true,
                                     .paging = true,
                                     .satp = 0x803903a0,
                                     .entries = 2,
                                     .index = {1, 1},
                                     .bad = ENTRY_NO_V,
                                     .entry = {0x200e8801, 0}};
    p->slot[0] = SLOT_GUEST | SLOT_SHADOW;
    p->slot[1] = SLOT_GUEST;
    p->slot[64] = SLOT_GUEST | SLOT_DEVICE;
    p->here.memory = 3;
    p->physical = p->walk[0].physical;
    for (u32 i = 512; i < 520; i++)
        p->slot[i] = i < 516 ? SLOT_GUEST | SLOT_SHADOW : SLOT_SHADOW;
}

static void fill_common(struct model *m, const struct traplog *log)
{
    *m = (struct model){
        .run = RUN_PAUSED,
        .seed = 42,
        .harts = 1,
        .generation = 1,
        .log = log,
        .follow = true,
        .source = source,
        .line = 8,
        .console = {.text = console, .size = sizeof console - 1, .count = sizeof console - 1}};
    strcpy(m->scenario, "two-guests.lua");
    strcpy(m->speed, "64k steps/s");
    strcpy(m->said, "both kernels are up");
    m->trap = log->traps;
    m->steps = 1304331;
    m->retired = 1204331;
    m->checks = 2;
    strcpy(m->check[0].name, "both are off");
    m->check[0].passed = true;
    strcpy(m->check[1].name, "alice said so");
    strcpy(m->check[1].message, "the console says \"kite\"");
}

void model_by_hand(struct model *now, struct model *before, struct traplog *log)
{
    u64 cycles = play(log, 3) + 300;
    fill_common(now, log);
    now->depth = 1;
    now->cycles = cycles;
    now->idle = cycles / 5;
    now->vms = 3;
    now->chosen = 1;
    now->hart[0].busy = true;
    now->hart[0].path.id[0] = A;
    now->vm[0] = (struct observed_vm){.is_vmm = true, .vcpus = 1};
    now->vm[1] = (struct observed_vm){.path = {{A}},
                                      .state = VM_RUNNING,
                                      .vcpus = 1,
                                      .ram = 16u << 20,
                                      .exits = 15,
                                      .retired = 3000,
                                      .direct = 2400};
    now->vm[2] = (struct observed_vm){.path = {{B}},
                                      .state = VM_WAITING,
                                      .vcpus = 1,
                                      .ram = 64u << 10,
                                      .exits = 12,
                                      .retired = 1800,
                                      .direct = 1500};
    name_vm(&now->vm[1], "alice");
    name_vm(&now->vm[2], "bob");
    fill_vcpu(&now->vcpu);
    fill_pages(&now->pages, &now->vcpu);
    *before = *now;
    before->steps--;
    before->vcpu.seen.state.x[10] = 1;
    before->vcpu.seen.state.satp = 0;
}

// ---- a tree

struct crossing {
    u8 kind, second; // about g1, or about g1.`second`
    u8 by_second;    // which of them ran before
    u32 insn, cycles, cost;
};

static const struct crossing ladder[] = {
    {EVENT_SCHEDULE, 0, 0, 0, 0, 200},
    {EVENT_EXIT, 0, 0, 0x10200073, 300, 20}, // sret to g1.1
    {EVENT_EMULATE, 0, 0, 0x10200073, 0, 100},
    {EVENT_EXIT, 1, 1, 0x18051073, 400, 20}, // csrw satp
    {EVENT_REFLECT, 0, 0, 0x18051073, 0, 120},
    {EVENT_EXIT, 0, 0, 0x142025f3, 40, 20}, // csrr scause
    {EVENT_EMULATE, 0, 0, 0x142025f3, 0, 100},
    {EVENT_EXIT, 0, 0, 0x141022f3, 30, 20}, // csrr sepc
    {EVENT_EMULATE, 0, 0, 0x141022f3, 0, 100},
    {EVENT_EMULATE, 1, 0, 0x18051073, 0, 0},
    {EVENT_EXIT, 0, 0, 0x10200073, 300, 20}, // sret
    {EVENT_EMULATE, 0, 0, 0x10200073, 0, 100},
    {EVENT_INJECT, 0, 1, 0, 700, 120}, // g1's timer is due while g1.1 runs
    {EVENT_EXIT, 0, 0, 0x10200073, 200, 20},
    {EVENT_EMULATE, 0, 0, 0x10200073, 0, 100},
    {EVENT_EXIT, 1, 1, 0x18051073, 500, 20},
    {EVENT_REFLECT, 0, 0, 0x18051073, 0, 120},
};

static u64 play_ladder(struct traplog *log)
{
    u64 cycle = 1000, retired = 900;
    for (size_t i = 0; i < sizeof ladder / sizeof *ladder; i++) {
        const struct crossing *c = &ladder[i];
        cycle += c->cycles + c->cost;
        retired += c->cycles;
        struct event e = {
            .seq = i,
            .cycle = cycle,
            .retired = retired,
            .steps = retired + i,
            .cost = c->cost,
            .ran = c->cycles,
            .level = c->kind == EVENT_EXIT ? 1 + (c->second > 0) : c->second > 0,
            .path = {{A, c->second}},
            .note = {.kind = c->kind, .mode = MODE_K, .insn = c->insn, .pc = 0x80400010}};
        e.note.cause = c->kind == EVENT_INJECT ? CAUSE_TIMER : CAUSE_ILLEGAL;
        if (c->cycles)
            e.by = (struct vm_path){{A, c->by_second}};
        traplog_add(log, &e);
    }
    return cycle;
}

void model_by_hand_nested(struct model *now, struct model *before, struct traplog *log)
{
    static const struct {
        struct vm_path path;
        enum vm_state state;
        const char *name;
    } vms[] = {{{{0}}, VM_RUNNING, "machine"},
               {{{A}}, VM_READY, "inner"},
               {{{A, 1}}, VM_RUNNING, "alice"},
               {{{A, 2}}, VM_READY, "bob"},
               {{{B}}, VM_RUNNING, "carol"}};
    u64 cycles = play_ladder(log) + 200;
    fill_common(now, log);
    now->depth = 2;
    now->cycles = cycles;
    now->follow = false;
    now->trap = 2; // the exit of g1.1
    for (now->vms = 0; now->vms < 5; now->vms++) {
        struct observed_vm *vm = &now->vm[now->vms];
        *vm = (struct observed_vm){
            .path = vms[now->vms].path, .state = vms[now->vms].state, .vcpus = 1, .exits = 5};
        vm->is_vmm = now->vms < 2;
        name_vm(vm, vms[now->vms].name);
    }
    now->chosen = 2;
    now->hart[0].busy = true;
    now->hart[0].path = now->vm[4].path;
    fill_vcpu(&now->vcpu);
    now->vcpu.path = now->vm[2].path;
    now->vcpu.above[1].state = now->vcpu.seen.state;
    now->vcpu.above[1].state.satp = 0x80080690;
    now->vcpu.above[1].state.scause = CAUSE_ILLEGAL;
    *before = *now;
    before->vcpu.above[1].state.satp = 0;
}

// ---- a lesson

static const struct lesson lesson = {
    .number = 1,
    .minutes = 5,
    .title = "One trap",
    .section = "16.4.1 Trap-and-Emulate",
    .idea = "A privileged instruction traps; the VMM does it to a record; the guest goes on.",
    .discussion = "What must be true of every dangerous instruction for this to work?",
    .more_count = 1,
    .more = {"first-trap"},
    .questions = 2,
    .question = {{.text = "csrw is for mode K only. What will the hart do?",
                  .choices = 3,
                  .choice = {"write 7 into sscratch", "trap", "skip the instruction"},
                  .why = {"That would give the machine away to the guest.",
                          "In real U it is illegal, so the VMM gets the hart: an exit.",
                          "That would be a hole, as in lesson 5."},
                  .right = 1,
                  .answer = 0,
                  .revealed = true,
                  .holds = true},
                 {.text = "What will a0 be?",
                  .choices = 2,
                  .choice = {"0", "7"},
                  .why = {"The hart's own register is never asked.",
                          "The VMM answers from the VCPU."},
                  .right = 1,
                  .answer = 1,
                  .revealed = true,
                  .holds = true}},
    .tries = 1,
    .tries_list = {{"satp for sscratch, twice", "the same traps, the same end"}},
};

static const struct lesson_stop lesson_stops[] = {
    [LESSON_SAY] = {.kind = LESSON_SAY,
                    .number = 1,
                    .text =
                        "This guest is a kernel. It believes that it is in kernel mode: virtual K. "
                        "The hart is really in user mode: real U.",
                    .look = "2:sscratch"},
    [LESSON_ASK] = {.kind = LESSON_ASK,
                    .number = 2,
                    .text = "csrw is for mode K only. What will the hart do?",
                    .look = "2 5",
                    .question = &lesson.question[0]},
    [LESSON_REVEAL] = {.kind = LESSON_REVEAL,
                       .number = 3,
                       .text = "csrw is for mode K only. What will the hart do?",
                       .look = "0",
                       .question = &lesson.question[0]},
};

void model_by_hand_lesson(struct model *now, struct model *before, struct traplog *log,
                          unsigned stop_kind)
{
    model_by_hand(now, before, log);
    now->lesson = &lesson;
    now->run = stop_kind == LESSON_END ? RUN_DONE : RUN_STOPPED;
    now->stop = stop_kind == LESSON_END ? NULL : &lesson_stops[stop_kind];
    now->checks_met = 2;
}

void model_by_hand_bare(struct model *now, struct traplog *log)
{
    static const u32 causes[] = {CAUSE_ECALL_U, CAUSE_STORE_PAGE, CAUSE_TIMER, CAUSE_ILLEGAL};
    u64 cycle = 500;
    for (u32 i = 0; i < 20; i++, cycle += 150) {
        struct event e = {.seq = i,
                          .cycle = cycle,
                          .retired = cycle,
                          .steps = cycle,
                          .cost = 20,
                          .note = {.kind = EVENT_TRAP,
                                   .mode = MODE_U,
                                   .cause = causes[i % 4],
                                   .pc = 0x10000,
                                   .addr = 0x2000}};
        traplog_add(log, &e);
    }
    fill_common(now, log);
    now->cycles = cycle;
    now->vms = 1;
    now->vm[0] = (struct observed_vm){
        .state = VM_RUNNING, .vcpus = 1, .exits = 20, .retired = 2500, .direct = 2500};
    fill_vcpu(&now->vcpu);
    now->vcpu.path = (struct vm_path){{0}};
    now->vcpu.seen.real = now->vcpu.seen.state;
}
