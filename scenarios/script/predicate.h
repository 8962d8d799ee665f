// A condition that a person types, about an event: a Lua expression in which `e` is the event, with
// the same fields as for on(...) of a scenario.
//
//     e.kind == "exit" and e.guest == "alice" and e.cost > 500
//
// It runs in a sandbox of its own, so it can neither hang trapeze nor see the scenario. It is asked
// about each event anew and remembers nothing, so it holds at the same events after the run was
// taken back.
// Read next: scenarios/script/header.c.
#ifndef SCENARIOS_SCRIPT_PREDICATE_H
#define SCENARIOS_SCRIPT_PREDICATE_H

#include "scenarios/world/world.h"

#define PREDICATE_ERROR 160

struct predicate;

// NULL and a message: it is no expression of Lua, or there is no memory.
struct predicate *predicate_new(const char *text, char error[PREDICATE_ERROR]);
void predicate_free(struct predicate *p);

enum predicate_answer { PREDICATE_FALSE, PREDICATE_TRUE, PREDICATE_FAILED };
// Does it hold for this event of this world? PREDICATE_FAILED: it has an error, which is told.
enum predicate_answer predicate_ask(struct predicate *p, const struct world *w,
                                    const struct event *e, char error[PREDICATE_ERROR]);

#endif
