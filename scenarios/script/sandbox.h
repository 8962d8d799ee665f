// A Lua state for scripts that cannot be trusted. A script gets the pure part of the standard
// library (base without load, dofile, require and collectgarbage; string without dump; table,
// math, utf8), and it cannot exceed its limits:
//
//     memory        the allocator refuses; if collecting garbage does not help, the script ends
//     instructions  a hook counts them
//     time          of the processor, in one go; the hook looks at it, too
//     time in C     the hook does not run inside a library function; a watchdog looks there
//
// A limit is not a Lua error, because a script could catch an error with pcall. At a limit the
// sandbox jumps out of the interpreter, and the state is never entered again. The sandbox also
// removes all that could differ from run to run: math.random starts from the seed, and pairs
// visits keys in order.
// Read next: scenarios/script/sandbox.c.
#ifndef SCENARIOS_SCRIPT_SANDBOX_H
#define SCENARIOS_SCRIPT_SANDBOX_H

#include "scenarios/script/replica.h"

#include <lua.h>

struct sandbox_limits {
    size_t memory;    // bytes
    u64 instructions; // until sandbox_refill; the count may be wrong by a thousand
    u32 seconds;      // of processor time in one go: from resume to yield, from call to return
    u64 seed;
    void *context; // the pointer in lua_getextraspace of every thread
    // Called (if not NULL) on another thread when the script does not come back from a library
    // function. Then the process ends with the message on standard error and status 3.
    void (*hung)(void *context, const char *message);
    void *hung_context;
};
extern const struct sandbox_limits sandbox_limits_default; // 64 MiB, 100 million instructions, 5 s

struct sandbox;

enum sandbox_result {
    SANDBOX_DONE,
    SANDBOX_YIELDED,
    SANDBOX_ERROR, // a Lua error: sandbox_error has the message and a traceback
    SANDBOX_LIMIT, // a limit was met: sandbox_error says which. Every later call returns this, too
};

struct sandbox *sandbox_new(const struct sandbox_limits *limits); // NULL: out of memory
void sandbox_free(struct sandbox *sb);
// Returns the state, so that the caller can put functions and values there before the script
// runs.
lua_State *sandbox_lua(struct sandbox *sb);
// Gives the script its full allowance of instructions again.
void sandbox_refill(struct sandbox *sb);
// For C functions that the script calls: tells the watchdog that the script is not stuck,
// because it has called again.
void sandbox_alive(struct sandbox *sb);
// Charges the script for work that no hook counts, as if it were this number of instructions.
void sandbox_charge(struct sandbox *sb, u64 instructions);

// Counts memory that the host keeps because of what the script did: from now on these bytes
// count as memory of the script. Too many of them end the script as any limit does. For C
// functions that the script calls.
void sandbox_hold(struct sandbox *sb, lua_State *thread, size_t bytes);
// To be called when this number of these bytes is no longer kept.
void sandbox_let_go(struct sandbox *sb, size_t bytes);

// Compiles text (never bytecode) and pushes the function on `thread`.
enum sandbox_result sandbox_compile(struct sandbox *sb, lua_State *thread, const char *text,
                                    size_t size, const char *name);
// Starts a coroutine or continues it. When it yields or is done, *values results are on its
// stack.
enum sandbox_result sandbox_resume(struct sandbox *sb, lua_State *thread, int arguments,
                                   int *values);
// Calls the function that lies below its arguments on the stack of sandbox_lua. Leaves `values`
// results there if the answer is DONE, and nothing otherwise. A C function that the script calls
// may call this, too. If the answer is LIMIT then, it calls sandbox_end before it returns to Lua.
enum sandbox_result sandbox_call(struct sandbox *sb, int arguments, int values);
// Returns the whole memory of the script as one piece for a replica
// (scenarios/script/replica.h). Must not be called while the script runs.
struct replica_piece sandbox_memory(const struct sandbox *sb);
// Returns "file:line: message", then lines of traceback. Never NULL; only printable text and
// newlines.
const char *sandbox_error(const struct sandbox *sb);
// For C functions that the script calls: ends the script as any limit does. The message gets the
// place in the script before it.
_Noreturn void sandbox_exceed(struct sandbox *sb, lua_State *thread, const char *message);
// The same, but the message is already complete.
_Noreturn void sandbox_end(struct sandbox *sb, const char *message);

#endif
