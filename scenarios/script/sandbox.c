// Limits round a Lua state, and the doors into it. Read scenarios/script/sandbox.h first.
// Read next: scenarios/script/watchdog.h.
#include "scenarios/script/sandbox.h"

#include "scenarios/script/arena.h"
#include "scenarios/script/library.h"
#include "scenarios/script/loop.h"
#include "scenarios/script/order.h"
#include "scenarios/script/text.h"
#include "scenarios/script/watchdog.h"

#include <lauxlib.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOOK_EVERY 1000 // instructions between two calls of the hook
#define HOOKS_A_LOOK 16 // calls of the hook between two looks at the clock
#define ERROR_ROOM 4096

const struct sandbox_limits sandbox_limits_default = {
    .memory = 64u << 20, .instructions = 100000000, .seconds = 5, .seed = 1};

// Lua's blocks are freed all at once, without Lua's help: after a limit, Lua was left in the middle
// of something and must not run again.
#define ROOM_TIMES 4 // the arena has so many times the memory that the script may use

// What the script has used up. It lies among the script's memory, so that it goes back with that.
struct allowance {
    size_t used;
    // The last request for more memory was refused. Lua then collects garbage and asks once more.
    bool denied;
    bool over; // a limit was met
    u64 instructions_left;
    u64 born; // blocks so far
};

// One stay in the interpreter. A stay can begin inside another: the script calls a function of
// ours, and that one calls a function of the script by sandbox_call.
struct stay_inside {
    lua_State *running; // the thread of Lua that was entered
    jmp_buf *way_out;   // NULL: the script does not run
    u32 hooks;          // calls of the hook since then
    double begun;       // processor time at the first of these calls
};

struct sandbox {
    struct sandbox_limits limits;
    struct arena *arena;
    struct allowance *has;
    lua_State *lua;
    struct stay_inside now;
    char error[ERROR_ROOM];
    struct watchdog watchdog;
    struct loop_payer payer;
};

static void set_error(struct sandbox *sb, const char *text, size_t size)
{
    text_clean(text, size, sb->error, sizeof sb->error);
}

// ---- limits

_Noreturn static void leave(struct sandbox *sb)
{
    sb->has->over = true;
    longjmp(*sb->now.way_out, 1);
}

// Where the script is: "file:line: ". The text is empty if no line of the script runs.
static void print_place(lua_State *thread, char *to, size_t size)
{
    lua_Debug at = {.currentline = -1};
    *to = 0;
    for (int level = 0; at.currentline < 0 && lua_getstack(thread, level, &at); level++)
        lua_getinfo(thread, "Sl", &at);
    if (at.currentline >= 0)
        snprintf(to, size, "%s:%d: ", at.short_src, at.currentline);
}

_Noreturn void sandbox_exceed(struct sandbox *sb, lua_State *thread, const char *message)
{
    char place[LUA_IDSIZE + 20], text[512];
    print_place(thread, place, sizeof place);
    int n = snprintf(text, sizeof text, "%s%s", *place ? place : "script: ", message);
    set_error(sb, text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
    leave(sb);
}

// Processor time of the calling thread, in seconds.
static double own_seconds(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// A look at the clock costs more than a thousand instructions of Lua, so it is taken now and then.
static bool is_out_of_time(struct sandbox *sb)
{
    if (sb->now.hooks++ % HOOKS_A_LOOK)
        return false;
    double now = own_seconds();
    if (sb->now.hooks == 1)
        sb->now.begun = now;
    return now - sb->now.begun > sb->limits.seconds;
}

static void count_instructions(lua_State *thread, lua_Debug *place)
{
    (void)place;
    struct sandbox *sb;
    lua_getallocf(thread, (void **)&sb);
    watchdog_beat(&sb->watchdog);
    sandbox_charge(sb, HOOK_EVERY);
    bool late = is_out_of_time(sb);
    if (sb->has->instructions_left && !late)
        return;
    char message[160];
    if (late)
        snprintf(
            message, sizeof message,
            "the script computed for %u s without letting the machine run; does a loop never end?",
            sb->limits.seconds);
    else
        snprintf(message, sizeof message,
                 "the script ran %llu instructions without the machine taking a step; does a loop "
                 "never end?",
                 (unsigned long long)sb->limits.instructions);
    sandbox_exceed(sb, thread, message);
}

_Noreturn static void exceed_memory(struct sandbox *sb, lua_State *thread)
{
    char text[160];
    snprintf(text, sizeof text, "the script needs more than %zu MiB of memory; keep less at a time",
             sb->limits.memory >> 20);
    sandbox_exceed(sb, thread, text);
}

// A request for more memory cannot be met. Lua answers the first refusal by collecting all garbage
// and asking again. The second refusal ends the script.
static void *refuse(struct sandbox *sb)
{
    if (!sb->has->denied || !sb->now.way_out) {
        sb->has->denied = true;
        return NULL;
    }
    exceed_memory(sb, sb->now.running);
}

// A block of the arena has its birth before what Lua sees of it (scenarios/script/order.h).
static void *resize(struct sandbox *sb, void *old, size_t old_size, size_t size)
{
    struct birth *block = old ? (struct birth *)old - 1 : NULL;
    block = arena_resize(sb->arena, block, old ? old_size + sizeof *block : 0,
                         size ? size + sizeof *block : 0);
    if (!block)
        return NULL;
    if (!old)
        block->number = ++sb->has->born;
    return block + 1;
}

static void *allocate(void *context, void *old, size_t old_size, size_t size)
{
    struct sandbox *sb = context;
    old_size = old ? old_size : 0; // if there is no old block, Lua passes a type here
    if (size > old_size && size - old_size > sb->limits.memory - sb->has->used)
        return refuse(sb);
    void *block = resize(sb, old, old_size, size);
    if (!block && size)
        return refuse(sb);
    sb->has->used = sb->has->used - old_size + size;
    if (size > old_size)
        sb->has->denied = false;
    return block;
}

// ---- doors

// Where the script is while one of its library functions does not come back. The thread that runs
// it changes nothing of the stack of calls meanwhile, so this thread may read it.
static void tell_place(void *owner, char *to, size_t size)
{
    struct sandbox *sb = owner;
    print_place(sb->now.running, to, size);
}

// The stay before this one goes on, if there is one.
static enum sandbox_result done(struct sandbox *sb, struct stay_inside before,
                                enum sandbox_result result)
{
    sb->now = before;
    watchdog_busy(&sb->watchdog, before.way_out);
    return result;
}

static void enter(struct sandbox *sb, lua_State *thread, jmp_buf *way_out)
{
    sb->now = (struct stay_inside){.running = thread, .way_out = way_out};
    watchdog_busy(&sb->watchdog, true);
}

// Pushes the words for the error value at `index`. Lua puts the place before a text, but not before
// a table or nil, and such a value tells the reader nothing. So the place is added here: it is that
// of the innermost function of the script that `thread` runs.
static void push_words(lua_State *L, int index, lua_State *thread)
{
    bool speaks = lua_istable(L, index) && luaL_getmetafield(L, index, "__tostring");
    if (lua_isstring(L, index) || speaks) {
        luaL_tolstring(L, index, NULL);
        return;
    }
    lua_Debug at = {.currentline = -1};
    for (int level = 0; at.currentline < 0 && lua_getstack(thread, level, &at); level++)
        lua_getinfo(thread, "Sl", &at);
    const char *advice = "say error(\"...\") with a text that tells what is wrong";
    if (at.currentline < 0)
        lua_pushfstring(L, "the error is of type %s; %s", luaL_typename(L, index), advice);
    else
        lua_pushfstring(L, "%s:%d: the error is of type %s; %s", at.short_src, at.currentline,
                        luaL_typename(L, index), advice);
}

// Returns true if a function of the script is on the stack of `thread`.
static bool is_in_script(lua_State *thread)
{
    lua_Debug at = {.currentline = -1};
    for (int level = 0; at.currentline < 0 && lua_getstack(thread, level, &at); level++)
        lua_getinfo(thread, "l", &at);
    return at.currentline >= 0;
}

// Pushes "file:line: message\ntraceback" for the error value at `index`. The words are put before
// the traceback here, since they may hold zero bytes, at which a C string would end.
static void push_description(lua_State *L, int index, lua_State *thread, int level)
{
    push_words(L, index, thread);
    if (!is_in_script(thread))
        return;
    lua_pushliteral(L, "\n");
    luaL_traceback(L, thread, NULL, level);
    lua_concat(L, 3);
}

// The message handler.
static int describe(lua_State *L)
{
    push_description(L, 1, L, 1);
    return 1;
}

// Describes the error of a coroutine that has ended. It is called protected, because the error
// value may have a __tostring, which is the script's code.
static int describe_thread(lua_State *L)
{
    lua_State *thread = lua_touserdata(L, 1);
    push_description(L, 2, thread, 0);
    return 1;
}

static void keep_error(struct sandbox *sb, lua_State *L)
{
    size_t size = 0;
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : NULL;
    if (text)
        set_error(sb, text, size);
    else
        set_error(sb, "the script's error cannot be told", 33);
    lua_pop(L, 1);
}

enum sandbox_result sandbox_compile(struct sandbox *sb, lua_State *thread, const char *text,
                                    size_t size, const char *name)
{
    const struct stay_inside before = sb->now;
    jmp_buf way_out;
    if (sb->has->over || setjmp(way_out))
        return done(sb, before, SANDBOX_LIMIT);
    enter(sb, thread, &way_out);
    if (luaL_loadbufferx(thread, text, size, name, "t") == LUA_OK)
        return done(sb, before, SANDBOX_DONE);
    keep_error(sb, thread);
    return done(sb, before, SANDBOX_ERROR);
}

enum sandbox_result sandbox_resume(struct sandbox *sb, lua_State *thread, int arguments,
                                   int *values)
{
    const struct stay_inside before = sb->now;
    jmp_buf way_out;
    if (sb->has->over || setjmp(way_out))
        return done(sb, before, SANDBOX_LIMIT);
    enter(sb, thread, &way_out);
    int result = lua_resume(thread, sb->lua, arguments, values);
    if (result == LUA_OK || result == LUA_YIELD)
        return done(sb, before, result == LUA_OK ? SANDBOX_DONE : SANDBOX_YIELDED);
    lua_pushcfunction(sb->lua, describe_thread);
    lua_pushlightuserdata(sb->lua, thread);
    lua_xmove(thread, sb->lua, 1);
    lua_pcall(sb->lua, 2, 1, 0);
    keep_error(sb, sb->lua);
    return done(sb, before, SANDBOX_ERROR);
}

enum sandbox_result sandbox_call(struct sandbox *sb, int arguments, int values)
{
    const struct stay_inside before = sb->now;
    jmp_buf way_out;
    if (sb->has->over || setjmp(way_out))
        return done(sb, before, SANDBOX_LIMIT);
    enter(sb, sb->lua, &way_out);
    int base = lua_gettop(sb->lua) - arguments;
    lua_pushcfunction(sb->lua, describe);
    lua_insert(sb->lua, base);
    int result = lua_pcall(sb->lua, arguments, values, base);
    lua_remove(sb->lua, base);
    if (result == LUA_OK)
        return done(sb, before, SANDBOX_DONE);
    keep_error(sb, sb->lua);
    return done(sb, before, SANDBOX_ERROR);
}

const char *sandbox_error(const struct sandbox *sb)
{
    return sb->error;
}

lua_State *sandbox_lua(struct sandbox *sb)
{
    return sb->lua;
}

void sandbox_end(struct sandbox *sb, const char *message)
{
    set_error(sb, message, strlen(message));
    leave(sb);
}

void sandbox_refill(struct sandbox *sb)
{
    sb->has->instructions_left = sb->limits.instructions;
}

void sandbox_alive(struct sandbox *sb)
{
    watchdog_beat(&sb->watchdog);
}

void sandbox_charge(struct sandbox *sb, u64 instructions)
{
    sb->has->instructions_left -=
        instructions < sb->has->instructions_left ? instructions : sb->has->instructions_left;
}

static void charge_keys(void *context, u64 keys)
{
    sandbox_charge(context, keys);
}

void sandbox_hold(struct sandbox *sb, lua_State *thread, size_t bytes)
{
    if (bytes > sb->limits.memory - sb->has->used)
        lua_gc(thread, LUA_GCCOLLECT);
    if (bytes > sb->limits.memory - sb->has->used)
        exceed_memory(sb, thread);
    sb->has->used += bytes;
}

void sandbox_let_go(struct sandbox *sb, size_t bytes)
{
    sb->has->used -= bytes;
}

struct sandbox *sandbox_new(const struct sandbox_limits *limits)
{
    struct sandbox *sb = calloc(1, sizeof *sb);
    if (!sb)
        return NULL;
    sb->limits = *limits;
    sb->watchdog = (struct watchdog){.seconds = limits->seconds,
                                     .hung = limits->hung,
                                     .context = limits->hung_context,
                                     .place = tell_place,
                                     .owner_data = sb};
    sb->payer = (struct loop_payer){charge_keys, sb};
    sb->arena = arena_new(ROOM_TIMES * limits->memory);
    sb->has = sb->arena ? arena_resize(sb->arena, NULL, 0, sizeof *sb->has) : NULL;
    if (sb->has) {
        sandbox_refill(sb);
        sb->lua = lua_newstate(allocate, sb);
    }
    if (!sb->lua || !watchdog_start(&sb->watchdog)) {
        sandbox_free(sb);
        return NULL;
    }
    *(void **)lua_getextraspace(sb->lua) = limits->context;
    lua_pushcfunction(sb->lua, library_open);
    lua_pushinteger(sb->lua, (lua_Integer)limits->seed);
    lua_pushlightuserdata(sb->lua, &sb->payer);
    if (sandbox_call(sb, 2, 0) != SANDBOX_DONE) {
        sandbox_free(sb);
        return NULL;
    }
    lua_sethook(sb->lua, count_instructions, LUA_MASKCOUNT, HOOK_EVERY);
    return sb;
}

void sandbox_free(struct sandbox *sb)
{
    if (!sb)
        return;
    watchdog_end(&sb->watchdog);
    // lua_close would run inside a state that a limit may have left in the middle of something. The
    // state owns nothing but memory, so its memory goes as it is.
    arena_free(sb->arena);
    free(sb);
}

struct replica_piece sandbox_memory(const struct sandbox *sb)
{
    return (struct replica_piece){sb->arena, arena_bytes(sb->arena)};
}
