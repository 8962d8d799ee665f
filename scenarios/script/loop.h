// pairs, next and table.sort for scripts. Each of them does the same in each run: keys come in
// the order of scenarios/script/order.h, and equal items keep their order.
// Read next: scenarios/script/loop.c.
#ifndef SCENARIOS_SCRIPT_LOOP_H
#define SCENARIOS_SCRIPT_LOOP_H

#include "isa/types.h"

#include <lua.h>

// The account that is charged for work which no instruction of the script counts: this number of
// keys was looked at.
struct loop_payer {
    void (*charge)(void *context, u64 keys);
    void *context;
};

// Makes these functions globals, in place of Lua's own. The payer must live as long as the
// state.
void loop_open(lua_State *L, const struct loop_payer *payer);

#endif
