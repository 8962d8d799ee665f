// A stop: the script has said something to a person, and the script and the machine wait until that
// person wants to go on. mark() and the calls of a lesson stop by this one way.
// Read next: scenarios/script/lesson.c.
#include "scenarios/script/api.h"

int stop_here(lua_State *L, struct lesson_stop stop, lua_KFunction then)
{
    struct scenario *sc = scenario_of(L);
    stop.number = sc->stop.number + 1;
    stop.line = scenario_line_of(L);
    sc->stop = stop;
    if (!sc->options.follow || !lua_isyieldable(L))
        return then(L, LUA_OK, 0);
    sc->line = stop.line;
    sc->stopping = true;
    return lua_yieldk(L, 0, 0, then);
}

int stop_is_over(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 0;
}
