// Inside a scenario: what the driver (scenario.c) and the chapters of the Lua API share. Not for
// ui/.
//
//     scenario.c     the driver: compiles, resumes, runs the machine towards the goal
//     fields.c   what they all read tables with
//     lua_world.c    machine{} vmm{} guest{}: the plan, and building it when it is first needed
//     run.c      run{} step() stop(): goals
//     look.c     guest:reg() csr() word() ... : looking at a guest, and typing at it
//     events.c   on() events() counters(): what happened
//     check.c    check() mark() print() same(): what the script says
//     grade.c    submission(): what a lab's script sees of a student's work
#ifndef SCENARIOS_SCRIPT_API_H
#define SCENARIOS_SCRIPT_API_H

#include "scenarios/world/report.h"
#include "scenarios/script/sandbox.h"
#include "scenarios/script/scenario.h"

#include <lauxlib.h>

#define CHECKS_MAX 1000
#define MARKS_MAX 10000
#define HOOKS_MAX 64
#define LOG_EVENTS 16384       // the last events that events{} can find; a power of 2
#define OUTPUT_MAX (1u << 20)  // bytes print may write in all
#define IMAGE_MAX (512u << 20) // bytes of a file a scenario names

// Which events: of on{}, events{} and run{}.
struct event_filter {
    u32 kinds; // mask of EVENT_BIT; 0: none
    bool any_vm, any_cause;
    struct vm_path path; // unless any_vm
    u32 cause;           // an scause value, unless any_cause
};
bool event_filter_takes(const struct event_filter *f, const struct event *e);

#define GOAL_TEXT 256
struct goal {
    bool active;
    const char *met; // why the run is over; NULL while it is not. One of goal_reasons
    u64 steps_left;  // at most so many more
    struct event_filter event;
    u64 events_left;      // matching events still to come
    struct event last;    // the one that met it
    char text[GOAL_TEXT]; // console text to come; "" none
    u32 matched;          // characters of it already there
    int guest;            // the guest meant, or -1: any (all, for off)
    bool off;             // until it is off
    u32 alive;            // of all: the guest that was not off when that was last looked at
    bool at_pc;           // until its VCPU is at pc
    u32 pc, vcpu;
    int when;  // registry reference of a function that says when, or LUA_NOREF
    u64 every; // steps between two calls of it
    u64 next;  // steps until the next one
};

struct hook {
    struct event_filter filter;
    int function; // registry reference
};

struct scenario {
    struct scenario_options options;
    char *path, *folder, *source, *title, *description;
    size_t source_size;
    struct sandbox *sandbox;
    lua_State *thread; // the script's own coroutine
    enum scenario_status status;
    enum status exit;
    char *error;
    bool started;
    u32 line;
    u32 resumes; // times the script went on: a snapshot is good within one
    u64 spent;   // steps, all worlds together
    size_t printed;

    struct world_plan plan; // its strings belong to the scenario (plan_strings)
    char *plan_strings[WORLD_GUESTS_MAX * 4];
    u32 plan_string_count;
    bool has_vmm;
    struct world *world;
    u32 generation;
    int listener;
    struct consoles *consoles;
    struct counters counters;
    u64 console_seen[WORLD_GUESTS_MAX]; // bytes of each console that run{console=} has matched

    struct goal goal;
    struct hook hooks[HOOKS_MAX];
    u32 hook_count;
    u64 told; // events before this sequence number were told to the script (stepping back replays
              // them)
    struct event *log; // LOG_EVENTS, by logged modulo
    u64 logged,
        log_high; // events logged; the most there ever were (stepping back takes `logged` back)

    struct scenario_check *checks;
    struct scenario_mark *marks;
    u32 check_count, mark_count;
};

struct scenario *scenario_of(lua_State *L);
u32 scenario_line_of(lua_State *L); // the line of the script that is being executed

// Builds the world from the plan if that has not happened yet; a Lua error if it cannot be.
struct world *scenario_need_world(lua_State *L);
void scenario_drop_world(struct scenario *sc);

// The guest at a stack index (a handle, a name, or a path "g1"); a Lua error if there is none.
u32 scenario_check_guest(lua_State *L, int index);

// Reads {event=, guest=, cause=} of the table at `index` into a filter. `kinds` of a name, "any" or
// a list of names at stack index `names`.
void scenario_read_filter(lua_State *L, int index, struct event_filter *f);
u32 scenario_read_kinds(lua_State *L, int index);
void scenario_push_event(lua_State *L, const struct event *e);

// A Lua error that names the keys allowed, if the table at `index` has another one. `keys` is
// closed by NULL.
void scenario_check_keys(lua_State *L, int index, const char *what, const char *const keys[]);
// Bytes as a number or "64M" in field `key` of the table at `index`, or `otherwise`.
u64 scenario_size_field(lua_State *L, int index, const char *key, u64 otherwise);
lua_Integer scenario_integer_field(lua_State *L, int index, const char *key, lua_Integer otherwise,
                                   lua_Integer least, lua_Integer most);
bool scenario_boolean_field(lua_State *L, int index, const char *key);
// The index of the field's word among `words` (closed by NULL), or `otherwise`.
int scenario_choice_field(lua_State *L, int index, const char *key, int otherwise,
                          const char *const words[]);

// Each chapter puts its functions in the globals.
void lua_open_world(lua_State *L);
void lua_open_run(lua_State *L);
void lua_open_look(
    lua_State *L); // the methods of guests; the metatable stays in the registry under GUEST_TYPE
void lua_open_events(lua_State *L);
void lua_open_check(lua_State *L);
void lua_open_grade(lua_State *L);
#define GUEST_TYPE "trapeze.guest"
struct guest_handle {
    u32 generation, index; // of the world it was declared for
};

// The driver's side of chapters.
void goal_hear(struct scenario *sc, const struct event *e); // run.c: an event happened
// run.c: is it met, now that the machine stands? Calls `when`; false: error
bool goal_look(struct scenario *sc);
// run.c: how many steps may be run before looking again
u64 goal_steps(const struct scenario *sc, u64 most);
void hooks_hear(struct scenario *sc, const struct event *e); // events.c
void scenario_fail(struct scenario *sc, enum status why, const char *message);

#endif
