// An order of the keys of a table that every run repeats. Lua's own order follows the places of
// keys in the memory of the host, and a number that Lua draws when it starts. Here the order is:
//
//     numbers     by value                       booleans   false, true
//     strings     by their bytes                 C functions that are no closures: by their place
//     handles     (userdata) by kind, then by    in the program
//                 what is in them                tables and other functions: by birth
//
// The birth of a table or a function is how many blocks of memory Lua had asked for before its own.
// The sandbox writes this number before each block (scenarios/script/sandbox.c). A script makes its
// tables in the same order in each run, so births are in the same order, too.
// Read next: scenarios/script/order.c.
#ifndef SCENARIOS_SCRIPT_ORDER_H
#define SCENARIOS_SCRIPT_ORDER_H

#include "isa/types.h"

#include <lua.h>
#include <stdbool.h>

// The header before each block of a script's memory.
struct birth {
    u64 number;
};

// Returns true if the value at index a comes before the value at index b.
bool order_before(lua_State *L, int a, int b);
// Pushes a list of all keys of the table at this index, in order. Returns how many there are.
lua_Integer order_push_keys(lua_State *L, int index);
// Sorts the first `count` items of the list at this index. Two items keep their order if neither
// of them comes before the other.
typedef bool order_test(lua_State *L, int a, int b);
void order_sort(lua_State *L, int index, lua_Integer count, order_test *before);

#endif
