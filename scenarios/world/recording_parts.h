// The inside of a recording, which its two files share. Read scenarios/world/recording.h first.
#ifndef SCENARIOS_WORLD_RECORDING_PARTS_H
#define SCENARIOS_WORLD_RECORDING_PARTS_H

#include "scenarios/world/recording.h"
#include "sim/state/tape.h"

struct recorded_event {
    u8 kind; // enum event_kind
    u32 hash;
};

struct recorded_input {
    u64 steps;
    u64 event; // the number of its event in the world, from 0
    u32 unit;
    u8 byte;
    bool waited; // every hart was parked, and waited for it
};

struct recorded_world {
    u64 start; // the hash of the machine's state
    u64 first; // how many events its machine had sent before it was heard
    struct recorded_event *events;
    size_t count, room;
    struct recorded_input *inputs;
    size_t input_count, input_room;
};

struct recording {
    struct recording_head head;
    struct recorded_world *worlds;
    u32 count;
    size_t room;
    bool loaded;    // the recording is compared, and not filled
    u32 fork_world; // where a person first changed the run by hand; 0: nowhere
    u64 fork_steps;
    char fork[96]; // what was changed
    struct recorded_mark marks[RECORDING_MARKS];
    u32 mark_count;
    int *answers; // by the number of the stop, from 1
    u32 answer_count;
    bool left;   // the person left the run before the script came to its end
    u64 left_at; // how many steps the last world has had then
    // Of the run under way.
    u32 world; // from 1; 0: none yet
    struct machine *machine;
    bool driver_runs;
    u64 number; // events of this world up to now
    u64 agreed;
    size_t next_input;
    struct recording_difference difference;
};

void recording_cut_worlds(struct recording *r, u32 count); // forgets all but the first `count`
// These return NULL, or false, if there is no memory.
struct recorded_world *recording_add_world(struct recording *r, u64 start);
bool recording_add_event(struct recorded_world *w, struct recorded_event event);
bool recording_add_input(struct recorded_world *w, struct recorded_input input);

#endif
