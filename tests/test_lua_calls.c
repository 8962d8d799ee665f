// Every call of the language, made from every place where a script's function can be called: from
// on(...) for each kind of event, from `when`, from functions that Lua's library calls, and from
// metamethods that our functions meet. A call works, or it is a Lua error with file and line. It
// never crashes, and it never runs without end.
#include "tests/play.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A guest that prints, waits for its timer, faults, uses a device, and turns paging on.
static const char busy[] = "local busy = [[\n"
                           "_start: la t0, handler\n"
                           " csrw stvec, t0\n"
                           " li a7, 1\n"
                           " li a0, 79\n"
                           " ecall\n"
                           " li t0, 0x10000000\n"
                           " li t1, 33\n"
                           " sb t1, 0(t0)\n"
                           " rdtime t0\n"
                           " addi t0, t0, 100\n"
                           " csrw stimecmp, t0\n"
                           " li t0, 0x20\n"
                           " csrw sie, t0\n"
                           " csrsi sstatus, 2\n"
                           " wfi\n"
                           " ebreak\n"
                           " li t0, 2000\n"
                           "1: addi t0, t0, -1\n"
                           " bnez t0, 1b\n"
                           " la t0, table\n"
                           " srli t1, t0, 12\n"
                           " li t2, 0x80000000\n"
                           " or t1, t1, t2\n"
                           " csrw satp, t1\n"
                           " lw t1, 0(t0)\n"
                           " li a7, 8\n"
                           " ecall\n"
                           "handler: csrr t0, scause\n"
                           " bltz t0, 2f\n"
                           " csrr t0, sepc\n"
                           " addi t0, t0, 4\n"
                           " csrw sepc, t0\n"
                           " sret\n"
                           "2: li t0, -1\n"
                           " csrw stimecmp, t0\n"
                           " sret\n"
                           " .balign 4096\n"
                           "table: .zero 2048\n"
                           " .word 0x200000cf\n"
                           " .zero 2044\n"
                           "]]\n";
static const char quitter[] =
    "local quitter = ' li a7, 0x53525354\\n li a6, 0\\n li a0, 0\\n li a1, 1\\n ecall\\n'\n";

static const char *const worlds[] = {
    "machine {}\nlocal g = guest { name = 'a', source = busy, ram = '64K' }\n",
    "machine { clock = 'wall' }\nvmm { quantum = 200 }\n"
    "local g = guest { name = 'a', source = busy, ram = '64K' }\n"
    "guest { name = 'b', source = quitter, ram = '64K' }\n",
    "machine {}\nvmm { code = 't32' }\n"
    "local g = guest { name = 'a', source = busy, ram = '64K' }\n",
};
enum { WORLDS = sizeof worlds / sizeof *worlds };

// `call()` stands where the script's function is called; `calls` counts. %s is the kind of event.
static const char hook_place[] = "on('%s', call)\ng:type 'x'\nrun { limit = 60000 }\n";

static const char *const places[] = {
    "run { when = call, every = 100, limit = 60000 }\n",
    "g:type 'x' run(10) call() run { limit = 60000 }\n",
    "check('a function', call) run { limit = 60000 }\n",
    "pcall(call) xpcall(call, call) run { limit = 60000 }\n",
    "pcall(table.sort, { 3, 1, 2 }, call) run { limit = 60000 }\n",
    "pcall(string.gsub, 'x', 'x', call) run { limit = 60000 }\n",
    "print(setmetatable({}, { __tostring = function() call() return 't' end }))\n",
    "pcall(run, setmetatable({}, { __index = function(_, k) call() if k == 'steps' then return 9 "
    "end end }))\n",
    "pcall(machine, setmetatable({}, { __index = call }))\n",
    "machine {} pcall(vmm, setmetatable({}, { __index = call })) pcall(run)\n",
    "machine {} pcall(guest, setmetatable({}, { __index = function(_, k) call() if k == 'source' "
    "then return 'nop' end end })) pcall(run, { limit = 10 })\n",
    "pcall(on, 'any', setmetatable({}, { __index = call }), print)\n",
    "pcall(events, setmetatable({}, { __index = call }))\n",
    "for _ in pairs(setmetatable({}, { __pairs = function() call() return next, {} end })) do "
    "end\n",
    "do local c <close> = setmetatable({}, { __close = call }) end\n",
    "same({ a = setmetatable({}, { __tostring = call }) }, { a = 1 })\n",
    "pcall(say, setmetatable({ 't' }, { __index = call }))\n",
};

static const char *const calls[] = {
    "run()",
    "run(3)",
    "run { pc = 0 }",
    "run { console = 'zz', limit = 5 }",
    "run { when = print, every = 0 }",
    "step()",
    "stop()",
    "machine {}",
    "machine { harts = 0 }",
    "vmm {}",
    "vmm { weight = 0 }",
    "guest { source = 'nop' }",
    "guest {}",
    "on('any', function() end)",
    "on('input', call)",
    "on('nothing', call)",
    "events()",
    "events { event = 'exit', last = 2 }",
    "counters()",
    "counters(g)",
    "multiplication()",
    "steps()",
    "cycles()",
    "check('c', true)",
    "check('c', 1, call)",
    "check('c', function() run(1) end)",
    "mark 'm'",
    "print 'p'",
    "same({ 1 }, { 2 })",
    "lesson { 1, 't' }",
    "say 's'",
    "ask { 'q', 'a', 'b', right = 1, why = { '1', '2' } }",
    "reveal(1)",
    "grouped(-1)",
    "grouped('a')",
    "try 't'",
    "error 'e'",
    "error {}",
    "g:reg 'a0'",
    "g:csr 'satp'",
    "g:pc()",
    "g:mode()",
    "g:retired()",
    "g:time()",
    "g:real 'satp'",
    "g:on_hart()",
    "g:entry(0x80000000)",
    "g:shadow(0x80000000)",
    "g:word(0x80000000)",
    "g:bytes(0x80000000, 8)",
    "g:disassemble(0x80000000)",
    "g:physical_word(0x80000000)",
    "g:physical_bytes(0x80000000, 8)",
    "g:symbol 'handler'",
    "g:console()",
    "g:type 'y'",
    "g:type(('y'):rep(5000))",
    "g:name()",
    "g:path()",
    "g:status()",
    "g:state()",
};
enum { CALLS = sizeof calls / sizeof *calls };

// Plays the script `place` with `call` in it. Returns how often `call` was made.
static u32 play_call(const char *world, const char *place, const char *call)
{
    static char text[8000];
    snprintf(text, sizeof text,
             "%s%s%s\nlocal n = 0\nlocal function call() n = n + 1 if n <= 3 then %s end end\n"
             "%s\nprint('called', n)\n",
             busy, quitter, world, call, place);
    struct outcome o = play(text, 1000000, 10000000);
    bool failed = o.state == SCENARIO_FAILED;
    const char *file = strstr(o.error, "/tmp/trapeze-test-");
    bool placed = file && strchr(file, ':') && strtol(strchr(file, ':') + 1, NULL, 10) > 0;
    if (!(o.state == SCENARIO_DONE || (failed && o.exit == STATUS_INPUT && placed))) {
        printf("#   %s in: %s#   state %d, exit %d: %s\n", call, place, o.state, o.exit, o.error);
        CU_FAIL("the call neither worked nor was a Lua error with its place");
    }
    const char *called = strstr(o.printed, "called\t");
    if (failed)
        return 1;
    return called ? (u32)strtol(called + 7, NULL, 10) : 0;
}

static void from_every_kind_of_event(void)
{
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++) {
        char place[200];
        u32 called = 0;
        snprintf(place, sizeof place, hook_place, event_kind_name(kind));
        for (u32 i = 0; i < WORLDS; i++) {
            if (kind != EVENT_MARK && !play_call(worlds[i], place, ""))
                continue; // there is no such event in this world
            for (u32 c = 0; c < CALLS; c++)
                called += play_call(worlds[i], place, calls[c]);
        }
        // The script's own marks are no events for the script.
        CU_ASSERT_EQUAL(called > 0, kind != EVENT_MARK);
    }
}

static void from_every_other_place(void)
{
    for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
        u32 called = 0;
        for (u32 c = 0; c < CALLS; c++)
            called += play_call(worlds[0], places[p], calls[c]);
        if (called < CALLS)
            printf("#   %u of %u calls: %s", called, (u32)CALLS, places[p]);
        CU_ASSERT_TRUE(called >= CALLS);
    }
}

// Every global function that a script finds, but for Lua's own, is in the list.
static void no_call_is_missing(void)
{
    static const char names[] =
        "local own = {}\n"
        "for w in ('assert error getmetatable ipairs next pairs pcall rawequal rawget rawlen "
        "rawset select setmetatable tonumber tostring type xpcall'):gmatch '%a+' do own[w] = 1 "
        "end\n"
        "for name, value in pairs(_G) do\n"
        "    if type(value) == 'function' and not own[name] then print(name) end\n"
        "end\n";
    struct outcome o = play_whole(names);
    CU_ASSERT_EQUAL(o.state, SCENARIO_DONE);
    u32 found = 0;
    for (char *name = strtok(o.printed, "\n"); name; name = strtok(NULL, "\n")) {
        bool listed = false;
        for (u32 c = 0; c < CALLS && !listed; c++)
            listed = !strncmp(calls[c], name, strlen(name));
        if (!listed) {
            printf("#   %s is not in the list\n", name);
            CU_FAIL("a call of the language is not tried");
        }
        found++;
    }
    CU_ASSERT_TRUE(found >= 18);
}

// ---- a call that fails leaves nothing behind

// A scenario in two parts. Between them stands a call that fails.
static const struct {
    const char *before, *wrong, *after;
} failures[] = {
    {"machine {} vmm {}", "vmm, { weight = 0 }", "guest { image = 'hello' } print(run())"},
    {"machine {} vmm {}", "vmm, { name = '!' }", "guest { image = 'hello' } print(run())"},
    {"machine {}", "vmm, { code = 't32', quantum = 0 }", "guest { image = 'hello' } print(run())"},
    {"machine {} vmm {}", "guest, { image = 'hello', pinned = 3 }",
     "print(guest { image = 'hello' }) print(run())"},
    {"machine {} vmm {}", "guest, { image = 'hello', name = 'a', hart = 99 }",
     "print(guest { image = 'hello' }:name()) print(run())"},
    {"machine {} local g = guest { image = 'hello' } run(10)", "machine, { harts = 0 }",
     "print(steps(), g:pc(), run())"},
    {"machine {} local g = guest { image = 'hello' } run(10)", "machine, { costs = { walk = -1 } }",
     "print(steps(), g:pc(), run())"},
    {"machine {} guest { image = 'hello' }", "run, { console = 'h', limit = 1, every = 0 }",
     "print(run { console = 'h' }) print(run { console = 'h', limit = 3 })"},
    {"machine {} guest { image = 'hello' } run { console = 'hello' }",
     "run, { console = 'h', when = 5 }", "print(run { console = 'h', limit = 30 })"},
    {"machine {} guest { image = 'hello' }", "on, 'any', { cause = 'none' }, print",
     "on('power', function() print 'off' end) run()"},
    {"machine {} guest { image = 'hello' }", "check, 'c', -1, true",
     "check('c', 1, true) print(run())"},
    {"", "lesson, { 0, 't' }", "lesson { 1, 't' } print 'lesson'"},
    {"", "lesson, { 1, 't', minutes = -1 }", "lesson { 1, 't' } print 'lesson'"},
    {"lesson { 1, 't' }", "ask, { 'q', 'a', 'b', right = 3, why = { '1', '2' } }",
     "reveal(ask { 'q', 'a', 'b', right = 1, why = { '1', '2' } }, 1)"},
    {"lesson { 1, 't' }", "try, { 'a', {} }", "try 'b' print 'tried'"},
    {"", "grouped, -1", "print(grouped(0), grouped(999), grouped(300004), grouped(10040530))"},
};

static void a_failed_call_leaves_nothing_behind(void)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        char text[600];
        snprintf(text, sizeof text, "%s\n%s", failures[i].before, failures[i].after);
        struct outcome without = play_whole(text);
        CU_ASSERT_EQUAL(without.state, SCENARIO_DONE);
        CU_ASSERT_EQUAL(without.passed, without.checks);
        snprintf(text, sizeof text, "%s\nassert(not pcall(%s))\n%s", failures[i].before,
                 failures[i].wrong, failures[i].after);
        struct outcome with = play_whole(text);
        CU_ASSERT_EQUAL(with.state, without.state);
        CU_ASSERT_EQUAL(with.checks, without.checks);
        CU_ASSERT_STRING_EQUAL(with.error, "");
        CU_ASSERT_STRING_EQUAL(with.printed, without.printed);
    }
}

// ---- typing

#define ECHO_GUEST                                                    \
    "machine {} vmm {}\nlocal g = guest { ram = '64K', source = [[\n" \
    "_start: li a7, 2\nagain: ecall\n bltz a0, again\n li a7, 1\n ecall\n j _start\n]] }\n"

static void all_that_a_hook_types_arrives(void)
{
    expect_printed(ECHO_GUEST "local n = 0\n"
                              "on('exit', function() n = n + 1 if n == 5 then g:type 'a' g:type "
                              "'b' g:type 'cd' end end)\n"
                              "run(3000) print(g:console())\n",
                   "abcd\n");
}

static void a_hook_of_typed_text_is_bounded(void)
{
    expect_error(ECHO_GUEST "on('input', function() for i = 1, 1000 do end end)\n"
                            "g:type(('x'):rep(1 << 20)) print 'never'\n",
                 "does a loop never end?");
    expect_error(ECHO_GUEST "on('input', function() end) g:type 'x'\nwhile true do end\n",
                 ":11: the script ran");
}

static void a_failed_hook_cannot_be_hidden(void)
{
    struct outcome o = play_whole(ECHO_GUEST "on('input', function() error 'no' end)\n"
                                             "pcall(g.type, g, 'x') print 'never'\n");
    CU_ASSERT_EQUAL(o.state, SCENARIO_FAILED);
    CU_ASSERT_STRING_EQUAL(o.printed, "");
    CU_ASSERT_PTR_NOT_NULL(strstr(o.error, ":10: no"));
}

struct behind {
    struct machine *machine;
    u64 next; // the number of the event that has to come
    u32 marks, inputs;
};

static void count_inputs(void *context, const struct event *e)
{
    (void)e;
    ((struct behind *)context)->inputs++;
}

static void typed_text_counts_as_memory(void)
{
    static const char endless[] = "for i = 1, 1e9 do\n g:type(s)\nend\n";
    char text[1000];
    snprintf(text, sizeof text, ECHO_GUEST "local s = ('x'):rep(1 << 20)\n%s", endless);
    expect_error(text, ":12: the script needs more than 64 MiB of memory");
    snprintf(text, sizeof text, ECHO_GUEST "local s = 'x'\n%s", endless);
    expect_error(text, ":12: the script needs more than 64 MiB of memory");
    // A new world begins with nothing.
    expect_printed("local s = ('x'):rep(1 << 20)\n"
                   "for i = 1, 2 do\n"
                   " machine {} local g = guest { image = 'hello' }\n"
                   " for i = 1, 10 do g:type(s) end\n"
                   "end\nprint 'done'\n",
                   "done\n");
}

// The choices that VMMs on the way need double the bytes that mean a choice, at each of them.
static void what_a_text_becomes_on_its_way_is_known(void)
{
    struct outcome o = {0};
    struct scenario_options options = {0};
    struct scenario *sc = play_open("machine {} vmm {}\nlocal a = vmm { name = 'a' }\n"
                                    "local b = vmm { name = 'b', inside = a }\n"
                                    "guest { name = 'c', image = 'hello', inside = a }\n"
                                    "guest { name = 'd', image = 'hello', inside = b }\n"
                                    "guest { name = 'e', image = 'hello', inside = b }\n"
                                    "run(1)\n",
                                    &options, &o);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
    scenario_advance(sc, 1);
    struct world *w = scenario_world(sc);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    for (u32 guest = 0; guest < w->guests; guest++) {
        static const u8 text[] = {CONSOLE_CHOOSE, 'x', CONSOLE_CHOOSE, CONSOLE_CHOOSE};
        struct behind b = {0};
        int id = machine_listen(w->machine, EVENT_BIT(EVENT_INPUT), count_inputs, &b);
        CU_ASSERT_TRUE(world_type(w, guest, text, sizeof text));
        CU_ASSERT_EQUAL(b.inputs, world_typed_size(w, guest, text, sizeof text));
        machine_unlisten(w->machine, id);
    }
    scenario_close(sc);
}

// ---- listeners behind the script's

static void hear_in_order(void *context, const struct event *e)
{
    struct behind *b = context;
    CU_ASSERT_EQUAL(e->seq, b->next);
    b->next = e->seq + 1;
    b->marks += e->note.kind == EVENT_MARK;
    if (e->note.kind != EVENT_INPUT)
        return;
    b->inputs++;
    CU_ASSERT_FALSE(machine_input(b->machine, 1, "again", 5));
}

static void listen_behind(void *context, struct world *w)
{
    struct behind *b = context;
    b->machine = w->machine;
    machine_listen(w->machine, EVENT_ALL, hear_in_order, b);
}

static void others_hear_events_in_order(void)
{
    struct outcome o = {0};
    struct behind b = {0};
    struct scenario_options options = {.context = &b, .built = listen_behind};
    struct scenario *sc =
        play_open(ECHO_GUEST "on('exit', function() mark 'a' mark 'b' end)\ng:type 'xy' run(50)\n",
                  &options, &o);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
    while (scenario_advance(sc, 1000) == SCENARIO_RUNNING)
        ;
    const struct scenario_mark *marks;
    u32 count = scenario_marks(sc, &marks);
    CU_ASSERT_EQUAL(scenario_state(sc), SCENARIO_DONE);
    CU_ASSERT_EQUAL(b.inputs, 2);
    CU_ASSERT_EQUAL(b.marks, count);
    CU_ASSERT_TRUE(count >= 4);
    for (u32 i = 1; i < count; i++)
        CU_ASSERT_TRUE(marks[i].seq > marks[i - 1].seq);
    scenario_close(sc);
}

// ---- mistakes that would pass unseen

static void guests_that_never_run_are_built_all_the_same(void)
{
    expect_error("guest { source = [[\n nop\n bogus x\n]] }\n", ":3:2: error: unknown instruction");
    expect_error("guest { name = 'a\\0b', image = 'hello' }\n", "letters, digits");
    expect_error("guest { image = 'hello\\0' }\n", "a file name is wanted");
    expect_error("guest { image = 'hello', ['name\\0'] = 'x' }\n", "has no field 'name\\x00'");
    expect_error("machine { clock = 'wall\\0' }\n", "clock: one of");
    expect_error("machine { ram = '64M\\0' }\n", "ram: a size is wanted");
    expect_error("guest { image = 'hello' }\n"
                 "on('console', function(e) print(e['value\\0']) end)\nrun()\n",
                 "an event has no field 'value\\x00'");
    expect_error("guest { image = 'hello' }\nrun()\nprint(counters()['exit\\0'])\n",
                 "counters: a string without zero bytes is wanted");
    expect_error("lesson { 1, 'x' }\nsay { 'x', ['look\\0'] = '1' }\n",
                 "a string without zero bytes is wanted");
    expect_error("guest { name = 'g', image = 'hello' }\nrun { pc = '_start\\0' }\n",
                 "pc: a string without zero bytes is wanted");
    expect_error(
        "guest { image = 'hello' }\non('console', function(e) print(e.valeu) end)\nrun()\n",
        "an event has no field 'valeu'; its fields are: seq, kind");
    expect_error("local g = guest { source = ' nop\\n bog' .. 'us x' }\n", ":1: source:2:2: error");
    expect_error("guest { image = 'hello' }\nguest { image = 'hello' }\n",
                 ":2: 2 guests need a VMM");
    expect_printed("guest { image = 'hello' } print 'end'\n", "end\n");
}

static void a_misspelt_counter_is_an_error(void)
{
    static const char start[] = "machine {} vmm {} local g = guest { image = 'hello' } run(50)\n";
    static const struct {
        const char *call, *error;
    } rows[] = {
        {"counters().direct", ":2: counters: 'direct' is counted for each guest; say counters(g)"},
        {"counters(g).exits", ":2: counters: there is no counter 'exits'"},
        {"counters()[1]", ":2: counters: there is no counter '"},
        {"assert(not counters().causes['breakpoint']), counters().causes['ecal-u']",
         ":2: counters: there is no cause 'ecal-u'"},
        {"run { cause = causes['ecal-u'] }", ":2: causes: there is no cause 'ecal-u'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[400];
        snprintf(text, sizeof text, "%sprint(%s)\n", start, rows[i].call);
        expect_error(text, rows[i].error);
    }
    expect_printed("machine {} local g = guest { image = 'hello' } run(50)\n"
                   "print(counters(g).direct == g:retired(), counters().exit)\n",
                   "true\t0\n");
    expect_printed("machine {} vmm { code = 't32' } local g = guest { image = 'hello' }\n"
                   "print(counters(g).direct, counters(g).retired)\n",
                   "0\t0\n");
}

// What a guest asks of firmware and devices is the same, whoever answers.
static void calls_and_accesses_are_counted_at_every_depth(void)
{
    static const char *const above[] = {
        "machine {}\n",
        "machine {} vmm {}\n",
        "machine {} vmm {} inside = vmm {}\n",
        "machine { profile = 'h' } vmm { technique = 'assist' }\n",
        "machine { profile = 'h' } vmm { technique = 'assist-shadow' }\n",
        "machine { profile = 'h' } vmm { technique = 'assist' } inside = vmm {}\n",
    };
    for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
        char text[2000];
        snprintf(text, sizeof text,
                 "%slocal g = guest { name = 'leaf', inside = inside, ram = '64K', source = [[\n"
                 "_start: li a7, 1\n li a0, 79\n ecall\n ecall\n li t0, 0x10000000\n"
                 " lbu t1, 5(t0)\n sb a0, 0(t0)\n sb a0, 0(t0)\n li a7, 8\n ecall\n]] }\n"
                 "run { off = g } local c = counters(g)\n"
                 "print(c.firmware_calls, c.device_accesses, c.trap)\n",
                 above[i]);
        expect_printed(text, "3\t3\t0\n");
    }
}

const struct suite suite_lua_calls = {
    "lua_calls",
    (const struct test[]){
        {"every call answers inside on(...) for every kind of event", from_every_kind_of_event},
        {"every call answers inside every other function of a script", from_every_other_place},
        {"no call of the language is left out", no_call_is_missing},
        {"a failed call leaves nothing behind", a_failed_call_leaves_nothing_behind},
        {"typed text counts as memory of the script", typed_text_counts_as_memory},
        {"what a text becomes on its way is known", what_a_text_becomes_on_its_way_is_known},
        {"all that a hook types arrives", all_that_a_hook_types_arrives},
        {"listeners behind the script's hear events in order", others_hear_events_in_order},
        {"guests that never run are built all the same",
         guests_that_never_run_are_built_all_the_same},
        {"a misspelt counter is an error", a_misspelt_counter_is_an_error},
        {"calls and accesses are counted at every depth",
         calls_and_accesses_are_counted_at_every_depth},
        {"a hook of typed text is bounded", a_hook_of_typed_text_is_bounded},
        {"a failed hook cannot be hidden", a_failed_hook_cannot_be_hidden},
        {0},
    },
};
