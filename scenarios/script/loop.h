// pairs, next and table.sort of scripts: what they do is the same in each run, because keys come in
// the order of scenarios/script/order.h, and because equal items stay as they were.
// Read next: scenarios/script/loop.c.
#ifndef SCENARIOS_SCRIPT_LOOP_H
#define SCENARIOS_SCRIPT_LOOP_H

#include "isa/types.h"

#include <lua.h>

// Who pays for work that no instruction of the script counts: so many keys were looked at.
struct loop_payer {
    void (*charge)(void *context, u64 keys);
    void *context;
};

// Puts the functions among the globals, in the place of Lua's own. The payer lives as long as the
// state.
void loop_open(lua_State *L, const struct loop_payer *payer);

#endif
