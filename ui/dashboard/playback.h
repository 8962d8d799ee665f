// A playback is a scenario that can be played forward and taken back, with the log that listens
// to its machine. A run is deterministic, so every moment of it can come again: the playback
// takes the last snapshot before that moment, and plays on from there. The playback keeps what a
// person typed, together with its moment, and types it again at that moment. After going back,
// the later snapshots stay until the person does something else than the first time.
//
//      start ......... snapshot ....... snapshot ....... now
//                          |--played again-->|
//                                          wanted
// Read next: ui/dashboard/stops.h.
#ifndef UI_DASHBOARD_PLAYBACK_H
#define UI_DASHBOARD_PLAYBACK_H

#include "scenarios/script/lesson.h"
#include "scenarios/script/past.h"
#include "scenarios/world/edit.h"
#include "sim/watch.h"
#include "ui/dashboard/traplog.h"

#define PRINTED_SIZE 128

// What a person typed to a guest, or changed by hand, and when.
struct typed_input {
    u32 generation; // of the world
    u64 steps;
    bool waited; // every hart waited for this input. With the same number of steps there may be a
                 // later moment, at which the last hart is still about to wait; `waited` tells the
                 // two apart
    u32 stops;   // of the script so far. Where a run ends, the script may still stop at the same
                 // number of steps, and what was typed at that stop comes after it
    u32 guest;   // its number in the world
    u8 count;
    char bytes[4];
    bool edits; // true: `edit` was made; false: `bytes` were typed
    struct edit edit;
};

// A moment of the run that is wanted again.
struct wanted_moment {
    enum { WANT_STEPS, WANT_TRAP, WANT_STOP, WANT_CYCLE } kind;
    u32 generation; // the world of WANT_STEPS, WANT_TRAP and WANT_CYCLE
    bool any_world; // of WANT_STEPS: `generation` does not count
    u64 steps; // of WANT_STEPS: the moment after this number of steps of all worlds together. The
               // end of one world and the beginning of the next have the same number
    u64 trap;  // of WANT_TRAP: the moment just after this trap
    u32 stop;  // of WANT_STOP: the script waits at its stop of this number
               // (scenarios/script/lesson.h)
    u64 cycle; // of WANT_CYCLE: the last moment at which the machine's time is not later than this.
               // When that moment is found, `kind` becomes WANT_STEPS
    u64 beyond; // of WANT_CYCLE: a number of steps at which the time is later than `cycle`; 0: none
                // is known yet
    bool by_cycle; // `kind` is WANT_CYCLE, or was WANT_CYCLE before the moment was found
    bool by_step;  // a person has asked for WANT_STEPS by the number of a step
    bool unmet;    // true: the machine's time ends before `cycle`
    u64 near; // the number of steps at about that moment. A snapshot is taken shortly before, so
              // that the next way back is short
};

struct playback {
    char *path;
    struct scenario_options options;
    struct scenario *sc;
    u32 turns; // how often another world or another moment has come: data of the world before may
               // be gone
    struct traplog *log;
    struct machine
        *machine; // the machine that the log listens to; NULL: the world has no machine yet
    char printed[PRINTED_SIZE]; // the last line that the script printed

    // If this function is not NULL, it is called at every event of the log. If it returns true,
    // the machine stops right after the event.
    bool (*stops_at)(void *context, const struct event *e);
    void *stops_context;
    struct watch watch; // what each machine watches; `seen` is NULL if nothing is watched
    bool stopped; // the last playback_advance ended because of an event at which stops_at returned
                  // true
    bool going_back; // the run is on its way to `wanted`: the machine stops when the log has the
                     // wanted trap, and when a world begins
    // scenario_steps when this world was built; while the script has no world, scenario_steps now
    u64 world_began;

    struct past past;
    u64 effort;      // how many microseconds it took to take the newest snapshot
    u64 page_effort; // how many nanoseconds each page took in the last large snapshot; 0: not known
                     // yet
    u64 newest;      // host_processor_time when the newest snapshot was taken
    struct typed_input *typed; // in the order of time
    u32 typed_count, typed_room;
    u32 typed_next; // index of the first input that is still to be typed again
    int *answers;   // for each stop, by its number: the choice that the viewer took there, or -1
    u32 answer_count, answer_room;
    struct wanted_moment wanted;
};

// Opens the scenario. Of the options, only `script`, `seed`, `limit`, `engine` and `interactive`
// count. If the scenario cannot be opened, returns false, with the kind of failure in *why and a
// message in `error`. The playback must not move in memory afterwards, because the scenario's
// callbacks point to it.
bool playback_open(struct playback *p, const char *path, const struct scenario_options *options,
                   enum status *why, char *error, size_t error_size);
void playback_close(struct playback *p);

// For a file that is the script of a lab. lab->task says which part of the lab is run. To be
// called before the first step. Returns false, with a message in `error`, if the file cannot be
// opened as a lab.
bool playback_take_lab(struct playback *p, struct lab *lab, char *error, size_t error_size);

// From now on this recording records the run, also after the run was taken back. To be called
// before the first step.
void playback_record(struct playback *p, struct recording *recording);

// Goes on by at most this number of steps, as scenario_advance does. Input is typed again at its
// moment, so a run that was taken back has the same future.
enum scenario_status playback_advance(struct playback *p, u64 steps);
// Returns true if the script has come to an end of any kind.
bool playback_is_over(const struct playback *p);

// From now on each machine of the run watches this (sim/watch.h). The fields `seen` and
// `context` keep the values that the last call gave.
void playback_watch(struct playback *p, const struct watch *w);

// Returns true if the run is at p->wanted, or beyond it.
bool playback_is_there(const struct playback *p);
// Returns true if this was typed before the moment at which the run is.
bool playback_is_before(const struct playback *p, const struct typed_input *t);
// What the playback notes beside each snapshot of the scenario. It is the `extra` of a
// past_moment.
struct noted {
    u32 generation; // of the world
    u64 cycles;     // of its machine
    u64 traps;      // how many rows the log had
    bool open_row;  // the exit of the last row was not complete
    u32 stop;       // the number of the last stop of the script; 0: there was none
    bool at_stop;   // the script waited at this stop
    bool is_first;  // no earlier moment has the same number of steps, and nothing was typed at this
                    // moment
    u32 typed_next; // the playback's field of this name
    struct saved_pages log;
    char printed[PRINTED_SIZE];
};
// Takes the present moment into `m`, so that the run can come back to it. The caller owns it,
// and calls playback_moment_free. Returns false if there is no memory, or no machine yet.
bool playback_moment(struct playback *p, struct past_moment *m);
// Returns the moment just before the newest trap of the log, in steps of all worlds together. To be
// called at the event that finished its row.
u64 playback_before(const struct playback *p, const struct trap_row *row);
// Finds the machine of the scenario's present world, which may be another one than before.
void playback_find_machine(struct playback *p);
// Returns what is to be noted of the present moment, without the log and the printed line.
struct noted playback_note(const struct playback *p);
void playback_moment_free(struct past_moment *m);
// Makes the run what it was at this moment, which may be earlier or later than now. If that is
// impossible (scenario_restore), returns false, and nothing has changed.
bool playback_return(struct playback *p, const struct past_moment *m);
extern const struct past playback_no_past;

// To be called when the person does something else than the first time. The later snapshots
// belong to another future, and are freed.
void playback_forget_future(struct playback *p);
// Takes a snapshot, unless there is one so near that running on from it takes no time that a
// person notices.
void playback_remember(struct playback *p);
// Returns true if it is time for another snapshot of a run under way: the run has used so much
// processor time since the last snapshot that going back would take long. The time on the clock
// does not count. So other programs change neither the cost of the snapshots nor the length of
// the way back.
bool playback_wants_moment(const struct playback *p);
// A person types to the console of this guest of the world. If the run was taken back, input
// that was typed later than this moment is forgotten.
void playback_type(struct playback *p, u32 guest, const char *bytes, size_t count);

// A person changes the machine by hand. The history forks here: what was typed or changed later
// is forgotten. Returns false, with the reason in *why, if the change is impossible.
bool playback_edit(struct playback *p, const struct edit *edit, const char **why);
// Returns the first change by hand before this moment, at which the history forked from the
// scenario's own history. Returns NULL if there is none.
const struct typed_input *playback_fork(const struct playback *p);
// Makes the changes of this moment again, after the run was taken back to it.
void playback_edit_again(struct playback *p);
// Forgets all changes by hand from this moment on. Returns how many there were.
u32 playback_forget_edits(struct playback *p);

// The viewer goes on from the stop at which the script waits, with this answer (-1: no answer).
// If the run was taken back to this stop, later answers are forgotten.
void playback_answer(struct playback *p, int choice);

// To be called when the script waits at a stop that the viewer has passed before: gives the same
// answer again.
void playback_answer_again(struct playback *p);

// Begins the way to p->wanted, from the best snapshot, or from the present moment if that is
// better. Returns false if there was no memory for any snapshot.
bool playback_set_out(struct playback *p);
// Goes on towards p->wanted by about this number of steps at most. Returns false if the run is
// there, or cannot get there because the world has changed.
bool playback_go_on(struct playback *p, u64 steps);

#endif
