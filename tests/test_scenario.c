// Scenarios: the Lua API against small programs, the driver, and what a script cannot do to it.
#include "scenarios/world/report.h"
#include "tests/play.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A guest that takes three traps and powers off: ebreak in K, an illegal word and a system call in
// U.
#define GUEST                                            \
    "local program = [[\n"                               \
    "        .globl _start\n"                            \
    "_start: la   t0, handler\n"                         \
    "        csrw stvec, t0\n"                           \
    "        li   a0, 79            # 'O'\n"             \
    "        li   a7, 1             # console putchar\n" \
    "        ecall\n"                                    \
    "        li   a0, 75            # 'K'\n"             \
    "        ecall\n"                                    \
    "here:   ebreak\n"                                   \
    "        la   t0, user\n"                            \
    "        csrw sepc, t0\n"                            \
    "        li   t0, 0x100\n"                           \
    "        csrc sstatus, t0\n"                         \
    "        sret\n"                                     \
    "user:   .word 0\n"                                  \
    "        li   s0, 1234\n"                            \
    "        la   t0, cell\n"                            \
    "        sw   s0, 0(t0)\n"                           \
    "        li   a7, 93\n"                              \
    "        ecall\n"                                    \
    "handler:csrr t0, scause\n"                          \
    "        li   t1, 8\n"                               \
    "        beq  t0, t1, off\n"                         \
    "        csrr t0, sepc\n"                            \
    "        addi t0, t0, 4\n"                           \
    "        csrw sepc, t0\n"                            \
    "        sret\n"                                     \
    "off:    li   a7, 8             # shutdown\n"        \
    "        ecall\n"                                    \
    "        .data\n"                                    \
    "cell:   .word 0\n"                                  \
    "]]\n"
#define BARE GUEST "machine{} local g = guest{name = 'one', source = program, ram = '8M'}\n"
#define VIRTUAL \
    GUEST "machine{} vmm{} local g = guest{name = 'one', source = program, ram = '8M'}\n"

// ---- the driver

static void title_and_description(void)
{
    struct outcome o = {0};
    struct scenario_options options = {0};
    struct scenario *sc =
        play_open("-- A title\n-- one\n--   two\n\n-- not this\nrun()\n", &options, &o);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
    CU_ASSERT_STRING_EQUAL(scenario_title(sc), "A title");
    CU_ASSERT_STRING_EQUAL(scenario_description(sc), "one\n  two");
    CU_ASSERT_EQUAL(scenario_line(sc), 0);
    scenario_close(sc);
}

static void steps_are_exact(void)
{
    expect_printed(BARE
                   "print(run(10), steps()) print(run{steps = 3}, steps()) step() print(steps())",
                   "steps\t10\nsteps\t13\n14\n");
}

static void chopping_a_run_changes_nothing(void)
{
    static const char text[] = VIRTUAL
        "on('any', function(e) print(e.kind, e.seq, e.cycle, e.pc) end)\n"
        "run{event = 'reflect', count = 2} print(steps()) run() print(steps(), g:state().ram_hash)";
    struct outcome whole = play(text, 1000000, 0), one = play(text, 1, 0), seven = play(text, 7, 0);
    CU_ASSERT_EQUAL(whole.state, SCENARIO_DONE);
    CU_ASSERT_TRUE(strlen(whole.printed) > 100);
    CU_ASSERT_STRING_EQUAL(whole.printed, one.printed);
    CU_ASSERT_STRING_EQUAL(whole.printed, seven.printed);
}

// A VMM that is T32 code writes that its guest is off, and tells it some steps later.
static void a_guest_goes_off_at_one_moment(void)
{
    static const char text[] =
        GUEST "machine{} vmm{code = 't32'} local g = guest{source = program, ram = '8M'}\n"
              "guest{source = '_start: j _start', ram = '8M'}\n"
              "print(run{off = g, limit = 100000}, steps()) local n = steps()\n"
              "print(run{off = g, limit = 100000}, steps() - n)";
    struct outcome whole = play(text, 1000000, 0), one = play(text, 1, 0);
    CU_ASSERT_STRING_EQUAL(whole.printed, one.printed);
    CU_ASSERT_PTR_NOT_NULL(strstr(whole.printed, "off\t0\n"));
}

static void the_limit_ends_a_scenario(void)
{
    struct outcome o = play(BARE "run(5) run()", 1000000, 12);
    CU_ASSERT_EQUAL(o.state, SCENARIO_LIMIT);
    CU_ASSERT_EQUAL(o.exit, STATUS_LIMIT);
}

static void a_script_that_runs_nothing_for_ever_ends(void)
{
    expect_error(BARE "while true do run(0) end", "does a loop never end?");
    expect_error(BARE "run() while true do run() end", "does a loop never end?");
}

static void a_waiting_guest_asks_for_input(void)
{
    static const char text[] =
        "machine{} guest{ram = '8M', source = [[\n"
        "li a7, 2\n"
        "again: ecall\n"
        "bltz a0, wait\n"
        "li a7, 8\n"
        "ecall\n"
        "wait: li t0, 0x10000000\nli t1, 1\nsb t1, 1(t0)\nli t0, 0xc000000\nsw t1, 40(t0)\n"
        "li t0, 0xc002080\nli t1, 0x400\nsw t1, 0(t0)\nli t1, 0x200\ncsrw sie, t1\nwfi\n"
        "j again]]}\nprint(run())\n";
    struct outcome o = {0};
    struct scenario_options options = {.interactive = true, .context = &o, .printed = keep_printed};
    struct scenario *sc = play_open(text, &options, &o);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
    CU_ASSERT_EQUAL(scenario_advance(sc, 100000), SCENARIO_WAITING);
    machine_input(scenario_world(sc)->machine, 0, "x", 1);
    CU_ASSERT_EQUAL(scenario_advance(sc, 100000), SCENARIO_DONE);
    CU_ASSERT_STRING_EQUAL(o.printed, "off\n");
    scenario_close(sc);
    CU_ASSERT_STRING_EQUAL(play_whole(text).printed, "stuck\n"); // nobody there to type
}

static void stepping_back_returns_to_the_same_life(void)
{
    struct outcome o = {0};
    struct scenario_options options = {.context = &o, .printed = keep_printed};
    struct scenario *sc = play_open(
        VIRTUAL "on('reflect', function(e) print(e.cause) end) run{off = true} print(steps())",
        &options, &o);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
    CU_ASSERT_EQUAL(scenario_advance(sc, 12), SCENARIO_RUNNING);
    struct scenario_snapshot *s = scenario_snapshot(sc);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    const struct vm_path *path = &scenario_world(sc)->guest[0].path;
    struct counted before = scenario_counters(sc)->all,
                   before_of = *counters_of(scenario_counters(sc), path);
    struct console console = scenario_console(sc, path);
    size_t printed = strlen(o.printed);
    scenario_advance(sc, 25);
    u64 later = observe_ram_hash(scenario_world(sc)->machine, path);
    struct counted after = scenario_counters(sc)->all,
                   after_of = *counters_of(scenario_counters(sc), path);
    CU_ASSERT_NOT_EQUAL(memcmp(&before_of, &after_of, sizeof before_of), 0);
    CU_ASSERT_TRUE(scenario_restore(sc, s));
    o.printed[printed] = 0; // the script goes back, too, and will print the rest once more
    CU_ASSERT_EQUAL(memcmp(&before, &scenario_counters(sc)->all, sizeof before), 0);
    CU_ASSERT_EQUAL(memcmp(&before_of, counters_of(scenario_counters(sc), path), sizeof before_of),
                    0);
    CU_ASSERT_EQUAL(scenario_console(sc, path).hash, console.hash);
    CU_ASSERT_EQUAL(scenario_console(sc, path).count, console.count);
    scenario_advance(sc, 25);
    CU_ASSERT_EQUAL(observe_ram_hash(scenario_world(sc)->machine, path), later);
    CU_ASSERT_EQUAL(memcmp(&after, &scenario_counters(sc)->all, sizeof after), 0);
    CU_ASSERT_EQUAL(memcmp(&after_of, counters_of(scenario_counters(sc), path), sizeof after_of),
                    0);
    while (scenario_advance(sc, 1000) == SCENARIO_RUNNING)
        ;
    struct outcome straight = play_whole(
        VIRTUAL "on('reflect', function(e) print(e.cause) end) run{off = true} print(steps())");
    CU_ASSERT_STRING_EQUAL(o.printed, straight.printed);
    o.printed[printed] = 0;
    CU_ASSERT_TRUE(scenario_restore(sc, s)); // the script is over, and comes again
    while (scenario_advance(sc, 1000) == SCENARIO_RUNNING)
        ;
    CU_ASSERT_EQUAL(scenario_state(sc), SCENARIO_DONE);
    CU_ASSERT_STRING_EQUAL(o.printed, straight.printed);
    scenario_snapshot_free(s);
    scenario_close(sc);
}

// ---- run, and looking

static void runs_end_where_they_should(void)
{
    expect_printed(
        BARE
        "print(run{console = 'O'}) print(g:console()) print(run{console = 'K'}) print(g:console())",
        "console\nO\nconsole\nOK\n");
    expect_printed("machine {}\nvmm {}\nguest { source = '_start: wfi\\n j _start', ram = '8M' }\n"
                   "print(run{off = true}, step(), run{steps = 5})\n",
                   "stuck\tstuck\tstuck\n");
    expect_printed("print({}, {1, x = 2}, print, tostring({}))\n"
                   "print(string.format('%s|%d|%s', {1}, 7, print))\n",
                   "table of 0\ttable of 2\tfunction\ttable of 0\ntable of 1|7|function\n");
    expect_error("string.format('%5p', {})\n", "%s");
    expect_error(BARE "on({}, print)\n", "the list is empty");
    expect_error(BARE "run{event = {}}\n", "the list is empty");
    expect_printed(BARE "print(run{pc = 'here'}, g:pc() == g:symbol 'here')", "pc\ttrue\n");
    expect_printed(BARE "print((run{event = 'trap', cause = 'ecall-u'}), g:mode())", "event\tK\n");
    expect_printed(
        BARE "local why, e = run{event = 'trap', count = 2} print(why, e.cause, e.mode, e.detail)",
        "event\tillegal-insn\tU\t.word 0x00000000\n");
    expect_printed(
        BARE "print(run{when = function() return g:reg 's0' == 1234 end, every = 1}, g:reg(8))",
        "when\t1234\n");
    expect_printed(BARE "print(run{off = true, limit = 5}) print(run{off = g}) print(run())",
                   "steps\noff\noff\n");
    expect_printed(BARE "print(run(), g:status())", "off\tOFF\t0\n");
}

static void text_that_was_printed_before_is_found(void)
{
    expect_printed(
        BARE "run() print(run{console = 'OK', limit = 0}) print(run{console = 'K', limit = 0})",
        "console\nsteps\n");
    expect_printed(VIRTUAL "run() print(run{console = 'OK', guest = 'one'})", "console\n");
    expect_printed(VIRTUAL "run() local n = steps()\n"
                           "print(run{console = 'OK', guest = 'one', limit = 50}, steps() - n)",
                   "console\t0\n");
}

static void a_guest_can_be_looked_at(void)
{
    expect_printed(BARE "run() print(g:word 'cell', g:physical_word(g:symbol 'cell'), "
                        "#g:bytes('cell', 8), g:name(), g:path())",
                   "1234\t1234\t8\tone\tm\n");
    expect_printed(VIRTUAL "run{event = 'reflect', cause = 'breakpoint'} step()\n"
                           "print(g:csr 'scause', g:csr 'sepc' == g:symbol 'here', g:mode(), "
                           "g:path(), g:disassemble 'here')",
                   "3\ttrue\tK\tg1\tebreak\n");
    expect_printed(BARE "print(pcall(g.word, g, 0x40000000)) print(pcall(g.csr, g, 'nope')) "
                        "print(pcall(g.reg, g, 'q'))",
                   "false\tone has no mapped memory at 0x40000000\n"
                   "false\tthere is no CSR 'nope'; 'trapeze isa' lists them\n"
                   "false\tthere is no register 'q'; say \"a0\", \"x10\" or 10\n");
}

// A kernel with the hypervisor extension enters a guest of its own. The names vs* are that guest's
// registers before and after.
#define MONITOR                                                                              \
    "local text = [[\n_start: li t0, 0x180\n csrw hstatus, t0\n li t0, 7\n"                  \
    " csrw vsscratch, t0\n li t0, 0x100\n csrw sstatus, t0\n la t0, inside\n"                \
    " csrw sepc, t0\nenter: sret\ninside: li t0, 9\n csrw sscratch, t0\nwritten: j .\n]]\n"  \
    "local function look(v)\n"                                                               \
    "  local g = guest{source = text, ram = '64K'} run{pc = 'enter', guest = g}\n"           \
    "  local a, b, c = g:csr 'hstatus', g:csr 'vsscratch', g:csr 'sscratch'\n"               \
    "  run{pc = 'written', guest = g} print(a, b, c, g:csr 'vsscratch', g:csr 'sscratch')\n" \
    "end\n"

static void the_registers_of_the_hypervisor_extension_can_be_looked_at(void)
{
    expect_printed(MONITOR "machine{profile = 'h'} look()\n"
                           "machine{profile = 'h'} vmm{technique = 'assist'} look()\n"
                           "machine{profile = 'h'} vmm{technique = 'trap'} look()\n",
                   "384\t7\t0\t9\t9\n384\t7\t0\t9\t9\n384\t7\t0\t9\t9\n");
    expect_printed(VIRTUAL "print(pcall(g.csr, g, 'hgatp')) print(pcall(g.real, g, 'hgatp'))",
                   "false\tone has no CSR 'hgatp', because it lacks the hypervisor extension: "
                   "machine { profile = \"h\" } has it, and a VMM may give it to its guests\n"
                   "false\tthe hart has no CSR 'hgatp', because it lacks the hypervisor extension: "
                   "machine { profile = \"h\" } has it, and a VMM may give it to its guests\n");
}

static void bare_and_virtual_states_are_equal(void)
{
    expect_printed(
        BARE
        "run() local a = g:state() machine{} vmm{} g = guest{source = program, ram = '8M'} run() "
        "print(same(a, g:state()))",
        "true\n");
    expect_printed("print(same({a = {1, {b = 2}}}, {a = {1, {b = 3}}})) print(same({}, {x = 1})) "
                   "print(same(1, 2))",
                   "false\ta.2.b: 0x2, 0x3\nfalse\tx: only one side has it\nfalse\t0x1, 0x2\n");
}

static void a_vmm_can_be_a_guest(void)
{
    expect_printed(GUEST "machine{} vmm{} local inner = vmm{name = 'inner', policy = 'drop-all'}\n"
                         "local a = guest{inside = inner, source = program, ram = '8M'} local b = "
                         "guest{source = program, ram = '8M'}\n"
                         "run() print(a:path(), a:status(), b:path(), b:status(), inner:path(), "
                         "same(a:state(), b:state()))",
                   "g1.1\tOFF\tg2\tOFF\tg1\ttrue\n");
    expect_error("guest{inside = 3, source = 'nop'}",
                 "inside: what a second vmm{...} of this world returned is wanted");
}

static void events_and_counters_agree(void)
{
    expect_printed(BARE "local n = 0 on('trap', function(e) n = n + 1 end) on('trap', {cause = "
                        "'ecall-u'}, function(e) "
                        "n = n + 10 end)\n"
                        "run() local c = counters(g) print(n, c.trap, c.causes['ecall-u'], "
                        "#events{event = 'trap'},\n"
                        "events{event = 'trap', last = 1}[1].cause)",
                   "13\t3\t1\t3\tecall-u\n");
    expect_printed(VIRTUAL "run() local c = counters() print(c.exit == c.emulate + c.fill + "
                           "c.reflect + c.preempt, c.trap)",
                   "true\t0\n");
}

static void hooks_can_stop_a_run(void)
{
    expect_printed(BARE "on('trap', function(e) mark(e.cause) check('seen', e.pc > 0) print(g:pc() "
                        "== e.pc, g:mode()) end) run()",
                   "false\tK\nfalse\tK\nfalse\tK\n");
    expect_printed(BARE "on('trap', function(e) if e.cause == 'illegal-insn' then stop() end end) "
                        "print(run()) print(run())",
                   "stopped\noff\n");
}

// ---- checks and marks

static void checks_count_points(void)
{
    struct outcome o = play_whole(
        BARE "check('a', 5, true) check('b', 5, false) check('c', 4, function() return 1, 'a "
             "little' end)\n"
             "check('d', 2, function() error('no') end) check('e', function() run() return "
             "g:status() == 'OFF' end)\n"
             "check('f', 10, function() return 99 end) check('g', 3, function() return 0/0 end)");
    CU_ASSERT_EQUAL(o.checks, 7);
    CU_ASSERT_EQUAL(o.passed, 3);
    CU_ASSERT_EQUAL(o.earned, 16);
    CU_ASSERT_EQUAL(o.exit, STATUS_FAILED);
    o = play_whole("check('fine', 1, true)");
    CU_ASSERT_EQUAL(o.exit, STATUS_DONE);
}

static void marks_stand_in_the_event_stream(void)
{
    struct outcome o = {0};
    struct scenario_options options = {0};
    struct scenario *sc =
        play_open(BARE "run(7) mark('seven\\27[2J') run(1) mark('eight')", &options, &o);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
    CU_ASSERT_EQUAL(scenario_advance(sc, 100), SCENARIO_DONE);
    const struct scenario_mark *marks;
    CU_ASSERT_EQUAL_FATAL(scenario_marks(sc, &marks), 2);
    CU_ASSERT_STRING_EQUAL(marks[0].text, "seven\\x1b[2J");
    CU_ASSERT_EQUAL(marks[0].steps, 7);
    CU_ASSERT_EQUAL(marks[1].steps, 8);
    CU_ASSERT_TRUE(marks[1].seq > marks[0].seq);
    scenario_close(sc);
}

// ---- errors

static void errors_say_where_and_what(void)
{
    expect_error("\n\nrun{", ":3:");
    expect_error("\nerror('x')", ":2: x");
    expect_error("run()", "there is no guest to run");
    expect_error(BARE "run{untill = 3}", "run has no field 'untill'; its fields are: steps,");
    expect_error("machine{clock = 'slow'}", "clock: one of \"virtual\", \"wall\" is wanted");
    expect_error("machine{harts = 9}", "harts: an integer from 1 to 8 is wanted");
    expect_error("guest{}", "one of image = \"FILE\" and source = [[assembly]]");
    expect_error("guest{image = 'nonesuch'}", "image: nonesuch: there is no such file in");
    expect_error("machine{} guest{source = 'nop\\n  addi a0, a0, 5000\\n'} run()", "source:2:");
    expect_error(BARE "guest{source = program} run()", "2 guests need a VMM");
    expect_error("vmm{} for i = 1, 1025 do guest{source = 'nop', ram = '64K'} end",
                 "at most 1024 guests");
    expect_error("machine{} vmm{} for i = 1, 3 do guest{source = 'nop', ram = '1G'} end run()",
                 "= 3");
    expect_error(BARE "run{event = 'trapp'}", "there is no event 'trapp'; there are: trap,");
    expect_error(BARE "run{event = 'trap', cause = 'ecall-x'}", "there is no cause 'ecall-x'");
    expect_error(BARE "run{guest = 'two', off = true}", "there is no guest 'two'");
    expect_error(BARE "machine{} guest{source = program} run(1) g:pc()",
                 "this guest's machine is gone");
    expect_error(BARE "run(1) vmm{}", "comes before the first run");
    expect_error(BARE "on('trap', function() error('inside') end) run()", "inside");
    expect_error(BARE "on('trap', function() run(1) end) run()", "cannot be called inside on");
    expect_error(BARE "on('trap', function() while true do end end) run()",
                 "does a loop never end?");
    expect_error(BARE "on('trap', function() machine{} end) run()", "cannot be called inside on");
    expect_error(BARE "run{when = function() machine{} end, every = 1}",
                 "cannot be called inside on");
    expect_error(BARE "run{when = function() error('asked') end, every = 1}", "asked");
    expect_error("while true do print(('x'):rep(1000)) end", "printed more than 1 MiB");
    expect_error("for i = 1, 1100 do print(('x'):rep(1000)) end", "printed more than 1 MiB");
    expect_error("for i = 1, 2000 do check('c', true) end", "at most 1000 checks");
}

static void a_script_reads_no_file_of_its_choosing(void)
{
    expect_error("guest{image = '/etc/passwd'}", "relative to its own folder");
    expect_error("guest{image = '../etc/passwd'}", "there is no such file");
    expect_error("guest{image = '../../../../../../etc/passwd'}", "there is no such file");
    expect_error("guest{source = 'nop', disk = '/dev/zero'}", "relative to its own folder");
}

const struct suite suite_scenario = {
    "scenario",
    (const struct test[]){
        {"the opening comment is title and description", title_and_description},
        {"steps are exact", steps_are_exact},
        {"chopping a run into pieces changes nothing", chopping_a_run_changes_nothing},
        {"a guest goes off at one moment, however the run is chopped",
         a_guest_goes_off_at_one_moment},
        {"the limit ends a scenario", the_limit_ends_a_scenario},
        {"a script that runs nothing for ever ends", a_script_that_runs_nothing_for_ever_ends},
        {"a waiting guest asks for input, or is stuck", a_waiting_guest_asks_for_input},
        {"stepping back returns to the same life", stepping_back_returns_to_the_same_life},
        {"runs end where they should", runs_end_where_they_should},
        {"console text printed before is found once", text_that_was_printed_before_is_found},
        {"a guest can be looked at", a_guest_can_be_looked_at},
        {"the registers of the hypervisor extension can be looked at",
         the_registers_of_the_hypervisor_extension_can_be_looked_at},
        {"bare and virtual states are equal", bare_and_virtual_states_are_equal},
        {"a VMM can be a guest", a_vmm_can_be_a_guest},
        {"events and counters agree", events_and_counters_agree},
        {"hooks can stop a run", hooks_can_stop_a_run},
        {"checks count points", checks_count_points},
        {"marks stand in the event stream", marks_stand_in_the_event_stream},
        {"errors say where and what", errors_say_where_and_what},
        {"a script reads no file of its choosing", a_script_reads_no_file_of_its_choosing},
        {0},
    },
};
