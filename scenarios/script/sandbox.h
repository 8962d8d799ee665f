// A Lua state for scripts that nobody vouches for. A script gets the pure part of the standard
// library (base without load, dofile, require and collectgarbage; string without dump; table, math,
// utf8) and cannot exceed what it is allowed:
//
//     memory        the allocator says no; if collecting garbage does not help, the script is over
//     instructions  counted by a hook
//     time          of the processor, in one go; looked at by the hook too
//     C time        a pattern that backtracks for ever never comes to the hook: a watchdog thread sees that
//
// A limit is not a Lua error, which a script could catch with pcall: it jumps out of the
// interpreter, and the state is never entered again. Whatever else can differ from run to run is
// taken away too: math.random starts from the seed, pairs goes through keys in order. Read next:
// scenarios/script/sandbox.c, then scenarios/script/api.h.
#ifndef SCENARIOS_SCRIPT_SANDBOX_H
#define SCENARIOS_SCRIPT_SANDBOX_H

#include "isa/types.h"

#include <lua.h>

struct sandbox_limits {
    size_t memory;    // bytes
    u64 instructions; // until sandbox_refill, give or take a thousand
    u32 seconds;      // of processor time in one go, from resume to yield or from call to return
    u64 seed;
    void *context; // what lua_getextraspace of every thread points to
    // The script does not come back from a library function: called (if not NULL) on another
    // thread, then the process ends with the message on stderr and exit status 3.
    void (*hung)(void *context, const char *message);
    void *hung_context;
};
extern const struct sandbox_limits sandbox_limits_default; // 64 MiB, 100 million instructions, 5 s

struct sandbox;

enum sandbox_result {
    SANDBOX_DONE,
    SANDBOX_YIELDED,
    SANDBOX_ERROR, // a Lua error: sandbox_error has the message and a traceback
    SANDBOX_LIMIT, // a limit: so too; from now on every call answers this
};

struct sandbox *sandbox_new(const struct sandbox_limits *limits); // NULL: out of memory
void sandbox_free(struct sandbox *sb);
lua_State *sandbox_lua(
    struct sandbox *sb); // where functions and values may be put before the script runs
void sandbox_refill(struct sandbox *sb); // the allowance of instructions is whole again
void sandbox_charge(struct sandbox *sb,
                    u64 instructions); // something cost as much as so many instructions

// Compiles text (never bytecode) and pushes the function on `thread`.
enum sandbox_result sandbox_compile(struct sandbox *sb, lua_State *thread, const char *text,
                                    size_t size, const char *name);
// Starts or goes on with a coroutine; *values results are on its stack when it yields or is done.
enum sandbox_result sandbox_resume(struct sandbox *sb, lua_State *thread, int arguments,
                                   int *values);
// Calls the function below its arguments on sandbox_lua's stack; leaves `values` results there if
// DONE, else nothing.
enum sandbox_result sandbox_call(struct sandbox *sb, int arguments, int values);
// "file:line: message", then lines of traceback. Never NULL; only printable text and newlines.
const char *sandbox_error(const struct sandbox *sb);
// For C functions the script calls: ends the script like any other limit. The message gets the
// place in the script before it.
_Noreturn void sandbox_exceed(struct sandbox *sb, lua_State *thread, const char *message);

// Copies text as it may be shown on a terminal: no control characters but newline and tab, only
// valid UTF-8; the rest becomes '?' or "\xNN". Returns the length written, at most room - 1.
size_t text_clean(const char *from, size_t size, char *to, size_t room);

#endif
