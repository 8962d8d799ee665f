// The standard library as scripts in a sandbox get it. Read scenarios/script/sandbox.h first.
#ifndef SCENARIOS_SCRIPT_LIBRARY_H
#define SCENARIOS_SCRIPT_LIBRARY_H

#include <lua.h>

// A lua_CFunction: opens the pure part of Lua's library in the globals. Argument 1 is the seed of
// math.random, argument 2 a struct loop_payer that lives as long as the state.
int library_open(lua_State *L);

// Pushes the text of the value at the index, as tostring gives it to a script, and returns it.
// The text is the same in each run, because it contains no address of the host.
const char *library_text(lua_State *L, int index);

#endif
