// Keys in order. Read scenarios/script/order.h first.
// Read next: scenarios/script/text.h.
#include "scenarios/script/order.h"

#include <dlfcn.h>
#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

// ---- comparing two values

enum rank { RANK_NUMBER, RANK_STRING, RANK_BOOLEAN, RANK_CODE, RANK_BORN, RANK_HANDLE };

// A C function without upvalues is a mere address in the program or in a library.
static bool is_mere_code(lua_State *L, int index)
{
    lua_CFunction code = lua_tocfunction(L, index);
    return code && lua_topointer(L, index) == (const void *)(uintptr_t)code;
}

static enum rank rank_of(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        return RANK_NUMBER;
    case LUA_TSTRING:
        return RANK_STRING;
    case LUA_TBOOLEAN:
        return RANK_BOOLEAN;
    case LUA_TFUNCTION:
        return is_mere_code(L, index) ? RANK_CODE : RANK_BORN;
    case LUA_TUSERDATA:
        return RANK_HANDLE;
    default:
        return RANK_BORN;
    }
}

// The file that holds the function at this address, program or library. The name of the program is
// the word that started it, so that name differs from call to call. Here it is "", the first name.
static const char *file_of_code(const void *address, uintptr_t *base)
{
    Dl_info program = {0}, at = {0};
    dladdr((const void *)(uintptr_t)file_of_code, &program);
    dladdr(address, &at);
    *base = (uintptr_t)at.dli_fbase;
    return at.dli_fname && at.dli_fbase != program.dli_fbase ? at.dli_fname : "";
}

// The address itself differs from run to run. Its distance from the beginning of its file does not.
static bool code_before(const void *a, const void *b)
{
    uintptr_t base_a, base_b;
    int files = strcmp(file_of_code(a, &base_a), file_of_code(b, &base_b));
    if (files)
        return files < 0;
    return (uintptr_t)a - base_a < (uintptr_t)b - base_b;
}

static const char *kind_of_handle(lua_State *L, int index)
{
    const char *kind = "";
    if (luaL_getmetafield(L, index, "__name") != LUA_TNIL) {
        kind = lua_tostring(L, -1); // the metatable keeps it
        lua_pop(L, 1);
    }
    return kind ? kind : "";
}

// Handles are plain numbers, and no two handles of a kind have the same.
static bool handle_before(lua_State *L, int a, int b)
{
    size_t size_a = lua_rawlen(L, a), size_b = lua_rawlen(L, b);
    int kinds = strcmp(kind_of_handle(L, a), kind_of_handle(L, b));
    if (kinds || size_a != size_b)
        return kinds ? kinds < 0 : size_a < size_b;
    return memcmp(lua_touserdata(L, a), lua_touserdata(L, b), size_a) < 0;
}

bool order_before(lua_State *L, int a, int b)
{
    a = lua_absindex(L, a);
    b = lua_absindex(L, b);
    enum rank rank = rank_of(L, a), other = rank_of(L, b);
    if (rank != other)
        return rank < other;
    const struct birth *born_a = lua_topointer(L, a), *born_b = lua_topointer(L, b);
    switch (rank) {
    case RANK_NUMBER:
    case RANK_STRING:
        return lua_compare(L, a, b, LUA_OPLT);
    case RANK_BOOLEAN:
        return !lua_toboolean(L, a) && lua_toboolean(L, b);
    case RANK_CODE:
        return code_before(born_a, born_b);
    case RANK_BORN:
        return born_a[-1].number < born_b[-1].number;
    default:
        return handle_before(L, a, b);
    }
}

// ---- sorting. Lua's own sort lets the clock choose where it divides a long list, so it may leave
// equal items in another order in each run. This is a merge sort.

// Merges the neighbours from[low..middle) and from[middle..high) into `to`.
static void merge(lua_State *L, int from, int to, lua_Integer low, lua_Integer middle,
                  lua_Integer high, order_test *before)
{
    lua_Integer left = low, right = middle;
    for (lua_Integer i = low; i < high; i++) {
        bool take_right = left == middle;
        if (!take_right && right < high) {
            lua_rawgeti(L, from, right);
            lua_rawgeti(L, from, left);
            take_right = before(L, lua_gettop(L) - 1, lua_gettop(L));
            lua_pop(L, 2);
        }
        lua_rawgeti(L, from, take_right ? right++ : left++);
        lua_rawseti(L, to, i);
    }
}

static bool is_sorted(lua_State *L, int list, lua_Integer count, order_test *before)
{
    bool sorted = true;
    for (lua_Integer i = 2; sorted && i <= count; i++) {
        lua_rawgeti(L, list, i);
        lua_rawgeti(L, list, i - 1);
        sorted = !before(L, lua_gettop(L) - 1, lua_gettop(L));
        lua_pop(L, 2);
    }
    return sorted;
}

void order_sort(lua_State *L, int index, lua_Integer count, order_test *before)
{
    luaL_checkstack(L, 8, "sort");
    if (is_sorted(L, lua_absindex(L, index), count, before))
        return;
    int list = lua_absindex(L, index), from = list, to;
    lua_createtable(L, (int)count, 0);
    to = lua_gettop(L);
    for (lua_Integer run = 1; run < count; run *= 2) {
        for (lua_Integer low = 1; low <= count; low += 2 * run) {
            lua_Integer middle = low + run, end = count + 1;
            lua_Integer high = middle + run < end ? middle + run : end;
            merge(L, from, to, low, middle < end ? middle : end, high, before);
        }
        int other = from;
        from = to;
        to = other;
    }
    if (from != list)
        for (lua_Integer i = 1; i <= count; i++) {
            lua_rawgeti(L, from, i);
            lua_rawseti(L, list, i);
        }
    lua_pop(L, 1);
}

lua_Integer order_push_keys(lua_State *L, int index)
{
    luaL_checkstack(L, 8, "keys");
    index = lua_absindex(L, index);
    lua_newtable(L);
    lua_Integer n = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        lua_rawseti(L, -4, ++n);
    }
    order_sort(L, -1, n, order_before);
    return n;
}
