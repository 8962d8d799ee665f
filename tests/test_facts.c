// What a lesson proves its sentences with: stops that come where the script says, and facts about
// the machine that are not the guest's own.
#include "tests/play.h"
#include "tests/suite.h"

#include <stdio.h>

// A timer interrupt at tick 100 comes to `trap`.
#define TIMER                                                                                \
    "local source = [[\n.globl _start\n_start: la t0, trap\ncsrw stvec, t0\nli t0, 100\n"    \
    "csrw stimecmp, t0\ncsrw stimecmph, zero\nli t0, 0x20\ncsrw sie, t0\ncsrsi sstatus, 2\n" \
    "spin: addi s0, s0, 1\nj spin\n.align 2\ntrap: mv a0, s0\ndone: j done\n]]\n"
#define SHOW "print(run{pc = 'trap', guest = g}, g:pc() == g:symbol 'trap', g:reg 's0', g:time())\n"

static void a_run_stops_at_a_handler_of_an_interrupt(void)
{
    static const char *const stopped = "pc\ttrue\t46\t100\n";
    expect_printed(TIMER "local g = guest{source = source, ram = '64K'}\n" SHOW, stopped);
    expect_printed(TIMER "vmm{} local g = guest{source = source, ram = '64K'}\n" SHOW, stopped);
    expect_printed(TIMER "vmm{code = 't32'} local g = guest{source = source, ram = '64K'}\n" SHOW,
                   stopped);
    expect_printed(TIMER "vmm{} local i = vmm{}\n"
                         "local g = guest{source = source, ram = '64K', inside = i}\n" SHOW,
                   stopped);
}

#define TINY                                                                               \
    "local source = '.globl _start\\n_start: li a0, 7\\nwrite: csrw sscratch, a0\\n' ..\n" \
    "'li a0, 0\\nread: csrr a0, sscratch\\ndone: j done\\n'\n"

static void a_nested_guest_is_at_pc_when_it_is_there(void)
{
    // Inner's VMM writes 7 to the record and moves its pc, long before the guest itself goes on.
    expect_printed(TINY "vmm{} local i = vmm{}\n"
                        "local g = guest{source = source, ram = '64K', inside = i}\n"
                        "run{pc = 'write', guest = g} local before = counters(i).exit\n"
                        "run{pc = 'read', guest = g}\n"
                        "print(g:on_hart(), g:reg 'a0', counters(i).exit - before > 10)\n",
                   "0\t0\ttrue\n");
}

static void real_registers_are_the_harts(void)
{
    expect_printed(TINY "vmm{} local g = guest{source = source, ram = '64K'}\n"
                        "run{pc = 'read'}\n"
                        "print(g:csr 'sscratch', g:real 'sscratch' ~= 7, g:real 'satp' ~= 0)\n"
                        "print(g:csr 'satp', g:mode(), g:real 'x10', g:on_hart())\n",
                   "7\ttrue\ttrue\n0\tK\t0\t0\n");
    expect_printed(TINY "local g = guest{source = source, ram = '64K'} run{pc = 'read'}\n"
                        "print(g:csr 'sscratch', g:real 'sscratch', g:real 'satp')\n",
                   "7\t7\t0\n");
    // While one VCPU has the hart, the other's registers are in the VMM's memory.
    expect_printed(
        "vmm{quantum = 1000}\n"
        "local s = '.globl _start\\n_start: addi s0, s0, 1\\nj _start\\n'\n"
        "local a = guest{source = s, ram = '64K'} local b = guest{source = s, ram = '64K'}\n"
        "run(100) print(a:on_hart(), b:on_hart())\n"
        "run{event = 'schedule', guest = b} run(5) print(a:on_hart(), b:on_hart())\n",
        "0\tnil\nnil\t0\n");
    expect_error(TINY "vmm{} guest{source = source} run{pc = 1 << 32, limit = 5}",
                 "pc: an address of 32 bits");
    expect_error(TINY "vmm{} guest{source = source} run{pc = -4, limit = 5}",
                 "pc: an address of 32 bits");
    expect_error(TINY "vmm{} guest{source = source} run{pc = 'done', vcpu = 1, limit = 5}",
                 "has no VCPU 1; they count from 0");
    expect_error(TINY "vmm{} guest{source = source} run{when = 5, limit = 5}",
                 "when: a function is wanted");
    expect_error(TINY "vmm{code = 't32'} local g = guest{source = source} run(100) g:pc()",
                 "has no VCPU 0 yet");
    expect_error(TINY "vmm{} local g = guest{source = source} run(1) g:pc(1)",
                 "has no VCPU 1; they count from 0");
    expect_error(TINY "local g = guest{source = source} run(1) g:real 'nonesuch'",
                 "no CSR 'nonesuch'");
}

static void a_filter_for_one_guest_hears_that_one(void)
{
    expect_printed("vmm{quantum = 1000}\n"
                   "local s = '.globl _start\\n_start: addi s0, s0, 1\\nj _start\\n'\n"
                   "local a = guest{source = s, ram = '64K'}\n"
                   "local b = guest{source = s, ram = '64K'}\n"
                   "for _, g in ipairs{b, b, a, a, b} do\n"
                   " local _, e = run{event = 'schedule', guest = g} print(e.guest)\nend\n",
                   "g2\ng2\ng1\ng1\ng2\n");
}

// Two loads from 00400000, which the guest's table maps to its first page.
#define PAGER                                                                               \
    "local source = [[\n.globl _start\n_start: la t0, root\nsrli t0, t0, 12\n"              \
    "li t1, 0x80000000\nor t0, t0, t1\nset: csrw satp, t0\nafter: li s1, 0x00400000\n"      \
    "look: lw a0, 0(s1)\nagain: lw a1, 0(s1)\ndone: j done\n.data\n.align 12\n"             \
    "root: .word 0, 0x200000cf\n.space 4 * 0x1fe\n.word 0x200000cf\n.space 4 * 0x1ff\n]]\n" \
    "vmm{} local g = guest{source = source, ram = '64K'}\n"

static void entries_of_both_tables_can_be_read(void)
{
    expect_printed(PAGER "run{pc = 'set'} print(g:entry(0x400000))\n"
                         "run{pc = 'look'} print(g:entry(0x400000))\n"
                         "print(g:shadow(0x400000), g:shadow 'look' ~= nil)\n"
                         "run{pc = 'again'} print(g:entry(0x400000))\n"
                         "local entry = g:shadow(0x400000)\n"
                         "print(entry ~= g:entry(0x400000), entry & 3)\n"
                         "print(g:entry(0x800000), g:shadow(0x800000))\n",
                   "nil\n536871119\nnil\ttrue\n536871119\n"
                   "true\t3\nnil\tnil\n");
}

static void a_fill_carries_the_guest_physical_address(void)
{
    expect_printed(PAGER "run{pc = 'look'} local _, e = run{event = 'fill'}\n"
                         "print(('%x %x'):format(e.addr, e.value), e.detail)\n",
                   "400000 80000000\t00400000 -> gpa 80000000\n");
}

static void same_names_the_first_difference(void)
{
    expect_printed("local a, b = {}, {}\n"
                   "for i = 1, 50 do a['k' .. i] = i b['k' .. i] = i + 1 end\n"
                   "print(same(a, b)) b[7] = 1 print(same(a, b)) print(same(b, a)) a[7] = 1\n"
                   "a[3] = {z = {y = 1}, w = {1, 2}} b[3] = {z = {y = 2}, w = {1, 2, 3}}\n"
                   "print(same(a, b)) b[3].w = {1, 2} print(same(a, b)) print(same(1, 16))\n"
                   "print(same({1, {2}}, {1, {2}}))\n",
                   "false\tk1: 0x1, 0x2\n"
                   "false\tk1: 0x1, 0x2\n"
                   "false\t7: 0x1, nil\n"
                   "false\t3.w.3: only one side has it\n"
                   "false\t3.z.y: 0x1, 0x2\n"
                   "false\t0x1, 0x10\n"
                   "true\n");
}

static void hooks_end_with_their_world(void)
{
    expect_printed(TINY "local n = 0\n"
                        "local function world() machine{} vmm{}\n"
                        "return guest{source = source, ram = '64K'} end\n"
                        "on('emulate', function() n = n + 1 end)\n"
                        "world() run{pc = 'done'} print(n)\n"
                        "world() run{pc = 'done'} print(n)\n"
                        "world() on('emulate', function() n = n + 10 end)\n"
                        "run{pc = 'done'} print(n)\n",
                   "2\n2\n22\n");
}

static void a_run_that_never_ends_is_ended_with_a_message(void)
{
    expect_error(TINY "local g = guest{source = source, ram = '64K'} run()", "jumps to itself");
    expect_error(TINY "vmm{} guest{name = 'tiny', source = source, ram = '64K'}\n"
                      "run{event = 'inject'}",
                 ":4: this run has no limit, and it would never end: tiny jumps to itself");
    expect_error(TINY "vmm{} local i = vmm{} guest{source = source, ram = '64K', inside = i} run()",
                 "it would never end");
    // With a limit, or while an interrupt can still come, the script knows what it waits for.
    expect_printed(TINY
                   "guest{source = source, ram = '64K'} print(run{off = true, limit = 3000000})",
                   "steps\n");
    expect_printed("local source = '.globl _start\\n_start: li t0, 0x20\\ncsrw sie, t0\\n' ..\n"
                   "'li t0, 2500000\\ncsrw stimecmp, t0\\ncsrw stimecmph, zero\\n' ..\n"
                   "'la t0, off\\ncsrw stvec, t0\\ncsrsi sstatus, 2\\nspin: j spin\\n' ..\n"
                   "'.align 2\\noff: li a7, 8\\necall\\n'\n"
                   "vmm{} guest{source = source, ram = '64K'} print(run())",
                   "off\n");
}

// Where a person can type, a run waits for that only if a guest would notice.
static enum scenario_status interactive_end(const char *enables)
{
    struct outcome o = {0};
    char text[400];
    snprintf(text, sizeof text,
             "vmm{} guest{ram = '64K', source = '.globl _start\\n_start: li t0, %s\\n"
             "csrw sie, t0\\nwait: wfi\\nj wait\\n'} print(run())",
             enables);
    struct scenario_options options = {.interactive = true, .printed = keep_printed, .context = &o};
    struct scenario *sc = play_open(text, &options, &o);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sc);
    enum scenario_status status = scenario_advance(sc, 1000);
    CU_ASSERT_STRING_EQUAL(o.printed, status == SCENARIO_DONE ? "stuck\n" : "");
    scenario_close(sc);
    return status;
}

static void a_run_waits_for_input_only_if_a_guest_hears_it(void)
{
    CU_ASSERT_EQUAL(interactive_end("0x200"), SCENARIO_WAITING);
    CU_ASSERT_EQUAL(interactive_end("0"), SCENARIO_DONE);
    CU_ASSERT_EQUAL(interactive_end("2"), SCENARIO_DONE);
}

static void a_thousand_short_turns_get_on(void)
{
    // Far more guests than keep their shadows, and turns that are over before a page is filled.
    expect_printed("machine{clock = 'wall'} vmm{quantum = 100}\n"
                   "local s = '.globl _start\\n_start: addi s0, s0, 1\\nj _start\\n'\n"
                   "local g for i = 1, 1000 do g = guest{source = s, ram = '64K'} end\n"
                   "run(20000) print(counters(g).retired > 3, counters().schedule > 5000)\n",
                   "true\ttrue\n");
}

static void a_run_can_stop_between_a_trap_and_its_handling(void)
{
    static const char *const look =
        "run{pc = 'write', guest = g}\n"
        "local why, e = run{event = 'exit', guest = g, phase = 'trapped'}\n"
        "print(why, e.cause, g:pc() == g:symbol 'write', g:csr 'sscratch')\n"
        "print(counters(g).exit, counters(g).emulate, g:on_hart())\n"
        "run{event = 'emulate', guest = g} print(g:csr 'sscratch', counters(g).exit)\n";
    char text[1200];
    snprintf(text, sizeof text, TINY "vmm{} local g = guest{source = source, ram = '64K'}\n%s",
             look);
    expect_printed(text, "event\tillegal-insn\ttrue\t0\n2\t0\t0\n7\t2\n");
    expect_error(TINY "guest{source = source} run{event = 'trap', phase = 'trapped'}",
                 "is for event = \"exit\"");
    expect_error(TINY "guest{source = source} run{event = 'exit', phase = 'x'}",
                 "one of \"handled\", \"trapped\"");
}

// Two guests by the wall clock, whose turns end at any place: with a stop at each trap, and
// without.
static void stops_between_trap_and_handling_change_nothing(void)
{
    static const char *const world =
        "local source = '.globl _start\\n_start: addi s0, s0, 1\\ncsrw sscratch, s0\\n' ..\n"
        "'rdtime s1\\nandi t0, s0, 15\\nbnez t0, _start\\nlui t1, 0x90000\\nj _start\\n'\n"
        "machine{clock = 'wall'} vmm{quantum = 700}\n"
        "local a = guest{source = source, ram = '64K'} local b = guest{source = source, ram = "
        "'64K'}\n";
    char text[1600], printed[4000];
    static const char *const show =
        "print(steps(), cycles(), a:reg 's0', a:reg 's1', b:reg 's0', b:reg 's1', a:pc(), b:pc(),\n"
        "counters().exit, counters().schedule, counters().fill)\n";
    snprintf(text, sizeof text, "%s run(3002) %s", world, show);
    struct outcome whole = play_whole(text);
    snprintf(printed, sizeof printed, "%s", whole.printed);
    CU_ASSERT_EQUAL(whole.state, SCENARIO_DONE);
    snprintf(text, sizeof text,
             "%s while steps() < 3002 do\n"
             "run{event = 'exit', phase = 'trapped', limit = 3002 - steps()} end %s",
             world, show);
    expect_printed(text, printed);
    struct outcome pieces = play(text, 1, 0);
    CU_ASSERT_STRING_EQUAL(pieces.printed, printed);
}

const struct suite suite_facts = {
    "facts",
    (const struct test[]){
        {"a run stops at the handler of an interrupt", a_run_stops_at_a_handler_of_an_interrupt},
        {"a nested guest is at pc when it is there", a_nested_guest_is_at_pc_when_it_is_there},
        {"real registers are the hart's", real_registers_are_the_harts},
        {"a filter for one guest hears that one", a_filter_for_one_guest_hears_that_one},
        {"entries of both tables can be read", entries_of_both_tables_can_be_read},
        {"a fill carries the guest physical address", a_fill_carries_the_guest_physical_address},
        {"same names the first difference", same_names_the_first_difference},
        {"hooks end with their world", hooks_end_with_their_world},
        {"a run can stop between a trap and its handling",
         a_run_can_stop_between_a_trap_and_its_handling},
        {"stops between trap and handling change nothing",
         stops_between_trap_and_handling_change_nothing},
        {"a run that never ends is ended with a message",
         a_run_that_never_ends_is_ended_with_a_message},
        {"a run waits for input only if a guest would hear it",
         a_run_waits_for_input_only_if_a_guest_hears_it},
        {"a thousand short turns get on", a_thousand_short_turns_get_on},
        {0},
    },
};
