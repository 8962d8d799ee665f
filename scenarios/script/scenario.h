// A scenario under way: a Lua file that builds worlds, drives them and checks them (the language:
// scenarios/README.md). One driver serves the dashboard, `--plain` and `--headless`:
//
//     scenario_open -> scenario_advance, again and again -> scenario_close
//
//     the script runs until it calls run{...} (or step): there it *yields*, leaving a goal behind
//         scenario_advance runs the machine towards the goal, at most so many steps at a time; when the goal is met the script goes on
//
// Between two calls of scenario_advance the machine stands still and can be looked at; a dashboard
// pauses by not calling, steps by calling with 1. Where the pieces lie: machine and guests in
// scenario_world, text in scenario_console, numbers in scenario_counters. Read next:
// scenarios/world/world.h, console.h, counters.h.
#ifndef SCENARIOS_SCRIPT_SCENARIO_H
#define SCENARIOS_SCRIPT_SCENARIO_H

#include "scenarios/world/console.h"
#include "scenarios/world/counters.h"
#include "scenarios/world/world.h"

struct scenario;

enum scenario_status {
    SCENARIO_RUNNING, // there is more to do
    SCENARIO_WAITING, // every guest waits for console input (only if `interactive`): give some with
                      // machine_input, go on
    SCENARIO_DONE,   // the script came to its end
    SCENARIO_FAILED, // the script has an error: scenario_error
    SCENARIO_LIMIT,  // options.limit steps were run
};

struct scenario_options {
    u64 seed;                  // 0: the scenario's own, or 1
    u64 limit;                 // steps in all; 0: no limit
    enum engine_choice engine; // of every machine that it builds
    bool interactive;          // a person may type: waiting for input is not being stuck
    const char *task;          // of a lab's script: its global `task`; NULL: none
    const char *submission; // the folder that its submission() reads; NULL: it has no such function
    void *context;          // of the functions; each may be NULL
    void (*built)(void *context, struct world *w); // a machine was built, nothing has run yet:
                                                   // attach listeners here
    void (*printed)(void *context, const char *text); // print(...) of the script: a line without
                                                      // its end, cleaned of control characters
    // The script hangs inside a library function. Called on another thread; puts the terminal
    // right, then returns: the program ends with this message and status 3.
    void (*hung)(void *context, const char *message);
};

// Reads and compiles the file, runs nothing. NULL and a message with file:line if that fails (the
// kind of failure in *why).
struct scenario *scenario_open(const char *path, const struct scenario_options *options,
                               enum status *why, char *error, size_t error_size);
void scenario_close(struct scenario *sc);

// Goes on by at most max_steps machine steps (1 or more). What the script does between runs is
// bounded too.
enum scenario_status scenario_advance(struct scenario *sc, u64 max_steps);
enum scenario_status scenario_state(
    const struct scenario *sc); // what the last scenario_advance said; RUNNING before
// "file:line: message", then the traceback, a line each; "" if none
const char *scenario_error(const struct scenario *sc);
// DONE: 0, or 1 if a check failed; FAILED: 3 (70 if it was our own failure); LIMIT: 4.
enum status scenario_exit_status(const struct scenario *sc);

// ---- the text

const char *scenario_path(const struct scenario *sc);
const char *scenario_title(
    const struct scenario *sc); // the first line of the file's opening comment
const char *scenario_description(
    const struct scenario *sc); // the rest of that comment, lines parted by '\n'
const char *scenario_source(const struct scenario *sc);
u32 scenario_line(const struct scenario *sc); // the line the script is at (its current run{...}),
                                              // from 1; 0: not started

// ---- the world

struct world *scenario_world(struct scenario *sc);  // NULL: the script has not built one yet
u32 scenario_generation(const struct scenario *sc); // grows when the world is replaced by a new one
                                                    // (a script may build several in turn)
struct console scenario_console(const struct scenario *sc, const struct vm_path *path);
const struct counters *scenario_counters(const struct scenario *sc);
u64 scenario_seed(const struct scenario *sc);

// ---- what the script said

struct scenario_check {
    const char *name;
    const char *message; // why it failed; "" if it passed
    double points;       // what it is worth; 0 if the script gave none
    double earned;
    bool passed;
    u32 line;
};
u32 scenario_checks(const struct scenario *sc,
                    const struct scenario_check **list); // those met so far, in order

struct scenario_mark {
    const char *text;
    u64 cycle, steps;
    u64 seq; // of its EVENT_MARK, whose value is the index in this list
    u32 line;
};
u32 scenario_marks(const struct scenario *sc, const struct scenario_mark **list);

// ---- stepping back, within the current run{...} of the script

struct scenario_snapshot; // machine, consoles, counters, and how far the goal is
struct scenario_snapshot *scenario_snapshot(
    struct scenario *sc); // NULL: no machine yet, or out of memory
// False, and nothing changed, if the script has gone on since the snapshot was taken. The script's
// on(...) functions are not called again for events they have seen.
bool scenario_restore(struct scenario *sc, const struct scenario_snapshot *s);
// Would scenario_restore do it? Once false, it stays so.
bool scenario_can_restore(const struct scenario *sc, const struct scenario_snapshot *s);
void scenario_snapshot_free(struct scenario_snapshot *s);

// ---- finding scenarios

struct scenario_entry {
    char *path, *title, *description;
};
// Those of the scenarios folder, by name. *list is freed with scenario_list_free.
u32 scenario_list(struct scenario_entry **list);
void scenario_list_free(struct scenario_entry *list, u32 count);
// Title and description without running anything; malloc'ed. False and a message if the file cannot
// be read.
bool scenario_read_header(const char *path, char **title, char **description, char *error,
                          size_t error_size);
// The path of a scenario given as a file ("x/y.lua") or by the name of one of ours ("two-guests",
// "two-guests.lua"); malloc'ed, NULL if there is none.
char *scenario_find(const char *name);

#endif
