// A scenario that runs: a Lua file that builds worlds, drives them and checks them.
// scenarios/README.md describes the language. One driver serves the dashboard, `--plain` and
// `--headless`:
//
//     scenario_open -> scenario_advance, again and again -> scenario_close
//
//     1. The script runs until it calls run{...} or step(). There it yields and leaves a goal.
//     2. scenario_advance runs the machine towards the goal, at most so many steps in one call.
//     3. When the goal is met, the script goes on.
//
// Between two calls of scenario_advance the machine stands still, and a caller can look at
// everything. A dashboard pauses if it does not call, and it steps if it calls with 1. The parts
// of a scenario have their own headers: the machine and the guests are scenario_world, printed
// text is scenario_console, numbers are scenario_counters.
// Read next: scenarios/script/lesson.h.
#ifndef SCENARIOS_SCRIPT_SCENARIO_H
#define SCENARIOS_SCRIPT_SCENARIO_H

#include "scenarios/world/console.h"
#include "scenarios/world/counters.h"
#include "scenarios/world/recording.h"
#include "scenarios/world/world.h"

#define SCENARIO_SOURCE_MAX (4u << 20) // bytes of a script

struct scenario;
struct lab;

enum scenario_status {
    SCENARIO_RUNNING, // there is more to do
    // Every guest waits for console input (only if `interactive`). The caller gives some with
    // world_type, then goes on.
    SCENARIO_WAITING,
    // The script said or asked something (only if `follow`). The caller shows it and calls
    // scenario_answer, then goes on: scenarios/script/lesson.h.
    SCENARIO_STOPPED,
    SCENARIO_DONE,   // the script came to its end
    SCENARIO_FAILED, // the script has an error: scenario_error
    SCENARIO_LIMIT,  // options.limit steps were run
};

struct scenario_options {
    // The text of the script. The script may then name files in any folder, and `path` is only
    // its name. NULL: the script is the file at `path`.
    const char *script;
    u64 seed;                    // 0 stands for 1
    u64 limit;                   // steps in all; 0: no limit
    enum engine_choice engine;   // of every machine that the script builds
    u32 costs;                   // the costs for an outermost VMM that names none, as in world_plan
    bool interactive;            // a person may type, so a guest that waits for input is not stuck
    bool follow;                 // a person follows the script: it stops where it says something
    bool only_lesson;            // it stops at lesson{...}, for the menu
    struct lab *lab;             // the script is a lab, and fills this; NULL: it is no lab
    struct recording *recording; // hears every machine; NULL: there is none
    void *context;               // of the functions below; each of them may be NULL
    // Called when a machine was built and nothing has run yet. A driver attaches its listeners
    // here.
    void (*built)(void *context, struct world *w);
    // Called for print(...) of the script, with a line without its end, fit for a terminal.
    void (*printed)(void *context, const char *text);
    // Called on another thread when the script hangs inside a library function. It restores the
    // terminal and returns. The program then ends with this message and status 3.
    void (*hung)(void *context, const char *message);
};

// Reads and compiles the file, and runs nothing. If that fails, returns NULL, with the kind of
// failure in *why and a message with file and line in `error`.
struct scenario *scenario_open(const char *path, const struct scenario_options *options,
                               enum status *why, char *error, size_t error_size);
void scenario_close(struct scenario *sc);

// Goes on by at most max_steps machine steps (1 or more). The sandbox limits what the script
// does between two runs of the machine.
enum scenario_status scenario_advance(struct scenario *sc, u64 max_steps);
// Returns the steps that were run so far, of all its worlds together.
u64 scenario_steps(const struct scenario *sc);
// Returns how often the script has gone on. Together with scenario_steps this orders the moments
// of a run.
u32 scenario_resumes(const struct scenario *sc);
// Returns true if the machine has taken a step since the script last went on. If not, there are
// earlier moments with the same number of steps.
bool scenario_has_run(const struct scenario *sc);
// From now on this recording hears every machine that the script builds. To be called before the
// first scenario_advance, in place of the option.
void scenario_record(struct scenario *sc, struct recording *recording);
// The listener of a driver calls this while scenario_advance runs the machine: the machine stops
// after this step, and scenario_advance returns, even if the script could go on at once.
void scenario_pause(struct scenario *sc);
// From now on scenario_advance returns also where a run{...} of the script is over, before the
// script goes on. To be set or taken back between two advances; no snapshot holds it.
void scenario_stand_between(struct scenario *sc, bool stands);
// Returns what the last scenario_advance returned; SCENARIO_RUNNING before the first.
enum scenario_status scenario_state(const struct scenario *sc);
// Returns "file:line: message", then the traceback, with one entry a line; "" if there is no
// error.
const char *scenario_error(const struct scenario *sc);
// Returns the exit status. DONE: 0, or 1 if a check failed. FAILED: 3, or 70 if the failure is
// our own. LIMIT: 4.
enum status scenario_exit_status(const struct scenario *sc);

// ---- the text

const char *scenario_path(const struct scenario *sc);
// The first line of the file's opening comment.
const char *scenario_title(const struct scenario *sc);
// The other lines of that comment, separated by '\n'.
const char *scenario_description(const struct scenario *sc);
const char *scenario_source(const struct scenario *sc);
// The line of the script's present run{...}, from 1; 0: the script has not started.
u32 scenario_line(const struct scenario *sc);

// ---- the world

struct world *scenario_world(struct scenario *sc); // NULL: the script has not built one yet
// Grows when a new world takes the place of the old one. A script may build several in turn.
u32 scenario_generation(const struct scenario *sc);
struct console scenario_console(const struct scenario *sc, const struct vm_path *path);
const struct counters *scenario_counters(const struct scenario *sc);
u64 scenario_seed(const struct scenario *sc);

// ---- what the script said

struct scenario_check {
    const char *name;
    const char *message; // why it failed; "" if it passed
    double points;       // what the check is worth; 0 if the script gave no points
    double earned;
    bool passed;
    u32 line;
};
// The checks made so far, in order. Returns how many.
u32 scenario_checks(const struct scenario *sc, const struct scenario_check **list);

struct scenario_mark {
    const char *text;
    u64 cycle, steps;
    u64 seq; // of its EVENT_MARK, whose value is the index in this list
    u32 line;
};
u32 scenario_marks(const struct scenario *sc, const struct scenario_mark **list);

// ---- going back, and forward again

// Returns the whole state of a scenario: the machine, what was heard of it, and the script with
// all that it has said. Must not be called while scenario_advance runs. Returns NULL if there is
// no memory.
struct scenario_snapshot *scenario_snapshot(struct scenario *sc);
// Makes the scenario what it was, also if that was in an earlier world. From there on the
// machine sends its events once more, and the script hears them once more. What a person typed
// after the snapshot does not come again by itself. Returns false, and changes nothing, if a
// lab's test was at work on machines of its own, and the script has gone on since.
bool scenario_restore(struct scenario *sc, const struct scenario_snapshot *s);
// Returns true if scenario_restore would succeed.
bool scenario_can_restore(const struct scenario *sc, const struct scenario_snapshot *s);
// Returns true if nobody wrote to this page of RAM (any address in it) between `a` and `b`, two
// moments of a world. Returns false if it was written, or if that is not known.
bool scenario_snapshot_same_page(const struct scenario_snapshot *a,
                                 const struct scenario_snapshot *b, mpa address);
// Returns how many bytes the snapshot needs beyond those that it shares with `before`; if
// `before` is NULL, how many it needs in all.
size_t scenario_snapshot_bytes(const struct scenario_snapshot *s,
                               const struct scenario_snapshot *before);
void scenario_snapshot_free(struct scenario_snapshot *s);

// ---- finding scenarios

struct scenario_entry {
    char *path, *title, *description;
    u32 lesson;           // its place in the course, from 1; 0: it is no lesson
    u32 minutes;          // of a lesson, if it says so
    char *section, *idea; // of a lesson; NULL otherwise
    u32 more_of;          // the lesson about whose subject this scenario shows more; 0: none
};
// The scenarios that come with the program: the lessons in their order, below each lesson the
// scenarios that show more of it, and at the end all others by name. scenario_list_free frees the
// list.
u32 scenario_list(struct scenario_entry **list);
void scenario_list_free(struct scenario_entry *list, u32 count);
// Reads title and description of a file, and does not run it. Both are malloc'ed. Returns false,
// with a message in `error`, if the file cannot be read.
bool scenario_read_header(const char *path, char **title, char **description, char *error,
                          size_t error_size);
// The same from the text of a script. Both are NULL if there is no memory.
void scenario_read_comment(const char *source, char **title, char **description);
// Returns the path of a scenario, malloc'ed. `name` is a file ("x/y.lua"), the name of a
// scenario that comes with trapeze ("two-guests", "two-guests.lua", "03-call"), or the number of
// a lesson ("3"). Returns NULL if there is none.
char *scenario_find(const char *name);

#endif
