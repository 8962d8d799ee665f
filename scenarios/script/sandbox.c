// Limits round a Lua state, and the doors into it. Read scenarios/script/sandbox.h first; the
// library that scripts get is scenarios/script/library.c.
#include "scenarios/script/sandbox.h"
#include "scenarios/script/library.h"
#include "scenarios/host/status.h"

#include <lauxlib.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define HOOK_EVERY 1000 // instructions
#define HOOKS_A_LOOK 16 // at the clock
#define ERROR_ROOM 4096

const struct sandbox_limits sandbox_limits_default = {
    .memory = 64u << 20, .instructions = 100000000, .seconds = 5, .seed = 1};

// Every block of the state is in a ring, so that all of them can be freed without asking Lua, which
// after a limit is in no state to be asked.
struct block {
    _Alignas(max_align_t) struct block *next;
    struct block *previous;
};

struct sandbox {
    struct sandbox_limits limits;
    lua_State *lua;
    struct block blocks; // the ring's head
    size_t used;
    bool denied; // the last request that wanted more memory was refused; Lua collects garbage and
                 // asks once more
    bool over;   // a limit was met
    u64 instructions_left;
    u32 hooks;        // since the sandbox was entered
    double begun;     // processor time at the first of them
    jmp_buf *way_out; // set while inside Lua
    char error[ERROR_ROOM];

    pthread_t owner, watchdog;
    bool watched;
    pthread_mutex_t lock;
    pthread_cond_t closing;
    bool closed;
    atomic_bool busy;    // inside Lua
    atomic_ullong beats; // grows with every hook and every entry
};

// ---- text

// Length of the valid, printable UTF-8 sequence at p, or 0.
static size_t printable(const unsigned char *p, size_t left)
{
    if (*p == '\n' || *p == '\t' || (*p >= 0x20 && *p < 0x7f))
        return 1;
    size_t n = *p >= 0xf0 && *p < 0xf5 ? 4 : *p >= 0xe0 ? 3 : *p >= 0xc2 ? 2 : 0;
    if (!n || *p >= 0xf5 || n > left)
        return 0;
    u32 code = *p & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3fu);
    }
    static const u32 least[] = {
        [2] = 0xa0, [3] = 0x800, [4] = 0x10000}; // below 0xa0: the C1 control characters
    bool turns_text = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return code < least[n] || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff || turns_text
               ? 0
               : n;
}

size_t text_clean(const char *from, size_t size, char *to, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < size && n + 5 < room;) {
        size_t length = printable((const unsigned char *)from + i, size - i);
        if (length) {
            memcpy(to + n, from + i, length);
            n += length;
            i += length;
        } else {
            n += (size_t)snprintf(to + n, room - n, "\\x%02x", (unsigned char)from[i++]);
        }
    }
    if (room)
        to[n] = 0;
    return n;
}

static void set_error(struct sandbox *sb, const char *text, size_t size)
{
    text_clean(text, size, sb->error, sizeof sb->error);
}

// ---- limits

_Noreturn static void leave(struct sandbox *sb)
{
    sb->over = true;
    longjmp(*sb->way_out, 1);
}

_Noreturn void sandbox_exceed(struct sandbox *sb, lua_State *thread, const char *message)
{
    char text[512];
    lua_Debug place = {0};
    const char *file = "script";
    int line = 0;
    for (int level = 0; lua_getstack(thread, level, &place); level++) {
        lua_getinfo(thread, "Sl", &place);
        if (place.currentline > 0) {
            file = place.short_src;
            line = place.currentline;
            break;
        }
    }
    int n = snprintf(text, sizeof text, "%s:%d: %s", file, line, message);
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

// Asking for the time is dear beside a thousand instructions, so only every so often.
static bool is_out_of_time(struct sandbox *sb)
{
    if (sb->hooks++ % HOOKS_A_LOOK)
        return false;
    double now = own_seconds();
    if (sb->hooks == 1)
        sb->begun = now;
    return now - sb->begun > sb->limits.seconds;
}

static void count_instructions(lua_State *thread, lua_Debug *place)
{
    (void)place;
    struct sandbox *sb;
    lua_getallocf(thread, (void **)&sb);
    atomic_fetch_add(&sb->beats, 1);
    sandbox_charge(sb, HOOK_EVERY);
    bool late = is_out_of_time(sb);
    if (sb->instructions_left && !late)
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

static void unlink_block(struct block *b)
{
    b->previous->next = b->next;
    b->next->previous = b->previous;
}

static void link_block(struct sandbox *sb, struct block *b)
{
    b->next = sb->blocks.next;
    b->previous = &sb->blocks;
    b->next->previous = b;
    sb->blocks.next = b;
}

// A request for more memory cannot be met. Lua answers the first refusal by collecting all garbage
// and asking again; the second is the end.
static void *refuse(struct sandbox *sb)
{
    if (!sb->denied || !sb->way_out) {
        sb->denied = true;
        return NULL;
    }
    char text[160];
    int n = snprintf(text, sizeof text,
                     "script: it needs more than %zu MiB of memory; keep less at a time",
                     sb->limits.memory >> 20);
    set_error(sb, text, (size_t)n);
    leave(sb);
}

static void *allocate(void *context, void *old, size_t old_size, size_t size)
{
    struct sandbox *sb = context;
    struct block *b = old ? (struct block *)old - 1 : NULL;
    old_size = old ? old_size : 0; // with no old block Lua passes a type there
    if (!size) {
        if (b) {
            sb->used -= old_size;
            unlink_block(b);
            free(b);
        }
        return NULL;
    }
    if (size > old_size && size - old_size > sb->limits.memory - sb->used)
        return refuse(sb);
    if (b)
        unlink_block(b);
    struct block *moved = realloc(b, sizeof *b + size);
    if (!moved) {
        if (b)
            link_block(sb, b);
        return refuse(sb);
    }
    link_block(sb, moved);
    sb->used = sb->used - old_size + size;
    if (size > old_size)
        sb->denied = false;
    return moved + 1;
}

// ---- the watchdog

static void tell_hung(struct sandbox *sb)
{
    char message[160];
    int n = snprintf(message, sizeof message,
                     "the script spent more than %u s in one library function; is a pattern or a "
                     "repetition too large?\n",
                     sb->limits.seconds);
    if (sb->limits.hung)
        sb->limits.hung(sb->limits.hung_context, message);
    if (write(STDERR_FILENO, "trapeze: ", 9) == 9 && write(STDERR_FILENO, message, (size_t)n) == n)
        _exit(STATUS_INPUT);
    _exit(STATUS_INPUT);
}

// Processor time of the thread that runs the script, in seconds: a busy host or a stopped process
// is no reason to end it.
static double owner_seconds(const struct sandbox *sb)
{
    clockid_t clock;
    struct timespec t = {0};
    if (!pthread_getcpuclockid(sb->owner, &clock))
        clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *watch(void *context)
{
    struct sandbox *sb = context;
    u64 beats = 0;
    double since = 0;
    pthread_mutex_lock(&sb->lock);
    while (!sb->closed) {
        struct timespec next;
        clock_gettime(CLOCK_REALTIME, &next);
        next.tv_sec++;
        pthread_cond_timedwait(&sb->closing, &sb->lock, &next);
        u64 now = atomic_load(&sb->beats);
        if (!atomic_load(&sb->busy) || now != beats) {
            beats = now;
            since = owner_seconds(sb);
        } else if (owner_seconds(sb) - since > sb->limits.seconds + 1) {
            tell_hung(sb);
        }
    }
    pthread_mutex_unlock(&sb->lock);
    return NULL;
}

// ---- doors

static enum sandbox_result over(struct sandbox *sb)
{
    sb->way_out = NULL;
    atomic_store(&sb->busy, false);
    return SANDBOX_LIMIT;
}

static void enter(struct sandbox *sb, jmp_buf *way_out)
{
    sb->way_out = way_out;
    sb->hooks = 0;
    atomic_fetch_add(&sb->beats, 1);
    atomic_store(&sb->busy, true);
}

static enum sandbox_result done(struct sandbox *sb, enum sandbox_result result)
{
    sb->way_out = NULL;
    atomic_store(&sb->busy, false);
    return result;
}

// The message handler: error value and level of the stack -> "file:line: message\ntraceback".
static int describe(lua_State *L)
{
    const char *message = luaL_tolstring(L, 1, NULL);
    luaL_traceback(L, L, message, 1);
    return 1;
}

// Describes the error of a coroutine that has ended; called protected, since an error value's
// __tostring is the script's too.
static int describe_thread(lua_State *L)
{
    lua_State *thread = lua_touserdata(L, 1);
    const char *message = luaL_tolstring(L, 2, NULL);
    luaL_traceback(L, thread, message, 0);
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
    jmp_buf way_out;
    if (sb->over || setjmp(way_out))
        return over(sb);
    enter(sb, &way_out);
    if (luaL_loadbufferx(thread, text, size, name, "t") == LUA_OK)
        return done(sb, SANDBOX_DONE);
    keep_error(sb, thread);
    return done(sb, SANDBOX_ERROR);
}

enum sandbox_result sandbox_resume(struct sandbox *sb, lua_State *thread, int arguments,
                                   int *values)
{
    jmp_buf way_out;
    if (sb->over || setjmp(way_out))
        return over(sb);
    enter(sb, &way_out);
    int result = lua_resume(thread, sb->lua, arguments, values);
    if (result == LUA_OK || result == LUA_YIELD)
        return done(sb, result == LUA_OK ? SANDBOX_DONE : SANDBOX_YIELDED);
    lua_pushcfunction(sb->lua, describe_thread);
    lua_pushlightuserdata(sb->lua, thread);
    lua_xmove(thread, sb->lua, 1);
    lua_pcall(sb->lua, 2, 1, 0);
    keep_error(sb, sb->lua);
    return done(sb, SANDBOX_ERROR);
}

enum sandbox_result sandbox_call(struct sandbox *sb, int arguments, int values)
{
    jmp_buf way_out;
    if (sb->over || setjmp(way_out))
        return over(sb);
    enter(sb, &way_out);
    int base = lua_gettop(sb->lua) - arguments;
    lua_pushcfunction(sb->lua, describe);
    lua_insert(sb->lua, base);
    int result = lua_pcall(sb->lua, arguments, values, base);
    lua_remove(sb->lua, base);
    if (result == LUA_OK)
        return done(sb, SANDBOX_DONE);
    keep_error(sb, sb->lua);
    return done(sb, SANDBOX_ERROR);
}

const char *sandbox_error(const struct sandbox *sb)
{
    return sb->error;
}

lua_State *sandbox_lua(struct sandbox *sb)
{
    return sb->lua;
}

void sandbox_refill(struct sandbox *sb)
{
    sb->instructions_left = sb->limits.instructions;
}

void sandbox_charge(struct sandbox *sb, u64 instructions)
{
    sb->instructions_left -=
        instructions < sb->instructions_left ? instructions : sb->instructions_left;
}

struct sandbox *sandbox_new(const struct sandbox_limits *limits)
{
    struct sandbox *sb = calloc(1, sizeof *sb);
    if (!sb)
        return NULL;
    sb->limits = *limits;
    sb->blocks.next = sb->blocks.previous = &sb->blocks;
    sb->owner = pthread_self();
    pthread_mutex_init(&sb->lock, NULL);
    pthread_cond_init(&sb->closing, NULL);
    sandbox_refill(sb);
    sb->lua = lua_newstate(allocate, sb);
    sb->watched = sb->lua && !pthread_create(&sb->watchdog, NULL, watch, sb);
    if (!sb->watched) {
        sandbox_free(sb);
        return NULL;
    }
    *(void **)lua_getextraspace(sb->lua) = limits->context;
    lua_pushcfunction(sb->lua, library_open);
    lua_pushinteger(sb->lua, (lua_Integer)limits->seed);
    if (sandbox_call(sb, 1, 0) != SANDBOX_DONE) {
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
    if (sb->watched) {
        pthread_mutex_lock(&sb->lock);
        sb->closed = true;
        pthread_cond_signal(&sb->closing);
        pthread_mutex_unlock(&sb->lock);
        pthread_join(sb->watchdog, NULL);
    }
    // Not lua_close: nothing in the state owns anything but memory, and after a limit it could not
    // be asked.
    while (sb->blocks.next != &sb->blocks) {
        struct block *b = sb->blocks.next;
        unlink_block(b);
        free(b);
    }
    pthread_cond_destroy(&sb->closing);
    pthread_mutex_destroy(&sb->lock);
    free(sb);
}
