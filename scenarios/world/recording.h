// A recording holds what is needed to repeat a run, and what the repeated run must give. A run
// is deterministic, so its scenario, its seed and the typed input are enough to repeat it. The
// recording also has a hash of every event. By these hashes a replay shows that it is the same
// run, or tells where it first differs.
//
//     trapeze run S --record F:   events of the machine --> recording --> F
//     trapeze replay F:           events of the machine --> compared with F, one by one
//                                 input of F            --> the machine, at its step
//
// The file is text, a line each:
//
//     trapeze recording 1
//     version 0.1 / scenario PATH / source HASH / seed N / limit N / interactive 0 or 1
//     world HASH             a machine was built; the hash is of its state at the start
//     i STEPS UNIT BYTE      a byte that a person typed, after so many steps of the machine;
//     w STEPS UNIT BYTE      the same, while the machine waited for input
//     fork WORLD STEPS WHAT  after so many steps of this world a person changed something by hand
//     bookmark GENERATION STEPS STOP NAME    a person marked this moment (struct recorded_mark)
//     answer STOP CHOICE     what a person chose at the script's stop of this number; -1: nothing
//     left STEPS             the person left the run after so many steps of its last world
//     xHASH                  an event: its kind as a letter from `a` on, and 32 bits of its hash
//     end                    nothing is missing
// Read next: scenarios/world/recording.c.
#ifndef SCENARIOS_WORLD_RECORDING_H
#define SCENARIOS_WORLD_RECORDING_H

#include "sim/machine.h"

#define RECORDING_ERROR 512
#define RECORDING_MARKS 32
#define RECORDING_STOPS 10000

struct recording;

// What a recording says about its run before the run begins.
struct recording_head {
    char version[32]; // of the trapeze that made it
    char scenario[1024];
    u64 source; // the hash of the scenario's text
    u64 seed, limit;
    bool interactive;
};

struct recording *recording_new(const struct recording_head *head); // NULL: out of memory
void recording_free(struct recording *r);
const struct recording_head *recording_head(const struct recording *r);

// recording_save returns false, and recording_load returns NULL, with a message of at most
// RECORDING_ERROR bytes, if the file cannot be written, or cannot be read, or is no recording. A
// recording that was loaded is compared with the run; it does not record.
bool recording_save(struct recording *r, const char *path, char *error);
struct recording *recording_load(const char *path, char *error);

// ---- for the driver of a scenario

// To be called when the run has built its machine number `number`, from 1, and nothing has run
// on it. From now on all events are heard. If a run goes back and builds the same machine again,
// it is compared with what is recorded already. Returns true for a replay: the run must stand
// still here, so that its owner can call recording_give_input before the first step.
bool recording_world(struct recording *r, u32 number, struct machine *m);
// To be called when the run went to another moment of its world number `number`, whose machine
// is this one (NULL: the run has no machine at that moment). The events that come then are
// compared with what is recorded already. What is recorded behind the first difference is
// forgotten.
void recording_return(struct recording *r, u32 number, struct machine *m);
// While the driver runs, input comes from the script, not from a person.
void recording_driver_runs(struct recording *r, bool runs);

// To be called when a person has changed the run by hand (scenarios/world/edit.h): notes it in
// the recording. A replay does not repeat the change, but it says why it is not the same run.
// NULL: all changes were taken away again.
void recording_fork(struct recording *r, const char *what);
// Returns what was changed first, for example "a0 = 00000007", and where; NULL if nothing was
// changed.
const char *recording_forked(const struct recording *r, u32 *world, u64 *steps);

// To be called when the script has come to its end. Without this call, a replay is over where
// the person left the run.
void recording_over(struct recording *r);
// To be called before the machine of the present world is freed, or the run is closed: the machine
// is not heard any more.
void recording_leave(struct recording *r);

// ---- what a person did that changes no event

// A moment that a person marked.
struct recorded_mark {
    u32 generation; // of the scenario's world
    u64 steps;      // of all worlds together
    u32 stop;       // the script waited at its stop of this number; 0: it did not wait
    char name[24];
};
// Each of these two sets the whole list of its kind. Entries for which there is no room are left
// out.
void recording_keep_marks(struct recording *r, const struct recorded_mark *marks, u32 count);
void recording_keep_answers(struct recording *r, const int *answers, u32 count);
const struct recorded_mark *recording_marks(const struct recording *r, u32 *count);
// By the number of the stop, from 1: a choice from 0, or -1.
const int *recording_answers(const struct recording *r, u32 *count);

// ---- for a replay

// Gives the machine the input whose moment has come. Returns how many steps the machine may run
// before it is to be called again; all ones: until the run is over.
u64 recording_give_input(struct recording *r);
// To be called when the machine waits for input. Returns true if the recording has input for
// this moment.
bool recording_has_input(const struct recording *r);
// Returns true if the replay has come to the moment at which the person left the run.
bool recording_is_left(const struct recording *r);

// How and where the replay first differs from the recorded run.
struct recording_difference {
    enum {
        DIFFERS_NOWHERE,
        DIFFERS_AT_START,
        DIFFERS_IN_EVENT,
        HAS_MORE_EVENTS,
        HAS_FEWER_EVENTS,
        HAS_OTHER_WORLDS
    } what;
    u32 world;   // from 1
    u64 number;  // of the event in its world, from 1
    u8 recorded; // enum event_kind of DIFFERS_IN_EVENT and HAS_FEWER_EVENTS: what the recording has
    struct event event; // of DIFFERS_IN_EVENT and HAS_MORE_EVENTS: what the replay has
};
// `over` is true if the run has come to its end, so that the recorded events that are left are
// missing.
struct recording_difference recording_difference(struct recording *r, bool over);
u64 recording_events(const struct recording *r); // how many agree so far, in all worlds

#endif
