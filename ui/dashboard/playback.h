// A scenario that can be played forward and taken back, with the log that listens to its machine.
// A run is deterministic, so every moment of it can be had again: from the last snapshot before
// that moment, played on from there. What a person typed is kept with its moment, and is typed
// again at that moment. After going back the later snapshots stay, until the person does something
// else than the first time.
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
    bool waited; // every hart waited for it. The moment after the same number of steps at which the
                 // last hart is still about to wait is another one
    u32 guest;   // of the world
    u8 count;
    char bytes[4];
    bool edits; // it is `edit`, and not typing
    struct edit edit;
};

// A moment of the run that is wanted again.
struct wanted_moment {
    enum { WANT_STEPS, WANT_TRAP, WANT_STOP, WANT_CYCLE } kind;
    u32 generation; // the world of WANT_STEPS, WANT_TRAP and WANT_CYCLE
    bool any_world; // WANT_STEPS: `generation` does not count
    u64 steps;      // WANT_STEPS: the moment after so many steps of all worlds together. The end of
                    // one world and the beginning of the next have the same number
    u64 trap;       // WANT_TRAP: the moment just after this trap
    u32 stop;  // WANT_STOP: the script waits at its stop of this number (scenarios/script/lesson.h)
    u64 cycle; // WANT_CYCLE: the last moment at which the machine's time is not later than this.
               // When that moment is found, `kind` becomes WANT_STEPS
    u64 beyond;    // WANT_CYCLE: after so many steps it is later; 0: that is not known yet
    bool by_cycle; // it is, or was, WANT_CYCLE
    bool unmet;    // and the machine's time ends before `cycle`
    u64 near; // about how many steps that is. A snapshot is taken shortly before, so that the next
              // way back is short
};

struct playback {
    char *path;
    struct scenario_options options;
    struct scenario *sc;
    u32 turns; // how often another world or another moment came: what belonged to the former one
               // may be gone
    struct traplog *log;
    struct machine *machine;    // the one that the log listens to; NULL: the world has none yet
    char printed[PRINTED_SIZE]; // the last line that the script printed

    // Asked at every event of the log while it is not NULL: true stops the machine right after it.
    bool (*stops_at)(void *context, const struct event *e);
    void *stops_context;
    struct watch watch; // of each machine; `seen` NULL: nothing is watched
    bool stopped;       // the last playback_advance ended because of such an event
    bool going_back; // on the way to `wanted`: the machine stops when the log has the wanted trap,
                     // and where a world begins
    u64 world_began; // scenario_steps when this world was built

    struct past past;
    u64 effort;                // microseconds that taking the newest snapshot took
    u64 page_effort;           // nanoseconds a page in the last large snapshot; 0: not known yet
    u64 newest;                // host_processor_time when the newest snapshot was taken
    struct typed_input *typed; // in the order of time
    u32 typed_count, typed_room;
    u32 typed_next; // the first that is still to be typed again
    int *answers;   // by the number of the stop: the choice that the viewer took there, or -1
    u32 answer_count, answer_room;
    struct wanted_moment wanted;
};

// Opens the scenario. Of the options, `script`, `seed`, `limit`, `engine` and `interactive` count.
// False and a message, with the kind of failure, if that fails. The playback must not move in
// memory afterwards: the scenario's callbacks point to it.
bool playback_open(struct playback *p, const char *path, const struct scenario_options *options,
                   enum status *why, char *error, size_t error_size);
void playback_close(struct playback *p);

// The file is the script of a lab, and lab->task says what is to be run of it. Before the first
// step. False and a message: it cannot be opened as one.
bool playback_take_lab(struct playback *p, struct lab *lab, char *error, size_t error_size);

// From now on this recording hears the run, also when the run is taken back. Before the first step.
void playback_record(struct playback *p, struct recording *recording);

// scenario_advance, by at most so many steps. Input is typed again at its moment, so a run that was
// taken back has the same future.
enum scenario_status playback_advance(struct playback *p, u64 steps);
// Has the script come to an end, of any kind?
bool playback_is_over(const struct playback *p);

// From now on each machine of the run watches this (sim/watch.h). `seen` and `context` stay those
// of the last call.
void playback_watch(struct playback *p, const struct watch *w);

// Is the run at p->wanted, or beyond it?
bool playback_is_there(const struct playback *p);
// Was this typed before the moment that the run is at?
bool playback_is_before(const struct playback *p, const struct typed_input *t);
// A moment of the run to be come back to: a snapshot of the scenario, and what the playback has
// noted beside it (struct noted is the moment's `extra`). False: no memory, or no machine.
struct noted {
    u32 generation; // of the world
    u64 cycles;     // of its machine
    u64 traps;      // rows of the log
    bool open_row;  // the exit of the last one is under way
    u32 stop;       // the number of the last stop of the script; 0: there was none
    bool at_stop;   // the script waits there
    bool is_first;  // it is the first moment with so many steps, and nothing was typed at it
    u32 typed_next; // of the playback
    struct saved_pages log;
    char printed[PRINTED_SIZE];
};
bool playback_moment(struct playback *p, struct past_moment *m);
// What there is to note of the present, but for the log and the printed line.
struct noted playback_note(const struct playback *p);
void playback_moment_free(struct past_moment *m);
// Makes the run what it was then, whether that is earlier or later than now. False: it cannot be
// (scenario_restore), and nothing has changed.
bool playback_return(struct playback *p, const struct past_moment *m);
extern const struct past playback_no_past;

// The person does something else than the first time: later snapshots are of another future.
void playback_forget_future(struct playback *p);
// Takes a snapshot, unless there is one so near that running on from it takes no time.
void playback_remember(struct playback *p);
// Is it time for another snapshot of a run under way? A snapshot is due when the run has used so
// much processor time since the last one that going back would take long. So other programs change
// neither what the past costs nor how long the way back is.
bool playback_wants_moment(const struct playback *p);
// A person types to the console of this guest of the world. Input that was typed later than this
// moment, before the run was taken back to it, is forgotten.
void playback_type(struct playback *p, u32 guest, const char *bytes, size_t count);

// A person changes the machine by hand: the history forks here, and what was typed or changed later
// is forgotten. False, and *why: it cannot be done.
bool playback_edit(struct playback *p, const struct edit *edit, const char **why);
// The first change by hand before this moment: where the history forked from the scenario's own.
// NULL: nowhere.
const struct typed_input *playback_fork(const struct playback *p);
// Makes the changes of this moment again, after the run was taken back to it.
void playback_edit_again(struct playback *p);
// Forgets all changes by hand from this moment on. Returns how many there were.
u32 playback_forget_edits(struct playback *p);

// The viewer goes on from the stop at which the script waits, and chose this answer (-1: none).
// What was answered later, before the run was taken back to this stop, is forgotten.
void playback_answer(struct playback *p, int choice);

// The script waits at a stop that the viewer has passed before: the same answer is given again.
void playback_answer_again(struct playback *p);

// Sets out for p->wanted: from the best snapshot, or from where the run is, if that is better.
// False: there was no memory for any snapshot.
bool playback_set_out(struct playback *p);
// Goes on towards p->wanted by at most about so many steps. False: it is there (or cannot get
// there, because the world has changed).
bool playback_go_on(struct playback *p, u64 steps);

#endif
