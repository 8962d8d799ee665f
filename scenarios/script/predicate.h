// A condition about an event that a person types. It is a Lua expression in which `e` is the
// event, with the same fields as for on(...) of a scenario.
//
//     e.kind == "exit" and e.guest == "alice" and e.cost > 500
//
// The condition runs in a sandbox of its own, so it can neither stop trapeze nor see the
// scenario. It remembers nothing from one event to the next. So after the run was taken back, it
// is true at the same events.
// Read next: scenarios/script/header.c.
#ifndef SCENARIOS_SCRIPT_PREDICATE_H
#define SCENARIOS_SCRIPT_PREDICATE_H

#include "scenarios/world/world.h"

#define PREDICATE_ERROR 160

struct predicate;

// Returns NULL, with a message in `error`, if the text is no expression of Lua, or if there is
// no memory.
struct predicate *predicate_new(const char *text, char error[PREDICATE_ERROR]);
void predicate_free(struct predicate *p);

enum predicate_answer { PREDICATE_FALSE, PREDICATE_TRUE, PREDICATE_FAILED };
// Tells whether the condition is true for this event of this world. PREDICATE_FAILED: the
// condition has an error, and `error` has the message.
enum predicate_answer predicate_ask(struct predicate *p, const struct world *w,
                                    const struct event *e, char error[PREDICATE_ERROR]);

#endif
