// What the files of the Lua API share. Only scenarios/script/ includes this header. These are
// the files. A file needs only files above it:
//
//     record.c          the record of a scenario, and how a scenario fails
//     fields.c          reading the tables that a script gives, and filling those that it gets
//     event_table.c     an event as a table
//     goal.c            the goal of run{}: is it met?
//     spin.c            guests that will never do anything again
//     hooks.c           the functions given to on()
//     current_world.c   the world: built when a script first needs it
//     filter.c          which events a script means
//     stop.c            the script waits for a person
//
//     world.c    machine{} vmm{} guest{}         the plan of a world
//     run.c      run{} step() stop()             the goal of a run
//     look.c     guest:reg() csr() state() ...   looking at a guest, and typing at it
//     look_memory.c guest:word() entry() ...     its memory and page tables
//     events.c   on() events() counters()        what happened
//     check.c    check() mark() print() same()   what the script says
//     lesson.c   lesson{} say{} ask{} reveal()   what a lesson says and asks; grouped()
//     lab.c      lab{} test() sheet() key()      what a lab declares (scenarios/script/lab.h)
//     lab_twin.c twin{}                          a guest under a VMM beside the same guest bare
//     lab_scene.c                                where a twin found a difference
//     lab_meter.c meter{}                        guests by the wall clock, and what each gets
//     submission.c  submission() answers()       what a lab's script sees of a student's work
//
//     open.c            opens a scenario: its script gets these chapters
//     scenario.c        the driver: it lets the script run, runs the machine, and so on
// Read next: scenarios/script/record.c.
#ifndef SCENARIOS_SCRIPT_API_H
#define SCENARIOS_SCRIPT_API_H

#include "scenarios/script/lab.h"
#include "scenarios/script/lesson.h"
#include "scenarios/script/sandbox.h"
#include "scenarios/script/scenario.h"
#include "scenarios/twin/meter.h"
#include "scenarios/twin/pair.h"
#include "scenarios/world/report.h"
#include "sim/state/pages.h"

#include <lauxlib.h>

#define CHECKS_MAX 1000
#define MARKS_MAX 10000
#define HOOKS_MAX 64
#define LOG_EVENTS 16384      // how many events events{} can find, the last ones; a power of 2
#define OUTPUT_MAX (1u << 20) // bytes that print may write in all

// ---- which events a script means: in on{}, events{} and run{}

struct event_filter {
    u32 kinds; // a mask of EVENT_BIT; 0 takes no event
    bool any_vm, any_cause;
    struct vm_path path; // unless any_vm
    u32 cause;           // an scause value, unless any_cause
};
bool event_filter_takes(const struct event_filter *f, const struct event *e);

// ---- what the machine runs for

#define GOAL_TEXT 256
#define GOAL_LOOK_EVERY 1000000 // steps between two checks whether a run without a limit can end
#define GOAL_NO_LIMIT (UINT64_MAX >> 1) // steps_left stays above this if the script gave no limit
struct goal {
    bool active;
    const char *met; // why the run is over, as run{} returns it; NULL as long as the run goes on
    u64 steps_left;  // the run takes at most so many more steps
    struct event_filter event;
    bool trapped;         // for an exit: the run ends before the VMM does something about the exit
    u64 events_left;      // how many matching events must still come
    struct event last;    // the event that met the goal
    char text[GOAL_TEXT]; // console text to wait for; "" waits for none
    u32 matched;          // how many characters of the text have come
    int guest;            // the guest that the goal concerns; -1: any guest (for `off`: all guests)
    bool off;             // the run lasts until the guest is off
    bool went_off;        // an event has said that some guest is off
    u32 alive;            // with several guests: the guest that was not off at the last look
    bool at_pc;           // the run lasts until the guest's VCPU is at pc
    u32 pc, vcpu;
    int when;   // registry reference of a function that tells when the run is over, or LUA_NOREF
    u64 every;  // steps between two calls of `when`
    u64 next;   // steps until its next call
    u64 looked; // steps since the last check whether a run without a limit can end
};

struct hook {
    struct event_filter filter;
    int function; // registry reference
};

// ---- the record

// A world with what its listeners have collected. A snapshot can hold the stage of an earlier
// world.
struct stage {
    u32 references;
    struct world *world;
    struct consoles *consoles;
    struct counters counters;
    struct pages log; // LOG_EVENTS events; event n is at n % LOG_EVENTS
};

struct scenario {
    struct scenario_options options;
    char *path, *folder, *source, *title, *description;
    size_t source_size;
    struct sandbox *sandbox;
    lua_State *thread;   // the script's own coroutine
    char *error;         // of the last failure
    bool paused;         // the driver asked scenario_advance to return
    bool stands_between; // scenario_advance returns between two runs of the script

    struct stage *stage; // NULL until a world is needed
    struct world *world; // that of the stage

    struct twin_pair *twin; // of a lab's test; NULL: none
    struct meter *meter;    // of a lab's test; NULL: none

    struct scenario_check *checks; // CHECKS_MAX; Lua keeps their texts, and those of the marks
    struct scenario_mark *marks;   // MARKS_MAX
    struct replica *replica;       // the last one that was made or put back; NULL: none

    // From here on the fields tell how far the script is. A snapshot copies all of them, with
    // the memory of the sandbox, the checks and the marks, as bytes
    // (scenarios/script/snapshot.c). So a pointer in them points into the memory of the sandbox,
    // or to something that lives as long as the scenario.
    enum scenario_status status;
    enum status exit;
    bool started;
    u32 line;
    u32 resumes;    // how often the script has gone on
    u64 resumed_at; // spent, when it went on last
    u64 spent;      // steps of all worlds together
    size_t printed;

    struct world_plan plan; // whose strings Lua keeps
    int plan_strings;       // registry reference of the table that keeps them
    bool has_vmm;
    u32 guest_line; // of the script, where the last guest was declared
    u32 generation;
    size_t held;                        // bytes of host memory for what was typed in this world
    u32 worlds;                         // built so far
    u64 console_seen[WORLD_GUESTS_MAX]; // bytes of each console that run{console=} has matched

    struct goal goal;
    struct hook hooks[HOOKS_MAX];
    u32 hook_count;
    u32 in_hook;      // how many calls of hooks are not over
    bool hears_input; // that call was made for the event that input came
    u64 refilled_at;  // steps of the world when a call of them last got a whole allowance
    u64 told;         // the sequence number of the next event that the script will hear
    u64 logged;       // events in the log, counted from the first one of the world
    u32 check_count, mark_count;

    bool in_test;                       // a case of a lab's test is running
    u32 twins, meters;                  // of a lab's tests: how many there have been
    u32 twin_line;                      // of the script, where the twin ran last
    const struct world_plan *twin_plan; // of the last twin; Lua keeps it and its strings

    struct lesson *lesson;   // in Lua's memory. NULL: lesson{} was not called
    struct lesson_stop stop; // the script waits here if the status is SCENARIO_STOPPED
    bool stopping;           // the script yields to stop, not to run the machine
};

struct scenario *scenario_of(lua_State *L);
// Returns the line of the script that runs now, from 1; 0 if no line of the script runs.
u32 scenario_line_of(lua_State *L);
// Ends the scenario for this reason. The first reason is kept.
void scenario_fail(struct scenario *sc, enum status why, const char *message);

// Records a check without points, as check() does. Its name and its message are the strings on top
// of the stack, and are taken from there.
void scenario_add_check(lua_State *L, bool passed, u32 line);

// ---- the current world

// Builds the world from the plan if there is none yet. A Lua error says why it cannot be built.
struct world *scenario_need_world(lua_State *L);
void scenario_drop_world(struct scenario *sc);
// Gives back one reference to the stage. Without references its world is freed.
void stage_release(struct stage *stage);
// Returns event n of the log. The log keeps the last LOG_EVENTS.
struct event *stage_event(struct stage *stage, u64 n);
// Pops the string on top of the stack and makes Lua keep it. The result is valid until the
// scenario is closed.
const char *scenario_keep_string(lua_State *L);
// Returns the guest at a stack index: a handle, a name, or a path such as "g1". Raises a Lua
// error if there is none.
u32 scenario_check_guest(lua_State *L, int index);

// Returns the guest of a method call, g:name(...).
const struct world_guest *scenario_self(lua_State *L);
// Returns the guest's VCPU whose number is the argument `index`, or VCPU 0. Raises a Lua error
// if the guest has no such VCPU.
struct observed_vcpu scenario_vcpu(lua_State *L, const struct world_guest *g, int index);

#define GUEST_TYPE "trapeze.guest" // the metatable of handles, in the registry
struct guest_handle {
    u32 generation, index; // the world that the guest was declared for, and its place there
};

// Yields to run the current world for this number of steps. `then` continues for the caller.
// Meanwhile the script is at this line.
int scenario_run_for(lua_State *L, u64 steps, u32 line, lua_KFunction then);

// ---- tables from the script; each is a Lua error that says what is wanted

// Raises an error for a key that is not among `keys` (closed by NULL). After that, reading a
// field of the table runs no code of the script.
void scenario_check_keys(lua_State *L, int index, const char *what, const char *const keys[]);
// Returns the string at this stack index, which is no argument of a function but a part of
// `what`.
const char *scenario_field_text(lua_State *L, int index, const char *what);
// Raises the error that `what` has no field of the name on top of the stack, which may hold zero
// bytes. `keys` are the fields that it has. Does not return.
int scenario_no_field(lua_State *L, const char *what, const char *const keys[]);
// As luaL_checkstring, for a name that is compared as a C string: it has no zero bytes.
const char *scenario_check_text(lua_State *L, int index);
// Reads a number of bytes, as a number or as "64M".
u64 scenario_size_field(lua_State *L, int index, const char *key, u64 otherwise);
lua_Integer scenario_integer_field(lua_State *L, int index, const char *key, lua_Integer otherwise,
                                   lua_Integer least, lua_Integer most);
bool scenario_boolean_field(lua_State *L, int index, const char *key);
// Returns the index of the field's word among `words` (closed by NULL).
int scenario_choice_field(lua_State *L, int index, const char *key, int otherwise,
                          const char *const words[]);
// Reads a profile, as isa_profile_parse does; ISA_T32 if the field is not there.
u32 scenario_profile_field(lua_State *L, int index, const char *key);
// Reads {event=, guest=, cause=} of the table at `index`.
void scenario_read_filter(lua_State *L, int index, struct event_filter *f);
// Returns a mask of EVENT_BIT, from a name, "any", or a list of names.
u32 scenario_read_kinds(lua_State *L, int index);

// ---- tables for the script; each function sets a field of the table on top of the stack

void scenario_set_integer(lua_State *L, const char *key, u64 value);
void scenario_set_string(lua_State *L, const char *key, const char *value);
void scenario_push_event(lua_State *L, const struct event *e);
// Pushes the table of an event of this world (NULL: its guest then has no name).
void event_table_push(lua_State *L, const struct world *w, const struct event *e);

// ---- the chapters: each puts its functions among the script's globals

void lua_open_world(lua_State *L);
void lua_open_run(lua_State *L);
void lua_open_look(lua_State *L);            // the methods of guests, in the metatable GUEST_TYPE
extern const luaL_Reg look_memory_methods[]; // those about memory
void lua_open_events(lua_State *L);
void lua_open_check(lua_State *L);
void lua_open_lesson(lua_State *L);
// The language of labs, if options.lab is not NULL. It opens the next three.
void lua_open_lab(lua_State *L);
void lua_open_submission(lua_State *L);
void lua_open_lab_twin(lua_State *L);
void lua_open_lab_meter(lua_State *L);
void scenario_drop_twin(struct scenario *sc);
void scenario_drop_meter(struct scenario *sc);

// Returns true if a test runs in this task of the lab.
static inline bool lab_runs_tests(const struct lab *lab)
{
    return lab->task == LAB_TEST || lab->task == LAB_REPLAY;
}

// Returns how many steps the next chunk of a test may have, if this number is wanted.
u64 lab_chunk(const struct scenario *sc, u64 wanted);
// To be called when the test has run this number of steps.
void lab_spend(struct scenario *sc, u64 steps);
// Yields between two chunks, so that the driver of the scenario can check its limits; `then`
// runs the next chunk. If the limit of a replay is used up, the test is over, and this returns 0
// instead.
int lab_go_on(lua_State *L, lua_KFunction then);
// Makes the metatable of a type of lab scripts. If a script uses a method that the type lacks,
// the error says what "a NOUN" has.
void lab_open_type(lua_State *L, const char *type, const luaL_Reg *methods, const char *noun,
                   const char *has);

// Gives the scene of the scenario's twin, if the twin has found a difference. Otherwise
// scene->there is false.
void lab_scene_take(struct scenario *sc, struct lab_scene *scene);
// Yields to run the machine of the last twin once more, as the scenario's world, to its scene.
int lab_scene_show(lua_State *L);

// To be called when the script says something. If a person follows the script, yields, and goes
// on at scenario_answer. `then` continues for the caller, as lua_yieldk's continuation; if
// nobody follows, `then` is called at once.
int stop_here(lua_State *L, struct lesson_stop stop, lua_KFunction then);
// The continuation of a caller that has nothing to do after its stop.
int stop_is_over(lua_State *L, int status, lua_KContext context);
// To be called at the end of the script: a question that was never revealed is a check that
// failed.
void lesson_check_revealed(lua_State *L);

// ---- the driver's side of the chapters

// Ends the run because the goal is met: the machine stops after this step.
void goal_meet(struct scenario *sc, const char *why);
// Console text that was printed before the run, and that no earlier run matched, counts as well.
void goal_match_printed(struct scenario *sc, struct goal *g);
// To be called for each event: updates the goal.
void goal_hear(struct scenario *sc, const struct event *e);
// Returns "off" if the guest that is meant (or every guest) is over, "stuck" if one of them can
// never go on, and NULL if one still lives.
const char *goal_over(struct scenario *sc);
// To be called when the machine stands still: finds out if the goal is met. May call the
// script's `when`. Returns false if `when` had an error.
bool goal_look(struct scenario *sc);
// Returns how many steps the machine may run before the next look, at most `most`.
u64 goal_steps(const struct scenario *sc, u64 most);
// If no guest will ever do anything but jump to itself, returns the first guest that does;
// otherwise NULL.
const struct world_guest *spin_for_ever(const struct scenario *sc);
// To be called when every VCPU waits: returns true if input can wake one of them.
bool spin_hears_input(const struct scenario *sc);
// To be called for each event: calls the script's functions that listen to it.
void hooks_hear(struct scenario *sc, const struct event *e);
// To be called when the world that they listened to is gone.
void hooks_forget(struct scenario *sc);

#endif
