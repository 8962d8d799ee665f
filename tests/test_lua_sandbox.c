// The sandbox of scenarios: what a script cannot reach, and that it cannot exceed a limit however
// it tries.
#include "scenarios/script/sandbox.h"
#include "scenarios/host/status.h"
#include "tests/suite.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char said[4096]; // the error of the last script

static enum sandbox_result run_limited(const struct sandbox_limits *limits, const char *text,
                                       lua_Integer *value)
{
    struct sandbox *sb = sandbox_new(limits);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sb);
    lua_State *L = sandbox_lua(sb);
    enum sandbox_result result = sandbox_compile(sb, L, text, strlen(text), "@script.lua");
    if (result == SANDBOX_DONE)
        result = sandbox_call(sb, 0, 1);
    if (result == SANDBOX_DONE && value)
        *value = lua_isboolean(L, -1) ? lua_toboolean(L, -1) : lua_tointeger(L, -1);
    snprintf(said, sizeof said, "%s", sandbox_error(sb));
    if (result == SANDBOX_LIMIT)
        CU_ASSERT_EQUAL(sandbox_call(sb, 0, 0), SANDBOX_LIMIT);
    sandbox_free(sb);
    return result;
}

static struct sandbox_limits small(void)
{
    struct sandbox_limits limits = sandbox_limits_default;
    limits.memory = 8u << 20;
    limits.instructions = 3000000;
    return limits;
}

static enum sandbox_result run(const char *text)
{
    struct sandbox_limits limits = small();
    return run_limited(&limits, text, NULL);
}

static lua_Integer value_of(const char *text)
{
    lua_Integer value = -12345;
    struct sandbox_limits limits = small();
    CU_ASSERT_EQUAL(run_limited(&limits, text, &value), SANDBOX_DONE);
    return value;
}

static void nothing_reaches_out(void)
{
    static const char *const names[] = {
        "io",     "os",       "debug",     "package",        "require", "load",       "loadstring",
        "dofile", "loadfile", "coroutine", "collectgarbage", "warn",    "string.dump"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[64];
        snprintf(text, sizeof text, "return %s == nil", names[i]);
        CU_ASSERT_EQUAL(value_of(text), 1);
    }
}

static void the_pure_library_is_there(void)
{
    CU_ASSERT_EQUAL(value_of("return #string.rep('ab', 3, '-') + select('#', table.unpack {1, 2}) "
                             "+ math.max(1, 2) + utf8.len 'x'"),
                    13);
    CU_ASSERT_EQUAL(value_of("local t = {} table.move({1, 2, 3}, 1, 3, 2, t) return t[4]"), 3);
    CU_ASSERT_EQUAL(
        value_of("return setmetatable({}, {__index = function(t, k) return #k end}).four"), 4);
}

static void bytecode_is_refused(void)
{
    CU_ASSERT_EQUAL(run("\x1bLua and so on"), SANDBOX_ERROR);
}

static void an_error_has_file_line_and_traceback(void)
{
    CU_ASSERT_EQUAL(run("local function f()\n  error('broken')\nend\n\nf()"), SANDBOX_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "script.lua:2: broken"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "script.lua:5: in main chunk"));
    CU_ASSERT_EQUAL(run("x = = 1"), SANDBOX_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "script.lua:1:"));
}

static void any_value_can_be_an_error(void)
{
    CU_ASSERT_EQUAL(run("\nerror({})"), SANDBOX_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "script.lua:2: the error is of type table; say error("));
    CU_ASSERT_EQUAL(run("\n\nerror(nil)"), SANDBOX_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "script.lua:3: the error is of type nil; say error("));
    CU_ASSERT_EQUAL(run("error(setmetatable({}, {__tostring = function() error('again') end}))"),
                    SANDBOX_ERROR);
    CU_ASSERT_EQUAL(run("error(setmetatable({}, {__tostring = function() while true do end end}))"),
                    SANDBOX_LIMIT);
}

static void messages_hold_no_control_characters(void)
{
    CU_ASSERT_EQUAL(run("error('\\27[2J\\127\\xff\\u{9b}\\u{202e}caf\\u{e9}')"), SANDBOX_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "\\x1b[2J\\x7f\\xff\\xc2\\x9b\\xe2\\x80\\xaecaf\xc3\xa9"));
}

// Longer than need be, half of a pair, beyond the last code, cut off: a terminal may take any of
// these for a character that was not looked at.
static void messages_hold_no_wrong_utf_8(void)
{
    CU_ASSERT_EQUAL(run("error('\\xc1\\x9b \\xe0\\x82\\x9b \\xf0\\x80\\x82\\x9b')"), SANDBOX_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "\\xc1\\x9b \\xe0\\x82\\x9b \\xf0\\x80\\x82\\x9b"));
    CU_ASSERT_EQUAL(run("error('\\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80 \\xe2\\x82')"), SANDBOX_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "\\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80 \\xe2\\x82"));
}

static void an_endless_loop_ends(void)
{
    CU_ASSERT_EQUAL(run("while true do end"), SANDBOX_LIMIT);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "script.lua:1: the script ran"));
    CU_ASSERT_EQUAL(run("local function f() return f() end\nf()"), SANDBOX_LIMIT);
    CU_ASSERT_EQUAL(run("for _ in function() return 1 end do end"), SANDBOX_LIMIT);
}

static void a_limit_cannot_be_caught(void)
{
    CU_ASSERT_EQUAL(run("while true do pcall(function() while true do end end) end"),
                    SANDBOX_LIMIT);
    CU_ASSERT_EQUAL(run("pcall(function() while true do end end) return 1"), SANDBOX_LIMIT);
    CU_ASSERT_EQUAL(
        run("xpcall(function() while true do end end, function() while true do end end) return 1"),
        SANDBOX_LIMIT);
    CU_ASSERT_EQUAL(run("local t <close> = setmetatable({}, {__close = function() while true do "
                        "end end}) error('x')"),
                    SANDBOX_LIMIT);
    CU_ASSERT_EQUAL(run("local t = {} for i = 1, 100 do t[i] = i end table.sort(t, function() "
                        "while true do end end)"),
                    SANDBOX_LIMIT);
    CU_ASSERT_EQUAL(run("return (('x'):gsub('.', function() while true do end end))"),
                    SANDBOX_LIMIT);
}

static void memory_ends_the_script(void)
{
    CU_ASSERT_EQUAL(run("local t = {} for i = 1, 1e9 do t[i] = {} end"), SANDBOX_LIMIT);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "8 MiB of memory"));
    CU_ASSERT_EQUAL(run("local s = 'x' while true do s = s .. s end"), SANDBOX_LIMIT);
    CU_ASSERT_EQUAL(value_of("return (pcall(string.rep, 'x', 1 << 28))"),
                    0); // refused at once: nothing was exceeded
    CU_ASSERT_EQUAL(
        run("while true do pcall(function() local t = {} for i = 1, 1e9 do t[i] = {} end end) end"),
        SANDBOX_LIMIT);
}

// Of the 8 MiB the first string has three, and the second would have six.
static void the_limit_of_memory_is_what_it_says(void)
{
    CU_ASSERT_EQUAL(value_of("return #('x'):rep(3 << 20)"), 3 << 20);
    CU_ASSERT_EQUAL(run("local s = ('x'):rep(3 << 20) return #(s .. s)"), SANDBOX_LIMIT);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "8 MiB of memory"));
}

static void garbage_is_no_reason_to_end(void)
{
    CU_ASSERT_EQUAL(value_of("local s for i = 1, 300 do s = ('x'):rep(100000) end return #s"),
                    100000);
}

static void endless_library_calls_are_refused(void)
{
    CU_ASSERT_EQUAL(value_of("return #string.rep('', 1 << 62)"), 0);
    CU_ASSERT_EQUAL(run("string.rep('x', 1 << 62)"), SANDBOX_ERROR);
    CU_ASSERT_EQUAL(run("table.move({}, 1, 1 << 60, 2)"), SANDBOX_ERROR);
    CU_ASSERT_EQUAL(run("setmetatable({}, {__gc = function() while true do end end})"),
                    SANDBOX_ERROR);
    CU_ASSERT_EQUAL(run("local function f() return 1 + f() end f()"),
                    SANDBOX_LIMIT); // its stack takes the memory
    CU_ASSERT_EQUAL(run("return ('('):rep(300) .. ')'"), SANDBOX_DONE);
}

static void a_hanging_library_call_ends_the_process(void)
{
    fflush(NULL);
    pid_t child = fork();
    if (!child) {
        struct sandbox_limits limits = small();
        limits.seconds = 0;
        if (!freopen("/dev/null", "w", stderr))
            _exit(99);
        run_limited(&limits, "return ('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(40) .. 'b')",
                    NULL);
        _exit(98);
    }
    int status = 0;
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT_TRUE(WIFEXITED(status));
    CU_ASSERT_EQUAL(WEXITSTATUS(status), STATUS_INPUT);
}

static void computing_too_long_ends_the_script(void)
{
    struct sandbox_limits limits = sandbox_limits_default;
    limits.seconds = 0;
    CU_ASSERT_EQUAL(run_limited(&limits, "while true do local s = ('x'):rep(100) end", NULL),
                    SANDBOX_LIMIT);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "computed for 0 s"));
}

static void pairs_goes_in_order(void)
{
    static const char text[] = "local t, s = {}, '' for _, k in ipairs {'zeta', 'b', 'alpha', 3, "
                               "1, 2.5, 'c'} do t[k] = true end\n"
                               "for k in pairs(t) do s = s .. k .. ' ' end\n"
                               "return s == '1 2.5 3 alpha b c zeta '";
    CU_ASSERT_EQUAL(value_of(text), 1);
    CU_ASSERT_EQUAL(value_of("local t, n = {a = 1, b = 2, c = 3}, 0 for k in pairs(t) do t[k] = "
                             "nil n = n + 1 end return n"),
                    3);
    CU_ASSERT_EQUAL(value_of("local t = {a = 1, b = 2, c = 3} for k in pairs(t) do t.b = nil t.n = "
                             "(t.n or 0) + 1 end return t.n"),
                    2);
    CU_ASSERT_EQUAL(value_of("return next({}) == nil"), 1);
}

static void tables_and_functions_as_keys_come_as_they_were_made(void)
{
    static const char text[] =
        "local function f() end\n"
        "local a, b, g, c = {}, {}, function() return f end, {}\n"
        "local t, s = {[c] = 'c', [g] = 'g', [b] = 'b', [f] = 'f', [a] = 'a', [true] = 't', "
        "[false] = 'n', [select] = 'p', [7] = '7', x = 'x'}, ''\n"
        "for _, v in pairs(t) do s = s .. v end\n"
        "for _, v in next, t do s = s .. v end\n"
        "return s == ('7xntpfabgc'):rep(2)";
    CU_ASSERT_EQUAL(value_of(text), 1);
}

static void next_goes_in_order(void)
{
    CU_ASSERT_EQUAL(value_of("local t = {c = 3, a = 1, [2] = 2} local k1 = next(t) local k2 = "
                             "next(t, k1) return k1 == 2 and k2 == 'a' and next(t, k2) == 'c' and "
                             "next(t, 'c') == nil"),
                    1);
    CU_ASSERT_EQUAL(value_of("local t, n = {}, 0 for i = 1, 1000 do t['k' .. i] = i end\n"
                             "for k in next, t do t[k] = nil n = n + 1 end return n"),
                    1000);
    // A new loop sees what was added after an old one.
    CU_ASSERT_EQUAL(value_of("local t = {a = 1, c = 3} next(t, 'a') t.b = 2 return next(t, 'a') == "
                             "'b' and next(t) == 'a' and next(t, 'b') == 'c'"),
                    1);
    // Loops of two tables, one inside the other.
    CU_ASSERT_EQUAL(value_of("local t, n = {a = 1, b = 2, c = 3}, 0\n"
                             "for k in next, t do for _ in next, {x = 1, y = 2} do n = n + 1 end "
                             "end return n"),
                    6);
    CU_ASSERT_EQUAL(run("next(5)"), SANDBOX_ERROR);
    CU_ASSERT_EQUAL(value_of("local it = pairs {a = 1} return it() == 'a' and it() == nil"), 1);
}

static void looking_at_many_keys_has_its_price(void)
{
    CU_ASSERT_EQUAL(run("local t = {} for i = 1, 20000 do t[i] = i end\n"
                        "for i = 1, 10000 do next(t) end"),
                    SANDBOX_LIMIT);
}

static void sort_keeps_the_order_of_equal_items(void)
{
    CU_ASSERT_EQUAL(
        value_of("local t = {} for i = 1, 20000 do t[i] = {i % 3 == 0 and i or 5, i} end\n"
                 "table.sort(t, function(a, b) return a[1] < b[1] end)\n"
                 "for i = 2, #t do local a, b = t[i - 1], t[i]\n"
                 "if a[1] > b[1] or a[1] == b[1] and a[2] > b[2] then return false end end\n"
                 "return true"),
        1);
    CU_ASSERT_EQUAL(value_of("local t = {3, 1, 2} table.sort(t) return t[1] * 100 + t[2] * 10 + "
                             "t[3]"),
                    123);
    CU_ASSERT_EQUAL(value_of("local t = {1, 3, 2} table.sort(t, function(a, b) return a > b end) "
                             "return t[1] * 100 + t[2] * 10 + t[3]"),
                    321);
    CU_ASSERT_EQUAL(run("table.sort({1, 'x'})"), SANDBOX_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "attempt to compare"));
}

static void nothing_shows_an_address(void)
{
    CU_ASSERT_EQUAL(value_of("return tostring(setmetatable({1}, {__name = 'P'})) == 'P of 1'"), 1);
    CU_ASSERT_EQUAL(value_of("return ('%s %d %s'):format({}, 1, {2}) == 'table of 0 1 table of 1'"),
                    1);
    CU_ASSERT_EQUAL(run("return ('%d'):format({})"), SANDBOX_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "number expected, got table"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "'string.format'"));
    CU_ASSERT_EQUAL(run("return ('%-5p'):format({})"), SANDBOX_ERROR);
    CU_ASSERT_EQUAL(run("return ('\\0%p'):format({})"), SANDBOX_ERROR);
    CU_ASSERT_EQUAL(value_of("return ('%s\\0%s'):format({}, {1}) == 'table of 0\\0table of 1'"), 1);
    CU_ASSERT_EQUAL(run("setmetatable({}, {__mode = 'k'})"), SANDBOX_ERROR);
}

static void an_error_is_told_whole(void)
{
    CU_ASSERT_EQUAL(run("error('before\\0behind')"), SANDBOX_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "before\\x00behind"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "stack traceback:"));
}

static void random_numbers_follow_the_seed(void)
{
    CU_ASSERT_EQUAL(value_of("local a = math.random(1 << 30) math.randomseed()\n"
                             "local b = math.random(1 << 30) math.randomseed(5)\n"
                             "return a == b and a ~= math.random(1 << 30)"),
                    1);
    struct sandbox_limits limits = small();
    lua_Integer a = 0, b = 0, c = 0;
    run_limited(&limits, "return math.random(1, 1 << 40)", &a);
    run_limited(&limits, "return math.random(1, 1 << 40)", &b);
    limits.seed = 2;
    run_limited(&limits, "return math.random(1, 1 << 40)", &c);
    CU_ASSERT_EQUAL(a, b);
    CU_ASSERT_NOT_EQUAL(a, c);
}

const struct suite suite_lua_sandbox = {
    "lua_sandbox",
    (const struct test[]){
        {"nothing reaches out of a script", nothing_reaches_out},
        {"the pure library is there", the_pure_library_is_there},
        {"bytecode is refused", bytecode_is_refused},
        {"an error has file, line and traceback", an_error_has_file_line_and_traceback},
        {"any value can be an error", any_value_can_be_an_error},
        {"messages hold no control characters", messages_hold_no_control_characters},
        {"messages hold no wrong UTF-8", messages_hold_no_wrong_utf_8},
        {"an endless loop ends", an_endless_loop_ends},
        {"a limit cannot be caught", a_limit_cannot_be_caught},
        {"memory ends the script", memory_ends_the_script},
        {"the limit of memory is what it says", the_limit_of_memory_is_what_it_says},
        {"garbage is no reason to end", garbage_is_no_reason_to_end},
        {"endless library calls are refused", endless_library_calls_are_refused},
        {"a hanging library call ends the process", a_hanging_library_call_ends_the_process},
        {"computing too long ends the script", computing_too_long_ends_the_script},
        {"pairs goes through keys in order", pairs_goes_in_order},
        {"tables and functions as keys come as they were made",
         tables_and_functions_as_keys_come_as_they_were_made},
        {"next goes through keys in order", next_goes_in_order},
        {"looking at many keys has its price", looking_at_many_keys_has_its_price},
        {"sort keeps the order of equal items", sort_keeps_the_order_of_equal_items},
        {"nothing shows an address", nothing_shows_an_address},
        {"an error with zero bytes is told whole", an_error_is_told_whole},
        {"random numbers follow the seed", random_numbers_follow_the_seed},
        {0},
    },
};
